"""Rich display in Jupyter and IPython: graphs are drawn, findings are shown. The first use of `buttress.review` switches it on.

Reviews and lists of findings bring their own display; this module teaches IPython the values of the layers below the report.
"""

from __future__ import annotations

import sys
from typing import Any

from buttress.model import SystemGraph
from buttress.report.drawing import svg
from buttress.report.html import findings
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
    formatters = shell.display_formatter.formatters
    formatters["text/html"].for_type(SystemGraph, svg)
    formatters["text/html"].for_type(Finding, finding_html)
    formatters["text/plain"].for_type(SystemGraph, _plain)
    return True


def finding_html(finding: Finding) -> str:
    """Return one finding as HTML: severity, message, places with their words."""
    return findings([finding])


def headline(graph: SystemGraph) -> str:
    """Return one line about a graph, for where it can't be drawn.

    >>> headline(SystemGraph(name="shop"))
    'shop: 0 components, 0 flows'
    """
    return f"{graph.name}: {len(graph.components)} components, {len(graph.flows)} flows"


def _plain(graph: SystemGraph, printer: Any, _cycle: bool) -> None:
    printer.text(headline(graph))
