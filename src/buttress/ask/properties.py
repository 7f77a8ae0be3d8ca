"""Answers about facts, topics, owners and data: what the sources state, what they deny, and what they leave open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from buttress.ask import measures
from buttress.ask.answer import Statement
from buttress.ask.question import Question
from buttress.ask.words import fact_words, first_words, flow_statement, flow_words, labels, listed, name_of
from buttress.model import Component, Fact, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.facts.quantities import NUMBERS
from buttress.report.ways import lying, mapped, reached
from buttress.vocabulary import load
from buttress.vocabulary.match import stem

_MOST = 12
_LACK = re.compile(
    r"\b(?:no|not|n't|without|lack|lacks|missing|miss|misses|absent|isn't|aren't|don't|doesn't|forever|indefinitely|endlessly|unset|unpinned|unencrypted|unlimited|unprotected)\b"
)
_TAKES_COPIES = re.compile(
    r"(?i)(?:^|[^a-z])(?:back-?ups?|dump(?:s|er)?|snapshots?|pg_?dump|mysqldump|restic|velero|barman|wal-g)(?:$|[^a-z])"
)
_OUTSIDE = frozenset(("actor", "external_service", "library_or_module", "other"))
_IN_THE_OPEN = re.compile(
    r"\b(?:committed|checked in|hard-?coded|leak\w*|plain|clear|repo\w*|git|code|manifests?|compose|files?)\b"
)
_KEPT = re.compile(r"\b(?:keep|kept|stor|sav|held|hold|persist|live)")
_AMOUNT = re.compile(r"\bhow (?:long|many|much|often|fast|big|large)\b")
_NUMBER = re.compile(
    rf"(?i)\d|\b(?:{'|'.join(NUMBERS)}|daily|weekly|monthly|hourly|nightly|for ?ever|indefinitely|never)\b"
)
_COUNTS = re.compile(
    r"\bhow many (?:of (?:the|our|these) )?(?:other |different |running )?"
    r"(?:(?:micro-?)?services?|components?|parts?|apps?|containers?|pods?|deployments?|workloads?|calls?|flows?|connections?|links?|requests?|databases?|"
    r"stores?|queues?|workers?|images?|things?|processes|systems?|jobs?)\b"
)
_TOPIC_OF = {
    "timeout": "timeouts", "retry": "retries", "backup": "backups", "idempotent": "idempotency",
    "encryption_in_transit": "tls-in-transit", "rate_limit": "rate-limiting", "health_check": "health-checks",
    "replicas": "redundancy", "slo": "slo", "connection_pool": "connection-pooling",
    "retention": "data-retention", "secrets_in_plaintext": "secrets-management", "startup_order": "startup-ordering",
}  # fmt: skip


# What else tells of a fact, where a format has no word for the whole.
_PARTS_OF = {
    "health_check": ("liveness_probe", "readiness", "startup_probe", "health_endpoint"),
    "replicas": ("single_instance", "min_replicas", "max_replicas", "autoscaling"),
    "encryption_in_transit": ("mutual_tls", "https_only"),
    "backup": ("backup_retention", "point_in_time_recovery", "geo_backup"),
    "persistent": ("persistent_volume",),
    "secrets_in_plaintext": ("secrets_by_default",),
    "version": ("image",),
}


def fact(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return who states and who denies the facts that are asked for, and for whom they are unknown."""
    things = [id_ for thing in question.things for id_ in thing.ids]
    if question.kinds and not any(c.kind in question.kinds for c in graph.components):
        question = replace(
            question, kinds=frozenset()
        )  # "ports to open in the firewall", where none was read
    out: list[Statement] = []
    lacking = bool(_LACK.search(question.pattern))
    compared = False
    known_facts = load().facts
    names = {" ".join(stem(w) for w in known_facts[n].label.split()): n for n in reversed(question.facts)}
    for name in (n for n in question.facts if n in names.values()):
        holders = _holders(name, things, question, graph)
        of_each = [(h, found) for h in holders if (found := known(name, h))]
        stated = [(h, fs) for h, found in of_each if (fs := [f for f in found if not f.absent])]
        denied = [(h, found) for h, found in of_each if all(f.absent for f in found)]
        if of_number := [(h, fs) for h, fs in stated if _holds_number(fs, question)]:
            stated, denied, holders = of_number, [], [h for h, _ in of_number]
        if (
            name == "secrets_in_plaintext"
            and holders
            and not stated
            and _IN_THE_OPEN.search(question.pattern)
        ):
            out.append(Statement("No secret in plain text was found in what was read.", holds="nothing"))
        silent = {h.id for h in holders} - {h.id for h, _ in of_each}
        unknown = [h for h in holders if h.id in silent and concerns(name, h, graph)]
        if _counts(question) and of_each:
            out.append(_counted(name, len(denied), len(stated), len(unknown), lacking=lacking))
        if first := measures.ranked(name, stated, question, graph):
            out, compared, stated = [*out, *first], True, []
        for holder, found in [*denied, *stated][: _MOST * 2] if lacking else [*stated, *denied][: _MOST * 2]:
            if lacking and not found[0].absent and not things:
                continue
            subject = name_of(holder, graph)
            evidence = tuple(dict.fromkeys(e for f in found for e in f.evidence))
            out.append(Statement(f"{subject}: {listed(fact_words(f) for f in found)}.", evidence))
        if lacking and not things and stated and not denied:
            label = load().facts[name].label.lower()
            who = listed((graph.label(h.id) for h, _ in stated), most=_MOST)
            told = tuple(e for _, fs in stated for f in fs for e in f.evidence[:1])
            out.append(Statement(f"Nothing is said to lack it ({label}); it is stated of {who}.", told))
        if name == "backup":
            out += _dumped({h.id for h in unknown}, graph)
        if unknown and (things or stated or denied):
            label = load().facts[name].label.lower()
            who = listed((graph.label(h.id) for h in unknown), most=_MOST)
            said = f"The sources don't say ({label}): {who}."
            out.append(Statement(said, holds="nothing"))
    return tuple(out) if compared else (*out, *_stances(question, graph))


