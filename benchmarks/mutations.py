"""Whether the cards' own examples would notice a condition that goes missing, and a review a mechanism that goes missing.

Conditions: each triple pattern, FILTER, alternative of a UNION and value of a list in each query is dropped alone; an example of
the card must then say something else. What doesn't is printed: a survivor is a condition that no example needs. Two classes aren't survivors,
since no subject of any example of any card depends on them. Those that fetch change what is shown: the fact that is quoted, the names in the
sentence. Those that change nothing are (a) patterns that fetch one thing where the examples have only one to fetch (`?fact b:of ?subject`,
`b:factName`, `b:status`: the quote would come from another fact of the same owner), (b) names of a kind that say for the reader what the other
conditions imply in all examples (`a b:Runtime` of what is an entry), and (c) values of a list, and guards, beside the ones of which there
is an example ("problem" beside "missing", one of ten technologies).

Mechanisms: each fact that a flow or component of examples/bookshop-improved states about withstanding failure is turned into its
denial; some rule must fire for it, and no rule of another matter, or something else in the example must cover for it: that is printed too.
Usage: mutations.py [conditions|mechanisms] [CARD ...]
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from buttress import analysis, data, pipeline
from buttress.errors import CardError
from buttress.knowledge import Knowledge, project
from buttress.model import Fact, Flow, SystemGraph
from buttress.model.kinds import RUNTIME
from buttress.rules import Card, load_dir, run
from buttress.trials import agrees, knowledge_of

sys.path.insert(0, str(Path(__file__).parents[1]))  # tests/ varies the examples
_read = pipeline.read

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


def checks() -> list[Callable[[Card], object]]:
    """Return what the tests find wrong with a card whose examples are varied: a topic named, an answer given, a fact turned round."""
    from tests.rules import test_facts_decide as facts
    from tests.rules import test_guards_decide as guards
    from tests.rules import test_side_by_side as side
    from tests.rules import test_stances_decide as stances

    read = lru_cache(maxsize=None)(lambda sources, name: _read(list(sources), name=name))
    pipeline.read = lambda sources, name="system": read(
        tuple(sources), name
    )  # the same examples are read for each dropped condition
    return [
        facts.unasked,
        facts.unanswered,
        facts.unturned,
        facts.told_twice,
        stances.faults,
        stances.praised_in_spite,
        guards.told,
        side.mixed_up,
    ]


def subjects(query: str, graphs: list[Knowledge]) -> list[set[object]]:
    """Return the subjects that a query finds in each graph."""
    out = []
    for graph in graphs:
        names, rows = graph.select(query)
        out.append({row[names.index("subject")] for row in rows})
    return out


def differs(query: str, expected: list[set[object]], graphs: list[Knowledge]) -> bool:
    """Return whether a query finds other subjects than expected in any of the graphs."""
    return any(subjects(query, [g]) != [e] for g, e in zip(graphs, expected, strict=True))


def shows_the_same(query: str, left: str, graphs: list[Knowledge]) -> bool:
    """Return whether a query without a condition has the same rows in all graphs, words and places included."""
    return all(set(g.select(query)[1]) == set(g.select(left)[1]) for g in graphs)


def drop_conditions(names: list[str]) -> None:
    """Print the survivors and how many there are."""
    cards = load_dir(data.ontology_dir() / "rules")
    known = {c.id: [knowledge_of(e) for e in c.examples] for c in cards}
    everywhere = [k for graphs in known.values() for k in graphs]
    others = checks()
    tried = examples = tests = fetching = idle = live = 0
    for card in cards:
        if names and card.id not in names:
            continue
        for kind in QUERIES:
            query = getattr(card, kind)
            found: list[set[object]] = []
            right: list[object] = []
            for dropped, left in conditions(query) if query else ():
                tried += 1
                changed = replace(card, **{kind: left})
                if _noticed(changed, known[card.id]):
                    examples += 1
                    continue
                right = right or [check(card) for check in others]
                if any(check(changed) != was for check, was in zip(others, right, strict=True)):
                    tests += 1
                    continue
                found = found or subjects(query, everywhere)
                if differs(left, found, everywhere):
                    live += 1
                    print(f"{card.id} · {kind} · {dropped}")
                    continue
                same = shows_the_same(query, left, everywhere)
                fetching, idle = fetching + (not same), idle + same
                if names:
                    print(f"{card.id} · {kind} · {dropped} ({'changes nothing' if same else 'fetches'})")
    print(
        f"{tried} conditions dropped; noticed by an example of the card: {examples}, by a variation of one in the tests: {tests}; "
        f"fetch what is shown: {fetching}; change nothing in all {len(everywhere)} examples of all cards: {idle}; survive: {live}"
    )


def _noticed(changed: Card, known: list[Knowledge]) -> bool:
    try:
        return not all(agrees(changed, e, k) for e, k in zip(changed.examples, known, strict=True))
    except (CardError, ValueError):
        return True  # no query is left, or one without its subject


def without(graph: SystemGraph, owner: str, name: str) -> SystemGraph:
    """Return the graph, analysed anew, in which `owner` denies a fact that it stated, or has one instance only."""

    def denied(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        if name == "replicas":  # one instance is what a system without copies has
            facts = tuple(
                f for f in facts if f.name not in ("min_replicas", "max_replicas", "autoscaling", "failover")
            )
            return tuple(replace(f, value=1) if f.name == name else f for f in facts)
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


# Why it is no defect when a mechanism is missing: the facts that cover for it where it stood, by its name.
COVERED_BY: dict[str, tuple[str, ...]] = {
    "autoscaling": ("replicas",),
    "circuit_breaker": ("fallback",),
    "fallback": ("circuit_breaker", "timeout"),
    "health_check": ("readiness", "managed"),
    "pod_disruption_budget": ("multi_zone", "topology_spread"),
    "retry": ("timeout",),
}


def covered(graph: SystemGraph, owner: str, name: str) -> str:
    """Return why no rule accuses a component or flow of lacking a mechanism, or an empty text when one should.

    Another mechanism of the same owner covers for it; what a mechanism keeps apart from the rest isn't there (a cache has nothing to lose,
    no request waits for a worker); or the owner isn't the team's own program.
    """
    holder = graph.flow(owner) or graph.component(owner)
    cover = next(
        (n for n in COVERED_BY.get(name, ()) if holder and (f := holder.fact(n)) and not f.absent), ""
    )
    if cover or holder is None or isinstance(holder, Flow):
        return f"covered by {cover}" if cover else ""
    fact = holder.fact(name)
    if fact is not None and all("compose" in e.source for e in fact.evidence):
        return "stated for a developer's machine only"
    waited_for = {o for d in graph.derived if d.name == "serves" and d.subject == owner for o in d.objects}
    if name == "persistent_volume" and holder.kind == "cache":
        return "a cache has nothing to lose"
    if name in ("replicas", "readiness") and holder.kind in ("worker", "message_broker", "stream"):
        return "no request waits for it, or its queue waits"
    if name in ("resource_limits", "health_check", "readiness") and holder.kind not in RUNTIME:
        return "not the team's own program"
    return "" if waited_for else "no request waits for it"


def drop_mechanisms() -> None:
    """Print, for each mechanism of the improved example, which rules begin to fire when it is denied."""
    folder = data.ontology_dir().parent / "examples" / "bookshop-improved"
    if not folder.is_dir():
        folder = Path("examples/bookshop-improved")
    graph = pipeline.graph(str(folder))
    cards = load_dir(data.ontology_dir() / "rules")
    before = {f.id for f in run(cards, project(graph)) if f.basis == "defect"}
    told: dict[str, list[tuple[str, set[str]]]] = {}
    excused: dict[str, list[str]] = {}
    open_: list[str] = []
    for holder in (*graph.components, *graph.flows):
        for fact in holder.facts:
            if fact.name in RESILIENCE and not fact.absent:
                after = {
                    f
                    for f in run(cards, project(without(graph, holder.id, fact.name)))
                    if f.basis == "defect"
                }
                new = {f.rule for f in after if f.id not in before}
                told.setdefault(fact.name, []).append((graph.label(holder.id), new))
                if not new:
                    why = covered(graph, holder.id, fact.name)
                    excused.setdefault(f"{fact.name}: {why}", []).append(holder.id) if why else open_.append(
                        f"{fact.name} of {graph.label(holder.id)}"
                    )
    everything = [rules for each in told.values() for _, rules in each]
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
    counts = [sum(len(rules) == n for rules in everything) for n in (0, 1)]
    print(
        f"{len(everything)} mechanisms removed: {counts[1]} noticed by one rule, {len(everything) - sum(counts)} by several, "
        f"{counts[0]} by none, of which {counts[0] - len(open_)} are no defect:"
    )
    for reason, owners in sorted(excused.items()):
        print(f"  {len(owners):2} {reason}")
    print(f"  {len(open_):2} unexplained: {', '.join(open_) or 'none'}")


if __name__ == "__main__":
    wanted = sys.argv[1:2] if sys.argv[1:2] in (["conditions"], ["mechanisms"]) else []
    began = time.perf_counter()
    if wanted != ["mechanisms"]:
        drop_conditions(sys.argv[1 + len(wanted) :])
    if wanted != ["conditions"] and not sys.argv[1 + len(wanted) :]:
        drop_mechanisms()
    print(f"{time.perf_counter() - began:.0f} s")
