"""What sort of diagram a PlantUML block is: it doesn't say so itself, so the words of its statements do."""

from __future__ import annotations

import re

from buttress.readers.plantuml.rows import Block

MAX_ROW = 300  # of a statement; its beginning says what it is

C4 = re.compile(
    r"(?:Person|System|Container|Component)(?:Db|Queue)?(?:_Ext)?\(|(?:Bi)?Rel(?:_\w+)?\("
    r"|(?:Enterprise|System|Container)_Boundary\(|Deployment_Node(?:_[LR])?\("
)
# Libraries of icons, whose macros draw elements.
LIBRARIES = re.compile(
    r"<?\s*(?:awslib|aws|azure|gcp|kubernetes|k8s|tupadr3|cloudinsight|osa|office|elastic|logos|edgy|eip)\b"
    r"|AWSPUML|AzurePUML|GCPPUML|kubernetes-PlantUML|plantuml-icon-font-sprites|aws-icons-for-plantuml|-PlantUML/",
    re.IGNORECASE,
)
_MACRO = re.compile(r'[A-Za-z]\w+\(\s*\w+\s*(?:,\s*"|\)\s*\{)')
_SORTS = tuple(
    (sort, re.compile(pattern, re.IGNORECASE))
    for sort, pattern in (
        ("class", r"(?:abstract\s+class|abstract|class|enum|annotation|struct|exception|metaclass|dataclass|record)\s+[\w\"]"
                  r"|interface\s+[^\[]*\{\s*$|\w+\s+(?:<\|--|--\|>|<\|\.\.|\.\.\|>)\s+\w+"),
        ("object", r"(?:object|map)\s+[\w\"].*$"),
        ("state", r"state\s+[\w\"]|.*\[\*\]"),
        ("activity", r"(?:start|stop|end if|endif|fork|fork again|end fork|repeat|detach|kill)\s*$|:[^:]*;\s*$|if\s*\(.*\)\s*then"
                     r"|(?:else\s*)?if\s*\(|while\s*\(|switch\s*\(|\(\*\)|partition\s+|\|[^|]*\|\s*$"),
        ("entity", r"entity\s+[^{]*\{\s*$|.*\|\|--|.*--(?:o\{|\|\{)|.*\}[o|]--"),
        ("timing", r"(?:robust|concise|clock|binary)\s+[\w\"]|@\d+"),
        ("network", r"(?:nwdiag|network|group)\s+[\w\"]*\s*\{\s*$"),
        ("use case", r"usecase\b|\([^()]+\)\s*(?:as\b|$|[-.<])|[^\[\]]*[-.]+>\s*\([^()]+\)"),
    )
)  # fmt: skip
_FRAME = re.compile(
    r"(?:package|folder|frame|rectangle|namespace|together|node|cloud)\b.*\{\s*$", re.IGNORECASE
)
_BOX = re.compile(
    r"(?:component|node|cloud|package|rectangle|folder|frame|storage|artifact|agent|card|hexagon|stack|file|person|label|process)\b"
    r"|\[[^\[\]*]+\]|.*[-.]>?\s*\[[^\[\]*#]+\]|.*-(?:up|down|left|right|u|d|l|r)-|\(\)\s|.*-\(0?-|interface\s+[\w\"]+",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"(?:participant|boundary|control|collections|activate|deactivate|autonumber|autoactivate|alt|opt|loop|par|return|==|create)\b"
    r"|==|box\s+\"",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\S+\s*(?:<?[-.]{1,20}(?:\[[^\]]*\])?[-.]{0,20}(?:>>?|\\+|/+)|<<?[-.]{1,20})\s*\S+")
_OTHERS = {
    "mindmap": "mind map", "wbs": "work breakdown", "gantt": "Gantt", "json": "JSON", "yaml": "YAML", "salt": "user interface",
    "dot": "Graphviz", "ditaa": "ditaa", "math": "formula", "latex": "formula", "ebnf": "grammar", "regex": "grammar",
    "nwdiag": "network", "chronology": "chronology", "board": "board", "git": "Git", "creole": "text", "chen": "entity",
}  # fmt: skip


def sort_of(block: Block) -> str:
    r"""Return `boxes` or `sequence`, or the name of a sort that shows no architecture.

    >>> from buttress.model import Source
    >>> from buttress.readers.plantuml.rows import blocks
    >>> [sort_of(blocks(Source("a.puml", t), [])[0]) for t in ("A -> B : GET /orders", "[A] --> [B]", "class Order {\n}")]
    ['sequence', 'boxes', 'class']
    """
    if block.sort not in ("uml", "c4"):
        return _OTHERS.get(block.sort, block.sort)
    rows = [row.text[:MAX_ROW] for row in block.rows]
    if block.sort == "c4" or any(C4.match(r) for r in rows):
        return "boxes"
    if any(LIBRARIES.search(i) for i in block.includes) and any(_MACRO.match(r) for r in rows):
        return "boxes"
    boxes = sum(bool(_BOX.match(r)) and not _FRAME.match(r) for r in rows)
    talk = sum(bool(_TALK.match(r)) for r in rows)
    counts = {sort: sum(bool(p.match(r)) for r in rows) for sort, p in _SORTS}
    if talk > 1:
        counts["activity"] = counts["entity"] = counts["use case"] = counts["state"] = 0
    first = max(counts, key=lambda sort: counts[sort])
    if counts[first] > max(boxes, talk):
        return first
    if boxes or any(_FRAME.match(r) for r in rows):
        return "boxes"
    return "sequence" if talk or any(_ARROW.match(r) for r in rows) else "boxes"
