"""HTML, AsciiDoc, reStructuredText with tables, and the text of Word files and PDF: read like Markdown."""

from __future__ import annotations

import time

import pytest
from tests.readers.fragments import is_taken

from buttress.evidence.quotes import misquoted
from buttress.model import Fragment, Source
from buttress.pipeline import read as read_system
from buttress.readers.documents import read

WRITTEN = {
    "a.md": "# Shop\n\nCart:\n\n- keeps **goods**\n  - in Redis\n\n| A | B |\n|---|---|\n| Pay | `x` |\n",
    "a.rst": "Shop\n====\n\nCart:\n\n- keeps **goods**\n\n  - in Redis\n\n===  =====\nA    B\n===  =====\nPay  ``x``\n===  =====\n",
    "a.adoc": "= Shop\n\nCart:\n\n* keeps *goods*\n** in Redis\n\n|===\n|A |B\n\n|Pay |`x`\n|===\n",
    "a.html": "<h1>Shop</h1><p>Cart:</p><ul><li>keeps <b>goods</b><ul><li>in Redis</ul></ul>"
    "<table><tr><th>A<th>B<tr><td>Pay<td><code>x</code></table>",
}


def document(text: str, name: str) -> Fragment:
    return read((Source(name, text),))


def passages(text: str, name: str) -> list[tuple[int, str, str]]:
    return [(p.line, p.form, p.text) for p in document(text, name).passages]


