"""Values within templates, each with the places that it was written at, and text that knows where its lines come from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import NamedTuple

from buttress.evidence.lines import Node

MAX_LINES = 20_000
MAX_PARTS = 20_000
_PLAIN = re.compile(r"[A-Za-z_./][\w./ @+-]*[\w./@+-]|[A-Za-z_./]")
_WORDS = frozenset("true false yes no on off null ~ y n".split())
# What stands for a value that nobody knows: to the readers of manifests it is a variable.
STAND_IN = "$unknown"


class Open(Enum):
    """A value that can't be worked out from the chart alone."""

    UNKNOWN = "unknown"


UNKNOWN = Open.UNKNOWN


class Place(NamedTuple):
    """Where a value is written: a file, a line of it, and the key there."""

    path: str
    line: int
    key: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of one line of output, with the line of the template that made it and the places of the values in it."""

    text: str
    path: str
    line: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Rich:
    """Text whose parts know where they come from; a segment ends at most with one line break."""

    segments: tuple[Segment, ...]

    def __str__(self) -> str:
        """Return the text."""
        return "".join(s.text for s in self.segments)


Plain = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class Data:
    """A value in a template: plain, a list, a mapping, text with places, or unknown; and the places that it was written at."""

    value: Plain | Rich | Open | list[Data] | dict[str, Data]
    places: tuple[Place, ...] = ()

    def get(self, key: str) -> Data:
        """Return what a mapping holds under a key, nothing (nil) for all others, unknown for what is unknown.

        >>> Data({"a": Data(1)}).get("a").value, Data(None).get("a").value
        (1, None)
        """
        if self.value is UNKNOWN:
            return self
        return self.value.get(key, NIL) if isinstance(self.value, dict) else NIL

    @property
    def empty(self) -> bool:
        """Return whether Go's templates take the value for false."""
        if isinstance(self.value, Rich):
            return not str(self.value)
        return self.value is not UNKNOWN and not self.value

    @property
    def text(self) -> str:
        """Return the value as Go prints it."""
        value = self.value
        if value is UNKNOWN:
            return STAND_IN
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None:
            return ""
        if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
            return str(int(value))
        if isinstance(value, list | dict) and is_vast(self):
            return STAND_IN
        if isinstance(value, list):
            return "[" + " ".join(d.text for d in value) + "]"
        if isinstance(value, dict):
            return "map[" + " ".join(f"{k}:{d.text}" for k, d in sorted(value.items())) + "]"
        return str(value)


def is_vast(data: Data) -> bool:
    """Return whether a value has more parts than charts have, counted as often as they are reached: some are nested in themselves."""
    waiting, count = [data], 0
    while waiting and count < MAX_PARTS:
        count += 1
        value = waiting.pop().value
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return bool(waiting)


NIL = Data(None)
LOST = Data(UNKNOWN)


def data_of(node: Node, key: str = "") -> Data:
    """Return the values of a YAML node, each with its line."""
    place = (Place(node.source.path, node.key_line, key, node.raw),)
    if isinstance(node.value, dict):
        return Data({k: data_of(n, k) for k, n in node.value.items()}, place)
    if isinstance(node.value, list):
        return Data([data_of(n, key) for n in node.value], place)
    return Data(node.value, place)


def merged(base: Data, over: Data) -> Data:
    """Return values with others laid over them, mappings joined key by key, as Helm does.

    >>> merged(Data({"a": Data(1), "b": Data(2)}), Data({"b": Data(3)})).get("b").value
    3
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    out = dict(base.value)
    for key, value in over.value.items():
        out[key] = merged(out[key], value) if key in out else value
    return Data(
        {k: v for k, v in out.items() if k not in over.value or over.value[k].value is not None}, base.places
    )


def yaml_of(data: Data, path: str, line: int) -> Rich:
    r"""Return a value as YAML; each line knows where its value is written, `path` and `line` where that is nowhere.

    >>> str(yaml_of(Data({"a": Data([Data(1), Data("x: y")])}), "t.yaml", 1))
    'a:\n- 1\n- "x: y"'
    """
    lines = list(islice(_lines(data, 0), MAX_LINES)) if not is_vast(data) else [(STAND_IN, ())]
    segments = []
    for n, (text, places) in enumerate(lines):
        end = "" if n == len(lines) - 1 else "\n"
        own = places[0] if places else None
        segments.append(
            Segment(text + end, own.path if own else path, own.line if own else line, () if own else places)
        )
    return Rich(tuple(segments))


def _lines(data: Data, depth: int) -> Iterable[tuple[str, tuple[Place, ...]]]:
    pad = " " * depth
    value = data.value
    if isinstance(value, dict) and value:
        for key, child in sorted(value.items()):
            head = f"{pad}{_scalar(key)}:"
            if isinstance(child.value, dict) and child.value:
                yield head, child.places
                yield from _lines(child, depth + 2)
            elif isinstance(child.value, list) and child.value:
                yield head, child.places
                yield from _lines(child, depth)
            else:
                yield f"{head} {_leaf(child)}", child.places
    elif isinstance(value, list) and value:
        for child in value:
            if isinstance(child.value, dict | list) and child.value:
                for n, (text, places) in enumerate(_lines(child, depth + 2)):
                    yield (f"{pad}- {text[depth + 2 :]}" if n == 0 else text), places
            else:
                yield f"{pad}- {_leaf(child)}", child.places
    else:
        yield f"{pad}{_leaf(data)}", data.places


def _leaf(data: Data) -> str:
    if isinstance(data.value, dict):
        return "{}"
    if isinstance(data.value, list):
        return "[]"
    if data.value is None:
        return "null"
    if isinstance(data.value, str | Rich):
        return _scalar(str(data.value))
    return data.text


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def json_of(data: Data) -> str:
    """Return a value as JSON; what is unknown stands in as a text.

    >>> json_of(Data([Data("a"), Data(True)]))
    '["a", true]'
    """
    if isinstance(data.value, dict | list) and is_vast(data):
        return json.dumps(STAND_IN)
    if isinstance(data.value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {json_of(d)}" for k, d in sorted(data.value.items())) + "}"
    if isinstance(data.value, list):
        return "[" + ", ".join(map(json_of, data.value)) + "]"
    if isinstance(data.value, bool | int | float) or data.value is None:
        return json.dumps(data.value)
    return json.dumps(data.text, ensure_ascii=False)
