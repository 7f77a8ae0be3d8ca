"""The graph as RDF, named by the ontology, in a store that answers SPARQL.

Rules and a user's own queries see the same triples. A component is `<urn:buttress:component:ID>` with its kind and all
broader kinds as types; a fact is a node of its own with status and evidence, and three shortcuts that queries read well with:

    ?x b:states b:timeout       the sources say that it is there
    ?x b:denies b:timeout       the sources show that it isn't
    ?x b:timeout 2.0            its value

What is neither stated nor denied is unknown. `b:system` is the reviewed system: it `b:addresses`, `b:plans`, `b:hasProblem` or
`b:misses` a topic that a source makes a claim about, and `b:speaksOf` every topic that one names. A derived fact without objects
is `?x b:<name> value`, one with objects `?x b:<name> ?object`. Of a proposal of a change, `?x b:asBefore true` marks what it leaves
as it was; a place in a Compose or environment file is `b:local true`.
"""

from __future__ import annotations

import faulthandler
import re
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buttress.errors import OptionError
from buttress.knowledge.triples import NAMESPACE, TECHNOLOGY, TOPIC, Value, id_of, iri, triples
from buttress.model import SystemGraph

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    import pyoxigraph

PREFIXES = f"""PREFIX b: <{NAMESPACE}>
PREFIX tech: <{TECHNOLOGY}>
PREFIX topic: <{TOPIC}>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
__all__ = ["NAMESPACE", "PREFIXES", "Knowledge", "Value", "ask", "id_of", "iri", "project", "triples"]
_XSD = "http://www.w3.org/2001/XMLSchema#"
MAX_ROWS, MAX_QUERY, TIMEOUT_S = 100_000, 20_000, 20.0
_WORD = re.compile(r"[^\s{}()<>;,.\"'|&=!*^\[\]]+")  # a word of a query, its prefix or ? included


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The triples of one graph in a store, ready to be asked."""

    graph: SystemGraph
    store: pyoxigraph.Store
    names: frozenset[str]  # every IRI and every text that stands in a triple

    def select(self, sparql: str) -> tuple[tuple[str, ...], list[tuple[str | Value | None, ...]]]:
        """Return the variables and the rows of a SELECT query; IRIs come as text, literals as Python values.

        The prefixes b, tech, topic, rdf, rdfs and xsd are declared. Rows are sorted. Raises OptionError when the query
        can't be parsed, isn't a SELECT, names other data or gives more than 100,000 rows. The query is trusted not to be endless
        (see `ask`).
        """
        import pyoxigraph

        _refuse(sparql)
        try:
            found = self.store.query(PREFIXES + sparql)
        except (SyntaxError, ValueError) as error:
            lines = PREFIXES.count("\n")
            told = re.sub(r"\bat (\d+):", lambda m: f"at line {int(m[1]) - lines}:", str(error))
            raise OptionError(f"the query can't be parsed: {told}") from error
        if not isinstance(found, pyoxigraph.QuerySolutions):
            raise OptionError("expected a SELECT query")
        names = tuple(v.value for v in found.variables)
        rows: list[tuple[str | Value | None, ...]] = []
        for solution in found:
            rows.append(tuple(_python(solution[name]) for name in names))
            if len(rows) > MAX_ROWS:
                raise OptionError(f"the query gives more than {MAX_ROWS} rows; add a LIMIT")
        rows.sort(key=lambda row: tuple((value is None, str(value)) for value in row))
        return names, rows

    def serialize(self, syntax: str) -> str:
        """Return all triples as `turtle` or `nquads` (N-Triples lines, sorted)."""
        import pyoxigraph

        if syntax == "turtle":
            prefixes = {"b": NAMESPACE, "tech": TECHNOLOGY, "topic": TOPIC, "xsd": _XSD}
            quads = sorted(self.store, key=str)
            triples = [q.triple for q in quads]
            turtle = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=prefixes)
            return (turtle or b"").decode()
        return "\n".join(sorted(f"{quad.triple} ." for quad in self.store)) + "\n"


