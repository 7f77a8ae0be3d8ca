"""The form of graph JSON, checked by pydantic; also where its JSON Schema comes from."""

from __future__ import annotations

from collections import Counter
from typing import Literal, TypeGuard, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from buttress.model.graph import (
    BOUNDARY_KINDS,
    COMPONENT_KINDS,
    FLOW_KINDS,
    Boundary,
    Component,
    Contradiction,
    Derived,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Form,
    Merge,
    Rejection,
    Stance,
    StanceStatus,
    Status,
    SystemGraph,
    flow_id,
)
from buttress.model.wire import SCHEMA


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EvidenceForm(_Form):
    """Words that stand in a source."""

    source: str
    line: int = Field(ge=0)
    end_line: int = Field(ge=0)
    quote: str = ""
    form: Form = "graph"

    def value(self) -> Evidence:
        """Return the model's evidence."""
        return Evidence(self.source, self.line, self.end_line, self.quote, self.form)


class FactForm(_Form):
    """A property that a source states or denies."""

    name: str
    value: bool | int | float | str | list[str] | None = True
    status: Status = "stated"
    evidence: list[EvidenceForm] = []


class ComponentForm(_Form):
    """A runtime part of the system, or something that it talks to."""

    id: str = Field(min_length=1)
    name: str = ""
    aliases: list[str] = []
    kind: Literal[COMPONENT_KINDS] = "service"  # type: ignore[valid-type]
    technology: str | None = None
    boundaries: list[str] = []
    facts: list[FactForm] = []
    evidence: list[EvidenceForm] = []


class FlowForm(_Form):
    """An interaction, from the one that starts it to the one that is needed."""

    id: str = ""
    source: str
    target: str
    kind: Literal[FLOW_KINDS] = "calls"  # type: ignore[valid-type]
    sync: bool | None = None
    protocol: str | None = None
    facts: list[FactForm] = []
    evidence: list[EvidenceForm] = []


class BoundaryForm(_Form):
    """A trust zone, network, region, zone, cluster, host, namespace or team."""

    id: str
    name: str
    kind: Literal[BOUNDARY_KINDS] = "group"  # type: ignore[valid-type]
    parent: str | None = None
    evidence: list[EvidenceForm] = []


class StanceForm(_Form):
    """What a source says about a review topic."""

    topic: str
    status: StanceStatus
    claimed: bool = True
    evidence: list[EvidenceForm] = []


class DerivedForm(_Form):
    """What an analysis worked out; ignored on input, analyses run anew."""

    name: str
    subject: str
    objects: list[str] = []
    value: bool | int | float | str | None = None
    because: list[str] = []


class SideForm(_Form):
    """One side of a contradiction."""

    value: str
    evidence: EvidenceForm


class ContradictionForm(_Form):
    """Two sources that disagree."""

    subject: str
    name: str
    sides: list[SideForm]


class MergeForm(_Form):
    """Why several mentions became one component."""

    component: str
    names: list[str]
    reason: str


class RejectionForm(_Form):
    """Somebody's word that a name is no component, or that there is no flow between two."""

    names: list[str] = Field(min_length=1, max_length=2)
    kind: Literal[FLOW_KINDS] | None = None  # type: ignore[valid-type]
    reason: str = ""
    evidence: list[EvidenceForm] = []


class DiagnosticForm(_Form):
    """Something that couldn't be read or understood."""

    source: str
    line: int
    reason: str
    level: Literal["info", "warning", "error"] = "warning"


