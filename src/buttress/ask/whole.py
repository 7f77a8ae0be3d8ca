"""Answers about a graph as a whole: the longest chain, who has most neighbours, what is shared, who stays apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from buttress.ask.answer import Statement
from buttress.ask.question import Question, family
from buttress.ask.words import fact_words, flow_statement, kind_words, labels, listed, name_of
from buttress.model import Component, Evidence, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES
from buttress.vocabulary import load

_FEW = re.compile(r"\b(?:fewest|least|lowest|smallest)\b")
_MEASURED = ("latency", "duration", "response_time", "p50", "p95", "p99")
_RANKED = 5
# What differs between any two parts, and says nothing of them.
_UNCOMPARED = frozenset(("image", "rate", "build_context", "dockerfile", "code_folder"))


def longest(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the longest chain of calls that wait for each other, with the time limits of its steps; nothing when there is none."""
    chains = [d for d in graph.derived if d.name == "syncDepth"]
    asked = {id_ for thing in question.things for id_ in thing.ids}
    chains = [d for d in chains if not asked or d.subject in asked or asked & set(d.because)] or chains
    if not chains:
        return ()
    most = max(len(d.because) for d in chains)
    chain = min((d for d in chains if len(d.because) == most), key=lambda d: d.subject)
    flows = {f.id: f for f in graph.flows}
    steps = [flows[id_] for id_ in chain.because if id_ in flows]
    way = [chain.subject, *(f.target for f in steps)]
    if len(steps) < 2:
        return ()
    out = [
        Statement(
            f"The longest chain of calls that wait for each other has {len(steps)} steps: {' → '.join(graph.label(i) for i in way)}."
        )
    ]
    out += [flow_statement(flow, graph) for flow in steps]
    holders: list[Component | Flow] = [*(c for c in graph.components if c.id in way), *steps]
    times = [(h, f) for h in holders for f in h.facts if f.name in _MEASURED and not f.absent]
    for holder, fact in times:
        name = name_of(holder, graph)
        out.append(Statement(f"{name}: {fact_words(fact)}.", fact.evidence))
    if not times:
        out.append(Statement("The sources state no measured times of it; which way is slowest isn't known."))
    return tuple(out)