@pytest.mark.parametrize("name", WRITTEN)
def test_one_document_reads_the_same_in_every_syntax(name: str) -> None:
    found = document(WRITTEN[name], name).passages
    assert [(p.form, p.text, p.headings, p.parent) for p in found] == [
        ("heading", "Shop", (), None),
        ("prose", "Cart:", ("Shop",), None),
        ("list", "keeps goods", ("Shop",), 1),
        ("list", "in Redis", ("Shop",), 2),
        ("table", "Pay | x", ("Shop",), None),
    ]
    assert (found[-1].columns, found[-1].cells) == (("A", "B"), ("Pay", "x"))
    marked = [(p.text[m.start : m.end], m.style) for p in found for m in p.marks]
    assert marked == [("goods", "strong"), ("x", "code")]


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("a.adoc", "", True),
        ("a.asciidoc", "", True),
        ("a.docx", "", True),
        ("a.pdf#page=12", "", True),
        ("LICENSE.adoc", "", False),
        ("a.html", "<h1>Shop</h1><p>It sells.</p>", True),
        ("a.html", "<p>It sells.</p>", False),
        ("license.html", "<h1>Shop</h1><p>It sells.</p>", False),
        ("a.html", "<h1>{% block title %}</h1><p>It sells.</p>", False),
        ("a.html", '<h1>Cart</h1><p v-if="full">It sells.</p>', False),
        ("a.html", "<h1><?php echo 1 ?></h1><p>It sells.</p>", False),
    ],
)
def test_pages_are_documents_unless_an_application_shows_them(name: str, text: str, taken: bool) -> None:
    assert is_taken("documents", Source(name, text)) is taken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Shop &amp; Cart&nbsp;sell &lt;maps&gt;</p>", [(1, "prose", "Shop & Cart sell <maps>")]),
        ("<p>one<p>two", [(1, "prose", "one"), (1, "prose", "two")]),
        ("<p>one<br>two</p>", [(1, "prose", "one two")]),
        ("<p>one\n  two</p>", [(1, "prose", "one\ntwo")]),
        ("<h2>Shop <a class='headerlink' href='#s'>¶</a></h2>", [(1, "heading", "Shop")]),
        ("<script>\nShop calls Pay\n</script>\n<p>text", [(4, "prose", "text")]),
        ("<!-- Shop\ncalls Pay -->\n<p>text", [(3, "prose", "text")]),
        ("<nav><ul><li>Home</ul></nav><p>text</p><footer>by Ann</footer>", [(1, "prose", "text")]),
        ("<form><label>Name</label></form><p>text", [(1, "prose", "text")]),
        ("<dl><dt>Cart<dd>keeps</dl>", [(1, "list", "Cart"), (1, "list", "keeps")]),
        ("<div class='warning'><p>It fails.</p></div>", [(1, "prose", "It fails.")]),
        ("<table><tr><td rowspan=2>Cart<td>Pay<tr><td>Tax</table>", [(1, "table", "Cart | Pay"), (1, "table", "Cart | Tax")]),
        ("<table><tr><td><p>Cart</p><p>Pay</p></table>", [(1, "table", "Cart; Pay")]),
        ("<p><img src=a.png alt='Shop calls Pay over gRPC'></p>", [(1, "prose", "Shop calls Pay over gRPC")]),
        ("<p><img src=a.png alt='Build status'></p>", []),
        ("<p>&#xD800;&#0;&#99999999999;x</p>", [(1, "prose", "\ufffd\ufffd\ufffdx")]),
        ("<p>a < b <i", [(1, "prose", "a < b")]),
        ("", []),
    ],
)  # fmt: skip
def test_a_page_becomes_what_its_readers_see(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert passages(text, "a.html") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("= Shop\nAnn <ann@x.example>\nv1, 2025\n\nIt sells.", [(1, "heading", "Shop"), (5, "prose", "It sells.")]),
        ("// Shop calls Pay\ntext", [(2, "prose", "text")]),
        ("////\nShop calls Pay\n////\ntext", [(4, "prose", "text")]),
        (":db: Redis\n\nIt uses {db} and {other}.", [(3, "prose", "It uses Redis and {other}.")]),
        ("It calls link:http://x[Pay] and <<cart,the cart>>.", [(1, "prose", "It calls Pay and the cart.")]),
        ("WARNING: It fails.", [(1, "prose", "It fails.")]),
        ("[NOTE]\n====\nIt fails.\n====", [(3, "prose", "It fails.")]),
        ("Cart:: keeps goods\nPay::\n  takes money", [(1, "list", "Cart: keeps goods"), (2, "list", "Pay"), (3, "list", "takes money")]),
        ("* one\n+\nmore", [(1, "list", "one"), (3, "list", "more")]),
        (". one\n. two", [(1, "list", "one"), (2, "list", "two")]),
        ("|===\n2+|both |c\n|a |b |c\n|===", [(2, "table", "both |  | c"), (3, "table", "a | b | c")]),
        ("image::a.png[Shop calls Pay over gRPC,300]", [(1, "prose", "Shop calls Pay over gRPC")]),
        ("image::a.png[Shop]", []),
        ("----\nShop calls Pay\n----\ntext", [(4, "prose", "text")]),
    ],
)  # fmt: skip
def test_asciidoc_becomes_passages_without_markup(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert passages(text, "a.adoc") == expected


def test_a_number_alone_says_how_many_columns_a_table_of_asciidoc_has() -> None:
    told = '= Shop\n\n[cols="2"]\n|===\n| Cart\n| keeps goods\n\n| Till\n| takes money\n|===\n'
    rows = [p.cells for p in document(told, "a.adoc").passages if p.form == "table"]
    assert rows == [("Cart", "keeps goods"), ("Till", "takes money")]


@pytest.mark.parametrize(
    ("text", "parents"),
    [
        ("* a\n** b\n* c", {"b": "a"}),
        ("* a\n. b\n* c", {"b": "a"}),
        ("* a\n+\n----\nx\n----\n* c", {}),
        ("* a\n\n----\nx\n----\n\n. b", {}),
        ("Parts:\n\n* a", {"a": "Parts:"}),
        ("====\nParts:\n\n* a\n====\n\n* b", {"a": "Parts:"}),
        ("* a\n+\n====\n* b\n====\n* c", {"b": "a"}),
    ],
)
def test_an_item_of_asciidoc_is_governed_by_what_it_hangs_on(text: str, parents: dict[str, str]) -> None:
    found = document(text, "a.adoc").passages
    assert {p.text: found[p.parent].text for p in found if p.parent is not None} == parents


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("+---+---+\n| a | b |\n+===+===+\n| c | d |\n|   | e |\n+---+---+\n", [(4, 5, ("c", "d e"))]),
        ("+---+---+\n| a | b |\n|   +---+\n|   | c |\n+---+---+\n", [(2, 2, ("a", "b")), (2, 4, ("a", "c"))]),
        ("+---+---+\n| both  |\n+---+---+\n| a | b |\n+---+---+\n", [(2, 2, ("both", "")), (4, 4, ("a", "b"))]),
        ("==  ==\na   b\n==  ==\nc   d\n    e\n==  ==\n", [(4, 5, ("c", "d e"))]),
        ("==  ==\na   b\n==  ==\n", [(2, 2, ("a", "b"))]),
        (".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - c\n     - d\n", [(6, 7, ("c", "d"))]),
        ('.. csv-table::\n   :header: a, b\n\n   "c, x", d\n', [(4, 4, ("c, x", "d"))]),
    ],
)  # fmt: skip
def test_tables_of_restructured_text_are_rows(
    text: str, rows: list[tuple[int, int, tuple[str, ...]]]
) -> None:
    assert [(p.line, p.end_line, p.cells) for p in document(text, "a.rst").passages] == rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":owner: team a\n", [(1, "list", "owner: team a")]),
        (":orphan:\n\ntext\n", [(3, "prose", "text")]),
        (".. |s| replace:: Shop\n\n|s| sells.\n", [(3, "prose", "Shop sells.")]),
        (".. warning:: It fails.\n", [(1, "prose", "It fails.")]),
        (".. image:: a.png\n   :alt: Shop calls Pay over gRPC\n\ntext\n", [(2, "prose", "Shop calls Pay over gRPC"), (4, "prose", "text")]),
        (".. figure:: a.png\n   :width: 3\n\n   What calls what.\n", [(4, "prose", "What calls what.")]),
        ("Cart\n    keeps goods\n", [(1, "list", "Cart"), (2, "list", "keeps goods")]),
    ],
)  # fmt: skip
def test_fields_pictures_and_terms_of_restructured_text(
    text: str, expected: list[tuple[int, str, str]]
) -> None:
    assert passages(text, "a.rst") == expected