def _counts(question: Question) -> bool:
    """Return whether a question asks how many parts or calls there are of which something holds, not for a number that they have.

    >>> _counts(Question("", "how many services have no probe", "fact")), _counts(Question("", "how many replicas has @0", "fact"))
    (True, False)
    """
    return _COUNTS.search(question.pattern) is not None


def _counted(name: str, without: int, having: int, unknown: int, *, lacking: bool) -> Statement:
    """Return how many have a fact, how many are said to lack it, and of how many nothing is said."""
    label = load().facts[name].label
    label = label if label[1:2].isupper() else label.lower()
    told = (
        [f"{without} without {label}", f"{having} with it"]
        if lacking
        else [f"{having} with {label}", f"{without} without"]
    )
    if unknown:
        told.append(f"of {unknown} the sources don't say")
    return Statement(f"{listed(told)}.")


def _holds_number(facts: Sequence[Fact], question: Question) -> bool:
    """Return whether facts have a number for a value that a question names: port 9411."""
    asked = set(re.findall(r"(?<![@\w.])\d{2,}(?![\w.])", question.pattern))
    values = (v for f in facts for v in (f.value if isinstance(f.value, tuple) else (f.value,)))
    return bool(asked) and any(asked & set(re.findall(r"\d+", str(v))) for v in values)


