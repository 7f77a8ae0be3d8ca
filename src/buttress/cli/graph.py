"""graph, query, impact, paths, ask: what was read, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from buttress.cli.assist import assistant, tell_of
from buttress.cli.form import (
    AS_IT_ENDS,
    Assist,
    Command,
    Model,
    Output,
    OwnIndex,
    Sources,
    Table,
    TableFormat,
    Verbose,
    by_ending,
    examples,
    one_of,
)
from buttress.cli.output import is_unread, progress, tell_all, write
from buttress.model.wire import json_text

if TYPE_CHECKING:
    from buttress import pipeline
    from buttress.model import Source, SystemGraph

Format = Literal["terminal", "json", "mermaid", "dot", "graphml", "turtle", "jsonld"]
app = typer.Typer()


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH...",
    epilog=examples(
        "buttress graph docs/ deploy/",
        "buttress graph docs/ --explain orders",
        "buttress graph docs/ --format mermaid > system.mmd",
        "buttress graph docs/ --format json | buttress review -",
    ),
)
def graph(
    path: Sources,
    format_: Annotated[
        Format | None, typer.Option("--format", "-f", metavar=one_of(Format), help=AS_IT_ENDS)
    ] = None,
    output: Output = None,
    explain: Annotated[
        str | None,
        typer.Option(metavar="COMPONENT", help="Show every evidence and merge reason of one component."),
    ] = None,
    verbose: Verbose = False,
    assist: Assist = None,
    model: Model = None,
) -> None:
    """Show the components and flows that were read, with the evidence for each.

    The JSON form is an input of every command too: keep it, change it, review it.
    """
    from buttress.report import graphs

    asked = assistant(assist, model)
    system = _read(path, asked)
    tell_all(system, system.diagnostics, verbose=verbose)
    tell_of(asked)
    as_ = by_ending(format_, output, Format)
    write(graphs.explain(system, explain) if explain else graphs.render(system, as_), output)
    if is_unread(system, system.diagnostics):
        raise typer.Exit(2)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH... NAME | PATH... --sparql TEXT|FILE | --list",
    epilog=examples(
        "buttress query docs/ shared-stores",
        "buttress query --list",
        "buttress query docs/ --sparql 'SELECT ?name WHERE { ?c a b:Service; b:name ?name }'",
        "buttress query docs/ --sparql own.rq --format json",
    ),
)
def query(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files or folders to read as one system; - is standard input. Then the NAME of a query.",
        ),
    ] = None,
    sparql: Annotated[
        str | None, typer.Option(metavar="TEXT|FILE", help="A SELECT query, or a file that holds one.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the queries that have a name.")] = False,
    format_: TableFormat = None,
    output: Output = None,
) -> None:
    """Ask the graph: by the name of a query that comes with Buttress, or in SPARQL.

    The prefixes b, tech, topic, rdf, rdfs and xsd are declared. A component has b:name, b:id and its kinds as
    types; a fact is ?x b:states b:timeout, ?x b:denies b:timeout or ?x b:timeout ?seconds. A query sees this one graph:
    SERVICE, FROM and updates are refused.
    """
    from buttress.errors import OptionError
    from buttress.report import tables

    as_ = by_ending(format_, output, Table)
    if list_:
        named = _named()
        records = [{"name": name, "about": _about(text)} for name, text in named.items()]
        rows = [[r["name"], r["about"]] for r in records]
        write(
            _shown(as_, records, tables.table(["query", "what it gives"], rows, widest=120)),
            output,
        )
        return
    path = list(words or ())
    if sparql is None and len(path) < 2:
        raise OptionError(
            "name what to read and what to ask: buttress query PATH... NAME; names: " + ", ".join(_named())
        )
    if not path:
        raise OptionError("name what to read: buttress query PATH... --sparql TEXT|FILE")
    text = _named_query(path.pop()) if sparql is None else _query_text(sparql)
    from buttress.knowledge import ask

    system = _read(path)
    with progress("asking"):
        names, found = ask(system, text)
    shown = [[tables.word(value) for value in row] for row in found]
    records = [dict(zip(names, row, strict=True)) for row in shown]
    write(_shown(as_, records, tables.table(list(names), shown)), output)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH... COMPONENT",
    epilog=examples("buttress impact docs/ deploy/ redis", 'buttress impact design.md "Orders DB"'),
)
def impact(
    path: Sources,
    component: Annotated[
        str,
        typer.Argument(
            metavar="COMPONENT", help="The one that fails, also a host or zone: its name, id or alias."
        ),
    ],
    format_: TableFormat = None,
    output: Output = None,
) -> None:
    """Show what stops when one component fails, and by which paths.

    Also: what goes on, what stops only together with another one, and what it means for the availability of the entry points.
    """
    from buttress.report import reach

    system = _read(path)
    told = reach.impact(system, component)
    as_json = by_ending(format_, output, Table) == "json"
    write(json_text(reach.impact_json(told)) if as_json else reach.impact_text(system, told), output)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH... FROM TO",
    epilog=examples(
        "buttress paths docs/ storefront orders-db",
        "buttress paths docs/ deploy/ web postgres --limit 3",
    ),
)
def paths(
    path: Sources,
    start: Annotated[str, typer.Argument(metavar="FROM", help="The component at which the paths begin.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="The component at which they end.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="At most N paths.")] = 20,
    format_: TableFormat = None,
    output: Output = None,
) -> None:
    """Show the paths from one component to another, shortest first."""
    from buttress.report import graphs, reach

    system = _read(path)
    found = reach.paths(system, start, end, limit=limit)
    if by_ending(format_, output, Table) == "json":
        write(json_text(reach.paths_json(found)), output)
        return
    first, last = (graphs.find(system, name).name for name in (start, end))
    write(reach.paths_text(system, found) or f"No path leads from {first} to {last}.\n", output)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH... QUESTION",
    epilog=examples(
        'buttress ask docs/ deploy/ "what happens if redis goes down?"',
        'buttress ask . "which calls have no timeout?" --format json',
        'buttress ask design.md "where is personal data stored?" --limit 0',
    ),
)
def ask(
    path: Sources,
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="The question, in one word of the shell.")
    ],
    limit: Annotated[
        int, typer.Option(min=0, max=20, metavar="N", help="At most N published practices beside the answer.")
    ] = 3,
    index: OwnIndex = None,
    format_: TableFormat = None,
    output: Output = None,
) -> None:
    """Answer a question about the system from what was read, with the words that the answer stands on.

    Understood are questions about failure (of several parts at once, too, or of slow ones), losing data, paths, dependencies, what each part
    uses, calls that leave the system, facts such as timeouts and replicas, rates in another unit, totals of memory and CPU, the order of
    starting, owners, data, exposure, risks, what is shared, the longest chain, most and least, contradictions, comparisons of parts and of
    environments, and how to do something; up to five in one. What they leave open gets the lines of the sources that are nearest to it.
    No language model is asked: what can't be answered says what was looked for.
    """
    from buttress.ask import answer_json, answer_text
    from buttress.ask import ask as answer_to
    from buttress.retrieval import own

    sources: list[Source] = []

    def kept(collected: Sequence[Source]) -> Sequence[Source]:
        """Keep what was read, standard input too, which can be read only once; nothing is added."""
        sources.extend(collected)
        return ()

    system = _read(path, kept)
    with progress("answering"):
        answer = answer_to(system, question, limit=limit, own=own.find(index), sources=sources)
    text = (
        json_text(answer_json(answer)) if by_ending(format_, output, Table) == "json" else answer_text(answer)
    )
    write(text, output)


def _read(path: Sequence[str], asked: pipeline.Assist | None = None) -> SystemGraph:
    from buttress import settings

    with progress("reading"):
        return settings.graph(path, assist=asked)


def _shown(format_: str, records: list[dict[str, str]], text: str) -> str:
    return json_text(records) if format_ == "json" else text


def _named() -> dict[str, str]:
    from buttress import data

    folder = data.ontology_dir() / "queries"
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.rq"))}


def _about(text: str) -> str:
    comment = [line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")]
    return " ".join(comment)


def _named_query(name: str) -> str:
    from buttress.errors import UnknownName

    named = _named()
    if name not in named:
        raise UnknownName.of("query", name, known=named)
    return named[name]


def _query_text(sparql: str) -> str:
    from buttress.errors import SourceError

    if "{" not in sparql:
        try:
            sparql = Path(sparql).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SourceError(
                sparql[:80], f"neither a SELECT query nor a file that can be read ({reason})"
            ) from error
    return sparql
