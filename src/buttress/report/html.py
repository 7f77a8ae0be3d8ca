"""The review as one self-contained HTML page: no script, no font, no request to anywhere; text from sources is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from buttress.report import markdown
from buttress.report.drawing import svg
from buttress.report.review import Review
from buttress.rules import Finding

_STYLE = """
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1e293b}
h1,h2,h3{line-height:1.25}h2{margin-top:2.5rem;border-bottom:1px solid #e2e8f0;padding-bottom:.3rem}
table{border-collapse:collapse;width:100%;font-size:.92em}td,th{border:1px solid #e2e8f0;padding:.4rem .6rem;text-align:left;
vertical-align:top}code{background:#f1f5f9;padding:.1em .3em;border-radius:3px;font-size:.9em}pre{background:#f8fafc;
border:1px solid #e2e8f0;padding:.8rem;overflow:auto}blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #cbd5e1;
color:#475569}figure{margin:1.5rem 0;overflow:auto}
"""


def fragment(review: Review) -> str:
    """Return the review as HTML without page furniture, for a notebook."""
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    body = str(renderer.render(markdown.render(review)))
    return body.replace("<h2>", f"<figure>{svg(review.graph)}</figure><h2>", 1)


def findings(items: Sequence[Finding]) -> str:
    """Return findings as an HTML table: severity, what it is, where it stands with the words of the source."""
    if not items:
        return "<p>none</p>"
    rows = "".join(
        f"<tr><td>{f.severity if f.basis == 'defect' else f.basis}</td><td><strong>{escape(f.title)}</strong><br>"
        f"{escape(f.message)}</td><td>{_places(f)}</td><td><code>{escape(f.id)}</code></td></tr>"
        for f in items
    )
    head = "".join(f"<th>{name}</th>" for name in ("", "what", "where", "id"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _places(finding: Finding) -> str:
    shown = [f"<code>{escape(str(e))}</code> <q>{escape(e.quote[:120])}</q>" for e in finding.evidence[:3]]
    more = len(finding.evidence) - len(shown)
    return "<br>".join([*shown, *([f"and {more} more"] if more else [])])


def render(review: Review) -> str:
    """Return the review as a whole HTML page; same review, same bytes."""
    title = escape(f"Architecture review: {review.graph.name}")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body>\n{fragment(review)}</body></html>\n"
    )
