"""What flows want, retry amplification and timeout budgets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress import analysis
from buttress.analysis.resilience.mechanisms import wanted
from buttress.model import Component, Derived, Fact, Flow, SystemGraph


def analyse(graph: SystemGraph) -> tuple[Derived, ...]:
    return analysis.analyse(graph).derived


@pytest.mark.parametrize(
    ("kind", "target", "names"),
    [
        ("calls", "service", ("timeout", "retry")),
        ("calls", "external_service", ("timeout", "retry", "circuit_breaker", "fallback")),
        ("reads", "relational_db", ("timeout",)),
        ("publishes", "message_broker", ("acknowledgement",)),
        ("consumes", "message_broker", ("idempotent", "dead_letter_queue", "acknowledgement")),
        ("calls", "monitoring", ()),
        ("calls", "actor", ()),
    ],
)
def test_a_flow_wants_what_its_kind_and_target_need(kind: str, target: str, names: tuple[str, ...]) -> None:
    assert wanted(kind, None, "service", target) == names


def chain(*retries: int, timeouts: tuple[float | None, ...] = ()) -> SystemGraph:
    names = "abcdef"[: len(retries) + 1]
    flows = []
    for n, retry in enumerate(retries):
        facts = [Fact("retry", retry)] if retry else []
        if n < len(timeouts) and timeouts[n] is not None:
            facts.append(Fact("timeout", timeouts[n]))
        flows.append(Flow(f"f{n}", names[n], names[n + 1], "calls", facts=tuple(facts)))
    return SystemGraph(components=tuple(Component(c, c) for c in names), flows=tuple(flows))


def test_retries_on_every_level_multiply() -> None:
    (found,) = [d for d in analyse(chain(2, 2, 2)) if d.name == "attempts"]
    assert (found.subject, found.value) == ("f2", 27)
    assert found.because == ("a", "f0", "f0.retry", "b", "f1", "f1.retry", "c", "f2", "f2.retry", "d")


def test_what_lies_behind_the_last_retry_is_not_told_again() -> None:
    (found,) = [d for d in analyse(chain(0, 2, 2, 0, 0)) if d.name == "attempts"]
    assert (found.subject, found.value) == ("f2", 9)
    assert found.because[0] == "b"


def test_two_flows_between_one_pair_are_one_amplification() -> None:
    graph = chain(2, 2)
    twice = replace(graph.flows[1], id="f9", kind="writes")
    found = [d for d in analyse(replace(graph, flows=(*graph.flows, twice))) if d.name == "attempts"]
    assert [d.value for d in found] == [9]


def test_retries_on_one_level_multiply_nothing() -> None:
    assert [d for d in analyse(chain(9, 0, 0)) if d.name == "attempts"] == []


def test_a_caller_less_patient_than_its_callee_is_told_by_how_much() -> None:
    (found,) = [d for d in analyse(chain(0, 1, timeouts=(2.0, 3.0))) if d.name == "impatient"]
    assert (found.subject, found.value) == ("f0", 4.0)


def test_an_unknown_timeout_makes_nobody_impatient() -> None:
    assert [d for d in analyse(chain(0, 1, timeouts=(2.0, None))) if d.name == "impatient"] == []


def test_a_denied_timeout_waits_as_long_as_what_lies_behind_it_and_an_unknown_one_is_not_guessed() -> None:
    graph = chain(0, 0, 1, timeouts=(2.0, None, 3.0))
    assert [d for d in analyse(graph) if d.name == "impatient"] == []
    denied = replace(graph.flows[1], facts=(Fact("timeout", None, "denied"),))
    graph = replace(graph, flows=(graph.flows[0], denied, graph.flows[2]))
    (found,) = [d for d in analyse(graph) if d.name == "impatient"]
    assert (found.subject, found.value) == ("f0", 4.0)
    assert found.because == ("a", "f0.timeout", "b", "f1.timeout", "c", "f2.timeout", "d")


def longest(graph: SystemGraph) -> dict[str, int]:
    """Oracle: try every path, and keep for each flow the most attempts over a path on which several levels retry."""
    found: dict[str, int] = {}
    tries = {f.id: 1 + int(f.fact("retry").value) if f.fact("retry") else 1 for f in graph.flows}  # type: ignore[union-attr,arg-type]

    def walk(node: str, total: int, levels: int) -> None:
        for f in graph.flows:
            if f.source == node:
                after, now = total * tries[f.id], levels + (tries[f.id] > 1)
                if tries[f.id] > 1 and now >= 2 and after >= 8:
                    found[f.id] = max(found.get(f.id, 0), after)
                walk(f.target, after, now)

    walk("n0", 1, 0)
    return found


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 4)),
        max_size=10,
        unique_by=lambda e: e[:2],
    )
)
def test_the_most_attempts_are_those_of_the_worst_path(edges: list[tuple[int, int, int]]) -> None:
    flows = tuple(
        Flow(f"f{n}", f"n{min(a, b)}", f"n{max(a, b)}", facts=(Fact("retry", r),) if r else ())
        for n, (a, b, r) in enumerate(dict.fromkeys((min(e[:2]), max(e[:2]), e[2]) for e in edges))
        if a != b
    )
    user = Component("u", "u", "actor")
    graph = SystemGraph(
        components=(user, *(Component(f"n{n}", f"n{n}") for n in range(6))),
        flows=(*flows, Flow("in", "u", "n0")),
    )
    told = {d.subject: d for d in analyse(graph) if d.name == "attempts"}
    wanted = longest(graph)
    assert {i: d.value for i, d in told.items()} == {i: wanted[i] for i in told}
    assert bool(told) == bool(wanted)
    if wanted:
        assert max(d.value for d in told.values()) == max(wanted.values())  # type: ignore[type-var]
    for told_flow in told.values():
        product = 1
        for step in told_flow.because:
            if step.endswith(".retry"):
                product *= 1 + int(graph.flow(step.removesuffix(".retry")).fact("retry").value)  # type: ignore[union-attr,arg-type]
        assert product == told_flow.value, "the path that is told multiplies to the number that is told"


def names(graph: SystemGraph, name: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(d.subject, d.objects) for d in analyse(graph) if d.name == name]


def test_who_promises_to_be_faster_than_what_it_waits_for_is_told() -> None:
    def pair(first: float, second: float) -> SystemGraph:
        a, b = (Component(i, i, facts=(Fact("latency", s),)) for i, s in (("a", first), ("b", second)))
        return SystemGraph(components=(a, b), flows=(Flow("f", "a", "b"),))

    assert names(pair(0.2, 0.5), "slowerThanPromised") == [("a", ("b",))]
    assert names(pair(0.5, 0.2), "slowerThanPromised") == []


def test_a_request_that_waits_for_many_meets_the_tail_of_one_of_them() -> None:
    def fan(n: int) -> SystemGraph:
        parts = tuple(Component(f"c{i}", f"c{i}") for i in range(n))
        return SystemGraph(
            components=(Component("a", "a"), *parts),
            flows=tuple(Flow(f"f{i}", "a", f"c{i}") for i in range(n)),
        )

    assert [d.value for d in analyse(fan(10)) if d.name == "fanOutTail"] == [0.096]
    assert names(fan(4), "fanOutTail") == []


def test_a_database_and_a_second_store_in_one_request_are_a_dual_write_and_an_outbox_ends_it() -> None:
    def shop(*facts: Fact, second: str = "search_index") -> SystemGraph:
        parts = (
            Component("a", "a", facts=facts),
            Component("db", "db", "relational_db"),
            Component("i", "i", second),
        )
        return SystemGraph(
            components=parts, flows=(Flow("w", "a", "db", "writes"), Flow("x", "a", "i", "writes"))
        )

    assert names(shop(), "dualWrite") == [("a", ("db", "i"))]
    assert names(shop(Fact("outbox")), "dualWrite") == []
    assert names(shop(second="cache"), "dualWrite") == []


@pytest.mark.parametrize(
    ("backoff", "told"),
    [
        (Fact("backoff", "fixed"), 1),
        (Fact("backoff", None, "denied"), 1),
        (Fact("backoff", "exponential with jitter"), 0),
        (None, 0),
    ],
)
def test_a_herd_is_callers_that_are_known_to_retry_in_step(backoff: Fact | None, told: int) -> None:
    facts = (Fact("retry", 3), *((backoff,) if backoff else ()))
    parts = tuple(Component(i, i) for i in "abcx")
    flows = tuple(Flow(i, i, "x", facts=facts) for i in "abc")
    assert len(names(SystemGraph(components=parts, flows=flows), "herd")) == told


def test_a_cache_stampedes_only_with_expiry_several_readers_and_a_store_behind() -> None:
    def shop(replicas: int, *ttl: Fact) -> SystemGraph:
        parts = (
            Component("a", "a", facts=(Fact("replicas", replicas),)),
            Component("db", "db", "relational_db"),
            Component("c", "c", "cache", facts=ttl),
        )
        return SystemGraph(
            components=parts, flows=(Flow("r", "a", "db", "reads"), Flow("x", "a", "c", "reads"))
        )

    assert names(shop(3, Fact("ttl", 60.0)), "stampede") == [("c", ("a",))]
    assert names(shop(1, Fact("ttl", 60.0)), "stampede") == names(shop(3), "stampede") == []


def test_a_beat_in_two_instances_is_certain_and_another_scheduler_with_a_lock_is_nothing() -> None:
    def job(name: str, *facts: Fact) -> list[tuple[str, object]]:
        graph = SystemGraph(
            components=(Component("j", name, "scheduler", facts=(Fact("replicas", 2), *facts)),)
        )
        return [(d.subject, d.value) for d in analyse(graph) if d.name == "parallelJob"]

    assert job("Celery beat") == [("j", "certain")]
    assert job("Nightly export") == [("j", "possible")]
    assert job("Nightly export", Fact("leader_election")) == []


def test_flows_whose_ends_nothing_describes_are_left_alone() -> None:
    parts = (Component("redis", "Redis", "cache"), Component("db", "DB", "relational_db"))
    flows = (
        Flow("f", "ghost", "db", "reads"),
        Flow("g", "ghost", "redis", "reads", facts=(Fact("ttl", 60),)),
    )
    derived = analyse(SystemGraph(components=parts, flows=flows))
    assert {d.name for d in derived}.isdisjoint({"stampede", "fanIn", "sharedStore", "dualWrite"})
