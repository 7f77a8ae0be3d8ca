"""The review as Markdown, in the order in which a person wants to read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from buttress.evidence.quotes import cut
from buttress.model import Evidence, SystemGraph
from buttress.report.summary import plural
from buttress.retrieval.citing import Citation
from buttress.rules import SEVERITIES, Finding, join

if TYPE_CHECKING:
    from buttress.report.review import Review  # which shows itself by this module

AREA_TITLES = {
    "system-architecture": "System architecture",
    "database": "Database",
    "api": "API",
    "security": "Security",
    "scalability": "Scalability",
    "observability": "Observability",
    "deployment": "Deployment",
    "code-organization": "Code organization",
    "data-flow": "Data flow",
    "resilience": "Resilience",
}
SHOWN_WHOLE = 3  # findings of one rule that are told in full; the others are named
EFFORT = {"S": "small", "M": "medium", "L": "large"}


def render(review: Review) -> str:
    """Return the whole review as Markdown; same review, same bytes."""
    parts = [
        _head(review),
        _summary(review),
        *(_area(review, area) for area in review.areas()),
        _patterns(review),
        _stack(review),
        _roadmap(review),
        _checklist(review),
        _next_steps(review),
        _questions(review),
        _references(review),
        _not_read(review),
    ]
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def by_rule(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return findings grouped by their rule, both in the order given.

    >>> by_rule([])
    {}
    """
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.rule, []).append(finding)
    return grouped


def escape(text: str) -> str:
    r"""Return text from a source so that Markdown shows it as it is, on one line.

    >>> escape("a_b *c* <b> | d")
    'a\\_b \\*c\\* &lt;b> \\| d'
    """
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", one_line).replace("<", "&lt;")


def place(evidence: Evidence) -> str:
    """Return `source:line` as code."""
    return f"`{evidence}`"


def places(evidence: Iterable[Evidence], *, most: int = 4) -> str:
    """Return places as a list in one line, and how many more there are.

    >>> lines = [Evidence("a.md", n, n, "x") for n in (1, 2, 3)]
    >>> places(lines), places(lines, most=2)
    ('`a.md:1`, `a.md:2`, `a.md:3`', '`a.md:1`, `a.md:2` and 1 more')
    """
    shown = list(dict.fromkeys(place(e) for e in evidence))
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def route(path: Sequence[str], graph: SystemGraph) -> str:
    """Return the names of the components along a path, with arrows."""
    return " → ".join(escape(graph.label(i)) for i in path if graph.component(i) is not None)


def _head(review: Review) -> str:
    graph = review.graph
    read = ", ".join(f"`{s}`" for s in graph.sources[:12])
    if len(graph.sources) > 12:
        read += f" and {len(graph.sources) - 12} more"
    lines = [f"# Architecture review: {escape(graph.name)}", ""]
    if read:
        entries = sum(d.name == "entry" for d in graph.derived)
        counts = (
            f"{plural(len(graph.components), 'component')}, {plural(len(graph.flows), 'flow')}, "
            f"{plural(entries, 'entry point')}."
        )
        lines += [f"*Read: {read}. {counts}*", ""]
    found = [(sum(f.severity == s for f in review.findings), s) for s in SEVERITIES]
    told = join(f"{n} {s}" for n, s in found if n) or "no findings"
    lines += [
        f"**{told}, {plural(len(review.questions), 'question')}, {plural(len(review.strengths), 'strength')}.**",
        "",
    ]
    return "\n".join(lines)


def _summary(review: Review) -> str:
    summary, graph = review.summary, review.graph
    lines = ["## Executive summary", "", escape_keep(summary.system), ""]
    if summary.basis:
        lines += [f"*{summary.basis}*", ""]
    if summary.assessment:
        lines += [summary.assessment, ""]
    lines += ["| | |", "|---|---|"]
    if summary.strengths:
        told = "; ".join(_short(f) for f in summary.strengths)
        lines.append(f"| Strengths | {told} |")
    if summary.critical:
        lines.append("| Critical | " + "; ".join(_short(f) for f in summary.critical) + " |")
    if summary.stops:
        told = "; ".join(
            f"{escape(graph.label(id_))} (requests at {escape(join((graph.label(e) for e in entries), most=3))})"
            for id_, entries in summary.stops
        )
        lines.append(f"| Nothing goes on without | {told} |")
    lines += [f"| Readiness | {summary.readiness} |", ""]
    return "\n".join(lines)


def escape_keep(text: str) -> str:
    """Return our own sentence with HTML made harmless; names inside it come from sources."""
    return text.replace("<", "&lt;").replace("|", "\\|")


