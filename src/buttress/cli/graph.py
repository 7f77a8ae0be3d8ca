"""graph, query, impact, paths: what was read, and what can be asked of it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from buttress.cli.command import Command, count
from buttress.cli.output import progress, tell, write

if TYPE_CHECKING:
    from buttress.model import SystemGraph

FORMATS = ("terminal", "json", "mermaid", "dot", "graphml", "turtle", "jsonld")


def _inputs(parser: argparse.ArgumentParser, nargs: str = "+") -> None:
    parser.add_argument(
        "path",
        nargs=nargs,
        metavar="PATH",
        help="files or folders to read as one system; - is standard input",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to FILE, whole or not at all, not to stdout"
    )


def _read(given: argparse.Namespace) -> SystemGraph:
    from buttress import settings

    with progress("reading"):
        return settings.graph(given.path)


def _graph_arguments(parser: argparse.ArgumentParser) -> None:
    _inputs(parser)
    parser.add_argument(
        "-f", "--format", choices=FORMATS, default="terminal", help="what to print (default: terminal)"
    )
    parser.add_argument(
        "--explain", metavar="COMPONENT", help="show every evidence and merge reason of one component"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show remarks of the readers too")


def graph(given: argparse.Namespace) -> int:
    """Print the graph; 2 when nothing could be read."""
    from buttress.report import graphs

    system = _read(given)
    tell(system.diagnostics, verbose=given.verbose)
    text = graphs.explain(system, given.explain) if given.explain else graphs.render(system, given.format)
    write(text, given.output)
    return 2 if not system.components and any(d.level == "error" for d in system.diagnostics) else 0


def _query_arguments(parser: argparse.ArgumentParser) -> None:
    _inputs(parser, "*")
    parser.add_argument("--sparql", metavar="TEXT|FILE", help="a SELECT query, or a file that holds one")
    parser.add_argument("--list", action="store_true", help="list the queries that have a name")
    parser.add_argument(
        "-f",
        "--format",
        choices=["terminal", "json"],
        default="terminal",
        help="what to print (default: terminal)",
    )


def query(given: argparse.Namespace) -> int:
    """Ask the graph a query and print the rows."""
    from buttress.errors import OptionError
    from buttress.report import tables

    if given.list:
        named = _named()
        records = [{"name": name, "about": _about(text)} for name, text in named.items()]
        rows = [[r["name"], r["about"]] for r in records]
        write(
            _shown(given.format, records, tables.table(["query", "what it gives"], rows, widest=120)),
            given.output,
        )
        return 0
    if given.sparql is None and len(given.path) < 2:
        raise OptionError(
            "name what to read and what to ask: buttress query PATH... NAME; names: " + ", ".join(_named())
        )
    if not given.path:
        raise OptionError("name what to read: buttress query PATH... --sparql TEXT|FILE")
    text = _named_query(given.path.pop()) if given.sparql is None else _query_text(given.sparql)
    from buttress.knowledge import ask

    system = _read(given)
    with progress("asking"):
        names, found = ask(system, text)
    shown = [[tables.word(value) for value in row] for row in found]
    records = [dict(zip(names, row, strict=True)) for row in shown]
    write(_shown(given.format, records, tables.table(list(names), shown)), given.output)
    return 0


def _shown(format_: str, records: list[dict[str, str]], text: str) -> str:
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n" if format_ == "json" else text


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


def _impact_arguments(parser: argparse.ArgumentParser) -> None:
    _inputs(parser)
    parser.add_argument("component", metavar="COMPONENT", help="the one that fails: its name, id or alias")


def impact(given: argparse.Namespace) -> int:
    """Print what stops when a component fails."""
    from buttress.report import graphs

    write(graphs.impact(_read(given), given.component), given.output)
    return 0


def _paths_arguments(parser: argparse.ArgumentParser) -> None:
    _inputs(parser)
    parser.add_argument("start", metavar="FROM", help="the component at which the paths begin")
    parser.add_argument("end", metavar="TO", help="the component at which they end")
    parser.add_argument(
        "--limit", type=count(1, 1000), default=20, metavar="N", help="at most N paths (default: 20)"
    )


def paths(given: argparse.Namespace) -> int:
    """Print the paths between two components."""
    from buttress.report import graphs

    write(graphs.paths(_read(given), given.start, given.end, limit=given.limit), given.output)
    return 0


GRAPH = Command(
    name="graph",
    usage="[OPTIONS] PATH...",
    summary="Show the components and flows that were read, with the evidence for each.",
    detail="The JSON form is an input of every command too: keep it, change it, review it.",
    examples=(
        "buttress graph docs/ deploy/",
        "buttress graph docs/ --explain orders",
        "buttress graph docs/ --format mermaid > system.mmd",
        "buttress graph docs/ --format json | buttress review -",
    ),
    arguments=_graph_arguments,
    run=graph,
)
QUERY = Command(
    name="query",
    usage="[OPTIONS] PATH... NAME | PATH... --sparql TEXT|FILE | --list",
    summary="Ask the graph: by the name of a query that comes with Buttress, or in SPARQL.",
    detail="""The prefixes b, tech, topic, rdf, rdfs and xsd are declared. A component has b:name, b:id and its kinds as
    types; a fact is ?x b:states b:timeout, ?x b:denies b:timeout or ?x b:timeout ?seconds. A query sees this one graph:
    SERVICE, FROM and updates are refused.""",
    examples=(
        "buttress query docs/ shared-stores",
        "buttress query --list",
        "buttress query docs/ --sparql 'SELECT ?name WHERE { ?c a b:Service; b:name ?name }'",
        "buttress query docs/ --sparql own.rq --format json",
    ),
    arguments=_query_arguments,
    run=query,
)
IMPACT = Command(
    name="impact",
    usage="[OPTIONS] PATH... COMPONENT",
    summary="Show what stops when one component fails, and by which paths.",
    examples=("buttress impact docs/ deploy/ redis", 'buttress impact design.md "Orders DB"'),
    arguments=_impact_arguments,
    run=impact,
)
PATHS = Command(
    name="paths",
    usage="[OPTIONS] PATH... FROM TO",
    summary="Show the paths from one component to another, shortest first.",
    examples=(
        "buttress paths docs/ storefront orders-db",
        "buttress paths docs/ deploy/ web postgres --limit 3",
    ),
    arguments=_paths_arguments,
    run=paths,
)