def state(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what is set today of the facts that a question about a named part wants to change."""
    if not any(thing.ids for thing in question.things):
        return ()
    return tuple(s for s in fact(question, graph) if s.holds == "answer")


def _dumped(stores: set[str], graph: SystemGraph) -> list[Statement]:
    """Return who takes copies of stores, by its name: a job that dumps a database."""
    jobs = {c.id for c in graph.components if _TAKES_COPIES.search(c.name)}
    taken = {f.source for f in graph.flows if f.source in jobs and f.target in stores}
    return [flow_statement(f, graph) for f in graph.flows if f.source in taken]


def known(name: str, holder: Component | Flow) -> list[Fact]:
    """Return what is known of a fact, by itself and by those that are a part of it.

    >>> [f.name for f in known("health_check", Component("a", "a", facts=(Fact("readiness"),)))]
    ['readiness']
    """
    return [f for n in (name, *_PARTS_OF.get(name, ())) if (f := holder.fact(n)) is not None]


def _holders(
    name: str, things: Sequence[str], question: Question, graph: SystemGraph
) -> list[Component | Flow]:
    """Return the components and flows that the question is about: all, those named, or the flows between two named ones."""
    everything: list[Component | Flow] = [*graph.components, *graph.flows]
    domain = load().facts[name].domain
    held = [h for h in everything if _domain(h) in domain]
    if not things:
        # Compose and Kubernetes call all that runs a service, and so do people.
        every = not question.kinds or question.kinds == {"service"}
        return [
            h
            for h in held
            if (isinstance(h, Component) and h.kind in question.kinds)
            or (every and not (question.kinds and (isinstance(h, Flow) or h.kind in _OUTSIDE)))
        ]
    own = [h for h in held if h.id in things]
    between = [h for h in held if isinstance(h, Flow) and h.source in things and h.target in things]
    if not between and re.search(r"\b(?:from|between)\b.*@\d+ (?:to|and) ", question.pattern):
        on_the_way = _on_the_way(question, graph)
        between = [
            h for h in held if isinstance(h, Flow) and h.source in on_the_way and h.target in on_the_way
        ]
    if between:
        return list(between)
    touching = [h for h in held if isinstance(h, Flow) and (h.source in things or h.target in things)]
    return [*own, *touching] if not own or "flow" in domain else own


def _on_the_way(question: Question, graph: SystemGraph) -> set[str]:
    """Return the first two parts that a question names and all that lie on ways from one to the other."""
    where = mapped(graph)
    first, second = ([*thing.ids] for thing in question.things[:2])
    return {
        id_
        for start in first
        for end in second
        if end in reached(where, start)
        for id_ in lying(where, start, end) | {start, end}
    }


def _domain(holder: Component | Flow) -> str:
    return "flow" if isinstance(holder, Flow) else "component"


def concerns(name: str, holder: Component | Flow, graph: SystemGraph) -> bool:
    """Return whether it makes sense to ask for a fact of a part: backups of stores, timeouts of synchronous calls.

    >>> concerns("backup", Component("a", "a", "relational_db"), SystemGraph()), concerns("backup", Component("a", "a"), SystemGraph())
    (True, False)
    """
    if isinstance(holder, Flow):
        if name in ("dead_letter_queue", "acknowledgement", "outbox"):
            return holder.kind in ("publishes", "consumes")
        return holder.kind in ("calls", "reads", "writes", "routes") and holder.sync is not False
    if name in ("backup", "encryption_at_rest", "persistent", "retention"):
        return holder.kind in STORES - {"cache"}
    if name == "secrets_in_plaintext":
        return False  # whoever isn't said to have one has none
    if name in ("dead_letter_queue", "queue_length_limit"):
        return holder.kind in MESSAGING
    return holder.kind not in {*_OUTSIDE, "monitoring"}


def topic(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what the sources say about the topics that are asked for."""
    return _stances(question, graph)


def _stances(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    topics = load().topics
    wanted = [*question.topics, *(_TOPIC_OF[f] for f in question.facts if f in _TOPIC_OF)]
    out = []
    amount = _AMOUNT.search(question.pattern) is not None
    for id_ in dict.fromkeys(wanted):
        for stance in (s for s in graph.stances if s.topic == id_):
            if amount and not any(
                e.form == "heading" or e.quote.endswith(":") or _NUMBER.search(e.quote)
                for e in stance.evidence
            ):
                continue  # a place that names the matter and no number says nothing of how long
            said = {
                "addressed": "described" if stance.claimed else "mentioned",
                "planned": "planned",
                "problem": "named as a problem",
                "missing": "said to be missing",
            }[stance.status]
            label = topics[id_].label if id_ in topics else id_
            out.append(Statement(f"{label}: {said}.", first_words(stance.evidence, 3), holds="topic"))
    return tuple(out)


def owner(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return who owns the named components, or all that have an owner and those without."""
    asked = [id_ for thing in question.named() for id_ in thing.ids]
    teams = {b.id: b for b in graph.boundaries if b.kind == "team"}
    out, without = [], []
    for component in graph.components:
        if asked and component.id not in asked:
            continue
        stated = component.fact("owner")
        team = next((teams[b] for b in component.boundaries if b in teams), None)
        if stated is not None and not stated.absent:
            value = ", ".join(stated.value) if isinstance(stated.value, tuple) else stated.value
            out.append(Statement(f"{component.name} is owned by {value}.", stated.evidence))
        elif team is not None:
            out.append(Statement(f"{component.name} is owned by {team.name}.", team.evidence))
        elif asked or component.kind in ("service", "worker", "web_frontend", "gateway"):
            without.append(component.name)
    if without and (out or asked):
        out.append(Statement(f"The sources name no owner of {listed(without, most=_MOST)}.", holds="nothing"))
    return tuple(out)


def data(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return which components and flows hold or carry the data that is asked for, or what data a component has."""
    asked = {id_ for thing in question.things for id_ in thing.ids}
    if (
        asked
        and not question.data
        and _KEPT.search(question.pattern)
        and (kept := _stores_of(question, graph))
    ):
        return (*kept, *_stances(question, graph))
    out: list[Statement] = []
    held = False
    holders: list[Component | Flow] = [*graph.components, *graph.flows]
    for holder in holders:
        found = holder.fact("data_classes")
        if found is None or found.absent:
            continue
        ends = {holder.id} if isinstance(holder, Component) else {holder.source, holder.target}
        classes = found.value if isinstance(found.value, tuple) else (str(found.value),)
        if asked and not asked & ends:
            continue
        if question.data and not set(question.data) & {str(c) for c in classes}:
            continue
        if isinstance(holder, Component):
            verb = "holds" if holder.kind in STORES else "handles"
            held = held or holder.kind in STORES
            text = f"{holder.name} {verb} {listed(str(c) for c in classes)} data."
        else:
            text = f"{flow_words(holder, graph)}, with {listed(str(c) for c in classes)} data."
            target = graph.component(holder.target)
            if target is not None and target.kind == "external_service":
                text = text[:-1] + ": it leaves the system."
        out.append(Statement(text, found.evidence))
    if out and not held and not asked and _KEPT.search(question.pattern):
        which = listed(question.data) or "such"
        out.append(Statement(f"No store is said to hold {which} data.", holds="nothing"))
    if asked and not question.data and not out:
        out += _stores_of(question, graph)
    return (*out, *_stances(question, graph)) if out else ()


def _stores_of(question: Question, graph: SystemGraph) -> list[Statement]:
    """Return the stores that the named parts use, of those that the question names besides; or that a part is one itself."""
    kinds = {c.id: c.kind for c in graph.components}
    of = [id_ for thing in question.named() for id_ in thing.ids]
    among = {id_ for thing in question.things for id_ in thing.ids if kinds[id_] in STORES} - set(of)
    flows = [
        f
        for f in graph.flows
        if f.source in of and kinds.get(f.target) in STORES and (not among or f.target in among)
    ]
    if not flows:
        return []
    stores, users = (
        labels(graph, dict.fromkeys(f.target for f in flows)),
        dict.fromkeys(f.source for f in flows),
    )
    verb = "keeps its" if len(users) == 1 else "keep their"
    said = f"{labels(graph, users)} {verb} data in {stores}."
    return [Statement(said, tuple(e for f in flows for e in f.evidence))]
