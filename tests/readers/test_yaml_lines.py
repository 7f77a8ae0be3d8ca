"""YAML with lines: where each value stands, what is refused, and what a quote never shows."""

from __future__ import annotations

import pytest

from buttress.evidence.lines import MAX_DEPTH, MAX_NODES, documents
from buttress.model import Source

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "path", "line", "quote"),
    [
        ("a: 1\nb: 2\n", ("b",), 2, "b: 2"),
        ("a:\n  b:\n    c: 1\n", ("a", "b"), 2, "b:"),
        ("a:\n  'x'\n", ("a",), 1, "a:"),
        ("a: |\n  one\n  two\nb: 3\n", ("b",), 4, "b: 3"),
        ("x: &x {a: 1}\ny: {<<: *x}\n", ("y", "a"), 1, "x: &x {a: 1}"),
        ("# é\n\na: 1\n", ("a",), 3, "a: 1"),
        ("a: x\u2028y\x85z\nb: 2\n", ("b",), 2, "b: 2"),
    ],
)
def test_a_value_knows_its_line_and_the_words_on_it(
    text: str, path: tuple[str, ...], line: int, quote: str
) -> None:
    node = documents(Source("a.yaml", text))[0][0].get(*path)
    assert node is not None
    assert (node.evidence().line, node.evidence().quote) == (line, quote)


def test_a_block_in_a_document_counts_from_the_line_at_which_it_begins() -> None:
    node = documents(Source("a.md", "a: 1\nb: 2\n", first_line=40))[0][0].get("b")
    assert node is not None
    assert (node.evidence().line, node.evidence().quote) == (41, "b: 2")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("PASSWORD: hunter2", "PASSWORD"),
        ("PASSWORD: hunter2=", "PASSWORD"),
        ("URL: postgres://app:hunter2@db/x?sslmode=off", "URL"),
        ('"PASSWORD": "hunter2"', "PASSWORD"),
        ("'a b': hunter2", "a b"),
        ("PASSWORD : hunter2", "PASSWORD"),
    ],
)
def test_a_secret_is_quoted_by_its_key_only(line: str, path: str) -> None:
    node = documents(Source("a.yaml", line))[0][0].get(path)
    assert node is not None
    assert node.evidence(key_only=True).quote == path


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        ("web: {image: x, environment: {API_TOKEN: hunter2}}", "web: {image: x, environment: {API_TOKEN:"),
        ('web: {environment: ["DB_PASSWORD=hunter2"]}', 'web: {environment: ["DB_PASSWORD='),
        ("web: {url: 'amqp://guest:hunter2@queue'}", "web: {url: 'amqp://guest:"),
        (
            "web: {environment: {API_TOKEN: '${API_TOKEN}'}}",
            "web: {environment: {API_TOKEN: '${API_TOKEN}'}}",
        ),
        ("web: {url: 'amqp://guest:${PASS}@queue'}", "web: {url: 'amqp://guest:${PASS}@queue'}"),
    ],
)
def test_a_line_that_several_values_share_is_cut_before_a_secret(line: str, quote: str) -> None:
    node = documents(Source("a.yaml", line))[0][0].get("web")
    assert node is not None
    assert node.evidence().quote == quote


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 12", 12),
        ("a: 0x10", 16),
        ("a: 010", 8),
        ("a: 1_000", 1000),
        ("a: 1:30", "1:30"),
        ("a: 08", "08"),
        ("a: 1.5", 1.5),
        ("a: yes", True),
        ("a: off", False),
        ("a: ~", None),
        ("a: '12'", "12"),
        ("a: !reset null", "null"),
        ("a: !!python/object:os.system x", "x"),
        ("a: " + "9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_read_as_yaml_1_1_and_tags_make_no_objects(text: str, value: object) -> None:
    assert documents(Source("a.yaml", text))[0][0].get("a").value == value  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        pytest.param("a: 1\nb: [\n", 3, "not valid YAML", id="an open list"),
        pytest.param("a: 1\n\tb: 2\n", 2, "not valid YAML", id="a tab"),
        pytest.param("a: 1\nb: *x\n", 2, "undefined alias", id="an alias of nothing"),
        pytest.param("a: 1\nb: \x01\n", 2, "control characters", id="a control character"),
        pytest.param(BOMB, 1, f"more than {MAX_NODES} values", id="a billion laughs"),
        pytest.param("a: &a [*a]", 1, f"deeper than {MAX_DEPTH} levels", id="an alias within itself"),
        pytest.param("[" * 100_000, 1, "maximum nesting depth", id="open brackets without end"),
        pytest.param(
            "\n".join(" " * n + "a:" for n in range(500)), 1, f"deeper than {MAX_DEPTH}", id="a deep mapping"
        ),
        pytest.param("- a\n- b\n", 1, "expected a mapping of keys to values, found a list", id="a list"),
        pytest.param("x: 1\n---\nwords\n", 3, "found a single value", id="a single value"),
    ],
)
def test_what_cant_be_read_is_one_diagnostic(text: str, line: int, told: str) -> None:
    (diagnostic,) = documents(Source("a.yaml", text))[1]
    assert told in diagnostic.reason
    assert diagnostic.line == line


@pytest.mark.parametrize("text", ["", "# only a remark\n", "---\n---\n", "a: 1\n---\n"])
def test_an_empty_document_is_nothing_to_tell(text: str) -> None:
    assert documents(Source("a.yaml", text))[1] == ()


def test_the_documents_before_a_wrong_one_are_read() -> None:
    found, diagnostics = documents(Source("a.yaml", "a: 1\n---\nb: 2\n---\nc: [\n"))
    assert [[k for k, _ in d.items()] for d in found] == [["a"], ["b"]]
    assert len(diagnostics) == 1
