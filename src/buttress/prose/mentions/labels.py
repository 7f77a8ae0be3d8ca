"""Labels: the name that a list item, a cell or a line begins with and explains, "**Orders**: takes orders"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from buttress.model import Component
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.mentions.nouns import EMPTY
from buttress.prose.mentions.phrases import NounPhrases
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon

_HOST = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)+")
_THIS_IS = Caseless(r"\s*(?:this is |is )?(?:the|an?|our)\b")
# Lines of a paragraph that begin as the items of a list do: "Rate Limiter: asks Redis".
_LINE_LABEL = re.compile(r"^[A-Z][\w/-]*(?: [A-Z(][\w/)-]*){0,3}: \S", re.MULTILINE)
_LEAST_LINES = 3
# What begins a line and stands before a colon, or is all of an item in bold: "**Purpose**: keeps orders".
_FIELD_OF = re.compile(r"^\W*([A-Z][a-z]+(?: [A-Za-z][a-z]*){0,3})\W*(?::|$)", re.MULTILINE)
_LEAST_SECTIONS = 3
_NAME = re.compile(r"[A-Za-z][\w-]*(?: [\w-]+){0,3}")
# Labels that ask for what somebody does: "Purpose: prints the labels".
_DUTIES = frozenset("role function purpose duty goal responsibility responsibilities".split())


class Labels(NounPhrases):
    """Finds what the sentences of one document set begin with and explain."""

    def __init__(self, texts: Sequence[Sentence], known: Iterable[Component]) -> None:
        """Learn how the whole text writes its words; `known` are the components that other sources show."""
        super().__init__(texts, known)
        self.listings: dict[int, bool] = {}  # by paragraph: whether its lines begin as the items of a list do
        self.questions = fields_of(texts)

    def _labels(self, text: Sentence, found: list[Mention]) -> None:
        """Mark the mention that a list item or cell begins with and explains: "**Orders**: takes orders"."""
        form = text.passage.form
        begins = text.start == 0 or text.passage.text[text.start - 1] == "\n"
        if form not in ("list", "table", "prose") or not (begins or form == "table"):
            return
        listing = self._is_listing(text)
        if text.start > 0 and not listing and form != "table":
            return
        first = next((m for m in found if m.first <= 1), None)
        head = re.match(r"\W*([^:–—.]{2,60}?)\s*(?::|\s[-–—]\s|\s*\([^)]*\)\s*:)", text.text)
        whole = text.passage.form == "table" and text.text == (
            text.passage.cells[0] if text.passage.cells else ""
        )
        if whole:
            if (
                first is not None
                and first.last - first.first >= len([t for t in text.tokens if t.is_word]) - 1
            ):
                first.label = True
            elif first is None and 0 < len(text.tokens) <= 4 and self._named_cell(text):
                last = len(text.tokens)
                mention = self._mention(text.place, 0, last, "label", label=True)
                found.insert(0, mention)
            return
        if head is None:
            if text.number in self.parents and self._is_set_apart(text):
                if first is None:
                    found.insert(0, self._mention(text.place, 0, len(text.tokens), "label", label=True))
                else:
                    first.label = True
                return
            if (first is None or first.first > 1) and (marked := self._marked_name(text)) is not None:
                found.insert(0, marked)
                return
            if first is not None and first.first <= 1 and text.passage.form == "list":
                after = [t.lower for t in text.tokens[first.last : first.last + 2]]
                first.label = (
                    first.strong
                    or ((first.code or first.link) and first.first == 0)
                    or (after[:1] == [","] and after[1:] in (["a"], ["an"], ["the"], ["which"]))
                )
            return
        end = head.end(1)
        if first is not None and text.tokens[first.last - 1].end >= end - 1:
            first.label = True
            if first.first == 1 and first.technology is None and head[1].istitle() and head[1][0].isalpha():
                found[0] = self._mention(text.place, 0, first.last, first.how, role=first.role, label=True)
        elif listing and (
            text.marked(text.tokens[0].start, end, "strong", "code")
            or head[1].istitle()
            or (_HOST.fullmatch(head[1]) and _THIS_IS.match(text.text[head.end() :]))
        ):
            covered = [n for n, t in enumerate(text.tokens) if t.end <= end]
            if covered and len(covered) <= 5 and not any(m.first <= covered[-1] for m in found):
                mention = self._mention(text.place, covered[0], covered[-1] + 1, "label", label=True)
                found.insert(0, mention)

    def _asks(self, text: Sentence, mention: Mention) -> bool:
        """Return whether a label asks what is told behind it of whom the title names: one that many sections have, or "Job: check the order"."""
        behind = text.tokens[mention.last + 1].lower if mention.last + 1 < len(text.tokens) else ""
        verb = lexicon().get(behind)
        acts = verb is None or verb.third
        told = mention.surface.lower() in _DUTIES or (mention.surface.lower() in ("job", "task") and not acts)
        if not mention.label or mention.how in ("known", "code"):
            return False
        plain = mention.kind() is None or (mention.bare and mention.surface.lower() in EMPTY)
        return told or (plain and mention.surface.lower() in self.questions)

    def _is_listing(self, text: Sentence) -> bool:
        """Return whether a sentence stands in a list, or in a paragraph whose lines begin as items do."""
        if text.passage.form != "prose":
            return text.passage.form == "list"
        if text.number not in self.listings:
            lines = _LINE_LABEL.findall(text.passage.text)
            self.listings[text.number] = len(lines) >= _LEAST_LINES
        return self.listings[text.number]

    def _named_cell(self, text: Sentence) -> bool:
        """Return whether the first cell of a row names something: by its marks, its capital, or the head of its column."""
        token, passage = text.tokens[0], text.passage
        if not re.fullmatch(r"[A-Za-z][\w.-]*(?: [\w.-]+){0,3}", text.text.strip()):
            return False
        head = passage.columns[0] if passage.columns else ""
        if text.marked(token.start, text.tokens[-1].end, "code", "link", "strong") or token.text[0].isupper():
            return True
        return bool(
            caseless(
                r"\b(?:component|service|application|app|system|container|process|module|worker|store|database|name)\b"
            ).search(
                head,
            )
        )

    @staticmethod
    def _is_set_apart(text: Sentence) -> bool:
        """Return whether a list item is nothing but a name that its author set apart: what it does stands below it."""
        return (
            0 < len(text.tokens) <= 4
            and text.passage.text.strip() == text.text.strip()
            and text.marked(0, len(text.text.rstrip()), "strong", "code", "link")
            and _NAME.fullmatch(text.text.strip()) is not None
        )

    def _marked_name(self, text: Sentence) -> Mention | None:
        """Return the name set apart at the beginning, when a verb tells what it does: "**listener** takes orders"."""
        tokens, passage = text.tokens, text.passage
        if not tokens or passage.form == "table":
            return None
        mark = next(
            (m for m in passage.marks if m.style in ("strong", "code", "link") and m.start <= text.start + 2),
            None,
        )
        if mark is None:
            return None
        last = sum(t.end <= mark.end - text.start + 1 for t in tokens)
        words = tokens[:last]
        if (
            not 0 < len(words) <= 4
            or last >= len(tokens)
            or not _NAME.fullmatch(text.text[words[0].start : words[-1].end])
        ):
            return None
        after = lexicon().get(tokens[last].lower)
        tells = tokens[last].lower in ("is", "are", "was") or (after is not None and not after.gerund)
        return self._mention(text.place, 0, last, "label", label=True) if tells else None


def fields_of(texts: Sequence[Sentence]) -> frozenset[str]:
    """Return the labels, in lower case, that stand below several titles: what is told of each of them, as in a form.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> items = [Passage("a.md", n, n, "list", "Purpose: keeps orders", headings=("Shop", title)) for n, title in enumerate("abc")]
    >>> sorted(fields_of(sentences(items))), sorted(fields_of(sentences(items[1:])))
    (['purpose'], [])
    """
    sections: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for text in texts:
        passage = text.passage
        if passage.form not in ("list", "prose") or text.start > 0 or not passage.headings:
            continue
        for label in _FIELD_OF.findall(passage.text):
            sections.setdefault(label.lower(), set()).add((passage.source, passage.headings))
    return frozenset(label for label, places in sections.items() if len(places) >= _LEAST_SECTIONS)