def _short(finding: Finding) -> str:
    told = escape_keep(finding.message.rstrip("."))
    return f"{told} ({place(finding.evidence[0])})" if finding.evidence else told


def _area(review: Review, area: str) -> str:
    lines = [f"## {AREA_TITLES[area]}", ""]
    strengths = by_rule(f for f in review.strengths if f.area == area)
    findings = by_rule(f for f in review.findings if f.area == area)
    if strengths:
        lines.append("**Strengths.**")
        lines += [_strength(review, group) for group in strengths.values()]
        lines.append("")
    for rule, group in findings.items():
        lines += _finding(review, rule, group)
    return "\n".join(lines) if strengths or findings else ""


def _strength(review: Review, group: Sequence[Finding]) -> str:
    first = group[0]
    quote = first.evidence[0].quote if first.evidence else ""
    said = f': "{escape(cut(quote, 120))}"' if quote.count(" ") >= 3 else ""
    line = f"- {_short(first)}{said}"
    return f"{line}. Likewise {_rest(review, group[1:])}" if len(group) > 1 else line


def _rest(review: Review, group: Sequence[Finding], *, most: int = 12) -> str:
    """Return the subjects of further findings of a rule, each with its place, in one line."""
    told = [
        escape(review.graph.label(f.subjects[0])) + (f" ({place(f.evidence[0])})" if f.evidence else "")
        for f in group
    ]
    return join(told, most=most)


def _finding(review: Review, rule: str, group: Sequence[Finding]) -> list[str]:
    card, graph = review.cards[rule], review.graph
    lines = [f"### {group[0].severity} · {card.title}", ""]
    shown = group if len(group) <= SHOWN_WHOLE + 1 else group[:SHOWN_WHOLE]
    bullet = "- " if len(group) > 1 else ""
    shared = len({(f.severity, f.reason) for f in group}) == 1
    for finding in shown:
        told = escape_keep(finding.message)
        where = f" ({places(finding.evidence)})" if finding.evidence else ""
        because = "" if shared else _because(finding)
        lines.append(f"{bullet}{told}{where}{because}")
        steps = route(finding.path, graph)
        if steps.count("→") >= 2:
            lines.append(f"{'  ' if bullet else chr(10)}Path: {steps}.")
        quote = next((e for e in finding.evidence if e.quote.count(" ") >= 2), None)
        if quote is not None and len(group) <= 3:
            lines += [f"{'  ' if bullet else chr(10)}> {escape(cut(quote.quote, 160))} — {place(quote)}", ""]
    if len(shown) < len(group):
        lines.append(f"- The same holds for {_rest(review, group[len(shown) :])}.")
    if shared and group[0].reason:
        lines += ["", _because(group[0]).strip()]
    lines += ["", f"**Why.** {card.why}", "", f"**Do.** {card.what_to_do}", ""]
    lines += [f"*Effort: {card.effort}, {card.days} days. Rule: `{rule}`.*" + _needs(card.needs), ""]
    if card.in_python:
        lines += [card.in_python, ""]
    if card.alternatives:
        lines += [f"**Or.** {card.alternatives}", ""]
    cites = review.citations.get(rule, ())
    if cites:
        lines += ["**Says who.** " + "; ".join(_cite(c) for c in cites) + ".", ""]
    return lines


def _because(finding: Finding) -> str:
    return (
        f" *{finding.severity}: {escape(finding.reason)}.*" if finding.reason else f" *{finding.severity}.*"
    )


def _needs(needs: Sequence[str]) -> str:
    return f" *Needs first: {', '.join(needs)}.*" if needs else ""


def _cite(citation: Citation) -> str:
    return f"[{citation.source}: {citation.title}]({citation.url})"


def _patterns(review: Review) -> str:
    uses: dict[tuple[str, str, str], list[str]] = {}
    for finding in review.findings:
        for citation in review.citations.get(finding.rule, ()):
            if "attern" in citation.source or "attern" in citation.title:
                key = (citation.source, citation.title, citation.url)
                names = uses.setdefault(key, [])
                names += [review.graph.label(s) for s in finding.subjects[:1] if s != "system"]
    if not uses:
        return ""
    lines = ["## Patterns and best practices", "", "| pattern | where it helps here |", "|---|---|"]
    for (source, title, url), names in sorted(uses.items(), key=lambda x: (-len(x[1]), x[0])):
        where = escape(join(dict.fromkeys(names), most=4)) if names else "the system as a whole"
        lines.append(f"| [{title}]({url}) ({source}) | {where} |")
    return "\n".join([*lines, ""])


