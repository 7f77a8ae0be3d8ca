"""draft and amend: a work list that is the form of the answer, and answers of which only what stands is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from buttress.model.schema import additions
from buttress.model.wire import json_text

DESIGN = """# Shop

The Orders service calls the Billing service. The Billing service writes to PostgreSQL.
A pricing part is asked by the Orders service and by the Billing service.
The Mailer service and the Orders service share a queue.
"""
GOOD = """components:
- {name: pricing, kind: service, quote: A pricing part is asked}
flows:
- {from: orders service, to: pricing, kind: calls, quote: A pricing part is asked by the Orders service}
"""
Run = Callable[..., Any]
SCHEMA = json.loads((files("buttress") / "schemas" / "additions-1.json").read_text(encoding="utf-8"))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "design.md").write_text(DESIGN, encoding="utf-8")
    return folder


@pytest.fixture
def kept(docs: Path) -> Path:
    return docs / "buttress.additions.yaml"


def amend(buttress: Run, answer: str, *paths: str) -> Any:
    return buttress("amend", *(paths or ("docs",)), "--from", "-", stdin=answer)


def test_the_schema_is_that_of_the_form() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    path = files("buttress") / "schemas" / "additions-1.json"
    assert path.read_text(encoding="utf-8") == json_text(additions()), "run: python -m buttress.model.schema"


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_draft_is_an_answer_that_says_nothing_yet(form: str, docs: Path, kept: Path, buttress: Run) -> None:
    shown = buttress("draft", "docs", "--format", form)
    assert shown.code == 0
    assert buttress("draft", "docs", "--format", form).out == shown.out
    work = yaml.safe_load(shown.out)
    assert list(work) == ["schema", "read", "components", "flows", "facts", "stances", "merges", "rejections"]
    assert any("Orders" in c for c in work["read"]["components"])
    ran = amend(buttress, shown.out)
    assert (ran.code, kept.exists()) == (0, False)
    assert "0 added, 0 there already, 0 refused" in ran.err


def test_a_draft_asks_for_the_flow_between_two_that_a_sentence_names(docs: Path, buttress: Run) -> None:
    work = yaml.safe_load(buttress("draft", "docs").out)
    asked = [f for f in work["flows"] if {"Mailer service", "Orders service"} == {f["from"], f["to"]}]
    assert asked and asked[0]["kind"] == "?calls"
    assert (asked[0]["source"], asked[0]["line"]) == ("design.md", 5)


def test_a_draft_is_short_and_says_what_it_left_out(docs: Path, buttress: Run) -> None:
    firsts, seconds = (
        "Orders Billing Stock Mail Search Login".split(),
        "Price Cart Audit Report Import Export".split(),
    )
    pairs = "".join(
        f"The {a} service calls PostgreSQL. The {b} service calls Redis. The {a} service and the {b} service share it.\n\n"
        for a, b in zip(firsts, seconds, strict=True)
    )
    (docs / "design.md").write_text("# S\n\n" + pairs, encoding="utf-8")
    work = yaml.safe_load(buttress("draft", "docs", "--limit", "3").out)
    assert max(len(work[k]) for k in ("components", "flows", "merges", "rejections")) <= 3
    assert work["read"]["left_out"]["flows in doubt"] >= 3


def test_an_answer_from_the_draft_is_taken_once_its_marks_are_replaced(
    docs: Path, kept: Path, buttress: Run
) -> None:
    work = buttress("draft", "docs").out.replace("?calls", "calls")
    ran = amend(buttress, work)
    assert ran.code == 0, ran.err
    assert "flow" in kept.read_text(encoding="utf-8")


def test_what_holds_is_kept_in_its_schema_and_every_command_reads_it(
    docs: Path, kept: Path, buttress: Run
) -> None:
    before = buttress("graph", "docs").out
    ran = amend(buttress, GOOD)
    assert (ran.code, ran.out) == (0, "")
    assert "2 added, 0 there already, 0 refused; components" in ran.err
    loaded = yaml.safe_load(kept.read_text(encoding="utf-8"))
    assert [*Draft202012Validator(SCHEMA).iter_errors(loaded)] == []
    assert loaded["flows"][0]["from"] == "Orders service", "the name is that of the graph"
    for words in (
        ["graph", "docs"],
        ["graph", "docs/design.md"],
        ["paths", "docs", "orders service", "pricing"],
    ):
        assert "pricing" in buttress(*words).out
    assert "pricing" not in before
    assert "pricing" in buttress("review", "docs", "--format", "json").out


def test_the_same_answer_again_changes_no_byte(docs: Path, kept: Path, buttress: Run) -> None:
    amend(buttress, GOOD)
    first = kept.read_bytes()
    ran = amend(buttress, GOOD, "docs/design.md")
    assert "0 added, 2 there already" in ran.err
    assert kept.read_bytes() == first


WRONG = """components:
- {name: pricing, kind: servce, quote: A pricing part}
- {name: invented, kind: service, quote: A pricing part is asked}
flows:
- from: Orders service
  to: Biling service
  kind: calls
  quote: A pricing part is asked by
