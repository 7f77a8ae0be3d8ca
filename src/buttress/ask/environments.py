"""Answers about what differs between environments, as files and titles name them: `compose.dev.yml`, `envs/prod/`, "Local setup"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from buttress.ask.answer import Statement
from buttress.ask.question import Question
from buttress.ask.words import fact_words, listed
from buttress.model import Component, Evidence, Source, SystemGraph
from buttress.readers import running_text

_NAMES = {
    "local": "local locally laptop",
    "development": "dev development devel",
    "test": "test testing qa uat",
    "staging": "stage staging preprod preproduction",
    "production": "prod production live",
}
_OF = {word: name for name, words in _NAMES.items() for word in words.split()}
_MOST = 12


def named(text: str) -> tuple[str, ...]:
    """Return the environments that a text names, in its order.

    >>> named("what differs between dev and Production?"), named("deploy/overlays/prod/kustomization.yaml")
    (('development', 'production'), ('production',))
    """
    words = re.findall(r"[^\W_]+", text.lower())
    return tuple(dict.fromkeys(_OF[w] for w in words if w in _OF))


def environments(question: Question, graph: SystemGraph, sources: Sequence[Source]) -> tuple[Statement, ...]:
    """Return the parts and facts that only one of two environments has, by where the sources tell of them."""
    asked = named(question.pattern)[:2]
    places = _Places(sources)
    about = {
        c.id: places.of([*c.evidence, *(e for f in c.facts for e in f.evidence)]) for c in graph.components
    }
    held = {name: {id_ for id_, found in about.items() if name in found} for name in asked}
    silent = [
        name for name in asked if not held[name] and not any(name in named(path) for path in graph.sources)
    ]
    out: list[Statement] = []
    if silent or len(asked) < 2:
        which = listed(silent or asked, last="or")
        whole = len(silent) == len(asked)
        out.append(
            Statement(
                f"No file or title that was read is about {which}.", holds="nothing" if whole else "answer"
            )
        )
    pairs = (
        (name, next((o for o in asked if o != name and o not in silent), ""))
        for name in asked
        if name not in silent
    )
    for name, other in pairs:
        only = [
            c for c in graph.components if c.id in held[name] and _is_only(c.evidence, name, other, places)
        ]
        if only:
            evidence = tuple(c.evidence[0] for c in only)
            out.append(Statement(f"Only in {name}: {listed(c.name for c in only)}.", evidence))
        told = {c.id for c in only}
        facts = [s for c in graph.components if c.id not in told for s in _facts(c, name, other, places)]
        out += facts[:_MOST]
        if len(facts) > _MOST:
            out.append(Statement(f"And {len(facts) - _MOST} more facts only in {name}."))
    both = [c.name for c in graph.components if all(c.id in ids for ids in held.values())]
    if both and len(held) > 1:
        out.append(Statement(f"In both: {listed(both)}."))
    return tuple(out) or (
        Statement(f"Nothing was read that only {asked[0]} or only {asked[1]} has.", holds="nothing"),
    )


def _facts(component: Component, name: str, other: str, places: _Places) -> Iterable[Statement]:
    for fact in component.facts:
        if fact.evidence and _is_only(fact.evidence, name, other, places):
            yield Statement(f"Only in {name}, {component.name}: {fact_words(fact)}.", fact.evidence)


def _is_only(evidence: Sequence[Evidence], name: str, other: str, places: _Places) -> bool:
    """Return whether all of the evidence is about an environment, and none about the other."""
    return all(name in found and other not in found for found in (places.of([e]) for e in evidence))


class _Places:
    """Which environments each place of the sources is about: by the path of the file, else by the titles above the line."""

    def __init__(self, sources: Sequence[Source]) -> None:
        """Find the titles of all documents."""
        self.lines: dict[str, list[int]] = {}
        self.about: dict[str, list[tuple[str, ...]]] = {}
        for passage in running_text(sources):
            titles = (*passage.headings, passage.text) if passage.form == "heading" else passage.headings
            self.lines.setdefault(passage.source, []).append(passage.line)
            self.about.setdefault(passage.source, []).append(
                next((n for t in reversed(titles) if (n := named(t))), ())
            )

    def of(self, evidence: Iterable[Evidence]) -> set[str]:
        """Return the environments that some places are about, "" for a place that names none."""
        found: set[str] = set()
        for e in evidence:
            at = bisect_right(self.lines.get(e.source, []), e.line) - 1
            found.update(named(e.source) or (self.about[e.source][at] if at >= 0 else ()) or ("",))
        return found
