"""Who a sentence is about when it doesn't say: the row, the list item above, the lead-in, the heading, the sentence before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from buttress.model import Component, slug
from buttress.names import keys, singular
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_PRONOUN = Caseless(
    r"\W*(?:it|they|this (?:service|component|process|system|worker|job|task|application|app|server)|these)\b",
)


def subjects(
    texts: Sequence[Sentence],
    mentions: Sequence[Sequence[Mention]],
    owners: Mapping[str, Mention] = MappingProxyType({}),
) -> list[Mention | None]:
    """Return, for each sentence, the mention that acts when the sentence has no subject of its own.

    In order: the label that the item or row begins with, the subject of the sentence before in the same passage, that of
    the list item above, for a pronoun that of the paragraph before in the section, the component that the heading above
    names. A title, or a heading that nothing in the text below names again, is nobody. `owners` are whom whole documents are
    about, by source: the last to be asked.
    """
    first_of: dict[int, Mention] = {}
    heads: dict[tuple[str, tuple[str, ...]], Mention] = {}
    before: dict[int, Mention] = {}
    spoken_of: dict[tuple[str, tuple[str, ...]], Mention] = {}
    named = _named_in_text(texts, mentions)
    out: list[Mention | None] = []
    for number, text in enumerate(texts):
        passage = text.passage
        found = mentions[number]
        if passage.form == "heading":
            if found and not found[0].aside and passage.level > 1 and _names_one(found[0], named):
                heads[(passage.source, (*passage.headings, passage.text))] = found[0]
            out.append(None)
            continue
        subject = before.get(text.number)
        if subject is None and passage.parent is not None:
            subject = first_of.get(passage.parent)
        if subject is None and _PRONOUN.match(text.text):
            subject = spoken_of.get((passage.source, passage.headings))
        if subject is None:
            path = passage.headings
            subject = heads.get((passage.source, path)) if path else None
            if subject is None and len(path) > 1:
                subject = heads.get((passage.source, path[:-1]))
        if subject is None:
            subject = owners.get(passage.source)
        out.append(subject)
        lead, last = _leading(text, found), _introduced(text, found)
        if subject is not None and lead is not None and points_back(text, lead):
            lead = subject
        if lead is not None and (passage.form != "table" or text.start == 0):
            before[text.number] = lead
            spoken_of[(passage.source, passage.headings)] = lead
            first_of.setdefault(text.number, lead)
        if last is not None:
            first_of[text.number] = last
        elif subject is not None:
            first_of.setdefault(text.number, subject)
    return out


def owners(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], known: Sequence[Component]
) -> dict[str, Mention]:
    """Return whom documents are about by the folder that they stand in: `auth-server/README.md` is the auth server's.

    A mention that stands at the document's first sentence, but takes no words of it.
    """
    named = {m.key for found in mentions for m in found}
    ranked = sorted(known, key=lambda c: keys(c.name)[1] in named)
    names = {slug(n): c for c in ranked for n in (c.name, *c.aliases)}
    out: dict[str, Mention] = {}
    for text in texts:
        source = text.passage.source
        folder = source.split("/")[-2] if "/" in source else ""
        found = names.get(slug(folder)) if folder else None
        if found is not None and source not in out:
            out[source] = Mention(text.place, 0, 0, found.name, "known", key=keys(found.name)[1])
    return out


def points_back(text: Sentence, mention: Mention) -> bool:
    """Return whether a mention at the beginning only points to what was spoken of: "This script uploads them"."""
    return (
        text.tokens[0].lower in ("this", "these")
        and mention.first <= 3
        and mention.how in ("role", "agent", "acting")
        and not mention.aside
        and mention.last < len(text.tokens)
    )


def _named_in_text(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> frozenset[str]:
    """Return the keys of all mentions outside of headings, without the ending of the plural."""
    return frozenset(
        singular(m.key)
        for text, found in zip(texts, mentions, strict=True)
        if text.passage.form != "heading"
        for m in found
    )


def _names_one(heading: Mention, named: frozenset[str]) -> bool:
    """Return whether a heading names a component: by a role, a technology or another reader, or because the text names it too."""
    if heading.technology is not None or heading.how == "known":
        return True
    last = heading.surface.split()[-1].lower()
    if heading.role is not None and singular(last) == last:
        return True  # but "Extra services" heads several, and is none of them
    return singular(heading.key) in named


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
