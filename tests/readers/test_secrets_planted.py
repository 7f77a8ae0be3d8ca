"""Secrets of every shape, put wherever the fixtures of each reader have a value, reach neither the graph nor any report of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.readers.test_properties import CASES

from buttress.evidence.quotes import misquoted
from buttress.model import Source, SystemGraph
from buttress.pipeline import read, review_graph
from buttress.report import gitlab, graphs, html, markdown, sarif, terminal, wire

SECRET = "rosebud77Lantern9"
SHAPES = (
    "amqp://desk:§@mq-9:5672/v", "jdbc:mysql://db-9/desk?user=a&password=§", "Server=db;UID=sa;PWD=§;", "AccountName=a;AccountKey=§==;X=y",
    "https://desk.blob.core.windows.net/c?sv=2&sig=§", "https://hooks.slack.com/" "services/T0DESK/B0DESK/§", "Authorization: Bearer §",
    "run --password § now", "mysql -uroot -p§ desk", "curl -u ops:§ http://api-9", "redis-cli -a § ping", "PGPASSWORD=§ pg_dump -h db-9",
    "ghp_" "§AbCdEf0123456789", "xoxb-" "123456789012-§", "sk_live_" "§00", "eyJhbGciOiJIUzI1NiJ9." "eyJzdWIi§.abc-def",
    "-----BEGIN RSA PRIVATE KEY-----" "MIIE§", "sk-proj-" "§abcd", "https://§aaaaaaaa@errors.example.org/7", "glpat-" "§",
)  # fmt: skip
# Where a line has a value: behind its key, within quotes, in a label, in a list, at the end of a sentence, of an assignment.
PLACES = tuple(
    map(
        re.compile,
        (
            r"(?<=[:=] )[^\"'{}\[\]#]+$", r"(?<=\")[^\"]*(?=\")", r"(?<=')[^']*(?=')", r"(?<=\|)[^|]+(?=\|)", r"(?<=\[)[^\[\]\"]+(?=\])",
            r"(?<=- )[^\"'{}\[\]:]+$", r"(?<=\w )\w+(?=[.;]?$)", r"(?<==)[^\s\"']+",
        ),
    )
)  # fmt: skip
# A name is changed on its way into the graph, joined to others and split at its capitals: nobody calls a part by a secret.
NAMED = re.compile(
    r"\b\w*(?:name|title|owner|service|default|prefix|namespace|family|id|template)\w*[\"']?\s*[:=]|^\s*\w+ =|local\.|Ref|Sub|\$\{",
    re.IGNORECASE,
)
ROUNDS = 4


def planted(source: Source, turn: int) -> Source:
    """Return a source with secrets in every fifth line that has a place for one, of other shapes and in other lines each turn."""
    lines = source.text.split("\n")
    for n in range(turn, len(lines), 5):
        if NAMED.search(lines[n]):
            continue
        places = [m for m in (p.search(lines[n]) for p in PLACES) if m is not None]
        if places:
            at = places[(n + turn) % len(places)]
            secret = SHAPES[(n * 7 + turn) % len(SHAPES)].replace("§", SECRET)
            lines[n] = lines[n][: at.start()] + secret + lines[n][at.end() :]
    return replace(source, text="\n".join(lines), written="")


def told(graph: SystemGraph) -> Iterator[tuple[str, str]]:
    """Yield all that is printed of a graph, by format."""
    review = review_graph(graph)
    yield "terminal", terminal.render(review)
    yield "markdown", markdown.render(review)
    yield "html", html.render(review)
    yield "json", wire.render(review)
    yield "sarif", sarif.render(review)
    yield "gitlab", gitlab.render(review)
    for form in ("terminal", "json", "mermaid", "dot", "graphml", "turtle", "jsonld"):
        yield form, graphs.render(graph, form)


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("name", CASES)
def test_no_secret_reaches_the_graph(name: str, turn: int) -> None:
    sources = tuple(planted(s, turn) for s in CASES[name])
    graph = read(sources)
    assert SECRET.lower() not in repr(graph).lower()
    if name != "graph_json":
        assert misquoted(graph, sources) == []


@pytest.mark.parametrize("name", ["compose", "kubernetes", "python", "documents"])
def test_no_secret_reaches_a_report(name: str) -> None:
    sources = tuple(planted(s, 1) for s in CASES[name])
    assert SECRET in sources[0].text or any(SECRET in s.text for s in sources)
    leaks = [form for form, text in told(read(sources)) if SECRET.lower() in text.lower()]
    assert leaks == []
