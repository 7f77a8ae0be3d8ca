"""What flows want, retry amplification and timeout budgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

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
    assert wanted(Flow("f", "a", "b", kind), {"a": "service", "b": target}) == names


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
