"""What exit codes, HTTP statuses, SQLSTATEs, names of errors and abbreviations stand for, so that a search by a code finds its matter.

`corpus/codes.tsv` has a code a line: its form, and what it means in words that practices use. A number counts only where the text says
what sort of number it is ("exit code 137", "answers 504"); five characters with a letter, or after a word for errors, are an SQLSTATE.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from buttress import data

FILE = "codes.tsv"
_MOST = 4  # codes of one text whose meaning is added: a log has many
_CHARACTERS = 5_000  # of a text that are looked at
# By form: where its codes stand. A number alone may be any amount, so there must be a word for a code before it, and no unit behind it.
_PLACES = {
    "word": r"(?<![\w+])(?P<code>{codes})(?![\w+])",
    "sqlstate": r"(?i)\b(?P<code>{codes})\b",
    "sqlstate number": r"(?i)\b(?:sqlstate|errcode|error|code)\W{{1,3}}(?P<code>{codes})\b",
    "exit": r"(?i)\b(?:exit(?:s|ed)?(?:\W+(?:code|status|with|by)){{0,3}}|return code|status code|rc)\W{{1,3}}(?P<code>{codes})\b",
    "http": (
        r"(?i)\b(?:https?|status|code|errors?|answers?|returns?|returned|gets?|got|with|an?|throws?|threw|gives?|sees?|responds?|many)"
        r"\W{{1,3}}(?P<code>{codes})s?\b(?!\W*(?:%|[kmg]i?b\b|m?s\b|sec|min|times\b|\w+s\b))"
    ),
}


def expanded(text: str) -> str:
    """Return a text with the meaning of the codes in it behind it; unchanged when it has none.

    >>> expanded("the worker exits with 137")
    "the worker exits with 137 (SIGKILL, out of memory beyond the container's memory limit, or killed after the grace period)"
    >>> expanded("137 orders a minute")
    '137 orders a minute'
    """
    meanings: dict[str, None] = {}
    for pattern, means in _table(data.corpus_dir() / FILE):
        for found in pattern.finditer(text[:_CHARACTERS]):
            meanings[means[found["code"].casefold()]] = None
    return f"{text} ({'; '.join(list(meanings)[:_MOST])})" if meanings else text


@cache
def _table(path: Path) -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    """Return for each form the pattern that finds its codes, and the meaning of each; none without that file."""
    by_form: dict[str, dict[str, str]] = {form: {} for form in _PLACES}
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else ()
    for line in lines:
        code, form, meaning = line.split("\t")
        by_form["sqlstate number" if form == "sqlstate" and code.isdigit() else form][code] = meaning
    return tuple(
        (
            re.compile(
                _PLACES[form].format(codes="|".join(re.escape(c) for c in sorted(means, reverse=True)))
            ),
            {code.casefold(): meaning for code, meaning in means.items()},
        )
        for form, means in by_form.items()
        if means
    )
