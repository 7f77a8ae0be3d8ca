"""Which flows sources really tell, and which they only allow, order or offer."""

from __future__ import annotations

import pytest
from tests.merge.mentions import flow, fragment, pairs, part, place, said

from buttress.merge import merge
from buttress.model import Fact, Flow, Fragment


def image(name: str) -> Fact:
    return said("kubernetes", "image", name, f"image: {name}")


def workloads(*flows: Flow, images: tuple[str, str] = ("acme/orders:1", "acme/search:1")) -> Fragment:
    return fragment(
        "kubernetes",
        part("kubernetes", "orders", facts=(image(images[0]),)),
        part("kubernetes", "search", facts=(image(images[1]),)),
        part("kubernetes", "payments"),
        part("kubernetes", "stock"),
        flows=flows,
    )


def setting(source: str, target: str, line: int = 40, quote: str = "") -> Flow:
    return flow(
        "kubernetes", source, target, line=line, quote=quote or f"{target.upper()}_URL: http://{target}"
    )


def test_a_setting_that_two_programs_take_whole_makes_no_flow() -> None:
    graph = merge([workloads(setting("orders", "payments"), setting("search", "payments"))])
    assert pairs(graph) == []


def test_a_shared_setting_is_evidence_for_the_flow_that_another_source_knows() -> None:
    drawn = fragment(
        "mermaid",
        part("mermaid", "Orders"),
        part("mermaid", "Payments"),
        flows=(flow("mermaid", "Orders", "Payments"),),
    )
    graph = merge([workloads(setting("orders", "payments"), setting("search", "payments")), drawn])
    (known,) = graph.flows
    assert pairs(graph) == [("orders", "calls", "payments")]
    assert {e.source for e in known.evidence} == {"k8s.yaml", "design.md"}


@pytest.mark.parametrize(
    ("kinds", "known", "told"),
    [
        (("service", "worker"), False, ["desk", "mails"]),
        (("service", "web_frontend"), False, ["desk"]),
        (("service", "worker"), True, ["ledger"]),
        (("service",) * 4, False, []),
    ],
)
def test_a_store_that_only_a_shared_setting_names_is_used_by_the_few_who_work(
    kinds: tuple[str, ...], known: bool, told: list[str]
) -> None:
    names = ("desk", "mails", "posts", "bills")[: len(kinds)]
    takers = [
        part("kubernetes", n, k, facts=(image(f"acme/{n}:1"),)) for n, k in zip(names, kinds, strict=True)
    ]
    flows = [setting(n, "tills", quote="TILLS_URL: postgresql://tills") for n in names]
    if known:
        flows.append(setting("ledger", "tills", line=90, quote="LEDGER_URL: postgresql://tills"))
    parts = (*takers, part("kubernetes", "ledger"), part("kubernetes", "tills", "relational_db"))
    graph = merge([fragment("kubernetes", *parts, flows=tuple(flows))])
    assert [f.source for f in graph.flows] == told


def test_two_roles_of_one_program_both_use_their_setting() -> None:
    graph = merge(
        [
            workloads(
                setting("orders", "payments"),
                setting("search", "payments"),
                images=("acme/shop:1", "acme/shop:2"),
            )
        ]
    )
    assert pairs(graph) == [("orders", "calls", "payments"), ("search", "calls", "payments")]


def test_a_shared_key_that_names_its_user_counts_for_that_one() -> None:
    quote = "SEARCH_PAYMENTS_URL: http://payments"
    graph = merge(
        [workloads(setting("orders", "payments", quote=quote), setting("search", "payments", quote=quote))]
    )
    assert pairs(graph) == [("search", "calls", "payments")]


@pytest.mark.parametrize(("command", "told"), [("celery -A shop worker", 1), ("rq worker mails", 0)])
def test_a_shared_key_of_a_task_system_counts_for_the_processes_of_it(command: str, told: int) -> None:
    given = [
        setting(name, "stock", quote="CELERY_BROKER_URL: redis://stock") for name in ("orders", "search")
    ]
    process = said("kubernetes", "task_process", "worker", f"command: {command}")
    parts = (
        part("kubernetes", "orders", facts=(image("acme/orders:1"), process)),
        part("kubernetes", "search", facts=(image("acme/search:1"),)),
        part("kubernetes", "stock", "cache"),
    )
    graph = merge([fragment("kubernetes", *parts, flows=tuple(given))])
    assert pairs(graph) == [("orders", "calls", "stock")][:told]


def test_settings_of_each_program_make_its_flows() -> None:
    graph = merge([workloads(setting("orders", "payments", 40), setting("search", "payments", 60))])
    assert len(graph.flows) == 2


def allowance(source: str, target: str) -> Flow:
    line = place("k8s.yaml", 90, f"app: {source}", "config")
    return Flow(
        "p", source, target, "calls", facts=(Fact("network_policy", True, "stated", line),), evidence=line
    )


def test_a_network_policy_makes_no_call_where_another_source_knows_the_callers() -> None:
    graph = merge([workloads(setting("orders", "payments"), allowance("search", "payments"))])
    assert pairs(graph) == [("orders", "calls", "payments")]


