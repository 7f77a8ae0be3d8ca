"""Which flows a clause speaks of: "calls X with …", "the calls from A to B", "connections to X", "all traffic between the services"."""

from __future__ import annotations

import re

from buttress.model.kinds import MESSAGING, RUNTIME
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.facts.ledger import OUTSIDE, FlowKey, Ledger
from buttress.prose.facts.owners import Owners
from buttress.prose.flows import Step
from buttress.prose.mentions.spelling import Mention
from buttress.prose.reading import Reading
from buttress.prose.words import DETERMINERS

_LINK = Caseless(
    r"\b(?:calls?|requests?|connections?|traffic|communication|links?|queries|"
    r"lookups|messages|the way|path)\b(?=\s(?:from|to|between|into|towards|with|"
    r"it makes)\b)",
)
_EVERYTHING = Caseless(
    r"\b(?:all|every|any|each|the entire)\s(?:of the\s)?(?:[\w-]+\s){0,2}?(?:traffic|communication|calls?|connections?|requests?|links?)\b|"
    r"\beverything\b|\bnothing\b|\bno (?:[\w-]+ )?(?:calls?|connections?|traffic|"
    r"requests?)\b|\b(?:internal|inter-?service|service[- ]to[- ]service|east[- ]west) (?:traffic|"
    r"communication|calls|connections|requests)\b|"
    r"\b(?:traffic|communication|calls|connections|requests) (?:between|among) (?:all |our |the )?(?:micro)?services\b",
)
_INSIDE = Caseless(
    r"\b(?:internal|inter-?service|service[- ]to[- ]service|east[- ]west|inside|"
    r"within|between (?:all |our |the |any |two )?(?:micro)?services|among (?:the )?services|"
    r"(?:behind|after) (?:the )?(?:gateway|load balancer|proxy))\b",
)
_SOME = Caseless(r"\b(?:except|apart from|other than|but not|most|some|many|few|excluding|unless|only)\b")
_CALLING = ("calls", "routes", "reads", "writes", "depends_on")


