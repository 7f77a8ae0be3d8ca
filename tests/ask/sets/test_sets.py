"""Questions for sets of parts: which, how many and whether, with joins, negations, amounts and places."""

from __future__ import annotations

import pytest

from buttress.ask import Answer, answer_text, ask
from buttress.model import Source, SystemGraph
from buttress.pipeline import read

DAIRY = Source(
    "compose.yaml",
    """services:
  counter:
    image: dairy/counter:3
    mem_limit: 512M
    ports: ["80:8000", "81:8001"]
    environment: {CHURN_URL: "http://churn:8000", CACHE_URL: "redis://shelf:6379/0", AGE_URL: "http://ager:8000"}
    networks: [lane, cellar]
    healthcheck: {test: ["CMD", "true"]}
  churn:
    image: dairy/churn:2
    mem_limit: 128M
    environment: {DATABASE_URL: "postgres://a:butterfly@vat:5432/milk", BROKER_URL: "amqp://belt:5672"}
    networks: [cellar]
    depends_on: {vat: {condition: service_healthy}}
  ager:
    image: dairy/ager:2
    environment: {DATABASE_URL: "postgres://a:butterfly@vat:5432/milk"}
    networks: [cellar]
    depends_on: [vat]
  labels:
    image: dairy/labels:2
    environment: {BROKER_URL: "amqp://belt:5672", LEDGER_URL: "postgres://a:butterfly@ledger:5432/all"}
    networks: [cellar]
  sign:
    image: dairy/sign:1
    networks: [lane]
  vat:
    image: postgres:16
    volumes: ["vat:/var/lib/postgresql/data"]
    networks: [cellar]
    healthcheck: {test: ["CMD", "true"]}
  ledger:
    image: postgres:16
    networks: [cellar]
  shelf:
    image: redis:7
    networks: [cellar]
  belt:
    image: rabbitmq:3
    networks: [cellar]
networks: {lane: {}, cellar: {}}
volumes: {vat: {}}
""",
)


@pytest.fixture(scope="module")
def dairy() -> SystemGraph:
    return read([DAIRY])


def asked(dairy: SystemGraph, question: str) -> Answer:
    return ask(dairy, question, limit=0, sources=[DAIRY])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("which services use a database that has no persistent volume?", "(1): labels."),
        ("which services use both the vat and the belt?", "(1): churn."),
        ("list everything that talks to belt but not to vat", "(1): labels."),
        ("which services talk to vat but don't touch belt?", "(1): ager."),
        ("which services use neither the vat nor the ledger?", "(2): counter and sign."),
        ("what do churn and ager both depend on?", "vat"),
        ("which services share the same database as ager?", "(1): churn."),
        ("do churn and labels use the same database?", "no database together"),
        ("which services use the same kind of database?", "PostgreSQL: ager, churn and labels."),
        ("which services share vat?", "(2): ager and churn."),
        ("which databases does only one service use?", "(1): ledger."),
        ("which stores are used by more than one service?", "(1): vat."),
        ("which services have their own database?", "(1): labels."),
        ("which services have more than two dependencies?", "(1): counter."),
        ("who only talks to vat?", "(1): ager."),
        ("which networks are there?", "lane (network): counter and sign."),
        ("which networks are there, and what is in them?", "cellar (network): ager"),
        ("which services are in both lane and cellar?", "(1): counter."),
        ("which parts can only be reached from lane?", "(1): sign."),
        ("is vat on the same network as sign?", "No: not vat (have the same network as sign)."),
        ("does any service in lane talk directly to shelf?", "Yes: counter"),
        ("what runs on the network lane?", "(2): counter and sign."),
        ("which services publish more than one port?", "(1): counter."),
        ("which services have a memory limit above 200MB?", "(1): counter."),
        ("which services depend on vat, directly or indirectly?", "(3): ager, churn and counter."),
        ("do all services that use vat use belt?", "No: not ager"),
        ("which services would still run if vat went away?", "labels and sign"),
        ("which services start only after vat is healthy?", "churn"),
        ("what is the most used component?", "vat, used by 2"),
        ("rank the services by how many others depend on them", "ager, depended on by 1"),
        ("what can be reached from outside besides counter?", "looked at"),
        ("how many services have a memory limit of 128MB or less?", "(1 of 5): churn."),
        ("is there anything that is only called by counter?", "Yes: ager, churn and shelf"),
        ("which components talk to vat directly or via ager?", "(3): ager, churn and counter."),
        ("which containers run the same image?", "Image postgres:16: ledger and vat."),
        ("do ager and churn share one database?", "vat is shared by ager and churn."),
        ("which services are not reachable from the internet?", "no published ports"),
        ("which services have a dependency on a broker?", "(2): churn and labels."),
    ],
)  # fmt: skip
def test_a_question_for_a_set_names_just_the_parts_that_fit(
    dairy: SystemGraph, question: str, words: str
) -> None:
    answer = asked(dairy, question)
    assert answer.intent == "set"
    assert words in answer_text(answer)


