"""Where things go: the report to stdout or to a file that is written whole or not at all, the rest to stderr."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from buttress.data import replace_whole
from buttress.errors import SourceError
from buttress.model import Diagnostic, SystemGraph

PATIENCE_S = 2.0
MAX_REMARKS = 10  # that are shown where nothing was read


def write(text: str, output: Path | None = None) -> None:
    """Print `text`, or write it to `output` in one step. Raises SourceError when it can't be written."""
    if output is None or str(output) == "-":
        try:
            _print(text, sys.stdout)
        except OSError as error:
            mute(sys.stdout)
            raise SourceError("standard output", f"can't be written: {error.strerror or error}") from error
        return
    target = output.resolve()
    try:
        if target.exists() and not target.is_file():  # a device or a pipe: there is nothing to replace
            with target.open("w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            return
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        replace_whole(target, text.encode("utf-8", "replace"), mode=mode)
    except OSError as error:
        raise SourceError(str(output), f"can't be written: {error.strerror or error}") from error


def mute(stream: TextIO) -> None:
    """Let everything else that is written to a stream go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(line: str) -> None:
    """Print one line to stderr."""
    _print(line + "\n", sys.stderr)


def tell(diagnostics: Iterable[Diagnostic], *, quiet: bool = False, verbose: bool = False) -> None:
    """Print diagnostics to stderr: warnings and errors, and with `verbose` the remarks too."""
    if quiet:
        return
    for diagnostic in diagnostics:
        if verbose or diagnostic.level != "info":
            say(str(diagnostic))


def tell_all(
    graph: SystemGraph, diagnostics: Iterable[Diagnostic], *, quiet: bool = False, verbose: bool = False
) -> None:
    """Print diagnostics as `tell` does; where no component was read the first remarks too, since they say why."""
    told = list(diagnostics)
    tell(told, quiet=quiet, verbose=verbose)
    if graph.components or quiet or verbose:
        return
    remarks = [d for d in told if d.level == "info"]
    for remark in remarks[:MAX_REMARKS]:
        say(str(remark))
    if len(remarks) > MAX_REMARKS:
        say(f"{len(remarks) - MAX_REMARKS} more remarks with --verbose")


def failed(count: int, fail_on: str) -> str:
    """Return why the exit code is 1.

    >>> failed(2, "medium")
    'buttress: 2 findings at or above medium (--fail-on): exit code 1'
    """
    return (
        f"buttress: {count} finding{'s' if count > 1 else ''} at or above {fail_on} (--fail-on): exit code 1"
    )


def is_unread(graph: SystemGraph, told: Iterable[Diagnostic]) -> bool:
    """Return whether there is no component, and an error that says why: the command ends with 2.

    >>> is_unread(SystemGraph(), ())
    False
    """
    return not graph.components and any(d.level == "error" for d in told)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether somebody sees what is written to a stream; Python has none for one that is closed."""
    return stream is not None and stream.isatty()


def in_colour(stream: TextIO | None) -> bool:
    """Return whether colours are welcome: a terminal that knows them or FORCE_COLOR, and no NO_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return knows_escapes(stream)


def knows_escapes(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal on which a line can be written over."""
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show on a terminal's stderr that the work goes on, from the third second on; elsewhere stay silent."""
    if not knows_escapes(sys.stderr):
        yield
        return
    done = threading.Event()

    def tick() -> None:
        passed, wait = 0.0, PATIENCE_S
        while not done.wait(wait):
            passed, wait = passed + wait, 1.0
            sys.stderr.write(f"\r{what} … {passed:.0f} s")
            sys.stderr.flush()
        if passed:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


@contextmanager
def counted() -> Iterator[Callable[[str], None]]:
    """Give a function that shows how far the work is, from the third second on: on a terminal in place, elsewhere every ten seconds."""
    began = last = time.monotonic()
    shown = False

    def tell_how_far(line: str) -> None:
        nonlocal last, shown
        now = time.monotonic()
        if now - began < PATIENCE_S:
            return
        if knows_escapes(sys.stderr):
            sys.stderr.write(f"\r\x1b[K{line}, {now - began:.0f} s")
            sys.stderr.flush()
            shown = True
        elif now - last >= 10:
            say(line)
            last = now

    try:
        yield tell_how_far
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _print(text: str, stream: TextIO | None) -> None:
    """Write to a stream; when its reader has gone (`| head`), or it is closed, let the rest go nowhere."""
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        mute(stream)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
