"""The gate through which every graph passes before anybody sees it: no quote, name, value or remark in it holds a secret.

Readers know best which of their lines hold one, and cut those themselves; what one of them forgot ends here. A quote is judged by its lines
and those that belong with them: the option on the line above, the name beside a value, the block of a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from buttress.evidence.secrets import HIDDEN, places, quotable, veiled, without_secret
from buttress.evidence.secrets.shapes import is_in_block
from buttress.model import (
    Boundary,
    Component,
    Contradiction,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Merge,
    Rejection,
    Source,
    Stance,
    SystemGraph,
    flow_id,
    slug,
)

T = TypeVar("T")
MAX_ABOVE = 12  # lines that a shell continues, and pieces of a command
MAX_LINE = 2_000
_TO_THE_LETTER = ("config", "code", "graph")
_QUOTED = re.compile(r"\.(?:py|pyi|tf|hcl|toml)$")
_GOES_ON = re.compile(r"\\\s*$")
_OPENS = re.compile(r"(?:[:=(,|>]|[|>][-+]?|-{1,2}[\w-]+[\"']?)\s*$")
_VALUE = re.compile(r"\bvalue[\"']?\s*[:=]", re.IGNORECASE)
_SHOWN = re.compile(r"'[^']+'|\"[^\"]+\"|`[^`]+`")
_ITEM = re.compile(r"\s*(?:-\s|[\"'])")


def kept_out(graph: SystemGraph, sources: Sequence[Source]) -> SystemGraph:
    r"""Return a graph without secrets: quotes end before them, elsewhere a sign stands in their place.

    >>> place = Evidence("a.yaml", 2, 2, "- hunter2", "config")
    >>> graph = SystemGraph(components=(Component("db", "db", facts=(Fact("a", "x ghp_0123456789abcdefghij", evidence=(place,)),)),))
    >>> fact = kept_out(graph, [Source("a.yaml", "- --password\n- hunter2")]).components[0].facts[0]
    >>> fact.value, fact.evidence[0].quote
    ('x ghp_…', '…')
    """
    return _Gate(sources).graph(graph)


class _Gate:
    def __init__(self, sources: Sequence[Source]) -> None:
        self.texts: dict[str, list[Source]] = {}
        for source in sources:
            self.texts.setdefault(source.path, []).append(source)
        self.seen: dict[Evidence, Evidence] = {}
        self.lines: dict[tuple[str, int, int, bool], list[tuple[str, list[tuple[int, str]]]]] = {}

    def graph(self, graph: SystemGraph) -> SystemGraph:
        """Return the graph, and the very same one where nothing in it had to be hidden."""
        hidden = self._hidden(graph)
        return _renamed(hidden, _secret_ids(graph, hidden))

    def _hidden(self, graph: SystemGraph) -> SystemGraph:
        return _changed(
            graph,
            components=_all(graph.components, self.component),
            flows=_all(graph.flows, self.flow),
            boundaries=_all(graph.boundaries, self.boundary),
            stances=_all(graph.stances, self.stance),
            diagnostics=_all(graph.diagnostics, self.remark),
            merges=_all(graph.merges, _merge),
            rejections=_all(graph.rejections, self.rejection),
            contradictions=_all(graph.contradictions, self.contradiction),
            facts=_all(graph.facts, self.fact),
        )

    def component(self, c: Component) -> Component:
        """Return a component whose names, facts and quotes hold no secret."""
        return _changed(
            c,
            name=self._name(c.name, c.evidence),
            aliases=tuple(self._name(a, c.evidence) for a in c.aliases),
            facts=_all(c.facts, self.fact),
            evidence=_all(c.evidence, self.place),
        )

    def flow(self, f: Flow) -> Flow:
        """Return a flow whose facts and quotes hold no secret."""
        return _changed(
            f,
            protocol=f.protocol and veiled(f.protocol),
            facts=_all(f.facts, self.fact),
            evidence=_all(f.evidence, self.place),
        )

    def boundary(self, b: Boundary) -> Boundary:
        """Return a boundary whose name and quotes hold no secret."""
        return _changed(b, name=self._name(b.name, b.evidence), evidence=_all(b.evidence, self.place))

    def stance(self, s: Stance) -> Stance:
        """Return a stance whose quotes hold no secret."""
        return _changed(s, evidence=_all(s.evidence, self.place))

    def fact(self, f: Fact) -> Fact:
        """Return a fact whose value and quotes hold no secret."""
        value = f.value
        if isinstance(value, str):
            value = self._value(value, f.evidence)
        elif isinstance(value, tuple):
            value = tuple(self._value(v, f.evidence) for v in value)
        return _changed(f, value=value, evidence=_all(f.evidence, self.place))

    def _name(self, name: str, evidence: Sequence[Evidence]) -> str:
        """Return a name without a secret of its lines; a name that is only a word may well be a password too."""
        name = veiled(name)
        if any(c.isdigit() for c in name):
            for secret in (s for place in evidence for s in self._secrets(place)):
                if len(secret) > 7 and any(c.isdigit() for c in secret):
                    name = _spelt(secret).sub(HIDDEN, name)
        return name

    def _value(self, value: str, evidence: Sequence[Evidence]) -> str:
        value = veiled(value)
        if value.isalpha():
            return value
        for secret in (s for place in evidence for s in self._secrets(place)):
            value = value.replace(secret, HIDDEN)
        return value

    def contradiction(self, c: Contradiction) -> Contradiction:
        """Return a contradiction whose sides hold no secret."""
        return _changed(c, sides=tuple((veiled(value), self.place(e)) for value, e in c.sides))

    def rejection(self, r: Rejection) -> Rejection:
        """Return a rejection whose names and quotes hold no secret."""
        return _changed(
            r,
            names=_all(r.names, veiled),
            reason=veiled(r.reason),
            evidence=_all(r.evidence, self.place),
        )

    def remark(self, d: Diagnostic) -> Diagnostic:
        """Return a remark that shows no secret, nor the beginning of one that stands at its line."""
        reason = veiled(d.reason)
        place = Evidence(d.source, d.line, d.line, "", "config")
        found = self._secrets(place) if _SHOWN.search(reason) else []
        for secret in found:
            reason = _SHOWN.sub(lambda shown, s=secret: HIDDEN if _share(shown[0], s) else shown[0], reason)  # type: ignore[misc]
        return _changed(d, reason=reason)

    def place(self, evidence: Evidence) -> Evidence:
        """Return evidence whose quote ends before the first secret; a sign stands for a quote that was nothing else."""
        known = self.seen.get(evidence)
        if known is None:
            quote = self._quote(evidence)
            known = evidence if quote == evidence.quote else replace(evidence, quote=_shown(quote))
            self.seen[evidence] = known
        return known

    def _quote(self, evidence: Evidence) -> str:
        running = evidence.form not in _TO_THE_LETTER
        quoted = _QUOTED.search(evidence.source) is not None
        quote = quotable(evidence.quote) if running else without_secret(evidence.quote, quoted=quoted)
        for own, found in self._lines(evidence):
            for start, secret in found:
                quote = _before(quote, own, start, secret)
        return quote

    def _secrets(self, place: Evidence) -> list[str]:
        """Return the secrets on the lines of an evidence, but for words that stand there more than once."""
        return [s for own, found in self._lines(place) for _, s in found if len(s) > 3 and own.count(s) == 1]

    def _lines(self, place: Evidence) -> list[tuple[str, list[tuple[int, str]]]]:
        """Return the lines of an evidence in each source of that name, with the secrets there: where each begins, below 0 on a line above."""
        running = place.form not in _TO_THE_LETTER
        key = (place.source, place.line, place.end_line, running)
        known = self.lines.get(key)
        if known is None:
            known = self.lines[key] = list(self._looked_through(place, running))
        return known

    def _looked_through(self, place: Evidence, running: bool) -> Iterator[tuple[str, list[tuple[int, str]]]]:
        for source in self.texts.get(place.source, ()):
            if not source.packed:
                rows = _rows(source.written or source.text)
                first, last = place.line - source.first_line, place.end_line - source.first_line
                if 0 <= first <= last < len(rows):
                    yield _found(rows, first, last, running, _QUOTED.search(place.source) is not None)


def _found(
    rows: Sequence[str], at: int, end: int, running: bool, quoted: bool
) -> tuple[str, list[tuple[int, str]]]:
    """Return some lines as one text and the secrets in it, judged with the lines that belong with them."""
    own = "\n".join(row[:MAX_LINE] for row in rows[at : end + 1])
    if is_in_block(rows, at):
        return own, [(0, own)]
    if running:
        return own, [(a, own[a:b]) for a, b in places(own, running=True)]
    paired = end + 1 < len(rows) and _VALUE.search(rows[at]) is not None
    above = "".join(f"{row[:MAX_LINE]}\n" for row in rows[_beginning(rows, at) : at])
    whole = above + own + (f"\n{rows[end + 1][:MAX_LINE]}" if paired else "")
    begin, stop = len(above), len(above) + len(own)
    found = (p for p in places(whole, quoted=quoted) if begin < p[1] and p[0] < stop)
    return own, [(p[0] - begin, whole[max(p[0], begin) : min(p[1], stop)]) for p in found]


def _secret_ids(graph: SystemGraph, hidden: SystemGraph) -> dict[str, str]:
    """Return new ids for those components and boundaries whose own were made of a name with a secret in it."""
    taken = {c.id for c in graph.components} | {b.id for b in graph.boundaries}
    out: dict[str, str] = {}
    pairs: list[tuple[Component | Boundary, Component | Boundary]] = [
        *zip(graph.components, hidden.components, strict=True),
        *zip(graph.boundaries, hidden.boundaries, strict=True),
    ]
    for old, new in pairs:
        if old.name == new.name:
            continue
        kind = f"{old.kind}-" if isinstance(old, Boundary) else ""
        stem = id_ = f"{kind}{slug(new.name)}"
        number = 2
        while id_ in taken:
            id_, number = f"{stem}-{number}", number + 1
        taken.add(id_)
        out[old.id] = id_
    return out


def _renamed(graph: SystemGraph, ids: Mapping[str, str]) -> SystemGraph:
    """Return a graph in which some components and boundaries have other ids, wherever they are spoken of."""
    if not ids:
        return graph
    taken: set[str] = set()
    flows: dict[str, Flow] = {}
    for flow in graph.flows:
        source, target = (ids.get(end, end) for end in (flow.source, flow.target))
        moved = (source, target) != (flow.source, flow.target)
        id_ = flow_id(source, target, flow.kind, taken) if moved else flow.id
        taken.add(id_)
        flows[flow.id] = replace(flow, id=id_, source=source, target=target)

    def now(id_: str) -> str:
        return flows[id_].id if id_ in flows else ids.get(id_, id_)

    return replace(
        graph,
        components=tuple(
            replace(c, id=now(c.id), boundaries=_all(c.boundaries, now)) for c in graph.components
        ),
        flows=tuple(flows.values()),
        boundaries=tuple(
            replace(b, id=now(b.id), parent=None if b.parent is None else now(b.parent))
            for b in graph.boundaries
        ),
        merges=tuple(replace(m, component=now(m.component)) for m in graph.merges),
        contradictions=tuple(replace(c, subject=now(c.subject)) for c in graph.contradictions),
    )


def _beginning(rows: Sequence[str], at: int) -> int:
    """Return the first line that belongs with a line: of a command that goes on, of a list of its pieces, of a key with its value below."""
    first = at
    while first > 0 and at - first < MAX_ABOVE:
        above = rows[first - 1]
        together = (
            _GOES_ON.search(above)
            or (_ITEM.match(rows[first]) and (_ITEM.match(above) or _OPENS.search(above)))
            or (first == at and (_OPENS.search(above) or re.search(r"\bname\b", above, re.IGNORECASE)))
        )
        if not together:
            break
        first -= 1
    return first


def _before(quote: str, own: str, start: int, secret: str) -> str:
    """Return a quote up to a secret that begins at `start` of its lines."""
    where = own.find(quote)
    if where >= 0:
        stands_behind = start + len(secret) <= where
        return quote if stands_behind else quote[: max(start - where, 0)]
    found = re.search(rf"(?<!\w){re.escape(secret.strip())}", quote)
    return quote[: found.start()] if found else quote


def _share(shown: str, secret: str) -> bool:
    """Return whether words that a remark shows have six characters of a secret, or all of a short one."""
    size = min(6, len(secret))
    return any(secret[n : n + size] in shown for n in range(len(secret[:200]) - size + 1))


def _shown(quote: str) -> str:
    """Return what is left of a quote, or the sign for a secret where that says nothing."""
    return quote.rstrip() if any(c.isalnum() for c in quote) else HIDDEN


@lru_cache(maxsize=64)
def _spelt(secret: str) -> re.Pattern[str]:
    """Return what finds a secret within a name that was made of it, whatever joins its letters there."""
    return re.compile(r"[\W_]*".join(c for c in secret[:80] if c.isalnum()), re.IGNORECASE)


@lru_cache(maxsize=16)
def _rows(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def _merge(merge: Merge) -> Merge:
    return _changed(merge, names=_all(merge.names, veiled), reason=veiled(merge.reason))


def _all(values: Iterable[T], hide: Callable[[T], T]) -> tuple[T, ...]:
    return tuple(map(hide, values))


def _changed(value: T, /, **fields: object) -> T:
    """Return a value with some fields set, itself where they are what they were."""
    if all(getattr(value, name) == given for name, given in fields.items()):
        return value
    return replace(value, **fields)  # type: ignore[type-var]
