"""Answers about ways: from one part to another, with or without a third, from outside, and how far one gets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from buttress.ask.answer import Statement
from buttress.ask.question import Question
from buttress.ask.structure import exposure, sought
from buttress.ask.words import fact_words, flow_statement, flow_words, labels, listed
from buttress.model import Flow, SystemGraph
from buttress.report.ways import By, Map, lying, mapped, on_all, outside, reached, ways
from buttress.vocabulary import load

_MOST, _ALL = 3, 10
_DETAILS = 12
_ARTICLE = r"(?:(?:the|our|an?|this|that|all|each|every) )?"
_NOT = r"(?:without|avoid\w*|bypass\w*|a?round|circumvent\w*|skip\w*|not|never|other than|except|instead of|rather than)"
# What stands before a part says what the way has to do with it; the first that fits decides.
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"\b(?:{before}) {_ARTICLE}$"))
    for role, before in (
        ("third", rf"{_NOT}(?: \w+)?(?: (?:through|via|over|by))?|through|via|past|by way of"),
        ("start", r"from|out of|between|starting (?:at|in|with)"),
        ("end", r"to|into|onto|at|until|till|towards?|in|reach(?:es|ed|ing)?|access(?:es|ing)?"),
    )
)
# Whether one gets somewhere is a matter of calls and messages; data may lie in a store between.
_ASKS_WHETHER = re.compile(
    r"^(?:can|could|may|does|do|did|is|are|will|would)\b(?!.*\b(?:data|events?|messages?)\b)"
)
_OF_MESSAGES = re.compile(
    r"\bafter .*@\d+ (?:publish|emit)|\b(?:events?|messages?) (?:from|of|by) |@\d+(?:'s)? (?:events?|messages?)\b"
)
_TOLD = {
    By.MESSAGES: "whether it is the same queue or topic isn't told",
    By.STORES: "whether it is the same data isn't told",
    By.UNTOLD: "what each of them does there isn't told",
}


@dataclass(frozen=True, slots=True)
class _Ends:
    """What a question says of a way: where it begins, where it ends, and the parts that it is to go through or around."""

    start: list[str]
    end: list[str]
    third: list[str]


def _ends(question: Question) -> _Ends:
    """Return the roles of the parts that a question names, by the words before them and, failing these, by the frame."""
    found: dict[str, list[str]] = {"start": [], "end": [], "third": []}
    others: list[int] = []
    for n, thing in enumerate(question.things):
        before = question.pattern.partition(f"@{n}")[0]
        role = next((role for role, words in _ROLES if words.search(before)), None)
        if role is None and re.search(rf"\bbetween {_ARTICLE}@{n - 1} and {_ARTICLE}$", before):
            role = "end"
        if role is None:
            others.append(n)
        else:
            found[role] += thing.ids
    if len(question.slots) > 1 and not found["third"]:
        start, end = (list(question.things[n].ids) for n in question.slots)
        return _Ends(start, end, [])
    for n in others:
        # Who is named without such a word is the one that goes, or what is gone to: "is Stripe reachable from Catalog".
        if not found["end"] and (found["start"] or n == others[-1]):
            found["end"] += question.things[n].ids
        elif not found["start"]:
            found["start"] += question.things[n].ids
    return _Ends(found["start"], found["end"], found["third"])


def path(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the ways that a question asks for, shortest first, or what was looked for where there is none."""
    where, ends = mapped(graph), _ends(question)
    data = not _ASKS_WHETHER.search(question.pattern)
    out: list[Statement] = list(_past(ends.third, where)) if ends.third and not ends.end else []
    for end in ends.end:
        starts = [id_ for id_ in ends.start if id_ != end]
        third = [id_ for id_ in ends.third if id_ != end and id_ not in starts]
        if third:
            out += _around(starts, end, third, where)
        for start in starts if not third else ():
            out += _between(start, end, question, where) or _without_calls(start, end, where, data=data)
        if not starts and not third:
            out += _from_outside(end, where)
    return tuple(out)


