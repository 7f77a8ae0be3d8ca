"""Looking for a pattern's cues first finds what the pattern finds, in every spelling."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import buttress.ledger
import buttress.prose
from buttress.cues import firsts, ways
from buttress.prose import caseless
from buttress.prose.facts.patterns import PATTERNS as FACTS
from buttress.prose.sieve import Sieve

LINES = sorted(
    {
        line.strip()
        for folder in ("examples/bookshop/docs", "tests/readers/documents")
        for path in (Path(__file__).parents[2] / folder).rglob("*.md")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    }
    | {
        line.partition("\t")[0]
        for line in (Path(__file__).parent / "sentences.tsv").read_text(encoding="utf-8").splitlines()
    }
    | {
        "Every reQUEST is İdempotent",
        "ſynchronous calls",
        "the Kafka cluster isn’t there",
        "It must NOT be retried",
    }
)


def patterns() -> Iterator[caseless.Caseless]:
    """Yield every pattern that the modules of prose and ledger hold."""
    seen: set[str] = set()
    todo: list[object] = []
    for package in (buttress.prose, buttress.ledger):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            todo += vars(importlib.import_module(module.name)).values()
    while todo:
        value = todo.pop()
        if isinstance(value, caseless.Caseless) and value.pattern not in seen:
            seen.add(value.pattern)
            yield value
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, tuple | list):
            todo += value


PATTERNS = list(patterns())


def places(found: caseless.Hit | re.Match[str] | None) -> object:
    """Return where and what a match and all its groups are."""
    if found is None:
        return None
    spans = [found.span(n) for n in range(len(found.groups()) + 1)]
    return spans, found[0], found.groups(), found.groupdict()


def test_a_pattern_finds_what_it_would_without_its_cues() -> None:
    assert len(PATTERNS) >= 200 and len(LINES) >= 100
    for pattern in PATTERNS:
        plain = re.compile(pattern.pattern, re.IGNORECASE)
        for line in LINES:
            for text in (line, line.upper()):
                assert places(pattern.search(text)) == places(plain.search(text)), pattern.pattern
                assert places(pattern.match(text)) == places(plain.match(text)), pattern.pattern
                assert places(pattern.fullmatch(text)) == places(plain.fullmatch(text)), pattern.pattern
                assert list(map(places, pattern.finditer(text))) == list(map(places, plain.finditer(text)))


def test_a_text_has_as_many_letters_in_lower_case_unless_it_is_odd() -> None:
    longer = [chr(c) for c in range(0x110000) if len(chr(c).lower()) != 1]
    assert all(caseless.ODD.search(sign) for sign in longer)


def test_a_pattern_is_compiled_once_and_only_where_its_cues_stand() -> None:
    pattern = caseless.Caseless(r"\bretr(?:y|ies)\b")
    assert pattern.search("Nothing of the kind") is None and not {"_lower", "_exact"} & vars(pattern).keys()
    assert pattern.search("It RETRIES") is not None and "_exact" not in vars(pattern)
    assert pattern.search("ſo it retries") is not None and "_exact" in vars(pattern)


def test_a_sieve_lets_through_what_matches() -> None:
    parts = {part: caseless.Caseless(part) for pattern in FACTS for part in pattern.parts()}
    asked = {p.pattern: p for p in PATTERNS} | parts
    sieve = Sieve((name, pattern.cues) for name, pattern in asked.items())
    left_out = 0
    for line in LINES:
        for text in (line, line.upper()):
            possible = sieve.possible(text)
            assert {name for name, pattern in asked.items() if pattern.search(text)} <= possible
            left_out += len(asked) - len(possible)
    assert left_out > 0.5 * len(asked) * 2 * len(LINES), "most patterns are left out of most texts"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("plan(?:s|ned)?", ("plan",), id="an optional end"),
        pytest.param("colou?r", ("colo",), id="a sign that may be missing"),
        pytest.param("ab+c", ("ab",), id="a sign that comes several times"),
        pytest.param(
            "(?:to be )?(?:added|built)",
            ("added", "built"),
            id="what may be missing before what must be there",
        ),
        pytest.param("(?!no )way", ("way",), id="what isn't part of the text"),
        pytest.param("planned|plan", ("plan",), id="one cue in another"),
        pytest.param(r"retry|\d+", (), id="an alternative without words"),
        pytest.param("(?:retry){0,2}", (), id="everything may be missing"),
        pytest.param("[nr]o", (), id="a letter says nothing"),
    ],
)
def test_cues_are_what_every_match_has(pattern: str, found: tuple[str, ...]) -> None:
    assert firsts(ways(pattern)) == found


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param(
            r"(?:no|never) \w+ retr(?:y|ies)", (((" retr",), ("no", "never")),), id="one way, two parts"
        ),
        pytest.param("retry|give up", ((("retry",),), (("give up",),)), id="two ways"),
        pytest.param(
            r"(?:calls \w+ twice)",
            (((" twice",), ("calls ",)),),
            id="all parts of a bracket without a choice",
        ),
        pytest.param(r"(?:calls \w+ )?twice", ((("twice",),),), id="a bracket that may be missing"),
        pytest.param("|".join(f"word{n}x" for n in range(60)), (), id="too many words to look for"),
    ],
)
def test_ways_are_all_that_a_match_has(pattern: str, found: object) -> None:
    assert ways(pattern) == found
