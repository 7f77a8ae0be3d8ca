"""The findings as SARIF 2.1.0, so that code hosts show them at their lines."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from buttress.model import Evidence
from buttress.report.review import Review
from buttress.rules import Finding

_LEVEL = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note"}


def render(review: Review) -> str:
    """Return the defects of a review as SARIF text; a finding's id is its fingerprint, so baselines survive edits."""
    used = sorted({f.rule for f in review.findings})
    rules = [
        {
            "id": rule,
            "shortDescription": {"text": review.cards[rule].title},
            "fullDescription": {"text": review.cards[rule].why},
            "help": {"text": review.cards[rule].what_to_do},
            "helpUri": next((c.url for c in review.citations.get(rule, ())), "https://buttress.dev/rules"),
        }
        for rule in used
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Buttress", "rules": rules}},
                "results": [_result(f, used) for f in review.findings],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message + (f" ({finding.reason})" if finding.reason else "")},
        "locations": [{"physicalLocation": _place(e)} for e in finding.evidence[:1]],
        "relatedLocations": [
            {"id": n, "physicalLocation": _place(e)} for n, e in enumerate(finding.evidence[1:], 1)
        ],
        "partialFingerprints": {"buttressId/v1": finding.id},
    }


def _place(evidence: Evidence) -> dict[str, Any]:
    path = PurePath(evidence.source)
    return {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(evidence.source)},
        "region": {"startLine": max(1, evidence.line), "endLine": max(1, evidence.line, evidence.end_line)},
    }
