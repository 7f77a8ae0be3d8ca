"""Values of infrastructure code with their places: literals, what is known only when it is deployed, and references to resources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from buttress.evidence.secrets import without_secret
from buttress.evidence.secrets.lines import names_secret
from buttress.model import Evidence, Source

MAX_SIZE = 20_000
MAX_TEXT = 100_000
HOLE = "${}"  # what stands in a text for a part that isn't known; `${name}` for one that is the same wherever it stands
_HOLES = re.compile(r"\$\{[^{}]*\}")

_NAME = re.compile(r"\bname[\"']?\s{0,9}[:=]\s{0,9}[\"']?([\w.-]{1,80})", re.IGNORECASE)
_KEY = re.compile(r"[-\s]*[\"']?([\w.-]{1,80})[\"']?\s{0,9}[:=]")


class Unknown:
    """What only a deployment decides: an input without a value, a resource's id, a function that isn't worked out."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Scalar = str | int | float | bool | None
Data = Scalar | Unknown | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a source; `words` are what is meant on it, where a line is too long to be shown whole."""

    source: Source
    line: int
    words: str = ""

    def evidence(self) -> Evidence:
        r"""Return the line as it stands; only the key, or what stands before, of one that may hold a secret.

        >>> text = 'password = "hunter2"\n{ name = "API_KEY", value = "abc" }\npassword = var.password\nurl = "amqp://u:pw@mq"'
        >>> [Place(Source("a.tf", text), n).evidence().quote for n in (1, 2, 3, 4)]
        ['password', 'API_KEY', 'password = var.password', 'url = "amqp://u:']
        """
        lines = _lines(self.source.text)
        at = self.line - self.source.first_line
        written = self.words or (lines[at].strip()[:1000] if 0 <= at < len(lines) else "")
        named = next((n for n in _NAME.findall(written) if names_secret(n)), "")
        shown = without_secret(written, quoted=self.source.path.endswith((".tf", ".hcl")))
        if not named and shown != written:
            key = _KEY.match(written)
            named = key[1] if key is not None and names_secret(key[1]) else shown
        written = named or shown
        return Evidence(self.source.path, self.line, self.line, written[:200].strip(), "config")


@lru_cache(maxsize=16)
def _lines(text: str) -> list[str]:
    return text.split("\n")


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a resource by its address, and to one of its attributes."""

    address: str
    attribute: str = ""


