"""Additions in the graph: evidence like any other's, alive while their words stand, in force over what was read."""

from __future__ import annotations

import pytest

from buttress.model import Source, SystemGraph
from buttress.pipeline import read
from buttress.report.graphs import explain

DESIGN = """# Shop

The Orders service calls the Billing service.
The pricing part is asked by Orders, within 2 seconds.
It is no spreadsheet like the Excel service, which reads Redis.
The Billing service writes to PostgreSQL. One database is enough.
"""
NAME = "buttress.additions.yaml"


def graph(additions: str, design: str = DESIGN, *more: Source) -> SystemGraph:
    return read([Source("design.md", design), Source(NAME, additions), *more])


def flows(system: SystemGraph) -> set[str]:
    return {f"{system.label(f.id)} {f.kind}" for f in system.flows}


def names(system: SystemGraph) -> set[str]:
    return {c.name for c in system.components}


PRICING = "components:\n- {name: pricing, kind: worker, quote: The pricing part}\n"
ASKS = (
    PRICING
    + "flows:\n- {from: Orders, to: pricing, kind: calls, quote: 'The pricing part is asked by Orders', line: 4}\n"
)


def test_a_component_and_a_flow_are_added_with_the_words_of_the_document() -> None:
    system = graph(ASKS)
    component = next(c for c in system.components if c.name == "pricing")
    assert component.kind == "worker"
    assert "design.md:4" in map(str, component.evidence)
    assert any(f.endswith("→ pricing calls") for f in flows(system))
    assert system.diagnostics == ()


def test_what_is_said_joins_what_was_read_and_makes_no_second_component() -> None:
    assert len(names(graph(ASKS))) == len(names(graph(PRICING)))
    assert len(names(graph(PRICING)) - names(graph("components: []"))) <= 1


@pytest.mark.parametrize(
    "design",
    [
        pytest.param("# New title\n\nA new paragraph.\n\n" + DESIGN, id="lines were put before"),
        pytest.param(DESIGN.replace("is asked by", "is\nasked   by"), id="the paragraph was wrapped anew"),
    ],
)
def test_an_edit_that_keeps_the_words_keeps_the_addition(design: str) -> None:
    system = graph(ASKS, design)
    assert any(f.endswith("→ pricing calls") for f in flows(system)) and system.diagnostics == ()
    quote = next(e for f in system.flows for e in f.evidence if "pricing" in e.quote)
    lines = " ".join(design.split("\n")[quote.line - 1 : quote.end_line])
    assert " ".join(quote.quote.split()) in " ".join(lines.split())


def test_an_addition_whose_words_are_gone_adds_nothing_and_says_what_to_do() -> None:
    system = graph(ASKS, DESIGN.replace("is asked by Orders", "is queried by Orders"))
    assert not any(
        "pricing" in f for f in flows(system) if f.endswith("calls") and "Orders" in f and "asked" in f
    )
    (told,) = system.diagnostics
    assert (told.source, told.line, told.level) == (NAME, 4, "warning")
    assert "nearest is design.md:4: 'The pricing part is queried by Orders" in told.reason
    assert "correct the quote or remove the entry" in told.reason


def test_an_addition_about_a_file_that_isnt_read_is_only_a_remark() -> None:
    system = graph("stances:\n- {topic: backups, status: missing, quote: none at all, source: other.md}\n")
    assert [d.level for d in system.diagnostics] == ["info"]
    assert "backups" not in {s.topic for s in system.stances}


def test_facts_and_stances_are_taken() -> None:
    system = graph(
        ASKS + "facts:\n- {from: Orders, to: pricing, name: timeout, value: 2, quote: within 2 seconds}\n"
        "- {component: PostgreSQL, name: replicas, value: 1, quote: One database is enough}\n"
        "stances:\n- {topic: backups, status: missing, quote: One database is enough}\n"
    )
    timeout = next(f.fact("timeout") for f in system.flows if system.label(f.id).endswith("→ pricing"))
    assert timeout is not None and timeout.value == 2
    stores = [c.fact("replicas") for c in system.components if c.technology == "postgresql"]
    assert [f.value for f in stores if f] == [1]
    assert ("backups", "missing", True) in {(s.topic, s.status, s.claimed) for s in system.stances}


def test_names_that_are_said_to_be_one_are_one_and_the_reason_is_told() -> None:
    two = "The Ledger service calls the Billing service. The Books service writes to MySQL.\n"
    before = graph("components: []", two)
    system = graph("merges:\n- {names: [Ledger, Books], quote: The Ledger service, reason: renamed}\n", two)
    assert len(names(before)) - len(names(system)) == 1
    told = next(m.reason for m in system.merges if "says so" in m.reason)
    assert told.endswith(f"{NAME}:2 says so: renamed")
    assert f"{NAME}:2 says so: renamed" in explain(system, "Ledger service")


def test_a_rejected_component_goes_with_its_flows_and_explain_says_why() -> None:
    assert any("Excel" in n for n in names(graph("components: []")))
    system = graph(
        "rejections:\n- {component: Excel service, quote: like the Excel service, reason: a comparison}\n"
    )
    assert not any("Excel" in n for n in names(system))
    assert not any("Excel" in f for f in flows(system))
    assert explain(system, "excel service") == "no component: Excel service: a comparison  (design.md:5)\n"


def test_a_rejected_flow_goes_and_its_ends_stay() -> None:
    first = next(f for f in graph("components: []").flows if f.kind == "calls")
    before = graph("components: []")
    source, target = (before.label(x) for x in (first.source, first.target))
    system = graph(
        f"rejections:\n- {{from: {source}, to: {target}, quote: The Orders service calls, reason: not any more}}\n"
    )
    assert flows(before) - flows(system) == {f"{source} → {target} calls"}
    assert names(system) == names(before)
    assert "no flow: " in explain(system, source)


def test_a_rejection_of_one_kind_leaves_the_others() -> None:
    system = graph(
        "rejections:\n- {from: Orders, to: Billing, kind: writes, quote: The Orders service calls}\n"
    )
    assert flows(system) == flows(graph("components: []"))


def test_somebody_who_looked_knows_the_kind_better() -> None:
    drawn = Source("a.mmd", "flowchart LR\n  a[(Books)] --> b[Mail]\n")
    system = graph(
        "components:\n- {name: Books, kind: service, quote: 'a[(Books)] --> b[Mail]'}\n", DESIGN, drawn
    )
    (books,) = (c for c in system.components if c.name == "Books")
    assert books.kind == "service"
    assert {e.form for e in books.evidence} == {"diagram"}


def test_without_additions_nothing_changes() -> None:
    assert read([Source("design.md", DESIGN)]) == graph("components: []")
