"""Numbers, durations, rates and counts as people write them."""

from __future__ import annotations

from buttress.model import FactValue
from buttress.prose.caseless import ODD, Hit, caseless

MAX_NUMBER = 1e15
NUMBERS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
    )
} | {"twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90}
_WORDS = "|".join(NUMBERS)
FIGURE = rf"(\d[\d,]{{0,24}}(?:\.\d+)?|{_WORDS})"
NUMBER = rf"(?<![\w:./-]){FIGURE}"
COUNT = rf"(?<![\w:.,/-])(\d{{1,4}}|{_WORDS})(?![\w:./]|,\d)"
DURATION = (
    rf"(?<![\w:./-])(\d+(?:\.\d+)?|{_WORDS}|half an?|an?)[\s-]*"
    r"(ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?)\b"
)
RATE = (
    rf"{NUMBER}(?:\s*(k|m|million|thousand|billion)\b)?\s*(?:(?:\w+\s)?(?:requests?|req|messages?|events?|writes?|reads?|queries|calls|jobs|records)"
    r"\s*(?:per|/|an?|every)\s*|(?=[rqt]p[sm]\b))(second|sec|s|minute|min|hour|h|day|[rqt]p[sm])\b"
)
_SECONDS = {
    "ms": 0.001, "msec": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600,
    "hr": 3600, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000,
    "rps": 1, "qps": 1, "tps": 1, "rpm": 60, "qpm": 60, "tpm": 60,
}  # fmt: skip
_PLAIN = {"ſ": "s", "İ": "i", "ı": "i"}
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}


def number(text: str) -> float:
    """Return the number that digits or a word say.

    >>> number("1,200"), number("three"), number("an")
    (1200.0, 3.0, 1.0)
    """
    lower = _lower(text)
    if lower in ("a", "an", "half a", "half an"):
        return 0.5 if lower.startswith("half") else 1.0
    return float(NUMBERS[lower]) if lower in NUMBERS else min(float(lower.replace(",", "")), MAX_NUMBER)


def seconds(amount: str, unit: str) -> int | float:
    """Return a duration in seconds.

    >>> seconds("500", "ms"), seconds("two", "minutes"), seconds("half an", "hour")
    (0.5, 120, 1800)
    """
    return plain(number(amount) * _unit(unit))


def per_second(amount: str, scale: str | None, unit: str) -> int | float:
    """Return a rate per second.

    >>> per_second("3", "k", "minute"), per_second("40", None, "rps")
    (50, 40)
    """
    return plain(number(amount) * _SCALE.get(_lower(scale or ""), 1) / _unit(unit))


def plain(value: float) -> int | float:
    """Return a number without a fraction of nothing.

    >>> plain(2.0), plain(2.5)
    (2, 2.5)
    """
    value = round(value, 6)
    return int(value) if value.is_integer() else value


def duration_in(text: str, unit: str = "") -> int | float | None:
    """Return the seconds that a text begins with; a bare number counts `unit`, None when it says no duration.

    >>> duration_in("60 s (default)"), duration_in("250", "ms"), duration_in("fast")
    (60, 0.25, None)
    """
    found = caseless(rf"\W*{DURATION}").match(text)
    if found:
        return seconds(found[1], found[2])
    bare = caseless(rf"\W*{NUMBER}\s*$").match(text)
    return seconds(bare[1], unit) if bare and unit else None


def rate_in(text: str) -> int | float | None:
    """Return the rate per second in a text, None when it says none.

    >>> rate_in("about 1,200 requests/min"), rate_in("30 GB a day"), rate_in("10 mail events per second")
    (20, None, 10)
    """
    found = caseless(RATE).search(text)
    return per_second(found[1], found[2], found[3]) if found else None


def first_duration(match: Hit) -> FactValue:
    """Return the duration that a pattern caught, True when it caught none."""
    groups = [g for g in match.groups() if g]
    return seconds(groups[0], groups[1]) if len(groups) >= 2 else True


def first_count(match: Hit) -> FactValue:
    """Return the count that a pattern caught, True when it caught none."""
    group = next((g for g in match.groups() if g), None)
    if group is None:
        return True
    return {"once": 1, "twice": 2}.get(_lower(group)) or int(number(group))


def _unit(word: str) -> float:
    lower = _lower(word)
    return _SECONDS.get(lower) or _SECONDS[lower.rstrip("s")]


def _lower(word: str) -> str:
    """Return a word in lower case, with the plain letters for those that patterns without case take for them."""
    return ODD.sub(lambda m: _PLAIN.get(m[0], m[0]), word).lower()