- {from: Orders service, to: Billing service, kind: calls, quote: The Orders service rings the Billing service}
facts:
- {component: Orders service, name: replica, value: 2, quote: The Orders service calls}
- {from: Mailer service, to: Billing service, name: timeout, value: 2, quote: The Mailer service and}
stances:
- {topic: backup, status: missing, quote: share a queue}
merges:
- {names: [Orders service, Mailer service], quote: share a queue}
rejections:
- {component: Excel, quote: share a queue}
"""


def test_all_that_is_refused_is_told_at_once_with_its_line_and_what_would_be_right(
    docs: Path, kept: Path, buttress: Run
) -> None:
    ran = amend(buttress, WRONG)
    assert ran.code == 2 and not kept.exists()
    told = [line for line in ran.err.splitlines() if line.startswith("<stdin>:")]
    for line, words in {
        2: "There is no kind 'servce'. Did you mean 'service'",
        3: "the name 'invented' stands in no file",
        5: "There is no component 'Biling service'. Did you mean 'Billing service'",
        9: "nearest is docs/design.md:3: 'The Orders service calls the Billing service.'".replace(
            "docs/", ""
        ),
        11: "There is no fact 'replica'. Did you mean 'replicas'",
        12: "there is no flow Mailer service → Billing service; add it under 'flows'",
        14: "There is no topic 'backup'. Did you mean 'backups'",
        16: "the quote names none of",
        18: "the quote names none of 'Excel'",
    }.items():
        assert any(t.startswith(f"<stdin>:{line}: error: ") and words in t for t in told), (line, words, told)
    assert len(told) == 9


def test_what_holds_is_kept_beside_what_is_refused(docs: Path, kept: Path, buttress: Run) -> None:
    ran = amend(buttress, GOOD + "stances:\n- {topic: backups, status: missing, quote: nobody backs up}\n")
    assert ran.code == 2
    assert "2 added, 0 there already, 1 refused" in ran.err
    assert "pricing" in kept.read_text(encoding="utf-8")


def test_a_mistake_in_the_kept_file_stops_amend_before_it_is_lost(
    docs: Path, kept: Path, buttress: Run
) -> None:
    kept.write_text("components:\n- {name: x}\n", encoding="utf-8")
    ran = amend(buttress, GOOD)
    assert (ran.code, kept.read_text(encoding="utf-8")) == (2, "components:\n- {name: x}\n")
    assert "buttress.additions.yaml:2: components:" in ran.err and "correct it first" in ran.err


def test_a_quote_with_a_secret_is_refused(docs: Path, kept: Path, buttress: Run) -> None:
    (docs / "compose.yaml").write_text(
        "services:\n  web:\n    image: web\n    environment:\n      URL: postgresql://u:hunter2@db/x\n",
        encoding="utf-8",
    )
    ran = amend(
        buttress, "stances:\n- {topic: backups, status: missing, quote: 'URL: postgresql://u:hunter2@db/x'}\n"
    )
    assert ran.code == 2 and "holds a secret" in ran.err and "hunter2" not in ran.err


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("[1, 2", "not valid YAML"),
        ('{"components": [{"name": ]}', "not valid YAML"),
        ("- a\n", "expected a mapping"),
        ("components: 3\n", "expected a list of entries"),
        ("components: [3]\n", "expected an entry of keys and values"),
        ("[" * 5000, "nest"),
        (
            f"components: [{{name: {'x' * 10_000}, kind: service, quote: A pricing part}}]\n",
            "at most 120 characters",
        ),
        ("components: [{name: '', kind: service, quote: A pricing part}]\n", "at least 1 character"),
    ],
)
def test_an_answer_out_of_form_is_refused_in_one_line(
    answer: str, told: str, docs: Path, kept: Path, buttress: Run
) -> None:
    ran = amend(buttress, answer)
    assert ran.code == 2 and told in ran.err and not kept.exists()
    assert "Traceback" not in ran.err and max(map(len, ran.err.splitlines())) < 400


def test_standard_input_has_no_place_for_additions(buttress: Run) -> None:
    ran = buttress("amend", "-", "--from", "x.yaml", stdin="# A")
    assert ran.code == 2 and "standard input has no place" in ran.err


def test_what_nobody_has_read_may_be_rejected_too_as_long_as_its_name_stands_there(
    docs: Path, kept: Path, buttress: Run
) -> None:
    ran = amend(buttress, "rejections:\n- {component: queue, quote: share a queue, reason: in memory}\n")
    assert ran.code == 0 and "queue" in kept.read_text(encoding="utf-8")
    assert (
        "no component: queue: in memory  (design.md:5)" in buttress("graph", "docs", "--explain", "queue").out
    )


def test_an_answer_among_the_documents_is_no_proof_of_itself(docs: Path, kept: Path, buttress: Run) -> None:
    (docs / "answer.yaml").write_text(
        GOOD + "stances:\n- {topic: backups, status: missing, quote: nobody saves a thing}\n"
    )
    ran = buttress("amend", "docs", "--from", "docs/answer.yaml")
    assert ran.code == 2
    assert "docs/answer.yaml:6: error: the words 'nobody saves a thing' don't stand in any file" in ran.err
    assert "backups" not in kept.read_text()
    assert buttress("amend", "docs", "--from", "docs/buttress.additions.yaml").code == 0