def _between(start: str, end: str, question: Question, where: Map) -> list[Statement]:
    """Return the ways of calls between two parts, none where there is none; beside them a broker that both use."""
    graph = where.graph
    most = _ALL if re.search(r"\b(?:all|every|any|other|ways|paths|routes)\b", question.pattern) else _MOST
    found = ways(where, start, end, most=most + 1)
    if not found:
        return []
    name, goal = graph.label(start), graph.label(end)
    through = f" through {labels(graph, found[0][1:-1])}." if len(found[0]) > 2 else " directly."
    out = [Statement(f"{name} {'talks to' if len(found[0]) == 2 else 'reaches'} {goal}{through}")]
    if re.search(r"\bhow (?:many|far)\b", question.pattern):
        steps = len(found[0]) - 1
        out.append(Statement(f"The shortest way has {steps} {'step' if steps == 1 else 'steps'}."))
    out += _steps(found[0], where)
    out += [Statement(f"Another way: {_way(other, graph)}.") for other in found[1:most]]
    if len(found) > most:
        out.append(Statement("There are more ways than these."))
    if len(found) > 1:
        if common := on_all(where, start, end, found[0]):
            out.append(Statement(f"All ways by calls go through {labels(graph, common)}."))
        if re.search(r"\bbetween\b", question.pattern):
            parts = sorted(i for i in lying(where, start, end) if _by_way_of(start, i, end, where))
            out.append(Statement(f"Between them lie {labels(graph, parts)}."))
    out += [_maybe(way, By.MESSAGES, where) for way in _taken(start, where) if way[-1] == end]
    return out


def _without_calls(start: str, end: str, where: Map, *, data: bool) -> Iterator[Statement]:
    """Yield how something may get where no call leads, with `data` also by a store, or what was looked for and the way back."""
    graph = where.graph
    name, goal = graph.label(start), graph.label(end)
    back = next(iter(ways(where, end, start)), None)
    more = f" The other way there is one: {_way(back, graph)}." if back else ""
    for by in (By.MESSAGES, By.STORES, By.UNTOLD) if data else (By.MESSAGES,):
        for way in ways(where, start, end, by=by):
            yield Statement(f"No path leads from {name} to {goal} by calls in what was read.{more}")
            yield _maybe(way, by, where)
            yield from _steps(way, where)
            return
    if back and data:
        yield Statement(
            f"No path leads from {name} to {goal} by calls, but answers may go back on this one: {_way(back, graph)}."
        )
        yield from _steps(back, where)
        return
    ahead = sorted(reached(where, start, by=By.MESSAGES))
    behind = sorted(reached(where, end, by=By.MESSAGES, back=True))
    looked = "messages, nor by a store that both use" if data else "messages"
    yield Statement(
        f"No path leads from {name} to {goal} in what was read, neither by calls nor by {looked}.{more}",
        holds="nothing",
    )
    yield Statement(
        f"From {name} one gets to {labels(graph, ahead) or 'nothing'}; to {goal} from {labels(graph, behind) or 'nothing'}.",
        holds="nothing",
    )


def _maybe(way: Sequence[str], by: By, where: Map) -> Statement:
    held = labels(where.graph, _left(way, where))
    return Statement(f"Data may go {_way(way, where.graph)}: taken from {held} by the next; {_TOLD[by]}.")


def _left(way: Sequence[str], where: Map) -> list[str]:
    """Return the brokers and stores of a way that are left against the direction of a flow."""
    return [
        at
        for at, after in pairwise(way)
        if at in where.holders and not any(f.target == after for f in where.out.get(at, ()))
    ]


def _steps(way: Sequence[str], where: Map) -> Iterator[Statement]:
    """Yield the flows of a way in its order."""
    for at, after in pairwise(way):
        flows: list[Flow] = [f for f in where.out.get(at, ()) if f.target == after]
        flows = flows or [f for f in where.out.get(after, ()) if f.target == at]
        yield from (flow_statement(flow, where.graph) for flow in flows)


def _way(way: Iterable[str], graph: SystemGraph) -> str:
    return " → ".join(graph.label(id_) for id_ in way)


