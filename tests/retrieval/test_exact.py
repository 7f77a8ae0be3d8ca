"""The very words of a search tell near ties apart."""

from __future__ import annotations

import numpy as np
import pytest

from buttress.retrieval.exact import MOST, count, load

TEXTS = (
    "Set statement_timeout so that no query runs for hours.",
    "Set a timeout on each call.",
    "A timeout on a call, a timeout on a lock, a timeout on everything that waits for anything at all.",
    "The queue keeps a message.",
)


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    near = count(TEXTS).near("timeout of a statement")
    assert near.argmax() == 0
    assert near.argmin() == 3


def test_a_long_text_gains_little_by_repeating_a_word() -> None:
    near = count(TEXTS).near("timeout of a call")
    assert near[1] > near[2] > near[3]


def test_a_name_of_one_text_among_hundreds_is_bounded() -> None:
    near = count(["a keyspace", *(f"a queue of {n}x{n}" for n in range(500))]).near("keyspace")
    assert near[0] == MOST


@pytest.mark.parametrize("text", ["", "?!", "of the and", "xylophone"])
def test_a_text_without_a_known_word_tells_nothing_apart(text: str) -> None:
    assert not count(TEXTS).near(text).any()


def test_the_file_says_what_was_counted() -> None:
    counted = count(TEXTS)
    text = "which timeout does a call have?"
    assert np.array_equal(counted.near(text), load(counted.to_bytes()).near(text))
