"""review: one value in five formats, exit codes for CI, rules and settings of a project."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
CLEAN = "# Notes\n\nNothing is said here.\n"
CARD = """---
title: A web shop is there
severity: {severity}
effort: S
days: "1"
message: "{{subject}} is a web shop."
covers: [system-architecture.evaluate.overall-architectural-style]
cites: [twelve-factor/factor-iii]
---
## Why
Because.

## What to do
Look at it.

## Finds
```sparql
SELECT ?subject WHERE {{ ?subject a b:Component ; b:name "Web shop" }}
```

## Examples
```mermaid
%% fires: web
flowchart LR
  web[Web shop] --> a[A]
```
```mermaid
%% silent
flowchart LR
  web[Web] --> a[A]
```
"""


def rule(folder: Path, name: str, severity: str = "LOW") -> None:
    path = folder / "api" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CARD.format(severity=severity))


# --- exit codes


@pytest.mark.parametrize(
    ("severity", "asked", "code"),
    [
        ("HIGH", "high", 1),
        ("MEDIUM", "high", 0),
        ("MEDIUM", "medium", 1),
        ("LOW", "medium", 0),
        ("LOW", "low", 1),
    ],
)
def test_findings_fail_the_command_from_the_asked_severity_on(
    severity: str, asked: str, code: int, buttress: Run, tmp_path: Path
) -> None:
    rule(tmp_path / "rules", "web-shop", severity)
    (tmp_path / "a.mmd").write_text("flowchart LR\n  web[Web shop] --> a[A]\n")
    everything = json.loads(buttress("review", "a.mmd", "--rules", "rules", "--format", "json").out)
    worst = {f["severity"] for f in everything["findings"] if f["rule"] != "web-shop"}
    assert worst == set(), "the small system has findings of its own; the test would prove nothing"
    ran = buttress("review", "a.mmd", "--rules", "rules", "--fail-on", asked)
    assert ran.code == code
    assert "A is a web shop" in ran.out or "Web shop is a web shop" in ran.out


def test_without_fail_on_findings_do_not_fail_the_command(shop: Path, buttress: Run) -> None:
    ran = buttress("review", shop)
    assert "HIGH" in ran.out
    assert ran.code == 0


def test_a_clean_document_passes_the_strictest_gate(buttress: Run) -> None:
    assert buttress("review", "-", "--fail-on", "low", stdin=CLEAN).code == 0


# --- formats


def test_every_format_names_the_same_findings(shop: Path, buttress: Run) -> None:
    review = json.loads(buttress("review", shop, "--format", "json").out)
    titles = {f["title"] for f in review["findings"]}
    assert len(titles) >= 3
    for format_ in ("terminal", "markdown", "html", "sarif"):
        text = buttress("review", shop, "--format", format_).out
        plain = " ".join(re.sub(r"&quot;", '"', text.replace("&#x27;", "'")).split())
        assert [t for t in titles if t not in plain] == [], format_


class Page(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "poster", "data") or (
                name == "href" and tag in ("link", "use", "image")
            ):
                self.loads.append(str(value))
            if name.startswith("on"):
                self.loads.append(f"{name}={value}")


def test_the_html_page_stands_alone_and_runs_nothing(shop: Path, buttress: Run) -> None:
    text = buttress("review", shop, "--format", "html").out
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert "svg" in page.tags and page.tags.count("body") == 1
    assert page.loads == []
    assert {"script", "iframe", "object", "link"} & set(page.tags) == set()
    assert "@import" not in text and "url(http" not in text


def test_the_html_page_has_landmarks_and_its_sections_are_a_click_away(shop: Path, buttress: Run) -> None:
    text = buttress("review", shop, "--format", "html").out
    assert [text.count(tag) for tag in ("<main>", "</main>", "<nav ", "<h1>", "<figcaption>")] == [1] * 5
    sections = re.findall(r'<h2 id="([a-z-]+)">', text)
    assert re.findall(r'<a href="#([^"]*)">', text) == sections and len(set(sections)) == text.count("<h2")
    assert "<th></th>" not in text
    assert "prefers-color-scheme:dark" in text and "@media print" in text


def test_html_of_hostile_names_holds_no_markup_of_theirs(buttress: Run) -> None:
    hostile = 'flowchart LR\n  a["<script>alert(1)</script>"] --> b["x onload=1 <img src=x>"]\n'
    text = buttress("review", "-", "--format", "html", stdin=hostile).out
    assert {"script", "img"} & set(Page(text).tags) == set()
    assert "alert(1)" in text


def test_control_characters_of_sources_do_not_reach_the_terminal(buttress: Run) -> None:
    hostile = 'flowchart LR\n  a["red\x1b[31m\x07 alert"] --> b[B]\n'
    out = buttress("review", "-", stdin=hostile).out
    assert "alert" in out and "\x1b" not in out and "\x07" not in out


def test_sarif_has_rules_levels_places_and_stable_fingerprints(shop: Path, buttress: Run) -> None:
    (shop / "compose.yaml").rename(shop / "compose.prod.yaml")
    (shop / "my docs").mkdir()
    (shop / "design.md").rename(shop / "my docs" / "größe.md")
    log = json.loads(buttress("review", shop, "--format", "sarif").out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["results"] and all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    assert {r["level"] for r in run["results"]} <= {"error", "warning", "note"}
    prints = [r["partialFingerprints"]["buttressId/v1"] for r in run["results"]]
    assert len(set(prints)) == len(prints) and all("@" in p for p in prints)
    places = [
        p["physicalLocation"] for r in run["results"] for p in (*r["locations"], *r["relatedLocations"])
    ]
    assert all(p["region"]["startLine"] >= 1 <= p["region"]["endLine"] for p in places)
    addresses = {p["artifactLocation"]["uri"] for p in places}
    assert "shop/my%20docs/gr%C3%B6%C3%9Fe.md" in addresses
    assert all(re.fullmatch(r"[\w.~/%-]+", a) for a in addresses)


def test_sarif_of_an_absolute_path_is_a_file_address(shop: Path, buttress: Run) -> None:
    log = json.loads(buttress("review", shop / "compose.yaml", "--format", "sarif").out)
    addresses = {
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in log["runs"][0]["results"]
    }
    assert addresses == {(shop / "compose.yaml").as_uri()}


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (["shop"], "shop/"),
        (["./shop/"], "shop/"),
        (["shop/compose.yaml", "shop/design.md"], "shop/"),
        (["."], "shop/"),
    ],
)
def test_places_for_a_code_host_are_meant_from_where_the_command_runs(
    paths: list[str], folder: str, shop: Path, buttress: Run
) -> None:
    log = json.loads(buttress("review", *paths, "--format", "sarif").out)
    uris = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
        for place in (*result["locations"], *result["relatedLocations"])
    }
    assert uris and uris <= {f"{folder}compose.yaml", f"{folder}design.md"}
    issues = json.loads(buttress("review", *paths, "--format", "gitlab").out)
    assert {i["location"]["path"] for i in issues} <= uris


def test_places_for_a_code_host_are_the_same_from_within_the_folder(
    shop: Path, buttress: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop)
    issues = json.loads(buttress("review", ".", "--format", "gitlab").out)
    assert {i["location"]["path"] for i in issues} <= {"compose.yaml", "design.md"}


def test_the_report_for_gitlab_has_what_a_code_quality_report_needs(shop: Path, buttress: Run) -> None:
    found = json.loads(buttress("review", "shop", "--format", "json").out)["findings"]
    issues = json.loads(buttress("review", "shop", "--format", "gitlab").out)
    assert len(issues) == len(found)
    assert len({i["fingerprint"] for i in issues}) == len(issues)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1


def test_a_severity_may_be_written_as_the_report_writes_it(shop: Path, buttress: Run) -> None:
    assert buttress("review", "shop", "--fail-on", "HIGH").code == 1


def test_a_report_in_the_terminal_ends_with_the_counts_it_began_with(shop: Path, buttress: Run) -> None:
    lines = buttress("review", "shop").out.splitlines()
    assert any(line.startswith(lines[1].partition(",")[0]) for line in lines[-2:])


# --- a project's own rules and settings


def test_rules_of_ones_own_run_beside_the_shipped_ones(shop: Path, buttress: Run, tmp_path: Path) -> None:
    rule(tmp_path / "rules", "web-shop")
    plain = json.loads(buttress("review", shop, "--format", "json").out)
    more = json.loads(buttress("review", shop, "--rules", "rules", "--format", "json").out)
    added = {f["id"] for f in more["findings"]} - {f["id"] for f in plain["findings"]}
    assert {i.partition("@")[0] for i in added} == {"web-shop"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda t: t.replace("severity: LOW", "severity: AWFUL"), "web-shop.md", id="a wrong severity"
        ),
        pytest.param(lambda t: t.replace("?subject a", "?subject"), "can't be parsed", id="a wrong query"),
        pytest.param(lambda t: t.replace("## Why", "## Whyever"), "web-shop.md", id="a wrong heading"),
    ],
)
def test_a_broken_rule_of_ones_own_is_told_with_its_file(
    change: Callable[[str], str], told: str, shop: Path, buttress: Run, tmp_path: Path
) -> None:
    rule(tmp_path / "rules", "web-shop")
    path = tmp_path / "rules" / "api" / "web-shop.md"
    path.write_text(change(path.read_text()))
    ran = buttress("review", shop, "--rules", "rules")
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err and "Traceback" not in ran.err


def test_a_rule_with_the_id_of_a_shipped_one_is_refused(shop: Path, buttress: Run, tmp_path: Path) -> None:
    rule(tmp_path / "rules", "shared-database")
    assert "'shared-database' is a rule already" in buttress("review", shop, "--rules", "rules").err


def test_a_suppression_hides_a_finding_until_it_expires(shop: Path, buttress: Run) -> None:
    before = json.loads(buttress("review", shop, "--format", "json").out)
    id_ = before["findings"][0]["id"]
    settings = "suppress:\n  - finding: {}\n    reason: known and accepted\n    until: {}\n"
    (shop / "buttress.yaml").write_text(settings.format(id_, "2999-01-31"))
    hidden = json.loads(buttress("review", shop, "--format", "json").out)
    assert id_ not in {f["id"] for f in hidden["findings"]}
    assert hidden["suppressed"] == [{"id": id_, "reason": "known and accepted"}]
    (shop / "buttress.yaml").write_text(settings.format(id_, "2020-01-31"))
    expired = json.loads(buttress("review", shop, "--format", "json").out)
    assert expired["findings"] == before["findings"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("review", "--format", "terminal"), "report.txt"),
        (("review", "--format", "markdown"), "report.md"),
        (("review", "--format", "html"), "report.html"),
        (("review", "--format", "json"), "report.json"),
        (("review", "--format", "sarif"), "report.json"),
        (("draft",), "work.yaml"),
        (("draft", "--format", "json"), "work.json"),
    ],
)
def test_what_buttress_wrote_is_no_document_of_the_system(
    words: tuple[str, ...], name: str, shop: Path, buttress: Run
) -> None:
    before = buttress("review", "shop", "--format", "json")
    (shop / name).write_text(buttress(words[0], "shop", *words[1:]).out, encoding="utf-8")
    after = buttress("review", "shop", "--format", "json")
    assert {**json.loads(after.out)["graph"], "skipped": [], "diagnostics": []} == {
        **json.loads(before.out)["graph"],
        "skipped": [],
        "diagnostics": [],
    }
    assert after.err == before.err


def test_the_reports_of_a_fleet_are_no_documents_of_the_system(shop: Path, buttress: Run) -> None:
    def said() -> str:
        return buttress("review", "shop").out.partition("; read 2 files")[0]

    before = said()
    assert before
    buttress("fleet", "review", "shop", "--output", "shop/reports")
    assert said() == before
