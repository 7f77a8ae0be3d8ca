"""What the sources say in running text: sentences, rows of tables, and comments in configuration, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from buttress.ask.answer import Statement
from buttress.evidence.quotes import quoted, shortened
from buttress.evidence.secrets import without_secret
from buttress.model import Component, Evidence, Passage, Source
from buttress.names import singular
from buttress.prose.text import sentences
from buttress.readers import running_text
from buttress.workloads import holds_secret

_COMMENTED = re.compile(
    r".*\.(ya?ml|tf|hcl|toml|ini|conf|env)|(.*\.)?dockerfile(\..*)?|procfile|caddyfile", re.I
)
_KEY = re.compile(r"\s*(?:-\s+)?[\"']?(?P<key>[\w./-]+)[\"']?\s*[:={]")
_COMMENT = re.compile(r"(?:^|\s)(?:#|//)+[ \t]*(?P<words>[^\s#/].*)$")
# What is left of a line that was switched off, or a rule drawn across the page.
_NO_WORDS = re.compile(
    r"[=:{}\[\]|;]\s*\S*$|[{}=<>$]|https?://\S+$|^\W+$|^(?:noqa|type:|pylint|yamllint|tflint|checkov|tfsec)\b"
)
_LEAD, _DEEPEST = 200, 3  # characters of what stands above an item, and items above it
_MOST_COMMENTS = 4
_MOST_LITERAL = 12
# A setting or a file, as no other word is written.
_LITERAL = re.compile(
    r"(?<![\w-])(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[\w.-]+\.(?:ya?ml|conf|cnf|ini|sql|py|sh|json|toml|env|properties))(?![\w-])"
)
_MOST_ITEMS = 4  # told below a sentence that leads in to them
_FEWEST = 3  # words of a sentence that says something
_SHORTEST_SECRET = 8  # characters, of what isn't called a password


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, a row or a comment: its `text`, the titles and column names that it is read under, and its place."""

    text: str
    under: str
    evidence: Evidence
    title: str = ""  # the innermost title above it
    lead: str = ""  # the sentence that leads in to the list that it is an item of
    cells: tuple[tuple[str, str], ...] = ()  # of a row, each with the name of its column


def lines(sources: Sequence[Source]) -> tuple[Line, ...]:
    r"""Return what sources say in running text, in their order.

    >>> [(line.under, line.text) for line in lines([Source("a.md", "# Carts\n\nThey live in Redis. They expire after a day.")])]
    [('Carts', 'They live in Redis.'), ('Carts', 'They expire after a day.')]
    >>> [str(line.evidence) for line in lines([Source("a.tf", "# Mails that could not be sent\nx = 1 # y = 2")])]
    ['a.tf:1']
    """
    passages = running_text(sources)
    rows = (_row(p) for p in passages if p.form == "table" and p.text.strip())
    plain = [p for p in passages if p.form not in ("heading", "table")]
    above, leads = _above(plain)
    told = (
        Line(
            s.text,
            " ".join(filter(None, (*s.passage.headings[-1:], above[s.number]))),
            s.evidence(),
            " ".join(s.passage.headings[-1:]),
            lead=leads[s.number],
        )
        for s in sentences(plain)
        if (says_something(s.text) or (above[s.number] and _says_in_short(s.text)))
        and not is_secret(" ".join(s.passage.headings[-1:]), s.text)
    )
    return (*told, *rows, *(line for s in sources for line in _comments(s)))


def below_titles(statements: Sequence[Statement], told: Sequence[Line]) -> tuple[Statement, ...]:
    """Return statements with the first line below each title that they stand on, and the items below each sentence that leads in to them.

    A title and a lead-in name a matter, what is below says it.
    """
    below: dict[tuple[str, str], list[Evidence]] = {}
    for line in told:
        below.setdefault((line.evidence.source, line.title), [line.evidence])
        if line.lead and len(items := below.setdefault((line.evidence.source, line.lead), [])) < _MOST_ITEMS:
            items.append(line.evidence)

    def with_lines(statement: Statement) -> Statement:
        evidence: list[Evidence] = []
        for e in statement.evidence:
            opens = e.form == "heading" or e.quote.endswith(":")
            found = below.get((e.source, e.quote), ()) if opens else ()
            evidence += (e, *found) if e.form == "heading" else (*found, e)
        return replace(statement, evidence=tuple(dict.fromkeys(evidence)))

    return tuple(with_lines(s) for s in statements)


def commented(components: Sequence[Component], told: Sequence[Line]) -> tuple[Statement, ...]:
    """Return what comments in configuration say beside the keys of components, nothing when none does."""
    names = {name.lower() for c in components for name in (c.name, *c.aliases)}
    found = [n.evidence for n in told if n.evidence.form == "config" and n.under.lower() in names]
    return (
        (Statement("Comments in the files say:", tuple(found[:_MOST_COMMENTS]), holds="quote"),)
        if found
        else ()
    )


