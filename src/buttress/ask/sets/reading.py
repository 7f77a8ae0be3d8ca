"""Reading tokens: from left to right, with a place to come back to, and what all phrases have: amounts, places, relations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from buttress.ask.phrases import family
from buttress.ask.sets.algebra import (
    NONE,
    SOME,
    Alike,
    Amount,
    Condition,
    Has,
    Not,
    Relates,
    Select,
    Within,
    inner_of,
)
from buttress.ask.sets.lexer import Token
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import load

ANYTHING = Select("parts")
T = TypeVar("T")
_HOLDERS = STORES | MESSAGING
_ALIKE: dict[str, Literal["owner", "image"]] = {"owner": "owner", "image": "image"}


class NotUnderstoodError(Exception):
    """A word has no place in the grammar."""


class Reading:
    """Reads tokens from left to right, with a place to come back to; and amounts and places, which stand in all phrases."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        """Begin with the first token."""
        self.tokens = tokens
        self.at = 0

    def peek(self, *sorts: str, ahead: int = 0) -> bool:
        """Return whether the next token, or one further ahead, is of one of some sorts."""
        at = self.at + ahead
        return at < len(self.tokens) and self.tokens[at].sort in sorts

    def take(self, *sorts: str) -> Token | None:
        """Return the next token, and go on, if it is of one of some sorts."""
        if self.peek(*sorts):
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def must(self, *sorts: str) -> Token:
        """Return the next token; it has to be of one of some sorts."""
        if (token := self.take(*sorts)) is None:
            raise NotUnderstoodError
        return token

    def skip(self) -> None:
        """Go on behind words that say nothing."""
        while self.take("skip"):
            pass

    def attempt(self, read: Callable[[], T]) -> T | None:
        """Return what can be read here, or None, as if nothing had been tried."""
        at = self.at
        try:
            return read()
        except NotUnderstoodError:
            self.at = at
            return None

    def _quantity(self) -> Amount | None:
        """Read an amount: "more than two", "three", "several"; the unit of a number is read with it."""
        self.skip()
        if self.take("several"):
            return Amount(">=", 2)
        if self.peek("only") and self.peek("number", ahead=1):
            self.at += 1
            return self._amount("==")
        if token := self.take("compare"):
            self.skip()
            return self._amount(token.value)
        if self.peek("number"):
            return self._amount("==")
        return None

    def _amount(self, test: str) -> Amount:
        token = self.must("number")
        if bound := self.take("bound"):
            return Amount(bound.value, token.number, token.text)
        return Amount(test, token.number, token.text)

    def _within(self) -> Within:
        """Read a place: "the back network", "more than one network", "no zone"."""
        self.skip()
        only = self.take("only") is not None
        both = self.take("both") is not None
        amount = self._quantity()
        if self.take("no"):
            amount = NONE
        self.skip()
        noun = self.take("place")
        names: list[Token] = []
        while token := self.take("placename"):
            names.append(token)
            noun = noun or self.take("place")
            if not (self.peek("and", "or") and self.peek("placename", ahead=1)):
                break
            joint = self.must("and", "or")
            both = both or joint.text == "and"
        if not names and (noun is None or amount is None):
            raise NotUnderstoodError
        kind = names[0].value if names else noun.value if noun else ""
        if names:
            amount = Amount(">=", len(names)) if both else SOME
        return Within(kind, tuple(t.text for t in names), amount or SOME, only=only)

    def _alike(self) -> Alike:
        """Read what is to be in common: "share a database", "in the same network as the ledger"."""
        self.take("verb", "be")
        self.take("in", "prep")
        share = self.take("share")
        self.skip()
        same = self.take("alike") or self.take("same")
        self.take("number")
        if not (share or same):
            raise NotUnderstoodError
        self.skip()
        if same is not None and same.sort == "alike":
            alike = Alike(same.text.removeprefix("the "), _ALIKE.get(same.value, "technology"))
            if "technology" not in same.text and (kinds := _holders_in(same.text)):
                alike = replace(alike, kinds=kinds)
        elif place := self.take("place"):
            alike = Alike(place.text, "place", place=place.value)
        else:
            kind = self.must("kind")
            self.take("kind")
            if not kind.kinds or not kind.kinds & _HOLDERS:
                raise NotUnderstoodError
            alike = Alike(kind.text, "uses", kind.kinds & _HOLDERS)
        if self.take("as") or (
            share and self.peek("have") and self.tokens[self.at].text == "with" and self.take("have")
        ):
            self.skip()
            others = self.must("part")
            return replace(alike, others=others.ids, named=others.text)
        return alike


def relation_of(
    verb: Token, object_: Select, *, back: bool = False, amount: Amount = SOME, through: bool = False, only: bool = False,
    denied: bool = False, sync: Token | None = None,
) -> Relates:  # fmt: skip
    """Return a relation that a verb says of parts; `back` of those that its object has to them.

    >>> relation_of(Token("verb", "writes", "writes", ids=("write",)), Select("stores")).flows
    frozenset({'writes'})
    """
    if denied:
        amount = SOME if amount is NONE else amount
    reach = verb.value == "reach"
    said = (
        verb.ids[0]
        if verb.ids
        else {
            "publishes": "publish to",
            "consumes": "consume from",
            "writes": "write to",
            "starts": "start after",
        }.get(verb.value, "use")
    )
    flows = frozenset[str]() if reach or verb.sort == "shared" else flows_of(verb.value)
    return Relates(
        said,
        object_,
        flows,
        back,
        through or reach,
        amount,
        only,
        sync=None if sync is None else sync.value == "yes",
    )


def flows_of(value: str) -> frozenset[str]:
    """Return the kinds of flows that the class of a verb or a noun means, none for any.

    >>> flows_of("reads"), flows_of("reach")
    (frozenset({'reads'}), frozenset())
    """
    return frozenset((value,)) if value and value not in ("placed", "reach") else frozenset()


def negated(condition: Condition, denied: bool) -> Condition:
    """Return a condition, or that it doesn't hold.

    >>> from buttress.ask.sets.algebra import Open
    >>> negated(Not(Open()), True)
    Open()
    """
    if not denied:
        return condition
    return condition.condition if isinstance(condition, Not) else Not(condition)


def with_conditions(select: Select, *conditions: Condition) -> Select:
    """Return a selection with more conditions.

    >>> from buttress.ask.sets.algebra import Open
    >>> with_conditions(Select("services"), Open()).conditions
    (Open(),)
    """
    return replace(select, conditions=(*select.conditions, *conditions))


def is_of_flows(condition: Condition, *, both: bool = False) -> bool:
    """Return whether a condition is one on flows: a timeout of a call; with `both`, also one that parts may have as well.

    >>> is_of_flows(Has("timeout")), is_of_flows(Has("backup"))
    (True, False)
    """
    inner = inner_of(condition)
    if not isinstance(inner, Has) or inner.fact not in load().facts:
        return False
    domain = load().facts[inner.fact].domain
    return domain == ("flow",) or (both and "flow" in domain)


def _holders_in(text: str) -> frozenset[str]:
    return family(text.split()[-1].removesuffix("s")) & _HOLDERS
