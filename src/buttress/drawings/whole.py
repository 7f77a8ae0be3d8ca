"""What all drawings of a reader amount to, in the making: components, boundaries, flows that say the same once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from buttress.drawings.flows import Arrow
from buttress.model import Boundary, Component, Diagnostic, Evidence, Fact, Flow, flow_id, slug

MAX_EVIDENCE = 8


@dataclass(slots=True)
class Part:
    """A component in the making."""

    id: str
    name: str
    kind: str
    technology: str | None
    aliases: dict[str, None] = field(default_factory=dict)
    boundaries: dict[str, None] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    disagreeing: list[Fact] = field(default_factory=list)
    evidence: dict[Evidence, None] = field(default_factory=dict)
    weak: bool = False
    words: str = ""


@dataclass(slots=True)
class Whole:
    """Everything that the drawings have given so far."""

    parts: dict[str, Part] = field(default_factory=dict)
    boundaries: dict[str, Boundary] = field(default_factory=dict)
    flows: dict[tuple[str, str, str], list[Flow]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def add_flow(whole: Whole, arrow: Arrow, here: Evidence) -> None:
    """Add a flow, or its evidence to one that says the same; two that contradict each other stay two.

    >>> whole = Whole()
    >>> add_flow(whole, Arrow("web", "db", "reads", True, None), Evidence("a.dot", 1, 1, "web -> db"))
    >>> [f.id for f in whole.flows[("web", "db", "reads")]]
    ['web--reads--db']
    """
    between = whole.flows.setdefault((arrow.source, arrow.target, arrow.kind), [])
    for at, flow in enumerate(between):
        if _agree(flow, arrow):
            facts = {f.name: f for f in (*arrow.facts, *flow.facts)}
            between[at] = replace(
                flow,
                sync=flow.sync if flow.sync is not None else arrow.sync,
                protocol=flow.protocol or arrow.protocol,
                facts=tuple(sorted(facts.values(), key=lambda f: f.name)),
                evidence=flow.evidence if here in flow.evidence else (*flow.evidence, here)[:MAX_EVIDENCE],
            )
            return
    id_ = flow_id(arrow.source, arrow.target, arrow.kind, {f.id for f in between})
    between.append(
        Flow(id_, arrow.source, arrow.target, arrow.kind, arrow.sync, arrow.protocol, arrow.facts, (here,))
    )


def _agree(flow: Flow, arrow: Arrow) -> bool:
    if flow.sync is not None and arrow.sync is not None and flow.sync != arrow.sync:
        return False
    if flow.protocol and arrow.protocol and flow.protocol != arrow.protocol:
        return False
    said = {f.name: (f.value, f.status) for f in flow.facts}
    return all(said.get(f.name, (f.value, f.status)) == (f.value, f.status) for f in arrow.facts)


def component_of(part: Part, names: frozenset[str]) -> Component:
    """Return the component that a part has become; an alias that is the name of another one is none.

    >>> component_of(Part("web", "Web", "service", None, aliases={"Shop": None}), frozenset({"shop"})).aliases
    ()
    """
    return Component(
        part.id,
        part.name,
        part.kind,
        part.technology,
        tuple(sorted(a for a in part.aliases if slug(a) not in names)),
        tuple(sorted(part.boundaries)),
        tuple(sorted((*part.facts.values(), *part.disagreeing), key=lambda f: f.name)),
        tuple(part.evidence)[:MAX_EVIDENCE],
    )
