"""The numbers that a text says, each of a measure and a thing: durations, sizes, limits, versions, and how many of a part there are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from buttress.ledger.standing import is_quiet_section, places_in, places_of, stand_of
from buttress.ledger.subjects import Text, content
from buttress.model import Evidence
from buttress.prose.caseless import Caseless, Hit, caseless
from buttress.prose.facts.quantities import COUNT, DURATION, RATE, number, per_second, seconds
from buttress.prose.text import KEPT, Sentence
from buttress.vocabulary import load

MAX_COMPARED = 300
# Word of the measure -> what must stand in the clause of the number.
_MEASURES: tuple[tuple[str, Caseless], ...] = (
    ("timeout", Caseless(r"\b(?:does not|doesn't|do not|don't|fails? to|no) (?:answer|respond|reply|response)\w*(?: \w+)? within\b|"
        r"\btime[sd]?[ -]?outs?\b|\btiming out\b|\bgives? up after\b|\bwaits? (?:at most|up to|for at most)\b")),
    ("recovery time", Caseless(r"\bRTO\b|\brecovery time\b")),
    ("recovery point", Caseless(r"\bRPO\b|\brecovery point\b")),
    ("latency", Caseless(r"\blatency\b|\bp9\d\b|\brespon(?:ds?|se times?)\b|\banswers? within\b")),
    ("lifetime", Caseless(r"\b(?:kept|keeps?|retain\w*|retention|stored for|holds?|held|stays?|deleted|purged|(?:removed|thrown away|dropped|"
        r"archived) after|expir\w+|ttl|time[- ]to[- ]live|valid for|released after|lifetime|cached|lives? for|logged out after)\b")),
    ("interval", Caseless(r"\bevery\b|\binterval\b|\bonce (?:an?|per|each)\b")),
)  # fmt: skip
_DURATION = Caseless(DURATION)
_RATE = Caseless(RATE)
_HOW_OFTEN = {
    "hourly": 3600, "every hour": 3600, "daily": 86400, "nightly": 86400, "every night": 86400, "every day": 86400, "once a day": 86400, "weekly": 604800,
    "every week": 604800, "monthly": 2592000,
}  # fmt: skip
_OFTEN = Caseless(r"\b(?:" + "|".join(_HOW_OFTEN) + r")\b")
_SIZE = Caseless(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(kb|mb|gb|tb|kib|mib|gib)\b")
_BYTES = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1024, "mib": 1024**2, "gib": 1024**3}
_SIZED = Caseless(
    r"\b(?:limit(?:ed|s)?|max(?:imum)?|at most|up to|largest|biggest|larger than|bigger than|no more than)\b",
)
_LIMIT = Caseless(r"\b(?:rate[- ]?limit\w*|limit(?:s|ed)?|throttl\w+|quota|at most|no more than)\b")
_SHARE = Caseless(
    r"(?<![\w.])(9\d(?:\.\d+)?)\s?%[^.;]{0,30}\b(?:availab|uptime|slo\b)|\b(?:availab\w+|uptime|slo)\b[^.;]{0,30}?(?<![\w.])(9\d(?:\.\d+)?)\s?%",
)
_LOW = Caseless(
    r"(?:\bat least|\bminimum(?: of)?|\bno (?:fewer|less) than|\bmin\.?|\bmore than|\bover|>=?|≥)\s*$"
)
_HIGH = Caseless(
    r"(?:\b(?:not|never) (?:be |take |exceed )?(?:larger |bigger |longer |more )?(?:than )?|\bat most|\bup to|\bmaximum(?: of)?|"
    r"\bno more than|\bmax\.?|\bscales? (?:out |up )?to|\bwithin|\bunder|\bless than|\bbelow|<=?|≤)\s*$",
)
_RANGE = Caseless(r"\d\s*(?:-|–|—|\.\.|to|and)\s*$|^\s*\w*\s*(?:-|–|—|\.\.|to)\s*\d|\bbetween\b[^.;]{0,20}$")
_ABOUT = Caseless(r"(?:\babout|\baround|\broughly|\bapprox\w*|~|\bsome)\s*$")
_CLAUSE = Caseless(
    r",\s+(?=[\w ]{3,30} for \w+ (?:days?|weeks?|months?|years?|hours?|minutes?)\b)|[;()—–]\s*|,\s+(?:but|so|which|while|whereas)\s+|\band\s+(?=falls?\b)",
)
_HEADS = r"(?:instances?|replicas?|pods?|nodes?|copies|servers?|containers?|process(?:es)?|machines?|vms?)"
_INSTANCES = Caseless(
    rf"(?:{COUNT}|\b(?P<many>multiple|several)|\b(?P<single>single))\s+(?P<between>(?:(?!of\b|and\b|or\b|to\b|in\b|"
    rf"per\b)[\w/-]+\s+){{0,3}}?)(?P<head>{_HEADS})\b",
)
_PLURAL = Caseless(r"(?<!s)s$|sses$|copies$")
_SCALES = Caseless(r"\bscal(?:es|ed|ing) (?:out |up )?to " + COUNT)
_REDUNDANT = Caseless(r"\b(?:active[-/ ](?:active|passive|standby)|hot standby|warm standby)\b")
_LANGUAGES = re.compile(r"\b(?:Java|Python|Node(?:\.js)?|PHP|Ruby|Scala|\.NET)(?=\s\d)")
_PRIMARY = Caseless(r"\b(?:one|an?|1|single) (?:primary|leader|master|writer)\b[^.;]{0,20}$")
_COUNTED = Caseless(rf"^\W*(?:number of\s+|#\s*)?(?:{_HEADS}|count|copies)\W*$")
_CANNOT = Caseless(
    r"\b(?:cannot|can't|can not|must not|never|not possible to|impossible to)\s+(?:be )?(?:run|runs|have|scale|scaled|start|use|work|"
    r"operate)\w*\s+(?:to |with |in |on |as )?$",
)
_NEGATED = Caseless(r"\b(?:no|not|never|without|than|per|each|every|any|another)\s+(?:\w+\s+)?$")
_TOO_SMALL = Caseless(r"\b(?:fails?|lost|down|dies|crash\w*|restart\w*|one of|on each|per)\b")
_VERSION = re.compile(
    r"^\s+(?:version\s+|v\.?\s?)?(\d{1,2})(?:\.(\d{1,2}))?(?:\.\d+)?(\+| or (?:newer|later|higher))?(?![\w%:,]|\s*(?:requests|instances|nodes|"
    r"pods|replicas|times|seconds|minutes|ms))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a place says: at least `low`, at most `high`, of a measure of the things that the words name."""

    measure: str
    low: float
    high: float
    words: frozenset[str]
    about: frozenset[str]
    place: frozenset[str]
    evidence: Evidence
    said: str
    section: tuple[str, tuple[str, ...]] = ("", ())
    clause: str = ""

    def excludes(self, other: Quantity) -> bool:
        """Return whether both can't hold: nothing lies in both, or both are bounds of one side and differ."""
        if self.low > other.high or other.low > self.high:
            return True
        uppers = self.low == other.low == 0 and self.high != other.high
        lowers = self.high == other.high == inf and self.low != other.low
        return ((uppers or lowers) and self.measure != "instances") or (
            uppers and self.high > 1 and other.high > 1
        )