def ask(
    graph: SystemGraph, sparql: str, *, timeout_s: float = TIMEOUT_S
) -> tuple[tuple[str, ...], list[tuple[str | Value | None, ...]]]:
    """Return what `Knowledge.select` returns, for a query that nobody vouches for: in a process of its own, for a limited time.

    Raises OptionError also when the query is too long, takes longer than `timeout_s`, or breaks the query engine.

    >>> ask(SystemGraph(), "SELECT ?name WHERE { b:system b:name ?name }")
    (('name',), [('system',)])
    """
    import multiprocessing

    if len(sparql) > MAX_QUERY:
        raise OptionError(f"the query has {len(sparql)} characters; at most {MAX_QUERY} are taken")
    _refuse(sparql)
    context = multiprocessing.get_context(
        "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    )
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(graph, sparql, sender), daemon=True)  # type: ignore[attr-defined]
    child.start()
    sender.close()
    try:
        if not receiver.poll(timeout_s):
            raise OptionError(
                f"the query takes longer than {timeout_s:g} s; give it fewer open patterns or a LIMIT"
            )
        answer = receiver.recv()
    except EOFError:
        raise OptionError(
            "the query breaks the query engine: too deeply nested, or too large an answer"
        ) from None
    finally:
        child.kill()
        child.join()
    if isinstance(answer, OptionError):
        raise answer
    names, rows = answer
    return names, rows


def _answer(graph: SystemGraph, sparql: str, sender: Connection) -> None:
    faulthandler.disable()  # a deep query ends this process; the parent tells it in a sentence
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process
    try:
        answer: object = project(graph).select(sparql)
    except OptionError as error:
        answer = error
    sender.send(answer)


def _refuse(sparql: str) -> None:
    """Raise OptionError for a query that reaches beyond the graph or changes it.

    A real SERVICE is followed by a brace before any quote, so no string that is taken out here can contain one; lines of comment
    go only where no long string could hold them.
    """
    bare = re.sub(r"\"[^\"\\\n\r#<>{}]*\"|'[^'\\\n\r#<>{}]*'", "''", sparql)
    bare = re.sub(
        r"<[a-z][\w+.-]*:[^\s<>\"{}()?$]*>", "<>", bare, flags=re.I
    )  # no expression ends without a )
    if not re.search("\"{3}|'{3}", sparql):
        bare = re.sub(r"^[ \t]*#[^\n\r]*", "", bare, flags=re.M)
    if re.search(r"\\u", bare, re.I):
        raise OptionError("write characters as they are: a query may not hold \\u escapes")
    named = (word for word in _WORD.findall(bare) if "service" in word.lower())
    if any(not re.search(r"[:?$@].*service", word, re.I) for word in named) or re.search(
        r"(?<![:?$@\w-])from\s*(named\s*)?(<|\w*:)", bare, re.I
    ):
        raise OptionError("a query may not name other data (SERVICE, FROM): it sees one graph")
    if re.match(
        r"(\s|(prefix|base)\s[^>]*>)*(insert|delete|load|clear|drop|create|add|move|copy|with)\b", bare, re.I
    ):
        raise OptionError("a query can't change the graph; expected SELECT")


def project(graph: SystemGraph) -> Knowledge:
    """Return the graph and its derived facts as RDF in a new in-memory store."""
    import pyoxigraph

    store = pyoxigraph.Store()
    node, lit, quad = pyoxigraph.NamedNode, pyoxigraph.Literal, pyoxigraph.Quad
    nodes: dict[str, pyoxigraph.NamedNode] = {}
    texts: dict[str, pyoxigraph.Literal] = {}

    def named(text: str) -> pyoxigraph.NamedNode:
        if text not in nodes:
            nodes[text] = node(text)
        return nodes[text]

    def literal(value: Value) -> pyoxigraph.Literal:
        if not isinstance(value, str):
            return lit(value)
        if value not in texts:
            texts[value] = lit(value)
        return texts[value]

    store.extend(
        quad(named(s), named(p), literal(o[0]) if isinstance(o, tuple) else named(o))
        for s, p, o in triples(graph)
    )
    return Knowledge(graph, store, frozenset((*nodes, *texts)))


def _python(term: object) -> str | Value | None:
    import pyoxigraph

    if term is None:
        return None
    if not isinstance(term, pyoxigraph.Literal):
        return str(getattr(term, "value", term))
    datatype = term.datatype.value.removeprefix(_XSD)
    if datatype in ("integer", "long", "int"):
        return int(term.value)
    if datatype in ("double", "decimal", "float"):
        return float(term.value)
    return term.value == "true" if datatype == "boolean" else term.value
