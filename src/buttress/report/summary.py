"""The executive summary: what the system is, what is good, what is dangerous and why here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from buttress import vocabulary
from buttress.analysis.failure.effects import BY_MESSAGES
from buttress.dependencies import is_synchronous, is_text_alone
from buttress.model import Component, Derived, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES
from buttress.rules import AREAS, Finding, join


@dataclass(frozen=True, slots=True)
class Summary:
    """The first page: `headline` in one line, `system` and `assessment` as paragraphs, then the three short lists."""

    headline: str
    system: str
    assessment: str
    strengths: tuple[Finding, ...]
    critical: tuple[Finding, ...]
    stops: tuple[tuple[str, tuple[str, ...]], ...]
    readiness: str
    basis: str


def summarise(
    graph: SystemGraph,
    defects: Sequence[Finding],
    strengths: Sequence[Finding],
    questions: Sequence[Finding],
    must: tuple[float, float, int],
) -> Summary:
    """Return the summary of a graph and what was found in it; `must` is (least days, most days, steps) of must-fix work."""
    counts = {s: sum(f.severity == s for f in defects) for s in ("HIGH", "MEDIUM", "LOW")}
    stops = tuple(
        (d.subject, d.objects)
        for d in sorted(
            (d for d in graph.derived if d.name == "stops"), key=lambda d: (-len(d.objects), d.subject)
        )
        if _may_fail(graph, d.subject)
    )
    headline = (
        f"{graph.name}: {plural(len(graph.components), 'component')}, {plural(len(graph.flows), 'flow')}; "
        f"{counts['HIGH']} HIGH, {counts['MEDIUM']} MEDIUM, {counts['LOW']} LOW, {plural(len(questions), 'question')}"
    )
    return Summary(
        headline=headline,
        system=_system(graph),
        assessment=_assessment(graph, defects, stops),
        strengths=_one_a_rule(strengths)[:5],
        critical=_one_a_rule(_gravest(graph, [f for f in defects if f.severity == "HIGH"]))[:3],
        stops=() if _basis(graph) else stops[:6],
        readiness=_readiness(counts, must, questions, graph),
        basis=_basis(graph),
    )


def plural(n: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "flow"), plural(2, "entry")
    ('1 flow', '2 entries')
    """
    if n == 1:
        return f"1 {noun}"
    return f"{n} {noun[:-1]}ies" if noun.endswith("y") else f"{n} {noun}s"


