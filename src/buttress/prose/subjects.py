"""Who a sentence is about when it doesn't say: the row, the list item above, the lead-in, the heading, the sentence before."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.prose.mentions import Mention
from buttress.prose.text import Sentence


def subjects(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> list[Mention | None]:
    """Return, for each sentence, the mention that acts when the sentence has no subject of its own.

    In order: the label that the item or row begins with, the subject of the sentence before in the same passage, that of
    the list item above, the component that a heading above names. Never the whole system.
    """
    first_of: dict[int, Mention] = {}
    heads: dict[tuple[str, tuple[str, ...]], Mention] = {}
    before: dict[int, Mention] = {}
    out: list[Mention | None] = []
    for number, text in enumerate(texts):
        passage = text.passage
        found = mentions[number]
        if passage.form == "heading":
            if found and not found[0].aside:
                heads[(passage.source, (*passage.headings, passage.text))] = found[0]
            out.append(None)
            continue
        subject = before.get(text.number)
        if subject is None and passage.parent is not None:
            subject = first_of.get(passage.parent)
        if subject is None:
            path = passage.headings
            subject = heads.get((passage.source, path)) if path else None
            if subject is None and len(path) > 1:
                subject = heads.get((passage.source, path[:-1]))
        out.append(subject)
        lead, last = _leading(text, found), _introduced(text, found)
        if lead is not None and (passage.form != "table" or text.start == 0):
            before[text.number] = lead
            first_of.setdefault(text.number, lead)
        if last is not None:
            first_of[text.number] = last
        elif subject is not None:
            first_of.setdefault(text.number, subject)
    return out


def _introduced(text: Sentence, found: Sequence[Mention]) -> Mention | None:
    """Return whom a list is about when its lead-in ends so: "A calls B, which does the following:"."""
    if not text.text.rstrip().endswith(":"):
        return None
    for mention in reversed(found):
        after = [t.lower for t in text.tokens[mention.last : mention.last + 2]]
        if "which" in after or "that" in after[:1] or "who" in after:
            return mention
    return None


def _leading(text: Sentence, found: Sequence[Mention]) -> Mention | None:
    """Return the mention that a sentence begins with: its label, or its subject."""
    for mention in found:
        if mention.label:
            return mention
        before = [t.lower for t in text.tokens[: mention.first] if t.is_word]
        if (
            len(before) <= 2
            and not mention.aside
            and all(
                w in ("the", "a", "an", "our", "each", "this", "when", "then", "all", "every", "both")
                for w in before
            )
        ):
            return mention
        break
    return None
