"""draft: what was read and what is in doubt, as a short list in the very form that `amend` takes, the most telling first.

What is to be decided begins with a question mark; an entry that still has one says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from buttress.additions import texts_of
from buttress.additions.quotes import Texts, says
from buttress.assist.checking import WRITTEN, resolved
from buttress.assist.keeping import entry, list_of, owned
from buttress.evidence.secrets import quotable, without_secret
from buttress.model import (
    COMPONENT_KINDS,
    FLOW_KINDS,
    Claim,
    Component,
    Evidence,
    Flow,
    Source,
    SystemGraph,
)
from buttress.model.additions_form import ENTRIES, SCHEMA
from buttress.model.wire import json_text
from buttress.names import words_of
from buttress.pipeline import read
from buttress.prose import Prose
from buttress.prose.doubts import Doubts, doubts
from buttress.readers import read_all
from buttress.readers.additions import UNDECIDED

MAX_SHOWN = 60  # of what was read, per kind
HOW = (
    "Replace each value that begins with ? by what the documents say, or delete the entry; then: buttress amend PATH... --from THIS_FILE",
    "Every entry needs `quote`: words copied from the source. An entry that still holds a ? is passed over.",
    "A flow leads from the one that starts it to the one that is needed: caller to callee, reader to store, producer and consumer to broker.",
    "kind of a component: " + " ".join(COMPONENT_KINDS),
    "kind of a flow: " + " ".join(FLOW_KINDS),
    "rejections take back what was misread: say why under `reason`, or delete the entry when it was read rightly.",
)
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """The work list: what was read, the entries to be decided by list, and how many of each didn't fit."""

    read: dict[str, Any]
    lists: dict[str, list[Entry]]

    def rendered(self, format_: str) -> str:
        """Return the list as YAML or JSON; same draft, same bytes."""
        whole = {"schema": SCHEMA, "read": self.read, **self.lists}
        if format_ == "json":
            return json_text(whole)
        import yaml

        return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)


def draft(sources: Sequence[Source], *, name: str, limit: int = 8, proposed: Sequence[Claim] = ()) -> Draft:
    """Return the work list for what is read from some sources, at most `limit` entries of a kind.

    `proposed` are claims that somebody has made already, taken into the list as they are. O(size of the sources).
    """
    system = read(sources, name=name)
    fragments, _ = read_all(sources)
    texts = texts_of(sources, fragments)
    known = [c for f in fragments for c in f.components]
    maker = _Maker(system, texts, doubts(Prose(p for f in fragments for p in f.passages), known))
    made = {
        "components": maker.names(),
        "flows": [*maker.pairs(), *maker.alone()],
        "merges": maker.twins(),
        "rejections": [*maker.weak(), *maker.loose()],
    }
    ready: dict[str, list[Entry]] = {}
    for claim in proposed:
        ready.setdefault(list_of(claim), []).append(entry(claim))
    lists = {k: [*ready.get(k, ()), *made.get(k, ())[:limit]] or [_blank(k)] for k in ENTRIES}
    left = {k: len(v) - limit for k, v in made.items() if len(v) > limit}
    return Draft(_shown(system, left), lists)


def _shown(system: SystemGraph, left: dict[str, int]) -> dict[str, Any]:
    components = [
        f"{c.name} ({c.kind}{', ' + c.technology if c.technology else ''}) {_place(c.evidence)}"
        for c in system.components
    ]
    flows = [f"{system.label(f.id)} ({f.kind}) {_place(f.evidence)}" for f in system.flows]
    out = {
        "how": list(HOW),
        "components": components[:MAX_SHOWN],
        "flows": flows[:MAX_SHOWN],
        "contradictions": [
            f"{system.label(c.subject)}, {c.name}: {c}" for c in system.contradictions[:MAX_SHOWN]
        ],
    }
    more = {
        f"{k} read": len(v) - MAX_SHOWN
        for k, v in (("components", components), ("flows", flows))
        if len(v) > MAX_SHOWN
    }
    return {**out, "left_out": {**more, **{f"{k} in doubt": n for k, n in left.items()}}}


def _place(evidence: Sequence[Evidence]) -> str:
    return str(evidence[0]) if evidence else ""


def _blank(list_: str) -> Entry:
    """Return an entry with every key of a list to be filled in."""
    fields = ENTRIES[list_].model_fields
    return {
        f.alias or name: UNDECIDED
        for name, f in fields.items()
        if f.is_required() or name in _SHOWN_KEYS[list_]
    }


_SHOWN_KEYS: dict[str, tuple[str, ...]] = {
    "components": (), "flows": (), "facts": ("component", "value", "status"), "stances": (), "merges": (),
    "rejections": ("component", "reason"),
}  # fmt: skip