def _one_a_rule(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    seen: dict[str, Finding] = {}
    for finding in findings:
        seen.setdefault(finding.rule, finding)
    return tuple(seen.values())


def _gravest(graph: SystemGraph, findings: Sequence[Finding]) -> list[Finding]:
    """Return findings with those of the rule that reaches most entry points first, then in the order of the areas."""
    serves = {d.subject: len(d.objects) for d in graph.derived if d.name == "serves"}

    def reach(finding: Finding) -> int:
        flow = graph.flow(finding.subjects[0])
        return 1 + serves.get(flow.source if flow else finding.subjects[0], 0)

    weight: dict[str, int] = {}
    for finding in findings:
        weight[finding.rule] = max(weight.get(finding.rule, 0), reach(finding))
    return sorted(findings, key=lambda f: (-weight[f.rule], AREAS.index(f.area), f.rule, -reach(f)))


def _may_fail(graph: SystemGraph, id_: str) -> bool:
    runs_as = next((d.value for d in graph.derived if d.name == "runsAs" and d.subject == id_), "unknown")
    return runs_as in ("one", "unknown")


def _technologies(components: Sequence[Component]) -> str:
    words = vocabulary.load().technologies
    names = [words[c.technology].label if c.technology in words else c.name for c in components]
    return join(dict.fromkeys(names), most=5)


def _system(graph: SystemGraph) -> str:
    running = [c for c in graph.components if c.kind in RUNTIME]
    stores = [c for c in graph.components if c.kind in STORES]
    brokers = [c for c in graph.components if c.kind in MESSAGING]
    outside = [c for c in graph.components if c.kind in ("external_service", "identity_provider", "cdn")]
    if not graph.components:
        return "Nothing that describes a running system was found in these sources."
    parts = []
    if running:
        parts.append(f"{plural(len(running), 'running part')} ({join((c.name for c in running), most=8)})")
    if stores:
        parts.append(f"{plural(len(stores), 'store')} ({_technologies(stores)})")
    if brokers:
        parts.append(f"messaging over {_technologies(brokers)}")
    watching = [c for c in graph.components if c.kind == "monitoring"]
    if watching and not running:
        parts.append(
            f"{plural(len(watching), 'monitoring part')} ({join((c.name for c in watching), most=5)})"
        )
    if outside:
        parts.append(
            f"{plural(len(outside), 'outside dependency')} ({join((c.name for c in outside), most=5)})"
        )
    entries = [d for d in graph.derived if d.name == "entry" and d.value != BY_MESSAGES]
    sentence = (
        f"{graph.name} consists of {join(parts)}."
        if parts
        else f"{graph.name} has {plural(len(graph.components), 'component')}."
    )
    if entries:
        doors = join(dict.fromkeys(_door(graph, e) for e in entries), most=4)
        sentence += f" Requests come in through {doors}."
    return sentence + _flows(graph)


def _door(graph: SystemGraph, entry: Derived) -> str:
    """Return the name of the gateway that stands before an entry point, or its own."""
    front = str(entry.value)
    return front.removeprefix("behind ") if front.startswith("behind ") else graph.label(entry.subject)


def inside(title: str) -> str:
    """Return a title as it stands within a sentence: without its capital, unless a name or an abbreviation begins it.

    >>> inside("Calls that stop"), inside("SQL with values"), inside("Gunicorn without workers")
    ('calls that stop', 'SQL with values', 'Gunicorn without workers')
    """
    first = title.split(" ", 1)[0]
    if first[1:2].isupper() or vocabulary.load().technology(first) is not None:
        return title
    return title[:1].lower() + title[1:]


def _flows(graph: SystemGraph) -> str:
    """Return a sentence on how the parts talk, as far as the sources tell."""
    through = [f.kind in ("publishes", "consumes") or f.sync is False for f in graph.flows]
    apart = sum(through)
    waiting = sum(is_synchronous(f) and not passed for f, passed in zip(graph.flows, through, strict=True))
    unknown = len(graph.flows) - waiting - apart
    parts = []
    if waiting:
        parts.append(
            f"{waiting} {'is a call, read or write' if waiting == 1 else 'are calls, reads and writes'}"
        )
    if apart:
        parts.append(f"{apart} {'goes' if apart == 1 else 'go'} through messages or in the background")
    if unknown and not parts:
        return f" Of {'its one flow' if unknown == 1 else f'its {unknown} flows'} only the dependency is known, not who reads or writes."
    if unknown:
        parts.append(
            f"{unknown} {'is' if unknown == 1 else 'are'} known as {'a dependency' if unknown == 1 else 'dependencies'} only"
        )
    if len(parts) == 1:
        every = {1: "The one flow", 2: "Both flows"}.get(len(graph.flows), f"All {len(graph.flows)} flows")
        return f" {every} {parts[0].split(' ', 1)[1]}."
    return f" Of {plural(len(graph.flows), 'flow')}, {join(parts)}." if parts else ""


def _assessment(
    graph: SystemGraph, defects: Sequence[Finding], stops: Sequence[tuple[str, tuple[str, ...]]]
) -> str:
    high = _one_a_rule(_gravest(graph, [f for f in defects if f.severity == "HIGH"]))
    sentences = []
    if high:
        first = high[0]
        sentences.append(
            f"**{first.title}.** {first.message}" + (f" ({first.evidence[0]})" if first.evidence else "")
        )
        if len(high) > 1:
            sentences.append("Also critical: " + join((inside(f.title) for f in high[1:]), most=4) + ".")
    elif defects:
        rules = _one_a_rule(defects)
        told = join((inside(f.title) for f in rules), most=3)
        sentences.append(
            f"Nothing in the sources shows a critical flaw; {'one lesser concern' if len(rules) == 1 else 'lesser concerns'}: {told}."
        )
    elif graph.components:
        sentences.append("The sources show no defect that the rules know of.")
    return " ".join(sentences)


def _readiness(
    counts: dict[str, int], must: tuple[float, float, int], questions: Sequence[Finding], graph: SystemGraph
) -> str:
    low, high, steps = must
    if not graph.components:
        return "can't be told: nothing was read"
    days = f"{low:g}-{high:g} days" if high > low else f"{high:g} days"
    if steps:
        told = f"not yet: {plural(steps, 'must-fix item')}, about {days}"
    elif counts["MEDIUM"]:
        told = f"with reservations: no must-fix item, {plural(counts['MEDIUM'], 'concern')} to settle before growth"
    else:
        told = "no obstacle found in what the sources say"
    if questions:
        told += f"; {plural(len(questions), 'question')} could change this"
    return told


def _basis(graph: SystemGraph) -> str:
    if is_text_alone(graph):
        return (
            "This review rests on running text alone: no diagram or configuration was found. Flows that the text doesn't "
            "mention may exist; nothing is concluded from their absence."
        )
    return ""
