"""What one place says is there and another says isn't: every denial of a part or practice is held against all that say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from buttress.ledger.denials import WORD
from buttress.ledger.entries import Named, affirmed, denied, phrased, shown
from buttress.ledger.standing import same_place
from buttress.ledger.subjects import Text
from buttress.model import Contradiction, Evidence
from buttress.vocabulary.match import stem

MAX_OTHERS = 3
MAX_DENIALS = 300
# Topics all phrases of which name one thing.
_TIGHT = frozenset(
    """
        cdn waf rate-limiting feature-flags circuit-breaker cors service-mesh read-replicas tracing dead-letter-queue backups health-checks
        connection-pooling autoscaling pagination sharding error-tracking graceful-degradation audit-logging multi-region multi-az
    """.split()
)
# Kinds of components that are what a topic is about.
_KINDS = {
    "caching": ("cache",),
    "cdn": ("cdn",),
    "message-broker": ("message_broker", "stream"),
    "message-queue": ("message_broker", "stream"),
    "load-balancing": ("load_balancer",),
    "object-storage": ("object_store",),
    "service-discovery": ("service_registry",),
}


def presence(text: Text) -> list[Contradiction]:
    """Return what one place says is there, in fact or as an option, and another one says isn't."""
    refused = list(islice(denied(text), MAX_DENIALS))
    things = {d.thing for d in refused}
    things.update(f"kind:{kind}" for t in tuple(things) for kind in _KINDS.get(t.removeprefix("topic:"), ()))
    by_thing: dict[str, list[Named]] = {}
    for entry in (*affirmed(text, frozenset(things)), *shown(text)) if things else ():
        by_thing.setdefault(entry.thing, []).append(entry)
    found: dict[str, tuple[dict[Evidence, str], dict[Evidence, str]]] = {}
    for denial in refused:
        against = [e for e in _candidates(denial, by_thing, text) if _contradicts(denial, e, text)]
        if against:
            denials, others = found.setdefault(denial.thing.partition(":")[2], ({}, {}))
            denials.setdefault(denial.evidence, "not there")
            for entry in sorted(against, key=lambda e: e.stand != "fact"):
                others.setdefault(entry.evidence, "there" if entry.stand == "fact" else entry.stand)
    out = []
    for subject, (denials, others) in found.items():
        places = {*denials, *others}
        if any(
            places <= {*d, *o} and (places != {*d, *o} or s < subject)
            for s, (d, o) in found.items()
            if s != subject
        ):
            continue  # a technology and its topic tell the same
        sides = [(v, e) for e, v in denials.items()][:2] + [(v, e) for e, v in others.items()][:MAX_OTHERS]
        out.append(Contradiction(subject, "presence", tuple(sides)))
    return out


def _candidates(denial: Named, by_thing: dict[str, list[Named]], text: Text) -> Iterator[Named]:
    yield from by_thing.get(denial.thing, ())
    if denial.thing.startswith("topic:"):
        for kind in _KINDS.get(denial.thing[6:], ()):
            yield from by_thing.get(f"kind:{kind}", ())
    if denial.thing.startswith("phrase:"):
        yield from phrased(denial, text)


def _contradicts(denial: Named, entry: Named, text: Text) -> bool:
    if entry.evidence.source == denial.evidence.source and (
        entry.evidence.line <= denial.evidence.end_line and denial.evidence.line <= entry.evidence.end_line
    ):
        return False
    if entry.section == denial.section and entry.evidence.form not in ("diagram", "config"):
        return False
    if (
        entry.section[0] == denial.section[0]
        and entry.section[1][:-1] == denial.section[1][:-1]
        and (denial.bare and entry.bare and len(denial.section[1]) > 1)
    ):
        return False  # items of sibling sections, each about the part that its title names
    if entry.stand == "planned" or entry.stand == "quiet":
        return False
    if entry.stand == "optional" and not (denial.thing.startswith("tech:") or denial.listed):
        return False
    if not same_place(denial.place, entry.place):
        return False
    if denial.narrow and not denial.narrow <= {stem(w) for w in WORD.findall(entry.words)}:
        return False
    tight = denial.thing[6:] in _TIGHT
    if denial.thing.startswith("topic:") and not (
        tight or entry.kind or _one_thing(denial.surface, entry.surface)
    ):
        return False
    if not denial.about:
        return True
    if not entry.about:
        return entry.kind == ""
    if denial.acts and entry.leader:
        return any(text.same(a, entry.leader) for a in denial.about)
    return any(text.same(a, b) for a in denial.about for b in entry.about)


def _one_thing(one: str, other: str) -> bool:
    """Return whether two phrases of a topic name one thing: the heads are one word, or one phrase is the other in other spelling."""
    a, b = ([stem(w) for w in WORD.findall(x)] for x in (one, other))
    if not (a and b):
        return False
    return a[-1] == b[-1] or "".join(a) == "".join(b)
