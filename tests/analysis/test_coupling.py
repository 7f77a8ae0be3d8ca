"""Coupling on graphs whose answer is known, with networkx as the oracle for cycles."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress import analysis, pipeline
from buttress.analysis.coupling.boundaries import communities, modularity
from buttress.model import Boundary, Component, Derived, Evidence, Fact, Flow, SystemGraph
from buttress.sources import Source


def analyse(graph: SystemGraph) -> tuple[Derived, ...]:
    return analysis.analyse(graph).derived


def system(*pairs: tuple[str, str], kinds: dict[str, str] | None = None, kind: str = "calls") -> SystemGraph:
    kinds = kinds or {}
    names = sorted({end for pair in pairs for end in pair})
    return SystemGraph(
        components=tuple(Component(n, n, kinds.get(n, "service")) for n in names),
        flows=tuple(
            Flow(f"{a}-{b}", a, b, "reads" if kinds.get(b) == "relational_db" else kind) for a, b in pairs
        ),
    )


def named(graph: SystemGraph, name: str) -> list[Derived]:
    return [d for d in analyse(graph) if d.name == name]


def test_the_empty_graph_has_no_coupling() -> None:
    assert analyse(SystemGraph()) == ()


def test_a_cycle_is_told_once_with_its_way_round() -> None:
    (cycle,) = named(system(("b", "c"), ("c", "a"), ("a", "b")), "syncCycle")
    assert (cycle.subject, cycle.objects) == ("a", ("b", "c"))
    assert cycle.because == ("a", "a-b", "b", "b-c", "c", "c-a")


def test_a_store_of_two_services_is_shared_and_a_private_one_is_not() -> None:
    kinds = {"db": "relational_db", "own": "relational_db"}
    (shared,) = named(system(("a", "db"), ("b", "db"), ("b", "own"), kinds=kinds), "sharedStore")
    assert (shared.subject, shared.objects, shared.because) == ("db", ("a", "b"), ("a-db", "b-db"))


@pytest.mark.parametrize(
    ("more", "shared"),
    [
        ("", ("billing", "orders")),
        ("/shop", ("billing", "orders")),
        ("/{name}", ()),
    ],
)
def test_who_is_given_the_address_of_one_database_may_share_its_tables(
    more: str, shared: tuple[str, ...]
) -> None:
    text = "services:\n  db: {image: 'postgres:16'}\n  tidy: {image: dpage/pgadmin4, environment: {DB_HOST: db}}\n"
    for name in ("orders", "billing"):
        address = f"postgresql://db:5432{more.format(name=name)}"
        text += f"  {name}: {{image: 'acme/{name}:1', environment: {{DB_URL: '{address}'}}}}\n"
    found = named(pipeline.read([Source("compose.yaml", text)]), "sharedTables")
    assert tuple(o for d in found for o in d.objects) == shared


def test_the_synchronous_depth_counts_components_on_the_longest_chain() -> None:
    (depth,) = named(system(("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")), "syncDepth")
    assert (depth.subject, depth.value) == ("a", 4)
    assert depth.because == ("a", "a-b", "b", "b-c", "c", "c-d", "d")


def test_clients_and_gateways_do_not_count_in_the_synchronous_depth() -> None:
    kinds = {"Mobile app": "web_frontend", "gw": "gateway"}
    graph = system(("Mobile app", "gw"), ("gw", "a"), ("a", "b"), kinds=kinds)
    (depth,) = named(graph, "syncDepth")
    assert (depth.subject, depth.value) == ("gw", 2)
    assert depth.because == ("gw", "gw-a", "a", "a-b", "b")


def test_a_client_app_is_no_service() -> None:
    graph = system(("iOS app", "a"), ("a", "b"), kinds={"iOS app": "web_frontend"})
    assert [d.value for d in named(graph, "serviceCount")] == [2]
    assert [d.subject for d in named(graph, "instability")] == ["a", "b"]


def test_the_depth_ends_in_a_cycle() -> None:
    (depth,) = named(system(("a", "b"), ("b", "c"), ("c", "b")), "syncDepth")
    assert depth.value == 3


def test_asynchronous_calls_make_no_cycle() -> None:
    graph = system(("a", "b"), ("b", "a"))
    flows = tuple(Flow(f.id, f.source, f.target, "calls", sync=False) for f in graph.flows)
    assert [
        d for d in analyse(SystemGraph(components=graph.components, flows=flows)) if d.name == "syncCycle"
    ] == []


def test_lines_without_a_head_make_no_cycle() -> None:
    def cycles(text: str) -> list[str]:
        return [d.subject for d in named(pipeline.read([Source("system.dot", text)]), "syncCycle")]

    ring = 'digraph {{ node [label="\\N service"]; orders -> stock; stock -> prices; prices -> orders [{}] }}'
    assert cycles(ring.format("dir=none")) == []
    assert cycles(ring.format("")) == ["orders-service"]


def test_independent_services_share_nothing_and_a_chain_shares_half() -> None:
    chain = system(("a", "b"), ("b", "c"))
    assert [d.value for d in named(chain, "monolithShare")] == [0.5]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=20, unique=True))
def test_cycles_are_the_strongly_connected_components(pairs: list[tuple[str, str]]) -> None:
    pairs = [(a, b) for a, b in pairs if a != b]
    found = {frozenset((d.subject, *d.objects)) for d in named(system(*pairs), "syncCycle")}
    wanted = {frozenset(c) for c in nx.strongly_connected_components(nx.DiGraph(pairs)) if len(c) > 1}
    assert found == wanted


def test_the_nodes_of_a_registry_that_talk_to_each_other_are_no_circle_of_services() -> None:
    graph = system(
        ("one", "two"), ("two", "one"), kinds={"one": "service_registry", "two": "service_registry"}
    )
    assert not [d for d in analyse(graph) if d.name == "syncCycle"]


def test_a_circle_is_cut_at_the_one_call_that_breaks_it_and_costs_least() -> None:
    graph = system(("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"))
    (cut,) = named(graph, "cutHere")
    assert (cut.objects, cut.value) == (("a-b",), 1), "a-b lies on both circles"
    flows = (*graph.flows, Flow("more", "a", "b", "routes"))
    (cut,) = named(SystemGraph(components=graph.components, flows=flows), "cutHere")
    assert cut.value == 2


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=24, unique=True))
def test_what_is_told_to_cut_leaves_no_circle_and_is_one_call_where_one_is_enough(
    pairs: list[tuple[str, str]],
) -> None:
    pairs = [(a, b) for a, b in pairs if a != b]
    graph = system(*pairs)
    cut = {i for d in named(graph, "cutHere") for i in d.objects}
    net = nx.DiGraph([(f.source, f.target) for f in graph.flows if f.id not in cut])
    assert nx.is_directed_acyclic_graph(net)
    for told in named(graph, "cutHere"):
        ring = next(d for d in named(graph, "syncCycle") if d.subject == told.subject)
        inside = nx.DiGraph(pairs).subgraph((ring.subject, *ring.objects))
        one_is_enough = any(
            nx.is_directed_acyclic_graph(nx.DiGraph([e for e in inside.edges if e != edge]))
            for edge in inside.edges
        )
        assert (len(told.objects) == 1) == one_is_enough


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=24, unique=True))
def test_the_depth_without_circles_is_the_longest_path(edges: list[tuple[int, int]]) -> None:
    pairs = [(f"n{min(e)}", f"n{max(e)}") for e in edges if e[0] != e[1]]
    graph = system(*dict.fromkeys(pairs))
    net = nx.DiGraph(pairs)
    for told in named(graph, "syncDepth"):
        below = net.subgraph(nx.descendants(net, told.subject) | {told.subject})
        assert told.value == nx.dag_longest_path_length(below) + 1 == len(told.because) // 2 + 1


def owned(
    *teams: tuple[str, str], flows: tuple[tuple[str, str], ...], kinds: dict[str, str] | None = None
) -> SystemGraph:
    graph = system(*flows, kinds=kinds)
    home = dict(teams)
    components = tuple(
        Component(c.id, c.name, c.kind, boundaries=(home[c.id],) if c.id in home else ())
        for c in graph.components
    )
    boundaries = tuple(Boundary(t, t, "team") for t in sorted(set(home.values())))
    return SystemGraph(components=components, flows=graph.flows, boundaries=boundaries)


def test_a_store_of_two_teams_is_told_and_one_of_two_services_of_a_team_is_not() -> None:
    flows, kinds = (("a", "db"), ("b", "db")), {"db": "relational_db"}
    (told,) = named(owned(("a", "t1"), ("b", "t2"), flows=flows, kinds=kinds), "sharedByTeams")
    assert (told.subject, told.objects, told.value) == ("db", ("t1", "t2"), 2)
    assert not named(owned(("a", "t1"), ("b", "t1"), flows=flows, kinds=kinds), "sharedByTeams")
    assert not named(owned(("a", "t1"), flows=flows, kinds=kinds), "sharedByTeams"), (
        "unknown is not another team"
    )


def test_two_clear_clusters_fit_their_teams_and_a_stray_is_closer_to_the_other() -> None:
    left = [(f"l{a}", f"l{b}") for a in range(4) for b in range(a)]
    right = [(f"r{a}", f"r{b}") for a in range(4) for b in range(a)]
    stray = [("x", f"r{n}") for n in range(4)]
    teams = [(f"l{n}", "left") for n in range(4)] + [(f"r{n}", "right") for n in range(4)]
    fits = owned(*teams, flows=(*left, *right, ("l0", "r0")))
    drawn, best = named(fits, "modularity")[0].value, named(fits, "bestModularity")[0].value
    assert drawn == best and not named(fits, "closerTo")
    graph = owned(*teams, ("x", "left"), flows=(*left, *right, *stray))
    assert [(d.subject, d.objects) for d in named(graph, "closerTo")] == [("x", ("right",))]
    assert float(named(graph, "bestModularity")[0].value or 0) > float(
        named(graph, "modularity")[0].value or 0
    )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=20),
    st.lists(st.integers(0, 2), min_size=8, max_size=8),
)
def test_modularity_is_that_of_networkx(edges: list[tuple[int, int]], groups: list[int]) -> None:
    net = nx.Graph([e for e in edges if e[0] != e[1]])
    net.add_nodes_from(range(8))
    weights = [dict.fromkeys(net[n], 1) for n in range(8)]
    if net.number_of_edges():
        wanted = nx.community.modularity(net, [{n for n in range(8) if groups[n] == g} for g in set(groups)])
        assert abs(modularity(weights, groups) - wanted) < 1e-9
        found = modularity(weights, communities(weights))
        best = nx.community.modularity(net, nx.community.louvain_communities(net, seed=1))
        assert found >= best - 0.12


def test_a_service_that_calls_the_edge_goes_back_and_a_gateway_that_routes_does_not() -> None:
    graph = system(("gw", "a"), ("a", "gw"), kinds={"gw": "gateway"})
    assert [d.subject for d in named(graph, "backEdge")] == ["a-gw"]


def test_a_stable_part_that_needs_an_unstable_one_is_told() -> None:
    flows = (("u1", "s"), ("u2", "s"), ("u3", "s"), ("s", "v"), ("v", "x"), ("v", "y"), ("v", "z"))
    assert [(d.subject, d.value) for d in named(system(*flows), "againstStability")] == [("s-v", 0.5)]


@pytest.mark.parametrize(
    ("facts", "technology", "shared"),
    [
        ((("image", "acme/shop:1"), ("image", "acme/shop:2")), None, False),
        ((("build_context", "./shop"), ("build_context", "./shop")), None, False),
        ((("image", "acme/shop:1"), ("image", "acme/billing:1")), None, True),
        ((("image", "python:3.12"), ("image", "python:3.12")), None, True),
        ((), "lambda", False),
        ((), None, True),
    ],
    ids=[
        "one image",
        "one folder",
        "two images",
        "a language's image",
        "functions of one template",
        "two services",
    ],
)
def test_the_processes_of_one_program_share_no_database(
    facts: tuple[tuple[str, str], ...], technology: str | None, shared: bool
) -> None:
    place = (Evidence("template.yaml", 1, 1, "x", "config"),)
    users = tuple(
        Component(
            name, name, technology=technology, facts=tuple(Fact(*f) for f in facts[n : n + 1]), evidence=place
        )
        for n, name in enumerate(("a", "b"))
    )
    graph = SystemGraph(
        components=(*users, Component("db", "db", "relational_db")),
        flows=tuple(Flow(u.id, u.id, "db", "writes") for u in users),
    )
    assert bool(named(graph, "sharedWriters")) is shared


def test_a_tool_of_operators_is_no_way_in() -> None:
    parts = (
        Component("edge", "edge", "gateway", "traefik"),
        Component("desk", "desk", "web_frontend", "adminer"),
        Component("shop", "shop"),
        Component("till", "till"),
    )
    flows = tuple(Flow(n, "edge", n, "routes") for n in ("desk", "shop", "till"))
    assert [d.subject for d in named(SystemGraph(components=parts, flows=flows), "entry")] == ["shop", "till"]


def test_one_line_with_two_heads_is_no_circle() -> None:
    line = (Evidence("a.md", 3, 3, "shop <--> login", "diagram"),)
    parts = (Component("shop", "shop"), Component("login", "login"))
    there, back = (("shop", "login"), ("login", "shop"))
    one = SystemGraph(
        components=parts,
        flows=tuple(Flow(f"{a}-{b}", a, b, "calls", evidence=line) for a, b in (there, back)),
    )
    assert named(one, "syncCycle") == []
    other = (Evidence("a.md", 4, 4, "login --> shop", "diagram"),)
    two = SystemGraph(
        components=parts,
        flows=(Flow("1", *there, "calls", evidence=line), Flow("2", *back, "calls", evidence=other)),
    )
    assert len(named(two, "syncCycle")) == 1


def test_who_hands_something_on_waits_for_nobody() -> None:
    parts = (Component("ra", "ra"), Component("va", "va"), Component("edge", "edge", "gateway"))
    line = (Evidence("a.md", 2, 2, "forwards the order to", "prose"),)
    handing = (Flow("1", "ra", "va", "calls"), Flow("2", "va", "ra", "routes", evidence=line))
    assert named(SystemGraph(components=parts, flows=handing), "syncCycle") == []
    routing = (Flow("1", "ra", "edge", "calls"), Flow("2", "edge", "ra", "routes", evidence=line))
    assert len(named(SystemGraph(components=parts, flows=routing), "syncCycle")) == 1


def test_a_call_through_a_balancer_is_for_another_one_behind_it() -> None:
    parts = (
        Component("edge", "edge", "load_balancer"),
        Component("page", "page"),
        Component("stock", "stock"),
    )
    through = (
        Flow("1", "edge", "page", "routes"),
        Flow("2", "edge", "stock", "routes"),
        Flow("3", "page", "edge", "calls"),
    )
    assert named(SystemGraph(components=parts, flows=through), "syncCycle") == []
    back = (*through, Flow("4", "page", "stock", "calls"), Flow("5", "stock", "page", "calls"))
    (found,) = named(SystemGraph(components=parts, flows=back), "syncCycle")
    assert {found.subject, *found.objects} == {"page", "stock"}


def test_only_services_of_the_systems_own_are_counted() -> None:
    parts = (
        Component("orders", "orders"),
        Component("shop", "shop", "web_frontend"),
        Component("mails", "mails", "worker", "celery"),
        Component("keys", "keys", "worker", facts=(Fact("runs_once", True),)),
        Component("nightly", "nightly", "worker", facts=(Fact("schedule", "0 2 * * *"),)),
        Component("resize", "resize", "worker", "lambda"),
        Component("charts", "charts", "web_frontend", "grafana"),
        Component("ingress", "main ingress", "gateway"),
        Component("edge", "edge", "gateway", "nginx"),
        Component("stripe", "stripe", "external_service"),
    )
    graph = SystemGraph(components=parts)
    assert {d.subject for d in named(graph, "ownService")} == {"orders", "shop", "mails"}
    assert [d.value for d in named(graph, "serviceCount")] == [3]


@pytest.mark.parametrize(("image", "count"), [("acme/orders:1", 1), ("python:3.13", 3), ("", 3)])
def test_processes_out_of_one_image_are_one_service(image: str, count: int) -> None:
    facts = (Fact("image", image),) if image else ()
    kinds = {"web": "service", "mails": "worker", "clock": "scheduler"}
    graph = SystemGraph(components=tuple(Component(n, n, k, facts=facts) for n, k in kinds.items()))
    assert len(named(graph, "ownService")) == 3
    assert [d.value for d in named(graph, "serviceCount")] == [count]


def test_what_is_only_built_upon_or_only_named_by_a_text_is_not_counted() -> None:
    def part(id_: str, form: str, **facts: str) -> Component:
        shown = (Evidence("a.md" if form == "prose" else "compose.yaml", 1, 1, id_, form=form),)  # type: ignore[arg-type]
        return Component(
            id_, id_, facts=tuple(Fact(n, v, "stated", shown) for n, v in facts.items()), evidence=shown
        )

    parts = (
        part("base", "config", image="acme/base:1"),
        part("desk", "config", base_image="acme/base:1"),
        part("till", "prose"),
        part("reports", "prose"),
    )
    graph = SystemGraph(components=parts, flows=(Flow("till--calls--desk", "till", "desk"),))
    assert {d.subject for d in named(graph, "ownService")} == {"desk", "till"}
    assert [d.value for d in named(graph, "serviceCount")] == [2]


@pytest.mark.parametrize(
    ("owner", "teams"),
    [
        ("Catalog team and Payments team", 2),
        ("@shop/web, @shop/pay", 2),
        ("Catalog squad / Payments squad", 2),
        ("Search and Discovery", 0),
        ("Search and Discovery team", 0),
        ("Payments/Billing", 0),
    ],
)
def test_several_teams_own_a_part_only_where_the_words_surely_name_several(owner: str, teams: int) -> None:
    parts = (Component("shop", "Shop", facts=(Fact("owner", owner),)),)
    found = [
        d.value for d in analysis.analyse(SystemGraph(components=parts)).derived if d.name == "manyOwners"
    ]
    assert found == ([teams] if teams else [])


PAIRS = st.tuples(
    st.integers(0, 6), st.integers(0, 6), st.sampled_from(["calls", "calls", "reads", "publishes"])
)


@given(st.lists(PAIRS, max_size=40))
def test_fans_hubs_and_pairs_are_those_that_one_counts_by_hand(drawn: list[tuple[int, int, str]]) -> None:
    names = "abcdefg"
    flows = [Flow(f"f{n}", names[a], names[b], kind) for n, (a, b, kind) in enumerate(drawn)]
    graph = SystemGraph(components=tuple(Component(i, i) for i in names), flows=tuple(flows))
    derived = analysis.analyse(graph).derived
    net = nx.DiGraph((f.source, f.target) for f in flows if f.source != f.target)
    degrees = {i: (net.in_degree(i), net.out_degree(i)) for i in net}
    assert {d.subject: d.value for d in derived if d.name == "fanIn"} == {i: d[0] for i, d in degrees.items()}
    assert {d.subject: d.value for d in derived if d.name == "fanOut"} == {
        i: d[1] for i, d in degrees.items()
    }
    assert {d.subject for d in derived if d.name == "hub"} == {
        i for i, (before, after) in degrees.items() if before >= 5 and after >= 3
    }
    two_way = {(a, b) for a, b in net.edges if a < b and net.has_edge(b, a)}
    assert {(d.subject, *d.objects) for d in derived if d.name == "twoWay"} == two_way
    calls = [(f.source, f.target) for f in flows if f.kind == "calls" and f.source != f.target]
    assert {(d.subject, *d.objects): d.value for d in derived if d.name == "chatty"} == {
        pair: count for pair in set(calls) if (count := calls.count(pair)) >= 3
    }