def _around(starts: Sequence[str], end: str, without: Sequence[str], where: Map) -> Iterator[Statement]:
    """Yield whether ways to a part need others: all of them, not all, none."""
    graph = where.graph
    begins = starts or [id_ for id_ in outside(where) if id_ not in (end, *without)]
    name, goal = labels(graph, starts) if starts else "outside", graph.label(end)
    third = labels(graph, without)
    free = [way for start in begins for way in ways(where, start, end, without=without)]
    bound = [way for start in begins for other in without for way in _by_way_of(start, other, end, where)]
    data = [way for start in begins for way in ways(where, start, end, by=By.MESSAGES, without=without)]
    if free and bound:
        yield Statement(f"Not all ways from {name} to {goal} go through {third}: {_way(free[0], graph)}.")
        yield Statement(f"Through {third}: {_way(bound[0], graph)}.")
    elif free:
        yield Statement(f"No way from {name} to {goal} goes through {third}: {_way(free[0], graph)}.")
    elif bound:
        yield Statement(
            f"All ways by calls from {name} to {goal} go through {third}: {_way(bound[0], graph)}."
        )
    elif starts:
        yield from (s for start in starts for s in _without_calls(start, end, where, data=False))
    else:
        yield Statement(f"No way from outside to {goal} was read.")
    if free or bound:
        yield from _steps((free or bound)[0], where)
    if not free and bound and data:
        yield _maybe(data[0], By.MESSAGES, where)
    if not starts:
        yield from _doors(end, graph)


def _past(third: Sequence[str], where: Map) -> Iterator[Statement]:
    """Yield what comes from outside and doesn't go through some parts, and which others are open themselves."""
    graph = where.graph
    name = labels(graph, third)
    flows = [
        f
        for start in outside(where)
        for f in where.out.get(start, ())
        if start not in third and f.target not in third
    ]
    doors = [s for c in graph.components if c.id not in third for s in _doors(c.id, graph)]
    if not (flows or doors):
        yield Statement(f"Nothing was read that comes from outside and not through {name}.")
        return
    yield Statement(
        f"Not through {name} from outside: {listed(flow_words(f, graph) for f in flows) or 'no call that was read'}."
    )
    yield from (flow_statement(flow, graph) for flow in flows[:_DETAILS])
    yield from doors[:_DETAILS]


def _by_way_of(start: str, middle: str, end: str, where: Map) -> list[tuple[str, ...]]:
    """Return a way that goes through a part, if there is one."""
    if start == middle:
        return ways(where, start, end)
    first = ways(where, start, middle, without=(end,))
    second = ways(where, middle, end, without=first[0][:-1]) if first else []
    return [first[0] + second[0][1:]] if second else []


def _doors(id_: str, graph: SystemGraph) -> Iterator[Statement]:
    """Yield what opens a part itself to the outside."""
    component = graph.component(id_)
    for fact in component.facts if component else ():
        if fact.name in ("exposed_to_internet", "published_ports") and not fact.absent:
            yield Statement(f"{graph.label(id_)} itself: {fact_words(fact)}.", fact.evidence)


def _from_outside(end: str, where: Map) -> Iterator[Statement]:
    """Yield who uses a part, and the ways on which requests from outside get there."""
    graph = where.graph
    users = dict.fromkeys(where.before(end))
    goal = graph.label(end)
    yield Statement(
        f"{goal} is used by {labels(graph, users)}." if users else f"Nothing was read that uses {goal}.",
        holds="answer" if users else "nothing",
    )
    yield from (flow_statement(flow, graph) for flow in where.into.get(end, ())[:_DETAILS])
    yield from _entering(end, where)
    yield from _doors(end, graph)


def _entering(end: str, where: Map) -> Iterator[Statement]:
    """Yield the ways from outside to a part, the longer of two where one ends in the other."""
    found = [way for start in outside(where) if start != end for way in ways(where, start, end)]
    whole = [way for way in found if not any(way != other and other[-len(way) :] == way for other in found)]
    for way in sorted(whole, key=len)[:_MOST]:
        yield Statement(f"From outside: {_way(way, where.graph)}.")


