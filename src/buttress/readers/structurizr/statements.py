"""The statements of a Structurizr DSL text: words, blocks in braces, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buttress.drawings import Place
from buttress.drawings.drawing import quote_of
from buttress.drawings.text import MAX_TEXT, blank
from buttress.model import Source

MAX_LINE = 4_000

_BLOCK_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_TEXT_BLOCK = re.compile(r'"""(.*?)(?:"""|\Z)', re.DOTALL)
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|--\w+->|->|=|\{|\}|[^\s{}="]+|"')
_CONSTANT = re.compile(r"\$\{(\w+)\}")


@dataclass(slots=True)
class Statement:
    """The words of one statement, which of them stood in quotes, and whether a block opens or closes with it."""

    words: list[str]
    quoted: list[bool]
    opens: bool
    closes: bool
    place: Place


def statements(source: Source, constants: dict[str, str]) -> Iterator[Statement]:
    r"""Yield the statements of a text, one a line, long lines cut; `constants` are filled in as they are by then.

    >>> [(s.words, s.opens) for s in statements(Source("a.dsl", 'model {\n  shop = person "${WHO}" // x\n}'), {"WHO": "Buyer"})]
    [(['model'], True), (['shop', '=', 'person', 'Buyer'], False), ([], False)]
    """
    written = source.text[:MAX_TEXT].split("\n")
    text = _BLOCK_COMMENT.sub(lambda m: blank(m.group()), source.text[:MAX_TEXT])
    text = _TEXT_BLOCK.sub(
        lambda m: '"' + re.sub(r'["\n]', " ", m.group(1))[:200] + '"' + "\n" * m.group().count("\n"), text
    )
    rows = text.split("\n")
    n = 0
    while n < len(rows):
        row, first = rows[n], n
        while row.rstrip().endswith("\\") and n + 1 < len(rows) and len(row) < MAX_LINE:
            n += 1
            row = row.rstrip()[:-1] + " " + rows[n].strip()
        n += 1
        stripped = row.strip()[:MAX_LINE]
        if not stripped or stripped.startswith(("//", "#")):
            continue
        tokens = [
            (m.group(1) if m.group(1) is not None else m.group(), m.group(1) is not None)
            for m in _TOKEN.finditer(stripped)
        ]
        comment = next(
            (i for i, (t, q) in enumerate(tokens) if not q and i and t.startswith("//")), len(tokens)
        )
        tokens = [
            (
                _CONSTANT.sub(lambda m: constants.get(m.group(1), m.group()), t)[:MAX_LINE].replace(
                    '\\"', '"'
                ),
                q,
            )
            for t, q in tokens[:comment]
        ]
        last = min(n - 1, len(written) - 1)
        place = Place(
            source.first_line + min(first, last),
            source.first_line + last,
            quote_of(written[min(first, last)]),
            source.path,
        )
        yield from _split(tokens, place)


def _split(tokens: list[tuple[str, bool]], place: Place) -> list[Statement]:
    """Return the statements on one line: braces end one."""
    out: list[Statement] = []
    current: list[tuple[str, bool]] = []

    def close(*, opens: bool = False) -> None:
        if current or opens:
            out.append(Statement([t for t, _ in current], [q for _, q in current], opens, False, place))
            current.clear()

    for token, quoted in tokens:
        if token == "{" and not quoted:
            close(opens=True)
        elif token == "}" and not quoted:
            close()
            out.append(Statement([], [], False, True, place))
        else:
            current.append((token, quoted))
    close()
    return out
