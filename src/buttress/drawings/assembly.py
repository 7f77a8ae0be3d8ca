"""From drawings to one fragment: nodes meet by name, edges become flows, frames boundaries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from buttress.drawings.answers import without_answers
from buttress.drawings.drawing import Drawing, Edge, Group, Node, Place
from buttress.drawings.edges import EdgeLabel, edge_label
from buttress.drawings.flows import End, arrows, without_direction
from buttress.drawings.judge import Verdict, contracted, judge, without_legend
from buttress.drawings.kinds import boundary_kind, is_external, kind_of
from buttress.drawings.labels import NodeLabel, node_label
from buttress.drawings.whole import MAX_EVIDENCE, Part, Whole, add_flow, component_of
from buttress.evidence.secrets import veiled
from buttress.model import Boundary, Diagnostic, Evidence, Fact, Fragment, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import Technology, load
from buttress.vocabulary.roles import role_of

MAX_SPREAD = 4
MAX_INSTANCES = 10_000
_INSTANCE = re.compile(
    r"^(.*\w)[\s_#-]+(?:no\.?\s*)?(?:\((?=\w+\)$))?(\d{1,3}|n|(?<=\()[a-z])\)?$", re.IGNORECASE
)
_MARKED = re.compile(r".*\((?:\d{1,3}|[A-Za-z])\)")
_SHOWS = re.compile(
    r"grafana|kibana|dashboard|visuali[sz]ation|superset|metabase|chronograf|jaeger ui", re.IGNORECASE
)
_RECORDS = re.compile(r"\b(?:audit|archives?|logs?|dumps?|backups?|history)\b", re.IGNORECASE)
_PROGRAM = re.compile(r"\b(?:cli|command line)\b", re.IGNORECASE)
_PLACES = frozenset({"zone", "region", "host"})
_OWN = frozenset({"host", "cluster", "namespace", "group"})
_SPREAD_FACTS = {"zone": "multi_zone", "region": "multi_region"}


def assemble(drawings: Sequence[Drawing], reader: str, diagnostics: Iterable[Diagnostic] = ()) -> Fragment:
    """Return the fragment that a reader makes of all its drawings of one system, with what it had to tell on the way."""
    whole = Whole()
    whole.diagnostics.extend(diagnostics)
    drawn: list[frozenset[str]] = []
    for drawing in drawings:
        whole.diagnostics.extend(drawing.diagnostics)
        verdict = judge(drawing) if drawing.sort in ("flowchart", "graph") else Verdict(True)
        if not verdict.architecture:
            whole.diagnostics.append(Diagnostic(drawing.path, drawing.line, verdict.reason, "info"))
            continue
        if drawing.nodes and verdict.dropped >= set(drawing.nodes):
            reason = f"none of its {len(drawing.nodes)} nodes is a part of a system; nothing was read from it"
            whole.diagnostics.append(Diagnostic(drawing.path, drawing.line, reason, "info"))
            continue
        drawn.append(_Assembly(whole, drawing, verdict.dropped).run())
    _find_people(whole)
    names = frozenset(whole.parts)
    components = tuple(component_of(p, names) for p in sorted(whole.parts.values(), key=lambda p: p.id))
    return Fragment(
        reader,
        components=components,
        flows=tuple(sorted((f for pair in whole.flows.values() for f in pair), key=lambda f: f.id)),
        boundaries=tuple(sorted(whole.boundaries.values(), key=lambda b: b.id)),
        diagnostics=tuple(sorted(set(whole.diagnostics))),
        tells_apart=len(drawn) <= 1,
        drawn=tuple(drawn),
    )


def _find_people(whole: Whole) -> None:
    """Make actors of those of whom nothing is said but that they use pages: nobody else does, and nothing calls people.

    A command line that another program starts is no person at a keyboard.
    """
    flows = [f for pair in whole.flows.values() for f in pair]
    targets = {f.target for f in flows}
    used: dict[str, set[str]] = {}
    for flow in flows:
        used.setdefault(flow.source, set()).add(whole.parts[flow.target].kind)
    by_programs = {f.target for f in flows if whole.parts[f.source].kind != "actor"}
    for part in whole.parts.values():
        if part.kind == "actor" and _PROGRAM.search(part.name) and part.id in by_programs:
            part.kind = "service"
        unknown = part.kind == "service" and part.technology is None and part.id not in targets
        if unknown and used.get(part.id) == {"web_frontend"} and role_of(part.name) is None:
            part.kind = "actor"


class _Assembly:
    """One drawing on its way into the whole."""

    def __init__(self, whole: Whole, drawing: Drawing, dropped: frozenset[str]) -> None:
        self.whole, self.drawing = whole, drawing
        self.edges = without_answers(contracted(drawing, dropped))
        self.nodes = {k: n for k, n in drawing.nodes.items() if k not in dropped}
        self.groups: dict[str, str] = {}
        self.part_of: dict[str, str] = {}
        self.spread: dict[str, set[str]] = {}
        self.namesakes = _namesakes(drawing)
        self.plain_shapes = without_legend(drawing)

    def run(self) -> frozenset[str]:
        """Add everything that the drawing shows; return the ids of its components."""
        ends = {e.source for e in self.edges} | {e.target for e in self.edges}
        members = self._members()
        self.edges = [
            replace(e, source=a, target=b) for e in self.edges
            for a in members.get(e.source, [e.source]) for b in members.get(e.target, [e.target])
        ]  # fmt: skip
        used = {
            k
            for k in self.drawing.groups
            if k in ends and k not in self.nodes and k not in members and self.drawing.groups[k].title
        }
        for key in sorted(used):
            group = self.drawing.groups[key]
            self.nodes[key] = Node(key, group.place, group.title, "rect", group.parent)
        gone = self._emptied()
        for group in self.drawing.groups.values():
            if group.key not in gone and group.title:
                self._boundary(group)
        labels = {k: self._label(n) for k, n in self.nodes.items()}
        for key, name, many in self._names(labels):
            self._add(self.nodes[key], labels[key], name, many)
        for edge in self.edges:
            self._connect(edge)
        return frozenset(self.part_of.values())

    def _label(self, node: Node) -> NodeLabel:
        here = node.place.evidence(self.drawing.path, self.drawing.form)
        if node.label is None:
            key = veiled(node.key)
            return NodeLabel(key, key, *_of_key(key, here))
        return node_label(node.label, here, technology=node.technology, description=node.description)

    def _names(self, labels: dict[str, NodeLabel]) -> Iterable[tuple[str, str, int]]:
        """Yield each node with the name of its component and how many instances that has.

        Nodes that differ by a number only and have the same neighbours are instances of one component; so are
        nodes of one label in several zones, regions or hosts. Others of one name are told apart by their full
        label or frame.
        """
        around = self._neighbours()
        alike: dict[tuple[str, str, frozenset[str], frozenset[str]], list[str]] = {}
        self.spread.clear()
        for key, label in labels.items():
            if self.nodes[key].label is not None and self.drawing.sort != "model":
                counted = _INSTANCE.match(label.name)
                stem = counted.group(1) if counted else f"{label.full}, {label.rest}"
                alike.setdefault((stem, self.nodes[key].shape, *around[key]), []).append(key)
        named = {key: label.name for key, label in labels.items()}
        count = dict.fromkeys(labels, 1)
        instances: set[str] = set()
        for (stem, *_), keys in alike.items():
            marked = all(_MARKED.fullmatch(labels[key].name) for key in keys)
            if len(keys) > 1 and (any(around[keys[0]]) or marked or self._in_zones(keys)):
                numbers = [found for key in keys if (found := _INSTANCE.match(labels[key].name))]
                many = (
                    1 if any(not n.group(2).isdigit() for n in numbers) else len(keys)
                )  # `Node 1`, `Node n`: any
                for key in keys:
                    named[key] = stem if numbers else labels[key].name
                    count[key] = many
                instances.update(keys)
                self._note_spread(keys)
        same: dict[str, list[str]] = {}
        for key, name in named.items():
            same.setdefault(slug(name), []).append(key)
        for keys in same.values():
            if len(keys) > 1 and keys[0] not in instances:
                self._tell_apart(keys, labels, named, count)
        for key, name in named.items():
            yield key, name, count[key]

    def _tell_apart(
        self, keys: list[str], labels: dict[str, NodeLabel], named: dict[str, str], count: dict[str, int]
    ) -> None:
        for told in ({k: labels[k].full for k in keys}, {k: _with_aside(labels[k]) for k in keys}):
            if len({slug(n) for n in told.values()}) == len(keys):
                named.update(told)
                return
        frames = self._apart([self._around(self.nodes[k]) for k in keys])
        joined = any({e.source, e.target} <= set(keys) for e in self.edges)
        if frames and not joined and {f.kind or boundary_kind(f.title) for f in frames} <= _PLACES:
            count.update(dict.fromkeys(keys, len(keys)))
            self._note_spread(keys)
        elif frames:
            named.update({k: f"{labels[k].name} ({f.title})" for k, f in zip(keys, frames, strict=True)})

    def _apart(self, chains: list[list[Group]]) -> list[Group]:
        """Return the innermost frames of one depth that have a title each of its own, none when there are none."""
        depths = [list(frames) for frames in zip(*chains, strict=False)]
        return next((fs for fs in depths if len({slug(f.title) for f in fs}) == len(chains)), [])

    def _note_spread(self, keys: list[str]) -> None:
        """Remember the kinds of place in which the instances of one component lie apart."""
        for kind in _SPREAD_FACTS:
            places = {
                f.key
                for k in keys
                for f in self._around(self.nodes[k])
                if (f.kind or boundary_kind(f.title)) == kind
            }
            if len(places) > 1:
                for key in keys:
                    self.spread.setdefault(key, set()).add(kind)

    def _in_zones(self, keys: list[str]) -> bool:
        """Return whether each node lies in a zone or region of its own."""
        places = [
            [
                f.key
                for f in self._around(self.nodes[k])
                if (f.kind or boundary_kind(f.title)) in _SPREAD_FACTS
            ]
            for k in keys
        ]
        return all(places) and len({tuple(p) for p in places}) == len(keys)

    def _neighbours(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        into: dict[str, set[str]] = {k: set() for k in self.nodes}
        out: dict[str, set[str]] = {k: set() for k in self.nodes}
        for edge in self.edges:
            if edge.source in out and edge.target in into:
                out[edge.source].add(edge.target)
                into[edge.target].add(edge.source)
        return {k: (frozenset(into[k]), frozenset(out[k])) for k in self.nodes}

    def _frames(self, key: str | None) -> list[Group]:
        out: list[Group] = []
        while key is not None and key in self.drawing.groups and len(out) < 40:
            out.append(self.drawing.groups[key])
            key = self.drawing.groups[key].parent
        return out

    def _emptied(self) -> set[str]:
        """Return the frames of which nothing is left, such as those of legends."""
        held = {f.key for n in self.drawing.nodes.values() for f in self._around(n)}
        return held - {f.key for n in self.nodes.values() for f in self._around(n)}

    def _around(self, node: Node) -> list[Group]:
        """Return the frames around a node that have a title, innermost first."""
        frames = (f for key in (node.group, *node.beside) for f in self._frames(key))
        return list({f.key: f for f in frames if f.title}.values())

    def _boundary(self, group: Group) -> None:
        kind = group.kind or boundary_kind(group.title)
        title = veiled(self._title(group, kind))
        id_ = f"{kind}-{slug(title)}"
        here = group.place.evidence(self.drawing.path, self.drawing.form)
        known = self.whole.boundaries.get(id_)
        self.groups[group.key] = id_
        if known is not None:
            if here not in known.evidence:
                self.whole.boundaries[id_] = replace(known, evidence=(*known.evidence, here)[:MAX_EVIDENCE])
            return
        parent = next(
            (self.groups[g.key] for g in self._frames(group.parent) if g.key in self.groups
             and (g.kind or boundary_kind(g.title)) == kind and self.groups[g.key] != id_), None,
        )  # fmt: skip
        self.whole.boundaries[id_] = Boundary(id_, title, kind, parent, (here,))

    def _title(self, group: Group, kind: str) -> str:
        """Return the title of a frame, with that of the frame around it where several have one title."""
        if kind not in _OWN or slug(group.title) not in self.namesakes or group.parent is None:
            return group.title
        return f"{group.title} ({self.drawing.groups[group.parent].title})"

    def _add(self, node: Node, label: NodeLabel, name: str, many: int) -> None:
        frames = self._around(node)
        for frame in frames:
            many *= frame.many if many * frame.many <= MAX_INSTANCES else 1
        external = node.external or any(is_external(f.title) for f in frames)
        spoken = name if name == label.name else " ".join(re.split(r"\W+", name))
        kind = node.kind or kind_of(
            spoken if role_of(spoken) else label.name,
            rest=label.rest,
            technology=label.technology,
            named_technology=label.named_technology,
            shape="rect" if node.shape in self.plain_shapes else node.shape,
            classes=frozenset(node.classes),
            external=external,
            frame=frames[0].title if frames else "",
        )
        here = node.place.evidence(self.drawing.path, self.drawing.form)
        id_ = slug(name)
        part = self.whole.parts.get(id_)
        if part is not None and label.technology is not None and _is_other(label.technology, part.technology):
            id_ = f"{id_}-{label.technology.id}"  # merging finds that two drawings disagree
            part = self.whole.parts.get(id_)
        weak = kind == "service" and node.kind is None
        if part is None:
            part = self.whole.parts[id_] = Part(id_, name, kind, None, weak=weak)
        elif (part.weak and not weak) or load().is_kind(kind, part.kind):
            part.kind, part.weak = kind, weak
        technology = (
            label.technology.id if label.technology and not _only_uses(node, label.technology) else None
        )
        part.technology = part.technology or technology
        part.words = part.words or label.rest
        self.part_of[node.key] = id_
        for alias in (name, label.name, label.full, *node.aliases):
            if alias and alias != part.name and slug(alias) != "unnamed":
                part.aliases.setdefault(alias)
        apart = self.spread.get(node.key, set())
        taken = {self.whole.boundaries[b].kind for b in part.boundaries} | apart
        for place in sorted(apart):
            part.facts.setdefault(_SPREAD_FACTS[place], Fact(_SPREAD_FACTS[place], True, "stated", (here,)))
        for frame in frames:
            boundary = self.whole.boundaries[self.groups[frame.key]]
            if boundary.kind not in taken:
                taken.add(boundary.kind)
                part.boundaries.setdefault(boundary.id)
        part.evidence.setdefault(here)
        for fact in (*node.facts, *label.facts):
            known = part.facts.setdefault(fact.name, fact)
            if (known.value, known.status) != (fact.value, fact.status):
                part.disagreeing.append(fact)
        if many > 1 and "replicas" not in part.facts:
            part.facts["replicas"] = Fact("replicas", many, "stated", (here,))
        elif (
            many > 1 and part.facts["replicas"].value == many and here not in part.facts["replicas"].evidence
        ):
            seen = part.facts["replicas"]
            part.facts["replicas"] = replace(seen, evidence=(*seen.evidence, here)[:MAX_EVIDENCE])

    def _members(self) -> dict[str, list[str]]:
        """Return the frames whose members an arrow to them means: few, side by side, no frame within."""
        inside: dict[str, list[str]] = {}
        for key, node in self.nodes.items():
            if node.group is not None:
                inside.setdefault(node.group, []).append(key)
        parents = {g.parent for g in self.drawing.groups.values()}
        frames = {k: n.group for k, n in self.nodes.items()}
        joined = {frames.get(e.source) for e in self.edges if frames.get(e.source) == frames.get(e.target)}
        return {
            k: m for k, m in inside.items()
            if len(m) <= MAX_SPREAD and k not in parents and k not in joined and k not in self.nodes
        }  # fmt: skip

    def _connect(self, edge: Edge) -> None:
        here = edge.place.evidence(self.drawing.path, self.drawing.form)
        told = edge.label or edge.technology
        label = edge_label(edge.label, here, technology=edge.technology) if told else EdgeLabel()
        source, target = self.part_of.get(edge.source), self.part_of.get(edge.target)
        if source is not None and target is not None:
            if edge.facts:
                label = replace(label, facts=(*edge.facts, *label.facts))
            ends = self._end(source), self._end(target)
            label = without_direction(*ends, label, edge.head, here)
            for arrow in arrows(*ends, label, edge.head, edge.sync):
                add_flow(self.whole, arrow, here)

    def _end(self, id_: str) -> End:
        part = self.whole.parts[id_]
        words = f"{part.name} {part.technology or ''} {' '.join(part.aliases)} {part.words}"
        shows, records = bool(_SHOWS.search(words)), bool(_RECORDS.search(words))
        return End(id_, part.kind, shows, records, load().is_exporter(part.name))


def _is_other(technology: Technology, known: str | None) -> bool:
    """Return whether two drawings name two stores or brokers of one kind for one component."""
    vocabulary = load()
    other = vocabulary.technologies.get(known or "")
    if other is None or other.kind != technology.kind or other.kind not in STORES | MESSAGING:
        return False
    return not (
        vocabulary.is_technology(other.id, technology.id) or vocabulary.is_technology(technology.id, other.id)
    )


def _only_uses(node: Node, technology: Technology) -> bool:
    """Return whether a service is called after a store or broker that it uses: `Kafka API`."""
    return node.kind == "service" and technology.kind in STORES | MESSAGING


def _with_aside(label: NodeLabel) -> str:
    """Return a name with the few words beside it: `Redis<br/>sessions` is the Redis of the sessions."""
    first = label.rest.partition(",")[0].strip()
    return (
        f"{label.name} {first}" if first and "," not in label.rest and len(first.split()) <= 3 else label.name
    )


def _of_key(key: str, here: Evidence) -> tuple[str, None] | tuple[str, object, bool]:
    label = node_label(re.sub(r"_+", " ", key), here)
    return (label.rest, label.technology, label.named_technology)


def _namesakes(drawing: Drawing) -> frozenset[str]:
    """Return the titles that several frames have, each within another frame of a title of its own."""
    around: dict[str, dict[Place, str]] = {}
    for group in drawing.groups.values():
        parent = drawing.groups.get(group.parent or "")
        around.setdefault(slug(group.title), {})[group.place] = parent.title if parent is not None else ""
    return frozenset(
        t for t, a in around.items() if len(a) > 1 and all(a.values()) and len({*a.values()}) == len(a)
    )