@pytest.mark.parametrize(
    "question",
    [
        "which services use a purple database?",
        "which services use the vat on Sundays?",
        "which of the aggregators use vat?",
        "which services except the ones that nobody remembers use vat?",
    ],
)
def test_a_question_with_a_word_that_is_not_understood_is_no_question_for_a_set(
    dairy: SystemGraph, question: str
) -> None:
    assert asked(dairy, question).intent != "set"


def test_what_the_sources_leave_open_is_told_and_no_part_is_said_to_lack_it(dairy: SystemGraph) -> None:
    text = answer_text(asked(dairy, "which services write to a database that has no backup?"))
    assert "Nothing that was read is among “services that write to databases that have no backup”" in text
    assert "The sources don't say (backup): vat and ledger." in text


def test_who_consumes_is_not_known_where_no_source_tells_what_a_connection_is_for(dairy: SystemGraph) -> None:
    text = answer_text(asked(dairy, "which queues have no consumer?"))
    assert "Nothing that was read is among" in text
    assert "The sources don't say (what it does): churn with belt and labels with belt." in text


def test_a_cache_is_told_beside_the_databases(dairy: SystemGraph) -> None:
    text = answer_text(asked(dairy, "which databases have no persistent volume?"))
    assert "shelf" in text


def test_a_word_of_a_kind_is_not_the_part_that_has_it_in_its_name() -> None:
    text = """services:
  queue-master: {image: x/q:1, environment: {BROKER_URL: "amqp://belt:5672"}}
  belt: {image: "rabbitmq:3"}
"""
    answer = ask(read([Source("compose.yaml", text)]), "which queue has no consumer?", limit=0)
    assert "looked at belt" in answer_text(answer)


def test_a_place_that_is_called_outside_is_not_meant_by_from_outside() -> None:
    text = (
        "```mermaid\nflowchart LR\n subgraph out [Outside]\n  bank[Bank]\n end\n till[(Till)] --> bank\n```\n"
    )
    answer = ask(read([Source("a.md", text)]), "which databases can be reached from outside?", limit=0)
    assert "bank" not in answer_text(answer).lower().replace("databases", "")


def test_no_secret_stands_in_an_answer(dairy: SystemGraph) -> None:
    for question in ("which services use vat and belt?", "which services connect to vat with a password?"):
        assert "butterfly" not in answer_text(asked(dairy, question))


@pytest.mark.parametrize(
    "question",
    [
        "which " * 300, "which services that " * 100, "which services use " + "vat and " * 200 + "belt", "are there any", "which services have no",
        "list", "how many", "which services are in", "what do", "do all", "which services have more than", "welche Dienste nutzen die Datenbank?",
    ],
)  # fmt: skip
def test_questions_that_end_too_early_or_never_get_an_answer(dairy: SystemGraph, question: str) -> None:
    assert asked(dairy, question).question == question


GUARDED = Source(
    "guarded.md",
    """```mermaid
flowchart LR
  till -->|"calls, timeout=8s, circuit breaker"| bank
  till -->|"calls, no timeout"| stock
  stock -->|"calls, timeout=2s"| labels
```
""",
)


@pytest.mark.parametrize(
    ("question", "named", "others"),
    [
        ("which services have a circuit breaker?", "till", ("stock", "labels")),
        ("which services have a timeout over 5 seconds?", "till", ("stock", "labels")),
        ("which services have no timeout?", "till", ("stock", "labels")),
    ],
)
def test_a_service_has_what_one_of_its_calls_has(question: str, named: str, others: tuple[str, ...]) -> None:
    first = ask(read([GUARDED]), question, limit=0, sources=[GUARDED]).statements[0]
    assert first.holds == "answer" and first.text.endswith(f": {named}.")
    assert not any(other in first.text for other in others)


def test_of_all_services_it_is_denied_where_one_call_is_without() -> None:
    answer = ask(read([GUARDED]), "do all services have a timeout?", limit=0, sources=[GUARDED])
    assert answer.statements[0].text.startswith("No: not till")
