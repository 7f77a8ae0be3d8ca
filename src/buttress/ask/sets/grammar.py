"""The grammar of questions for sets: tokens into a query, or nothing where a single word of them has no place in it.

    question  = "which" noun-phrase predicate*  |  "does any" noun-phrase predicate  |  "which" noun-phrase "does" noun-phrase verb
    noun      = adjective* (kind | name) ("that" predicate | "with" property | "in" place | "used by" noun)*
    predicate = ["not"] (verb object | "has" property | "is" adjective | "is in" place) {"and" predicate}

What isn't understood as a whole isn't answered here: half a question answered is a wrong answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from buttress.ask.sets.algebra import (
    NONE,
    SOME,
    Alike,
    Both,
    Condition,
    Not,
    Query,
    Relates,
    Select,
    Within,
    lacks_flows,
)
from buttress.ask.sets.lexer import Token
from buttress.ask.sets.lexicon import kinds_of
from buttress.ask.sets.predicates import Predicates
from buttress.ask.sets.reading import (
    ANYTHING,
    NotUnderstoodError,
    flows_of,
    relation_of,
    with_conditions,
)


def parse(tokens: Sequence[Token]) -> Query | None:
    """Return what a question asks for, None where a word of it isn't understood.

    >>> from buttress.ask.sets.lexer import tokens
    >>> from buttress.model import SystemGraph
    >>> query = parse(tokens("which services use no database?", [], SystemGraph()))
    >>> query.aim, query.select.words, query.select.conditions[0].amount.number
    ('list', 'services', 0)
    >>> parse(tokens("which services use a purple database?", [], SystemGraph())) is None
    True
    """
    try:
        return _Questions(tokens).question()
    except NotUnderstoodError:
        return None


class _Questions(Predicates):
    """Reads whole questions."""

    def question(self) -> Query:
        """Read the whole question."""
        query = self._asked()
        if (
            query.select.kinds is None
            and not query.select.ids
            and any(lacks_flows(c) for c in query.select.conditions)
        ):
            query = replace(
                query, select=replace(query.select, kinds=kinds_of("services"), words="services")
            )  # "who doesn't use it"
        self.skip()
        while self.take("there", "skip", "comma"):
            pass
        if self.at < len(self.tokens):
            raise NotUnderstoodError
        return query

    def _asked(self) -> Query:
        self.skip()
        if self.take("there"):
            self.skip()
            self.take("open")
            return self._listing("whether")
        if self.take("rank"):
            return self._ranked()
        if self.take("count"):
            return self._listing("count")
        if self.take("open"):
            if self.take("not"):
                raise NotUnderstoodError
            return self._listing("list")
        if self.peek("kind", "all") and self.tokens[self.at].text in ("everything", "all"):
            return self._listing("list")
        if self.take("do", "be", "have"):
            return self._whether(self.tokens[self.at - 1])
        raise NotUnderstoodError

    def _ranked(self) -> Query:
        """Read how parts are to be ranked: "rank the services by how many others depend on them"."""
        select = self.noun_phrase()
        self.must("by")
        self.must("count")
        self.skip()
        if self.peek("role"):
            role = self.must("role")
            return Query(
                "most", select, most=Relates("use", ANYTHING, flows_of(role.value), back=bool(role.ids))
            )
        object_ = self.noun_phrase() if self.peek("kind") else ANYTHING
        verb = self.must("verb")
        self.skip()
        if self.peek("word") and self.tokens[self.at].text in ("them", "it"):
            self.at += 1
            return Query("most", select, most=relation_of(verb, object_, back=True))
        raise NotUnderstoodError

    def _listing(self, aim: str) -> Query:
        """Read what is to be listed or counted."""
        self.take("of")
        if self.take("not"):
            raise NotUnderstoodError
        if self.peek("number") and self.peek("kind", ahead=1):
            self.at += 1
        start = self.at
        if place := self.attempt(self._places):
            return place
        self.skip()
        self.take("be")
        self.skip()
        if mostly := self.take("mostly"):
            return Query(
                "most",
                self.noun_phrase(),
                most=Relates("use", ANYTHING, back=True),
                fewest=mostly.value == "fewest",
            )
        self.at = start
        if self.peek("do", "be", "have", "verb", "share", "without", "not", "only", "neither"):
            select, named = replace(ANYTHING, words="parts"), False  # "what runs in ..."
        else:
            if self.peek("most"):
                raise NotUnderstoodError
            select, named = self.noun_phrase(), True
            self.take("comma")
        if not named and (both := self.attempt(self._common)):
            return both
        if not named and (turned := self.attempt(lambda: self._fronted(ANYTHING, aim))):
            return turned
        if named and (turned := self.attempt(lambda: self._fronted(select, aim))):
            return turned
        self.take("there")
        if groups := self.attempt(self._groups):
            return Query("groups", select, groups=groups)
        if self.at == len(self.tokens):
            return Query(aim, select)  # type: ignore[arg-type]
        most = self.attempt(self._most)
        if most is not None:
            return Query("most", select, most=most[0], fewest=most[1])
        conditions = self.predicates(select)
        return Query(aim, with_conditions(select, *conditions, *self._excepted()))  # type: ignore[arg-type]

    def _fronted(self, select: Select, aim: str) -> Query:
        """Read a question for what others do something to: "which stores does nobody write to", "which part do most services use"."""
        self.must("do")
        self.skip()
        most = self.take("most")
        self.skip()
        if (team := self.take("placename")) and team.value == "team":
            owned = self.must("verb")
            if owned.ids[0] not in ("own", "run", "maintain"):
                raise NotUnderstoodError
            return Query(aim, with_conditions(select, Within("team", (team.text,))))  # type: ignore[arg-type]
        if self.take("nobody"):
            subject, amount = ANYTHING, NONE
        elif self.take("no"):
            subject, amount = self.noun_phrase(), NONE
        elif most:
            self.skip()
            subject, amount = self.noun_phrase(), SOME
        else:
            if self.take("all", "both"):
                raise NotUnderstoodError
            amount = self._quantity() or SOME
            subject = self.noun_phrase()
        others = []
        while not most and self.peek("and") and self.peek("part", "skip", ahead=1):
            self.at += 1
            self.skip()
            others.append(self._head())
        self.take("both")
        denied = self.take("not") is not None
        verb = self.must("verb")
        if verb.value == "placed" and verb.ids[0] not in ("run",):
            raise NotUnderstoodError
        self.take("in", "prep")
        if self.at < len(self.tokens) and not self.peek("skip", "comma"):
            raise NotUnderstoodError
        condition: Condition = relation_of(verb, subject, back=True, amount=amount)
        if others:
            condition = Both((condition, *(relation_of(verb, one, back=True) for one in others)))
        if most and isinstance(condition, Relates):
            return Query("most", select, most=condition, fewest=most.value == "fewest")
        return Query(aim, with_conditions(select, Not(condition) if denied else condition))  # type: ignore[arg-type]

    def _common(self) -> Query:
        """Read a question for what parts have in common: "what do A and B have in common"."""
        self.must("do", "have")
        select = self._head(joined=True)
        self.take("have")
        self.must("common")
        return Query("groups", select, groups=Alike("anything", "anything"))

    def _most(self) -> tuple[Relates, bool]:
        """Read who has most of others: "use the most databases", "are used by the most services"."""
        back = False
        if self.take("be"):
            verb = self.must("verb", "shared")
            self.must("by")
            back = True
        elif self.take("have"):
            self.skip()
            most = self.must("most")
            role = self.must("role")
            return Relates("use", ANYTHING, flows_of(role.value), back=bool(role.ids)), most.value == "fewest"
        else:
            verb = self.must("verb")
        self.skip()
        most = self.must("most")
        self.skip()
        object_ = self.noun_phrase() if self.at < len(self.tokens) else ANYTHING
        return relation_of(verb, object_, back=back), most.value == "fewest"

    def _places(self) -> Query:
        """Read a question for places: "which networks are there", "which network is the ledger in"."""
        self.skip()
        kind = self.must("place").value
        self.take("be")
        if self.take("there") or self.at == len(self.tokens):
            return Query("places", ANYTHING, place=kind)
        self.take("do")
        self.skip()
        part = self.must("part")
        self.take("verb")
        self.take("in", "prep")
        self.skip()
        return Query("places", Select(part.text, ids=part.ids), place=kind)

    def _groups(self) -> Alike:
        """Read what several have in common, with nobody named: "share a database", "are in the same network"."""
        alike = self._alike()
        if alike.others or self.at < len(self.tokens):
            raise NotUnderstoodError
        return alike

    def _whether(self, first: Token) -> Query:
        """Read a question for yes or no."""
        self.skip()
        if self.take("all") or self.take("both"):
            self.take("of")
            select = self.noun_phrase()
            if groups := self.attempt(self._groups):
                return Query("groups", select, groups=groups)
            return Query("every", select, tuple(self.predicates(select, after=first)))
        if self.take("open") or (
            self.peek("kind", "number", "compare", "several", "technology") and first.sort != "be"
        ):
            self._quantity()
            select = self.noun_phrase()
            if groups := self.attempt(self._groups):
                return Query("groups", select, groups=groups)
            conditions = self.predicates(select, after=first)
            return Query("whether", with_conditions(select, *conditions, *self._excepted()))
        select = self._head(joined=True)
        if not select.ids or select.conditions:
            raise NotUnderstoodError
        if groups := self.attempt(self._groups) if len(select.ids) > 1 else None:
            return Query("groups", select, groups=groups)
        return Query("every", select, tuple(self.predicates(select, after=first)))
