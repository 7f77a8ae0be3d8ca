"""The form of the tables in which the resources of the providers are described: what a type is, and which attributes say which facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Default = bool | int | str | None
How = Literal["flag", "not", "given", "some", "amount", "text", "word", "contains"]


@dataclass(frozen=True, slots=True)
class Says:
    """Which fact an attribute says.

    `how` reads the value: `flag` and `not` take it as yes or no, `given` asks whether it is there, `some` whether it is a number
    above zero, `amount` takes a number of `unit` (0 denies), `text` the words, `word` looks it up in `words`, `contains` looks for
    each of them in it. `unset` is what the provider does when nothing is written, None when nobody can say; `instead` is that
    value for CloudFormation where it differs. Where one of the attributes `unless` is there, what is left out says nothing.
    """

    fact: str
    path: str
    how: How = "flag"
    unset: Default = None
    instead: Default | Literal["same"] = "same"
    unit: float = 1
    words: Mapping[str, Default] | None = None
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A type of resource.

    As `component`: `kind` and `technology`, `noun` for names that don't say it themselves, `names` the attributes that hold a name,
    `env` the attributes whose references are what it uses, `engine` the attribute that tells its technology.
    As `part`: `of` is the attribute that names the component whose facts it adds to. As `carried`: it belongs to whoever refers to it.
    As `path`: it leads to what it refers to. `links` are flows as (source, target, kind): attributes that name the two ends, nothing for
    the resource itself; kind nothing makes the target belong to the source, `trigger` is what the kinds of the ends make of it, `delivery`
    brings events of the target to the source, `sink` brings logs of the source to the target, and `event` runs the
    source at times or when an event comes. `single`: all resources of the type are one component of that name.
    """

    type: str
    role: Literal["component", "part", "carried", "path", "link"] = "component"
    kind: str = "other"
    technology: str | None = None
    noun: str = ""
    names: str = "name"
    says: tuple[Says, ...] = ()
    env: str = ""
    engine: str = ""
    engines: Mapping[str, str] | None = None
    of: str = ""
    links: tuple[tuple[str, str, str], ...] = ()
    used_as: str = ""  # what a reference to this part is: a subscription is consumed
    runs: bool = False  # it runs the team's own code
    single: str = ""
    counts: bool = False  # `count` says how many instances of one thing there are


def component(
    type_: str, kind: str, technology: str | None, noun: str = "", *says: Says, **more: object
) -> Row:
    """Return the row of a type that is a component."""
    return Row(type_, "component", kind, technology, noun, says=says, **more)  # type: ignore[arg-type]


def runs(type_: str, technology: str, *says: Says, env: str = "", **more: object) -> Row:
    """Return the row of a type that runs the team's own code: a service or worker by its name."""
    return Row(type_, "component", "service", technology, says=says, env=env, runs=True, **more)  # type: ignore[arg-type]


def jobs(type_: str, technology: str, *says: Says, env: str = "", **more: object) -> Row:
    """Return the row of a type that runs the team's own code when it is started, to its end: a worker by its name."""
    return Row(type_, "component", "worker", technology, says=says, env=env, runs=True, **more)  # type: ignore[arg-type]


def part(type_: str, of: str, *says: Says, **more: object) -> Row:
    """Return the row of a type that adds to the component that its attribute `of` names."""
    return Row(type_, "part", of=of, says=says, **more)  # type: ignore[arg-type]


def carried(*types: str, **more: object) -> tuple[Row, ...]:
    """Return the rows of types that belong to whoever refers to them."""
    return tuple(Row(t, "carried", **more) for t in types)  # type: ignore[arg-type]


def path(*types: str) -> tuple[Row, ...]:
    """Return the rows of types that lead to what they refer to."""
    return tuple(Row(t, "path") for t in types)


def link(type_: str, source: str, target: str, flow: str, *says: Says) -> Row:
    """Return the row of a type that is a flow."""
    return Row(type_, "link", links=((source, target, flow),), says=says)


def links(type_: str, *flows: tuple[str, str, str]) -> Row:
    """Return the row of a type that is several flows."""
    return Row(type_, "link", links=flows)


def flag(fact: str, path: str, unset: Default = None, **more: object) -> Says:
    """Return that an attribute says a fact by yes or no."""
    return Says(fact, path, "flag", unset, **more)  # type: ignore[arg-type]


def negated(fact: str, path: str, unset: Default = None, **more: object) -> Says:
    """Return that an attribute says a fact by its opposite; `unset` is what the fact is then."""
    return Says(fact, path, "not", unset, **more)  # type: ignore[arg-type]


def given(fact: str, path: str, unset: Default = None, **more: object) -> Says:
    """Return that an attribute says a fact by being there."""
    return Says(fact, path, "given", unset, **more)  # type: ignore[arg-type]


def some(fact: str, path: str, unset: Default = None, **more: object) -> Says:
    """Return that a number above zero says a fact, and zero denies it."""
    return Says(fact, path, "some", unset, **more)  # type: ignore[arg-type]


def amount(fact: str, path: str, unset: Default = None, unit: float = 1, **more: object) -> Says:
    """Return that an attribute is the value of a fact, times `unit`."""
    return Says(fact, path, "amount", unset, unit=unit, **more)  # type: ignore[arg-type]


def text(fact: str, path: str, **more: object) -> Says:
    """Return that the words of an attribute are the value of a fact."""
    return Says(fact, path, "text", **more)  # type: ignore[arg-type]


def word(fact: str, path: str, unset: Default = None, **words: Default) -> Says:
    """Return that an attribute's word says a fact: `REGIONAL=True`; `rest=` is for any other word, dots and dashes are `_`."""
    return Says(fact, path, "word", unset, words=words)


def contains(fact: str, path: str, **words: Default) -> Says:
    """Return that a text says a fact by what stands in it: a policy by its elements."""
    return Says(fact, path, "contains", words=words)


DAY, HOUR, MINUTE, MB = 86_400, 3_600, 60, 1_048_576