def _stack(review: Review) -> str:
    if not review.stack:
        return ""
    lines = ["## Technology stack", "", "| technology | role | where | remark |", "|---|---|---|---|"]
    for item in review.stack:
        where = escape(join((review.graph.label(c) for c in item.components), most=5))
        lines.append(
            f"| {escape(item.label)} | {item.kind.replace('_', ' ')} | {where} {places(item.evidence)} | {item.remark} |"
        )
    return "\n".join([*lines, ""])


def _roadmap(review: Review) -> str:
    if not review.roadmap:
        return ""
    lines = ["## Scalability roadmap", "", "| what limits | you will see it by | then |", "|---|---|---|"]
    lines += [f"| {escape(s.limit)} {places(s.evidence)} | {s.trigger} | {s.step} |" for s in review.roadmap]
    return "\n".join([*lines, ""])


def _checklist(review: Review) -> str:
    mark = {
        "yes": "[x]",
        "partly": "[~]",
        "planned": "[ ] planned:",
        "no": "[ ]",
        "named": "[?] named only:",
        "not said": "[?]",
    }
    lines = ["## Security checklist", ""]
    group = ""
    if all(check.state == "not said" for check in review.checklist):
        return "\n".join(
            [*lines, "The sources say nothing of any of the 18 items; `buttress coverage` lists them.", ""]
        )
    for check in review.checklist:
        if check.group != group:
            lines += [*([""] if group else []), f"**{check.group}**", ""]
            group = check.group
        where = f" ({places(check.evidence)})" if check.evidence else ""
        said = " — not said" if check.state == "not said" else ""
        lines.append(f"- {mark[check.state]} {check.item}{said}{where}")
    return "\n".join(
        [*lines, "", "*[x] shown, [~] in places, [ ] shown to be missing, [?] the sources don't say.*", ""]
    )


def _next_steps(review: Review) -> str:
    if not review.next_steps:
        return ""
    number = {step.rule: n for n, step in enumerate(review.next_steps, 1)}
    lines = ["## Next steps", "", "| # | rank | do | because | effort | needs |", "|---|---|---|---|---|---|"]
    for step in review.next_steps:
        subjects = escape(join((review.graph.label(s) for s in step.subjects if s != "system"), most=4))
        needs = ", ".join(str(number[n]) for n in step.needs) or "-"
        card = review.cards[step.rule]
        first = re.split(r"(?<=[.!?])\s", " ".join(card.what_to_do.split()), maxsplit=1)[0]
        where = f" ({subjects})" if subjects else ""
        lines.append(
            f"| {number[step.rule]} | {step.rank} | {escape_keep(first)} | {escape_keep(step.title)}{where} | "
            f"{step.effort} ({step.days} d) | {needs} |"
        )
    return "\n".join([*lines, ""])


def _questions(review: Review) -> str:
    if not review.questions:
        return ""
    lines = ["## Questions that would change this review", ""]
    asked, unsaid = review.asked()
    n = 0
    for area in dict.fromkeys(q.area for q in asked):  # a group stands where its weightiest question would
        lines += [*([""] if n else []), f"*{AREA_TITLES[area]}*", ""]
        for question in (q for q in asked if q.area == area):
            n += 1
            where = f" ({places(question.evidence, most=2)})" if question.evidence else ""
            lines.append(f"{n}. {escape_keep(question.message)}{where}")
    if unsaid:
        lines += ["", f"Not mentioned anywhere, and perhaps settled elsewhere: {join(unsaid, most=20)}."]
    return "\n".join([*lines, ""])


def _references(review: Review) -> str:
    cited = {
        (c.source, c.title, c.url): c
        for f in (*review.findings, *review.questions, *review.strengths)
        for c in review.citations.get(f.rule, ())
    }
    if not cited:
        return ""
    lines = ["## References", ""]
    lines += [f"- {c.source}, {c.item}: [{c.title}]({c.url})" for _, c in sorted(cited.items())]
    return "\n".join([*lines, ""])


def _not_read(review: Review) -> str:
    graph = review.graph
    notes = [d for d in graph.diagnostics if d.level != "info"]
    if not notes and not graph.skipped:
        return ""
    lines = ["## What was not read", ""]
    lines += [f"- {escape(str(d))}" for d in notes[:30]]
    if graph.skipped:
        endings: dict[str, int] = {}
        for path in graph.skipped:
            name = path.rpartition("/")[2]
            ending = "*." + name.rpartition(".")[2] if "." in name.lstrip(".") else name
            endings[ending] = endings.get(ending, 0) + 1
        told = ", ".join(f"`{e}` ({n})" for e, n in sorted(endings.items(), key=lambda x: (-x[1], x[0]))[:12])
        lines.append(f"- no reader for {plural(len(graph.skipped), 'file')}: {told}")
    return "\n".join([*lines, ""])