class Connections:
    """Finds the flows that a place in a sentence speaks of."""

    def __init__(self, reading: Reading, ledger: Ledger, owners: Owners) -> None:
        """Sort the steps by the sentence they stand in."""
        self.reading, self.ledger, self.owners = reading, ledger, owners
        self._steps: dict[int, list[Step]] = {}
        for step in reading.steps:
            self._steps.setdefault(step.sentence, []).append(step)
        self.last: dict[int, list[FlowKey]] = {}  # by passage: the flows of the sentence before

    def everywhere(self, number: int, start: int, end: int) -> list[FlowKey] | None:
        """Return every flow inside the system when the clause speaks of all of them, None when it doesn't."""
        text = self.reading.texts[number].text
        clause, offset = _part(text, start, end)
        found = _EVERYTHING.search(clause)
        if found is None or _SOME.search(clause):
            return None
        named = [
            m
            for m in self.owners.mentions(number)
            if offset + found.end() <= self._start(number, m) <= offset + found.end() + 25
        ]
        if any(self._before(number, m) in ("to", "from", "into", "between", "with") for m in named):
            return None
        inside = _INSIDE.search(clause)
        if inside is None and not caseless(
            r"\b(?:all|every|any|no|each)\s(?:\w+\s)?(?:traffic|connections?|calls?|communication)\b"
        ).search(
            clause,
        ):
            return None
        services = bool(
            caseless(r"between|among|inter-?service|service[- ]to[- ]service|\bHTTPS?\b|\bcalls?\b").search(
                clause,
            )
        )
        out: list[FlowKey] = []
        for source, target, kind in self.ledger.pairs():
            first, second = self.ledger.kind(source), self.ledger.kind(target)
            if (
                kind not in (*_CALLING, "publishes", "consumes")
                or {first, second} & OUTSIDE
                or self.ledger.is_client(source)
            ):
                continue
            if services and not (first in RUNTIME and second in RUNTIME):
                continue
            out += [k for k in self.ledger.between(source, target) if k[2] == kind]
        return out

    def named(self, number: int, start: int, end: int) -> list[FlowKey] | None:
        """Return the flows that a noun names: "the calls from A to B", "connections to X"; None when no noun does."""
        text = self.reading.texts[number]
        clause, offset = _part(text.text, start, end)
        links = list(_LINK.finditer(clause))
        if not links:
            return None
        link = links[-1] if links[-1].start() + offset <= start else links[0]
        mentions = [
            m
            for m in self.owners.mentions(number)
            if self._start(number, m) >= offset + link.end() and not m.aside
        ]
        sources: list[str] = []
        targets: list[str] = []
        role = ""
        at = offset + link.end()
        for mention in mentions:
            first = self._start(number, mention)
            between = text.text[at:first].lower()
            words = [w for w in re.findall(r"[a-z]+", between) if w not in DETERMINERS]
            if any(
                w not in ("from", "to", "between", "and", "or", "into", "towards", "with", "as", "well")
                for w in words
            ) or re.search(r"[;:.(]", between):
                break
            role = next(
                (w for w in reversed(words) if w in ("from", "to", "between", "into", "towards", "with")),
                role,
            )
            if role == "between" and sources:
                targets.append(mention.key)
            else:
                (sources if role in ("from", "between") else targets).append(mention.key)
            at = text.tokens[mention.last - 1].end
        if not sources and not targets:
            return None
        if role == "between" and not targets:
            return []  # its other end isn't known
        if sources and targets:
            return [
                k
                for s in sources
                for t in targets
                if s != t
                for k in self.ledger.connect(s, t, self.ledger.kind_to(t), text.evidence())
            ]
        if targets:
            subject = self.owners.subject(number, offset + link.start())
            callers = (
                subject.keys
                if subject.how == "named"
                and subject.last <= len(text.tokens)
                and subject.first < self._token(number, offset + link.start())
                else ()
            )
            pairs = [
                (s, t, k)
                for s, t, k in self.ledger.pairs()
                if t in targets
                and (not callers or s in callers)
                and k in (*_CALLING, "publishes", "consumes")
            ]
        else:
            pairs = [(s, t, k) for s, t, k in self.ledger.pairs() if s in sources and k in _CALLING]
        return [f for s, t, kind in pairs for f in self.ledger.between(s, t) if f[2] == kind]

    def stepped(self, number: int, start: int, end: int) -> list[FlowKey]:
        """Return the flows that the grammar of the sentence shows closest to a place: those of one verb, in its clause first."""
        steps = [s for s in self._steps.get(number, ()) if not s.hypothetical]
        placed = [(s, s.target if s.target.sentence == number else s.source) for s in steps]
        here = []
        for step, mention in placed:
            at = self._start(number, mention)
            flows = self._of(step, number)
            if flows:
                here.append((at, step, flows))
        if not here:
            return []
        before = [h for h in here if h[0] <= start]
        clause = _part(self.reading.texts[number].text, start, end)[1]
        before = [h for h in before if h[0] >= clause] or before
        chosen = max(before, key=lambda h: h[0]) if before else min(here, key=lambda h: h[0])
        if not before and re.search(
            r"[;:]|,\s(?:and|but|which)\s", self.reading.texts[number].text[end : chosen[0]]
        ):
            return []
        if before and chosen[0] < clause and self._has_other_subject(number, start, chosen[1]):
            return []
        group = [
            h
            for h in here
            if h[1].source.key == chosen[1].source.key
            and h[1].kind == chosen[1].kind
            and self._together(number, h[0], chosen[0])
        ]
        return list(dict.fromkeys(f for h in group for f in h[2]))

    def out_of(self, key: str) -> list[FlowKey]:
        """Return the calls that a component makes."""
        return [
            f
            for s, t, kind in self.ledger.pairs()
            if s == key and kind in _CALLING
            for f in self.ledger.between(s, t)
            if f[2] == kind
        ]

    def to(self, key: str, callers: tuple[str, ...] = ()) -> list[FlowKey]:
        """Return the flows into a component, from these callers only if they are given."""
        pairs = [(s, t, k) for s, t, k in self.ledger.pairs() if t == key and (not callers or s in callers)]
        return [f for s, t, kind in pairs for f in self.ledger.between(s, t) if f[2] == kind]

    def publishing(self, key: str) -> list[FlowKey]:
        """Return the flows by which a component publishes messages."""
        mine = [p for p in self.ledger.pairs() if p[0] == key and self.ledger.kind(p[1]) in MESSAGING]
        pairs = [p for p in mine if p[2] == "publishes"]
        if not pairs and not any(p[2] == "consumes" for p in mine):
            pairs = [p for p in mine if p[2] in ("calls", "depends_on")]
        return [f for s, t, kind in pairs for f in self.ledger.between(s, t) if f[2] == kind]

    def _of(self, step: Step, number: int) -> list[FlowKey]:
        """Return the flows that a step became; its ends may have been turned."""
        evidence = self.reading.texts[number].evidence()
        first, second = (
            self.ledger.components.get(self.ledger.canonical(m.key)) for m in (step.source, step.target)
        )
        if first is None or second is None:
            return []
        around = self.ledger.around(first.id, second.id)
        found = [k for k in around if evidence in self.ledger.flows[k].evidence]
        return found or [k for k in around if k[:2] == (first.id, second.id)]

    def _has_other_subject(self, number: int, start: int, step: Step) -> bool:
        subject = self.owners.subject(number, start)
        if subject.how in ("named", "group", "meant"):
            return step.source.key not in subject.keys
        return subject.how in ("noun", "existential")

    def _together(self, number: int, one: int, other: int) -> bool:
        """Return whether two targets stand in one list."""
        text = self.reading.texts[number].text
        between = text[min(one, other) : max(one, other)].lower()
        return one == other or not re.search(
            r"[;:(]|\b(?:with|which|but|while|has|have|is|are|uses|writes|reads|calls|sends|then)\b", between
        )

    def _start(self, number: int, mention: Mention) -> int:
        return self.reading.texts[number].tokens[mention.first].start if mention.sentence == number else 0

    def _token(self, number: int, offset: int) -> int:
        return next((n for n, t in enumerate(self.reading.texts[number].tokens) if t.start >= offset), 0)

    def _before(self, number: int, mention: Mention) -> str:
        tokens = self.reading.texts[number].tokens
        n = mention.first - 1
        while n > 0 and tokens[n].lower in DETERMINERS:
            n -= 1
        return tokens[n].lower if n >= 0 else ""


_BREAK = Caseless(r"[;:—–]\s|,?\s(?:but|while|whereas|because)\s|,\s(?:and|so|which)\s(?!(?:to|from|into)\s)")


def clause_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the clause around a stretch begins and ends.

    >>> clause_of("A calls B; it has no timeout.", 19, 29)
    (11, 29)
    """
    part, begin = _part(text, start, end)
    return begin, begin + len(part)


def _part(text: str, start: int, end: int) -> tuple[str, int]:
    """Return the clause around a stretch and where it begins."""
    breaks = [m.span() for m in _BREAK.finditer(text)]
    begin = max((b for _, b in breaks if b <= start), default=0)
    stop = min((a for a, _ in breaks if a >= end), default=len(text))
    return text[begin:stop], begin
