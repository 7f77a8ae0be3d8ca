"""The findings as SARIF 2.1.0, so that code hosts show them at their lines."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from buttress.model import Evidence
from buttress.model.wire import json_text
from buttress.report.review import Review
from buttress.rules import Finding

_LEVEL = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note"}


def render(review: Review, *, root: str = "") -> str:
    """Return the defects of a review as SARIF text; a finding's id is its fingerprint, so baselines survive edits.

    `root` is the folder that their places are meant from, seen from where the command runs; it ends with a slash.
    """
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
                "tool": {"driver": {"name": "Buttress", "version": version("buttress"), "rules": rules}},
                "results": [_result(f, used, root) for f in review.findings],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }
    return json_text(log)


def _result(finding: Finding, rules: list[str], root: str) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message + (f" ({finding.reason})" if finding.reason else "")},
        "locations": [{"physicalLocation": _place(e, root)} for e in finding.evidence[:1]],
        "relatedLocations": [
            {"id": n, "physicalLocation": _place(e, root)} for n, e in enumerate(finding.evidence[1:], 1)
        ],
        "partialFingerprints": {"buttressId/v1": finding.id},
    }


def uri(source: str, root: str) -> str:
    """Return where a file is, for a code host: seen from the repository's root, or absolute.

    >>> uri("app/main.py", "services/orders/"), uri("a b.md", "/srv/")
    ('services/orders/app/main.py', 'file:///srv/a%20b.md')
    """
    path = PurePath(root + source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _place(evidence: Evidence, root: str) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": uri(evidence.source, root)},
        "region": {"startLine": max(1, evidence.line), "endLine": max(1, evidence.line, evidence.end_line)},
    }