@dataclass(slots=True)
class Value:
    """A value, the lines that say it (the one that uses it first), and the resources that it is made of.

    `text` is a text whose unknown parts are `${}`; `data` is UNKNOWN then. The elements of lists and mappings have their own
    places and references.
    """

    data: Data
    places: tuple[Place, ...] = ()
    refs: tuple[Ref, ...] = ()
    text: str = ""
    size: int = field(default=1)

    def __post_init__(self) -> None:
        """Count what it holds; what is too large isn't known."""
        if isinstance(self.data, list):
            self.size = 1 + sum(v.size for v in self.data)
        elif isinstance(self.data, dict):
            self.size = 1 + sum(v.size for v in self.data.values())
        elif isinstance(self.data, str) and len(self.data) > MAX_TEXT:
            self.data = UNKNOWN
        if self.size > MAX_SIZE:
            self.data, self.size = UNKNOWN, 1

    @property
    def known(self) -> bool:
        """Whether it is a literal, a list or a mapping."""
        return self.data is not UNKNOWN

    def get(self, path: str) -> Value | None:
        """Return the value under a path, None when nothing stands there; `a|b` tries one path after the other.

        Keys agree however they are spelled (`multi_az`, `MultiAZ`). Of a list the first element is meant. A null is nothing.

        >>> Value({"A": Value([Value({"MultiAZ": Value(True)})])}).get("b|a.multi_az").data
        True
        """
        for one in path.split("|"):
            node: Value | None = self
            for key in one.split("."):
                node = node._child(key) if node is not None else None
                if node is None:
                    break
                if not node.known:
                    return node
            if node is not None and node.data is not None:
                return node
        return None

    def _child(self, key: str) -> Value | None:
        data = self.data
        while isinstance(data, list):
            if not data:
                return None
            data = data[0].data
        if data is UNKNOWN:
            return self
        if not isinstance(data, dict):
            return None
        found = data.get(key)
        return found if found is not None else next((v for k, v in data.items() if same_key(k, key)), None)

    def each(self, path: str = "") -> Iterator[Value]:
        """Yield what stands under a path, the elements of lists on the way and at its end one by one.

        >>> body = Value({"rule": Value([Value({"to": Value("a")}), Value({"to": Value("b")})])})
        >>> [v.data for v in body.each("rule.to")]
        ['a', 'b']
        """
        seen: set[int] = set()
        for one in path.split("|"):
            todo = [self]
            for key in [*one.split("."), ""] if one else [""]:
                todo = [x for v in todo for x in _flat(v)]
                if key:
                    todo = [c for v in todo if (c := v._child(key)) is not None and c.data is not None]
            for found in todo:
                if id(found) not in seen:
                    seen.add(id(found))
                    yield found

    def walk(self, key: str = "") -> Iterator[tuple[str, Value]]:
        """Yield every value below that is no list and no mapping, with the nearest key above it."""
        todo = [(key, self)]
        while todo:
            name, node = todo.pop()
            if node.refs or not isinstance(node.data, list | dict):
                yield name, node
            if isinstance(node.data, dict):
                todo.extend(reversed(node.data.items()))
            elif isinstance(node.data, list):
                todo.extend((name, n) for n in reversed(node.data))

    def all_refs(self) -> Iterator[tuple[Ref, Value]]:
        """Yield every reference at or below this value, with the value that holds it."""
        for _, node in self.walk():
            for ref in node.refs:
                yield ref, node

    def evidence(self) -> tuple[Evidence, ...]:
        """Return the lines that say this value, at most three."""
        return tuple(dict.fromkeys(p.evidence() for p in self.places[:3]))

    def keys(self, otherwise: Place) -> tuple[Evidence, ...]:
        r"""Return the lines that say this value by their keys only, for a value that is a secret; `otherwise` where none has one.

        >>> source = Source("a.tf", 'variable "db" {\n  default = "hunter2"\n}')
        >>> [e.quote for e in Value("hunter2", (Place(source, 2),)).keys(Place(source, 1))]
        ['default']
        """
        secret = self.words()
        out: dict[Evidence, None] = {}
        for place in self.places[:3]:
            shown = place.evidence()
            key = re.split(r"[=:(]", shown.quote, maxsplit=1)[0].strip(" \t-{}[]\"',")
            if key and secret not in key and key not in secret:
                out[replace(shown, quote=key)] = None
        return tuple(out) or (otherwise.evidence(),)

    def words(self) -> str:
        """Return it as text: a literal, or a text with holes where parts aren't known; empty for lists and mappings."""
        if isinstance(self.data, str):
            return self.data
        if isinstance(self.data, bool):
            return "true" if self.data else "false"
        if isinstance(self.data, int):
            return str(self.data)
        return f"{self.data:g}" if isinstance(self.data, float) else self.text


def _flat(value: Value) -> list[Value]:
    if not isinstance(value.data, list):
        return [value]
    return [x for v in value.data for x in _flat(v)]


@lru_cache(maxsize=4096)
def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def without_holes(text: str) -> str:
    """Return a text with its unknown parts replaced by spaces.

    >>> without_holes("${var.stage}-orders")
    ' -orders'
    """
    return _HOLES.sub(" ", text)


def same_key(first: str, second: str) -> bool:
    """Return whether two keys are one, however they are spelled.

    >>> same_key("MultiAZ", "multi_az")
    True
    """
    return _plain(first) == _plain(second)


@dataclass(slots=True)
class Resource:
    """One resource: its type as Terraform calls it, its unique address, the name that the code gives it, and its attributes.

    `modules` are the names of the module calls around it, outermost first. `count` is how many there are, None when unknown.
    `strict` says that what is left out has the provider's default; a third party's module has defaults of its own.
    """

    type: str
    address: str
    label: str
    body: Value
    place: Place
    modules: tuple[str, ...] = ()
    count: int | None = 1
    strict: bool = True
    dialect: str = "terraform"
    region: Value | None = None
    group: str = ""  # what is deployed together: a root module, a template

    def get(self, path: str) -> Value | None:
        """Return the attribute under a path (see `Value.get`)."""
        return self.body.get(path)

    def here(self) -> Evidence:
        """Return the line that declares it."""
        return self.place.evidence()
