"""draw.io.

`.drawio`, `.dio`, `.drawio.svg` and other XML with an `mxfile`, plain or compressed.

- **Reads** every page: shapes become components by their text or the text below them, shape (`cylinder`, `queue`) and icon (AWS, Azure, Google
  Cloud, Kubernetes), connections flows by their labels and heads, containers and frames that are drawn around shapes boundaries, also where
  they overlap; data of a shape whose key is the name of a fact (`replicas`, `owner`) becomes that fact.
- **Complete about** nothing: a connection that isn't drawn proves nothing.
- **Doesn't read** class and entity diagrams, flowcharts of steps, mock-ups and drawings whose shapes carry no word for a component; it says so
  in a remark (`--verbose`). Lines that end beside a shape and not on it, loose texts, layers and styles are passed over. In a compressed page
  everything stands at the line of the page.
"""

from __future__ import annotations

import re

from buttress.drawings import Drawing, Edge, Group, Head, Line, Node, Place, assemble
from buttress.drawings.facts import facts_of
from buttress.drawings.icons import icon_words
from buttress.drawings.judge import about_one_system
from buttress.drawings.kinds import boundary_kind, technologies_in
from buttress.drawings.text import label_lines
from buttress.model import Diagnostic, Fragment, Source
from buttress.readers.drawio.cells import Box, Cell, Page, pages
from buttress.vocabulary.roles import role_of

__all__ = ["read"]

NEAR = 20  # units between an icon and its name
MAX_FRAMES = 600  # shapes on a page that are asked what they lie in
_STYLE = re.compile(r"([\w.-]+)(?:=([^;]*))?;?")
_BREAK = re.compile(r"</?(?:div|p|li|h\d)\b[^>]*>|<(?:br|hr)\b[^>]*>|\n", re.IGNORECASE)
_STORES = re.compile(r"cylinder|datastore|database|direct_data|stored_data|disk_storage", re.IGNORECASE)
_ICON = re.compile(
    r"^(?:mxgraph\.)?(?:aws\d?|azure\d?|gcp\d?|kubernetes|cisco\w*|office|networks\d?|veeam|alibaba_cloud|ibm\w*)\.(?:[\w]+\.)*([\w]+)$"
)
_PLAIN_ICONS = frozenset(
    ("resourceicon", "producticon", "group", "groupcenter", "icon", "icon2", "hexicon", "cardicon")
)
_CLASS = re.compile(
    r"(?:^|;)(?:childLayout=stackLayout|shape=table|shape=tableRow|shape=partialRectangle)", re.IGNORECASE
)
_GROUP = re.compile(r"grIcon=|mxgraph\.aws\d?\.group(?:Center)?\b")
_TEXT = re.compile(r"^text(?:;|$)|;text;")
_PEOPLE = re.compile(
    r"umlActor|shape=actor|mxgraph\.c4\.person|mxgraph\.basic\.user|aws\d?\.users?\b|\.user(?:s)?(?:;|$)|azure\.user",
    re.IGNORECASE,
)


def read(sources: tuple[Source, ...]) -> Fragment:
    """Return the components, flows and boundaries that the draw.io pages of one system draw.

    >>> cells = '<mxCell id="2" value="Web shop" vertex="1"/><mxCell id="3" value="Orders DB" style="shape=cylinder3" vertex="1"/>'
    >>> edge = '<mxCell id="4" value="reads" edge="1" source="2" target="3"/>'
    >>> text = f"<mxGraphModel><root>{cells}{edge}</root></mxGraphModel>"
    >>> [(f.source, f.kind, f.target) for f in read((Source("a.drawio", text),)).flows]
    [('web-shop', 'reads', 'orders-db')]
    """
    diagnostics: list[Diagnostic] = []
    drawings = [
        d for s in sources for d in about_one_system([_drawing(p, s.path) for p in pages(s, diagnostics)])
    ]
    return assemble(drawings, "drawio", diagnostics)