class GraphForm(_Form):
    """A whole graph; flows and boundaries must refer to components and boundaries that exist."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: str = Field(default="", alias="schema")
    name: str = "system"
    components: list[ComponentForm] = []
    flows: list[FlowForm] = []
    boundaries: list[BoundaryForm] = []
    stances: list[StanceForm] = []
    closed: bool = False
    facts: list[FactForm] = []
    derived: list[DerivedForm] = []
    contradictions: list[ContradictionForm] = []
    merges: list[MergeForm] = []
    rejections: list[RejectionForm] = []
    sources: list[str] = []
    skipped: list[str] = []
    diagnostics: list[DiagnosticForm] = []

    @field_validator("schema_")
    @classmethod
    def _known(cls, given: str) -> str:
        if given not in ("", SCHEMA):
            raise ValueError(f"expected {SCHEMA}; write the graph anew with this version of Buttress")
        return given

    @classmethod
    def keys_at(cls, path: tuple[int | str, ...]) -> tuple[str, ...]:
        """Return the keys that may stand in the object under a path.

        >>> GraphForm.keys_at(("merges", 0))
        ('component', 'names', 'reason')
        """
        form: type[BaseModel] = cls
        for key in path:
            if isinstance(key, str) and key in form.model_fields:
                annotation = form.model_fields[key].annotation
                form = next((a for a in (*get_args(annotation), annotation) if _is_form(a)), form)
        return tuple(f.alias or name for name, f in form.model_fields.items())

    @model_validator(mode="after")
    def _refers(self) -> GraphForm:
        ids = [c.id for c in self.components]
        double = (
            next((i for n, i in enumerate(ids) if i in ids[:n]), None) if len(set(ids)) < len(ids) else None
        )
        if double is not None:
            raise ValueError(f"component id '{double}' stands twice")
        known = set(ids)
        for flow in self.flows:
            for end in (flow.source, flow.target):
                if end not in known:
                    raise ValueError(f"flow {flow.source} -> {flow.target}: there is no component '{end}'")
        return self

    def value(self) -> SystemGraph:
        """Return the model's graph, derived facts included; a flow without an id gets one that no other has."""
        taken = {f.id for f in self.flows}
        ids, numbers = [], Counter[str]()
        for f in self.flows:
            id_ = f.id or (base := flow_id(f.source, f.target, f.kind))
            while not f.id and id_ in taken:
                numbers[base] += 1
                id_ = f"{base}--{numbers[base] + 1}"
            ids.append(id_)
            taken.add(id_)
        return SystemGraph(
            name=self.name,
            components=tuple(
                Component(
                    c.id, c.name or c.id, c.kind, c.technology, tuple(c.aliases), tuple(c.boundaries),
                    _facts(c.facts), _evidence(c.evidence),
                )
                for c in self.components
            ),
            flows=tuple(
                Flow(
                    id_, f.source, f.target, f.kind, f.sync, f.protocol,
                    _facts(f.facts), _evidence(f.evidence),
                )
                for id_, f in zip(ids, self.flows, strict=True)
            ),
            boundaries=tuple(Boundary(b.id, b.name, b.kind, b.parent, _evidence(b.evidence)) for b in self.boundaries),
            stances=tuple(Stance(s.topic, s.status, _evidence(s.evidence), s.claimed) for s in self.stances),
            derived=tuple(
                Derived(d.name, d.subject, tuple(d.objects), d.value, tuple(d.because)) for d in self.derived
            ),
            contradictions=tuple(
                Contradiction(c.subject, c.name, tuple((s.value, s.evidence.value()) for s in c.sides))
                for c in self.contradictions
            ),
            merges=tuple(Merge(m.component, tuple(m.names), m.reason) for m in self.merges),
            rejections=tuple(
                Rejection(tuple(r.names), r.kind, r.reason, _evidence(r.evidence)) for r in self.rejections
            ),
            sources=tuple(self.sources),
            skipped=tuple(self.skipped),
            diagnostics=tuple(Diagnostic(d.source, d.line, d.reason, d.level) for d in self.diagnostics),
            closed=self.closed,
            facts=_facts(self.facts),
        )  # fmt: skip


def _is_form(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _evidence(items: list[EvidenceForm]) -> tuple[Evidence, ...]:
    return tuple(item.value() for item in items)


def _facts(items: list[FactForm]) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            f.name, tuple(f.value) if isinstance(f.value, list) else f.value, f.status, _evidence(f.evidence)
        )
        for f in items
    )
