"""A project's settings, `buttress.yaml`: what to leave out, rules of one's own, suppressions with reason and expiry."""

from __future__ import annotations

import datetime
import fnmatch
import glob
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from buttress import pipeline
from buttress.errors import CardError, OptionError, SourceError, UnknownName
from buttress.model import Diagnostic, SystemGraph
from buttress.report import IN_BASELINE, Review
from buttress.report.review import Known
from buttress.report.wire import SCHEMA
from buttress.retrieval import own
from buttress.rules import Card, load_dir, shipped
from buttress.sources import SETTINGS as NAME
from buttress.sources import Collected, collect

_KEYS = ("ignore", "rules", "suppress")
_SUPPRESSION = ("finding", "reason", "until")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Findings (`rule@subject`, * allowed) that a person has decided to live with, why, and until when."""

    finding: str
    reason: str
    until: datetime.date | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What `buttress.yaml` says; empty when there is none. `ignore` are patterns of absolute paths."""

    ignore: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    file: Path | None = None


def review(
    paths: Sequence[str],
    *,
    today: datetime.date,
    rules: Path | None = None,
    index: Path | None = None,
    baseline: Path | None = None,
    assist: pipeline.Assist | None = None,
) -> tuple[Review, tuple[Diagnostic, ...]]:
    """Return the review of `paths` by their settings, and everything that is to be told about it.

    `rules` is a folder of cards to run as well, `index` one of practices that they may cite, `baseline` an earlier review: what
    it has isn't shown again. Raises OptionError for wrong settings, CardError for a broken card, SourceError when nothing
    can be read.
    """
    configured = find(paths)
    before = read_baseline(baseline) if baseline else {}
    made = pipeline.review(
        paths,
        rules=_cards(configured, rules),
        ignore=configured.ignore,
        own=own.standards(own.find(index)),
        assist=assist,
    )
    shown = apply(made, configured, today=today, baseline=before)
    whole = configured.file is not None and configured.file.parent in [Path(p).resolve() for p in paths]
    told = idle(made, configured, today=today, whole=whole)
    return shown, (*told, *made.graph.diagnostics)


def cards(paths: Sequence[str], *, rules: Path | None = None) -> tuple[Card, ...]:
    """Return the rules that a review of `paths` runs: those that come with Buttress, in `rules`, and of the settings."""
    return _cards(find(paths), rules)


def _cards(configured: Settings, rules: Path | None) -> tuple[Card, ...]:
    made = shipped()
    for folder in (*([rules] if rules else []), *configured.rules):
        made = (*made, *_own_cards(folder, known={c.id for c in made}))
    return made


def graph(paths: Sequence[str], *, assist: pipeline.Assist | None = None) -> SystemGraph:
    """Return the graph of `paths` without what their settings leave out; `assist` as in `pipeline.graph`."""
    return pipeline.graph(paths, ignore=find(paths).ignore, assist=assist)


def collected(paths: Sequence[str], *, apart_from: Path | None = None) -> Collected:
    """Return the sources under `paths` without what their settings leave out, and without one file."""
    left_out = (glob.escape(apart_from.resolve().as_posix()),) if apart_from else ()
    return collect(paths, ignore=(*find(paths).ignore, *left_out))


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
    """Return the settings of the first path that has them, or empty ones. Raises OptionError when they are wrong.

    They lie in the reviewed folder or the nearest one above it, up to the root of the repository.
    """
    for given in paths:
        if given == "-":
            continue
        try:
            place = Path(given).resolve()
        except (OSError, RuntimeError):  # a link that leads to itself: reading tells
            continue
        for folder in (place, *place.parents):
            for name in (NAME, NAME.replace(".yaml", ".yml")):
                if _holds(folder / name):
                    return read(folder / name)
            if _holds(folder / ".git"):
                break
    return Settings()


def _holds(path: Path) -> bool:
    """Return whether there is such a file or folder that we may look at."""
    try:
        return path.exists() and (path.is_file() or path.name == ".git")
    except OSError:
        return False


