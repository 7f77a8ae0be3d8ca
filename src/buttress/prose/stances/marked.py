"""What marks and short forms say of an item: a ticked box, a cross, a cell "planned", a label followed by "to be added".

A list of tasks, a table of features and a note in brackets have no verb; their sign, or the word at the place of a verb, tells whether
the thing is there. A sign says what its item is called, so it is asked of what the item names first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from buttress.prose.caseless import Caseless
from buttress.prose.text import KEPT

# done, planned and missing as they read; "open" says only that it isn't simply there.
State = Literal["done", "planned", "missing", "open"]

_BOX = re.compile(r"^\s*(?:[-*+]\s+)?\[(?P<tick>[ xX~-]?)\](?!\()\s*")
# What begins an item as its verdict, and what does so in a cell only: before an item it may be an ornament.
_SIGNS: tuple[tuple[State, str, str], ...] = (
    ("done", "✅✔✓☑", "🟢"),
    ("missing", "❌✗✘✖", "🔴⛔"),
    ("planned", "🚧🔜☐⬜", "⏳📅🔄"),
    ("open", "", "🟡🟠⚠"),
)
_SIGN = re.compile("^[\\s(]*(?P<sign>[" + "".join(signs for _, signs, _ in _SIGNS) + "])")
_IN_CELL = re.compile("^[\\s(]*(?P<sign>[" + "".join(signs + more for _, signs, more in _SIGNS) + "])")
_STATE_OF_SIGN = {sign: state for state, signs, more in _SIGNS for sign in signs + more}
_PLANNED = (
    r"(?:(?:still |currently |only )?planned|to-?do|tbd|tba|pending|in progress|wip|work in progress|not (?:yet )?started|backlog|(?:in the |for the |near )?future(?: work)?|"
    r"later|(?:coming )?soon|upcoming|to be (?:added|done|built|implemented|decided|defined|introduced|set up|configured|written|wired(?: up)?|determined|completed)|"
    r"deferred|postponed|(?:in )?phase \d+|next (?:phase|sprint|release|version|step))"
)
_MISSING = (
    r"(?:missing|absent|nothing|unsupported|disabled|lacking|"
    r"not (?:yet )?(?:implemented|supported|available|present|done|configured|enabled|in place|set up|there|covered|wired(?: up)?|deployed|built))"
)
_VERDICTS: tuple[tuple[State, Caseless], ...] = (
    ("planned", Caseless(rf"^\W*{_PLANNED}\b(?:\W*$|\s*[.;,()–—-]|\s+(?:for|in|until|by)\b)")),
    ("missing", Caseless(rf"^\W*(?:(?:no|none)(?: yet)?\s*(?:$|[.;,()–—-])|{_MISSING}\b)")),
    ("done", Caseless(r"^\W*(?:yes|done|implemented|completed?|live|in place|enabled|available|supported|shipped|ready|active|green)\b(?!\s+to\b)")),
    ("open", Caseless(r"^\W*(?:n/?a|partial(?:ly)?|optional|unknown|unclear|some|manual(?:ly)?|amber|yellow|\?+)(?:\W*$|\s*[.;,()–—-])")),
)  # fmt: skip
_STATUS = Caseless(
    r"^\W*(?:(?:current |implementation )?(?:status|state)|implemented|done|available|present|in place|supported|progress|enabled|exists?|built|there)\W*$"
)
# Columns whose "no" says nothing of what is there.
_OTHER_QUESTION = Caseless(
    r"\b(?:required|needed|mandatory|optional|nullable|public|default|breaking|null|unique|type|priority|owner|effort|version)\b"
)
_NUMBERS = re.compile(r"^\W*(?:#|no\.?|id|\d+(?:\.\d+)*|[A-Z]{1,5}-?\d+)?\W*$", re.IGNORECASE)
_ABOUT_DOCUMENT = Caseless(
    r"^\W*(?:(?:document )?title|authors?|sponsors?|created|(?:last )?updated|reviewers?|approvers?|deciders?|(?:bdfl[ -])?delegate|discussions?(?:-to)?|"
    r"super(?:sedes|seded by)|requires|resolution|rfc|adr|jep|pep)(?:\(s\))?\W*$"
)
_FILE = re.compile(r"\W{0,3}[\w./-]{1,120}\.(?:ya?ml|json|toml|tf|env|conf|cfg|ini|sh|py|md)\W{0,3}")
_REFERENCE = re.compile(
    r"(?:[A-Z][A-Z0-9]+-\d+|[\w./-]*#\d+|https?://\S+)(?:\s*[,;]\s*(?:[A-Z][A-Z0-9]+-\d+|#\d+))*"
)
_NOT_NOW = Caseless(
    r"\b(?:mitigations?|roadmap|future|planned|targets?|next|recommend\w*|to-?dos?|fix(?:es)?|actions?|proposals?|proposed|improvements?|"
    r"limitations?|gaps?|risks?|issues?|problems?|missing|threats?|weakness(?:es)?|drawbacks?|cons|trade-?offs?|upgrade path|later|when (?:it(?:['’]s| is) )?needed|at scale|evolution)\b"
)
_WEIGHED = Caseless(r"^\W*(?:pros|cons|(?:dis)?advantages?|drawbacks?)\b")
_AFTER = Caseless(
    rf"^\s*(?:[:–—|(]|-{{1,2}}\s|(?:is|are)\s+(?:still\s+)?(?=to be))\s*\W{{0,3}}{_PLANNED}\b(?=\W*$|\s*[.;,()|–—-])|"
    r"^\s+(?:(?:is|are)\s+)?(?:still\s+)?pending\b(?=\s*(?:$|[.;,(]))|"
    r"^[^.;:]{0,40}?\b(?:(?:is|are)\s+(?:\w+\s+)?(?:planned|scheduled|foreseen|deferred|postponed)|"
    r"(?:is|are|will be) (?:handled|added|done|built|introduced|covered|implemented) (?:in (?:an? )?(?:later|future|next|phase \d)|later\b|soon\b)|"
    r"will be (?:added|introduced|implemented|built|set up|wired)|(?:come|follow)s? (?:later|in a later|soon))\b"
)
_MISSING_AFTER = Caseless(rf"^\s*[(:–—|]\s*{_MISSING}\b")
_TODO = Caseless(
    r"^\W*(?:to-?do|fixme|tbd|planned|not (?:yet )?(?:implemented|done|started))\s*(?::|\s[–—-]\s)"
)


@lru_cache(KEPT)
def opened_by(text: str) -> State | None:
    """Return what the sign says that an item begins with; None without one.

    >>> [opened_by(t) for t in ("[ ] set rate limits", "[x] health checks", "❌ backups", "TODO: retries", "- tracing", "[x](a.md)")]
    ['planned', 'done', 'missing', 'planned', None, None]
    """
    box = _BOX.match(text)
    if box is not None:
        return {"x": "done", "~": "open", "-": "open"}.get(box["tick"].lower(), "planned")  # type: ignore[return-value]
    if _TODO.match(text):
        return "planned"
    sign = _SIGN.match(text)
    return _STATE_OF_SIGN[sign["sign"]] if sign is not None else None


def without_sign(text: str) -> str:
    """Return an item without the box or sign that it begins with.

    >>> without_sign("[ ] set rate limits"), without_sign("✅ Retries")
    ('set rate limits', 'Retries')
    """
    box = _BOX.match(text)
    if box is not None:
        return text[box.end() :]
    sign = _SIGN.match(text)
    return text[sign.end() :].lstrip(" \ufe0f") if sign is not None else text


def verdict(cell: str) -> State | None:
    """Return what a cell says of what its row names; None for one that describes it.

    >>> [verdict(c) for c in ("No", "N/A", "✅ done", "🔴 Red", "Not implemented", "to be added", "None - all is public", "No SQL")]
    ['missing', 'open', 'done', 'missing', 'missing', 'planned', 'missing', None]
    """
    for state, pattern in _VERDICTS:
        if pattern.match(cell):
            return state
    sign = _IN_CELL.match(cell)
    return _STATE_OF_SIGN[sign["sign"]] if sign is not None else None


@lru_cache(KEPT)
def of_row(cells: tuple[str, ...], columns: tuple[str, ...]) -> State | None:
    """Return what a row says of what it names: by its column of states, or by the only other cell.

    >>> of_row(("Rate limits", "high", "planned"), ("Feature", "Priority", "Status")), of_row(("Backups", "none"), ("What", "How"))
    ('planned', 'missing')
    >>> of_row(("token", "no"), ("Field", "Required")), of_row(("Retries", "yes", "no"), ("Feature", "Ours", "Theirs"))
    (None, None)
    """
    for n, column in enumerate(columns[: len(cells)]):
        if n and _STATUS.match(column):
            return verdict(cells[n])
    full = [n for n, c in enumerate(cells) if c.strip()]
    if len(columns) > 2 or len(full) != 2 or full[0] != 0:
        return None
    other = full[1]
    if other < len(columns) and _OTHER_QUESTION.search(columns[other]):
        return None
    return verdict(cells[other])


@lru_cache(KEPT)
def is_about_document(cells: tuple[str, ...]) -> bool:
    """Return whether a row tells of the document itself: its title, its authors, its ticket.

    >>> is_about_document(("Jira", "SHOP-12")), is_about_document(("Jira", "holds the tickets")), is_about_document(("Authors", "Ann"))
    (True, False, True)
    """
    full = [c.strip() for c in cells if c.strip()]
    return len(full) == 2 and (
        _ABOUT_DOCUMENT.match(full[0]) is not None or _REFERENCE.fullmatch(full[1]) is not None
    )


@lru_cache(KEPT)
def is_about_file(cells: tuple[str, ...]) -> bool:
    """Return whether a row tells what is in a file: a choice of set-ups, of which the one that runs is but one.

    >>> is_about_file(("`compose-tls.yml`", "MariaDB with TLS")), is_about_file(("MariaDB", "with TLS"))
    (True, False)
    """
    return len(cells) > 1 and _FILE.fullmatch(cells[0].strip()) is not None


def heads_row(cells: tuple[str, ...], text: str) -> bool:
    """Return whether a text is the cell that says what its row is about, numbers left out.

    >>> heads_row(("1", "Backups", "none"), "Backups"), heads_row(("Shop", "Backups"), "Backups")
    (True, False)
    """
    named = next((c for c in cells if not _NUMBERS.match(c)), "")
    return named.strip() == text.strip()


@lru_cache(KEPT)
def is_not_now(cells: tuple[str, ...], columns: tuple[str, ...], text: str) -> bool:
    """Return whether a cell stands in a column of risks, limits or what is to be done about them.

    >>> is_not_now(("Slow", "Caching of all pages"), ("Issue", "Mitigation"), "Caching of all pages")
    True
    """
    return any(
        c.strip() == text.strip() and _NOT_NOW.search(column)
        for c, column in zip(cells, columns, strict=False)
    )


@lru_cache(KEPT)
def weighs(columns: tuple[str, ...]) -> bool:
    """Return whether a table holds ways of doing something against each other: what its rows tell, they tell of each way.

    >>> weighs(("Approach", "Pros", "Cons")), weighs(("Part", "Technology"))
    (True, False)
    """
    return any(_WEIGHED.match(column) for column in columns)


def said_after(after: str) -> State | None:
    """Return what the words behind a name say of it in short: planned or missing; None when they say neither.

    >>> [said_after(t) for t in (": to be added", " (future)", " - TBD", " are pending (no exporter)", " pending jobs", " (not implemented)")]
    ['planned', 'planned', 'planned', 'planned', None, 'missing']
    """
    if _AFTER.match(after):
        return "planned"
    return "missing" if _MISSING_AFTER.match(after) else None
