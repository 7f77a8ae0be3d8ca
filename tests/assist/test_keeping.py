"""The file of additions: sorted, the same bytes for the same claims, the later word counts."""

from __future__ import annotations

import pytest

from buttress.assist.keeping import joined, rendered
from buttress.model import Source
from buttress.readers.additions import parse

ORDERS = "components:\n- {name: Orders, kind: worker, quote: the Orders}\n"
NONE = "rejections:\n- {component: orders, quote: the Orders}\n"
FLOW = "flows:\n- {from: a b, to: c, kind: calls, quote: a calls c}\n"
NO_FLOW = "rejections:\n- {from: A B, to: c, quote: a calls c}\n"


def kept(*texts: str) -> str:
    claims = ()
    for text in texts:
        found, wrong = parse(Source("x.yaml", text))
        assert wrong == ()
        claims = joined(claims, found)
    return rendered(claims, header="").partition("\n")[2]


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        pytest.param([ORDERS, ORDERS], "components", id="the same twice is there once"),
        pytest.param([ORDERS, NONE], "rejections", id="a rejection takes an addition back"),
        pytest.param([NONE, ORDERS], "components", id="an addition takes a rejection back"),
        pytest.param([FLOW, NO_FLOW], "rejections", id="so does the rejection of a flow"),
        pytest.param([NO_FLOW, FLOW], "flows", id="and the flow that is one after all"),
    ],
)
def test_the_later_word_counts(texts: list[str], left: str) -> None:
    text = kept(*texts)
    assert text.startswith(f"{left}:\n") and text.count("quote:") == 1


def test_the_order_of_giving_doesnt_matter_and_what_is_written_is_read_back() -> None:
    stance = "stances:\n- {topic: backups, status: planned, quote: soon backed up, reason: a promise, line: 3, source: a.md}\n"
    fact = "facts:\n- {component: Orders, name: data_classes, value: [personal], quote: holds names}\n"
    merge = "merges:\n- {names: [Orders, order desk], quote: order desk}\n"
    texts = [ORDERS, FLOW, stance, fact, merge]
    assert kept(*texts) == kept(*reversed(texts))
    assert kept(kept(*texts)) == kept(*texts)
