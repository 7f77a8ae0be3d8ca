"""The review as one self-contained HTML page: no script, no font, no request to anywhere; text from sources is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from buttress.evidence.quotes import cut
from buttress.report import markdown
from buttress.report.drawing import svg
from buttress.rules import Finding

if TYPE_CHECKING:
    from buttress.report.review import Review  # which shows itself by this module

_STYLE = """
:root{color-scheme:light dark;--text:#1e293b;--soft:#475569;--line:#e2e8f0;--back:#fff;--code:#f1f5f9;--link:#1d4ed8;
--high:#b91c1c;--medium:#92400e;--low:#0e7490}
@media (prefers-color-scheme:dark){:root{--text:#e2e8f0;--soft:#a8b3c4;--line:#334155;--back:#0f172a;--code:#1e293b;--link:#93c5fd;
--high:#fca5a5;--medium:#fcd34d;--low:#67e8f9}}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:var(--text);background:var(--back)}
h1,h2,h3{line-height:1.25}h2{margin-top:2.5rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
a{color:var(--link)}table{border-collapse:collapse;width:100%;font-size:.92em}td,th{border:1px solid var(--line);padding:.4rem .6rem;
text-align:left;vertical-align:top}code{background:var(--code);padding:.1em .3em;border-radius:3px;font-size:.9em;
overflow-wrap:anywhere}pre{background:var(--code);border:1px solid var(--line);padding:.8rem;overflow:auto}pre code{padding:0}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}
figure{margin:1.5rem 0;overflow:auto;background:#fff;color:#475569}figure svg{min-width:40rem}figcaption{font-size:.85em;padding:.3rem}
nav{font-size:.92em;margin:1rem 0}nav a{margin-right:1rem;white-space:nowrap}
.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}
@media print{body{max-width:none;margin:0;font-size:11pt}nav{display:none}h2,h3{break-after:avoid}table,pre,figure,blockquote{break-inside:avoid}}
"""
_LEGEND = "Callers stand left of what they call; what stops entry points alone has a red edge; dashed flows don't wait for an answer."
_SECTION = re.compile(r"<h2>(.*?)</h2>")
_EMPTY_HEAD = re.compile(r"<thead>\s*<tr>\s*(<th></th>\s*)+</tr>\s*</thead>\s*")


def fragment(review: Review) -> str:
    """Return the review as HTML without page furniture, for a notebook."""
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    body = str(renderer.render(markdown.render(review)))
    drawn = f"<figure>{svg(review.graph)}<figcaption>{_LEGEND}</figcaption></figure>"
    return _EMPTY_HEAD.sub("", body).replace("<h2>", f"{drawn}<h2>", 1)


def findings(items: Sequence[Finding]) -> str:
    """Return findings as an HTML table: severity, what it is, where it stands with the words of the source."""
    if not items:
        return "<p>none</p>"
    rows = "".join(
        f"<tr><td>{f.severity if f.basis == 'defect' else f.basis}</td><td><strong>{escape(f.title)}</strong><br>"
        f"{_with_code(escape(f.message))}</td><td>{_places(f)}</td><td><code>{escape(f.id)}</code></td></tr>"
        for f in items
    )
    head = "".join(f"<th>{name}</th>" for name in ("", "what", "where", "id"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)


def _places(finding: Finding) -> str:
    shown = [
        f"<code>{escape(str(e))}</code> <q>{escape(cut(e.quote, 120))}</q>" for e in finding.evidence[:3]
    ]
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
        f"<body>\n{_navigable(fragment(review))}</body></html>\n"
    )


def _navigable(body: str) -> str:
    """Return a report in landmarks: a list of its sections behind the title, each with an address, severities in colour."""
    titles = _SECTION.findall(body)
    address = {title: re.sub(r"[^a-z]+", "-", title.lower()).strip("-") for title in titles}
    links = " ".join(f'<a href="#{address[title]}">{title}</a>' for title in titles)
    body = _SECTION.sub(lambda m: f'<h2 id="{address[m[1]]}">{m[1]}</h2>', body)
    body = re.sub(
        r"<h3>(HIGH|MEDIUM|LOW) ", lambda m: f'<h3><span class="{m[1].lower()}">{m[1]}</span> ', body
    )
    return (
        body.replace("<h1>", "<main>\n<h1>", 1).replace(
            "</h1>", f'</h1>\n<nav aria-label="Sections">{links}</nav>', 1
        )
        + "</main>\n"
    )
