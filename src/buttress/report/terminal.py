"""The review for a terminal: the same sections, shorter; `buttress explain` has the rest."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from buttress.evidence.quotes import cut
from buttress.model import Evidence
from buttress.report.markdown import AREA_TITLES, EFFORT, SHOWN_WHOLE, by_rule
from buttress.report.review import IN_BASELINE, Review
from buttress.report.summary import plural
from buttress.rules import SEVERITIES, Finding, join

if TYPE_CHECKING:
    from rich.console import Console

_MARGIN = re.compile(r"\s*(?:(?:[•✓]|\d+\.)\s+)?")
COLOUR = {"HIGH": "bold red", "MEDIUM": "yellow", "LOW": "cyan"}


def render(review: Review, *, colour: bool = False, width: int = 100) -> str:
    """Return the review as text for a terminal of that width; control characters of sources are dropped."""
    from rich.console import Console

    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=colour,
        no_color=not colour,
        width=max(40, width),
        height=40,  # of no use, but without one each line asks the terminal
        highlight=False,
        legacy_windows=False,
    )
    with console:
        _head(console, review)
        for area in review.areas():
            _area(console, review, area)
        _next_steps(console, review)
        _questions(console, review)
        _foot(console, review)
    return buffer.getvalue()


def clean(text: str) -> str:
    r"""Return text with rich markup escaped and control characters dropped.

    >>> clean("a[red]b\x1b[0m")
    'a\\[red]b\\[0m'
    """
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text).replace("[", "\\[")


def _plain(text: str) -> str:
    return clean(text.replace("**", "").replace("`", ""))


def _say(console: Console, markup: str) -> None:
    """Print one paragraph; what goes on in a further line stands below its first word, not below its bullet or number."""
    from rich.text import Text

    text = Text.from_markup(markup, emoji=False)
    margin = _MARGIN.match(text.plain)
    indent = margin.end() if margin else 0
    if len(text.plain) <= console.width or not indent:
        console.print(text, soft_wrap=text.cell_len <= console.width)
        return
    first, rest = text[:indent], text[indent:]
    for n, line in enumerate(rest.wrap(console, console.width - indent)):
        line.rstrip()
        console.print((first if n == 0 else Text(" " * indent)).append_text(line), soft_wrap=True)


def _head(console: Console, review: Review) -> None:
    summary = review.summary
    _say(console, f"[bold]Architecture review: {clean(review.graph.name)}[/bold]")
    _say(
        console,
        f"{_counts(review)}, {plural(len(review.questions), 'question')}, {plural(len(review.strengths), 'strength')}",
    )
    console.print()
    _say(console, clean(summary.system))
    if summary.basis:
        _say(console, f"[dim]{summary.basis}[/dim]")
    if summary.assessment:
        console.print()
        _say(console, _plain(summary.assessment))
    console.print()
    for title, findings in (("Strengths", summary.strengths), ("Critical", summary.critical)):
        if findings:
            _say(console, f"[bold]{title}[/bold]")
            for finding in findings:
                _say(console, f"  • {_line(finding)}")
    if summary.stops:
        _say(console, "[bold]Nothing goes on without[/bold]")
        for id_, entries in summary.stops:
            names = join((review.graph.label(e) for e in entries), most=4)
            _say(console, f"  • {clean(review.graph.label(id_))} [dim](requests at {clean(names)})[/dim]")
    _say(console, f"[bold]Readiness[/bold]  {summary.readiness}")
    console.print()


def _counts(review: Review) -> str:
    counts = join(
        f"[{COLOUR[s]}]{n} {s}[/]" for s in SEVERITIES if (n := sum(f.severity == s for f in review.findings))
    )
    return counts or "no findings"


def _line(finding: Finding) -> str:
    where = f" [dim]{clean(str(finding.evidence[0]))}[/dim]" if finding.evidence else ""
    return clean(finding.message) + where


def _area(console: Console, review: Review, area: str) -> None:
    grouped = by_rule(f for f in review.findings if f.area == area)
    strengths = by_rule(f for f in review.strengths if f.area == area)
    if not grouped and not strengths:
        return
    console.rule(f"[bold]{AREA_TITLES[area]}[/bold]", align="left")
    for praised in strengths.values():
        more = f" [dim]and {len(praised) - 1} more of the kind[/dim]" if len(praised) > 1 else ""
        _say(console, f"[green]✓[/green] {_line(praised[0])}{more}")
    for rule, group in grouped.items():
        card = review.cards[rule]
        console.print()
        _say(
            console,
            f"[{COLOUR[group[0].severity]}]{group[0].severity}[/] [bold]{clean(card.title)}[/bold] [dim]{rule}[/dim]",
        )
        for finding in group[:SHOWN_WHOLE]:
            _say(console, f"  {clean(finding.message)}")
            if finding.reason:
                _say(
                    console,
                    f"    [dim]{finding.severity} because it is {clean(finding.reason)}[/dim]"
                    if finding.reason.startswith("on ")
                    else f"    [dim]{finding.severity} because {clean(finding.reason)}[/dim]"
                    if finding.reason.endswith(" with it") or finding.reason.startswith("it ")
                    else f"    [dim]{clean(finding.reason)}[/dim]",
                )
            stops = [i for i in finding.path if review.graph.component(i) is not None]
            shown = " → ".join(map(review.graph.label, stops))
            if len(stops) > 2:
                _say(console, f"    path: {clean(shown)}")
            _evidence(console, finding.evidence)
        if len(group) > SHOWN_WHOLE:
            names = join((review.graph.label(f.subjects[0]) for f in group[SHOWN_WHOLE:]), most=8)
            _say(console, f"  [bold]Likewise:[/bold] {clean(names)}")
        _say(console, f"  [bold]Do:[/bold] {_plain(_first_paragraph(card.what_to_do))}")
        _say(console, f"  [dim]effort {EFFORT[card.effort]} ({card.days} days)[/dim]")
        for citation in review.citations.get(rule, ())[:3]:
            _cite(console, f"{clean(citation.source)}: {clean(citation.title)}", clean(citation.url))
    console.print()


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())


def _cite(console: Console, practice: str, url: str) -> None:
    """Print a practice and its address, which is never broken: terminals open what stands in one line."""
    if len(practice) + len(url) + 5 <= console.width:
        _say(console, f"  [dim]{practice} · {url}[/dim]")
        return
    _say(console, f"  [dim]{practice}[/dim]")
    console.print(f"  [dim]{url}[/dim]", soft_wrap=True, emoji=False)


def _evidence(console: Console, evidence: Sequence[Evidence]) -> None:
    for item in evidence[:3]:
        _say(console, f"    [dim]{clean(str(item))}  {clean(cut(item.quote, 120))}[/dim]")
    if len(evidence) > 3:
        _say(console, f"    [dim]and {len(evidence) - 3} more[/dim]")


def _next_steps(console: Console, review: Review) -> None:
    if not review.next_steps:
        return
    console.rule("[bold]Next steps[/bold]", align="left")
    number = {step.rule: n for n, step in enumerate(review.next_steps, 1)}
    for step in review.next_steps:
        needs = f", after {join(str(number[n]) for n in step.needs)}" if step.needs else ""
        subjects = join((review.graph.label(s) for s in step.subjects if s != "system"), most=4)
        where = f": {clean(subjects)}" if subjects else ""
        _say(
            console,
            f"{number[step.rule]:>3}. [bold]{step.rank}[/bold] {clean(step.title)}{where} "
            f"[dim]({EFFORT[step.effort]}, {step.days} days{needs})[/dim]",
        )
    console.print()


def _questions(console: Console, review: Review) -> None:
    if not review.questions:
        return
    console.rule("[bold]Questions that would change this review[/bold]", align="left")
    asked, unsaid = review.asked()
    for n, question in enumerate(asked, 1):
        _say(console, f"{n:>3}. {_line(question)}")
    if unsaid:
        _say(
            console,
            f"     [dim]Not mentioned anywhere, and perhaps settled elsewhere:[/dim] {join(unsaid, most=20)}",
        )
    console.print()


def _foot(console: Console, review: Review) -> None:
    graph = review.graph
    known = sum(reason == IN_BASELINE for _, reason in review.suppressed)
    notes: Iterable[str] = (
        f"read {plural(len(graph.sources), 'file')}",
        f"{plural(len(graph.skipped), 'file')} without a reader" if graph.skipped else "",
        f"{len(review.suppressed) - known} suppressed" if len(review.suppressed) > known else "",
        f"{known} in the baseline" if known else "",
    )
    told = ", ".join(n for n in notes if n)
    _say(
        console,
        f"{_counts(review)}; [dim]{told}. Why, ids, all evidence: buttress explain RULE PATH[/dim]",
    )