def numbers(text: Text) -> Iterator[Quantity]:
    """Yield every number of a measure that a text or a drawing says."""
    yield from _told(text)
    yield from _versions(text)
    yield from _instances(text)


def _told(text: Text) -> Iterator[Quantity]:
    """Yield the first numbers of each measure, as many as are compared."""
    count: Counter[str] = Counter()
    for sentence in text.sentences:
        passage = sentence.passage
        if (
            passage.form == "heading"
            or is_quiet_section(passage.headings)
            or not re.search(r"\d|\b[a-z]+\b", sentence.text)
        ):
            continue
        column = _column(sentence)
        for start, _, clause in _clauses(sentence.text):
            if re.search(r"\bth(?:is|ese)\b", clause):
                continue  # says it of what stands above
            if column:  # what the column is called belongs to the number
                start, clause = start - len(column) - 1, f"{column} {clause}"
            for measure, at, stop, value in _measures(clause):
                place = max(0, start + at), start + stop
                if (
                    count[measure] >= MAX_COMPARED
                    or stand_of(sentence, *place, conditions=measure != "timeout") != "fact"
                ):
                    continue
                before, after = clause[:at], clause[stop:]
                if (
                    _RANGE.search(before)
                    or _RANGE.search(after[:12])
                    or (_NEGATED.search(before) and measure != "interval" and not _HIGH.search(before))
                ):
                    continue
                count[measure] += 1
                low, high = _bounds(value, before)
                words = clause[:at] + " " + clause[stop:]
                if passage.form == "table" and passage.cells:
                    words = f"{passage.cells[0]} {words}"
                said = clause[at:stop].strip()
                yield Quantity(
                    measure, low, high, content(words), text.clause_about(sentence, max(0, start + at)), places_of(sentence), sentence.evidence(), said,
                    (passage.source, passage.headings), words,
                )  # fmt: skip


