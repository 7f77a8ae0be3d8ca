"""One system whose formats call its parts by different names: each alone says its share, all together are one, and lies are found.

`orders` is a service of Compose, `orders-svc` a Service of Kubernetes, `module.orders` in Terraform, `OrdersService` in a template,
"Orders API" in a contract, a folder with a Python project called `box-office-orders`, an image, and "Order Service" on a drawing.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from buttress.evidence.quotes import misquoted
from buttress.model import Source, SystemGraph
from buttress.names import keys
from buttress.pipeline import read

FOLDER = Path(__file__).parent / "box_office"
STORES = ("Orders DB", "Seat Cache", "Order Events")
KINDS = {
    "Storefront": "web_frontend", "Edge Gateway": "gateway", "Orders": "service", "Seats": "service", "Orders DB": "relational_db",
    "Seat Cache": "cache", "Order Events": "stream", "Ticket Mailer": "worker", "Stripe": "external_service",
}  # fmt: skip
TECHNOLOGIES = {
    "Storefront": "react", "Edge Gateway": "nginx", "Orders": "fastapi", "Seats": "fastapi", "Orders DB": "postgresql", "Seat Cache": "redis",
    "Order Events": "kafka", "Ticket Mailer": "celery", "Stripe": "stripe",
}  # fmt: skip
FLOWS = {
    ("Storefront", "calls", "Edge Gateway"), ("Edge Gateway", "routes", "Orders"), ("Orders", "calls", "Seats"),
    ("Orders", "reads", "Orders DB"), ("Orders", "writes", "Orders DB"), ("Orders", "publishes", "Order Events"),
    ("Orders", "calls", "Stripe"), ("Seats", "reads", "Seat Cache"), ("Seats", "writes", "Seat Cache"),
    ("Ticket Mailer", "consumes", "Order Events"),
}  # fmt: skip
# How the formats call them, in the form that `keys` gives.
CALLED = {
    "Storefront": "storefront", "Edge Gateway": "edge-gateway edge nginx", "Orders": "orders orders-svc orders-service orders-api order-service",
    "Seats": "seats seats-svc seats-service seats-api seat-service", "Orders DB": "orders-db orders-database order-database",
    "Seat Cache": "seat-cache seats-cache", "Order Events": "order-events order-events-kafka kafka", "Ticket Mailer": "ticket-mailer mailer",
    "Stripe": "stripe api.stripe.com",
}  # fmt: skip
NAMES = {keys(word)[0]: name for name, words in CALLED.items() for word in words.split()}

ALL = frozenset(KINDS)
RUNNING = ALL - {"Storefront", "Edge Gateway", "Stripe"}
# What of the system each format shows.
SHOWS: dict[str, frozenset[str]] = {
    "design.adoc": ALL,
    "overview.html": ALL,
    "flow.mmd": ALL,
    "c4.puml": ALL,
    "workspace.dsl": ALL,
    "boxoffice.d2": ALL,
    "boxoffice.dot": ALL,
    "boxoffice.drawio": ALL,
    "compose.yaml": ALL,
    "manifests.yaml": ALL,
    "catalog-info.yaml": ALL - {"Stripe"},
    "terraform": RUNNING,
    "template.yaml": RUNNING - {"Ticket Mailer"},
    "services": ALL - {"Storefront", "Edge Gateway"},
    "orders.openapi.yaml": frozenset(["Orders"]),
    "orders.asyncapi.yaml": frozenset(["Orders", "Order Events"]),
    "ticket-mailer.asyncapi.yaml": frozenset(["Ticket Mailer", "Order Events"]),
}
DRAWN = ("flow.mmd", "c4.puml", "workspace.dsl", "boxoffice.d2", "boxoffice.dot", "boxoffice.drawio")
# Flows that a format shows no more of than that there is one, or not at all.
UNSEEN = {
    "design.adoc": {("Orders", "Orders DB"), ("Seats", "Seat Cache"), ("Ticket Mailer", "Order Events")},
    "overview.html": {("Edge Gateway", "Orders")},
    "services": {("Ticket Mailer", "Order Events")},
}
each_format = pytest.mark.parametrize("name", SHOWS)


def sources(name: str) -> list[Source]:
    """Return the files of a format: one, or all of a folder."""
    place = FOLDER / name
    files = [place] if place.is_file() else sorted(f for f in place.rglob("*") if f.is_file())
    return [Source(f.relative_to(FOLDER).as_posix(), f.read_text(encoding="utf-8")) for f in files]


def named(graph: SystemGraph) -> dict[str, str]:
    """Return the name of each component in the words of this test, by its id."""
    return {c.id: NAMES.get(keys(c.name)[0], c.name) for c in graph.components}


def flows(graph: SystemGraph) -> set[tuple[str, str, str]]:
    names = named(graph)
    return {(names[f.source], f.kind, names[f.target]) for f in graph.flows}


def everything() -> list[Source]:
    return [s for name in SHOWS for s in sources(name)]


def test_no_format_is_forgotten() -> None:
    assert {f.name for f in FOLDER.iterdir()} == {*SHOWS}


@each_format
def test_a_format_shows_its_components_and_no_others(name: str) -> None:
    graph = read(sources(name))
    found = sorted(named(graph).values())
    assert found == sorted(SHOWS[name])


@each_format
def test_a_format_says_no_wrong_kind_and_no_wrong_technology(name: str) -> None:
    graph = read(sources(name))
    names = named(graph)
    vague = {"service", "external_service"}  # a contract says no more
    assert {names[c.id]: c.kind for c in graph.components if c.kind not in vague} == {
        names[c.id]: KINDS[names[c.id]] for c in graph.components if c.kind not in vague
    }
    platforms = {"ecs", "msk", "elasticache", "amazon-rds-postgresql"}  # who runs it, not what it is
    told = {
        names[c.id]: c.technology for c in graph.components if c.technology and c.technology not in platforms
    }
    assert told == {n: TECHNOLOGIES[n] for n in told}


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_says_all_kinds_technologies_and_flows(name: str) -> None:
    graph = read(sources(name))
    names = named(graph)
    assert {names[c.id]: c.kind for c in graph.components} == KINDS
    assert {names[c.id]: c.technology for c in graph.components} == TECHNOLOGIES
    assert flows(graph) == FLOWS


@each_format
def test_a_format_says_who_needs_whom(name: str) -> None:
    graph = read(sources(name))
    pairs = {(a, b) for a, _, b in flows(graph)}
    expected = {(a, b) for a, _, b in FLOWS if {a, b} <= SHOWS[name]}
    assert pairs <= {(a, b) for a, _, b in FLOWS}
    assert expected - pairs <= UNSEEN.get(name, set())


def test_all_formats_together_are_one_system() -> None:
    graph = read(everything())
    names = named(graph)
    assert sorted(names.values()) == sorted(KINDS)
    assert {names[c.id]: c.kind for c in graph.components} == KINDS
    assert {names[c.id]: c.technology for c in graph.components} == TECHNOLOGIES
    assert flows(graph) == FLOWS
    assert graph.contradictions == ()
    assert misquoted(graph, everything()) == []


def test_every_component_has_evidence_from_all_formats_that_show_it() -> None:
    graph = read(everything())
    for id_, name in named(graph).items():
        component = graph.component(id_)
        assert component is not None
        files = {e.source for e in component.evidence}
        missing = [
            f for f, shown in SHOWS.items() if name in shown and not any(p.startswith(f) for p in files)
        ]
        assert missing == []


@pytest.mark.parametrize("first", SHOWS)
@pytest.mark.parametrize("second", ["flow.mmd", "compose.yaml", "terraform", "services"])
def test_any_two_formats_make_no_doubles(first: str, second: str) -> None:
    graph = read([s for name in dict.fromkeys((first, second)) for s in sources(name)])
    counted = Counter(named(graph).values())
    assert {*counted} <= SHOWS[first] | SHOWS[second]
    # a folder called `mailer` is nobody's ticket mailer as long as no manifest says which image it runs
    alone = "services" in (first, second) and not {first, second} & {
        "compose.yaml",
        "manifests.yaml",
        "terraform",
    }
    assert {n for n, count in counted.items() if count > 1} <= ({"Ticket Mailer"} if alone else set())
    if not {first, second} & {
        "design.adoc",
        "overview.html",
    }:  # beside configuration, prose must say more of what only it names
        assert {*counted} == SHOWS[first] | SHOWS[second]
    assert graph.contradictions == ()


# A lie told in one format beside another one: the format and its words, what they become, the other format, what disagrees.
LIES = {
    "replicas": ("compose.yaml", "replicas: 3", "replicas: 5", "design.adoc", ("Orders", "instances")),
    "replicas in a drawing": ("flow.mmd", "replicas=3", "replicas=4", "manifests.yaml", ("Orders", "replicas")),
    "timeout": ("services", "timeout=2)", "timeout=9)", "boxoffice.d2", ("Orders → Seats", "timeout")),
    "timeout in a drawing": ("c4.puml", "timeout=2s", "timeout=7s", "workspace.dsl", ("Orders → Seats", "timeout")),
    "port": ("services/orders/Dockerfile", "EXPOSE 8000", "EXPOSE 8000", "PORTS.md", ("Orders", "port")),
    "technology": ("terraform", '"postgres"', '"mysql"', "boxoffice.dot", ("Orders DB", "technology")),
    "technology of a cache": ("boxoffice.drawio", "Redis", "Memcached", "compose.yaml", ("Seat Cache", "technology")),
    "synchronous": ("flow.mmd", "calls, HTTP, timeout=2s", "calls, async, timeout=2s", "design.adoc", ("Orders → Seats", "synchronous or not")),
    "exposure": ("terraform", "publicly_accessible     = false", "publicly_accessible     = true", "design.adoc", ("Orders DB", "exposed_to_internet")),
    "encryption": ("terraform", "storage_encrypted       = true", "storage_encrypted       = false", "design.adoc", ("Orders DB", "encryption_at_rest")),
    "encryption in a template": ("template.yaml", "StorageEncrypted: true", "StorageEncrypted: false", "design.adoc", ("Orders DB", "encryption_at_rest")),
    "owner": ("catalog-info.yaml", "owner: team-venue", "owner: team-sales", "design.adoc", ("Seats", "owner")),
}  # fmt: skip
PORTS = Source(
    "PORTS.md",
    "# Ports\n\n| Service | Port |\n|---|---|\n| Orders service | 9000 |\n| Seats service | 8000 |\n",
)


@pytest.mark.parametrize("lie", LIES)
def test_a_planted_disagreement_is_found_with_both_places(lie: str) -> None:
    name, old, new, other, expected = LIES[lie]
    told = sources(name)
    assert any(old in s.text for s in told)
    told = [Source(s.path, s.text.replace(old, new)) for s in told]
    graph = read([*told, *([PORTS] if other == "PORTS.md" else sources(other))])
    names = named(graph)
    ends = {f.id: f"{names[f.source]} → {names[f.target]}" for f in graph.flows}
    found = {
        (names.get(c.subject) or ends.get(c.subject) or c.subject, c.name): {e.source for _, e in c.sides}
        for c in graph.contradictions
    }
    assert expected in found
    files = found[expected]
    assert any(f.startswith(name) for f in files) and any(f.startswith(other) for f in files)
    # one lie may stand at several parts (an owner at all of a team's), but is no other lie
    assert {what for _, what in found} == {expected[1]}