class _Maker:
    """Turns doubts into entries, each list ranked by how much of the graph an answer changes."""

    def __init__(self, system: SystemGraph, texts: Texts, found: Doubts) -> None:
        self.system, self.texts, self.found = system, texts, found
        self.flows_of = {c.id: 0 for c in system.components}
        for flow in system.flows:
            self.flows_of[flow.source] += 1
            self.flows_of[flow.target] += 1
        self.decided = {n for r in system.rejections for n in r.names if len(r.names) == 1}

    def names(self) -> list[Entry]:
        """Return the names that prose came near to taking for components, those with most flows at stake first."""
        ranked: list[tuple[float, str, Entry]] = []
        for name in self.found.names:
            if resolved(name.name, self.system.components) or name.name in self.decided:
                continue
            gain = name.score * (1 + len(name.partners))
            ranked.append(
                (
                    -gain,
                    name.name,
                    {"name": name.name, "kind": UNDECIDED + name.kind, **self._quote(name.evidence)},
                )
            )
        return [e for _, _, e in sorted(ranked, key=lambda r: r[:2])]

    def pairs(self) -> list[Entry]:
        """Return the pairs of components that one sentence names and no flow joins; those that nothing else joins first."""
        joined = {frozenset((f.source, f.target)) for f in self.system.flows}
        best: dict[frozenset[str], tuple[float, Entry]] = {}
        for pair in self.found.pairs:
            ends = [resolved(n, self.system.components) for n in pair.names]
            if not ends[0] or not ends[1] or ends[0] is ends[1]:
                continue
            key = frozenset(e.id for e in ends if e)
            if key in joined:
                continue
            alone = sum(not self.flows_of[e.id] for e in ends if e)
            rank = -(2 * alone + pair.closeness)
            made = {
                "from": ends[0].name,
                "to": ends[1].name,
                "kind": f"{UNDECIDED}calls",
                **self._quote(pair.evidence),
            }
            if key not in best or rank < best[key][0]:
                best[key] = rank, made
        self.paired = {n for _, e in best.values() for n in (e["from"], e["to"])}
        return [e for _, e in sorted(best.values(), key=lambda r: (r[0], r[1]["from"], r[1]["to"]))]

    def alone(self) -> list[Entry]:
        """Return the components without any flow that no pair asks about, the most mentioned first."""
        lonely = [c for c in self.system.components if not self.flows_of[c.id] and c.name not in self.paired]
        return [
            {"from": c.name, "to": UNDECIDED, "kind": UNDECIDED, **self._quote(c.evidence[0])}
            for c in sorted(lonely, key=lambda c: (-len(c.evidence), c.id))
            if c.evidence
        ]

    def twins(self) -> list[Entry]:
        """Return the pairs of components of which one's name holds the other's, and that may be one."""
        out: list[tuple[int, Entry]] = []
        words = {c.id: frozenset(words_of(c.name)) for c in self.system.components}
        for n, first in enumerate(self.system.components):
            for second in self.system.components[n + 1 :]:
                a, b = words[first.id], words[second.id]
                short, long = sorted((first, second), key=lambda c: (len(words[c.id]), c.id))
                if not (a <= b or b <= a) or abs(len(a) - len(b)) > 2 or not self._of_prose(short):
                    continue
                evidence = self._naming(short.evidence, (short.name,))
                if evidence is not None:
                    weight = self.flows_of[first.id] + self.flows_of[second.id]
                    names = {"names": [long.name, short.name], **self._quote(evidence), "reason": UNDECIDED}
                    out.append((-weight, names))
        return [e for _, e in sorted(out, key=lambda r: (r[0], r[1]["names"]))]

    def weak(self) -> list[Entry]:
        """Return the components that prose only just took, those with most flows at stake first."""
        ranked = []
        for weak in self.found.weak:
            component = resolved(weak.name, self.system.components)
            if component is None or not self._of_prose(component):
                continue
            evidence = self._naming(component.evidence, (component.name,))
            if evidence is not None:
                gain = (1 - weak.score) * (1 + self.flows_of[component.id])
                made = {"component": component.name, **self._quote(evidence), "reason": UNDECIDED}
                ranked.append((-gain, component.id, made))
        return [e for _, _, e in sorted(ranked, key=lambda r: r[:2])]

    def loose(self) -> list[Entry]:
        """Return the flows that rest on sentences of which none names both ends."""
        out = []
        for flow in self.system.flows:
            ends = [c for c in map(self.system.component, (flow.source, flow.target)) if c]
            if len(ends) < 2 or not _written(flow):
                continue
            if any(all(_named(c, e.quote) for c in ends) for e in flow.evidence):
                continue
            evidence = self._naming(flow.evidence, [c.name for c in ends])
            if evidence is not None:
                made = {
                    **owned([c.name for c in ends]),
                    "kind": flow.kind,
                    **self._quote(evidence),
                    "reason": UNDECIDED,
                }
                out.append(made)
        return out

    def _of_prose(self, component: Component) -> bool:
        return all(e.form in WRITTEN for e in component.evidence)

    def _naming(self, evidence: Iterable[Evidence], names: Sequence[str]) -> Evidence | None:
        return next((e for e in evidence if any(says(self._words(e), n) for n in names)), None)

    def _words(self, evidence: Evidence) -> str:
        return str(self._quote(evidence)["quote"])

    def _quote(self, evidence: Evidence) -> Entry:
        """Return the words of evidence as they are written: its quote may have lost the marks of links."""
        texts = self.texts.of(evidence.source)
        found = self.texts.find(evidence.quote, texts, evidence.line) or self._line(evidence)
        return {"quote": found.quote, "source": found.source, "line": found.line}

    def _line(self, evidence: Evidence) -> Evidence:
        text = next(iter(self.texts.of(evidence.source)), None)
        if text is None:
            return evidence
        lines = text.source.text.split("\n")[evidence.line - 1 : evidence.end_line]
        written = " ".join(" ".join(lines).split()).lstrip("#>-*+ ")[:200].rsplit(" ", 1)[0]
        hides = quotable if evidence.form in WRITTEN else without_secret
        return Evidence(evidence.source, evidence.line, evidence.line, hides(written), evidence.form)


def _written(flow: Flow) -> bool:
    return all(e.form in WRITTEN for e in flow.evidence)


def _named(component: Component, quote: str) -> bool:
    return any(says(quote, name) for name in (component.name, *component.aliases))