# --- blocks


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.html", '<h1>T</h1>\n<pre class="mermaid">\nflowchart LR\n</pre>', 3),
        ("a.html", '<h1>T</h1>\n<div class="mermaid">flowchart LR</div>', 2),
        ("a.html", '<h1>T</h1>\n<pre><code class="language-mermaid">flowchart LR\n</code></pre>', 2),
        ("a.html", '<h1>T</h1>\n<div class="highlight-mermaid"><div><pre>flowchart LR</pre></div></div>', 2),
        (
            "a.html",
            '<h1>T</h1><ac:structured-macro ac:name="code"><ac:parameter ac:name="language">mermaid</ac:parameter>'
            "<ac:plain-text-body><![CDATA[flowchart LR]]></ac:plain-text-body></ac:structured-macro>",
            1,
        ),
        ("a.adoc", "= T\n\n[mermaid]\n....\nflowchart LR\n....\n", 5),
        ("a.adoc", "= T\n\n[source,mermaid]\n----\nflowchart LR\n----\n", 5),
        ("a.adoc", "= T\n\n```mermaid\nflowchart LR\n```\n", 4),
        ("a.adoc", "= T\n\n* item\n+\n[mermaid]\n--\nflowchart LR\n--\n", 7),
        ("a.rst", "T\n=\n\n.. mermaid::\n   :align: left\n\n   flowchart LR\n", 7),
    ],
)
def test_a_block_is_a_source_with_the_line_at_which_its_text_begins(name: str, text: str, line: int) -> None:
    if name == "a.rst":
        text = text.replace("T\n=\n", "T\n===\n")
    (block,) = document(text, name).nested
    assert (block.first_line, block.language, block.heading) == (line, "mermaid", "T")
    assert block.text.strip() == "flowchart LR"


