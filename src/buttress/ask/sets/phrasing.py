"""What a query asks for in words, as it was understood."""

from __future__ import annotations

from dataclasses import replace

from buttress.ask.sets.algebra import (
    Alike,
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
    Within,
)
from buttress.ask.words import in_a_sentence
from buttress.vocabulary import load

_TO = {
    **dict.fromkeys("write publish produce talk connect speak subscribe listen route forward store save emit".split(), "to"),
    **dict.fromkeys(("consume", "read", "fetch"), "from"), **dict.fromkeys(("depend", "rely"), "on"),
    **dict.fromkeys(("communicate", "interact", "integrate"), "with"),
}  # fmt: skip
_DONE = {"write": "written", "read": "read", "speak": "spoken", "hit": "hit", "run": "run"}
_TESTS = {">": "more than", "<": "less than", ">=": "at least", "<=": "at most", "==": "exactly"}


def phrase(select: Select) -> str:
    """Return a selection in words.

    >>> phrase(Select("services", conditions=(Not(Open()), Has("backup"))))
    "services that can't be reached from outside and have backup"
    """
    conditions = " and ".join(words for c in select.conditions if (words := said(c)))
    return f"{select.words} that {conditions}" if conditions else select.words


def said(condition: Condition, *, denied: bool = False) -> str:
    """Return a condition in words, as is said of several.

    >>> from buttress.ask.sets.algebra import Has, Relates, Select
    >>> said(Has("retry"), denied=True), said(Relates("use", Select("redis", ids=("redis",)), back=True))
    ('have no retry', 'are used by redis')
    """
    match condition:
        case Not():
            return said(condition.condition, denied=not denied)
        case Both() | Either():
            joint = " and " if isinstance(condition, Both) != denied else " or "
            return joint.join(said(c, denied=denied) for c in condition.conditions)
        case Has(fact="data_classes"):
            return f"{'do not ' if denied else ''}handle {condition.of} data"
        case Has():
            label = in_a_sentence(load().facts[condition.fact].label)
            return f"have {'no ' if denied else ''}{label}{_number(condition.amount)}"
        case Relates(verb=""):
            return ""  # "of their own", which the noun says already
        case Relates():
            return _related(condition, denied=denied)
        case Within():
            where = (
                " and ".join(condition.places)
                if condition.amount.number > 1
                else " or ".join(condition.places)
            )
            where = where or f"{_number(condition.amount).strip()} {condition.kind}"
            return f"are {'not ' if denied else ''}{'only ' if condition.only else ''}in {where}"
        case Is():
            return f"are {'not ' if denied else ''}{condition.words}"
        case Open():
            return "can't be reached from outside" if denied else "can be reached from outside"
        case Redundant():
            return "run once" if denied else "run more than once"
        case Stops():
            return f"go on when {condition.words} fails" if denied else f"stop when {condition.words} fails"
        case Alike():
            named = f" as {condition.named}" if condition.named else ""
            return (
                f"{'do not ' if denied else ''}have the same {condition.words.removeprefix('same ')}{named}"
            )


def _number(amount: Amount | None) -> str:
    if amount is None or amount == Amount():
        return ""
    if amount == Amount("==", 0):
        return " no"
    number = amount.words or f"{amount.number:g}"
    return f" {number}" if amount.test == "==" else f" {_TESTS[amount.test]} {number}"


def with_preposition(verb: str) -> str:
    """Return a verb with the word that follows it before whom it leads to.

    >>> with_preposition("rely"), with_preposition("use")
    ('rely on', 'use')
    """
    return f"{verb} {_TO.get(verb, '')}".strip()


def participle(verb: str) -> str:
    """Return what is done by a verb.

    >>> participle("use"), participle("rely on"), participle("write to")
    ('used', 'relied on', 'written to')
    """
    first, *more = verb.split()
    done = _DONE.get(first) or (
        f"{first[:-1]}ied" if first.endswith("y") else f"{first}d" if first.endswith("e") else f"{first}ed"
    )
    return " ".join([done, *more])


def _related(relation: Relates, *, denied: bool) -> str:
    verb = with_preposition(relation.verb)
    of = "" if relation.object.kinds is None and not relation.object.ids else f" to {phrase(relation.object)}"
    if relation.verb.rstrip("s") in ("consumer", "caller", "client", "user", "dependent", "reader", "writer", "producer", "publisher",
                                     "subscriber", "dependency", "dependencie"):  # fmt: skip
        return f"have{' no' if denied and not _number(relation.amount) else ' not' if denied else ''}{_number(relation.amount)} {relation.verb}{of}"
    how = "directly or through others " if relation.through else ""
    only = "only " if relation.only else ""
    object_ = _object(relation)
    flow = "".join(f" and {said(c)} there" for c in relation.flow)
    if relation.back:
        return f"are {'not ' if denied else ''}{participle(verb)} {how}{only}by {object_}{flow}"
    return f"{'do not ' if denied else ''}{verb} {how}{only}{object_}{flow}"


def _object(relation: Relates) -> str:
    """Return whom a relation leads to in words: "nothing", "more than two services", "anything that has no backup"."""
    number, object_ = _number(relation.amount).strip(), relation.object
    if object_.kinds is None and not object_.ids:
        anything = "nothing" if number == "no" else "anything"
        if number in ("", "no"):
            return phrase(replace(object_, words=anything))
    return f"{number} {phrase(object_)}".strip()
