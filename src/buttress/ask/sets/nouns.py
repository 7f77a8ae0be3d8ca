"""Reading what a question speaks of: a kind or a name, with what narrows it before and after."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial

from buttress.ask.sets.algebra import (
    NONE,
    SOME,
    Condition,
    Is,
    Not,
    Open,
    Redundant,
    Relates,
    Select,
)
from buttress.ask.sets.lexer import Token
from buttress.ask.sets.reading import (
    ANYTHING,
    NotUnderstoodError,
    Reading,
    is_of_flows,
    relation_of,
    with_conditions,
)


class Nouns(Reading, ABC):
    """Reads what is spoken of; what is said of it is read where both are known."""

    @abstractmethod
    def predicates(self, select: Select, *, after: Token | None = None) -> list[Condition]:
        """Read what is said of parts."""

    @abstractmethod
    def _verb(
        self, verb: Token, *, denied: bool, through: bool = False, sync: Token | None = None
    ) -> Condition:
        """Read what follows a verb."""

    @abstractmethod
    def _done_by(self, verb: Token) -> Condition:
        """Read who does something to parts."""

    @abstractmethod
    def _having(self, *, denied: bool) -> Condition:
        """Read what parts have."""

    def noun_phrase(self) -> Select:
        """Read parts: a kind or a name, with what narrows it before and after."""
        before: list[Condition] = []
        while True:
            self.skip()
            if self.peek("all", "both", "open") and self.tokens[self.at].text in (
                "all",
                "every",
                "each",
                "both",
                "any",
            ):
                self.at += 1
            elif self.take("of"):
                continue
            elif token := self.take("open_to"):
                before.append(Open() if token.value == "yes" else Not(Open()))
            elif token := self.take("redundant"):
                before.append(Redundant() if token.value == "yes" else Not(Redundant()))
            elif self.peek("technology") and self.peek("kind", ahead=1):
                token = self.must("technology")
                before.append(Is(token.text, ids=token.ids, technology=True))
            elif self.peek("placename") and self.peek("kind", ahead=1):
                before.append(self._within())
            else:
                break
        return self._narrowed(with_conditions(self._head(), *before))

    def _head(self, *, joined: bool = False) -> Select:
        if token := self.take("kind"):
            words, kinds = _plural(token), token.kinds
            while kinds is not None and self.peek("and", "or") and self.peek("kind", ahead=1):
                joint = self.must("and", "or").text
                token = self.must("kind")
                words, kinds = (
                    f"{words} {joint} {_plural(token)}",
                    None if token.kinds is None else kinds | token.kinds,
                )
            return Select(words, kinds)
        if token := self.take("technology"):
            self.take("kind")
            if not token.ids:
                raise NotUnderstoodError
            return Select(token.text, ids=token.ids)
        if token := self.take("part"):
            words, ids = token.text, token.ids
            while joined and self.peek("and") and self.peek("part", "skip", ahead=1):
                self.at += 1
                self.skip()
                token = self.must("part")
                words, ids = f"{words} and {token.text}", (*ids, *token.ids)
            return Select(words, ids=ids)
        raise NotUnderstoodError

    def _narrowed(self, select: Select) -> Select:
        """Read what narrows parts after their noun."""
        while True:
            if self.peek("that") or (self.peek("open") and self.tokens[self.at].text in ("which", "who")):
                at = self.at
                self.at += 1
                found = self.attempt(partial(self.predicates, select)) or self.attempt(self._done_to)
                if not found:
                    self.at = at
                    raise NotUnderstoodError
                select = with_conditions(select, *found)
            elif self.peek("nobody") and self.peek("verb", ahead=1):
                select = with_conditions(select, *self._done_to())
            elif self.peek("except") and not select.ids:
                select = with_conditions(select, *self._excepted())
            elif self.take("whose"):
                object_ = self.noun_phrase()
                select = with_conditions(
                    select, Relates("use", with_conditions(object_, *self.predicates(object_)))
                )
            elif self.peek("have", "without") and self.tokens[self.at].text in (
                "with",
                "having",
                "without",
                "lacking",
                "missing",
            ):
                if select.ids and not select.conditions:
                    return select  # of who uses it, or how
                start = self.at
                found_one = self.attempt(
                    lambda: self._having(denied=self.must("have", "without").sort == "without")
                )
                if found_one is None or (is_of_flows(found_one) and not select.ids):
                    self.at = start
                    return select
                select = with_conditions(select, found_one)
            elif self.peek("in", "of") and self.peek(
                "placename", "place", "skip", "all", "number", "compare", ahead=1
            ):
                start = self.at
                self.at += 1
                within = self.attempt(self._within)
                if within is None:
                    self.at = start
                    return select
                select = with_conditions(select, within)
            elif self.peek("verb", "shared") and self.peek("by", ahead=1):
                verb = self.must("verb", "shared")
                self.at += 1
                select = with_conditions(select, self._done_by(verb))
            elif self.peek("verb") and self.tokens[self.at].text.endswith("ing"):
                select = with_conditions(select, self._verb(self.must("verb"), denied=False))
            elif self.peek("of") and self.peek("part", ahead=1) and not select.ids:
                self.at += 1
                part = self.must("part")
                select = with_conditions(select, Relates("use", Select(part.text, ids=part.ids), back=True))
            elif self.take("behind"):
                object_ = self.noun_phrase()
                select = with_conditions(select, Relates("use", object_, back=True))
            elif self.peek("open_to") and self.tokens[self.at].value == "yes":
                self.at += 1
                select = with_conditions(select, Open())
            else:
                return select

    def _done_to(self) -> list[Condition]:
        """Read what others do to parts: "that nobody uses", "that the storefront calls"."""
        if self.take("nobody"):
            subject, amount = ANYTHING, NONE
        else:
            amount = NONE if self.take("no") else SOME
            subject = self._head()
        self.take("do")
        return [relation_of(self.must("verb"), subject, back=True, amount=amount)]

    def _excepted(self) -> list[Condition]:
        """Read the parts that are left out: "apart from orders and payments"."""
        out: list[Condition] = []
        while self.take("except") or (
            out and self.peek("and", "or", "comma") and self.peek("part", "technology", "skip", ahead=1)
        ):
            self.take("and", "or", "comma")
            self.skip()
            part = self.must("part", "technology")
            out.append(Not(Is(part.text, ids=part.ids)))
        return out


def _plural(token: Token) -> str:
    word = "parts" if token.kinds is None else token.text
    return word if word.endswith("s") else f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
