"""Claims that were read from a text that nobody wrote: unpacked from a link, or made from a template. They rest on what was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from buttress.model import Component, Evidence, Fact, Fragment, Source

Move = Callable[[tuple[Evidence, ...]], tuple[Evidence, ...]]


def unpacked(fragment: Fragment, source: Source) -> Fragment:
    """Return a fragment whose claims all rest on the words from which its source was unpacked.

    >>> from buttress.model import Component
    >>> source = Source("a.md", "flowchart LR", 7, packed="https://mermaid.ink/x")
    >>> one = Component("a", "a", evidence=(Evidence("a.md", 9, 9, "a"),))
    >>> [str(e) for e in unpacked(Fragment("mermaid", (one,)), source).components[0].evidence]
    ['a.md:7']
    """
    line = source.first_line
    here = (Evidence(source.path, line, line, source.packed, "diagram"),)
    return replace(
        moved(fragment, lambda _: here),
        passages=(),
        nested=(),
        diagnostics=tuple(sorted({replace(d, line=line) for d in fragment.diagnostics})),
    )


def made(fragment: Fragment, sources: Sequence[Source]) -> Fragment:
    """Return a fragment whose claims rest on the templates and values from which its sources were made.

    What is denied by being left out of a source that is only partly there is unknown, and so is what such a source implies. What is
    called after its source's heading, the release, is also called without that ("shop-worker", `worker`).

    >>> line = Evidence("t.yaml", 3, 3, "replicas: {{ .Values.n }}", "config")
    >>> source = Source("t.yaml", "replicas: 2", origins=((Evidence("values.yaml", 1, 1, "n: 2", "config"), line),))
    >>> one = Component("a", "a", evidence=(Evidence("t.yaml", 1, 1, "replicas: 2", "config"),))
    >>> [str(e) for e in made(Fragment("kubernetes", (one,)), [source]).components[0].evidence]
    ['values.yaml:1', 't.yaml:3']
    """
    by_path = {s.path: s for s in sources}
    partial = {s.path for s in sources if s.partial}

    def move(places: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(dict.fromkeys(e for p in places for e in _written(p, by_path.get(p.source))))

    releases = {s.heading for s in sources if s.heading}
    called = (_without_release(c, releases) for c in fragment.components)
    kept = replace(fragment, components=tuple(_known(c, partial) for c in called))
    diagnostics = set()
    for diagnostic in fragment.diagnostics:
        source = by_path.get(diagnostic.source)
        line = _line_of(diagnostic.line, source) if source is not None else diagnostic.line
        diagnostics.add(replace(diagnostic, line=line))
    return replace(moved(kept, move), diagnostics=tuple(sorted(diagnostics)))


def _written(place: Evidence, source: Source | None) -> tuple[Evidence, ...]:
    """Return the words in files that a line which was made rests on: the template's own where they say it, else values too."""
    at = place.line - source.first_line if source is not None else -1
    if source is None or not 0 <= at < len(source.origins):
        return (place,)
    *values, template = source.origins[at]
    if "".join(place.quote.split()) in "".join(template.quote.split()):
        return (replace(template, quote=place.quote),)
    return (*values, template)


def _line_of(line: int, source: Source) -> int:
    at = line - source.first_line
    if not source.origins:
        return line
    return source.origins[max(min(at, len(source.origins) - 1), 0)][-1].line


def _without_release(component: Component, releases: set[str]) -> Component:
    rest = next((component.name[len(r) + 1 :] for r in releases if component.name.startswith(f"{r}-")), "")
    if len(rest) < 2 or rest in component.aliases:
        return component
    return replace(component, aliases=(*component.aliases, rest))


def _known(component: Component, partial: set[str]) -> Component:
    """Return a component without what a source that is only partly there denies, or implies by not saying it."""
    if not any(e.source in partial for e in component.evidence):
        return component

    here = component.evidence[:1]

    def says(fact: Fact) -> bool:
        if fact.status == "denied":
            return fact.name == "image_tag_pinned" or fact.evidence != here
        return fact.name not in ("replicas", "min_replicas") or any(
            "eplica" in e.quote for e in fact.evidence
        )

    return replace(component, facts=tuple(f for f in component.facts if says(f)))


def moved(fragment: Fragment, move: Move) -> Fragment:
    """Return a fragment whose components, flows, boundaries and stances rest on other places.

    >>> from buttress.model import Component
    >>> one = Component("a", "a", evidence=(Evidence("a.md", 9, 9, "a"),))
    >>> moved(Fragment("mermaid", (one,)), lambda _: ()).components[0].evidence
    ()
    """

    def facts(found: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(replace(f, evidence=move(f.evidence)) for f in found)

    return replace(
        fragment,
        components=tuple(
            replace(c, evidence=move(c.evidence), facts=facts(c.facts)) for c in fragment.components
        ),
        flows=tuple(replace(f, evidence=move(f.evidence), facts=facts(f.facts)) for f in fragment.flows),
        boundaries=tuple(replace(b, evidence=move(b.evidence)) for b in fragment.boundaries),
        stances=tuple(replace(s, evidence=move(s.evidence)) for s in fragment.stances),
    )
