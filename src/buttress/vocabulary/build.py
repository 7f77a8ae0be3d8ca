"""Compile the Turtle files of `ontology/` into the one JSON file that Buttress loads at run time.

Authors need rdflib; users don't. Entries keep the order of their ids, so the same ontology gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from buttress import data
from buttress.vocabulary.lookup import SCHEMA

BASE: Final = "https://buttress.dev/ontology"
FILES: Final = ("facts.ttl", "kinds.ttl", "shapes.ttl", "technologies.ttl", "topics.ttl")


def digest(folder: Path) -> str:
    """Return the SHA-256 over the names and bytes of the ontology's Turtle files, in order of name.

    >>> len(digest(data.ontology_dir()))
    64
    """
    sha = hashlib.sha256()
    for name in FILES:
        sha.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return sha.hexdigest()


def compile_ontology(folder: Path) -> dict[str, Any]:
    """Return the vocabulary as plain JSON values, read from the Turtle files in `folder`.

    >>> compile_ontology(data.ontology_dir())["schema"]
    1
    """
    reader = _Reader(folder)
    return {
        "schema": SCHEMA,
        "digest": digest(folder),
        "kinds": list(reader.kinds()),
        "facts": list(reader.facts()),
        "technologies": list(reader.technologies()),
        "areas": reader.areas(),
        "topics": list(reader.topics()),
    }


def rendered(folder: Path) -> str:
    """Return the text of the built file: one entry a line, so that a change shows as a small difference.

    >>> rendered(data.ontology_dir()).startswith("{")
    True
    """
    parts = []
    for key, value in compile_ontology(folder).items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(x, ensure_ascii=False, separators=(",", ":")) for x in value)
            parts.append(f'"{key}":[\n{rows}\n]')
        else:
            parts.append(f'"{key}":{json.dumps(value, ensure_ascii=False, separators=(",", ":"))}')
    return "{" + ",\n".join(parts) + "}\n"


def main() -> None:
    """Write `indexes/vocabulary.json` and say what is in it."""
    target = data.indexes_dir() / "vocabulary.json"
    text = rendered(data.ontology_dir())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    counts = {k: len(v) for k, v in json.loads(text).items() if isinstance(v, list)}
    sys.stderr.write(f"{target.name}: " + ", ".join(f"{n} {k}" for k, n in counts.items()) + "\n")


class _Reader:
    """The parsed ontology, read entry by entry."""

    def __init__(self, folder: Path) -> None:
        import rdflib  # an author's tool: a review never compiles

        self._rdf = rdflib
        self._graph = rdflib.Graph()
        for name in FILES:
            self._graph.parse(folder / name, format="turtle")

    def kinds(self) -> Iterator[dict[str, Any]]:
        for node in self._subjects(self._b("kindId")):
            above = self._above(node, self._rdf.RDFS.subClassOf)
            yield {
                "id": self._text(node, self._b("kindId")),
                "label": self._text(node, self._rdf.RDFS.label),
                "class_name": _tail(node),
                "definition": self._text(node, self._rdf.RDFS.comment),
                "abstract": bool(self._one(node, self._b("abstract"))),
                "parents": [self._text(n, self._b("kindId")) for n in above],
                "classes": [_tail(n) for n in above],
            }

    def facts(self) -> Iterator[dict[str, Any]]:
        for node in self._instances(self._rdf.OWL.DatatypeProperty):
            if not str(node).startswith(BASE + "/fact/"):
                continue
            yield {
                "name": self._text(node, self._b("factName")),
                "label": self._text(node, self._rdf.RDFS.label),
                "definition": self._text(node, self._rdf.RDFS.comment),
                "type": self._text(node, self._b("type")),
                "unit": self._text(node, self._b("unit")),
                "domain": sorted(_tail(n).lower() for n in self._graph.objects(node, self._b("domain"))),
                "complete_in": self._texts(node, self._b("completeIn")),
            }

    def technologies(self) -> Iterator[dict[str, Any]]:
        skos, b = self._rdf.SKOS, self._b
        for node in self._concepts("/technology/"):
            facts = (
                (self._text(f, b("factName")), self._one(f, b("value")))
                for f in self._graph.objects(node, b("knownFact"))
            )
            yield _slim(
                {
                    "id": _tail(node),
                    "label": self._text(node, skos.prefLabel),
                    "kind": self._text(node, b("kind")),
                    "role": self._text(node, b("role")),
                    "ambiguous": bool(self._one(node, b("ambiguous"))),
                    "aliases": self._texts(node, skos.altLabel),
                    "exact": self._texts(node, b("exactLabel")),
                    "images": self._texts(node, b("image")),
                    "packages": self._texts(node, b("package")),
                    "schemes": self._texts(node, b("scheme")),
                    "ports": sorted(int(str(p)) for p in self._graph.objects(node, b("port"))),
                    "broader": sorted(_tail(n) for n in self._graph.objects(node, skos.broader)),
                    "known": sorted(facts, key=lambda fact: fact[0]),
                }
            )

    def areas(self) -> dict[str, str]:
        order = self._rdf.URIRef(BASE + "#order")
        nodes = sorted(self._concepts("/area/"), key=lambda n: int(self._one(n, order)))
        return {_tail(n): self._text(n, self._rdf.SKOS.prefLabel) for n in nodes}

    def topics(self) -> Iterator[dict[str, Any]]:
        skos, b = self._rdf.SKOS, self._b
        for node in self._concepts("/topic/"):
            yield {
                "id": _tail(node),
                "label": self._text(node, skos.prefLabel),
                "area": self._text(node, b("area")),
                "definition": self._text(node, skos.definition),
                "core": bool(self._one(node, b("core"))),
                "phrases": self._texts(node, b("phrase")),
                "question": self._text(node, b("question")),
            }

    def _b(self, name: str) -> Any:
        return self._rdf.URIRef(f"{BASE}#{name}")

    def _subjects(self, predicate: Any) -> list[Any]:
        found = set(self._graph.subjects(predicate, None))
        return sorted(found, key=lambda n: self._text(n, predicate))

    def _instances(self, class_: Any) -> list[Any]:
        return sorted(set(self._graph.subjects(self._rdf.RDF.type, class_)))

    def _concepts(self, folder: str) -> list[Any]:
        return [n for n in self._instances(self._rdf.SKOS.Concept) if str(n).startswith(BASE + folder)]

    def _one(self, node: Any, predicate: Any) -> Any:
        value = self._graph.value(node, predicate)
        return None if value is None else value.toPython()

    def _text(self, node: Any, predicate: Any) -> str:
        value = self._one(node, predicate)
        return "" if value is None else str(value)

    def _texts(self, node: Any, predicate: Any) -> list[str]:
        return sorted(str(v) for v in self._graph.objects(node, predicate))

    def _above(self, node: Any, predicate: Any) -> list[Any]:
        """Return what is above `node`, level by level, without repeats."""
        out: list[Any] = []
        level = [node]
        while level:
            level = sorted({up for n in level for up in self._graph.objects(n, predicate)})
            out = [n for n in out if n not in level] + level
        return out


def _tail(node: Any) -> str:
    return str(node).replace("#", "/").rpartition("/")[2]


def _slim(entry: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: most technologies have no ports or schemes, and less is read faster."""
    return {k: v for k, v in entry.items() if v not in ([], False, "")}
