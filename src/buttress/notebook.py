"""Rich display in Jupyter: reviews, findings and drawn graphs. `buttress.review` switches it on inside IPython."""

from __future__ import annotations

import sys
from html import escape

from buttress.model import SystemGraph
from buttress.rules import Finding


def register() -> bool:
    """Teach the running IPython how to show graphs and findings; return whether there is one.

    >>> register()
    False
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return False
    html = shell.display_formatter.formatters["text/html"]
    html.for_type(SystemGraph, graph_html)
    html.for_type(Finding, finding_html)
    return True


def graph_html(graph: SystemGraph) -> str:
    """Return the graph drawn, as HTML."""
    from buttress.report.drawing import svg

    return svg(graph)


def finding_html(finding: Finding) -> str:
    """Return one finding as HTML: severity, message, places with their words."""
    places = "".join(
        f"<li><code>{escape(str(e))}</code> <q>{escape(e.quote[:160])}</q></li>" for e in finding.evidence
    )
    return f"<p><strong>{finding.severity}</strong> {escape(finding.title)}<br>{escape(finding.message)}</p><ul>{places}</ul>"