def literally(text: str, sources: Sequence[Source]) -> tuple[Evidence, ...]:
    """Return where sources have a name of a setting or file that a text gives as it is written there; the name alone is quoted."""
    wanted = list(dict.fromkeys(_LITERAL.findall(text)))
    found = []
    for source in sources if wanted else ():
        if source.origins or source.packed:
            continue
        for number, line in enumerate(source.text.splitlines(), source.first_line):
            word = next((word for word in wanted if word in line), "")
            if word:  # and no more of the line, which may hold a secret
                found.append(Evidence(source.path, number, number, word, "config"))
                if len(found) == _MOST_LITERAL:
                    return tuple(found)
    return tuple(found)


def says_something(text: str) -> bool:
    """Return whether a text is more than a name or the lead-in of what follows.

    >>> [says_something(text) for text in ("Redis", "The stores are as follows:", "Redis keeps sessions")]
    [False, False, True]
    """
    return not text.rstrip().endswith(":") and len(re.findall(r"[^\W\d_]{2,}", text)) >= _FEWEST


def _says_in_short(text: str) -> bool:
    """Return whether an item says something behind what it is listed under: two words, or one with a number."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    return not text.rstrip().endswith(":") and (
        len(words) > 1 or (bool(words) and any(c.isdigit() for c in text))
    )


def _above(passages: Sequence[Passage]) -> tuple[list[str], list[str]]:
    """Return of each passage what it is an item of, a sentence that leads in to its list and items, and that sentence; empty for no item."""
    out: list[str] = []
    leads: list[str] = []
    lead = ""
    items: list[tuple[int, str]] = []
    at: tuple[str, tuple[str, ...]] | None = None
    for passage in passages:
        place = (passage.source, passage.headings)
        if place != at:
            at, lead, items = place, "", []
        if passage.form != "list":
            items = []
            last = passage.text.rstrip()
            lead = last[-_LEAD:] if last.endswith(":") else ""
            out.append("")
            leads.append("")
            continue
        while items and items[-1][0] >= passage.level:
            items.pop()
        out.append(" ".join([*([lead] if lead else []), *(text for _, text in items)]))
        leads.append(lead)
        if len(items) < _DEEPEST:
            items.append((passage.level, passage.text[:_LEAD]))
    return out, leads


def _row(passage: Passage) -> Line:
    """Return a row as one line: each cell after the name of its column, those that are a secret left out."""
    cells = tuple(zip(passage.columns, passage.cells, strict=False))
    secrets = [cell for column, cell in cells if is_secret(column, cell)]
    shown = tuple((column, cell) for column, cell in cells if cell not in secrets)
    quote = quoted(passage.text, passage.raw) if passage.raw else shortened(passage.text)
    for secret in secrets:
        quote = max(quote.split(secret), key=len).strip(" |")
    quote = without_secret(quote) or (cells[0][0] if secrets else "")
    evidence = Evidence(passage.source, passage.line, passage.end_line, quote, passage.form)
    title = " ".join(passage.headings[-1:])
    text = "; ".join(f"{c}: {cell}" if c else cell for c, cell in shown if cell)
    return Line(text or quote, title, evidence, title, cells=shown)


def is_secret(under: str, written: str) -> bool:
    """Return whether what is written in a column or under a title is a secret: one word where a password, key or token is to be.

    >>> is_secret("Passwords", "blue7"), is_secret("API keys", "tk_81bd0f2c"), is_secret("Notes", "API_KEY=81bd0f2c")
    (True, True, True)
    >>> is_secret("Token", "access token"), is_secret("Secret", "DB_PASSWORD"), is_secret("User", "anna4")
    (False, False, False)
    """
    key, _, value = (part.strip(" `*\"'") for part in written.partition("="))
    if not value:
        key, value = singular(re.sub(r"\([^()]*\)", "", under).strip()), key
    key = re.sub(r"\s+", "_", key)
    named = re.search(r"passw|pwd", key, re.I) is not None and len(value) > 2
    telling = named or (len(value) >= _SHORTEST_SECRET and any(c.isdigit() for c in value))
    return telling and re.search(r"\s", value) is None and holds_secret(key, value)


def _comments(source: Source) -> Iterator[Line]:
    """Yield the comments of a configuration, each under the key that it stands beside or above."""
    if source.origins or source.packed or not _COMMENTED.fullmatch(source.name):
        return
    waiting: list[tuple[str, Evidence]] = []
    for number, line in enumerate(source.text.splitlines(), source.first_line):
        found = _COMMENT.search(line)
        words = without_secret(found["words"].strip()) if found else ""
        key = _KEY.match(line)
        if key:
            yield from (Line(text, key["key"], e) for text, e in waiting)
            waiting = []
        elif not line.strip().startswith("#"):
            yield from (Line(text, "", e) for text, e in waiting)
            waiting = []
        if says_something(words) and not _NO_WORDS.search(words):
            waiting.append((words, Evidence(source.path, number, number, shortened(words), "config")))
            if key:
                yield Line(words, key["key"], waiting.pop()[1])
    yield from (Line(text, "", e) for text, e in waiting)
