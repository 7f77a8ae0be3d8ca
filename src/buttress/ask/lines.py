"""What the sources say in running text: sentences, rows of tables, and comments in configuration, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from buttress.lines import without_secret
from buttress.model import Evidence, Passage, Source
from buttress.prose.text import sentences
from buttress.quotes import quoted, shortened
from buttress.readers import running_text

_COMMENTED = re.compile(
    r".*\.(ya?ml|tf|hcl|toml|ini|conf|env)|(.*\.)?dockerfile(\..*)?|procfile|caddyfile", re.I
)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//)+[ \t]*(?P<words>[^\s#/].*)$")
# What is left of a line that was switched off, or a rule drawn across the page.
_NO_WORDS = re.compile(
    r"[=:{}\[\]|;]\s*\S*$|[{}=<>$]|https?://\S+$|^\W+$|^(?:noqa|type:|pylint|yamllint|tflint|checkov|tfsec)\b"
)
_FEWEST = 3  # words of a sentence that says something


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, a row or a comment: its `text`, the titles and column names that it is read under, and its place."""

    text: str
    under: str
    evidence: Evidence


def lines(sources: Sequence[Source]) -> tuple[Line, ...]:
    r"""Return what sources say in running text, in their order.

    >>> [(line.under, line.text) for line in lines([Source("a.md", "# Carts\n\nThey live in Redis. They expire after a day.")])]
    [('Carts', 'They live in Redis.'), ('Carts', 'They expire after a day.')]
    >>> [str(line.evidence) for line in lines([Source("a.tf", "# Mails that could not be sent\nx = 1 # y = 2")])]
    ['a.tf:1']
    """
    passages = running_text(sources)
    rows = (_row(p) for p in passages if p.form == "table" and p.text.strip())
    told = (
        Line(s.text, " ".join(s.passage.headings[-1:]), s.evidence())
        for s in sentences([p for p in passages if p.form not in ("heading", "table")])
        if says_something(s.text)
    )
    return (*told, *rows, *(line for s in sources for line in _comments(s)))


def says_something(text: str) -> bool:
    """Return whether a text is more than a name or the lead-in of what follows.

    >>> [says_something(text) for text in ("Redis", "The stores are as follows:", "Redis keeps sessions")]
    [False, False, True]
    """
    return not text.rstrip().endswith(":") and len(re.findall(r"[^\W\d_]{2,}", text)) >= _FEWEST


def _row(passage: Passage) -> Line:
    """Return a row as one line: each cell after the name of its column."""
    named = [
        f"{c}: {cell}" if c else cell for c, cell in zip(passage.columns, passage.cells, strict=False) if cell
    ]
    quote = quoted(passage.text, passage.raw) if passage.raw else shortened(passage.text)
    evidence = Evidence(passage.source, passage.line, passage.end_line, without_secret(quote), passage.form)
    return Line("; ".join(named) or passage.text, " ".join(passage.headings[-1:]), evidence)


def _comments(source: Source) -> Iterator[Line]:
    if source.origins or source.packed or not _COMMENTED.fullmatch(source.name):
        return
    for number, line in enumerate(source.text.splitlines(), source.first_line):
        found = _COMMENT.search(line)
        words = without_secret(found["words"].strip()) if found else ""
        if says_something(words) and not _NO_WORDS.search(words):
            yield Line(words, "", Evidence(source.path, number, number, shortened(words), "config"))
