"""Documents: passages with their places and what governs them, and blocks for other readers with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.fragments import is_taken

from buttress.model import Fragment, Source
from buttress.readers.documents import read
from buttress.sources import collect


def document(text: str, name: str = "a.md") -> Fragment:
    return read((Source(name, text),))


def passages(text: str, name: str = "a.md") -> list[tuple[int, str, str]]:
    return [(p.line, p.form, p.text) for p in document(text, name).passages]


def nesting(text: str, name: str = "a.md") -> dict[str, str]:
    """Return, for each passage, the text of the one that governs it."""
    found = document(text, name).passages
    return {p.text: found[p.parent].text for p in found if p.parent is not None}


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("docs/design.md", True),
        ("README.markdown", True),
        ("a.mdx", True),
        ("a.rst", True),
        ("a.txt", True),
        ("<stdin>", True),
        ("LICENSE.txt", False),
        ("CHANGELOG.md", False),
        ("requirements.txt", False),
        ("a.yaml", False),
    ],
)
def test_it_takes_documents_but_no_licences_and_lists_of_dependencies(name: str, taken: bool) -> None:
    assert is_taken("documents", Source(name, "")) is taken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Shop\nIt sells.", [(1, "heading", "Shop"), (2, "prose", "It sells.")]),
        ("Shop\n====\n\nIt sells.", [(1, "heading", "Shop"), (4, "prose", "It sells.")]),
        ("one\ntwo", [(1, "prose", "one\ntwo")]),
        ("one\\\ntwo  \nthree", [(1, "prose", "one\ntwo\nthree")]),
        ("one<br>two", [(1, "prose", "one two")]),
        ("**Shop** calls [Pay](http://x) by `grpc`", [(1, "prose", "Shop calls Pay by grpc")]),
        ("- **Cart**: keeps\n- Pay: takes", [(1, "list", "Cart: keeps"), (2, "list", "Pay: takes")]),
        ("1. one\n\n   more", [(1, "list", "one"), (3, "list", "more")]),
        ("-\tone\n\n\ttwo", [(1, "list", "one"), (3, "list", "two")]),
        ("> quoted\n> twice", [(1, "prose", "quoted\ntwice")]),
        ("|A|B|\n|-|-|\n|`x`|y|", [(3, "table", "x | y")]),
        ("<!-- Shop calls Pay\nfor now -->\ntext", [(3, "prose", "text")]),
        ("<div>\nthe shop calls the payments\n</div>", [(2, "prose", "the shop calls the payments")]),
        ("<div><!-- a\nb --> the shop calls payments\n</div>", [(2, "prose", "the shop calls payments")]),
        ("<script>\nthe shop calls the payments\n</script>", []),
        ("---\ntitle: x\n---\ntext", [(4, "prose", "text")]),
        ("---\n# a remark\ntitle: x\n...\ntext", [(5, "prose", "text")]),
        ("+++\ntitle = 'x'\n+++\ntext", [(4, "prose", "text")]),
        (
            "---\n\nThe shop calls Pay.\n\n---\n\nmore",
            [(3, "prose", "The shop calls Pay."), (7, "prose", "more")],
        ),
        ("text\n\n---\n\nmore", [(1, "prose", "text"), (5, "prose", "more")]),
        ("a\x0cb\n\nc\u2028d\n\ne", [(1, "prose", "a\x0cb"), (3, "prose", "c\u2028d"), (5, "prose", "e")]),
        ("", []),
    ],
)
def test_markdown_becomes_passages_without_markup(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert passages(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shop\n====\n\nIt sells.\n", [(1, "heading", "Shop"), (4, "prose", "It sells.")]),
        ("====\nShop\n====\n\nIt sells.\n", [(2, "heading", "Shop"), (5, "prose", "It sells.")]),
        ("Calls ``pay`` and :ref:`the cart <c>`.", [(1, "prose", "Calls pay and the cart.")]),
        ("* one\n* two\n", [(1, "list", "one"), (2, "list", "two")]),
        (".. note::\n\n   It sells.\n", [(3, "prose", "It sells.")]),
        (".. a remark\n   of two lines\n\ntext\n", [(4, "prose", "text")]),
        ("Shop sells::\n\n  literal\n\ntext\n", [(1, "prose", "Shop sells:"), (5, "prose", "text")]),
        (".. image:: a.png\n   :alt: x\n\ntext\n", [(4, "prose", "text")]),
    ],
)
def test_restructured_text_becomes_passages_without_markup(
    text: str, expected: list[tuple[int, str, str]]
) -> None:
    assert passages(text, "a.rst") == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.md", "- a\n  - b\n    - c\n- d\n", {"b": "a", "c": "b"}),
        ("a.md", "Parts:\n\n- a\n- b\n", {"a": "Parts:", "b": "Parts:"}),
        ("a.md", "Parts:\n\n# New\n\n- a\n", {}),
        ("a.rst", "* a\n\n  * b\n\n* c\n", {"b": "a"}),
        ("a.rst", "* a\n\n  more\n\nend\n", {"more": "a"}),
        ("a.rst", "* a\n\n.. note::\n\n   b\n", {}),
    ],
)
def test_an_item_is_governed_by_the_item_or_sentence_above_it(
    name: str, text: str, expected: dict[str, str]
) -> None:
    assert nesting(text, name) == expected


def test_a_passage_knows_the_headings_above_it() -> None:
    found = document("# A\n## B\none\n### C\n## D\ntwo\n# E\nthree\n").passages
    assert {p.text: p.headings for p in found if p.form == "prose"} == {
        "one": ("A", "B"),
        "two": ("A", "D"),
        "three": ("E",),
    }


def test_titles_of_restructured_text_rank_by_their_marks() -> None:
    found = document("A\n===\n\nB\n---\n\none\n\nC\n---\n\ntwo\n\nD\n===\n\nthree\n", "a.rst").passages
    assert [(p.text, p.level) for p in found if p.form == "heading"] == [
        ("A", 1),
        ("B", 2),
        ("C", 2),
        ("D", 1),
    ]
    assert {p.text: p.headings for p in found if p.form == "prose"} == {
        "one": ("A", "B"),
        "two": ("A", "C"),
        "three": ("D",),
    }


def test_a_row_of_a_table_keeps_its_cells_and_the_names_of_the_columns() -> None:
    (row,) = document("| Service | Calls |\n|---|---|\n| **Shop** | Pay \\| Cart |\n").passages
    assert (row.columns, row.cells) == (("Service", "Calls"), ("Shop", "Pay | Cart"))


def test_marks_say_what_the_author_set_apart() -> None:
    (passage,) = document("**Shop** calls `pay` via [the *bus*](x)").passages
    marked = [(passage.text[m.start : m.end], m.style) for m in passage.marks]
    assert marked == [("Shop", "strong"), ("pay", "code"), ("the bus", "link"), ("bus", "emphasis")]


# --- blocks


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.md", "# T\n\n```mermaid\nflowchart LR\n```\n", 4),
        ("a.md", "# T\n\n~~~ mermaid\nflowchart LR\n~~~\n", 4),
        ("a.md", "# T\n- item\n\n  ```mermaid\n  flowchart LR\n  ```\n", 5),
        ("a.md", "# T\n> quoted\n>\n> ````mermaid\n> flowchart LR\n> ````\n", 5),
        ("a.md", "# T\n1. item\n\n\t```mermaid\n\tflowchart LR\n\t```\n", 5),
        ("a.md", "---\nx: y\n---\n# T\n```mermaid\nflowchart LR\n", 6),
        ("a.rst", "T\n===\n\n.. mermaid::\n\n   flowchart LR\n", 6),
        ("a.rst", "T\n===\n\n.. code-block:: mermaid\n   :caption: x\n\n   flowchart LR\n\nend\n", 7),
    ],
)
def test_a_block_is_a_source_with_the_line_at_which_its_text_begins(name: str, text: str, line: int) -> None:
    (block,) = document(text, name).nested
    assert (block.first_line, block.language, block.heading) == (line, "mermaid", "T")
    assert block.text.rstrip("\n") == "flowchart LR"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("```\n+---+     +---+\n| a | --> | b |\n+---+     +---+\n```\n", 2),
        ("x\n\n```text\n┌───┐\n│ a │\n└───┘\n```\n", 4),
    ],
)
def test_a_drawing_of_characters_is_a_source_of_its_own(text: str, line: int) -> None:
    (block,) = document(text).nested
    assert (block.first_line, block.language) == (line, "ascii-drawing")


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("```ditaa\na -> b\n```\n", 2, "a ditaa diagram"),
    ],
)
def test_a_diagram_that_cant_be_read_is_listed(text: str, line: int, told: str) -> None:
    fragment = document(text)
    (diagnostic,) = fragment.diagnostics
    assert (diagnostic.line, fragment.nested) == (line, ())
    assert told in diagnostic.reason


@pytest.mark.parametrize("text", ["```\nls -l\n```\n", "    indented\n", "```\n| a |\n```\n"])
def test_a_block_without_a_language_is_left_alone(text: str) -> None:
    fragment = document(text)
    assert (fragment.nested, fragment.diagnostics, fragment.passages) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("\n".join("  " * n + f"- {n}" for n in range(30)), 20, id="lists"),
        pytest.param("x\n\n" + "> " * 60 + "deep", 3, id="quotes"),
    ],
)
def test_what_is_nested_too_deeply_to_be_read_is_told(text: str, line: int) -> None:
    (diagnostic,) = document(text).diagnostics
    assert diagnostic.line == line
    assert "write it flatter" in diagnostic.reason


def test_the_deepest_list_that_is_read_is_told_nothing_about() -> None:
    fragment = document("\n".join("  " * n + f"- {n}" for n in range(19)))
    assert (len(fragment.passages), fragment.diagnostics) == (19, ())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("# Größe\n\n- Über:\n  ```mermaid\n  flowchart LR\n  ```\n".encode(), id="UTF-8"),
        pytest.param(
            "\ufeff# Größe\n\n- Über:\n  ```mermaid\n  flowchart LR\n  ```\n".encode(), id="with a mark"
        ),
        pytest.param(
            "# Größe\r\n\r\n- Über:\r\n  ```mermaid\r\n  flowchart LR\r\n  ```\r\n".encode(), id="CRLF"
        ),
        pytest.param("# Größe\r\r- Über:\r  ```mermaid\r  flowchart LR\r  ```\r".encode(), id="CR"),
        pytest.param(
            "# Größe\n\n- Über:\n  ```mermaid\n  flowchart LR\n  ```\n".encode("cp1252"), id="Windows-1252"
        ),
        pytest.param(
            "# Größe\n\n- Über:\n  ```mermaid\n  flowchart LR\n  ```\n".encode("utf-16"), id="UTF-16"
        ),
    ],
)
def test_every_usual_encoding_and_line_end_reads_the_same(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.md").write_bytes(content)
    fragment = read(collect([tmp_path]).sources)
    assert [(p.line, p.text) for p in fragment.passages] == [(1, "Größe"), (3, "Über:")]
    assert [(s.first_line, s.text) for s in fragment.nested] == [(5, "flowchart LR\n")]


def test_a_document_in_a_fence_of_its_own_is_read_with_its_lines() -> None:
    text = "```md\n# Shop\n\nIt sells.\n\n```json\n{}\n```\n\nIt ships.\n```\n"
    assert passages(text) == [(2, "heading", "Shop"), (4, "prose", "It sells."), (10, "prose", "It ships.")]
    assert passages("# Shop\n\n```md\n# Not a title\n```\n") == [(1, "heading", "Shop")]


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ('{{< mermaid align="left" >}}', "{{< /mermaid >}}"),
        ("{{% mermaid %}}", "{{% /mermaid %}}"),
        ("{% mermaid %}", "{% endmermaid %}"),
        ("::: mermaid", ":::"),
    ],
)
def test_drawings_between_the_marks_of_site_builders_are_drawings(opened: str, closed: str) -> None:
    found = document(f"# Shop\n\n{opened}\ngraph LR\n  a --> b\n{closed}\n\nIt sells.\n")
    assert [(s.first_line, s.text.strip().splitlines()[0]) for s in found.nested] == [(4, "graph LR")]
    assert [p.text for p in found.passages] == ["Shop", "It sells."]


@pytest.mark.parametrize(
    ("titles", "read"),
    [
        ("## Design", True),
        ("## Proposal", True),
        ("## Option 1 (chosen)", True),
        ("## Options of the till", True),
        ("## Option 2: one queue", False),
        ("## 3.1 Approach B", False),
        ("## Alternatives considered\n\n### With a queue", False),
        ("## Rejected options", False),
        ("## Alternative 1 (not chosen)", False),
    ],
)
@pytest.mark.parametrize(
    "drawing",
    [
        "```mermaid\nflowchart LR\n till --> stock\n```",
        "```\n+---+   +---+\n| a |-->| b |\n+---+   +---+\n```",
    ],
)
def test_drawings_of_alternatives_are_told_and_not_read(titles: str, read: bool, drawing: str) -> None:
    found = document(f"# Shop\n\n{titles}\n\n{drawing}\n")
    assert bool(found.nested) is read
    assert bool(found.diagnostics) is not read
