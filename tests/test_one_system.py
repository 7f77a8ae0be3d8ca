"""One system, written in fifteen formats: each gives the same graph, all together give one, and planted lies are found.

What a format can't say is listed here by name; what it says must be right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from buttress.model import Source, SystemGraph
from buttress.names import keys
from buttress.pipeline import read

FOLDER = Path(__file__).parent / "one_system"
KINDS = {
    "Customer": "actor", "Portal": "web_frontend", "Gateway": "gateway", "Parcels": "service", "Pricing": "service",
    "Parcels DB": "relational_db", "Rates Cache": "cache", "Parcel Events": "stream", "Notifier": "worker",
    "Mail Provider": "external_service",
}  # fmt: skip
FLOWS = {
    ("Customer", "calls", "Portal"), ("Portal", "calls", "Gateway"), ("Gateway", "routes", "Parcels"),
    ("Parcels", "calls", "Pricing"), ("Parcels", "reads", "Parcels DB"), ("Parcels", "writes", "Parcels DB"),
    ("Parcels", "publishes", "Parcel Events"), ("Notifier", "consumes", "Parcel Events"), ("Pricing", "reads", "Rates Cache"),
    ("Notifier", "calls", "Mail Provider"),
}  # fmt: skip
TECHNOLOGIES = {
    "Gateway": "nginx",
    "Parcels DB": "postgresql",
    "Rates Cache": "redis",
    "Parcel Events": "kafka",
}
NAMES = {keys(name)[0]: name for name in KINDS}


@dataclass(frozen=True)
class Lacks:
    """What a format can't say: components, technologies, the kind of a flow (it then says `calls` or `depends_on`), facts."""

    components: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    flow_kinds: bool = False
    replicas: bool = False
    timeout: bool = False
    kinds: dict[str, str] = field(default_factory=dict)
    more: frozenset[str] = frozenset()
    flows: frozenset[tuple[str, str, str]] = frozenset()


OUTSIDE = frozenset(
    ("Customer", "Mail Provider")
)  # who doesn't run in the cluster isn't in its configuration
FORMATS = {
    "flowchart.mmd": Lacks(),
    "c4.mmd": Lacks(),
    "components.puml": Lacks(),
    "c4.puml": Lacks(),
    "workspace.dsl": Lacks(),
    "parcels.d2": Lacks(),
    "parcels.dot": Lacks(),
    "parcels.drawio": Lacks(),
    "parcels.otm": Lacks(),
    "threagile.yaml": Lacks(replicas=True),
    "parcels.calm.json": Lacks(replicas=True),
    "catalog-info.yaml": Lacks(OUTSIDE, frozenset(["Gateway"]), flow_kinds=True, replicas=True, timeout=True),
    "compose.yaml": Lacks(OUTSIDE, flow_kinds=True, timeout=True),
    "manifests.yaml": Lacks(OUTSIDE, flow_kinds=True, timeout=True),
}
PROSE = "design.md"
each_format = pytest.mark.parametrize("name", FORMATS)


def source(name: str) -> Source:
    return Source(name, (FOLDER / name).read_text(encoding="utf-8"))


def named(graph: SystemGraph) -> dict[str, str]:
    """Return the name of each component in the words of this test, by its id."""
    return {c.id: NAMES.get(keys(c.name)[0], c.name) for c in graph.components}


def flows(graph: SystemGraph) -> set[tuple[str, str, str]]:
    names = named(graph)
    return {(names[f.source], f.kind, names[f.target]) for f in graph.flows}


def fact(graph: SystemGraph, owner: str, name: str) -> object:
    names = named(graph)
    found = [c.fact(name) for c in graph.components if names[c.id] == owner]
    found += [f.fact(name) for f in graph.flows if f"{names[f.source]} → {names[f.target]}" == owner]
    return next((f.value for f in found if f is not None), None)


def test_no_format_is_forgotten() -> None:
    assert {f.name for f in FOLDER.iterdir()} == {*FORMATS, PROSE}


