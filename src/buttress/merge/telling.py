"""Which flows somebody really tells: not those that settings offer, policies allow and the order of starting lists.

Each line of evidence is weighed by itself, whichever fragment brings it: a text that takes a flow over from a manifest tells
no more of it than the manifest does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from buttress.model import Component, Evidence, Flow
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import singular, words_of
from buttress.vocabulary import load
from buttress.workloads.processes import program_of

_WAITS = re.compile(r"\bwait|\bdockerize\b|\bwhile\s*!|\buntil\b", re.IGNORECASE)
# A policy names what it allows, to each of those that hold it: `- "dynamodb:PutItem"`.
_GRANTED = re.compile(r"""^[-\s"'\[]*[a-z][a-z0-9-]{1,30}:(?:[A-Z]\w*\*?|\*)[\s"',\]]*$""")
_WORKING = ("service", "worker", "scheduler")
MAX_SHARING = 3  # programs that one setting may be for, when it is all that tells who uses a store
Pair = tuple[str, str]
Told = Mapping[Pair, list[tuple[int, Flow]]]


def told_flows(told: Told, components: Mapping[str, Component]) -> dict[Pair, list[tuple[int, Flow]]]:
    """Return the pairs of components between which somebody tells a flow, with all that is said of it.

    A setting that several programs take whole tells nothing, unless it means another callee for each (a module with a store of
    its own, used by several services) or is one of the task system that the caller is a process of; where nobody else uses a store or
    broker that it names, the programs that work use it, if there are no more than three. An allowance tells a flow to what nobody else is known to
    call, and the order of starting one of a service whose settings name none of its callees; to a store or broker also one
    of a service whose settings name neither a store nor a service of the team's own. A text about what runs once and ends tells
    when somebody starts it.
    """
    flows = [(pair, flow) for pair, list_ in told.items() for _, flow in list_]
    allowed = {
        e for _, f in flows for fact in f.facts if fact.name == "network_policy" for e in fact.evidence
    }
    order = {e for _, f in flows if f.kind == "depends_on" and f.fact("startup_order") for e in f.evidence}
    users: dict[tuple[str, int, str, str], set[str]] = {}
    for (source, target), flow in flows:
        for e in flow.evidence:
            if e.form == "config" and e not in allowed and e not in order:
                users.setdefault((e.source, e.line, e.quote, target), set()).add(source)
    shared = {place for place, callers in users.items() if _several_programs(callers, components)}

    def tells(pair: Pair, evidence: Evidence) -> bool:
        if evidence in allowed or evidence in order:
            return False
        if _GRANTED.match(evidence.quote):
            return True
        whole = (
            evidence.form == "config" and (evidence.source, evidence.line, evidence.quote, pair[1]) in shared
        )
        caller = components[pair[0]]
        return not whole or _key_names(evidence.quote, caller) or _is_of_tasks(evidence.quote, caller)

    sure = {pair for pair, f in flows if not f.evidence or any(tells(pair, e) for e in f.evidence)}
    called = {target for _, target in sure}
    sure |= _left_to_few(users, shared, called, components)
    called = {target for _, target in sure}
    configured = {
        pair
        for pair, f in flows
        if any(e.form == "config" and _configures(e) and tells(pair, e) for e in f.evidence)
    }

    def settled(pair: Pair) -> bool:
        callees = [components[callee] for caller, callee in configured if caller == pair[0]]
        if not callees or not _keeps(components[pair[1]]):
            return bool(callees)
        return any(_keeps(c) or c.technology is None for c in callees)

    out = {}
    for pair, list_ in told.items():
        lines = {e for _, f in list_ for e in f.evidence}
        only_allowed = bool(lines & allowed) and pair[1] not in called
        only_ordered = bool(lines & order) and not settled(pair)
        by_hand = components[pair[1]].fact("runs_once") is not None and all(e.form == "prose" for e in lines)
        if (pair in sure or only_allowed or only_ordered) and not by_hand:
            out[pair] = list_
    return out


def _left_to_few(
    users: Mapping[tuple[str, int, str, str], set[str]],
    shared: Iterable[tuple[str, int, str, str]],
    called: set[str],
    components: Mapping[str, Component],
) -> set[Pair]:
    """Return who uses a store or broker that only a setting of several programs names: those that work, if they are few."""
    out = set()
    for place in shared:
        target = place[-1]
        if target not in called and _keeps(components[target]) and not _is_for_tasks(place[2]):
            working = {id_ for id_ in users[place] if components[id_].kind in _WORKING}
            if 0 < len({program_of(components[id_]) for id_ in working}) <= MAX_SHARING:
                out |= {(id_, target) for id_ in working}
    return out


def _keeps(component: Component) -> bool:
    return component.kind in STORES | MESSAGING


def _configures(evidence: Evidence) -> bool:
    """Return whether a line is a setting, not a command that waits for the other side to come up."""
    return _WAITS.search(evidence.quote) is None


def _several_programs(callers: Iterable[str], components: Mapping[str, Component]) -> bool:
    """Return whether callers run more than one program; one program's web and worker take one configuration."""
    return len({program_of(components[id_]) for id_ in callers}) > 1


def _key_names(quote: str, caller: Component) -> bool:
    """Return whether the key of a setting begins with its caller's name (`ORDERS_PRICING_URL`)."""
    key = [singular(w) for w in words_of(re.split(r"[:=]", quote.replace("_", " "), maxsplit=1)[0])]
    name = [singular(w) for w in words_of(caller.name)]
    return len(key) > len(name) + 1 and key[: len(name)] == name


_FIRST = re.compile(r"[-\s\"']*([A-Za-z]+)_")


def _is_for_tasks(quote: str) -> bool:
    """Return whether the key of a setting begins with a task system, whose processes alone it is for."""
    first = _FIRST.match(quote)
    system = load().technology(first[1].lower()) if first is not None else None
    return system is not None and system.kind == "worker"


def _is_of_tasks(quote: str, caller: Component) -> bool:
    """Return whether the key of a setting begins with the task system of which the caller runs a process (`CELERY_BROKER_URL`)."""
    process = caller.fact("task_process")
    first = _FIRST.match(quote)
    return (
        process is not None
        and first is not None
        and any(re.search(rf"\b{first[1]}\b", e.quote, re.IGNORECASE) for e in process.evidence)
    )
