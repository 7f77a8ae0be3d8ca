"""Readers: one module a format, text in, `Fragment` out; no disk, no network, no clock.

`READERS` is the whole table, in order: the first row that takes a source reads it. A row's `read` gets all the sources
that it took, because Compose and Kubernetes describe one system in many files. Blocks that a reader finds inside a document
(`Fragment.nested`) go through the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from buttress.model import Diagnostic, Fragment, Source
from buttress.readers import compose, graph_json, kubernetes, markdown, mermaid

MAX_NESTING = 3


class Reader(NamedTuple):
    """A row of the table: what it is called, which sources it takes, how it reads them."""

    name: str
    takes: Callable[[Source], bool]
    read: Callable[[tuple[Source, ...]], Fragment]


READERS: tuple[Reader, ...] = (
    Reader("mermaid", mermaid.takes, mermaid.read),
    Reader("compose", compose.takes, compose.read),
    Reader("kubernetes", kubernetes.takes, kubernetes.read),
    Reader("graph", graph_json.takes, graph_json.read),
    Reader("markdown", markdown.takes, markdown.read),
)


def read_all(sources: Sequence[Source]) -> tuple[tuple[Fragment, ...], tuple[str, ...]]:
    r"""Return the fragments of all sources, and the paths that no reader takes.

    Nested blocks are read too, at most three levels deep; a fence in a language that no reader takes is left alone.

    >>> fragments, skipped = read_all([Source("a.mmd", "flowchart LR\n a[Shop] --> b[(Orders DB)]"), Source("b.bin", "")])
    >>> skipped
    ('b.bin',)
    """
    fragments: list[Fragment] = []
    skipped: list[str] = []
    todo = list(sources)
    for depth in range(MAX_NESTING + 1):
        taken: dict[str, list[Source]] = {}
        for source in todo:
            reader = next((r for r in READERS if r.takes(source)), None)
            if reader is not None:
                taken.setdefault(reader.name, []).append(source)
            elif depth == 0:
                skipped.append(source.path)
        todo = []
        for reader in READERS:
            if reader.name in taken:
                fragment = reader.read(tuple(taken[reader.name]))
                fragments.append(fragment)
                todo.extend(fragment.nested)
        if not todo:
            break
    else:
        reason = f"blocks nested deeper than {MAX_NESTING} levels were not read"
        fragments.append(
            Fragment("table", diagnostics=tuple(Diagnostic(s.path, s.first_line, reason) for s in todo))
        )
    return tuple(fragments), tuple(sorted(set(skipped)))
