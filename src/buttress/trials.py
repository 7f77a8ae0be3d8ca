"""Trials of rule cards: what a card says of its own examples, held against the marks in them.

card ─▶ its examples as files ─read▶ graph ─run▶ findings ─▶ a Failure for each that isn't marked, or is marked and isn't said
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from buttress import pipeline
from buttress.errors import CardError, StaleIndex, UnknownName
from buttress.knowledge import Knowledge, project
from buttress.model import Source
from buttress.report import coverage
from buttress.retrieval.cards import cards as published
from buttress.retrieval.citing import NONE, Standards, cite
from buttress.rules import Basis, Card, Example, Finding, parse, run

# The file that an example is, by the language of its block.
NAMES = {
    "mermaid": "system.mmd",
    "yaml": "compose.yaml",
    "compose": "compose.yaml",
    "kubernetes": "manifests.yaml",
    "markdown": "design.md",
    "json": "graph.json",
    "python": "main.py",
    "dockerfile": "Dockerfile",
    "procfile": "Procfile",
    "gunicorn": "gunicorn.conf.py",
    "terraform": "main.tf",
    "cloudformation": "template.yaml",
    "nginx": "nginx.conf",
    "caddy": "Caddyfile",
    "envoy": "envoy.yaml",
    "workflow": ".github/workflows/ship.yml",
}
BASES: tuple[tuple[Basis, str, str], ...] = (
    ("defect", "fires", "Finds"),
    ("question", "asks", "Asks"),
    ("strength", "praises", "Praises"),
)
# A place that nothing was put into: a brace left over, a sign after a space, "by and".
UNFILLED = re.compile(r"[{}|]|\s[,:.?;]|\s\s|^\s|\b(?:by|of|at) (?:and|or|is|are|[:.?])|\bto (?:and|[:.?])")


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """One thing about a card that isn't as the card says: the file, the line and the reason.

    >>> str(Failure("rules/api/a.md", 12, "expected 'fires: db'"))
    "rules/api/a.md:12: expected 'fires: db'"
    """

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        """Return one line in the form of compilers."""
        return f"{self.path}:{self.line}: {self.reason}"


def sources_of(example: Example) -> list[Source]:
    """Return the file that an example is, or the files that lines like `# === shop/settings.py` begin."""
    _, *files = re.split(r"^# === (\S+)\n", example.text, flags=re.MULTILINE)
    if not files:
        return [Source(NAMES[example.language], example.text)]
    return [Source(name, text) for name, text in zip(files[::2], files[1::2], strict=True)]


def knowledge_of(example: Example) -> Knowledge:
    """Return what the rules see of an example."""
    return project(pipeline.read(sources_of(example)))


def said_of(card: Card, knowledge: Knowledge) -> dict[Basis, set[str]]:
    """Return the ids that a card names in a graph, by what it says of them; a flow is `caller->needed`."""
    graph = knowledge.graph
    out: dict[Basis, set[str]] = {basis: set() for basis, _, _ in BASES}
    for finding in run([card], knowledge):
        flow = graph.flow(finding.subjects[0])
        out[finding.basis].add(f"{flow.source}->{flow.target}" if flow else finding.subjects[0])
    return out


def marked_in(example: Example, basis: Basis) -> set[str]:
    """Return the ids that an example marks as what the card must say of it."""
    ids = {"defect": example.fires, "question": example.asks, "strength": example.praises}[basis]
    return {"".join(i.split()) for i in ids}


def agrees(card: Card, example: Example, knowledge: Knowledge) -> bool:
    """Return whether a card says of an example exactly what is marked in it."""
    said = said_of(card, knowledge)
    return all(said[basis] == marked_in(example, basis) for basis, _, _ in BASES)


def failures(card: Card, *, path: str) -> Iterator[Failure]:
    """Yield what is wrong with a card: a query that doesn't run, an example of no known kind, or one that isn't as it is marked."""
    for example in card.examples:
        if example.language not in NAMES:
            known = ", ".join(sorted(NAMES))
            yield Failure(
                path, example.line - 1, f"expected one of {known} behind ```, found '{example.language}'"
            )
            continue
        knowledge = knowledge_of(example)
        try:
            found = run([card], knowledge)
        except CardError as error:
            yield Failure(path, error.line, f"expected {error.expected}")
            return
        for basis, mark, section in BASES:
            yield from _differences(card, example, knowledge, basis, mark, section, path)
        yield from (f for finding in found if (f := _sentence(finding, example, path)) is not None)
    for basis, mark, section in BASES:
        query = {"defect": card.finds, "question": card.asks, "strength": card.praises}[basis]
        if query and not any(marked_in(e, basis) for e in card.examples):
            yield Failure(
                path, 1, f"expected an example with '{mark}:', because there is a section ## {section}"
            )


def _differences(
    card: Card, example: Example, knowledge: Knowledge, basis: Basis, mark: str, section: str, path: str
) -> Iterator[Failure]:
    said, marked = said_of(card, knowledge)[basis], marked_in(example, basis)
    if said - marked:
        what = ", ".join(sorted(said - marked))
        yield Failure(
            path,
            example.line,
            f"## {section} finds {what} here; expected '{mark}: {what}' or a narrower query",
        )
    if marked - said:
        what = ", ".join(sorted(marked - said))
        parts = ", ".join(c.id for c in knowledge.graph.components) or "none"
        yield Failure(
            path, example.line, f"## {section} doesn't find {what}, which is marked; components here: {parts}"
        )


def unfinished(finding: Finding) -> bool:
    """Return whether the sentence of a finding has a place that nothing was put into, or no end.

    >>> unfinished(Finding("a", "api", "defect", "LOW", "A", "Shop calls  and waits.", ("shop",)))
    True
    """
    return UNFILLED.search(finding.message) is not None or finding.message[-1] not in ".?"


def _sentence(finding: Finding, example: Example, path: str) -> Failure | None:
    if unfinished(finding):
        return Failure(path, example.line, f"expected a whole sentence, found {finding.message!r}")
    return None


@cache
def _points() -> frozenset[str]:
    return frozenset(p.id for p in coverage.points(()))


def references(card: Card, text: str, *, path: str, own: Standards = NONE) -> Iterator[Failure]:
    """Yield what a card refers to that isn't there: review points that it covers, practices that it cites, published or one's `own`."""
    points = _points()
    for point in card.covers:
        if point not in points:
            yield Failure(path, _line(text, point), str(UnknownName.of("review point", point, known=points)))
    known = {**published(), **own.practices}
    missing = [id_ for id_ in card.cites if id_ not in known]
    for id_ in missing:
        yield Failure(path, _line(text, id_), str(UnknownName.of("practice", id_, known=known)))
    if not missing:
        try:
            cite(card.id, cites=card.cites, shows=card.shows, own=own)
        except StaleIndex as error:
            yield Failure(path, _line(text, "cites"), str(error))


def _line(text: str, word: str) -> int:
    return next((n for n, line in enumerate(text.splitlines(), 1) if word in line), 1)


def trial(folder: Path, *, own: Standards = NONE) -> tuple[tuple[Card, ...], tuple[Failure, ...]]:
    """Return the cards under `folder` that can be read, and everything that is wrong with any of them; they may cite practices of one's `own`.

    A card that can't be read is a failure with its file and line, not an error.
    """
    cards: dict[str, Card] = {}
    wrong: list[Failure] = []
    for file in sorted(folder.glob("*/*.md")):
        shown = file.as_posix()
        try:
            text = file.read_text(encoding="utf-8")
            card = parse(text, path=shown)
        except CardError as error:
            wrong.append(Failure(error.path, error.line, f"expected {error.expected}"))
            continue
        except UnicodeDecodeError:
            wrong.append(Failure(shown, 1, "expected a text in UTF-8"))
            continue
        if card.id in cards:
            wrong.append(
                Failure(
                    shown, 1, f"expected an id of its own; '{card.id}' is a rule in {cards[card.id].area} too"
                )
            )
            continue
        cards[card.id] = card
        wrong += references(card, text, path=shown, own=own)
        wrong += failures(card, path=shown)
    return tuple(cards.values()), tuple(sorted(wrong))
