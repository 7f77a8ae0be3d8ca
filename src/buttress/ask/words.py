"""Sentences made of parts of a graph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from buttress.ask.answer import Statement
from buttress.model import Component, Evidence, Fact, Flow, SystemGraph
from buttress.vocabulary import load


def listed(words: Iterable[str], *, most: int = 12, last: str = "and") -> str:
    """Return words as a list in a sentence, at most `most` of them.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed("abcd", most=2)
    ('a, b and c', 'a', 'a, b and 2 more')
    """
    all_ = list(words)
    if len(all_) > most:
        return f"{', '.join(all_[:most])} {last} {len(all_) - most} more"
    return f" {last} ".join(filter(None, (", ".join(all_[:-1]), all_[-1]))) if all_ else ""


def labels(graph: SystemGraph, ids: Iterable[str]) -> str:
    """Return the names of components as a list in a sentence."""
    return listed(graph.label(i) for i in ids)


def name_of(holder: Component | Flow, graph: SystemGraph) -> str:
    """Return what a part or a flow is called in a sentence.

    >>> from buttress.model import Component, SystemGraph
    >>> name_of(Component("till", "Till"), SystemGraph())
    'Till'
    """
    return flow_words(holder, graph) if isinstance(holder, Flow) else holder.name


def in_a_sentence(label: str) -> str:
    """Return a label as it stands within a sentence: small, unless it is an abbreviation.

    >>> in_a_sentence("Rate limit"), in_a_sentence("RPO")
    ('rate limit', 'RPO')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def fact_words(fact: Fact) -> str:
    """Return a fact as words: its label, value and unit.

    >>> fact_words(Fact("timeout", 5)), fact_words(Fact("retry", None, "denied")), fact_words(Fact("image_tag_pinned", None, "denied"))
    ('timeout 5 s', 'no retry', 'image tag not pinned')
    """
    known = load().facts.get(fact.name)
    label = in_a_sentence(known.label if known else fact.name.replace("_", " "))
    if fact.absent:
        return _denied(label, says_how=known is not None and known.type == "boolean")
    if fact.value is True or fact.value is None:
        return label
    value = ", ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    unit = known.unit if known and isinstance(fact.value, int | float) else ""
    return f"{label} {value}{' ' + unit if unit and unit not in ('instances', 'port') else ''}"


def _denied(label: str, *, says_how: bool) -> str:
    """Return the words for something that isn't there, or for something that isn't so.

    >>> _denied("retry", says_how=True), _denied("idempotent", says_how=True), _denied("not root", says_how=True)
    ('no retry', 'not idempotent', 'may run as root')
    """
    *before, last = label.split()
    if label == "not root":
        return "may run as root"
    if says_how and re.search(r"(?:ed|ent)$", last) and last not in ("event", "agent", "consent"):
        return " ".join([*before, "not", last])
    return f"no {label}"


def flow_words(flow: Flow, graph: SystemGraph) -> str:
    """Return a flow as a clause: who does what to whom.

    >>> from buttress.model import Component
    >>> g = SystemGraph(components=(Component("a", "A"), Component("b", "B")), flows=(Flow("f", "a", "b", "publishes"),))
    >>> flow_words(g.flows[0], g)
    'A publishes to B'
    """
    verb = {
        "calls": "calls", "reads": "reads", "writes": "writes to", "publishes": "publishes to", "consumes": "consumes from",
        "routes": "routes to", "replicates": "replicates to", "runs_on": "runs on", "depends_on": "depends on",
    }[flow.kind]  # fmt: skip
    return f"{graph.label(flow.source)} {verb} {graph.label(flow.target)}"


def flow_statement(flow: Flow, graph: SystemGraph) -> Statement:
    """Return a flow with its facts and evidence."""
    facts = [fact_words(f) for f in flow.facts if f.name not in ("startup_order", "depends_healthy")]
    wait = "" if flow.sync is None else "synchronous" if flow.sync else "asynchronous"
    way = [w for w in (wait, flow.protocol) if w]
    more = ", ".join([*way, *facts])
    return Statement(f"{flow_words(flow, graph)}{f' ({more})' if more else ''}.", flow.evidence)


def first_words(evidence: Sequence[Evidence], most: int = 1) -> tuple[Evidence, ...]:
    """Return the evidence that says most to a reader: sentences before rows and settings."""
    order = {"prose": 0, "list": 1, "table": 2, "diagram": 3, "heading": 5}
    return tuple(sorted(evidence, key=lambda e: order.get(e.form, 4))[:most])


def kind_words(component: Component) -> str:
    """Return what a component is, with its technology.

    >>> kind_words(Component("a", "a", "relational_db", "postgresql"))
    'a relational database (PostgreSQL)'
    """
    words = load()
    label = words.kind(component.kind).label.lower() if component.kind in words.kinds else component.kind
    article = "" if label.endswith("ing") else "an " if label[:1] in "aeiou" else "a "
    technology = words.technologies.get(component.technology or "")
    return f"{article}{label}" + (f" ({technology.label})" if technology else "")
