"""Reading what a question says of parts: what they do, have and are, joined by "and" and "but"."""

from __future__ import annotations

from dataclasses import replace

from buttress.ask.sets.algebra import (
    NONE,
    SOME,
    Amount,
    Both,
    Condition,
    Either,
    Has,
    Is,
    Not,
    Open,
    Redundant,
    Relates,
    Select,
    Stops,
    inner_of,
)
from buttress.ask.sets.lexer import Token
from buttress.ask.sets.nouns import Nouns
from buttress.ask.sets.reading import (
    ANYTHING,
    NotUnderstoodError,
    flows_of,
    is_of_flows,
    negated,
    relation_of,
    with_conditions,
)
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import load

_HOLDERS = STORES | MESSAGING


class Predicates(Nouns):
    """Reads what is said of parts: what they do, have and are."""

    def predicates(self, select: Select, *, after: Token | None = None) -> list[Condition]:
        """Read one or more predicates of parts, joined by "and" and "but"; `after` is the verb that a question begins with."""
        self.skip()
        neither = self.take("neither") is not None
        out = [self._predicate(select, after=after, denied=neither)]
        while True:
            at = self.at
            self.take("comma")
            joint = self.take("and", "or")
            if joint is None:
                self.at = at
                return out
            more = self.attempt(lambda: self._again(select, out[-1], denied=neither, after=after))
            if more is None or (
                select.kinds and select.kinds <= _HOLDERS and isinstance(more, Relates) and not more.back
            ):
                self.at = at  # a store calls nobody: what follows is said of another
                return out
            if joint.sort == "or" and not neither:
                out[-1] = Either((out[-1], more))
            else:
                out.append(more)

    def _again(self, select: Select, last: Condition, *, denied: bool, after: Token | None) -> Condition:
        """Read a predicate after "and", which may leave its verb to the one before: "but not to the ledger", "and no backup"."""
        self.take("that")
        self.skip()
        at = self.at
        no = self.take("not") is not None
        relation = inner_of(last)
        if isinstance(relation, Relates) and not self.peek("do", "be", "have", "verb", "without"):
            self.take("prep", "in", "by")
            object_ = self.attempt(self._object)
            if object_ is not None and not self.peek("verb", "do"):
                return negated(_related(relation, object_), denied or no)
        self.at = at
        if self.peek("no", "fact", "without") or (no and self.peek("fact", ahead=1)):
            return negated(self._having(denied=self.take("without", "not") is not None), denied)
        if not self.peek("do", "be", "have", "verb", "not", "without", "share", "in", "open_to", "redundant"):
            raise NotUnderstoodError
        return self._predicate(
            select, after=after if not self.peek("do", "be", "have", "verb") else None, denied=denied
        )

    def _predicate(self, select: Select, *, after: Token | None = None, denied: bool = False) -> Condition:
        self.skip()
        first = self.take("do") or after
        denied = (self.take("not") is not None) != denied
        self.skip()
        only = self.peek("only") and self.peek("be", ahead=1) and self.take("only") is not None
        if (first is not None and first.sort == "be") or self.take("be"):
            return self._being(denied=denied, only=only)
        if self.take("as_root"):
            return negated(Not(Has("non_root")), denied)
        if (first is not None and first.sort == "have") or self.take("have"):
            return self._having(denied=denied)
        if self.take("without"):
            return self._having(denied=not denied)
        if self.peek("share") and self.peek("part", "technology", ahead=1):
            return negated(relation_of(self.must("share"), self.noun_phrase()), denied)
        if self.peek("share", "alike", "same"):
            return negated(self._alike(), denied)
        through = self.take("through")
        sync = self.take("sync")
        if self.peek("only") and self.peek("verb", ahead=1):
            self.at += 1
            one = self._verb(self.must("verb"), denied=False)
            if not isinstance(one, Relates) or one.amount != SOME:
                raise NotUnderstoodError
            return negated(replace(one, only=True), denied)
        if self.take("survive"):
            at = self.at
            failed = self._several_parts()
            words = " ".join(t.text for t in self.tokens[at : self.at] if t.sort != "skip")
            return negated(Stops(words, failed), not denied)
        if verb := self.take("verb"):
            return self._verb(verb, denied=denied, through=through is not None, sync=sync)
        if self.peek("redundant") and self.tokens[self.at].text.startswith("run"):
            self.at += 1
            return negated(Not(Redundant()), denied)
        raise NotUnderstoodError

    def _verb(
        self, verb: Token, *, denied: bool, through: bool = False, sync: Token | None = None
    ) -> Condition:
        self.skip()
        self.take("comma")
        through = (self.take("through") is not None) or through
        self.take("comma")
        if through and verb.ids and verb.ids[0] in ("depend", "rely"):
            self.take("in")
        self.take("prep")
        if verb.value == "holds":
            return negated(self._data(), denied)
        if verb.ids and verb.ids[0] in ("use", "require", "need"):
            at = self.at
            self.take("neither", "no")
            self.skip()
            if self.peek("fact"):
                self.at = at
                return self._having(denied=denied)
            self.at = at
        if self.peek("same", "alike", "in") and (alike := self.attempt(self._alike)):
            return negated(alike, denied)
        if verb.value == "placed" or self.peek("in"):
            self.take("in", "prep")
            if verb.ids[0] == "run" and self.peek("redundant"):
                return negated(self._redundant(), denied)
            return negated(self._within(), denied)
        only = self.take("only") is not None
        if self.take("nobody"):
            return relation_of(verb, ANYTHING, amount=NONE, denied=denied)
        if self.peek("neither", "both"):
            nor = self.must("neither", "both").sort == "neither"
            parts = self._several(verb)
            return Both(tuple(negated(p, True) if nor else p for p in parts))
        object_, amount = self._object()
        one = relation_of(verb, object_, amount=amount, through=through, only=only, sync=sync)
        if self.peek("through") or (self.peek("comma") and self.peek("through", ahead=1)):
            self.take("comma")
            self.at += 1
            one = replace(one, through=True)
        if self.take("via"):
            self.skip()
            return negated(Either((one, relation_of(verb, self._head()))), denied)
        if self.peek("sync") and sync is None:
            one = replace(one, sync=self.must("sync").value == "yes")
        one = self._with_flow_facts(one)
        if (
            denied
            and self.peek("and", "or")
            and self.peek("part", "technology", ahead=1)
            and not self.peek("verb", "do", "be", "have", ahead=2)
        ):
            self.at += 1
            object_, amount = self._object()
            return Both((negated(one, True), negated(relation_of(verb, object_, amount=amount), True)))
        if self.peek("or") and self.peek("part", "technology", ahead=1):
            self.at += 1
            return negated(Either((one, relation_of(verb, self._object()[0]))), denied)
        return negated(one, denied)

    def _several_parts(self) -> tuple[str, ...]:
        """Read the parts that fail: "the ledger and the cache"."""
        self.skip()
        ids = self.must("part", "technology").ids
        while self.peek("and") and self.peek("part", "technology", "skip", ahead=1):
            self.at += 1
            self.skip()
            ids = (*ids, *self.must("part", "technology").ids)
        self.skip()
        return ids

    def _data(self) -> Condition:
        """Read which data parts handle."""
        self.skip()
        return Has("data_classes", of=self.must("data").value)

    def _several(self, verb: Token) -> list[Relates]:
        """Read objects joined by "and", "or" or "nor"."""
        out = []
        while True:
            self.skip()
            self.take("prep")
            token = self.take("part", "technology")
            select = Select(token.text, ids=token.ids) if token else self.noun_phrase()
            out.append(relation_of(verb, select))
            if not self.take("and", "or"):
                break
        if len(out) < 2:
            raise NotUnderstoodError
        return out

    def _object(self) -> tuple[Select, Amount]:
        """Read whom a relation leads to, and how many of them there are to be."""
        self.skip()
        if self.take("nobody"):
            return ANYTHING, NONE
        if self.take("no"):
            return self.noun_phrase(), NONE
        amount = self._quantity() or SOME
        return self.noun_phrase(), amount

    def _with_flow_facts(self, relation: Relates) -> Relates:
        """Read properties of the flow behind its object: "calls something without a timeout"."""
        while self.peek("have", "without") and self.tokens[self.at].text in (
            "with",
            "without",
            "having",
            "lacking",
        ):
            at = self.at
            found = self.attempt(lambda: self._having(denied=self.must("have", "without").sort == "without"))
            if found is None or not is_of_flows(found, both=bool(relation.object.ids)):
                self.at = at
                break
            relation = replace(relation, flow=(*relation.flow, found))
        return relation

    def _only_within(self) -> Condition:
        """Read from where alone parts can be reached: "only be reached from the back network"."""
        verb = self.must("verb")
        if verb.value != "reach":
            raise NotUnderstoodError
        self.skip()
        return replace(self._within(), only=True)

    def _being(self, *, denied: bool, only: bool = False) -> Condition:
        """Read what follows "is"."""
        self.skip()
        denied = (self.take("not") is not None) != denied
        self.skip()
        alone = self.peek("only") and self.peek("verb", "shared", ahead=1) and self.take("only") is not None
        if only and self.peek("verb"):
            return negated(self._only_within(), denied)
        if self.peek("through") or self.peek("sync"):
            raise NotUnderstoodError
        if self.peek("verb", "shared"):
            verb = self.must("verb", "shared")
            self.take("prep", "in")
            if self.take("by"):
                done = self._done_by(verb)
                if alone and not isinstance(done, Relates):
                    raise NotUnderstoodError
                return negated(
                    replace(done, only=True) if alone and isinstance(done, Relates) else done, denied
                )
            if verb.value == "reach" and self.peek("placename"):
                return negated(self._within(), denied)
            if verb.value == "placed":
                return negated(self._within(), denied)
            if verb.ids and verb.ids[0] == "connect":
                return self._verb(verb, denied=denied)
            if verb.sort == "shared":
                return negated(Relates("use", ANYTHING, back=True, amount=Amount(">=", 2)), denied)
            raise NotUnderstoodError
        if token := self.take("open_to"):
            return negated(Open(), denied != (token.value == "no"))
        if self.take("based"):
            self.skip()
            token = self.must("part", "technology")
            return negated(
                Either(
                    (
                        Is(token.text, ids=token.ids, technology=True),
                        Relates("use", Select(token.text, ids=token.ids)),
                    )
                ),
                denied,
            )
        if self.peek("redundant"):
            return negated(self._redundant(), denied)
        if alike := self.attempt(self._alike):
            return negated(alike, denied)
        if self.take("behind"):
            return negated(Relates("use", self.noun_phrase(), back=True), denied)
        if self.peek("in"):
            self.at += 1
            return negated(self._within(), denied)
        if self.take("only"):
            self.must("in")
            return negated(replace(self._within(), only=True), denied)
        if self.peek("fact"):
            return self._having(denied=denied)
        if token := self.take("technology", "part"):
            return negated(Is(token.text, ids=token.ids, technology=token.sort == "technology"), denied)
        token = self.must("kind")
        return negated(Is(token.text, token.kinds or frozenset()), denied)

    def _redundant(self) -> Condition:
        return Redundant() if self.must("redundant").value == "yes" else Not(Redundant())

    def _done_by(self, verb: Token) -> Condition:
        """Read who does something to parts: "used by nobody", "called by more than one service"."""
        self.skip()
        only = self.take("only") is not None
        if self.peek("both"):
            self.at += 1
            subjects = self._several(verb)
            return Both(tuple(replace(s, back=True) for s in subjects))
        if self.peek("placename") and verb.value == "placed":
            return self._within()
        object_, amount = self._object()
        relation = relation_of(verb, object_, back=True, amount=amount, only=only)
        if verb.sort == "shared":
            relation = replace(relation, verb="use")
        return self._with_flow_facts(relation)

    def _having(self, *, denied: bool) -> Condition:
        """Read what parts have: a property, others who use them, or others that they use."""
        out: list[Condition] = []
        neither = False
        either = False
        while True:
            self.skip()
            neither = (self.take("neither") is not None) or neither
            no = (self.take("no", "not") is not None) or neither
            if self.take("nobody"):
                raise NotUnderstoodError
            self.take("open")
            out.append(negated(self._property(), denied != no))
            more = 2 if self.peek("skip", ahead=1) else 1
            if not (self.peek("and", "or") and self.peek("fact", "no", "role", ahead=more)):
                break
            either = self.must("and", "or").sort == "or" or either
            if self.peek("no") or (self.peek("skip") and self.peek("no", ahead=1)):
                denied = False
        if len(out) == 1:
            return out[0]
        return Either(tuple(out)) if either and not denied and not neither else Both(tuple(out))

    def _property(self) -> Condition:
        amount = self._quantity()
        counted = amount is not None
        self.skip()
        if token := self.take("fact"):
            if amount is None:
                self.take("of")
                amount = self._quantity()
            names = load().facts
            if amount is not None and token.value in names and names[token.value].type == "boolean":
                raise NotUnderstoodError
            return Has(token.value, amount, counted, "CPU" if "cpu" in token.text else "Memory")
        if token := self.take("redundant"):
            if amount is not None:
                raise NotUnderstoodError
            return Redundant() if token.value == "yes" else Not(Redundant())
        if token := self.take("role"):
            of = self.noun_phrase() if self.take("of", "in", "prep") else ANYTHING
            many = amount or SOME
            return Relates(token.text, of, flows_of(token.value), back=bool(token.ids), amount=many)
        own = self.take("own")
        if self.peek("kind", "technology", "part", "open_to"):
            object_ = self.noun_phrase()
            if own or self.take("of_own"):
                alone = Relates("", ANYTHING, back=True, amount=Amount("==", 1))
                object_ = with_conditions(replace(object_, words=f"{object_.words} of their own"), alone)
            return Relates("use", object_, amount=amount or SOME)
        raise NotUnderstoodError


def _related(relation: Relates, read: tuple[Select, Amount]) -> Relates:
    return replace(relation, object=read[0], amount=read[1], flow=(), only=False)
