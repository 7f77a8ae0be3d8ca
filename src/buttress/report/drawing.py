"""The graph as a drawing: SVG in layers, callers on the left; every name from a source is escaped."""

from __future__ import annotations

from html import escape

from buttress.compact import strongly_connected
from buttress.model import SystemGraph

_FILL = {
    "relational_db": "#dbeafe", "document_db": "#dbeafe", "key_value_db": "#dbeafe", "data_store": "#dbeafe",
    "object_store": "#dbeafe", "search_index": "#dbeafe", "cache": "#e0f2fe", "message_broker": "#fef3c7",
    "stream": "#fef3c7", "gateway": "#dcfce7", "load_balancer": "#dcfce7", "web_frontend": "#dcfce7", "cdn": "#dcfce7",
    "actor": "#f3f4f6", "external_service": "#fae8ff", "identity_provider": "#fae8ff",
}  # fmt: skip
_WIDTH, _HEIGHT, _GAP_X, _GAP_Y = 150, 40, 90, 24
MAX_DRAWN = 400


def svg(graph: SystemGraph) -> str:
    """Return the graph as an SVG element; over 400 components it says so instead of drawing.

    Layers are the generations of the condensed graph (cycles are one node); inside a layer things stand near those that
    reach them.

    >>> from buttress.model import Component
    >>> svg(SystemGraph(components=(Component("a", "<b>"),))).count("&lt;b&gt;")
    2
    """
    if len(graph.components) > MAX_DRAWN:
        return f"<p>{len(graph.components)} components are too many for one drawing.</p>"
    at = _positions(graph)
    width = max((x for x, _ in at.values()), default=0) + _WIDTH + 20
    height = max((y for _, y in at.values()), default=0) + _HEIGHT + 20
    single = {d.subject for d in graph.derived if d.name == "stops"}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'style="max-width:100%;height:auto;font:12px system-ui,sans-serif" role="img" aria-label="System graph">',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#64748b"/></marker></defs>',
    ]
    for flow in graph.flows:
        (x1, y1), (x2, y2) = at[flow.source], at[flow.target]
        forward = x2 > x1
        start = (x1 + (_WIDTH if forward else 0), y1 + _HEIGHT / 2)
        end = (x2 + (0 if forward else _WIDTH), y2 + _HEIGHT / 2)
        bend = _GAP_X / 2 if forward else -_GAP_X / 2
        dash = ' stroke-dasharray="5 4"' if flow.sync is False else ""
        parts.append(
            f'<path d="M{start[0]:g} {start[1]:g}C{start[0] + bend:g} {start[1]:g} {end[0] - bend:g} {end[1]:g} '
            f'{end[0]:g} {end[1]:g}" fill="none" stroke="#94a3b8"{dash} marker-end="url(#arrow)">'
            f"<title>{escape(graph.label(flow.id))}: {escape(flow.kind)}</title></path>"
        )
    for component in graph.components:
        x, y = at[component.id]
        edge = "#dc2626" if component.id in single else "#475569"
        name = component.name if len(component.name) <= 22 else component.name[:21] + "…"
        parts.append(
            f'<g><rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" '
            f'fill="{_FILL.get(component.kind, "#ffffff")}" stroke="{edge}"/>'
            f'<text x="{x + _WIDTH / 2:g}" y="{y + _HEIGHT / 2 + 4:g}" text-anchor="middle">{escape(name)}</text>'
            f"<title>{escape(component.name)} ({escape(component.kind)})</title></g>"
        )
    return "".join([*parts, "</svg>"])


def _positions(graph: SystemGraph) -> dict[str, tuple[float, float]]:
    before: dict[str, list[str]] = {c.id: [] for c in graph.components}
    for flow in graph.flows:
        before[flow.target].append(flow.source)
    at: dict[str, tuple[float, float]] = {}
    row_of: dict[str, float] = {}

    def weight(id_: str) -> float:
        rows = [row_of[p] for p in before[id_] if p in row_of]
        return sum(rows) / len(rows) if rows else 0.0

    for layer, members in enumerate(_layers(graph)):
        weights = {m: weight(m) for m in members}
        for row, id_ in enumerate(sorted(members, key=lambda m: (weights[m], m))):
            row_of[id_] = row
            at[id_] = (10 + layer * (_WIDTH + _GAP_X), 10 + row * (_HEIGHT + _GAP_Y))
    return at


def _layers(graph: SystemGraph) -> list[list[str]]:
    """Return the ids in layers: each cycle in one, everything behind all that it needs to be reached from."""
    place = {c.id: n for n, c in enumerate(graph.components)}
    after: list[list[int]] = [[] for _ in place]
    for f in graph.flows:
        after[place[f.source]].append(place[f.target])
    ring_of, rings = strongly_connected(after)
    layer_of = [0] * len(rings)
    for ring in range(len(rings) - 1, -1, -1):  # callers have the higher numbers
        for node in rings[ring]:
            for target in after[node]:
                if ring_of[target] != ring:
                    layer_of[ring_of[target]] = max(layer_of[ring_of[target]], layer_of[ring] + 1)
    layers: list[list[str]] = [[] for _ in range(max(layer_of, default=-1) + 1)]
    for ring, members in enumerate(rings):
        layers[layer_of[ring]] += [graph.components[node].id for node in members]
    return layers