def read(file: Path) -> Settings:
    """Return the settings in a file. Raises OptionError with the file and what was expected."""
    import yaml

    shown = _shown(file)
    try:
        loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise OptionError(f"{shown}:{line}: not valid YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OptionError(f"{shown}: not valid YAML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise OptionError(f"{shown}: can't be opened: {error.strerror or error}") from error
    loaded = {} if loaded is None else loaded
    if not isinstance(loaded, dict):
        raise OptionError(f"{shown}: expected keys and values; known keys: {', '.join(_KEYS)}")
    _known(loaded, _KEYS, shown)
    base = glob.escape(file.parent.as_posix().rstrip("/"))
    return Settings(
        ignore=tuple(
            f"{base}/{p.removeprefix('./').lstrip('/')}"
            for p in _texts(loaded, "ignore", shown, "[docs/old/, '*.tf']")
        ),
        rules=tuple(file.parent / r for r in _texts(loaded, "rules", shown, "[ci/rules]")),
        suppressions=tuple(_suppressions(loaded.get("suppress"), shown)),
        file=file,
    )


def _shown(file: Path) -> str:
    """Return a path as a person would name it from here.

    >>> _shown(Path.cwd() / "a" / NAME)
    'a/buttress.yaml'
    """
    here = Path.cwd()
    return (file.relative_to(here) if file.is_relative_to(here) else file).as_posix()


def _known(loaded: dict[object, object], keys: Sequence[str], where: str) -> None:
    unknown = [str(k) for k in loaded if k not in keys]
    if unknown:
        raise OptionError(f"{where}: unknown key {unknown[0]!r}; known keys: {', '.join(keys)}")


def _texts(loaded: dict[object, object], key: str, shown: str, example: str) -> list[str]:
    value = loaded.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise OptionError(f"{shown}: {key}: expected a list of texts, such as {example}")
    return value


def _suppressions(entries: object, shown: str) -> list[Suppression]:
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise OptionError(f"{shown}: suppress: expected a list of entries with 'finding' and 'reason'")
    made = []
    for n, item in enumerate(entries, 1):
        where = f"{shown}: suppress, entry {n}"
        if not isinstance(item, dict) or not item.get("finding") or not item.get("reason"):
            raise OptionError(f"{where}: expected 'finding' and 'reason' (and 'until: YYYY-MM-DD')")
        _known(item, _SUPPRESSION, where)
        made.append(Suppression(str(item["finding"]), str(item["reason"]), _date(item.get("until"), where)))
    return made


def _date(value: object, where: str) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else _is_date(value)
    except ValueError:
        raise OptionError(f"{where}: 'until' must be a date such as 2027-01-31") from None


def _is_date(value: object) -> datetime.date | None:
    if value is None or isinstance(value, datetime.date):
        return value
    raise ValueError


def idle(review: Review, settings: Settings, *, today: datetime.date, whole: bool) -> tuple[Diagnostic, ...]:
    """Return a warning for each suppression of `review`, as it was before them, that has ended or hides nothing.

    That it hides nothing is told only when the `whole` of what the settings are for was reviewed.
    """
    told: list[str] = []
    ids = [f.id for f in (*review.findings, *review.questions)]
    for suppression in settings.suppressions:
        name, rule = suppression.finding, suppression.finding.partition("@")[0]
        if not glob.has_magic(rule) and rule not in review.cards:
            told.append(f"suppress: {UnknownName.of('rule', rule, known=review.cards)}")
        elif not any(fnmatch.fnmatchcase(i, name) for i in ids):
            near = [i for i in ids if i.partition("@")[0] == rule]
            hint = f"; that rule has {', '.join(near[:4])}" if near else ""
            if whole:
                told.append(f"suppress: {name!r} hides nothing; take it out or correct it{hint}")
        elif suppression.until is not None and suppression.until < today:
            told.append(f"suppress: {name!r} was to end on {suppression.until}; it hides nothing any more")
    file = _shown(settings.file) if settings.file else NAME
    return tuple(Diagnostic(file, 0, reason) for reason in told)


def read_baseline(file: Path) -> dict[str, Known]:
    """Return what an earlier review in JSON found and asked, by id.

    Raises SourceError when the file can't be opened, OptionError when it isn't such a review.
    """
    try:
        loaded = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise SourceError(str(file), f"{reason}; a baseline is what --format json writes") from error
    except ValueError as error:
        raise OptionError(f"{file}: not a review in JSON, as --format json writes it") from error
    try:
        if loaded["schema"] != SCHEMA:
            raise KeyError
        shortened = any(s["reason"] == IN_BASELINE for s in loaded["suppressed"])
        known = {
            f["id"]: Known.of(f["severity"], f["subjects"], f["message"])
            for f in (*loaded["findings"], *loaded["questions"])
        }
    except (KeyError, TypeError) as error:
        raise OptionError(f"{file}: not a review of this version; write it with --format json") from error
    if shortened:
        raise OptionError(f"{file}: written with --baseline, so it holds only what was new; write it without")
    return known


def apply(
    review: Review, settings: Settings, *, today: datetime.date, baseline: Mapping[str, Known] | None = None
) -> Review:
    """Return the review without the suppressed findings and those that the baseline has.

    A suppression that has expired hides nothing, and neither does a baseline what has become worse.
    """
    live = [s for s in settings.suppressions if s.until is None or s.until >= today]
    if not live and not baseline:
        return review
    hidden: dict[str, str] = {}
    for finding in (*review.findings, *review.questions):
        for suppression in live:
            if fnmatch.fnmatchcase(finding.id, suppression.finding):
                hidden.setdefault(finding.id, suppression.reason)
        known = (baseline or {}).get(finding.id)
        if known and known.covers(finding):
            hidden.setdefault(finding.id, IN_BASELINE)
    return review.without(hidden)
