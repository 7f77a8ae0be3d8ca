"""Questions about the whole of small systems: superlatives, several facts at once, who is called by nobody, who waits for nobody."""

from __future__ import annotations

import pytest

from buttress.ask import answer_text, ask
from buttress.model import Source
from buttress.pipeline import read

YARD = Source(
    "compose.yaml",
    """services:
  crane-api:
    image: yard/crane:1
    mem_limit: 256M
    ports: ["7001:80"]
    environment: {LOG_URL: "http://logbook:80", STORE: "redis://tallies:6379/0"}
    healthcheck: {test: ["CMD", "true"]}
    depends_on: [tallies]
  logbook:
    image: yard/logbook:2
    mem_limit: 64M
  tallies:
    image: redis:7
    depends_on: [logbook]
    volumes: ["tallies:/data"]
  clerk:
    image: yard/clerk
    environment: {CRANE_URL: "http://crane-api:80"}
  winch:
    image: yard/winch:1
    user: root
    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
    environment: {CRANE_URL: "http://crane-api:80", LOG_URL: "http://logbook:80"}
volumes: {tallies: {}}
""",
)
BERTHS = Source(
    "berths.md",
    """# Berths

| Berth | Depth | Ships a week |
|---|---|---|
| north | 9 m | 12 |
| south | 14 m | 1,030 |
| `quay:east_crane` | 11 m | 40 |

## Settings

| Setting | Required | What for |
|---|---|---|
| HARBOUR | Yes | its name |
| TIDE_TABLE | No | times of the tides |
| CHART | Yes | where it is shallow |

## Out of scope

- Ships register their cargo at the customs office.

## Mooring

Ships stay at a berth for two days. Mooring is done by the harbour crew.

Tallies are kept so that a dispute can be settled later.
To keep a rope from tearing, we recommend a fender at each bollard.
""",
)


def said(question: str) -> str:
    sources = [YARD, BERTHS]
    return answer_text(ask(read(sources), question, limit=0, sources=sources))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("which service has the highest memory limit?", "The largest memory by resource limits: 256M, of crane-api."),
        ("which container may take the least memory?", "resource limits: 64M, of logbook."),
        ("which berth has the most ships a week?", "Ships a week, largest of 3 rows: south (1,030)."),
        ("which containers publish ports to the host?", "crane-api: published ports 7001."),
        ("how many containers have a health check?", "Containers that have health check (1 of 5): crane-api."),
        ("which services are never called by anything?", "that are not called by anything, as far as the sources say (2): clerk and winch."),
        ("which services call nothing?", "Services that call nothing, as far as the sources say (1): logbook."),
        ("does logbook talk to anything?", "The sources show no flow from logbook."),
        ("does crane-api talk to anything else?", "crane-api uses"),
        ("how many services does crane-api call?", "crane-api uses 2: "),
        ("who doesn't wait for logbook?", "as far as the sources say (3): clerk, crane-api and winch."),
        ("which images are pinned and which are not?", "clerk: image tag not pinned."),
        ("everything has a health check, right?", "logbook: no health check."),
        ("add up the memory limits", "2 parts together may take 320 MB of memory"),
        ("who uses tallies, and who doesn't?", "do not use tallies, as far as the sources say (3): clerk, logbook and winch"),
        ("is tallies persistent?", "No backup of tallies is mentioned."),
        ("the tallies disk died. what is gone?", "What tallies holds lies on what is said to be lost"),
        ("what does quay:east_crane hold?", "11 m"),
        ("evidence that the winch doesn't run with root privileges?", "winch: may run as root."),
        ("which container can control the docker daemon?", "winch: engine socket."),
        ("which of the containers keep data across restarts?", "What tallies holds outlives a restart"),
        ("no limits on memory anywhere?", "clerk: no resource limits."),
        ("are any credentials hard-coded?", "No secret in plain text was found in what was read."),
        ("do clerk and winch differ in anything?", "Only of winch: may run as root."),
        ("who calls both the logbook and crane-api?", "(1): winch."),
        ("which settings are mandatory?", "Of 3 settings in what was read 2: HARBOUR and CHART."),
        ("which settings are optional?", "Of 3 settings in what was read 1: TIDE_TABLE."),
        ("who takes the least memory, and who the most?", "The largest memory by resource limits: 256M, of crane-api."),
        ("which ports must I open in the firewall?", "crane-api: published ports 7001."),
        ("why are tallies kept?", "so that a dispute can be settled"),
        ("how do I keep a rope from tearing?", "we recommend a fender"),
    ],
)  # fmt: skip
def test_a_question_about_the_whole_is_worked_out(question: str, words: str) -> None:
    assert words in said(question)


