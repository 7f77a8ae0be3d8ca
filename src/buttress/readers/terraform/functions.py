"""The functions of Terraform that matter to what is deployed; any other makes its result unknown and keeps what it refers to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from buttress.cloud.values import HOLE, UNKNOWN, Data, Value

MAX_ITEMS = 2_000
_SAME = frozenset(
    """
        jsonencode jsondecode yamlencode yamldecode tolist tomap sensitive nonsensitive base64encode base64gzip
        textencodebase64 abspath pathexpand trimspace try can
    """.split()
)


def call(name: str, arguments: Sequence[Value]) -> Value:
    """Return the value of a function; UNKNOWN, with all references of the arguments, where it isn't worked out.

    >>> call("merge", (Value({"a": Value(1)}), Value({"b": Value(2)}))).get("b").data
    2
    >>> call("coalesce", (Value(None), Value("x"))).data, call("timestamp", ()).known
    ('x', False)
    """
    if name in _SAME and arguments:
        return (
            next((a for a in arguments if a.known or a.refs), arguments[0]) if name == "try" else arguments[0]
        )
    work = _WORK.get(name)
    found: Value | None = None
    if work is not None:
        try:
            found = work(arguments)
        except (ValueError, IndexError, TypeError, OverflowError, KeyError):
            found = None
    if found is not None:
        return found
    refs = tuple(dict.fromkeys(r for a in arguments for r, _ in a.all_refs()))[:50]
    return Value(UNKNOWN, (), refs, HOLE)


def _list(value: Value) -> list[Value]:
    if isinstance(value.data, list):
        return value.data
    raise TypeError("not a list")


def _made(items: list[Value]) -> Value:
    if len(items) > MAX_ITEMS:
        raise ValueError("too many")
    return Value(items)


def _merge(arguments: Sequence[Value]) -> Value:
    out: dict[str, Value] = {}
    for one in arguments:
        if isinstance(one.data, dict):
            out.update(one.data)
        elif one.data is not None:
            out[f"(unknown {len(out)})"] = one
    if len(out) > MAX_ITEMS:
        raise ValueError("too many")
    return Value(out)


def _concat(arguments: Sequence[Value]) -> Value:
    out: list[Value] = []
    for one in arguments:
        out += one.data if isinstance(one.data, list) else [one]
    return _made(out)


def _flatten(arguments: Sequence[Value]) -> Value:
    out: list[Value] = []
    todo = list(reversed(_list(arguments[0])))
    while todo:
        one = todo.pop()
        if isinstance(one.data, list):
            todo.extend(reversed(one.data))
        else:
            out.append(one)
        if len(out) + len(todo) > MAX_ITEMS:
            raise ValueError("too many")
    return _made(out)


def _coalesce(arguments: Sequence[Value]) -> Value | None:
    for one in arguments:
        if not one.known:
            return None
        if one.data not in (None, ""):
            return one
    return None


def _lookup(arguments: Sequence[Value]) -> Value | None:
    data, key = arguments[0].data, arguments[1].words()
    if not isinstance(data, dict) or not arguments[1].known:
        return None
    return data.get(key) or (arguments[2] if len(arguments) > 2 else None)


def _pieces(arguments: Sequence[Value], made: Callable[[list[str]], str]) -> Value:
    words = [a.words() if a.known else a.text or HOLE for a in arguments]
    text = made(words)[:2000]
    refs = tuple(dict.fromkeys(r for a in arguments for r, _ in a.all_refs()))[:50]
    if all(a.known for a in arguments):
        return Value(text, (), refs)
    return Value(UNKNOWN, (), refs, text)


def _format(arguments: Sequence[Value]) -> Value:
    def made(words: list[str]) -> str:
        out, rest = words[0], list(words[1:])
        for mark in ("%s", "%d", "%v", "%q"):
            while mark in out and rest:
                out = out.replace(mark, rest.pop(0), 1)
        return out

    return _pieces(arguments, made)


def _join(arguments: Sequence[Value]) -> Value | None:
    parts = [x for a in arguments[1:] for x in _list(a)]
    return _pieces([arguments[0], *parts], lambda words: words[0].join(words[1:]))


def _text(change: Callable[[str], str]) -> Callable[[Sequence[Value]], Value | None]:
    def work(arguments: Sequence[Value]) -> Value | None:
        return _pieces(arguments[:1], lambda words: change(words[0]))

    return work


def _length(arguments: Sequence[Value]) -> Value | None:
    data = arguments[0].data
    return Value(len(data)) if isinstance(data, list | dict | str) else None


def _element(arguments: Sequence[Value]) -> Value:
    items, at = _list(arguments[0]), arguments[1].data
    if isinstance(at, int) and items:
        return items[at % len(items)]
    raise TypeError("no element")


def _values(arguments: Sequence[Value]) -> Value | None:
    data = arguments[0].data
    return Value([data[k] for k in sorted(data)]) if isinstance(data, dict) else None


def _keys(arguments: Sequence[Value]) -> Value | None:
    data = arguments[0].data
    return Value([Value(k, arguments[0].places) for k in sorted(data)]) if isinstance(data, dict) else None


def _compact(arguments: Sequence[Value]) -> Value:
    return Value([v for v in _list(arguments[0]) if v.data not in (None, "")])


def _number(arguments: Sequence[Value]) -> Value | None:
    data: Data = arguments[0].data
    if isinstance(data, str):
        return Value(int(data) if data.lstrip("-").isdigit() else float(data))
    return arguments[0] if isinstance(data, int | float) else None


def _bounded(pick: Callable[[list[float]], float]) -> Callable[[Sequence[Value]], Value | None]:
    def work(arguments: Sequence[Value]) -> Value | None:
        numbers = [a.data for a in arguments if isinstance(a.data, int | float)]
        return Value(pick(numbers)) if len(numbers) == len(arguments) and numbers else None

    return work


def _contains(arguments: Sequence[Value]) -> Value | None:
    items = _list(arguments[0])
    if not all(i.known for i in items) or not arguments[1].known:
        return None
    return Value(any(i.data == arguments[1].data for i in items))


def _range(arguments: Sequence[Value]) -> Value | None:
    numbers = [a.data for a in arguments if isinstance(a.data, int)]
    if len(numbers) != len(arguments) or not 1 <= len(numbers) <= 3:
        return None
    found = range(*numbers)
    return Value([Value(n) for n in found]) if len(found) <= MAX_ITEMS else None


def _distinct(arguments: Sequence[Value]) -> Value:
    seen: dict[object, Value] = {}
    for n, one in enumerate(_list(arguments[0])):
        seen.setdefault(one.data if isinstance(one.data, str | int | float) else n, one)
    return Value(list(seen.values()))


def _slice(arguments: Sequence[Value]) -> Value | None:
    start, end = arguments[1].data, arguments[2].data
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end <= MAX_ITEMS:
        return None
    if isinstance(arguments[0].data, list):
        return Value(arguments[0].data[start:end])
    refs = tuple(dict.fromkeys(r for r, _ in arguments[0].all_refs()))[:50]
    return Value([Value(UNKNOWN, (), refs, HOLE) for _ in range(end - start)])  # unknown, but so many


def _split(arguments: Sequence[Value]) -> Value | None:
    by, text = arguments[0].words(), arguments[1]
    if not text.known or not by or not isinstance(text.data, str):
        return None
    return _made([Value(p) for p in text.data.split(by)[: MAX_ITEMS + 1]])


def _zipmap(arguments: Sequence[Value]) -> Value:
    return Value({k.words(): v for k, v in zip(_list(arguments[0]), _list(arguments[1]), strict=False)})


def _without(change: Callable[[str, str], str]) -> Callable[[Sequence[Value]], Value | None]:
    def work(arguments: Sequence[Value]) -> Value | None:
        known = arguments[1].known
        return _pieces(arguments[:1], lambda words: change(words[0], arguments[1].words())) if known else None

    return work


def _asks(test: Callable[[str, str], bool]) -> Callable[[Sequence[Value]], Value | None]:
    def work(arguments: Sequence[Value]) -> Value | None:
        known = all(a.known for a in arguments[:2])
        return Value(test(arguments[0].words(), arguments[1].words())) if known else None

    return work


def _one(arguments: Sequence[Value]) -> Value | None:
    items = _list(arguments[0])
    return items[0] if len(items) == 1 else Value(None) if not items else None


def _replace(arguments: Sequence[Value]) -> Value | None:
    if not all(a.known for a in arguments[1:]) or arguments[1].words().startswith("/"):
        return None
    old, new = arguments[1].words(), arguments[2].words()
    if not old:
        return None
    return _pieces(arguments[:1], lambda words: words[0][:2000].replace(old, new))


_WORK: dict[str, Callable[[Sequence[Value]], Value | None]] = {
    "merge": _merge, "concat": _concat, "setunion": _concat, "flatten": _flatten, "coalesce": _coalesce, "lookup": _lookup,
    "format": _format, "join": _join, "lower": _text(str.lower), "upper": _text(str.upper), "title": _text(str.title),
    "length": _length, "element": _element, "values": _values, "keys": _keys, "compact": _compact,
    "distinct": _distinct, "toset": _distinct, "sort": lambda a: Value(_list(a[0])), "reverse": lambda a: Value(_list(a[0])[::-1]),
    "tonumber": _number, "tostring": lambda a: a[0], "tobool": lambda a: a[0], "min": _bounded(min), "max": _bounded(max),
    "slice": _slice, "split": _split, "zipmap": _zipmap, "trimsuffix": _without(str.removesuffix), "trimprefix": _without(str.removeprefix),
    "startswith": _asks(str.startswith), "endswith": _asks(str.endswith), "contains": _contains, "range": _range, "one": _one, "replace": _replace,
}  # fmt: skip
