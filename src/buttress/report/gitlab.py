"""The findings as a Code Quality report, so that GitLab shows them in merge requests and tells the new ones."""

from __future__ import annotations

from buttress.model.wire import json_text
from buttress.report.review import Review

_SEVERITY = {"HIGH": "critical", "MEDIUM": "major", "LOW": "minor"}


def render(review: Review, *, root: str = "") -> str:
    """Return the defects of a review as JSON.

    `root` is the folder that their places are meant from, seen from where the command runs; it ends with a slash.
    """
    issues = [
        {
            "description": f"{finding.title}: {finding.message}",
            "check_name": finding.rule,
            "fingerprint": f"{root}{finding.id}",
            "severity": _SEVERITY[finding.severity],
            "location": {"path": root + place.source, "lines": {"begin": max(1, place.line)}},
        }
        for finding in review.findings
        for place in finding.evidence[:1]
    ]
    return json_text(issues)
