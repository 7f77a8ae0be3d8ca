"""Sentences keep what many constructions ask of them."""

from __future__ import annotations

from buttress.model import Passage
from buttress.prose.text import sentences


def test_words_between_are_joined_once_for_all_that_ask() -> None:
    [text] = sentences([Passage("a.md", 1, 1, "prose", "Desk (the old one), and then Shelf → Cart.")])
    asked = text.words(1, 8, ",;:()")
    assert asked == "( the old one ) , and" and text.words(1, 8, ",;:()") is asked
    assert text.words(1, 8) == "the old one and" and text.words(5, 2) == ""
