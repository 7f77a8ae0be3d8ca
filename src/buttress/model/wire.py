"""The graph as JSON, version 1: what others may rely on. Writing needs no library; reading checks with pydantic."""

from __future__ import annotations

import json
from typing import Any

from buttress.model.graph import Contradiction, Derived, Diagnostic, Evidence, Fact, Flow, SystemGraph

SCHEMA = "https://buttress.dev/schema/graph-1.json"


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Return one evidence as JSON values.

    >>> evidence_json(Evidence("a.md", 1, 1, "x"))
    {'source': 'a.md', 'line': 1, 'end_line': 1, 'quote': 'x', 'form': 'prose'}
    """
    return {
        "source": evidence.source,
        "line": evidence.line,
        "end_line": evidence.end_line,
        "quote": evidence.quote,
        "form": evidence.form,
    }


def _facts(facts: tuple[Fact, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": f.name,
            "value": list(f.value) if isinstance(f.value, tuple) else f.value,
            "status": f.status,
            "evidence": [evidence_json(e) for e in f.evidence],
        }
        for f in facts
    ]


def _derived(derived: Derived) -> dict[str, Any]:
    return {
        "name": derived.name,
        "subject": derived.subject,
        "objects": list(derived.objects),
        "value": derived.value,
        "because": list(derived.because),
    }


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return one diagnostic as JSON values."""
    return {
        "source": diagnostic.source,
        "line": diagnostic.line,
        "reason": diagnostic.reason,
        "level": diagnostic.level,
    }


def _contradiction(item: Contradiction) -> dict[str, Any]:
    sides = [{"value": value, "evidence": evidence_json(e)} for value, e in item.sides]
    return {"subject": item.subject, "name": item.name, "sides": sides}


def json_text(values: object) -> str:
    r"""Return JSON values as the text that every command prints.

    >>> json_text(["λ"])
    '[\n  "λ"\n]\n'
    """
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def flow_json(flow: Flow) -> dict[str, Any]:
    """Return one flow as JSON values.

    >>> flow_json(Flow("shop--calls--tills", "shop", "tills"))["kind"]
    'calls'
    """
    return {
        "id": flow.id,
        "source": flow.source,
        "target": flow.target,
        "kind": flow.kind,
        "sync": flow.sync,
        "protocol": flow.protocol,
        "facts": _facts(flow.facts),
        "evidence": [evidence_json(e) for e in flow.evidence],
    }


def graph_json(graph: SystemGraph) -> dict[str, Any]:
    """Return the graph as JSON values; `buttress.readers.graph_json` reads them back without loss.

    >>> graph_json(SystemGraph())["components"]
    []
    """
    return {
        "schema": SCHEMA,
        "name": graph.name,
        "components": [
            {
                "id": c.id,
                "name": c.name,
                "aliases": list(c.aliases),
                "kind": c.kind,
                "technology": c.technology,
                "boundaries": list(c.boundaries),
                "facts": _facts(c.facts),
                "evidence": [evidence_json(e) for e in c.evidence],
            }
            for c in graph.components
        ],
        "flows": [flow_json(f) for f in graph.flows],
        "boundaries": [
            {
                "id": b.id,
                "name": b.name,
                "kind": b.kind,
                "parent": b.parent,
                "evidence": [evidence_json(e) for e in b.evidence],
            }
            for b in graph.boundaries
        ],
        "stances": [
            {
                "topic": s.topic,
                "status": s.status,
                "claimed": s.claimed,
                "evidence": [evidence_json(e) for e in s.evidence],
            }
            for s in graph.stances
        ],
        "closed": graph.closed,
        "facts": _facts(graph.facts),
        "derived": [_derived(d) for d in graph.derived],
        "contradictions": [_contradiction(c) for c in graph.contradictions],
        "merges": [
            {"component": m.component, "names": list(m.names), "reason": m.reason} for m in graph.merges
        ],
        "rejections": [
            {
                "names": list(r.names),
                "kind": r.kind,
                "reason": r.reason,
                "evidence": [evidence_json(e) for e in r.evidence],
            }
            for r in graph.rejections
        ],
        "sources": list(graph.sources),
        "skipped": list(graph.skipped),
        "diagnostics": [diagnostic_json(d) for d in graph.diagnostics],
    }
