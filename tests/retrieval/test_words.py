"""Words that cards use together bring texts near that share none."""

from __future__ import annotations

import numpy as np
import pytest

from buttress.retrieval.words import learn, load, terms

TEXTS = (
    "Plain HTTP can be read on the way: encrypt it with TLS.",
    "Without TLS on plain HTTP a password is sent for all to see.",
    "TLS needs certificates, and somebody who renews them.",
    "A consumer acknowledges a message when it has handled it.",
    "The queue keeps a message until a consumer takes it.",
)


def test_a_text_is_near_to_those_that_share_no_word_with_it_but_its_company(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("buttress.retrieval.words.DIMENSIONS", 2)
    near = learn(TEXTS).near("http")
    assert near[2] > 0.2 > abs(near[4])


@pytest.mark.parametrize("text", ["", "?!", "of the and", "xylophone"])
def test_a_text_without_a_known_word_is_near_to_nothing(text: str) -> None:
    assert not learn(TEXTS).near(text).any()


def test_a_word_of_one_text_only_says_nothing() -> None:
    assert not learn(TEXTS).near("certificates").any()


def test_nothing_but_small_rounding_is_lost_on_the_way_to_the_file() -> None:
    learnt = learn(TEXTS)
    kept = load(learnt.to_bytes())
    assert np.allclose(learnt.near("a message in the queue"), kept.near("a message in the queue"), atol=0.002)


def test_endings_and_empty_words_are_left_out() -> None:
    assert terms("What are the retries of our workers?") == ["retry", "worker"]
