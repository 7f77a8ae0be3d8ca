"""Work on a large graph in a second process, beside what goes on in this one.

What a child finds comes back as plain tuples (`marshal`, since pickling a million facts would cost what the child saves). A system
without `fork`, a process with other threads, or a single processor does everything itself, with the same result.
"""

from __future__ import annotations

import marshal
import os
import sys
import threading
from collections.abc import Callable
from itertools import starmap
from typing import TYPE_CHECKING

from buttress.model import Derived

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Work = Callable[[], tuple[Derived, ...]]


def is_possible() -> bool:
    """Return whether a second process would be of use here, and safe.

    >>> is_possible() in (True, False)
    True
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or threading.active_count() > 1:
        return False
    from multiprocessing import current_process  # which a small review doesn't need

    return not current_process().daemon


def beside(work: Work, here: Work) -> tuple[tuple[Derived, ...], tuple[Derived, ...]]:
    """Return what `work` finds in a child and what `here` finds meanwhile in this process.

    If the child fails, its work is done again here, so that an error is raised where it can be read.

    >>> names = lambda found: [d.name for part in found for d in part]
    >>> names(beside(lambda: (Derived("a", "x"),), lambda: (Derived("b", "x"),))) if is_possible() else ["a", "b"]
    ['a', 'b']
    """
    from multiprocessing import get_context

    fork = get_context("fork")
    receiving, sending = fork.Pipe(duplex=False)
    child = fork.Process(target=_send, args=(work, sending), daemon=True)
    try:
        child.start()
    except OSError:  # no memory, or no more processes, to be had
        receiving.close()
        sending.close()
        return work(), here()
    sending.close()
    try:
        own = here()
        try:
            found = marshal.loads(receiving.recv_bytes())
        except (EOFError, OSError):  # it ended without a word, or in the middle of one
            return work(), own
        return tuple(starmap(Derived, found)), own
    finally:
        receiving.close()
        child.terminate()
        child.join()


def _send(work: Work, to: Connection) -> None:
    to.send_bytes(marshal.dumps([tuple(d) for d in work()]))
    to.close()
