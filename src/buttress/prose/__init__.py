"""Prose: components, flows, facts and stances in running text, found by vocabulary, grammar and evidence added up.

    passages ─▶ sentences (text) ─▶ mentions ─▶ candidates, weighed by their evidence ─▶ components
                                        └────▶ flows: who acts, by which verb, upon whom
                                        └────▶ facts, each with its owner · stances, each a claim or a mention

What is accepted becomes a fragment like any reader's. No model, no network: the same text gives the same graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from buttress.model import Component, Evidence, Fact, Flow, Fragment, flow_id, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import singular, words_of
from buttress.prose.candidates import Candidate, kind_of
from buttress.prose.candidates.described import VAGUE, Description, describe, descriptions
from buttress.prose.facts.attribution import add_facts
from buttress.prose.facts.ledger import Ledger
from buttress.prose.facts.owners import Owners
from buttress.prose.facts.tables import read_tables
from buttress.prose.flows import Step
from buttress.prose.mentions.spelling import SORTS, Mention
from buttress.prose.reading import Reading
from buttress.prose.stances import stances
from buttress.prose.text import Prose
from buttress.vocabulary import load

__all__ = ["Prose", "extract"]

MAX_PLACES = 6
_DATABASES = frozenset(("relational_db", "document_db", "data_store"))
_ONLY_ONES = (_DATABASES, MESSAGING)  # sorts of parts of which a system may have one, called by its sort then
MAX_GROUP = 4  # a plural stands for at most so many components


def extract(prose: Prose, known: Sequence[Component] = (), fragments: Sequence[Fragment] = ()) -> Fragment:
    """Return what a text says of components, flows, facts and review topics.

    `known` are components that drawings and configuration show: prose adds to them, and what only prose names must
    stand on more evidence beside them. `fragments` are those sources themselves: a sentence about "all traffic between
    the services" is about the flows that they draw, and what code defines is no part that runs.

    >>> from buttress.model import Passage
    >>> text = "The Orders service writes to PostgreSQL. The Orders service calls the Billing service over HTTPS."
    >>> [(f.source, f.kind, f.target) for f in extract(Prose([Passage("a.md", 1, 1, "prose", text)])).flows]
    [('orders-service', 'calls', 'billing-service'), ('orders-service', 'writes', 'postgresql')]
    """
    defined, records = (
        frozenset().union(*sets) for sets in ((f.defined for f in fragments), (f.records for f in fragments))
    )
    reading = Reading(prose, known, defined, records)
    accepted, told = describe(
        list(descriptions(reading.texts, reading.mentions)), reading.accepted, reading.kinds
    )
    taken: set[str] = set()
    components: dict[str, Component] = {}
    for key, candidate in accepted.items():
        component = _component(candidate, reading, taken, told.get(key))
        taken.add(component.id)
        components[key] = component
    flows = _flows(reading, accepted, components)
    ledger = Ledger(components, flows, known, fragments, reading.kinds)
    read_tables(reading, ledger, Owners(reading, ledger))
    add_facts(reading, ledger)
    return Fragment(
        "prose",
        components=tuple(sorted(components.values(), key=lambda c: c.id)),
        flows=tuple(sorted(flows.values(), key=lambda f: f.id)),
        stances=stances(reading.texts),
        tells_apart=False,
    )


def _component(
    candidate: Candidate, reading: Reading, taken: set[str], told: Description | None
) -> Component:
    name = candidate.name
    base = slug(name)
    id_, n = base, 2
    while id_ in taken:
        id_, n = f"{base}-{n}", n + 1
    surfaces = [m.surface for m in candidate.mentions if not m.bare and m.surface.lower() != name.lower()]
    if candidate.key.startswith("="):  # "the Cloud Tasks queue" is found by its product's name too
        label = load().technologies[candidate.key[1:]].label
        surfaces += [label] * any(label.lower() in m.surface.lower() for m in candidate.mentions)
    aliases = tuple(s for s in dict.fromkeys(surfaces) if slug(s) != base)[:6]
    kind = reading.kinds.get(candidate.key, "service") if candidate.known else kind_of(candidate)
    technology = candidate.technology() if not candidate.known else None
    if told is not None:
        technology = technology or told.technology
        if told.kind is not None and (kind in VAGUE or load().is_kind(told.kind, kind)):
            kind = told.kind
    return Component(
        id_,
        name,
        kind,
        technology,
        aliases,
        evidence=_places(candidate, reading),
    )


def _places(candidate: Candidate, reading: Reading) -> tuple[Evidence, ...]:
    """Return where a candidate is named, the most telling places first: subject of a sentence, label, running text, heading."""

    def rank(mention: Mention) -> tuple[int, int]:
        text = reading.texts[mention.sentence]
        return (
            text.passage.form == "heading",
            0 if mention.label or mention.first <= 1 else 1,
        ), mention.sentence  # type: ignore[return-value]

    out: dict[Evidence, None] = {}
    for mention in sorted(candidate.mentions, key=rank):
        out.setdefault(reading.texts[mention.sentence].evidence())
        if len(out) >= MAX_PLACES:
            break
    return tuple(out)


def _flows(
    reading: Reading,
    accepted: dict[str, Candidate],
    components: dict[str, Component],
) -> dict[tuple[str, str, str], Flow]:
    flows: dict[tuple[str, str, str], Flow] = {}
    kinds = {key: reading.kinds.get(key, component.kind) for key, component in components.items()}
    everything = {**reading.kinds, **kinds}
    only = _only_ones(everything)
    for said in _spread(reading, accepted):
        source, target = (
            end if end.key in everything else _only_one(end, other, only)
            for end, other in ((said.source, said.target), (said.target, said.source))
        )
        step = replace(said, source=source, target=target)
        if step.source.key not in components or step.target.key not in components or step.hypothetical:
            continue
        told = _directed(step, kinds[step.source.key], kinds[step.target.key])
        if told is None:
            continue
        first, second, kind = components[told.source.key].id, components[told.target.key].id, told.kind
        if first == second:
            continue
        evidence = reading.texts[step.sentence].evidence()
        key = (first, second, kind)
        old = flows.get(key)
        if old is not None:
            if evidence not in old.evidence and len(old.evidence) < MAX_PLACES:
                flows[key] = replace(old, evidence=(*old.evidence, evidence))
            continue
        planned = (Fact("planned", True, "stated", (evidence,)),) if step.planned else ()
        flows[key] = Flow(
            flow_id(first, second, kind),
            first,
            second,
            kind,
            _sync(reading, step),
            _protocol(reading, step),
            planned,
            (evidence,),
        )
    return flows


def _spread(reading: Reading, accepted: dict[str, Candidate]) -> list[Step]:
    """Return the steps with what names several put for each of them: "the controllers", "all microservices"."""
    by_head: dict[str, list[Candidate]] = {}
    for candidate in accepted.values():
        words = words_of(candidate.name)
        sorts = {singular(words[-1])} if len(words) > 1 else set()
        for mention in candidate.mentions:  # "the `post-sorter` daemon" is one of "both daemons"
            last = reading.texts[mention.sentence].tokens[mention.last - 1 : mention.last]
            if last and not mention.bare and mention.role is not None and last[0].lower in SORTS:
                sorts.add(last[0].lower)
        for sort in sorts:
            by_head.setdefault(sort, []).append(candidate)
    out: list[Step] = []
    for step in reading.steps:
        head = (words_of(step.source.surface) or ("",))[-1]
        group = (
            by_head.get(singular(head), ())
            if head != singular(head) and step.source.key not in accepted
            else ()
        )
        everyone = reading.everyone(step.target, step.source)
        if everyone and step.source.key in accepted:
            out += [replace(step, target=replace(step.target, key=c.key)) for c in everyone]
        elif 2 <= len(group) <= MAX_GROUP:
            if not _told_apart(reading, step, group):
                out += [replace(step, source=replace(step.source, key=c.key)) for c in group]
        else:
            out.append(step)
    return out


def _told_apart(reading: Reading, step: Step, group: Sequence[Candidate]) -> bool:
    """Return whether the other end is only one of several that are told behind a colon: "both daemons write to …: the *sorter* and …"."""
    one, other = step.source, step.target
    if one.sentence != other.sentence or all(c.key != other.key for c in group):
        return False
    return any(t.text == ":" for t in reading.texts[one.sentence].tokens[one.last : other.first])


def _only_ones(kinds: Mapping[str, str]) -> dict[frozenset[str], str]:
    """Return, for each sort of which there is just one part, its key; `kinds` are the parts'."""
    found = {sorts: [key for key, kind in kinds.items() if kind in sorts] for sorts in _ONLY_ONES}
    return {sorts: keys[0] for sorts, keys in found.items() if len(keys) == 1}


