"""amend: an answer held against the sources, what holds of it put into `buttress.additions.yaml`, all else told."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from buttress.additions import texts_of
from buttress.assist.checking import check
from buttress.assist.keeping import joined, rendered, same
from buttress.errors import SourceError
from buttress.model import Claim, Diagnostic, Source, SystemGraph
from buttress.pipeline import read
from buttress.readers import read_all
from buttress.readers.additions import NAME, parse


@dataclass(frozen=True, slots=True)
class Amended:
    """What became of an answer: the file and its text, how many entries are new and were there already, what was refused."""

    file: Path
    text: str
    new: int
    known: int
    refused: tuple[Diagnostic, ...]
    before: SystemGraph
    after: SystemGraph


def home(path: str) -> Path:
    """Return where the additions to what is read at a path are kept: in the folder, or beside the file.

    >>> home("docs/design.md").as_posix()
    'docs/buttress.additions.yaml'
    """
    place = Path(path)
    return (place if place.is_dir() else place.parent) / NAME


def amend(paths: Sequence[str], sources: Sequence[Source], answer: Source) -> Amended:
    """Return what the additions beside `paths` become with an answer; `sources` is what is read there. Writes nothing.

    An entry is taken when its words stand in a source and its names are known; the others are refused, each with its line and
    reason, and don't hold the rest up. Raises SourceError when the file that is there has mistakes: they would be lost.
    """
    file = home(paths[0])
    whole_folder = len(paths) == 1 and Path(paths[0]).is_dir()
    shown = NAME if whole_folder else file.as_posix()
    old = _kept(shown, sources)
    claims, wrong = parse(answer)
    fragments, _ = read_all(sources)
    before = read(sources)
    checked = check(claims, texts_of(sources, fragments), before)
    text = ""
    after, new = before, 0
    if checked.taken:
        kept = joined(old, checked.taken)
        new = sum(not any(same(c, o) for o in old) for c in checked.taken)
        text = rendered(kept, folder="" if whole_folder else file.parent.as_posix())
        after = read([*(s for s in sources if s.path != shown), Source(shown, text)])
    refused = tuple(sorted((*wrong, *checked.refused), key=lambda d: (d.line, d.reason)))
    return Amended(file, text, new, len(checked.taken) - new, refused, before, after)


def _kept(shown: str, sources: Sequence[Source]) -> tuple[Claim, ...]:
    """Return the claims that are kept already, their sources as the review shows them."""
    source = next((s for s in sources if s.path == shown), None)
    if source is None:
        return ()
    claims, wrong = parse(source)
    if wrong:
        raise SourceError(
            f"{wrong[0].source}:{wrong[0].line}", f"{wrong[0].reason}; correct it first, nothing was written"
        )
    folder = posixpath.dirname(shown)
    return tuple(
        replace(c, source=posixpath.normpath(posixpath.join(folder, c.source)) if c.source else "")
        for c in claims
    )