def test_a_network_policy_is_all_that_is_known_of_a_caller() -> None:
    graph = merge([workloads(allowance("search", "payments"))])
    assert pairs(graph) == [("search", "calls", "payments")]
    assert graph.flows[0].facts == ()


def order(source: str, target: str) -> Flow:
    return flow(
        "compose",
        source,
        target,
        "depends_on",
        quote=f"- {target}",
        facts=(said("compose", "startup_order"),),
    )


def services(*flows: Flow) -> Fragment:
    return fragment("compose", *(part("compose", n) for n in ("web", "auth", "mail", "config")), flows=flows)


def test_the_order_of_starting_counts_where_nothing_else_is_said() -> None:
    assert pairs(merge([services(order("web", "auth"))])) == [("web", "depends_on", "auth")]


def test_the_order_of_starting_makes_no_flow_for_a_service_whose_settings_name_what_it_calls() -> None:
    graph = merge([services(order("web", "auth"), flow("compose", "web", "mail", quote="MAIL_HOST: mail"))])
    assert pairs(graph) == [("web", "calls", "mail")]


def test_waiting_for_another_service_is_no_setting() -> None:
    wait = flow("compose", "web", "config", quote='entrypoint: ["wait-for-it", "config:8888"]')
    assert len(merge([services(order("web", "auth"), wait)]).flows) == 2


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        (("calls", "depends_on"), ["calls"]),
        (("calls", "reads"), ["reads"]),
        (("depends_on", "writes", "reads"), ["reads", "writes"]),
        (("calls", "publishes"), ["publishes"]),
        (("calls", "runs_on"), ["calls", "runs_on"]),
    ],
)
def test_the_more_specific_kind_of_one_flow_is_kept(kinds: tuple[str, ...], left: list[str]) -> None:
    flows = tuple(flow("mermaid", "A", "B", kind) for kind in kinds)
    graph = merge([fragment("mermaid", part("mermaid", "A"), part("mermaid", "B", "other"), flows=flows)])
    assert sorted(f.kind for f in graph.flows) == left


@pytest.mark.parametrize(
    ("store", "owner"),
    [("basket-db", "basket"), ("basket-mongodb", "basket-service"), ("basket-redis", "basket-api")],
)
def test_a_store_that_nobody_is_said_to_use_belongs_to_the_service_whose_name_it_has(
    store: str, owner: str
) -> None:
    graph = merge(
        [
            fragment(
                "compose",
                part("compose", store, "data_store"),
                part("compose", owner),
                part("compose", "mail"),
            )
        ]
    )
    assert pairs(graph) == [(owner, "calls", store)]


@pytest.mark.parametrize(
    ("components", "flows"),
    [
        pytest.param(("db", "basket"), (), id="a store with no name of its own"),
        pytest.param(("basket-db", "mail"), (), id="no service of that name"),
        pytest.param(
            ("basket-db", "basket", "mail"), (("mail", "basket-db"),), id="a store that another service uses"
        ),
    ],
)
def test_a_name_says_nothing_of_other_stores(
    components: tuple[str, ...], flows: tuple[tuple[str, str], ...]
) -> None:
    parts = tuple(part("compose", n, "data_store" if n.endswith("db") else "service") for n in components)
    graph = merge([fragment("compose", *parts, flows=tuple(flow("compose", a, b) for a, b in flows))])
    assert [(f.source, f.target) for f in graph.flows] == list(flows)


def stored(*flows: Flow) -> Fragment:
    parts = (
        part("compose", "web"),
        part("compose", "auth"),
        part("compose", "traces", kind="monitoring", technology="jaeger"),
        part("compose", "db", kind="relational_db", technology="postgresql"),
        part("compose", "cache", kind="cache", technology="redis"),
    )
    return fragment("compose", *parts, flows=flows)


@pytest.mark.parametrize(
    ("setting_of_web", "left"),
    [
        (("traces", "TRACES_HOST: traces"), [("web", "calls", "traces"), ("web", "depends_on", "db")]),
        (("auth", "AUTH_URL: http://auth"), [("web", "calls", "auth")]),
        (("cache", "CACHE_URL: redis://cache"), [("web", "calls", "cache")]),
    ],
    ids=[
        "settings that name a tool",
        "settings that name a service of the team",
        "settings that name a store",
    ],
)
def test_waiting_for_a_store_counts_unless_settings_name_stores_or_own_services(
    setting_of_web: tuple[str, str], left: list[tuple[str, str, str]]
) -> None:
    target, quote = setting_of_web
    graph = merge([stored(order("web", "db"), flow("compose", "web", target, quote=quote))])
    assert sorted(pairs(graph)) == sorted(left)


def test_nobody_calls_what_runs_once_because_a_text_names_its_command() -> None:
    once = fragment(
        "compose",
        part("compose", "desk"),
        part("compose", "init-desk", facts=(said("compose", "runs_once"),)),
    )
    text = fragment(
        "prose",
        part("prose", "desk"),
        part("prose", "init-desk"),
        flows=(flow("prose", "desk", "init-desk"),),
    )
    assert pairs(merge([once, text])) == []
