"""Answers about starting and about the whole: what comes up before what, and what all parts together take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from buttress.ask.answer import Statement
from buttress.ask.question import Question, states_order
from buttress.ask.words import labels, listed
from buttress.model import Component, Evidence, Flow, SystemGraph

_OUTSIDE = ("actor", "external_service")
_NOT = re.compile(r"\b(?:not|never|no)\b|n't\b")
_WAITED_FOR = re.compile(
    r"\b(?:waits?|waiting) for (?:the |our )?@\d+|\b(?:who|what|which\b.*) needs? (?:the |our )?@\d+"
)
# Bytes, by how an amount of memory ends, a "b" left out.
_UNITS = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "ki": 1024, "mi": 1024**2, "gi": 1024**3}


def order(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return in which order parts are started, as the sources state it, or what must be up before a named part; nothing if none does."""
    flows = [f for f in graph.flows if states_order(f)]
    asked = [id_ for thing in question.things for id_ in thing.ids]
    if asked:
        if _WAITED_FOR.search(question.pattern):
            near = [f for f in flows if f.target in asked]
            if near and _NOT.search(question.pattern):
                return (_without_wait(asked, near, graph),)
            first = labels(graph, dict.fromkeys(f.source for f in near))
            said = f"{first} {'wait' if ' and ' in first else 'waits'} for {labels(graph, asked)} to start."
            return (Statement(said, _evidence(near)),) if near else ()
        near = [f for f in flows if f.source in asked]
        after = labels(graph, dict.fromkeys(f.target for f in near))
        return (
            (Statement(f"{labels(graph, asked)} needs {after} to start.", _evidence(near)),) if near else ()
        )
    of: dict[str, list[Flow]] = {}
    for flow in flows:
        of.setdefault(flow.source, []).append(flow)
    out: list[Statement] = []
    for ready in _layers({(f.source, f.target) for f in flows}):
        needs = [f for id_ in ready for f in of.get(id_, ())]
        how = "First" if not out else "Then"
        out.append(Statement(f"{how}: {labels(graph, ready)}.", _evidence(needs)))
    ordered = {id_ for f in flows for id_ in (f.source, f.target)}
    rest = [c.name for c in graph.components if c.kind not in _OUTSIDE and c.id not in ordered]
    if out and rest:
        out.append(Statement(f"No order is stated for {listed(rest)}.", holds="nothing"))
    return tuple(out)


def _without_wait(needed: Sequence[str], near: Sequence[Flow], graph: SystemGraph) -> Statement:
    """Return which parts aren't said to be started after those that are needed, and which are."""
    waiting = {f.source for f in near}
    rest = [c.name for c in graph.components if c.kind not in _OUTSIDE and c.id not in {*waiting, *needed}]
    said = f"{listed(rest) or 'No other part'} {'is' if len(rest) < 2 else 'are'} not said to wait for {labels(graph, needed)}"
    return Statement(
        f"{said}; {labels(graph, sorted(waiting))} {'does' if len(waiting) == 1 else 'do'}.", _evidence(near)
    )


def _layers(needs: Collection[tuple[str, str]]) -> Iterator[list[str]]:
    """Yield what may start at once, after what was yielded before, of pairs of a part and what it needs; those in a circle, and behind one, last.

    >>> list(_layers({("c", "b"), ("b", "a"), ("d", "a")})), list(_layers({("a", "b"), ("b", "a")}))
    ([['a'], ['b', 'd'], ['c']], [['a', 'b']])
    """
    waits: Counter[str] = Counter()
    behind: dict[str, list[str]] = {}
    for part, needed in needs:
        if part != needed:
            waits[part] += 1
            behind.setdefault(needed, []).append(part)
    left = {id_ for pair in needs for id_ in pair}
    ready = sorted(id_ for id_ in left if not waits[id_])
    while left:
        ready = ready or sorted(left)
        yield ready
        left -= set(ready)
        waits.subtract(part for id_ in ready for part in behind.get(id_, ()))
        ready = sorted(
            {part for id_ in ready for part in behind.get(id_, ()) if part in left and not waits[part]}
        )


def total(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return how much memory or CPU all parts together may take, and ask for, by the limits and requests that are stated."""
    what = "cpu" if re.search(r"\b(?:cpus?|cores?|vcpus?)\b", question.pattern) else "memory"
    asked = {id_ for thing in question.things for id_ in thing.ids}
    parts = [c for c in graph.components if not asked or c.id in asked]
    out = []
    for name, said in (("resource_limits", "may take"), ("resource_requests", "ask for")):
        amounts = [(c, a) for c in parts if (a := amount(c, name, what)) is not None]
        if not amounts:
            continue
        whole = sum(a * _instances(c) for c, a in amounts)
        told = f"{len(amounts)} {'part' if len(amounts) == 1 else 'parts together'} {said}"
        each = listed((f"{c.name} {amount_words(a * _instances(c), what)}" for c, a in amounts), most=20)
        facts = (c.fact(name) for c, _ in amounts)
        evidence = tuple(e for fact in facts if fact is not None for e in fact.evidence)
        out.append(Statement(f"{told} {amount_words(whole, what)} of {called(what)}: {each}.", evidence))
    run = [c for c in parts if c.fact("image") or c.fact("build_context") or c.fact("resource_limits")]
    silent = [c.name for c in run if amount(c, "resource_limits", what) is None]
    if out and silent:
        out.append(Statement(f"No limit is stated for {listed(silent)}.", holds="nothing"))
    return tuple(out)


def called(what: str) -> str:
    """Return what people call an amount: "CPU", "memory".

    >>> called("cpu")
    'CPU'
    """
    return "CPU" if what == "cpu" else what


def amount(component: Component, name: str, what: str) -> float | None:
    """Return bytes or cores that a fact such as "cpu 200m, memory 128Mi" says, None for none.

    >>> from buttress.model import Fact
    >>> amount(Component("a", "a", facts=(Fact("resource_limits", "cpu 200m, memory 128Mi"),)), "resource_limits", "cpu")
    0.2
    """
    fact = component.fact(name)
    if fact is None or fact.absent:
        return None
    pattern = (
        r"\b(?:cpus?)\D{0,3}?(\d+(?:\.\d+)?)(m?)\b"
        if what == "cpu"
        else r"\bmem\w*\W+(\d+(?:\.\d+)?)\s*((?:[kmg]i?)?b?)\b"
    )
    found = re.search(pattern, str(fact.value).lower())
    if found is None:
        return None
    if what == "cpu":
        return float(found[1]) / (1000 if found[2] else 1)
    return float(found[1]) * _UNITS[found[2].rstrip("b")]


def amount_words(value: float, what: str) -> str:
    """Return an amount for people.

    >>> amount_words(4.5e9, "memory"), amount_words(512e6, "memory"), amount_words(0.3, "cpu")
    ('4.5 GB', '512 MB', '0.3 cores')
    """
    if what == "cpu":
        return f"{value:.3g} core{'' if value == 1 else 's'}"
    return f"{value / 1e9:.3g} GB" if value >= 1e9 else f"{value / 1e6:.3g} MB"


def _instances(component: Component) -> int:
    fact = component.fact("replicas")
    return fact.value if fact is not None and isinstance(fact.value, int) and fact.value > 0 else 1


def _evidence(flows: Iterable[Flow]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(e for f in flows for e in f.evidence[:1]))
