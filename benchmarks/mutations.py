"""Whether the cards' own examples would notice a condition that goes missing, and a review a mechanism that goes missing.

Conditions: each triple pattern, FILTER, alternative of a UNION and value of a list in each query is dropped alone. Then an example of the card
must say something else, or bind less; or a part must be told and shown otherwise than alone once another example stands beside it
(`tests/rules/test_side_by_side.py`); or an example that is varied in one thing that the queries name must be told otherwise
(`tests/rules/test_variations.py`, by the file that `keep` writes). What nothing notices is printed, with the reason for it.

Mechanisms: each fact that a flow or component of examples/bookshop-improved states about withstanding failure is turned into its
denial; some rule must fire for it, and no rule of another matter, or something else in the example must cover for it: that is printed too.
Usage: mutations.py [conditions|keep|mechanisms] [CARD|AREA ...]
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from buttress import analysis, data, pipeline
from buttress.errors import CardError, OptionError
from buttress.knowledge import Knowledge, Value, project
from buttress.model import Fact, Flow, SystemGraph
from buttress.model.kinds import RUNTIME
from buttress.rules import Card, load_dir, run
from buttress.trials import agrees, unfinished

sys.path.insert(0, str(Path(__file__).parents[1]))  # tests/ varies the examples
from tests.rules.test_side_by_side import WHOLE, mixed_up, pairs
from tests.rules.variations import Told, answers, read, varied

KEPT = Path(__file__).parents[1] / "tests" / "rules" / "variations.json"
# A condition that stays although nothing depends on it: the card, a part of the condition, why.
REASONS: tuple[tuple[str, str, str], ...] = (
    (
        "store-without-backup",
        '?fact b:factName "backup"',
        "what MINUS takes away is worked out by itself: the name keeps it to few facts",
    ),
    (
        "synchronous-cycle",
        "cutHere",
        "no other derived fact has one call as its object and the value 1; the name says what is meant",
    ),
    (
        "shutdown-drops-work",
        "graceful_shutdown",
        "a part that is accused is never praised as well; the fact's status is named for the reader",
    ),
    (
        "single-instance-service",
        "?shown",
        "it takes a gateway that a Compose file and manifests start at once: the fact says which of them is meant",
    ),
    (
        "single-instance-service",
        'b:factName "replicas"',
        "it takes a gateway that a Compose file and manifests start at once: the fact says which of them is meant",
    ),
)

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


@dataclass(frozen=True, slots=True)
class Way:
    """One variation of a card's examples: what the rules see of it, and what the card says of that."""

    name: str
    knowledge: Knowledge
    said: Told


class Trial:
    """A card on trial: its examples and their variations, each made when it is first asked for."""

    def __init__(self, card: Card) -> None:
        """Read the examples."""
        self.card = card
        self.own = [project(read(e)) for e in card.examples]
        self._makers: dict[str, Callable[[], Knowledge]] = {}
        for name, make in varied(card):
            self._makers.setdefault(name, make)
        self._made: dict[str, Way] = {}
        self._rows: dict[tuple[str, int], tuple[tuple[str, ...], list[tuple[str | Value | None, ...]]]] = {}
        self.kept: list[str] = []  # the ways that noticed something

    def way(self, name: str) -> Way:
        """Return a variation by its name."""
        if name not in self._made:
            knowledge = self._makers[name]()
            self._made[name] = Way(name, knowledge, answers(self.card, name, knowledge))
        return self._made[name]

    def notices(self, kind: str, left: str) -> str:
        """Return what notices that a query of the card lost a condition: example, neighbour, variation; empty when nothing does."""
        changed = replace(self.card, **{kind: left, f"{kind}_terms": ()})
        try:
            if any(self._differs(kind, left, k) for k in self.own) and not self._passes(changed):
                return "example"
            if bound(left, self.own) != bound(getattr(self.card, kind), self.own):
                return "example"
            beside = [] if self.card.id in WHOLE else [k for _, k in pairs(self.card)]
            if any(self._differs(kind, left, k) for k in beside) and mixed_up(changed):
                return "neighbour"
            for name in dict.fromkeys((*self.kept, *self._makers)):
                way = self.way(name)
                if (
                    self._differs(kind, left, way.knowledge)
                    and answers(changed, name, way.knowledge) != way.said
                ):
                    self.kept = list(dict.fromkeys((*self.kept, name)))
                    return "variation"
        except (CardError, OptionError, ValueError):
            return "example"  # no query is left, or one without its subject
        return ""

    def _differs(self, kind: str, left: str, knowledge: Knowledge) -> bool:
        """Return whether a query finds other rows without a condition; what the whole query finds is looked up once."""
        key = kind, id(knowledge)
        if key not in self._rows:
            self._rows[key] = knowledge.select(getattr(self.card, kind))
        return knowledge.select(left) != self._rows[key]

    def _passes(self, changed: Card) -> bool:
        return all(
            agrees(changed, e, k) and not any(unfinished(f) for f in run([changed], k))
            for e, k in zip(changed.examples, self.own, strict=True)
        )


def bound(query: str, graphs: list[Knowledge]) -> set[str]:
    """Return what a query selects that is bound in any of the graphs."""
    out: set[str] = set()
    for graph in graphs:
        names, rows = graph.select(query)
        out.update(n for row in rows for n, value in zip(names, row, strict=True) if value is not None)
    return out


def drop_conditions(wanted: list[str], *, keep: bool) -> None:
    """Print the conditions that nothing notices, each with the reason for it, and how many there are of each sort.

    `keep` writes the variations that notice what no example does, and what is said of them, for the test that tries them.
    """
    cards = [c for c in load_dir(data.ontology_dir() / "rules") if not wanted or {c.id, c.area} & set(wanted)]
    counts: Counter[str] = Counter()
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() and wanted else {}
    for card in cards:
        trial = Trial(card)
        for kind in QUERIES:
            query = getattr(card, kind)
            for dropped, left in conditions(query) if query else ():
                noticed = trial.notices(kind, left)
                why = "" if noticed else reason(card.id, dropped)
                counts[noticed or ("explained" if why else "unexplained")] += 1
                if not noticed:
                    print(f"{card.id} · {kind} · {dropped} · {why or 'UNEXPLAINED'}", flush=True)
        kept[card.id] = {n: sorted(map(list, trial.way(n).said)) for n in trial.kept}
    if keep:
        rows = ",\n".join(
            f" {json.dumps(id_)}: {json.dumps(kept[id_], ensure_ascii=False)}"
            for id_ in sorted(kept)
            if kept[id_]
        )
        KEPT.write_text("{\n" + rows + "\n}\n", encoding="utf-8")
    print(
        f"{sum(counts.values())} conditions of {len(cards)} cards dropped; noticed by an example of the card: {counts['example']}, by a system "
        f"beside it: {counts['neighbour']}, by a variation: {counts['variation']}; not noticed for a reason: {counts['explained']}, "
        f"unexplained: {counts['unexplained']}"
    )


def reason(card: str, dropped: str) -> str:
    """Return why a condition stays although nothing depends on it."""
    return next((why for id_, text, why in REASONS if id_ == card and text in dropped), "")


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
    wanted = sys.argv[1] if sys.argv[1:2] and sys.argv[1] in ("conditions", "keep", "mechanisms") else ""
    names = sys.argv[1 + bool(wanted) :]
    began = time.process_time()
    if wanted != "mechanisms":
        drop_conditions(names, keep=wanted == "keep")
    if wanted in ("", "mechanisms") and not names:
        drop_mechanisms()
    print(f"{time.process_time() - began:.0f} s of CPU")
