"""The entries of the vocabulary: kinds, fact types, technologies, topics and places where they occur in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FactValue = str | int | float | bool
Role = Literal["server", "hosted", "framework", "library", "tool"]


# What providers run for their customers, whichever engine these choose.
ANY_ENGINE = frozenset(
    (
        "amazon-rds",
        "aurora",
        "cloud-sql",
        "elasticache",
        "memorystore",
        "azure-cache-redis",
        "amazon-mq",
        "azure-sql",
    )
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of component, flow or boundary.

    `parents` are the ids and `classes` the class names of everything that it is a kind of, nearest first, `component`, `flow`
    or `boundary` last. An `abstract` kind groups others and is never the kind of a component itself.
    """

    id: str
    label: str
    class_name: str
    definition: str
    abstract: bool = False
    parents: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactType:
    """A name of facts, with the type and unit of its value and the formats that deny it by leaving it out."""

    name: str
    label: str
    definition: str
    type: str  # boolean, integer, number, duration_s, text or list
    unit: str = ""
    domain: tuple[str, ...] = ()
    complete_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Technology:
    """Something that components are made of or talk to, with the names by which it is recognised.

    `aliases` hold in any case, `exact` only in that spelling; the labels of an `ambiguous` technology are ordinary words
    and hold only in theirs. `known` are facts that hold by nature. `broader` are the ids of what it is a sort of.
    """

    id: str
    label: str
    kind: str
    role: Role = "server"
    ambiguous: bool = False
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    broader: tuple[str, ...] = ()
    known: tuple[tuple[str, FactValue], ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of architecture reviews, with the phrases that treat it and the question to ask when none occurs."""

    id: str
    label: str
    area: str
    definition: str
    core: bool = False
    phrases: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A technology or topic `id` that is named at `text[start:end]`."""

    start: int
    end: int
    id: str