@each_format
def test_a_format_says_the_components_with_their_kinds(name: str) -> None:
    graph = read([source(name)])
    names = named(graph)
    lacks = FORMATS[name]
    assert {names[c.id]: c.kind for c in graph.components} == {
        n: k for n, k in KINDS.items() if n not in lacks.components
    }
    said = {names[c.id]: c.technology for c in graph.components if names[c.id] in TECHNOLOGIES}
    assert said == {n: None if n in lacks.technologies else t for n, t in TECHNOLOGIES.items()}


@each_format
def test_a_format_says_the_flows(name: str) -> None:
    graph = read([source(name)])
    lacks = FORMATS[name]
    expected = {f for f in FLOWS if not {f[0], f[2]} & lacks.components}
    if not lacks.flow_kinds:
        assert flows(graph) == expected
        return
    assert {(a, b) for a, _, b in flows(graph)} == {(a, b) for a, _, b in expected}
    assert {kind for _, kind, _ in flows(graph) - expected} <= {"calls", "depends_on"}


@each_format
def test_a_format_says_the_facts(name: str) -> None:
    graph = read([source(name)])
    lacks = FORMATS[name]
    assert fact(graph, "Parcels", "replicas") == (None if lacks.replicas else 3)
    assert fact(graph, "Parcels → Pricing", "timeout") == (None if lacks.timeout else 2)


def test_sentences_and_a_table_say_the_same_names_and_no_other_flows() -> None:
    graph = read([source(PROSE)])
    assert {*KINDS} - {*named(graph).values()} <= {"Customer", "Rates Cache"}
    assert flows(graph) <= FLOWS
    assert (fact(graph, "Parcels", "replicas"), fact(graph, "Parcels → Pricing", "timeout")) == (3, 2)


def test_all_formats_together_are_one_system() -> None:
    graph = read([source(name) for name in (*FORMATS, PROSE)])
    names = named(graph)
    assert sorted(names.values()) == sorted(KINDS)
    assert {names[c.id]: c.kind for c in graph.components} == KINDS
    assert flows(graph) == FLOWS
    assert graph.contradictions == ()


def planted(name: str, old: str, new: str) -> set[tuple[str, str]]:
    """Return what contradicts what when one of two files says something else."""
    text = source(name).text
    assert old in text
    graph = read(
        [
            source("flowchart.mmd" if name != "flowchart.mmd" else "parcels.d2"),
            Source(name, text.replace(old, new)),
        ]
    )
    names = named(graph)
    ends = {f.id: f"{names[f.source]} → {names[f.target]}" for f in graph.flows}
    return {(names.get(c.subject) or ends[c.subject], c.name) for c in graph.contradictions}


@pytest.mark.parametrize("name", [n for n, lacks in FORMATS.items() if not lacks.replicas])
def test_another_number_of_replicas_is_a_contradiction(name: str) -> None:
    forms = {"compose.yaml": ("replicas: 3", "replicas: 5"), "manifests.yaml": ("replicas: 3", "replicas: 5"),
             "workspace.dsl": ('"" 3 {', '"" 5 {')}  # fmt: skip
    assert planted(name, *forms.get(name, ("replicas=3", "replicas=5"))) == {("Parcels", "replicas")}


@pytest.mark.parametrize("name", [n for n, lacks in FORMATS.items() if not lacks.timeout])
def test_another_timeout_is_a_contradiction(name: str) -> None:
    assert planted(name, "timeout=2s", "timeout=9s") == {("Parcels → Pricing", "timeout")}


@pytest.mark.parametrize("name", [*FORMATS])
def test_another_database_is_a_contradiction(name: str) -> None:
    old, new = {"compose.yaml": ("postgres:16", "mysql:8"), "manifests.yaml": ("postgres:16", "mysql:8")}.get(
        name,
        ("postgresql", "mysql")
        if name in ("parcels.otm", "threagile.yaml", "catalog-info.yaml")
        else ("PostgreSQL", "MySQL"),
    )
    assert planted(name, old, new) == {("Parcels DB", "technology")}