def _drawing(page: Page, path: str) -> Drawing:
    out = Drawing(path, "graph", page.line, page.name)
    cells = {c.id: c for c in page.cells if c.id}
    shapes = [c for c in page.cells if c.vertex and c.id]
    members = [c for c in shapes if _CLASS.search(c.style)]
    if len(members) * 2 > len(shapes):
        out.sort = "none"
        out.note(
            page.line, "not an architecture diagram (class or entity); nothing was read from it", info=True
        )
        return out
    ends = {e for c in page.cells if c.edge for e in (c.source, c.target) if e}
    labels = _labels(cells)
    lying = _lying(shapes, ends)
    around = {id_: frames[0] if frames else None for id_, frames in lying.items()}
    holds = {frame for frames in lying.values() for frame in frames}
    names = _names_below(shapes, ends)
    within_class = {c.id for c in members}
    for cell in shapes:
        if (
            cell.id in within_class
            or around.get(cell.id) in within_class
            or cells.get(cell.parent, cell).edge
            or cell.id in names.values()
        ):
            continue
        below = cells[names[cell.id]] if cell.id in names else cell
        words = _words(below.value)
        if (cell.id in holds or _GROUP.search(cell.style)) and cell.id not in ends:
            if words:
                kind = boundary_kind(" ".join((words.replace("\\n", " "), _icon(_style(cell)))))
                group = Group(
                    cell.id,
                    words.replace("\\n", " "),
                    cell.place,
                    around.get(cell.id),
                    None if kind == "group" else kind,
                )
                out.groups[cell.id] = group
            continue
        node = _node(cell, words, path, loose=cell.id not in ends)
        if node is not None:
            node.place = below.place
            out.nodes[cell.id] = node
    for node in out.nodes.values():
        node.group = _frame(node.key, around, out, cells)
        node.beside = tuple(f for f in lying.get(node.key, ()) if f in out.groups and f != node.group)
    for group in out.groups.values():
        group.parent = _frame(group.key, around, out, cells)
    for cell in page.cells:
        if cell.edge and cell.source in cells and cell.target in cells:
            _connect(out, cell, cells, labels.get(cell.id))
        if out.full(cell.place.line):
            break
    return out


def _style(cell: Cell) -> dict[str, str]:
    return {m.group(1): m.group(2) or "" for m in _STYLE.finditer(cell.style)}


def _words(value: str) -> str:
    r"""Return the text of a cell with its line breaks as `\n`."""
    return "\\n".join(line for line in label_lines(_BREAK.sub("<br>", value.replace("\\n", " "))))


def _icon(style: dict[str, str]) -> str:
    """Return the words of the icon that a shape shows."""
    for key in ("resIcon", "grIcon", "prIcon", "shape", "image"):
        value = style.get(key, "")
        if key == "image":
            name = value.rpartition("/")[2].partition(".")[0]
            return icon_words(name) if "/" in value and not value.startswith("data:") else ""
        found = _ICON.match(value)
        if found and found.group(1).lower() not in _PLAIN_ICONS:
            return icon_words(found.group(1))
    return ""


def _node(cell: Cell, words: str, path: str, *, loose: bool) -> Node | None:
    style = _style(cell)
    icon = _icon(style)
    plain_text = "text" in style or style.get("shape") == "note" or ("edgeLabel" in style)
    if (plain_text and loose) or not (words or icon):
        return None
    if loose and not words and not technologies_in(icon) and role_of(icon) is None:
        return None  # a picture of something
    node = Node(cell.id, cell.place, words or icon)
    shape = style.get("shape", "")
    node.shape = (
        "cylinder"
        if _STORES.search(shape)
        else "rhombus"
        if "rhombus" in style or "decision" in shape
        else "rect"
    )
    node.shape = "note" if shape == "note" else node.shape
    node.kind = "actor" if _PEOPLE.search(cell.style) else None
    node.technology = icon if words else ""
    here = cell.place.evidence(path)
    node.facts = tuple(
        f for k, v in cell.data.items() if v for f in facts_of(f"{k}={v}", here, owner="component")
    )
    return node