def test_a_block_of_a_page_is_decoded_and_quoted_as_it_is_written() -> None:
    source = Source(
        "a.html", '<h1>T</h1><p>x</p>\n<pre class="mermaid">flowchart LR\n a --&gt;|calls| b\n</pre>'
    )
    graph = read_system([source])
    (flow,) = graph.flows
    assert (flow.evidence[0].line, flow.evidence[0].quote) == (3, "a --&gt;|calls| b")
    assert misquoted(graph, [source]) == []


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.adoc", "text\n\ninclude::parts/cart.adoc[]\n", 3),
        ("a.rst", "text\n\n.. include:: parts/cart.adoc\n", 3),
        ("a.rst", "text\n\n.. literalinclude:: parts/cart.adoc\n", 3),
        ("a.rst", "text\n\n.. csv-table:: Parts\n   :file: parts/cart.adoc\n", 3),
    ],
)
def test_an_include_is_told_and_not_followed(name: str, text: str, line: int) -> None:
    fragment = document(text, name)
    (told,) = fragment.diagnostics
    assert (told.line, told.level) == (line, "info")
    assert "includes parts/cart.adoc" in told.reason
    assert [p.text for p in fragment.passages] == ["text"]


# --- Word and PDF, as the sources layer writes them


def test_paragraphs_of_a_word_file_are_lines_and_those_of_a_page_are_wrapped() -> None:
    text = "# Shop\nIt sells\nmaps.\n- Cart\n  - Redis\n| A | B |\n| Pay | x |"
    assert passages(text, "a.docx")[1:3] == [(2, "prose", "It sells"), (3, "prose", "maps.")]
    assert passages(text, "a.pdf#page=1")[1:] == [
        (2, "prose", "It sells\nmaps."),
        (4, "list", "Cart"),
        (5, "list", "Redis"),
        (7, "table", "Pay | x"),
    ]


# --- size and malice


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("a.html", "<b>"),
        ("a.html", "<p "),
        ("a.html", "<table><tr><td>"),
        ("a.html", "<td rowspan=200>x<tr>"),
        ("a.html", "<ul><li>"),
        ("a.html", "&#"),
        ("a.html", "<!--"),
        ("a.html", "<pre><code class="),
        ("a.adoc", "====\n"),
        ("a.adoc", "|===\n.200+|x\n"),
        ("a.adoc", "<<a,"),
        ("a.adoc", "* a\n** b\n"),
        ("a.adoc", ":a: {a}{a}\n\n{a}\n"),
        ("a.rst", "== ==\n"),
        ("a.rst", "+--+\n"),
        ("a.rst", "`a <"),
        ("a.rst", "a\n b\n"),
        ("a.docx", "  - a\n"),
    ],
)
def test_time_grows_with_size_alone(name: str, piece: str) -> None:
    def seconds(size: int) -> float:
        source = Source(name, (piece * size)[:size])
        best = 9.0
        for _ in range(2):
            began = time.process_time()
            read((source,))
            best = min(best, time.process_time() - began)
        return best

    assert seconds(80_000) < 12 * seconds(20_000) + 0.1  # quadratic would be 16 times as long


def test_a_long_option_of_a_directive_is_no_part_of_its_drawing() -> None:
    text = "Flow\n====\n\n.. graphviz::\n   :alt: A shop\n         calls a till with care\n\n   digraph {\n     shop -> till\n   }\n"
    (nested,) = read((Source("a.rst", text),)).nested
    assert (nested.first_line, nested.text) == (8, "digraph {\n  shop -> till\n}\n")
