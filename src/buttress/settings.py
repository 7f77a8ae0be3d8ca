"""A project's settings, `buttress.yaml`: what to leave out, rules of one's own, suppressions with reason and expiry."""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from buttress import pipeline
from buttress.errors import CardError, OptionError, SourceError
from buttress.model import Diagnostic, SystemGraph
from buttress.report import Review
from buttress.retrieval import own
from buttress.rules import Card, Finding, load_dir, shipped
from buttress.sources import Collected, collect

NAME = "buttress.yaml"
_KEYS = ("ignore", "rules", "suppress")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Findings (`rule@subject`, * allowed) that a person has decided to live with, why, and until when."""

    finding: str
    reason: str
    until: datetime.date | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What `buttress.yaml` says; empty when there is none."""

    ignore: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def review(
    paths: Sequence[str],
    *,
    today: datetime.date,
    rules: Path | None = None,
    index: Path | None = None,
    assist: pipeline.Assist | None = None,
) -> tuple[Review, tuple[Diagnostic, ...]]:
    """Return the review of `paths` by their settings, and everything that is to be told about it.

    `rules` is a folder of cards to run as well, `index` one of practices that they may cite. Raises OptionError for wrong
    settings, CardError for a broken card, SourceError when nothing can be read.
    """
    configured = find(paths)
    cards = shipped()
    for folder in (*([rules] if rules else []), *configured.rules):
        cards = (*cards, *_own_cards(folder, known={c.id for c in cards}))
    made = pipeline.review(
        paths, rules=cards, ignore=configured.ignore, own=own.standards(own.find(index)), assist=assist
    )
    made = apply(made, configured, today=today)
    return made, (*configured.diagnostics, *made.graph.diagnostics)


def graph(paths: Sequence[str], *, assist: pipeline.Assist | None = None) -> SystemGraph:
    """Return the graph of `paths` without what their settings leave out; `assist` as in `pipeline.graph`."""
    return pipeline.graph(paths, ignore=find(paths).ignore, assist=assist)


def collected(paths: Sequence[str]) -> Collected:
    """Return the sources under `paths` without what their settings leave out."""
    return collect(paths, ignore=find(paths).ignore)


def _own_cards(folder: Path, *, known: Collection[str]) -> tuple[Card, ...]:
    if not folder.is_dir():
        raise SourceError(str(folder), "no such folder of rule cards")
    cards = load_dir(folder)
    if not cards:
        raise SourceError(str(folder), "there is no rule card AREA/RULE.md in it")
    for card in cards:
        if card.id in known:
            raise CardError(
                f"{folder}/{card.area}/{card.id}.md", 1, f"an id of its own; '{card.id}' is a rule already"
            )
    return cards


def find(paths: Sequence[str]) -> Settings:
    """Return the settings of the first reviewed folder that has them, or empty ones. Raises OptionError when they are wrong."""
    for given in paths:
        file = Path(given) / NAME
        if given != "-" and file.is_file():
            return read(file)
    return Settings()


def read(file: Path) -> Settings:
    """Return the settings in a file. Raises OptionError with the file and what was expected."""
    import yaml

    try:
        loaded = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OptionError(f"{file}: not valid YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise OptionError(f"{file}: expected keys and values; known keys: {', '.join(_KEYS)}")
    unknown = sorted(set(loaded) - set(_KEYS))
    if unknown:
        raise OptionError(f"{file}: unknown key {unknown[0]!r}; known keys: {', '.join(_KEYS)}")
    suppressions = []
    for n, item in enumerate(loaded.get("suppress") or (), 1):
        if not isinstance(item, dict) or not item.get("finding") or not item.get("reason"):
            raise OptionError(
                f"{file}: suppress, entry {n}: expected 'finding' and 'reason' (and 'until: YYYY-MM-DD')"
            )
        until = item.get("until")
        if until is not None and not isinstance(until, datetime.date):
            raise OptionError(f"{file}: suppress, entry {n}: 'until' must be a date such as 2027-01-31")
        suppressions.append(Suppression(str(item["finding"]), str(item["reason"]), until))
    return Settings(
        ignore=tuple(map(str, loaded.get("ignore") or ())),
        rules=tuple(file.parent / str(r) for r in loaded.get("rules") or ()),
        suppressions=tuple(suppressions),
    )


def apply(review: Review, settings: Settings, *, today: datetime.date) -> Review:
    """Return the review without the suppressed findings; an expired suppression no longer hides anything."""
    live = [s for s in settings.suppressions if s.until is None or s.until >= today]
    if not live:
        return review
    hidden: dict[str, str] = {}
    for finding in (*review.findings, *review.questions):
        for suppression in live:
            if fnmatch.fnmatchcase(finding.id, suppression.finding):
                hidden.setdefault(finding.id, suppression.reason)

    def kept(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(f for f in findings if f.id not in hidden)

    shown = review.rebuilt(kept(review.findings), kept(review.questions))
    told = tuple((f, hidden[f.id]) for f in (*review.findings, *review.questions) if f.id in hidden)
    return replace(shown, suppressed=told)
