"""Whether something holds of one part or flow: yes, no, or not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from buttress.ask.order import amount as size
from buttress.ask.properties import concerns, known
from buttress.ask.sets.algebra import Has, Is, Not, Relates
from buttress.ask.words import fact_words, flow_words, kind_words, listed, name_of
from buttress.dependencies import instances
from buttress.model import Component, Evidence, Fact, Flow, SystemGraph
from buttress.report.ways import UNTOLD
from buttress.vocabulary import load

Shown = tuple[str, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """Whether something holds (None: not known), what shows it, and what the sources don't say: a matter, and of what."""

    value: bool | None
    shown: tuple[Shown, ...] = ()
    open: tuple[tuple[str, str], ...] = ()


def rank(value: bool | None) -> int:
    """Return how much is known of something: that it holds is more than that it may.

    >>> [rank(v) for v in (True, None, False)]
    [2, 1, 0]
    """
    return 2 if value else 1 if value is None else 0


def all_hold(held: list[Held]) -> Held:
    """Return whether all of several hold.

    >>> all_hold([Held(True), Held(None)]).value, all_hold([Held(False), Held(None)]).value
    (None, False)
    """
    values = [h.value for h in held]
    value = False if False in values else None if None in values else True
    return _joined(value, held)


def one_holds(held: list[Held]) -> Held:
    """Return whether one of several holds.

    >>> one_holds([Held(True), Held(None)]).value, one_holds([Held(False), Held(None)]).value
    (True, None)
    """
    values = [h.value for h in held]
    value = True if True in values else None if None in values else False
    return _joined(value, held)


def _joined(value: bool | None, held: list[Held]) -> Held:
    """Return several as one, shown by those that decide it."""
    deciding = [h for h in held if h.value is value or value is None]
    shown = tuple(dict.fromkeys(s for h in deciding for s in h.shown))
    return Held(value, shown, tuple(dict.fromkeys(o for h in held for o in h.open)) if value is None else ())


def of_data(of: str, part: Component, flows: Iterable[Flow], graph: SystemGraph) -> Held:
    """Return whether a part is said to handle a class of data: by itself, or by what its flows carry.

    >>> of_data("personal", Component("a", "A", facts=(Fact("data_classes", ("personal",)),)), (), SystemGraph()).value
    True
    """
    holders: list[Component | Flow] = [part, *flows]
    told = [(h, f) for h in holders if (f := h.fact("data_classes")) is not None and not f.absent]
    classes = [(h, f) for h, f in told if of in (f.value if isinstance(f.value, tuple) else (str(f.value),))]
    shown = tuple((f"{name_of(h, graph)}: {fact_words(f)}", f.evidence) for h, f in classes)
    return Held(True, shown) if classes else Held(None, (), ((f"{of} data", part.id),))


def has_fact(has: Has, holder: Component | Flow, graph: SystemGraph) -> Held:
    """Return whether a part or flow has a fact, or so much of it; not known where no source tells.

    >>> has_fact(Has("backup"), Component("db", "DB", "relational_db"), SystemGraph()).open
    (('backup', 'db'),)
    """
    facts = known(has.fact, holder)
    label = load().facts[has.fact].label.lower()
    if not facts:
        # Whatever isn't said to have one of these has none; of others it makes no sense to ask.
        matters = concerns(has.fact, holder, graph)
        none = has.fact in ("secrets_in_plaintext", "published_ports") and not matters
        return Held(False) if none else Held(None, (), ((label, holder.id),) if matters else ())
    shown = (
        (
            f"{name_of(holder, graph)}: {listed(fact_words(f) for f in facts)}",
            tuple(e for f in facts for e in f.evidence),
        ),
    )
    stated = [f for f in facts if not f.absent]
    if has.amount is None:
        return Held(bool(stated), shown)
    values = [v for f in stated for v in _values(f, has, holder)]
    if not values:
        return Held(None if stated else has.counted and has.amount.holds(0), shown)
    return Held(any(has.amount.holds(v) for v in values), shown)


def _values(fact: Fact, has: Has, holder: Component | Flow) -> list[float]:
    """Return the numbers that a fact states: how many it has, an amount of memory or CPU, or its value."""
    if fact.name != has.fact:
        return []
    if isinstance(fact.value, tuple):
        return [float(len(fact.value))] if has.counted else [float(v) for v in fact.value if str(v).isdigit()]
    if fact.name in ("resource_limits", "resource_requests") and isinstance(holder, Component):
        amount = size(holder, fact.name, has.of.lower())
        return [] if amount is None else [amount]
    if isinstance(fact.value, bool) or not isinstance(fact.value, int | float):
        return []
    return [float(fact.value)]


def of_flow(relation: Relates, flow: Flow | None, graph: SystemGraph) -> Held:
    """Return whether a flow is of the kind that is asked for and its conditions hold; not known where no source tells what it is for.

    >>> from buttress.ask.sets.algebra import Select
    >>> of_flow(Relates("write", Select("parts"), frozenset(("writes",))), Flow("f", "a", "b", "calls"), SystemGraph()).value is None
    True
    """
    if flow is None:
        return Held(True)
    value: bool | None = not relation.flows or flow.kind in relation.flows
    if "starts" in relation.flows:
        order = flow.fact("depends_healthy") or flow.fact("startup_order")
        shown = ((f"{flow_words(flow, graph)}: {fact_words(order)}", order.evidence),) if order else ()
        return Held(order is not None or flow.kind == "depends_on", shown)
    held = [
        Held(
            value if value or flow.kind not in UNTOLD else None,
            (),
            () if value else (("what it does", flow.id),),
        )
    ]
    if relation.sync is not None:
        held.append(Held(None if flow.sync is None else flow.sync is relation.sync))
    for condition in relation.flow:
        denied = isinstance(condition, Not)
        inner = condition.condition if isinstance(condition, Not) else condition
        if isinstance(inner, Has):
            one = has_fact(inner, flow, graph)
            held.append(
                Held(one.value if one.value is None or not denied else not one.value, one.shown, one.open)
            )
    return all_hold(held)


def is_one_of(is_: Is, part: Component) -> Held:
    """Return whether a part is one of those named, of a kind, or of a technology.

    >>> is_one_of(Is("caches", frozenset(("cache",))), Component("a", "A", "cache")).value
    True
    """
    shown = ((f"{part.name} is {kind_words(part)}", part.evidence[:1]),)
    if is_.ids:
        if part.id in is_.ids:
            return Held(True, shown)
        unknown = is_.technology and part.technology is None
        return Held(None if unknown else False, shown, (("technology", part.id),) if unknown else ())
    return Held(not is_.kinds or part.kind in is_.kinds, shown)


def runs_more_than_once(part: Component) -> Held:
    """Return whether a part has several instances.

    >>> runs_more_than_once(Component("a", "A", facts=(Fact("replicas", 2),))).value
    True
    """
    runs = instances(part)
    names = (
        "replicas",
        "min_replicas",
        "single_instance",
        "multi_zone",
        "multi_region",
        "failover",
        "managed",
    )
    facts = [f for n in names if (f := part.fact(n)) is not None]
    shown = (
        (
            (
                f"{part.name}: {listed(fact_words(f) for f in facts)}",
                tuple(e for f in facts for e in f.evidence),
            ),
        )
        if facts
        else ()
    )
    return Held(
        None if runs == "unknown" else runs != "one",
        shown,
        (("number of instances", part.id),) if runs == "unknown" else (),
    )