def _labels(cells: dict[str, Cell]) -> dict[str, tuple[str, Place]]:
    """Return the texts that hang on connections, each with the place of the first."""
    out: dict[str, tuple[str, Place]] = {}
    for cell in cells.values():
        if cell.vertex and cell.parent in cells and cells[cell.parent].edge and cell.value:
            before, place = out.get(cell.parent, ("", cell.place))
            out[cell.parent] = (" ".join(filter(None, (before, _words(cell.value)))), place)
    return out


def _lying(shapes: list[Cell], ends: set[str]) -> dict[str, list[str]]:
    """Return what each shape lies in, innermost first: the frames drawn around it, else its container."""
    known = {c.id for c in shapes}
    out: dict[str, list[str]] = {c.id: [c.parent] if c.parent in known else [] for c in shapes}
    frames = [c for c in shapes if c.box is not None and c.id not in ends and c.value]
    if len(shapes) > MAX_FRAMES:
        return out
    for cell in shapes:
        if cell.box is None:
            continue
        holding = [
            f
            for f in frames
            if f is not cell and f.parent == cell.parent and f.box and _holds(f.box, cell.box)
        ]
        if holding:
            holding.sort(key=lambda f: f.box[2] * f.box[3] if f.box else 0)
            out[cell.id] = [f.id for f in holding]
    return out


def _names_below(shapes: list[Cell], ends: set[str]) -> dict[str, str]:
    """Return the loose text below each icon that has none of its own: its name."""
    icons = [c for c in shapes if not c.value and c.box is not None and _icon(_style(c))]
    texts = [
        c for c in shapes if c.value and c.box is not None and c.id not in ends and _TEXT.search(c.style)
    ]
    out: dict[str, str] = {}
    for icon in icons[:MAX_FRAMES]:
        near = [t for t in texts[:MAX_FRAMES] if t.parent == icon.parent and _is_below(icon.box, t.box)]
        if len(near) == 1 and near[0].id not in out.values():
            out[icon.id] = near[0].id
    return out


def _is_below(icon: Box | None, text: Box | None) -> bool:
    if icon is None or text is None:
        return False
    beside = abs((icon[0] + icon[2] / 2) - (text[0] + text[2] / 2))
    return beside <= icon[2] / 2 and -NEAR / 2 <= text[1] - (icon[1] + icon[3]) <= NEAR


def _holds(outer: Box, inner: Box) -> bool:
    x, y, w, h = inner
    inside = outer[0] <= x and outer[1] <= y and x + w <= outer[0] + outer[2] and y + h <= outer[1] + outer[3]
    return inside and outer[2] * outer[3] > 1.5 * w * h


def _frame(id_: str, around: dict[str, str | None], out: Drawing, cells: dict[str, Cell]) -> str | None:
    """Return the nearest boundary around a shape."""
    at, steps = around.get(id_), 0
    while at is not None and at not in out.groups and steps < 40:
        at, steps = around.get(at), steps + 1
    return at if at in out.groups and at != id_ else None


def _connect(out: Drawing, cell: Cell, cells: dict[str, Cell], more: tuple[str, Place] | None) -> None:
    style = _style(cell)
    forth, back = (
        style.get("endArrow", "classic") != "none",
        style.get("startArrow", "none") not in ("none", ""),
    )
    head: Head = "both" if forth and back else "forward" if forth or back else "none"
    ends = [_owner(e, out, cells) for e in (cell.source, cell.target)]
    if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
        return
    source, target = (ends[1], ends[0]) if back and not forth else (ends[0], ends[1])
    line: Line = "dotted" if style.get("dashed") == "1" else "solid"
    label, place = _words(cell.value), cell.place
    if more is not None:
        label, place = (f"{label} {more[0]}", place) if label else more
    out.edges.append(Edge(source, target, place, label, "", line, head))


def _owner(id_: str, out: Drawing, cells: dict[str, Cell]) -> str | None:
    """Return the node or frame that a connection's end belongs to: a part of a shape is the shape."""
    steps = 0
    while id_ not in out.nodes and id_ not in out.groups and steps < 10:
        id_, steps = cells[id_].parent if id_ in cells else "", steps + 1
    return id_ if id_ in out.nodes or id_ in out.groups else None
