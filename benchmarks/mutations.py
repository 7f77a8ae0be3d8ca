"""Whether the cards' own examples would notice a condition that goes missing, and a review a mechanism that goes missing.

Conditions: each triple pattern, FILTER, alternative of a UNION and value of a list in each query is dropped alone; an example of
the card must then say something else. What doesn't is printed: a survivor is a condition that no example needs. Conditions that can't
change which subjects are found (they fetch the place that shows it, or a word for the sentence) are counted apart.

Mechanisms: each fact that a flow or component of examples/bookshop-improved states about withstanding failure is turned into its
denial; some rule must fire for it, and no rule of another matter. Usage: mutations.py [conditions|mechanisms] [CARD ...]
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from buttress import analysis, data, pipeline
from buttress.errors import CardError
from buttress.knowledge import Knowledge, project
from buttress.model import Fact, SystemGraph
from buttress.rules import Card, load_dir, run
from buttress.trials import agrees, knowledge_of, said_of

QUERIES = ("finds", "asks", "praises")
RESILIENCE = (
    "timeout", "retry", "backoff", "circuit_breaker", "bulkhead", "fallback", "rate_limit", "idempotent", "dead_letter_queue",
    "outbox", "acknowledgement", "replicas", "failover", "health_check", "readiness", "backup", "persistent", "persistent_volume",
    "resource_limits", "multi_zone", "pod_disruption_budget", "graceful_shutdown", "ttl", "queue_length_limit", "autoscaling",
)  # fmt: skip


def conditions(query: str) -> Iterator[tuple[str, str]]:
    """Yield what is dropped, and the query without it: patterns, filters, alternatives and members of lists, each alone.

    >>> [dropped for dropped, _ in conditions("SELECT ?s WHERE { ?s a b:Cache ; b:ttl ?t . FILTER (?t > 5 && ?t < 9) }")]
    ['a b:Cache', 'b:ttl ?t', 'FILTER (?t > 5 && ?t < 9)', '?t > 5', '?t < 9']
    """
    body = query.index("{")
    for start, end in (*_filters(query), *_patterns(query)):
        yield _short(query[start:end]), query[:start] + _rest(query, start, end)
    for found in re.finditer(r"FILTER \(([^()]*(?:\([^()]*\)[^()]*)*)\)", query):
        parts = re.split(r"\s*(?:&&|\|\|)\s*", found[1])
        if len(parts) > 1:
            sign = "||" if "||" in found[1] else "&&"
            for part in parts:
                left = f" {sign} ".join(p for p in parts if p is not part)
                yield part, query[: found.start(1)] + left + query[found.end(1) :]
    for found in re.finditer(r"\bIN \(([^()]*)\)", query):
        members = [m.strip() for m in found[1].split(",")]
        for member in members if len(members) > 1 else ():
            yield (
                member,
                query[: found.start(1)]
                + ", ".join(m for m in members if m != member)
                + query[found.end(1) :],
            )
    assert body


def _filters(query: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(r"FILTER\s*(?:(?:NOT\s+)?EXISTS\s*\{|REGEX\s*\(|\()", query):
        yield found.start(), _closing(query, found.end() - 1)


def _patterns(query: str) -> Iterator[tuple[int, int]]:
    """Yield where each predicate with its object stands, those inside of filters and of inner queries too."""
    bare = re.sub(r'"[^"\n]*"', lambda m: '"' + "x" * (len(m[0]) - 2) + '"', query)
    start = bare.index("{")
    for found in re.finditer(
        r"(?:(?<=[\s{;])(?:\?\w+|b:system)\s+)?(?:a|[a-z]+:[\w-]+(?:\|[a-z]+:[\w-]+)*)\s+(?:\?\w+|[a-z]+:[\w-]+|\"[^\"]*\"|true|false|\d+(?:\.\d+)?)(?=\s*[.;}])",
        bare[start:],
    ):
        at = start + found.start()
        if not re.search(r"\b(?:BIND|VALUES)\s*\([^()]*$", bare[:at][-80:]):
            yield at, start + found.end()


def _closing(text: str, at: int) -> int:
    pairs, depth = {"{": "}", "(": ")"}, 0
    opener, closer = text[at], pairs[text[at]]
    for n in range(at, len(text)):
        depth += (text[n] == opener) - (text[n] == closer)
        if not depth:
            return n + 1
    return len(text)


def _rest(query: str, start: int, end: int) -> str:
    """Return what is left behind a dropped pattern: its subject stays for those that share it."""
    dropped, tail = query[start:end], query[end:]
    named = re.match(r"(\?\w+|b:system)\s", dropped)
    if dropped.startswith("FILTER"):
        return tail
    if re.match(r"\s*;", tail):
        after = re.sub(r"^\s*;", "", tail)
        return (named[1] + " " if named else "") + after
    if named:
        return re.sub(r"^\s*\.", "", tail)
    return tail  # the last of several: a dangling ; is allowed


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _only_fetches(card: Card, changed: Card, graphs: list[Knowledge]) -> bool:
    """Return whether the query finds the same in examples of other cards too: then the condition fetches words or places."""
    return all(said_of(card, g) == said_of(changed, g) for g in graphs)


def only(card: Card, kind: str) -> Card:
    """Return a card with one of its queries."""
    return replace(card, **{k: "" for k in QUERIES if k != kind})


def survivors(
    card: Card, known: list[Knowledge], elsewhere: list[Knowledge]
) -> Iterator[tuple[str, str, bool]]:
    """Yield the query and the condition that no example of the card needs, and whether none of any other card does."""
    for kind in QUERIES:
        query = getattr(card, kind)
        for dropped, left in conditions(query) if query else ():
            changed = replace(card, **{kind: left})
            try:
                noticed = not all(agrees(changed, e, k) for e, k in zip(card.examples, known, strict=True))
            except (CardError, ValueError):
                noticed = True  # no query is left, or one without its subject
            if not noticed:
                yield kind, dropped, _only_fetches(only(card, kind), only(changed, kind), elsewhere)


def drop_conditions(names: list[str]) -> None:
    """Print the survivors and how many there are."""
    cards = load_dir(data.ontology_dir() / "rules")
    known = {c.id: [knowledge_of(e) for e in c.examples] for c in cards}
    everywhere = [k for graphs in known.values() for k in graphs[:1]][::3]
    tried = live = fetching = 0
    for card in cards:
        if names and card.id not in names:
            continue
        queries = [q for kind in QUERIES if (q := getattr(card, kind))]
        tried += sum(1 for q in queries for _ in conditions(q))
        for kind, dropped, fetches in survivors(card, known[card.id], everywhere):
            fetching += fetches
            live += not fetches
            if not fetches or names:
                print(f"{card.id} · {kind} · {dropped}" + (" (fetches)" if fetches else ""))
    print(
        f"{tried} conditions dropped, {tried - live - fetching} noticed, {fetching} only fetch, {live} survive"
    )


def without(graph: SystemGraph, owner: str, name: str) -> SystemGraph:
    """Return the graph, analysed anew, in which `owner` denies a fact that it stated."""

    def denied(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(replace(f, value=None, status="denied") if f.name == name else f for f in facts)

    return analysis.analyse(
        replace(
            graph,
            derived=(),
            components=tuple(
                replace(c, facts=denied(c.facts)) if c.id == owner else c for c in graph.components
            ),
            flows=tuple(replace(f, facts=denied(f.facts)) if f.id == owner else f for f in graph.flows),
        )
    )


def drop_mechanisms() -> None:
    """Print, for each mechanism of the improved example, which rules begin to fire when it is denied."""
    folder = data.ontology_dir().parent / "examples" / "bookshop-improved"
    if not folder.is_dir():
        folder = Path("examples/bookshop-improved")
    graph = pipeline.graph(str(folder))
    cards = load_dir(data.ontology_dir() / "rules")
    before = {f.id for f in run(cards, project(graph)) if f.basis == "defect"}
    told: dict[str, list[tuple[str, set[str]]]] = {}
    for holder in (*graph.components, *graph.flows):
        for fact in holder.facts:
            if fact.name in RESILIENCE and not fact.absent:
                after = {
                    f
                    for f in run(cards, project(without(graph, holder.id, fact.name)))
                    if f.basis == "defect"
                }
                told.setdefault(fact.name, []).append(
                    (graph.label(holder.id), {f.rule for f in after if f.id not in before})
                )
    for name, each in sorted(told.items()):
        silent = [who for who, rules in each if not rules]
        fired = sorted({r for _, rules in each for r in rules})
        print(
            f"{name}: {len(each)} removed, {len(each) - len(silent)} noticed by {', '.join(fired) or 'none'}"
            + (f"; silent: {', '.join(silent[:4])}" if silent else "")
        )
        several = [(who, rules) for who, rules in each if len(rules) > 1]
        for who, rules in several[:3]:
            print(f"  several rules for {who}: {', '.join(sorted(rules))}")


if __name__ == "__main__":
    wanted = sys.argv[1:2] if sys.argv[1:2] in (["conditions"], ["mechanisms"]) else []
    began = time.perf_counter()
    if wanted != ["mechanisms"]:
        drop_conditions(sys.argv[1 + len(wanted) :])
    if wanted != ["conditions"] and not sys.argv[1 + len(wanted) :]:
        drop_mechanisms()
    print(f"{time.perf_counter() - began:.0f} s")