def extreme(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the components with the most, or fewest, neighbours: those that use them, those that they use, or both."""
    into = re.search(
        r"(?:others?|parts?|services?|components?) (?:\w+ )?depends? on (?:them|it|each)\b|"
        r"depended|dependents?\b|callers?|used by|\bused\b|users|clients|consumers|popular|shared|incoming",
        question.pattern,
    )
    out_of = re.search(
        r"dependenc|depends\b|depend on|calls\b|uses\b|callees|outgoing|needs\b", question.pattern
    )
    used: dict[str, set[str]] = {c.id: set() for c in graph.components}
    uses: dict[str, set[str]] = {c.id: set() for c in graph.components}
    for flow in graph.flows:
        if flow.source != flow.target:
            used.setdefault(flow.target, set()).add(flow.source)
            uses.setdefault(flow.source, set()).add(flow.target)
    asked = question.kinds - {"service"} or (RUNTIME if question.kinds else frozenset())
    count: Callable[[str], int]
    if into:
        what, count = "used by", lambda id_: len(used[id_])
    elif out_of:
        what, count = "using", lambda id_: len(uses[id_])
    else:
        what, count = "in touch with", lambda id_: len(used[id_] | uses[id_])
    few = _FEW.search(question.pattern) is not None
    sort = [c for c in graph.components if c.kind != "actor" and (not asked or c.kind in asked)]
    ranked = sorted(sort, key=lambda c: (count(c.id) if few else -count(c.id), c.id))[:_RANKED]
    return tuple(
        Statement(f"{c.name} {'uses' if what == 'using' else f'is {what}'} {count(c.id)} {'other' if count(c.id) == 1 else 'others'}"
                  f"{': ' + labels(graph, sorted(_near(c.id, what, used, uses))) if count(c.id) else ''}.",
                  _touching(c.id, what, graph) or c.evidence[:1])
        for c in ranked
    )  # fmt: skip


def _touching(id_: str, what: str, graph: SystemGraph) -> tuple[Evidence, ...]:
    """Return where the neighbours that are counted stand, one place each."""
    of: dict[str, Evidence] = {}
    for flow in graph.flows:
        for end, other, told in ((flow.target, flow.source, "using"), (flow.source, flow.target, "used by")):
            if end == id_ and other != id_ and what != told and flow.evidence:
                of.setdefault(other, flow.evidence[0])
    return tuple(dict.fromkeys(of[other] for other in sorted(of)))


def _near(id_: str, what: str, used: dict[str, set[str]], uses: dict[str, set[str]]) -> set[str]:
    return used[id_] if what == "used by" else uses[id_] if what == "using" else used[id_] | uses[id_]


def shared(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the stores and brokers that several parts use; with parts named, what these have in common."""
    asked = list(dict.fromkeys(i for t in question.things if t.by != "kind" for i in t.ids))
    named = [
        t.words.lower()
        for t in question.things
        if t.by == "kind" and family(t.words.lower()) & (STORES | MESSAGING)
    ]
    told = frozenset(k for words in named for k in family(words)) or question.kinds
    kinds = told & (STORES | MESSAGING) or STORES | MESSAGING
    by_id = {c.id: c for c in graph.components}
    users: dict[str, set[str]] = {}
    for flow in graph.flows:
        target = by_id.get(flow.target)
        if target is not None and flow.source in by_id and (target.kind in kinds or target.id in asked):
            users.setdefault(flow.target, set()).add(flow.source)
    apart = [id_ for id_ in asked if by_id[id_].kind not in kinds]
    inside = [id_ for id_ in asked if by_id[id_].kind in kinds]
    out = []
    for id_ in sorted(users):
        by = users[id_]
        if (
            len(by) < 2
            or (inside and id_ not in inside)
            or not by.issuperset(apart[:2] if len(apart) > 1 else apart)
        ):
            continue
        evidence = tuple(
            e for f in graph.flows if f.target == id_ and f.source in (apart or by) for e in f.evidence[:1]
        )
        out.append(Statement(f"{graph.label(id_)} is shared by {labels(graph, sorted(by))}.", evidence))
    if out:
        return tuple(out)
    some = listed((load().kinds[k].label.lower() for k in sorted(kinds)), last="or")
    sort = named[0] if named else "store or broker" if kinds == STORES | MESSAGING else some
    what = f"{labels(graph, apart)} use no {sort} together" if len(apart) > 1 else (
        f"{labels(graph, asked)}: shared with nobody" if asked else f"No {sort} is used by several parts"
    )  # fmt: skip
    looked = (
        f"{labels(graph, [id_])} uses {labels(graph, _stores(id_, graph, by_id, kinds)) or 'none'}"
        for id_ in apart
    )
    return (Statement(f"{what} in what was read{': ' + '; '.join(looked) if len(apart) > 1 else ''}."),)


def _stores(id_: str, graph: SystemGraph, by_id: dict[str, Component], kinds: frozenset[str]) -> list[str]:
    return sorted({f.target for f in graph.flows
                   if f.source == id_ and f.target in by_id and by_id[f.target].kind in kinds})  # fmt: skip


def non_users(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return which running parts have no flow to the named ones."""
    out = []
    # "No database": whoever uses one of them has one.
    groups = [ids for t in question.named() for ids in ([t.ids] if t.by == "kind" else [(i,) for i in t.ids])]
    for ids in groups:
        users = {f.source for f in graph.flows if f.target in ids}
        others = [
            c.id
            for c in graph.components
            if c.kind in _sort(question) and c.id not in users and c.id not in ids
        ]
        name = labels(graph, ids)
        said = f"No flow to {name} was read from {labels(graph, others)}" if others else f"All use {name}"
        if not users:
            said = f"No flow to {name} was read at all"
        with_ = (
            f"; {labels(graph, sorted(users))} {'uses' if len(users) == 1 else 'use'} {'it' if len(ids) == 1 else 'them'}"
            if users
            else ""
        )
        evidence = tuple(e for f in graph.flows if f.target in ids for e in f.evidence[:1])
        out.append(Statement(f"{said}{with_}.", evidence))
    return tuple(out)


def each(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return of each running part which parts of the kind that is asked for it uses, nothing where none uses any."""
    kinds = {c.id: c.kind for c in graph.components}
    wanted = question.kinds - {"service"} or STORES | MESSAGING
    used: dict[str, list[Flow]] = {}
    for flow in graph.flows:
        if kinds.get(flow.target) in wanted and kinds.get(flow.source) in RUNTIME | {"identity_provider"}:
            used.setdefault(flow.source, []).append(flow)
    return tuple(
        Statement(
            f"{graph.label(id_)} uses {labels(graph, dict.fromkeys(f.target for f in flows))}.",
            tuple(e for f in flows for e in f.evidence[:1]),
        )
        for id_, flows in used.items()
    )


def unreached(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the parts that nothing calls or uses in what was read, with what they are."""
    targets = {f.target for f in graph.flows}
    sort = [c for c in graph.components if c.kind in _sort(question)]
    found = [c for c in sort if c.id not in targets]
    if not sort:
        return ()
    if not found:
        return (Statement("Each of them is used by another part in what was read."),)
    return (
        Statement(f"Nothing was read that uses {listed(c.name for c in found)}."),
        *(Statement(f"{c.name} is {kind_words(c)}.", c.evidence[:1]) for c in found),
    )


def leaves(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the parts that use no other part in what was read, with who uses them."""
    sources = {f.source for f in graph.flows if f.source != f.target}
    sort = [c for c in graph.components if c.kind in _sort(question)]
    found = [c for c in sort if c.id not in sources]
    if not sort:
        return ()
    if not found:
        return (Statement("Each of them uses another part in what was read."),)
    out = [Statement(f"Nothing was read that {listed((c.name for c in found), last='or')} uses.")]
    for component in found:
        users = labels(graph, dict.fromkeys(f.source for f in graph.flows if f.target == component.id))
        told = f", used by {users}" if users else ""
        out.append(Statement(f"{component.name} is {kind_words(component)}{told}.", component.evidence[:1]))
    return tuple(out)


def _sort(question: Question) -> frozenset[str]:
    """Return the kinds that a question is about: those that it names, "services" being all that runs."""
    return question.kinds - {"service"} or RUNTIME | {"identity_provider"}


def compared(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what the system has of the things that are compared, and what sets them apart: neighbours and facts."""
    parts = [c for t in question.things for i in t.ids if (c := graph.component(i)) is not None]
    parts = list({c.id: c for c in parts}.values())
    out = []
    for c in parts:
        users = [graph.label(f.source) for f in graph.flows if f.target == c.id]
        told = f", used by {listed(dict.fromkeys(users))}" if users else ""
        out.append(Statement(f"{c.name} is part of the system{told}: {kind_words(c)}.", c.evidence[:1]))
    for thing in question.things:
        if parts and not thing.ids:
            out.append(Statement(f"Nothing that was read is called {thing.words}."))
    if len(parts) == 2:
        out += _differences(parts[0], parts[1], graph)
    return tuple(out)


def _differences(one: Component, two: Component, graph: SystemGraph) -> Iterable[Statement]:
    def uses(component: Component) -> set[str]:
        return {f.target for f in graph.flows if f.source == component.id}

    def used(component: Component) -> set[str]:
        return {f.source for f in graph.flows if f.target == component.id}

    for verb, of in (("uses", uses), ("is used by", used)):
        for component, mine, others in ((one, of(one), of(two)), (two, of(two), of(one))):
            if only := sorted(mine - others):
                yield Statement(f"Only {component.name} {verb} {labels(graph, only)}.")
        if both := sorted(of(one) & of(two)):
            plural = "Both use" if verb == "uses" else "Both are used by"
            yield Statement(f"{plural} {labels(graph, both)}.")
    for name in dict.fromkeys(f.name for f in (*one.facts, *two.facts) if f.name not in _UNCOMPARED):
        first, second = one.fact(name), two.fact(name)
        if first is not None and second is not None:
            if (first.value, first.absent) != (second.value, second.absent):
                yield Statement(
                    f"{one.name}: {fact_words(first)}; {two.name}: {fact_words(second)}.",
                    (*first.evidence[:1], *second.evidence[:1]),
                )
        elif fact := first or second:
            owner = one if first is not None else two
            yield Statement(f"Only of {owner.name}: {fact_words(fact)}.", fact.evidence)
