"""graph, query, impact, paths: what was read, and what can be asked of it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

import typer

from buttress.cli.output import tell, write


class GraphFormat(StrEnum):
    """What `buttress graph` can print."""

    terminal = "terminal"
    json = "json"
    mermaid = "mermaid"
    dot = "dot"
    graphml = "graphml"
    turtle = "turtle"
    jsonld = "jsonld"


PATHS = typer.Argument(
    ..., help="Files or folders to read as one system; - is standard input.", metavar="PATH..."
)
OUTPUT = typer.Option(
    None, "--output", "-o", help="Write to this file (whole or not at all) instead of stdout."
)
VERBOSE = typer.Option(False, "--verbose", "-v", help="Show remarks of the readers too.")
LIMIT = typer.Option(20, "--limit", min=1, max=1000, help="At most so many lines.")


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("graph", epilog="Example: buttress graph docs/ deploy/ --format mermaid")(graph)
    app.command(
        "query",
        epilog="Examples: buttress query docs/ shared-stores · "
        "buttress query docs/ --sparql 'SELECT ?name WHERE { ?c a b:Service; b:name ?name }'",
    )(query)
    app.command("impact", epilog="Example: buttress impact docs/ deploy/ redis")(impact)
    app.command("paths", epilog="Example: buttress paths docs/ storefront orders-db")(paths)


def graph(
    path: list[str] = PATHS,
    format_: GraphFormat = typer.Option(GraphFormat.terminal, "--format", "-f", help="What to print."),
    output: Path | None = OUTPUT,
    explain: str | None = typer.Option(
        None, "--explain", help="Show every evidence and merge reason of one component."
    ),
    verbose: bool = VERBOSE,
) -> None:
    """Show the components and flows that were read, with the evidence for each."""
    from buttress import pipeline
    from buttress.report import graphs

    system = pipeline.graph(path)
    tell(system.diagnostics, verbose=verbose)
    if explain is not None:
        write(graphs.explain(system, explain), output)
    else:
        write(graphs.render(system, format_.value), output)


def query(
    path: list[str] = PATHS,
    sparql: str | None = typer.Option(None, "--sparql", help="A SELECT query, or a file that holds one."),
    format_: str = typer.Option("terminal", "--format", "-f", help="terminal or json."),
    output: Path | None = OUTPUT,
) -> None:
    """Ask the graph: with the NAME of a shipped query as the last argument, or with --sparql."""
    from buttress import data, knowledge, pipeline
    from buttress.errors import OptionError, UnknownName
    from buttress.report import tables

    if sparql is None:
        *path, name = path
        folder = data.ontology_dir() / "queries"
        file = folder / f"{name}.rq"
        if not path or name != Path(name).name or not file.is_file():
            known = [f.stem for f in folder.glob("*.rq")]
            if not path:
                raise OptionError(
                    "name what to read and what to ask: buttress query PATH... NAME; names: "
                    + ", ".join(sorted(known))
                )
            raise UnknownName.of("query", name, known=known)
        text = file.read_text(encoding="utf-8")
    else:
        text = _query_text(sparql)
    names, rows = knowledge.project(pipeline.graph(path)).select(text)
    shown = [[tables.word(value) for value in row] for row in rows]
    if format_ == "json":
        records = [dict(zip(names, row, strict=True)) for row in shown]
        write(json.dumps(records, ensure_ascii=False, indent=2) + "\n", output)
    elif format_ == "terminal":
        write(tables.table(list(names), shown), output)
    else:
        raise OptionError(f"--format {format_}: expected terminal or json")


def _query_text(sparql: str) -> str:
    if "{" in sparql:
        return sparql
    from buttress.errors import SourceError

    try:
        return Path(sparql).read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(
            sparql, f"neither a SELECT query nor a file that can be read ({error.strerror})"
        ) from error


def impact(path: list[str] = PATHS, output: Path | None = OUTPUT) -> None:
    """Show what stops when the COMPONENT (last argument) fails, and by which paths."""
    from buttress import pipeline
    from buttress.errors import OptionError
    from buttress.report import graphs

    *path, name = path
    if not path:
        raise OptionError("name what to read and the component that fails: buttress impact PATH... COMPONENT")
    write(graphs.impact(pipeline.graph(path), name), output)


def paths(path: list[str] = PATHS, limit: int = LIMIT, output: Path | None = OUTPUT) -> None:
    """Show the paths FROM one component TO another (the last two arguments), shortest first."""
    from buttress import pipeline
    from buttress.errors import OptionError
    from buttress.report import graphs

    if len(path) < 3:
        raise OptionError("name what to read and both ends: buttress paths PATH... FROM TO")
    *path, start, end = path
    write(graphs.paths(pipeline.graph(path), start, end, limit=limit), output)
