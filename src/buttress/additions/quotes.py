"""Where words stand: a quote looked up in the texts of the sources, white space, line breaks, Markdown's marks and addresses of links aside."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from buttress.evidence.secrets import quotable, without_secret
from buttress.model import Evidence, Form, Fragment, Source
from buttress.names import words_of

MIN_LETTERS = 3
MAX_SHOWN = 200
MAX_PLACES = 200  # of one quote in one text
MAX_SEARCHED = 1_000_000  # characters, for the text nearest to a quote that doesn't stand
_ASIDE = re.compile(r"(?:[\s`*\[\]]|(?<=\])\([^()\s]{0,500}\))+")  # a link counts by its words
_DRAWN = re.compile(r"\.(mmd|mermaid|puml|plantuml|dot|d2|dsl)$")
_WRITTEN = re.compile(
    r"\.(md|markdown|mdx|mkd|rst|txt|adoc|asciidoc|asc|x?html?|docx|pdf#page=\d+)$|^<stdin>$"
)


class Text:
    """One source, ready for quotes to be found in it."""

    def __init__(self, source: Source) -> None:
        """Keep the source; nothing is computed before the first look."""
        self.source = source

    @cached_property
    def _runs(self) -> tuple[str, list[int], list[int]]:
        """Return the text without what is passed over, and where its runs begin, there and in the source."""
        text = self.source.text
        bare, starts, written, at, begin = [], [], [], 0, 0
        for first, last in (*(m.span() for m in _ASIDE.finditer(text)), (len(text), len(text))):
            if first > begin:
                starts.append(at)
                written.append(begin)
                bare.append(text[begin:first])
                at += first - begin
            begin = last
        return "".join(bare), starts, written

    @cached_property
    def _ends(self) -> list[int]:
        return [m.start() for m in re.finditer("\n", self.source.text)]

    def line(self, offset: int) -> int:
        """Return the line of the file on which a character of the text stands."""
        return self.source.first_line + bisect_right(self._ends, offset - 1)

    def places(self, quote: str) -> Iterator[tuple[int, int]]:
        """Yield where a quote stands as whole words: the offsets of its first character and behind its last one."""
        wanted = _ASIDE.sub("", quote)
        if sum(c.isalnum() for c in wanted) < MIN_LETTERS:
            return
        bare, starts, written = self._runs
        at = bare.find(wanted)
        for _ in range(MAX_PLACES):
            if at < 0:
                return
            first, last = (self._offset(n, starts, written) for n in (at, at + len(wanted) - 1))
            text = self.source.text
            cut = (
                (first > 0 and text[first - 1].isalnum() and text[first].isalnum())
                or (text[last].isalnum() and text[last + 1 : last + 2].isalnum())
            )  # fmt: skip
            if not cut:
                yield first, last + 1
            at = bare.find(wanted, at + 1)

    @staticmethod
    def _offset(at: int, starts: list[int], written: list[int]) -> int:
        run = bisect_right(starts, at) - 1
        return written[run] + at - starts[run]


def says(text: str, name: str) -> bool:
    """Return whether a name stands in a text, whatever joins its words.

    >>> says("the event-persister workers", "Event persister"), says("reorders", "orders")
    (True, False)
    """
    words = words_of(name)
    if not words:
        return name in text
    pattern = r"[\W_]*".join(map(re.escape, words))
    return re.search(rf"(?<![^\W_]){pattern}(?:e?s)?(?![^\W_])", text, re.IGNORECASE) is not None


class Texts:
    """The sources of a system, but for the additions themselves; `fragments` tell which lines are prose, which a drawing."""

    def __init__(self, sources: Sequence[Source], fragments: Sequence[Fragment] = ()) -> None:
        """Take the sources as they were read."""
        self.all = {s.path: Text(s) for s in sources}
        self.fragments = fragments

    @cached_property
    def _forms(self) -> dict[tuple[str, int], Form]:
        forms: dict[tuple[str, int], Form] = {}
        for fragment in self.fragments:
            for block in fragment.nested:
                drawn: Form = (
                    "config" if re.search(r"ya?ml|compose|k8s|env|json", block.language) else "diagram"
                )
                count = block.text.count("\n") + 1
                forms.update(((block.path, block.first_line + n), drawn) for n in range(count))
            for passage in fragment.passages:
                lines = range(passage.line, passage.end_line + 1)
                forms.update(((passage.source, n), passage.form) for n in lines)
        return forms

    def of(self, source: str, file: str = "") -> tuple[Text, ...]:
        """Return the texts that a claim in `file` means by `source`: one beside it, one so named, or all without a name."""
        if not source:
            return tuple(self.all.values())
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(file), source))
        exact = self.all.get(beside) or self.all.get(source)
        if exact is not None:
            return (exact,)
        ends = [
            t for path, t in self.all.items() if path.endswith(f"/{source}") or source.endswith(f"/{path}")
        ]
        return tuple(ends) if len(ends) == 1 else ()

    def find(self, quote: str, texts: Sequence[Text], line: int = 0) -> Evidence | None:
        """Return the evidence that a quote is: its words as they are written, at the place nearest to `line`; None without one."""
        for text in texts:
            places = list(text.places(quote))
            if places:
                first, end = min(places, key=lambda p: abs(text.line(p[0]) - line) if line else 0)
                return self._evidence(text, first, end)
        return None

    def _evidence(self, text: Text, first: int, end: int) -> Evidence:
        path, line = text.source.path, text.line(first)
        written = " ".join(text.source.text[first:end].split())
        form: Form | None = self._forms.get((path, line))
        if form is None:
            name = text.source.name.lower()
            form = "diagram" if _DRAWN.search(name) else "prose" if _WRITTEN.search(name) else "config"
        if len(written) > MAX_SHOWN:
            written = written[:MAX_SHOWN].rsplit(" ", 1)[0]
        written = without_secret(written) if form == "config" else quotable(written)
        return Evidence(path, line, text.line(end - 1), written, form)

    def nearest(self, quote: str, texts: Sequence[Text]) -> Evidence | None:
        """Return the words that come nearest to a quote that doesn't stand in any of the texts, None when nothing is like it."""
        from rapidfuzz import fuzz

        best, found = 50.0, None
        for text in texts:
            near = fuzz.partial_ratio_alignment(quote, text.source.text[:MAX_SEARCHED], score_cutoff=best)
            if near is not None and near.score > best and near.dest_end > near.dest_start:
                best, found = near.score, (text, near.dest_start, near.dest_end)
        if found is None:
            return None
        text, first, end = found
        whole = text.source.text
        while first > 0 and not whole[first - 1].isspace():
            first -= 1
        while end < len(whole) and not whole[end].isspace():
            end += 1
        while first < end and whole[first].isspace():
            first += 1
        return self._evidence(text, first, end)

    def say(self, name: str) -> bool:
        """Return whether a name stands in any text."""
        return any(says(text.source.text, name) for text in self.all.values())