def _only_one(mention: Mention, other: Mention, only: Mapping[frozenset[str], str]) -> Mention:
    """Return a mention with the only one of its sort put for "the database" or "the queue", unless that is the `other` end."""
    if not mention.bare or mention.how != "role":
        return mention
    meant = next((key for sorts, key in only.items() if mention.kind() in sorts), mention.key)
    return replace(mention, key=meant) if meant != other.key else mention


def _directed(step: Step, first: str, second: str) -> Step | None:
    """Return a step as what its ends are lets it be, given their kinds; None for one that can't be.

    A store or broker starts nothing: what it is said to send is what the other reads or consumes from it.
    """
    kind = step.kind
    if second == "actor":
        return None  # a person is told things, and is needed by nobody
    if kind in ("depends_on", "runs_on", "replicates") and first in STORES | MESSAGING:
        return step
    if first in STORES and second not in STORES:
        if kind == "writes":
            return None
        return _turned(step, "writes" if kind == "reads" else "reads")
    if first in MESSAGING and second not in MESSAGING | STORES:
        return _turned(step, "consumes")
    return replace(step, kind=_kind_between(kind, first, second))


def _turned(step: Step, kind: str) -> Step:
    return replace(step, source=step.target, target=step.source, kind=kind)


def _kind_between(kind: str, first: str, second: str) -> str:
    """Return the kind of flow that a verb tells between two parts of these kinds: nobody publishes to a store."""
    if second in MESSAGING:
        kind = {"writes": "publishes", "reads": "consumes"}.get(kind, kind)
    if second in STORES and kind == "publishes":
        kind = "writes"
    if second in STORES and kind in ("consumes", "routes"):
        kind = "reads"
    if kind == "routes" and first not in (
        "gateway",
        "load_balancer",
        "cdn",
        "dns",
        "service",
        "web_frontend",
    ):
        kind = "calls"
    if (
        kind in ("publishes", "consumes")
        and second not in MESSAGING
        and second not in ("cache", "key_value_db")
    ):
        kind = "calls"
    return kind


def _sync(reading: Reading, step: Step) -> bool | None:
    lower = reading.texts[step.sentence].text.lower()
    if "asynchron" in lower or "fire-and-forget" in lower or "fire and forget" in lower:
        return False
    return True if "synchronous" in lower else None


def _protocol(reading: Reading, step: Step) -> str | None:
    lower = f" {reading.texts[step.sentence].text.lower()} "
    for word, protocol in (
        ("grpc", "grpc"),
        ("graphql", "graphql"),
        ("websocket", "websocket"),
        ("amqp", "amqp"),
        ("https", "https"),
        ("rest", "http"),
        ("http", "http"),
    ):
        if f" {word} " in lower or f" {word}." in lower or f" {word}," in lower:
            return protocol
    return None
