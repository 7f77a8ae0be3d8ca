"""The functions that charts use most, worked out without running anything. What isn't here is unknown, and so is what it gives."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from buttress.readers.helm.data import (
    LOST,
    NIL,
    STAND_IN,
    UNKNOWN,
    Data,
    Place,
    Rich,
    Segment,
    is_vast,
    json_of,
)

MAX_TEXT = 2_000_000
MAX_ITEMS = 10_000
# The cluster that is assumed: a recent one, with what every cluster has.
KUBERNETES_VERSION = "v1.31.0"
Function = Callable[[Sequence[Data]], Data]


def places_of(args: Iterable[Data]) -> tuple[Place, ...]:
    """Return the places of some values, each once, at most four."""
    return tuple(islice(dict.fromkeys(p for a in args for p in a.places), 4))


def _of_texts(work: Callable[..., str | int | bool]) -> Function:
    """Return a function of texts: unknown when one of them is, else with the places of all."""

    def run(args: Sequence[Data]) -> Data:
        if any(a.value is UNKNOWN for a in args):
            return LOST
        try:
            return Data(work(*(a.text for a in args)), places_of(args))
        except (TypeError, ValueError, IndexError, OverflowError):
            return LOST

    return run


def _of_numbers(work: Callable[..., float]) -> Function:
    def run(args: Sequence[Data]) -> Data:
        try:
            numbers = [float(a.text or 0) for a in args]
            result = work(*numbers)
            return Data(int(result) if result == int(result) else result, places_of(args))
        except (TypeError, ValueError, ZeroDivisionError, OverflowError):
            return LOST

    return run


def _default(args: Sequence[Data]) -> Data:
    if len(args) != 2 or args[1].value is UNKNOWN:
        return LOST
    return args[0] if args[1].empty else args[1]


def _coalesce(args: Sequence[Data]) -> Data:
    return next((a for a in args if not a.empty), NIL)


def _and(args: Sequence[Data]) -> Data:
    lost = next((a for a in args if a.value is UNKNOWN), None)
    return next((a for a in args if a.empty), lost or (args[-1] if args else NIL))


def _or(args: Sequence[Data]) -> Data:
    return next((a for a in args if not a.empty), args[-1] if args else NIL)


def _not(args: Sequence[Data]) -> Data:
    return LOST if args[0].value is UNKNOWN else Data(args[0].empty)


def _eq(args: Sequence[Data]) -> Data:
    if any(a.value is UNKNOWN for a in args):
        return LOST
    return Data(any(_same(args[0], other) for other in args[1:]))


def _same(first: Data, second: Data) -> bool:
    if isinstance(first.value, list | dict) or isinstance(second.value, list | dict):
        return json_of(first) == json_of(second)
    if isinstance(first.value, bool) != isinstance(second.value, bool):
        return False
    return first.text == second.text


def _ne(args: Sequence[Data]) -> Data:
    found = _eq(args)
    return found if found.value is UNKNOWN else Data(not found.value)


def _compare(holds: Callable[[float, float], bool]) -> Function:
    def run(args: Sequence[Data]) -> Data:
        try:
            return Data(holds(float(args[0].text), float(args[1].text)))
        except (ValueError, IndexError):
            return LOST

    return run


def _has_key(args: Sequence[Data]) -> Data:
    if args[0].value is UNKNOWN:
        return LOST
    return Data(isinstance(args[0].value, dict) and args[1].text in args[0].value)


def _index(args: Sequence[Data]) -> Data:
    found = args[0]
    for key in args[1:]:
        if found.value is UNKNOWN or key.value is UNKNOWN:
            return LOST
        if isinstance(found.value, list):
            at = int(key.text) if key.text.isdecimal() else -1
            found = found.value[at] if 0 <= at < len(found.value) else NIL
        else:
            found = found.get(key.text)
    return found


def _dig(args: Sequence[Data]) -> Data:
    found = args[-1]
    for key in args[:-2]:
        found = found.get(key.text)
    return args[-2] if found.value is None else found


def _printf(args: Sequence[Data]) -> Data:
    rest = list(args[1:])

    def given(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        one = rest.pop(0) if rest else NIL
        return f'"{one.text}"' if found[0].endswith("q") else one.text

    text = re.sub(r"%(?:%|[+#-]?[\d.]*[a-zA-Z])", given, args[0].text)
    return Data(text[:MAX_TEXT], places_of(args))


def _quote(mark: str) -> Function:
    def run(args: Sequence[Data]) -> Data:
        inner = " ".join(
            mark + a.text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark
            if mark == '"'
            else mark + a.text.replace(mark, mark * 2) + mark
            for a in args
            if a.value is not None
        )
        inner = inner.replace("\n", "\\n") if mark == '"' else inner
        return Data(inner[:MAX_TEXT], places_of(args))

    return run


def _indent(args: Sequence[Data], *, above: bool = False) -> Data:
    if len(args) != 2 or args[1].value is UNKNOWN:
        return LOST
    depth = min(int(args[0].text), 100) if args[0].text.isdecimal() else 0
    rich = args[1].value
    if not isinstance(rich, Rich):
        text = "\n".join(" " * depth + line for line in args[1].text.split("\n"))[:MAX_TEXT]
        return Data(("\n" if above else "") + text, args[1].places)
    out: list[Segment] = []
    first = rich.segments[0] if rich.segments else None
    if above and first is not None:
        out.append(Segment("\n", first.path, first.line))
    start = True
    for segment in rich.segments:
        text = " " * depth + segment.text if start else segment.text
        out.append(Segment(text, segment.path, segment.line, segment.places))
        start = segment.text.endswith("\n")
    return Data(Rich(tuple(out)), args[1].places)


def _trim(args: Sequence[Data]) -> Data:
    rich = args[0].value
    if not isinstance(rich, Rich):
        return _of_texts(lambda t: t.strip())(args)
    segments = list(rich.segments)
    while segments and not segments[0].text.strip():
        segments.pop(0)
    while segments and not segments[-1].text.strip():
        segments.pop()
    if segments:
        first, last = segments[0], segments[-1]
        segments[0] = Segment(first.text.lstrip(), first.path, first.line, first.places)
        last = segments[-1]
        segments[-1] = Segment(last.text.rstrip(), last.path, last.line, last.places)
    return Data(Rich(tuple(segments)), args[0].places)


def _merge(args: Sequence[Data]) -> Data:
    if any(a.value is UNKNOWN or is_vast(a) for a in args):
        return LOST
    out: dict[str, Data] = {}
    for one in reversed(args):
        if isinstance(one.value, dict):
            out = _over(out, one.value)
    return Data(out, args[0].places if args else ())


def _over(base: dict[str, Data], over: dict[str, Data]) -> dict[str, Data]:
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        if old is not None and isinstance(old.value, dict) and isinstance(value.value, dict):
            value = Data(_over(old.value, value.value), value.places)
        out[key] = value
    return out


def _dict(args: Sequence[Data]) -> Data:
    return Data({k.text: v for k, v in zip(args[::2], args[1::2], strict=False)})


def _pick(args: Sequence[Data], *, kept: bool) -> Data:
    keys = {a.text for a in args[1:]}
    if not isinstance(args[0].value, dict):
        return args[0]
    return Data({k: v for k, v in args[0].value.items() if (k in keys) == kept}, args[0].places)


def _has(args: Sequence[Data]) -> Data:
    if args[1].value is UNKNOWN or args[0].value is UNKNOWN:
        return LOST
    return Data(isinstance(args[1].value, list) and any(_same(args[0], d) for d in args[1].value))


def _join(args: Sequence[Data]) -> Data:
    items = args[1].value
    if not isinstance(items, list):
        return LOST if items is UNKNOWN else Data(args[1].text, args[1].places)
    return Data(args[0].text.join(d.text for d in items)[:MAX_TEXT], places_of(items))


def _items(args: Sequence[Data], *, keys: bool) -> Data:
    if not isinstance(args[0].value, dict):
        return LOST if args[0].value is UNKNOWN else Data([])
    every = sorted(args[0].value.items())
    return Data([Data(k, v.places) if keys else v for k, v in every])


def _until(args: Sequence[Data]) -> Data:
    number = int(args[0].text) if args[0].text.isdecimal() else 0
    return Data([Data(n) for n in range(min(number, MAX_ITEMS))])


def _ternary(args: Sequence[Data]) -> Data:
    if args[2].value is UNKNOWN:
        return LOST
    return args[1] if args[2].empty else args[0]


def _required(args: Sequence[Data]) -> Data:
    return LOST if args[1].empty else args[1]


def _kind(args: Sequence[Data]) -> Data:
    return LOST if args[0].value is UNKNOWN else Data(_kind_of(args[0]))


def _kind_of(data: Data) -> str:
    for sort, word in ((bool, "bool"), (int, "int"), (float, "float64"), (list, "slice"), (dict, "map")):
        if isinstance(data.value, sort):
            return word
    return "invalid" if data.value is None else "string"


def _semver_compare(args: Sequence[Data]) -> Data:
    asked, version = args[0].text, args[1].text
    have = _version(version)
    if have is None or STAND_IN in asked:
        return LOST
    for part in re.split(r"\s*,\s*|\s+(?=[<>=^~])", asked.strip()):
        found = re.match(r"([<>=^~!]*)\s*v?([\d.x*]+)", part)
        wanted = _version(found[2]) if found else None
        if found is None or wanted is None:
            return LOST
        holds = {
            ">=": have >= wanted, ">": have > wanted, "<": have < wanted, "<=": have <= wanted,
            "^": have >= wanted and have[0] == wanted[0], "~": have >= wanted and have[:2] == wanted[:2],
            "!=": have != wanted,
        }.get(found[1], have == wanted)  # fmt: skip
        if not holds:
            return Data(False)
    return Data(True)


def _version(text: str) -> tuple[int, ...] | None:
    numbers = re.findall(r"\d{1,9}", text.partition("-")[0])[:3]
    return tuple((*(int(n) for n in numbers), 0, 0)[:3]) if numbers else None


def _replace(old: str, new: str, text: str) -> str:
    return text.replace(old, new)[:MAX_TEXT] if len(text) * (len(new) + 1) < MAX_TEXT else text


def _split(separator: str, text: str) -> list[str]:
    return text.split(separator)[:MAX_ITEMS] if separator else [text]


def _list_split(args: Sequence[Data]) -> Data:
    if args[1].value is UNKNOWN:
        return LOST
    return Data([Data(t, args[1].places) for t in _split(args[0].text, args[1].text)])


def _map_split(args: Sequence[Data]) -> Data:
    if args[1].value is UNKNOWN:
        return LOST
    return Data({f"_{n}": Data(t, args[1].places) for n, t in enumerate(_split(args[0].text, args[1].text))})


def _of_list(work: Callable[[list[Data]], Data]) -> Function:
    def run(args: Sequence[Data]) -> Data:
        items = args[0].value
        return work(items) if isinstance(items, list) else LOST if items is UNKNOWN else NIL

    return run


def _trunc(length: str, text: str) -> str:
    at = int(length)
    return text[:at] if at >= 0 else text[at:]


def _decoded(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()


FUNCTIONS: dict[str, Function] = {
    "default": _default, "coalesce": _coalesce, "and": _and, "or": _or, "not": _not, "eq": _eq, "ne": _ne,
    "lt": _compare(lambda a, b: a < b), "le": _compare(lambda a, b: a <= b),
    "gt": _compare(lambda a, b: a > b), "ge": _compare(lambda a, b: a >= b),
    "empty": lambda a: LOST if a[0].value is UNKNOWN else Data(a[0].empty),
    "hasKey": _has_key, "index": _index, "dig": _dig, "get": lambda a: a[0].get(a[1].text), "printf": _printf,
    "print": lambda a: Data("".join(d.text for d in a)[:MAX_TEXT], places_of(a)),
    "quote": _quote('"'), "squote": _quote("'"),
    "indent": _indent, "nindent": lambda a: _indent(a, above=True), "trim": _trim,
    "upper": _of_texts(str.upper), "lower": _of_texts(str.lower), "title": _of_texts(str.title),
    "trunc": _of_texts(_trunc), "replace": _of_texts(_replace),
    "trimSuffix": _of_texts(lambda s, t: t.removesuffix(s)), "trimPrefix": _of_texts(lambda s, t: t.removeprefix(s)),
    "trimAll": _of_texts(lambda s, t: t.strip(s)), "nospace": _of_texts(lambda t: "".join(t.split())),
    "contains": _of_texts(lambda s, t: s in t), "hasPrefix": _of_texts(lambda s, t: t.startswith(s)),
    "hasSuffix": _of_texts(lambda s, t: t.endswith(s)),
    "kebabcase": _of_texts(lambda t: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\s]+", "-", t).lower()),
    "snakecase": _of_texts(lambda t: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-\s]+", "_", t).lower()),
    "b64enc": _of_texts(lambda t: base64.b64encode(t.encode()).decode()), "b64dec": _of_texts(_decoded),
    "sha256sum": _of_texts(lambda t: hashlib.sha256(t.encode()).hexdigest()),
    "toString": _of_texts(lambda t: t), "len": lambda a: Data(len(a[0].value if isinstance(a[0].value, list | dict) else a[0].text)),
    "int": _of_numbers(lambda a: math.trunc(a)), "int64": _of_numbers(lambda a: math.trunc(a)), "float64": _of_numbers(lambda a: a),
    "add": _of_numbers(lambda *a: sum(a)), "add1": _of_numbers(lambda a: a + 1), "sub": _of_numbers(lambda a, b: a - b),
    "mul": _of_numbers(lambda *a: math.prod(a)), "div": _of_numbers(lambda a, b: a // b), "mod": _of_numbers(lambda a, b: a % b),
    "max": _of_numbers(max), "min": _of_numbers(min),
    "dict": _dict, "list": lambda a: Data(list(a)), "tuple": lambda a: Data(list(a)),
    "merge": _merge, "mustMerge": _merge, "mergeOverwrite": lambda a: _merge(list(reversed(a))),
    "pick": lambda a: _pick(a, kept=True), "omit": lambda a: _pick(a, kept=False),
    "keys": lambda a: _items(a, keys=True), "values": lambda a: _items(a, keys=False), "has": _has, "join": _join,
    "sortAlpha": _of_list(lambda items: Data(sorted(items, key=lambda d: d.text))), "uniq": _of_list(lambda items: Data(items)),
    "first": _of_list(lambda items: items[0] if items else NIL), "last": _of_list(lambda items: items[-1] if items else NIL),
    "rest": _of_list(lambda items: Data(items[1:])), "compact": _of_list(lambda items: Data([d for d in items if not d.empty])),
    "append": lambda a: Data([*a[0].value, a[1]]) if isinstance(a[0].value, list) else LOST,
    "concat": lambda a: Data([d for one in a if isinstance(one.value, list) for d in one.value][:MAX_ITEMS]),
    "splitList": _list_split, "split": _map_split, "until": _until, "ternary": _ternary, "required": _required,
    "kindOf": _kind, "typeOf": _kind, "kindIs": lambda a: LOST if a[1].value is UNKNOWN else Data(a[0].text == _kind_of(a[1])),
    "toJson": lambda a: LOST if a[0].value is UNKNOWN else Data(json_of(a[0]), a[0].places),
    "semverCompare": _semver_compare, "deepCopy": lambda a: a[0], "fail": lambda a: NIL,
    "mustToJson": lambda a: LOST if a[0].value is UNKNOWN else Data(json_of(a[0]), a[0].places),
}  # fmt: skip