def exposed(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what is reachable from outside, and for a part that one wants to get to the ways there through others."""
    entering: list[Statement] = []
    if re.search(r"\b(?:reach|access|connect|get)\w*\b", question.pattern):
        where = mapped(graph)
        entering = [s for thing in question.things for id_ in thing.ids for s in _entering(id_, where)]
    return (*exposure(question, graph, through=bool(entering)), *entering)


def reach(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what one gets to from a part, or who gets to it, at first and at second hand; both for "upstream" and "downstream"."""
    where = mapped(graph)
    both = re.search(
        r"\b(?:up|down)streams?\b|\b(?:through|via|over|by|past) " + _ARTICLE + r"@\d+\s*\?*$",
        question.pattern,
    )
    into = re.search(rf"\b(?:reach|get (?:in)?to|access|arrive at) {_ARTICLE}@", question.pattern) is not None
    out: list[Statement] = []
    for id_ in (i for thing in question.named() for i in thing.ids):
        if id_ in where.holders and _OF_MESSAGES.search(question.pattern):
            out += _behind(id_, where)
            continue
        if (both and id_ not in where.holders) or not (both or into):
            out += _ahead(id_, question, where)
        if both or into:
            out += _behind(id_, where)
    return tuple(dict.fromkeys(out))


def _ahead(id_: str, question: Question, where: Map) -> Iterator[Statement]:
    graph = where.graph
    name, kinds = graph.label(id_), sought(question)
    direct = list(dict.fromkeys(f.target for f in where.out.get(id_, ())))
    beyond = sorted(reached(where, id_) - set(direct))
    if _OF_MESSAGES.search(question.pattern) and _taken(id_, where):
        yield from (_maybe(way, By.MESSAGES, where) for way in _taken(id_, where))
        yield from (s for way in _taken(id_, where)[:_DETAILS] for s in _steps(way, where))
        return
    if kinds:
        yield from _of_kinds(id_, kinds, [*direct, *beyond], where)
        return
    if not direct:
        yield Statement(f"Nothing was read that {name} calls or uses.", holds="nothing")
    else:
        more = f", and through {_those(direct)} {labels(graph, beyond)}" if beyond else ""
        yield Statement(f"{name} reaches {labels(graph, direct)} directly{more}.")
    yield from (flow_statement(flow, graph) for flow in where.out.get(id_, ())[:_DETAILS])
    for way in _taken(id_, where):
        yield _maybe(way, By.MESSAGES, where)


def _those(ids: Sequence[str]) -> str:
    return "it" if len(ids) == 1 else "them"


def _taken(id_: str, where: Map) -> list[tuple[str, ...]]:
    """Return who may take what a part publishes, with the broker between."""
    return [(id_, *step) for step in where.next(id_, By.MESSAGES) if len(step) > 1]


def _of_kinds(id_: str, kinds: frozenset[str], ahead: Sequence[str], where: Map) -> Iterator[Statement]:
    graph = where.graph
    found = [i for i in ahead if (c := graph.component(i)) is not None and c.kind in kinds]
    sorts = listed((load().kinds[k].label.lower() for k in sorted(kinds)), last="or")
    if not found:
        yield Statement(
            f"{graph.label(id_)} reaches no {sorts} in what was read, but {labels(graph, ahead) or 'nothing'}."
        )
        return
    yield Statement(f"{graph.label(id_)} reaches {labels(graph, found)}.")
    for end in found[:_DETAILS]:
        for way in ways(where, id_, end):
            yield Statement(
                f"{_way(way, graph)}.", tuple(e for s in _steps(way, where) for e in s.evidence[:1])
            )


def _behind(id_: str, where: Map) -> Iterator[Statement]:
    graph = where.graph
    name = graph.label(id_)
    direct = list(dict.fromkeys(where.before(id_)))
    beyond = sorted(reached(where, id_, back=True) - set(direct))
    if not direct:
        yield Statement(f"Nothing was read that calls or uses {name}.", holds="nothing")
        return
    more = f", and through {_those(direct)} by {labels(graph, beyond)}" if beyond else ""
    yield Statement(f"{name} is reached by {labels(graph, direct)} directly{more}.")
    yield from (flow_statement(flow, graph) for flow in where.into.get(id_, ())[:_DETAILS])