def _column(sentence: Sentence) -> str:
    """Return what the column of a cell is called, empty for what is no cell or stands in the first one."""
    passage = sentence.passage
    if passage.form != "table" or sentence.text not in passage.cells[1:]:
        return ""
    at = passage.cells.index(sentence.text, 1)
    return passage.columns[at] if at < len(passage.columns) else ""


def _clauses(text: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    for cut in _CLAUSE.finditer(text):
        yield at, cut.start(), text[at : cut.start()]
        at = cut.end()
    yield at, len(text), text[at:]


@lru_cache(KEPT)
def _measures(clause: str) -> tuple[tuple[str, int, int, float], ...]:
    return tuple(_numbers(clause))


def _numbers(clause: str) -> Iterator[tuple[str, int, int, float]]:
    """Yield the measures of a clause: which, where its number stands, and what it is in the unit of the measure."""
    rates = list(_RATE.finditer(clause))
    if rates:
        if len(rates) == 1 and _LIMIT.search(clause):
            yield "rate limit", *rates[0].span(), per_second(rates[0][1], rates[0][2], rates[0][3])
        return
    often = list(_OFTEN.finditer(clause))
    if len(often) == 1:
        yield "interval", *often[0].span(), _HOW_OFTEN[often[0][0].lower()]
    durations = list(_DURATION.finditer(clause))
    if len(durations) == 1:
        found = durations[0]
        measure = next((name for name, cue in _MEASURES if cue.search(clause)), None)
        if measure is not None and found[1].lower() not in ("a", "an"):
            yield measure, *found.span(), seconds(found[1], found[2])
    sizes = list(_SIZE.finditer(clause))
    if len(sizes) == 1 and _SIZED.search(clause):
        yield "size limit", *sizes[0].span(), float(sizes[0][1]) * _BYTES[sizes[0][2].lower()]
    share = _SHARE.search(clause)
    if share:
        group = 1 if share[1] else 2
        yield "availability", *share.span(group), float(share[group])
    tries = caseless(rf"\bretr(?:y|ies|ied)\b[^.;]{{0,20}}?{COUNT}\s+times\b").search(clause)
    if tries:
        yield "retries", *tries.span(1), number(tries[1])


def _bounds(value: float, before: str) -> tuple[float, float]:
    if _LOW.search(before):
        return value, inf
    if _HIGH.search(before):
        return 0, value
    return (value * 0.8, value * 1.25) if _ABOUT.search(before) else (value, value)


def _versions(text: Text) -> Iterator[Quantity]:
    technologies = load().technologies
    for sentence in text.sentences:
        passage = sentence.passage
        if passage.form == "heading" or is_quiet_section(passage.headings):
            continue
        named = [(m.start, m.end, technologies[m.id].label) for m in sentence.technologies]
        for start, end, label in (
            *named,
            *((m.start(), m.end(), m[0]) for m in _LANGUAGES.finditer(sentence.text)),
        ):
            found = _VERSION.match(sentence.text[end:])
            if found is None or stand_of(sentence, start, end) != "fact":
                continue
            major = float(found[1]) + float(found[2] or 0) / 100
            low, high = (major, inf) if found[3] else (major, major if found[2] else major + 0.99)
            yield Quantity(
                f"version of {label}", low, high, frozenset(), text.about(sentence) - frozenset(text.named(label)), places_of(sentence),
                sentence.evidence(), found[0].strip(), (passage.source, passage.headings),
            )  # fmt: skip


def _instances(text: Text) -> Iterator[Quantity]:
    for component in text.graph.components:
        if component.fact("max_replicas") is not None:
            continue
        fact = component.fact("replicas")
        if fact is None or not isinstance(fact.value, int) or isinstance(fact.value, bool):
            continue
        for evidence in fact.evidence:
            headings = text.headings_at(evidence)
            if evidence.form in ("diagram", "config") and re.search(
                rf"(?<![\d.]){fact.value}(?![\d.])", evidence.quote
            ):
                yield Quantity(
                    "instances", fact.value, fact.value, frozenset(), frozenset((component.id,)), places_in("", headings), evidence,
                    str(fact.value),
                )  # fmt: skip
    for sentence in text.sentences:
        passage = sentence.passage
        if passage.form == "heading" or is_quiet_section(passage.headings):
            continue
        if passage.form == "table":
            yield from _cell(text, sentence)
        several = _REDUNDANT.search(sentence.text)
        about = text.clause_about(sentence, several.start()) if several else frozenset()
        if (
            several
            and len(about) == 1
            and stand_of(sentence, *several.span()) == "fact"
            and not _NEGATED.search(sentence.text[: several.start()])
        ):
            yield Quantity(
                "instances",
                2,
                inf,
                frozenset(),
                about,
                places_of(sentence),
                sentence.evidence(),
                several[0],
                (passage.source, passage.headings),
            )
        for found, most in (
            *((m, False) for m in _INSTANCES.finditer(sentence.text)),
            *((m, True) for m in _SCALES.finditer(sentence.text)),
        ):
            quantity = _instance(text, sentence, found, most=most)
            if quantity is not None:
                yield quantity


def _cell(text: Text, sentence: Sentence) -> Iterator[Quantity]:
    """Yield how many a cell says in a column of numbers of instances."""
    passage = sentence.passage
    if not re.fullmatch(r"\W*\d{1,4}\W*", sentence.text):
        return
    at = next(
        (
            n
            for n, c in enumerate(passage.cells)
            if c == sentence.text and n < len(passage.columns) and _COUNTED.match(passage.columns[n])
        ),
        None,
    )
    about = text.clause_about(sentence, 0) if at else frozenset()
    if at and len(about) == 1:
        value = float(sentence.text.strip())
        yield Quantity(
            "instances",
            value,
            value,
            frozenset(),
            about,
            places_of(sentence),
            sentence.evidence(),
            sentence.text.strip(),
        )


def _instance(text: Text, sentence: Sentence, found: Hit, *, most: bool) -> Quantity | None:
    words = found.groupdict()
    before, after = sentence.text[: found.start()], sentence.text[found.end() :]
    if (
        stand_of(sentence, *found.span()) != "fact"
        or _TOO_SMALL.search(before[-25:])
        or _TOO_SMALL.match(after.strip()[:12])
    ):
        return None
    if caseless(r"(?:^|[,;(]|\band)\s*with\s*$").search(before) or re.match(
        r"\s+of (?:this|these|such)\b", after
    ):
        return None  # "with two replicas the …" supposes it
    between = words.get("between") or ""
    own = (
        text.named(between) or text.named(after[:40]) if re.match(r"\s+of\s", after) else text.named(between)
    )
    if not own:
        cut = max((m.end() for m in re.finditer(r"[;()]|,\s|\band\b", before)), default=0)
        own = text.named(before[cut:])[:1] or text.named(before)[:1] or tuple(text.about(sentence))
    if len(own) != 1:
        return None
    if words.get("many"):
        low, high = (0.0, 1.0) if _CANNOT.search(before) else (2.0, inf)
    elif words.get("single"):
        if _PLURAL.search(words["head"]):
            return None  # "single sign-on servers", "single user servers": what they are, not how many
        low = high = 1.0
    else:
        value = number(found[1]) + bool(_PRIMARY.search(before))  # one primary and two replicas are three
        low, high = (0.0, value) if most else _bounds(value, before)
        trailing = re.match(r"\s+(?:at least|or more|minimum)\b", after)
        if trailing:
            low, high = value, inf
        if re.match(r"\s+(?:at most|or fewer|maximum)\b", after):
            low, high = 0.0, value
    if not words.get("many") and (
        _NEGATED.search(before) or _RANGE.search(before) or _RANGE.search(after[:10])
    ):
        return None
    said = " ".join(found[0].split()) if high != 1 or words.get("single") else "one only"
    return Quantity(
        "instances", low, high, frozenset(), frozenset(own), places_of(sentence), sentence.evidence(), said,
        (sentence.passage.source, sentence.passage.headings),
    )  # fmt: skip
