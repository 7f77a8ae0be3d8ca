"""Lines of the sources that are nearest to a question: what is quoted, and what isn't."""

from __future__ import annotations

import pytest

from buttress.ask import Answer, answer_text, ask
from buttress.ask.lines import lines
from buttress.errors import WeightsMissing
from buttress.model import Source
from buttress.pipeline import read
from buttress.retrieval import encoder

LIBRARY = (
    Source(
        "loans.md",
        """# Loans

The desk calls the ledger. The ledger keeps its rows in PostgreSQL.

Reminders leave the building every morning at six.
Whoever returns a book late pays nothing for the first three days, since the council wanted no fines.

| What | Kept for | Then |
|---|---|---|
| Borrowing histories | 30 days | erased |
| Damaged volumes | 2 years | archived |
""",
    ),
    Source(
        "compose.yaml",
        """services:
  ledger:
    image: library/ledger:4
    environment:
      LEDGER_PASSWORD: hunter2hunter2
      DATABASE_HOST: postgres
    # Sorting machines may print labels while the ledger is closed
    # ports: "9000:9000"
  postgres:
    image: postgres:16
""",
    ),
)


def answered(question: str) -> Answer:
    return ask(read(LIBRARY), question, limit=0, sources=LIBRARY)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("how long do we keep borrowing histories?", "loans.md:10"),
        ("when are reminders sent out?", "loans.md:5"),
        ("why is there no fine on a late book?", "loans.md:6"),
        ("can the sorting machine print labels when the ledger is closed?", "compose.yaml:7"),
    ],
)
def test_the_nearest_line_is_quoted(question: str, place: str) -> None:
    found = [
        str(e) for s in answered(question).statements if s.text == "The sources say:" for e in s.evidence
    ]
    assert found[:1] == [place], answer_text(answered(question))


@pytest.mark.parametrize(
    "question", ["who feeds the cat?", "is there a canteen in the basement?", "what about it?"]
)
def test_nothing_is_quoted_for_what_no_line_is_near_to(question: str) -> None:
    answer = answered(question)
    assert answer.statements == ()
    assert "No line of the sources is near" in answer.looked_for


def test_a_quote_is_no_answer() -> None:
    answer = answered("how long do we keep damaged volumes?")
    assert not answer.answered
    assert "are quoted" in answer.looked_for


def test_what_the_graph_tells_wholly_gets_no_quotes() -> None:
    text = answer_text(answered("who uses postgres?"))
    assert text.startswith("postgres is used by ledger.")
    assert "The sources say" not in text


def test_beside_flows_that_no_source_shows_the_lines_about_the_part_are_quoted() -> None:
    text = answer_text(answered("who publishes to the ledger?"))
    assert "no flow of the kind publishes" in text
    assert "while the ledger is closed" in text


def test_comments_are_quoted_but_neither_settings_nor_lines_that_were_switched_off() -> None:
    told = [line.evidence.quote for line in lines(LIBRARY) if line.evidence.form == "config"]
    assert told == ["Sorting machines may print labels while the ledger is closed"]


def test_a_row_is_read_with_the_names_of_its_columns() -> None:
    assert "What: Damaged volumes; Kept for: 2 years; Then: archived" in [
        line.text for line in lines(LIBRARY)
    ]


def test_without_weights_only_lines_with_all_the_words_are_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(model: str) -> encoder.Encoder:
        raise WeightsMissing(model)

    monkeypatch.setattr(encoder, "encoder_for", missing)
    assert "loans.md:5" in answer_text(answered("do reminders leave the building?"))
    assert answered("does the council send reminders to the ministry?").statements == ()


def test_documents_are_read_once_for_the_graph_and_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    from buttress.ask.lines import lines
    from buttress.readers import documents

    made = []
    whole = documents.read
    monkeypatch.setattr(documents, "read", lambda sources: made.append(sources) or whole(sources))
    papers = [Source("annex.md", "# Annex\n\nThe annex keeps what the depot can't hold.\n")]
    read(papers)
    assert [line.text for line in lines(papers)] == ["The annex keeps what the depot can't hold."]
    assert len(made) == 1


def test_the_name_of_a_setting_is_looked_for_as_it_is_written_and_its_secret_is_not_told() -> None:
    stack = Source(
        "compose.yaml",
        "services:\n  depot:\n    image: depot:1\n    environment:\n      SHELF_PASSWORD: tr33-frog-77\n      SHELF_HOST: shelf\n",
    )
    text = answer_text(
        ask(read([stack]), "where is SHELF_HOST set and who uses SHELF_PASSWORD?", limit=0, sources=[stack])
    )
    assert "compose.yaml:6" in text
    assert "compose.yaml:5" in text
    assert "tr33-frog-77" not in text


@pytest.mark.parametrize(
    "question",
    [
        "which passwords are there?",
        "list the passwords",
        "what is the password of the till?",
        "which API keys are there?",
    ],
)
def test_a_secret_in_a_table_or_list_is_not_told(question: str) -> None:
    notes = (
        "# Logins\n\n| Part | Password |\n|---|---|\n| Till | plum4711 |\n| Stock | pear0815 |\n\n"
        "# API keys\n\n- till_99ab71c2\n- API_KEY=stock_99ab71c2\n\nThe Till calls the Stock.\n"
    )
    sources = [Source("logins.md", notes)]
    told = answer_text(ask(read(sources), question, limit=0, sources=sources))
    assert not any(secret in told for secret in ("plum4711", "pear0815", "99ab71c2"))
