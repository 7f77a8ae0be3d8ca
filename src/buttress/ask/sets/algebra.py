"""What questions for sets are made of: a selection of parts, conditions on each of them, and what is asked of those that remain."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from buttress.model import SystemGraph

_TESTS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """A number to compare with: "more than two", "no"."""

    test: str = ">="
    number: float = 1
    words: str = field(default="", compare=False)  # as the question has it, with its unit

    def holds(self, value: float) -> bool:
        """Return whether a number is as wanted.

        >>> Amount(">", 2).holds(2), Amount("==", 0).holds(0)
        (False, True)
        """
        return _TESTS[self.test](value, self.number)


# What is looked for in code and settings, whatever kind of part has it.
_ASKED_ANYWHERE = ("secrets_in_plaintext", "secrets_by_default", "image_tag_pinned")
SOME = Amount()
NONE = Amount("==", 0)


@dataclass(frozen=True, slots=True)
class Select:
    """Parts of the system: those named by `ids`, or all of some kinds (None: of any), of which all conditions hold."""

    words: str
    kinds: frozenset[str] | None = None
    ids: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Has:
    """A part, or a flow, has a fact; with an amount, its value is so, or, `counted`, how many it has of it; `of` is memory or CPU, or a class of data."""

    fact: str
    amount: Amount | None = None
    counted: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Relates:
    """A part has flows of some kinds (none: of any) to so many of others; `back`: they have to it; `through`: also by way of others.

    With `only`, it has none to others than these. `flow` are conditions on the flows themselves.
    """

    verb: str
    object: Select
    flows: frozenset[str] = frozenset()
    back: bool = False
    through: bool = False
    amount: Amount = SOME
    only: bool = False
    flow: tuple[Condition, ...] = ()
    sync: bool | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """A part lies in a network, zone, team or other place: one of those named, or so many of a kind."""

    kind: str
    places: tuple[str, ...] = ()
    amount: Amount = SOME
    only: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    """A part is one of those named, of a kind, or of a technology (`ids` are the parts that are)."""

    words: str
    kinds: frozenset[str] = frozenset()
    ids: tuple[str, ...] = ()
    technology: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A part can be reached from outside."""


@dataclass(frozen=True, slots=True)
class Redundant:
    """A part runs more than once, or a provider sees to it."""


@dataclass(frozen=True, slots=True)
class Stops:
    """A part stops working when all of some others fail at once."""

    words: str
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A part has something in common with others: parts of a kind that it uses, places, or its technology or owner.

    `others` are the ids of the others, none for any.
    """

    words: str
    what: Literal["uses", "place", "technology", "owner", "image", "anything"]
    kinds: frozenset[str] = frozenset()  # of what is used
    place: str = ""
    others: tuple[str, ...] = ()
    named: str = ""  # what the others are called in the question


@dataclass(frozen=True, slots=True)
class Not:
    """A condition doesn't hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Either:
    """One of several conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """All of several conditions hold."""

    conditions: tuple[Condition, ...]


Condition = Has | Relates | Within | Is | Open | Redundant | Stops | Alike | Not | Either | Both


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: which or how many parts remain of a selection, whether any does, or whether `checked` holds for all of it.

    `most` ranks them by how many others a relation leads to; `groups` asks for those that have something in common, `places` for
    the places of a kind, with the parts in them.
    """

    aim: Literal["list", "count", "whether", "every", "most", "groups", "places"]
    select: Select
    checked: tuple[Condition, ...] = ()
    most: Relates | None = None
    fewest: bool = False
    groups: Alike | None = None
    place: str = ""


def is_composed(query: Query) -> bool:
    """Return whether a query asks for more than a list of a kind, the neighbours of a part, or one property of all.

    >>> is_composed(Query("list", Select("services", conditions=(Has("backup"),))))
    False
    """
    select = query.select
    if query.aim != "count" and select.conditions and all(isinstance(c, Open) for c in select.conditions):
        return False
    if query.aim == "count" and select.conditions:
        return not all(isinstance(c, Relates) and _is_plain(c, select) for c in select.conditions)
    if query.aim in ("most", "groups", "places") or len(select.conditions) + len(query.checked) > 1:
        return True
    return any(not _is_plain(c, select) for c in (*select.conditions, *query.checked))


def _is_plain(condition: Condition, select: Select) -> bool:
    of_named = bool(select.ids)
    inner = inner_of(condition)
    if isinstance(inner, Has):
        which = select.kinds is None or of_named or inner.fact in _ASKED_ANYWHERE
        return which and inner.amount is None and not inner.of.islower()
    if isinstance(inner, Relates):
        if inner.verb == "reach" or (inner.through and of_named):
            return bool(inner.object.ids)
        plain = (
            inner.amount == SOME
            and inner.sync is None
            and not (inner.only or inner.through or inner.flow or "starts" in inner.flows)
        )
        anything = of_named and inner.object.kinds is None
        named = bool(inner.object.ids) and (of_named or condition is inner)
        return plain and (named or anything) and not inner.object.conditions
    if isinstance(inner, Stops):
        return of_named
    return (isinstance(inner, Open) and inner is condition) or (
        isinstance(inner, Is) and select.kinds is None
    )


def inner_of(condition: Condition) -> Condition:
    """Return what a condition says, or denies.

    >>> inner_of(Not(Open())), inner_of(Open())
    (Open(), Open())
    """
    return condition.condition if isinstance(condition, Not) else condition


def are_there(query: Query, graph: SystemGraph) -> bool:
    """Return whether a graph has parts of all kinds that a query speaks of; of others nothing can be said.

    >>> are_there(Query("list", Select("queues", frozenset(("message_broker",)))), SystemGraph())
    False
    """
    kinds = {c.kind for c in graph.components}
    ranked = (query.most.object,) if query.most else ()
    return all(
        s.kinds is None or s.kinds & kinds for s in _selections((query.select, *ranked), query.checked)
    )


def _selections(selects: Iterable[Select], conditions: Iterable[Condition]) -> Iterator[Select]:
    """Yield selections, and those within their conditions."""
    todo: list[Select | Condition] = [*selects, *conditions]
    while todo:
        one = todo.pop()
        match one:
            case Select():
                yield one
                todo += one.conditions
            case Relates():
                todo.append(one.object)
            case Not():
                todo.append(one.condition)
            case Both() | Either():
                todo += one.conditions


def lacks_flows(condition: Condition, *, back: bool = False) -> bool:
    """Return whether a condition asks for flows that aren't there, from a part or, with `back`, to it as well.

    >>> lacks_flows(Not(Relates("use", Select("redis")))), lacks_flows(Relates("use", Select("redis")))
    (True, False)
    """
    inner = inner_of(condition)
    if isinstance(inner, Both | Either):
        return any(lacks_flows(c, back=back) for c in inner.conditions)
    return (
        isinstance(inner, Relates)
        and (back or not inner.back)
        and (inner is not condition) != (inner.amount == NONE)
    )
