"""Who a sentence is about when it doesn't say: the row, the list item above, the lead-in, the heading, the sentence before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from buttress.model import Component, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import keys, singular, words_of
from buttress.prose.caseless import Caseless
from buttress.prose.flows.numbered import Numbered
from buttress.prose.mentions.sections import says_only_what
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS

_PRONOUN = Caseless(
    r"\W*(?:it|they|this (?:(?:sub-?)?(?:component|module|system|process|service)|daemon|program|worker|job|task|application|app|server)|these)\b",
)
_SORTS = frozenset("job service server daemon component app application worker microservice".split())
_INTRODUCES = Caseless(
    r"(?:the|our|another|an?) (?:[\w-]+ ){0,2}(?:component|service|part|piece|module|process|layer|element|application|program|one|daemon|server) (?:is|are|was)"
    r"(?: called| named)?(?: the| our| an?)? ?\W?|(?:first|second|next|then|finally|last|also)?,? ?(?:there )?(?:is|are)(?: also)?(?: the| our| an?)? ?\W?"
)
_DOER = Caseless(
    r"^\W*(?:who|what does (?:this|it)|(?:done|performed|handled|executed|run|provided|caused) by|component|service|actor|process|system|program|job)\b"
)
_OPENING = frozenset("when once whenever after before if while as at in on during for to by upon".split())
_MANY = Caseless(r"\W*(?:they|these)\b")


def subjects(
    texts: Sequence[Sentence],
    mentions: Sequence[Sequence[Mention]],
    owners: Mapping[str, Mention] = MappingProxyType({}),
    titled: Collection[int] = (),
) -> list[Mention | None]:
    """Return, for each sentence, the mention that acts when the sentence has no subject of its own.

    In order: the label that the item or row begins with, the subject of the sentence before in the same passage, that of
    the list item above, for a pronoun that of the paragraph before in the section, the component that the heading above
    names, who acted in the step before. A title, or a heading that nothing in the text below names again, is nobody. `owners` are whom whole documents are
    about, by source: the last to be asked; `titled` are the titles that are known to name a part.
    """
    first_of: dict[int, Mention] = {}
    heads: dict[tuple[str, tuple[str, ...]], Mention] = {}
    before: dict[int, Mention] = {}
    spoken_of: dict[tuple[str, tuple[str, ...]], Mention] = {}
    named = _named_in_text(texts, mentions)
    pointed = _pointed_at(texts, mentions)
    rows: dict[int, list[int]] = {}  # the cells of each row
    for number, text in enumerate(texts):
        if text.passage.form == "table":
            rows.setdefault(text.number, []).append(number)
    numbered = Numbered()
    out: list[Mention | None] = []
    for number, text in enumerate(texts):
        passage = text.passage
        found = mentions[number]
        if passage.form == "heading":
            path = (passage.source, (*passage.headings, passage.text))
            if (
                found
                and not found[0].aside
                and passage.level > 1
                and (path in pointed or number in titled or _names_one(found[0], named))
            ):
                heads[path] = found[0]
            out.append(None)
            continue
        subject = before.get(text.number)
        if passage.form == "table" and text.start > 0:
            subject = _doer_of(texts, mentions, rows, number) or subject
        if subject is None and passage.parent is not None:
            subject = first_of.get(passage.parent)
        if subject is None and _PRONOUN.match(text.text):
            subject = spoken_of.get((passage.source, passage.headings))
            headed = heads.get((passage.source, passage.headings))
            several = headed is not None and _is_plural(headed) and _MANY.match(text.text) is not None
            if subject is not None and several and not _is_plural(subject):
                subject = headed
        if subject is None:
            above = passage.headings
            subject = heads.get((passage.source, above)) if above else None
            if subject is None and len(above) > 1:
                subject = heads.get((passage.source, above[:-1]))
        if subject is None:
            subject = numbered.goes_on(text) or owners.get(passage.source)
        headed = heads.get((passage.source, passage.headings))
        behind = _behind_comma(text, found) if headed is None else None
        lead = behind or _leading(text, found)
        numbered.heard(text, lead)
        if (
            lead is not None
            and headed is not None
            and headed.kind() in STORES | MESSAGING
            and _speaks_of_it(text, found)
        ):
            subject = headed
        out.append(subject)
        last = _introduced(text, found)
        if subject is not None and lead is not None and points_back(text, lead):
            lead = subject
        if lead is not None and subject is not None and _speaks_of_it(text, found):
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


def _speaks_of_it(text: Sentence, found: Sequence[Mention]) -> bool:
    """Return whether a sentence goes on about who was spoken of, with another subject: "The indexer reads from it"."""
    return len(found) == 1 and any(t.lower == "it" for t in text.tokens[found[0].last :])


def _doer_of(
    texts: Sequence[Sentence],
    mentions: Sequence[Sequence[Mention]],
    rows: Mapping[int, Sequence[int]],
    number: int,
) -> Mention | None:
    """Return whom a column of the row says to act: "Done by", "Component"; None where the first column says it."""
    passage = texts[number].passage
    column = next((n for n, head in enumerate(passage.columns) if _DOER.search(head)), 0)
    if column == 0 or column >= len(passage.cells):
        return None
    for cell in rows[texts[number].number]:
        if texts[cell].text == passage.cells[column] and cell != number and mentions[cell]:
            return mentions[cell][0]
    return None


def _is_plural(mention: Mention) -> bool:
    last = mention.surface.split()[-1].lower()
    return singular(last) != last


def _named_in_text(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> frozenset[str]:
    """Return the keys of all mentions outside of headings, without the ending of the plural."""
    running = [
        m
        for text, found in zip(texts, mentions, strict=True)
        if text.passage.form != "heading"
        for m in found
    ]
    short = {
        keys(" ".join(words[:-1]))[1]
        for m in running
        if m.how == "role" and len(words := words_of(m.surface)) > 1 and words[-1] in _SORTS
    }
    return frozenset(short | {singular(m.key) for m in running})


def _pointed_at(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]
) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Return the headings, by source and path, whose text begins by pointing back at them or saying what they are: "This script …", "A service that …"."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    out = set()
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        path = (passage.source, passage.headings)
        if passage.form == "heading" or path in seen:
            continue
        seen.add(path)
        if (
            passage.form == "prose"
            and text.start == 0
            and found
            and (points_back(text, found[0]) or says_only_what(text, found[0]))
        ):
            out.add(path)
    return frozenset(out)


def _names_one(heading: Mention, named: frozenset[str]) -> bool:
    """Return whether a heading names a component: by a role, a technology or another reader, or because the text names it too."""
    if heading.technology is not None or heading.how == "known":
        return True
    last = heading.surface.split()[-1].lower()
    if heading.role is not None and singular(last) == last:
        return True  # but "Extra services" heads several, and is none of them
    return singular(heading.key) in named


def _behind_label(text: Sentence, found: Sequence[Mention]) -> Mention | None:
    """Return who acts in the sentence behind a label that names no part: "**Check**: The backend asks …"."""
    if len(found) < 2 or found[0].kind() is not None or found[0].how in ("known", "code"):
        return None
    label, actor = found[:2]
    gap = [t.lower for t in text.tokens[label.last : actor.first] if t.lower not in DETERMINERS]
    verb = lexicon().get(text.tokens[actor.last].lower) if actor.last < len(text.tokens) else None
    acts = verb is not None and not (verb.plain or verb.gerund or verb.participle)
    return actor if gap and gap[0] == ":" and len(gap) <= 2 and acts else None


def _introduced(text: Sentence, found: Sequence[Mention]) -> Mention | None:
    """Return whom a list is about when its lead-in ends so: "A calls B, which does the following:"."""
    if not text.text.rstrip().endswith(":"):
        return None
    for mention in reversed(found):
        after = [t.lower for t in text.tokens[mention.last : mention.last + 2]]
        if "which" in after or "that" in after[:1] or "who" in after:
            return mention
    return None


def _behind_comma(text: Sentence, found: Sequence[Mention]) -> Mention | None:
    """Return who acts behind what opens a sentence: "Once a label is printed, *the stamper* stamps it"."""
    if not text.tokens or text.tokens[0].lower not in _OPENING:
        return None
    comma = next((n for n, t in enumerate(text.tokens) if t.text == ","), len(text.tokens))
    actor = next((m for m in found if m.first > comma), None)
    if (
        actor is None
        or actor.aside
        or any(t.lower not in DETERMINERS for t in text.tokens[comma + 1 : actor.first])
    ):
        return None
    verb = lexicon().get(text.tokens[actor.last].lower) if actor.last < len(text.tokens) else None
    return actor if verb is not None and verb.third else None


def _leading(text: Sentence, found: Sequence[Mention]) -> Mention | None:
    """Return the mention that a sentence begins with: its label, or its subject; or that it introduces: "The second part is the agent"."""
    if found and _INTRODUCES.fullmatch(text.text[: text.tokens[found[0].first].start]):
        return found[0]
    for mention in found:
        if mention.label:
            return _behind_label(text, found) or mention
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