def test_a_superlative_tells_no_topic_besides() -> None:
    assert "described" not in said("which service has the highest memory limit?")


def test_what_is_asked_for_at_once_is_not_told_of_what_has_half_of_it() -> None:
    text = said("which services have neither a memory limit nor a health check?")
    assert "have no resource limits and have no health check (2): clerk and winch." in text
    assert "tallies (a cache (Redis))" in text
    assert "logbook" not in text


def test_a_shared_volume_is_not_taken_for_a_database() -> None:
    assert "data store" not in said("who shares the tallies volume?")


def test_what_is_out_of_scope_is_no_answer_about_the_system() -> None:
    assert "customs" not in said("do ships register their cargo?")
    assert "customs" in said("is it out of scope to register cargo at customs?")


def test_an_empty_password_is_a_login_that_is_missing_and_no_secret() -> None:
    stack = Source(
        "compose.yaml",
        'services:\n  books:\n    image: mysql:8\n    environment: {MYSQL_ALLOW_EMPTY_PASSWORD: "yes"}\n',
    )
    text = answer_text(
        ask(read([stack]), "may any database have an empty password?", limit=0, sources=[stack])
    )
    assert "books: no authentication." in text
    assert "No secret" not in text


def test_a_volume_is_something_that_stores_have_and_none_of_them() -> None:
    stack = Source(
        "compose.yaml", "services:\n  books:\n    image: mysql:8\n  loans:\n    image: yard/loans-db\n"
    )
    text = answer_text(ask(read([stack]), "which parts have no volume although they store data?", limit=0))
    assert "books: no persistent volume." in text
    assert "No flow" not in text


def test_what_was_told_with_a_number_is_not_asked_again() -> None:
    text = said("what is the smallest memory limit, and who has it?")
    assert "64M, of logbook" in text
    assert "wasn't understood" not in text
    assert "wasn't understood" not in said("which services have a health check and which have none?")


def test_parts_without_something_are_not_taken_for_its_failure() -> None:
    assert "fails" not in said("who looks after the services without a cache?")


def test_a_word_for_many_parts_is_not_told_in_full_of_each() -> None:
    names = ("ada", "bea", "cid", "dot", "eve")
    services = "".join(f"  {name}:\n    image: yard/{name}:1\n" for name in names)
    sources = [Source("compose.yaml", f"services:\n{services}")]
    text = answer_text(ask(read(sources), "what happens if the api fails?", limit=0, sources=sources))
    assert "may be any of" in text
    assert "single instance" not in text


TABLE = "# Ferries\n\n| Ferry | Timeout | Retention (days) | Load |\n|---|---|---|---|\n"
FERRIES = Source(
    "ferries.md",
    f"{TABLE}| ada | 5m | 7 | 2 GB |\n| bea | 2h | 30 | 90 s |\n| cid | 40 s | 1,200 | 3 |\n",
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("what is the longest timeout?", "Timeout, largest of 3 rows: bea (2h)."),
        ("what is the longest retention?", "Retention (days), largest of 3 rows: cid (1,200)."),
        ("which has the longest timeout and which the shortest?", "smallest of 3 rows: cid (40 s)."),
    ],
)
def test_amounts_of_one_sort_are_compared_in_one_unit(question: str, words: str) -> None:
    assert words in answer_text(ask(read([FERRIES]), question, limit=0, sources=[FERRIES]))


def test_times_and_sizes_in_one_column_are_not_compared() -> None:
    assert "largest of" not in answer_text(
        ask(read([FERRIES]), "what is the largest load?", limit=0, sources=[FERRIES])
    )


def test_how_many_use_a_part_is_a_question_for_its_users() -> None:
    assert "logbook is used by 3: crane-api, tallies and winch." in said("how many services use the logbook?")


@pytest.mark.parametrize("question", ["which services use nothing?", "which services does nobody use?"])
def test_where_nothing_was_read_nothing_is_said_of_each_part(question: str) -> None:
    assert "Each of them" not in answer_text(ask(read([]), question, limit=0))
