"""What all drawings have in common: nodes, edges and frames of any syntax, and the components, flows and boundaries that they mean.

A reader of a syntax fills a `Drawing`; `assemble` judges whether it shows an architecture and makes one fragment of all drawings of a
system. What words, shapes, frames and arrow texts mean is said here once, so that one system drawn in two syntaxes is one graph.
"""

from __future__ import annotations

from buttress.drawings.assembly import assemble
from buttress.drawings.drawing import Drawing, Edge, Group, Head, Line, Node, Place
from buttress.drawings.models import assemble_models

__all__ = ["Drawing", "Edge", "Group", "Head", "Line", "Node", "Place", "assemble", "assemble_models"]
