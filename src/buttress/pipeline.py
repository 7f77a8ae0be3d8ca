"""The whole way from files to a review, as one visible line of arrows.

sources ─read▶ fragments ─merge▶ SystemGraph ─analyse▶ derived facts ─project▶ knowledge ─rules▶ findings ─cite▶ Review
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from buttress.additions import settle
from buttress.analysis import analyse, undisturbed
from buttress.evidence.secrets.gate import kept_out
from buttress.knowledge import project
from buttress.merge import merge
from buttress.model import Diagnostic, Source, SystemGraph
from buttress.readers import is_whole_graph, read_all
from buttress.retrieval.citing import NONE, Standards
from buttress.rules import Card, run, shipped
from buttress.sources import collect

if TYPE_CHECKING:
    from buttress.report import Review

Paths = str | Path | Sequence[str | Path]
Assist = Callable[[Sequence[Source]], Sequence[Source]]


def review(
    paths: Paths,
    *,
    rules: Iterable[Card] | None = None,
    ignore: Iterable[str] = (),
    own: Standards = NONE,
    assist: Assist | None = None,
) -> Review:
    """Return the review of the system that the files under `paths` describe.

    `rules` are the cards to run, by default all that come with Buttress; `own` are practices that
    they may cite beside the published ones. Raises SourceError when nothing can be read.
    """
    return review_graph(graph(paths, ignore=ignore, assist=assist), rules=rules, own=own)


def review_graph(
    system: SystemGraph,
    *,
    rules: Iterable[Card] | None = None,
    own: Standards = NONE,
) -> Review:
    """Return the review of a graph whose derived facts are there (see `graph`)."""
    from buttress.report import compose

    cards = tuple(shipped() if rules is None else rules)
    return compose(system, cards, run(cards, project(system)), own=own)


def graph(paths: Paths, *, ignore: Iterable[str] = (), assist: Assist | None = None) -> SystemGraph:
    """Return the graph of the system under `paths`, derived facts included. Raises SourceError when nothing can be read.

    `assist` is asked what it sees in the sources beyond what the readers see: more sources, in the form of additions.
    """
    collected = collect([paths] if isinstance(paths, str | Path) else paths, ignore=ignore)
    system = read((*collected.sources, *(assist(collected.sources) if assist else ())), name=collected.name)
    return replace(
        system,
        diagnostics=tuple(sorted({*system.diagnostics, *collected.diagnostics})),
        skipped=tuple(sorted({*system.skipped, *collected.skipped})),
    )


@undisturbed()
def read(sources: Sequence[Source], *, name: str = "system") -> SystemGraph:
    r"""Return the graph of texts that are already in memory, derived facts included.

    >>> g = read([Source("a.mmd", "flowchart LR\n  shop[Shop] -->|calls| pay[Payments]\n")])
    >>> [c.name for c in g.components]
    ['Payments', 'Shop']
    """
    if len(sources) == 1 and is_whole_graph(sources[0]):
        from buttress.readers import graph_json

        whole = graph_json.parse(sources[0])
        if isinstance(whole, Diagnostic):
            return kept_out(SystemGraph(name=name, diagnostics=(whole,)), sources)
        return analyse(kept_out(replace(whole, derived=()), sources))
    fragments, skipped = read_all(sources)
    added = settle(fragments, sources)
    passages = [p for f in fragments for p in f.passages]
    known = tuple(c for f in (*fragments, added) for c in f.components if c.kind != "other" or f is not added)
    if not passages:
        return analyse(kept_out(merge((*fragments, added), name=name, skipped=skipped), sources))
    from buttress.ledger import as_proposed, context, disagreements  # what manifests alone don't need
    from buttress.prose import Prose, extract

    prose = Prose(passages)
    system = merge((*fragments, added, extract(prose, known, fragments)), name=name, skipped=skipped)
    told = (*system.contradictions, *disagreements(prose, system))
    known_of_it = {f.name for f in system.facts}
    of_it = (*system.facts, *(f for f in context(prose) if f.name not in known_of_it))
    return analyse(kept_out(as_proposed(prose, replace(system, contradictions=told, facts=of_it)), sources))
