"""Names that a text takes from the code: classes, modules and functions of the same project are no parts that run."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from buttress.names import keys, words_of
from buttress.prose.candidates import Candidate
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

# A class that is called so may be written for a part that is called so too: what it is called decides nothing.
_RUNS = frozenset(
    """
        service services server servers worker workers gateway proxy daemon agent app application api database db broker queue cluster job
        process scheduler frontend backend
    """.split()
)
_CAMEL = re.compile(r"(?=.*[a-z])[A-Z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*")
_SNAKE = re.compile(r"_?[a-z0-9]+(?:_[a-z0-9]+)+")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_FOLDER = re.compile(r"\W*(?:[\w.-]+/)+\W*(?:[-–—:]|is\b|contains\b|holds\b)")
FAMILY = 3  # so many classes with the same two last words are variants of one
MOST_OF_LIST = 2  # so many names of the code, and the rest of a list are of their sort as well


class Defined:
    """What the code of the projects beside a text defines, by dotted name."""

    def __init__(self, paths: Iterable[str], records: Iterable[str] = ()) -> None:
        """Keep the names for looking them up; `records` are those of the classes whose objects are rows."""
        self.paths = frozenset(paths)
        self.rows = frozenset(keys(n)[1] for n in records if not _RUNS.intersection(words_of(n)[-1:]))

    def __bool__(self) -> bool:
        """Return whether there is any code."""
        return bool(self.paths)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the last parts of all names, as the code spells them."""
        return frozenset(p.rpartition(".")[2] for p in self.paths)

    @cached_property
    def folded(self) -> frozenset[str]:
        """Return the keys of the last parts."""
        return frozenset(keys(n)[1] for n in self.names)

    @cached_property
    def tails(self) -> frozenset[str]:
        """Return the dotted ends of all names: a text says `events.EventsHandler` of `app.handlers.events.EventsHandler`."""
        out = set()
        for path in self.paths:
            parts = path.split(".")
            out |= {".".join(parts[n:]) for n in range(len(parts) - 1)}
        return frozenset(out)

    @cached_property
    def families(self) -> Counter[tuple[str, ...]]:
        """Return how many classes are called by the same two last words, as those that derive from one are."""
        return Counter(words_of(n)[-2:] for n in self.names if _CAMEL.fullmatch(n))

    def has(self, surface: str) -> bool:
        """Return whether a name is spelled as the code spells one of its own, and as no part that runs is.

        >>> code = Defined(["shop.orders.OrderBook", "shop.orders.reprice_all", "shop.mail.MailService", "shop.cart.Cart"])
        >>> [code.has(n) for n in ("OrderBook", "orders.OrderBook", "reprice_all()", "Order Book", "MailService", "Cart")]
        [True, True, True, False, False, False]
        >>> Defined(f"shop.pay.{n}PayProxy" for n in ("Card", "Cash", "Bill")).has("CardPayProxy")
        True
        """
        name = surface.removesuffix("()")
        if _RUNS.intersection(words_of(name)[-1:]) and self.families[words_of(name)[-2:]] < FAMILY:
            return False
        if _DOTTED.fullmatch(name):
            return name in self.tails
        return name in self.names and bool(_CAMEL.fullmatch(name) or _SNAKE.fullmatch(name))


def only_code(
    candidates: Sequence[Candidate],
    texts: Sequence[Sentence],
    mentions: Sequence[Sequence[Mention]],
    code: Defined,
) -> frozenset[str]:
    """Return the keys of the candidates that a text only uses for code.

    Those that it spells as the code does; records that the code keeps in tables, whoever reads or sends them; those below them in one column of a table; and what stands in a list with several of
    them, if the code has it too or it is spelled alike. A word for what runs beside the name ("the OrderBook process") makes another name of it.
    """
    if not code:
        return frozenset()
    spelled = {
        c.key
        for c in candidates
        if c.technology() is None
        and (any(code.has(m.surface) for m in c.mentions) or (c.key in code.rows and c.role() != "actor"))
        and all(m.bare or keys(m.surface)[1] == keys(c.name)[1] for m in c.mentions)
    }
    return frozenset(spelled | _of_their_sort(candidates, texts, mentions, code, spelled))


def _of_their_sort(
    candidates: Sequence[Candidate],
    texts: Sequence[Sentence],
    mentions: Sequence[Sequence[Mention]],
    code: Defined,
    spelled: set[str],
) -> set[str]:
    """Return the keys of what stands in lists and columns of names of the code."""
    lists: dict[tuple[str, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    columns: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = defaultdict(set)
    of_code: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        place = (passage.source, passage.headings)
        if passage.form == "list" and found and found[0].first == 0:
            lists[place][found[0].key] = found[0].surface
        elif passage.form == "list" and (named := _lead(text.text)) and code.has(named):
            of_code[place].add(named)
        elif passage.form == "table" and passage.cells:
            column = (*place, passage.columns)
            if code.has(passage.cells[0].strip("`* ")):
                of_code[column].add(passage.cells[0])
            columns[column] |= {m.key for m in found if m.surface in passage.cells[0]}
            columns[column] |= {keys(passage.columns[0])[1]} if passage.columns else set()
    out: set[str] = set()
    for place, leads in lists.items():
        if len(spelled & leads.keys()) + len(of_code[place]) >= MOST_OF_LIST:
            out |= {k for k, name in leads.items() if k in code.folded or _CAMEL.fullmatch(name)}
    for column, below in columns.items():
        if of_code[column]:
            out |= below
    return {c.key for c in candidates if c.key in out and c.technology() is None}


def _lead(text: str) -> str:
    """Return the first word of an item, without what sets it apart."""
    return re.split(r"[\s:,;–—]", text.strip("`*_ "), maxsplit=1)[0].strip("`*_")


def is_about_folder(text: str) -> bool:
    """Return whether a sentence tells what is in a folder: "`billing/` - what invoices are made with".

    >>> is_about_folder("gateway/registry/ - what is known"), is_about_folder("orders: takes orders"), is_about_folder("see a/b")
    (True, False, False)
    """
    return _FOLDER.match(text) is not None
