"""Names with arrows between them, drawn with characters: what such a row looks like, for those who find it and those who read it."""

from __future__ import annotations

import re
from itertools import pairwise

MAX_ROWS, MAX_COLUMNS = 200, 400
# One line glued to a word begins no text of an arrow: "order-api → Redis".
ACROSS = re.compile(
    r"(?:(?P<both><[-=─]{1,60}>|↔|⟷|⇄)|(?P<back><[-=─]{1,60}|←)"
    r"|(?:(?:(?<!\w)[-=─]|[-=─]{2})[-=─]{0,58}[\[(| ]{0,2}(?P<label>[A-Za-z][\w /:,.'+-]{0,40}?)[\])| ]{0,2})?(?:[-=─]{1,60}>|[-=─]{0,60}[▶►→⟶➜➡⇒]))"
)
BRANCH = re.compile(r"[\s│|┃]*[├└╰┣┗|+][-─━]{0,40}[>▶►→]\s*(?=\S)")
DOWN, UP, BOTH = frozenset("↓▼v⬇V⇩"), frozenset("↑▲^⬆⇧"), frozenset("↕⇕")
FORKS = frozenset("┌┐└┘├┤┬┴┼─+╭╮╰╯/\\")
SIGNS = FORKS | DOWN | UP | BOTH | frozenset("│|┃¦:-")
_HEADED = DOWN | UP | BOTH
_NUMBER = re.compile(r"^\s*(?:\d{1,2}[.):]|[-*•▸])\s+")
_SAID = re.compile(r"\s*:\s")  # before what goes there: "Browser -> Shop: GET /cart"


def chained(text: str) -> bool:
    r"""Return whether a block of text holds names with arrows between them, and little else.

    >>> chained("Browser\n  ↓\nShop"), chained("Browser → Shop → Redis"), chained("x = y\nif x > 2: v"), chained("a\nb")
    (True, True, False, False)
    """
    rows = [row[:MAX_COLUMNS] for row in text.split("\n")[:MAX_ROWS] if row.strip()]
    ways = [row for row in rows if is_way(row)]
    headed = any(_HEADED.intersection(w) for row in ways for w in row.split() if set(w) <= SIGNS)
    across = sum(is_crossed(row) for row in rows)
    led = across + (len(ways) if headed else 0)
    return bool(rows) and (across * 2 > len(rows) or led * 3 >= len(rows))


def is_way(row: str) -> bool:
    """Return whether a row only leads from the row above to the one below: signs, and perhaps words beside them.

    >>> is_way("   ↓ HTTPS"), is_way("Valve"), is_way("- item"), is_way("| id | name |")
    (True, False, False, False)
    """
    signs = [set(word) <= SIGNS for word in row.split()]
    listed = row.split()[:1] in (["-"], ["+"], ["--"], [":"]) and not any(signs[1:2])
    groups = sum(not sign and before for before, sign in pairwise(signs))
    return bool(signs) and signs[0] and groups < 2 and not listed


def is_crossed(row: str) -> bool:
    """Return whether an arrow leads from a name to another in a row, or to the one name of a branch.

    >>> is_crossed("Browser --> Shop"), is_crossed("  └─▶ Redis"), is_crossed("if (a->b) return 1;")
    (True, True, False)
    """
    if BRANCH.match(row):
        return True
    names = [name_of(n) for n in ACROSS.sub("\0", row).split("\0")]
    return len(names) > 1 and all(
        n and len(n.split()) <= 6 and n[0].isalnum() and "=" not in n and n[-1] != ";" for n in names
    )


def name_of(words: str) -> str:
    """Return a name without what frames it: numbers and bullets before it, brackets around it, what is said behind a colon.

    >>> name_of(" 1. [Shop API] "), name_of("Shop API: GET /cart")
    ('Shop API', 'Shop API')
    """
    words = _SAID.split(_NUMBER.sub("", words), maxsplit=1)[0].strip(" │|┃`*")
    if words[:1] in ("[", "(", "{") and words[-1:] in ("]", ")", "}"):
        words = words.strip("[](){} ")
    return " ".join(words.split())
