"""Buttress reviews the architecture of backend systems from the documents, diagrams and manifests that teams already have.

import buttress as bt

review = bt.review("docs/")        # findings, questions, strengths, next steps
system = bt.graph("docs/")         # components and flows, each with its evidence
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from buttress.errors import ButtressError
    from buttress.model import Component, Evidence, Fact, Flow, SystemGraph
    from buttress.pipeline import graph, review
    from buttress.report import Review
    from buttress.rules import Finding

__all__ = [
    "ButtressError",
    "Component",
    "Evidence",
    "Fact",
    "Finding",
    "Flow",
    "Review",
    "SystemGraph",
    "graph",
    "review",
]
_HOMES = {
    "ButtressError": "errors",
    "Component": "model",
    "Evidence": "model",
    "Fact": "model",
    "Finding": "rules",
    "Flow": "model",
    "Review": "report",
    "SystemGraph": "model",
    "graph": "pipeline",
    "review": "pipeline",
}


def __getattr__(name: str) -> Any:
    """Import a public name at its first use, so that `import buttress` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'buttress' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"buttress.{_HOMES[name]}"), name)
    if name in ("review", "graph") and "IPython" in sys.modules:
        import_module("buttress.notebook").register()
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
