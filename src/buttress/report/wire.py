"""The review as JSON, version 1: what others may rely on."""

from __future__ import annotations

from typing import Any

from buttress.model.wire import evidence_json, graph_json, json_text
from buttress.report.review import Review
from buttress.retrieval.citing import Citation
from buttress.rules import Finding

SCHEMA = "https://buttress.dev/schema/review-1.json"


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return one citation as JSON values."""
    return {
        "source": citation.source,
        "item": citation.item,
        "title": citation.title,
        "url": citation.url,
        "passage": citation.passage,
    }


def finding_json(finding: Finding, review: Review) -> dict[str, Any]:
    """Return one finding, question or strength as JSON values."""
    card = review.cards[finding.rule]
    return {
        "id": finding.id,
        "rule": finding.rule,
        "area": finding.area,
        "severity": finding.severity,
        "basis": finding.basis,
        "title": finding.title,
        "message": finding.message,
        "reason": finding.reason,
        "subjects": list(finding.subjects),
        "path": list(finding.path),
        "evidence": [evidence_json(e) for e in finding.evidence],
        "recommendation": card.what_to_do,
        "effort": card.effort,
        "days": card.days,
        "citations": [citation_json(c) for c in review.citations.get(finding.rule, ())],
    }


def review_json(review: Review) -> dict[str, Any]:
    """Return the review as JSON values; the JSON Schema is `buttress/schemas/review-1.json`."""
    summary = review.summary
    return {
        "schema": SCHEMA,
        "summary": {
            "headline": summary.headline,
            "system": summary.system,
            "assessment": summary.assessment,
            "readiness": summary.readiness,
            "basis": summary.basis,
            "strengths": [f.id for f in summary.strengths],
            "critical": [f.id for f in summary.critical],
            "stops": [{"component": c, "entries": list(e)} for c, e in summary.stops],
        },
        "findings": [finding_json(f, review) for f in review.findings],
        "questions": [finding_json(f, review) for f in review.questions],
        "strengths": [finding_json(f, review) for f in review.strengths],
        "stack": [
            {
                "technology": s.technology,
                "label": s.label,
                "kind": s.kind,
                "components": list(s.components),
                "remark": s.remark,
                "evidence": [evidence_json(e) for e in s.evidence],
            }
            for s in review.stack
        ],
        "roadmap": [
            {
                "limit": s.limit,
                "trigger": s.trigger,
                "step": s.step,
                "evidence": [evidence_json(e) for e in s.evidence],
            }
            for s in review.roadmap
        ],
        "checklist": [
            {
                "group": c.group,
                "item": c.item,
                "state": c.state,
                "evidence": [evidence_json(e) for e in c.evidence],
            }
            for c in review.checklist
        ],
        "next_steps": [
            {
                "rank": s.rank,
                "rule": s.rule,
                "title": s.title,
                "findings": list(s.findings),
                "effort": s.effort,
                "days": s.days,
                "needs": list(s.needs),
            }
            for s in review.next_steps
        ],
        "suppressed": [{"id": f.id, "reason": reason} for f, reason in review.suppressed],
        "coverage": coverage_json(review),
        "graph": graph_json(review.graph),
    }


def coverage_json(review: Review) -> dict[str, Any]:
    """Return which review points this review judged, asked about or praised."""
    points: dict[str, set[str]] = {"found": set(), "asked": set(), "praised": set()}
    for key, findings in (
        ("found", review.findings),
        ("asked", review.questions),
        ("praised", review.strengths),
    ):
        for finding in findings:
            points[key].update(review.cards[finding.rule].covers)
    return {key: sorted(value) for key, value in points.items()}


def render(review: Review) -> str:
    """Return the review as indented JSON text; same review, same bytes."""
    return json_text(review_json(review))
