"""Stances of whole texts: claims before words, one for each status, and no topic from a pun."""

from __future__ import annotations

import pytest

from buttress.model import Passage, Source, Stance
from buttress.prose.stances import stances
from buttress.prose.text import sentences
from buttress.readers import read_all


def of(text: str) -> tuple[Stance, ...]:
    return stances(sentences([Passage("a.md", 1, 1, "prose", text)]))


def of_document(text: str) -> dict[str, list[tuple[str, bool]]]:
    fragments, _ = read_all([Source("design.md", text)])
    out: dict[str, list[tuple[str, bool]]] = {}
    for stance in stances(sentences([p for f in fragments for p in f.passages])):
        out.setdefault(stance.topic, []).append((stance.status, stance.claimed))
    return out


def test_one_claim_counts_more_than_many_words() -> None:
    (found,) = [
        s
        for s in of("See caching. More on caching. There is no caching. Caching in general.")
        if s.topic == "caching"
    ]
    assert (found.status, found.claimed, len(found.evidence)) == ("missing", True, 1)


def test_a_topic_that_is_there_and_missing_has_a_stance_for_each() -> None:
    found = [
        s for s in of("The indexer is idempotent. The mailer isn't idempotent.") if s.topic == "idempotency"
    ]
    assert [(s.status, s.claimed) for s in found] == [("addressed", True), ("missing", True)]
    assert [s.evidence[0].quote for s in found] == [
        "The indexer is idempotent.",
        "The mailer isn't idempotent.",
    ]


def test_a_topic_that_is_only_named_has_one_stance_without_a_claim() -> None:
    assert [(s.topic, s.claimed) for s in of("For retries see the guide.")] == [("retries", False)]


@pytest.mark.parametrize(
    "text",
    [
        "A lost book is no disaster.",
        "It is a thin layer around the provider.",
        "The relay publishes what is in the table.",
        "The local setup differs.",
        "A report held locks in the schema.",
        "Signed URLs are valid for an hour.",
        "Each service keeps a record of its orders.",
        "Don't be alarmed by the noise in the console.",
        "The image can be tried without root privileges.",
        "No infinite retry loops are possible.",
        "The API serves the OAuth flow by which a user links their photo account.",
        "Workers apply rate limiting when calling external services.",
    ],
)
def test_a_pun_gives_no_topic(text: str) -> None:
    puns = {
        "disaster-recovery",
        "layering",
        "graphql",
        "i18n",
        "vendor-lock-in",
        "file-upload",
        "dns",
        "alerting",
        "authorization",
        "retries",
        "rate-limiting",
        "authentication",
        "authentication-oidc",
    }
    assert not puns & {s.topic for s in of(text)}


def test_versions_of_an_interface_are_a_matter_of_the_api() -> None:
    found = of_document("# Shop\n\nPartners call the API. Today it isn't versioned.\n")
    assert found["api-versioning"] == [("missing", True)] and "versioning" not in found
    assert "api-versioning" not in of_document("# Shop\n\nImages are versioned by tag.\n")


def test_a_list_under_plans_is_planned() -> None:
    found = of_document("# Shop\n\n## Plans\n\n- Rate limits at the gateway\n- We will add tracing\n")
    assert found["rate-limiting"] == [("planned", True)] and found["tracing"] == [("planned", True)]


def test_a_link_alone_is_no_claim() -> None:
    found = of_document("# Shop\n\n- [Caching at the object level](https://example.org/cache)\n")
    assert found["caching"] == [("addressed", False)]


def test_a_table_row_claims_what_its_cells_say() -> None:
    found = of_document(
        "# Shop\n\n| Topic | State |\n|---|---|\n| Rate limiting | 100 requests/s per client |\n"
    )
    assert found["rate-limiting"][0][0] == "addressed"


def test_keeping_logs_is_no_retention_of_data() -> None:
    found = of_document("# Shop\n\nLogs are kept for thirty days. We don't delete anything.\n")
    assert found["data-retention"] == [("missing", True)]


def test_every_quote_stands_in_its_text() -> None:
    text = "There is no load test. Prices are cached. See retries."
    assert all(e.quote in text for s in of(text) for e in s.evidence)


def test_one_of_several_choices_is_no_absence() -> None:
    assert of_document("# Shop\n\n- **Authentication**: none, token or certificate\n")["authentication"] == [
        ("missing", False)
    ]
    assert of_document("# Shop\n\n- **Authentication**: none, it is open\n")["authentication"] == [
        ("missing", True)
    ]


def test_what_a_table_holds_for_and_against_a_way_is_no_claim() -> None:
    rows = "|---|---|---|\n| Caching | Prices are cached by Redis | There is no tracing |\n"
    assert of_document(f"# Shop\n\n| Way | Pros | Cons |\n{rows}")["tracing"] == [("missing", False)]
    assert of_document(f"# Shop\n\n| Part | What | State |\n{rows}")["tracing"] == [("missing", True)]


def test_what_a_demo_says_it_leaves_out_is_missing() -> None:
    assert of_document("# Shop\n\nMonitoring isn't covered in this demo.\n")["monitoring"] == [
        ("missing", True)
    ]
    assert ("missing", True) not in of_document("# Shop\n\nMonitoring isn't covered in this chapter.\n")[
        "monitoring"
    ]


def test_tests_that_fail_first_are_no_complaint() -> None:
    assert ("problem", True) not in of_document(
        "# Shop\n\nEach change was started with a failing test; tests cover all parts.\n"
    ).get("testing", [])
    assert of_document("# Shop\n\nTwo tests have been failing for months.\n")["testing"] == [
        ("problem", True)
    ]


PRACTICES = (
    "Traces are collected by Jaeger. Failed calls are retried. Data are backed up every night to S3.\n"
)


@pytest.mark.parametrize(
    "before",
    [
        "# Shop\n\nOver four weeks we will build a small shop on Kubernetes.\n\n## Design\n\n",
        "# Shop\n\nThe system is going to be implemented in Kotlin.\n\n## Design\n\n",
        "# Shop\n\nA shop.\n\n## What you'll learn\n\n",
        "# Shop\n\nA shop.\n\n## Practices to be added\n\n",
    ],
)
def test_what_is_going_to_be_built_or_learnt_claims_nothing_yet(before: str) -> None:
    found = of_document(before + PRACTICES)
    assert not [s for topic in found for s in found[topic] if s == ("addressed", True)]
    assert ("addressed", True) in of_document(f"# Shop\n\nA shop that will please you.\n\n{PRACTICES}")[
        "backups"
    ]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Connection pooling keeps WebSocket connections stable.", "connection-pooling"),
        ("Traces visualise request flows through all services.", "request-path"),
        ("Secret management: environment variables in the container", "secrets-management"),
        ("Configuration: environment variables are baked into images", "configuration"),
    ],
)
def test_words_of_a_practice_that_tell_of_another_thing_claim_nothing(text: str, topic: str) -> None:
    assert ("addressed", True) not in of_document(f"# Shop\n\n- {text}\n").get(topic, [])


def test_pooled_connections_and_secrets_from_a_vault_are_claimed() -> None:
    found = of_document(
        "# Shop\n\nConnection pooling is done by PgBouncer. Secret management: Vault hands secrets over as environment variables.\n"
    )
    assert ("addressed", True) in found["connection-pooling"] and ("addressed", True) in found[
        "secrets-management"
    ]


@pytest.mark.parametrize(
    ("text", "topic", "wrong"),
    [
        ("The limiter fails open when Redis is gone.", "rate-limiting", "problem"),
        ("Recovery rebuilds missing queue entries from the ledger.", "message-queue", "missing"),
        ("We prefer a partial restore over a full rollback: no rollback, no lost orders.", "deployment-impact", "missing"),
        ("Nothing prevents a broken message from reaching the queue.", "message-queue", "missing"),
        ("No session state is kept.", "session-storage", "missing"),
    ],
)  # fmt: skip
def test_what_is_chosen_against_or_made_good_is_no_lack(text: str, topic: str, wrong: str) -> None:
    assert (wrong, True) not in of_document(f"# Shop\n\n{text}\n").get(topic, [])


def test_a_call_that_is_missing_a_timeout_lacks_one() -> None:
    assert ("missing", True) in of_document("# Shop\n\nThe call to the bank is missing a timeout.\n")[
        "timeouts"
    ]


def test_state_in_memory_is_a_problem_of_instances() -> None:
    assert ("problem", True) in of_document("# Shop\n\nCart state is in memory.\n")["statelessness"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Owner: the platform team, and the on-call operator for the drill.", "alerting"),
        ("Admins manage keys and benchmarks.", "load-testing"),
        ("The drill records the start, readiness and consistency checks.", "health-checks"),
    ],
)
def test_a_word_of_a_practice_alone_is_no_practice(text: str, topic: str) -> None:
    assert ("addressed", True) not in of_document(f"# Shop\n\n{text}\n").get(topic, [])


def test_what_is_left_out_on_purpose_is_missing() -> None:
    found = of_document("# Shop\n\nIt deliberately excludes authentication, HA and backups.\n")
    assert all(("missing", True) in found[t] for t in ("authentication", "high-availability", "backups"))
    assert ("missing", True) not in of_document("# Shop\n\nThe copy doesn't leave out backups.\n")["backups"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("At greater scale, add connection pooling by PgBouncer.", "connection-pooling"),
        ("| Part | Now | Upgrade path |\n|---|---|---|\n| Store | one primary | read replicas for all reports |", "read-replicas"),
        ("Symptom: a task is retry-looping all night.", "retries"),
        ("The API places an authorization hold on the card.", "authorization"),
    ],
)  # fmt: skip
def test_what_is_for_later_or_means_another_thing_is_no_practice(text: str, topic: str) -> None:
    assert ("addressed", True) not in of_document(f"# Shop\n\n{text}\n").get(topic, [])


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("The backups are not encrypted.", "backups"),
        ("The queue is not monitored.", "message-queue"),
        ("The cache isn't replicated.", "caching"),
        ("Nobody monitors the queue.", "message-queue"),
        ("Nothing limits the queue.", "message-queue"),
        ("Nobody rotates the secrets.", "secrets-management"),
    ],
)
def test_what_lacks_a_property_is_there(text: str, topic: str) -> None:
    assert not [s for s in of_document(f"# Shop\n\n{text}\n")[topic] if s[1]]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("The queue is not monitored.", "monitoring"),
        ("The photos are not backed up.", "backups"),
        ("Nobody takes backups.", "backups"),
        ("None of the calls has a timeout.", "timeouts"),
    ],
)
def test_the_property_itself_is_missing(text: str, topic: str) -> None:
    assert ("missing", True) in of_document(f"# Shop\n\n{text}\n")[topic]


def test_what_is_said_of_the_document_or_of_the_market_claims_nothing() -> None:
    found = of_document(
        "# Shop\n\nStatus: draft, the single source of truth.\n\n## Problem\n\nTeams run eight monitoring tools that report all they see.\n\n"
        "## Beyond MVP\n\n- Retention policy by the clock of each country\n"
    )
    assert not any(s == ("addressed", True) for told in found.values() for s in told)


def test_files_that_users_upload_by_hand_are_no_release_by_hand() -> None:
    assert ("problem", True) not in of_document("# Shop\n\nStatements are uploaded manually.\n").get(
        "config-drift", []
    )
    assert ("problem", True) in of_document("# Shop\n\nThe jar is uploaded manually.\n")["config-drift"]


def test_an_archived_repository_is_no_retention_of_data() -> None:
    assert "data-retention" not in of_document("# Shop\n\n**ARCHIVED**: this repository has been archived.\n")
    assert "data-retention" in of_document("# Shop\n\nInvoices are archived after a year.\n")


def test_what_a_row_says_of_a_file_it_does_not_claim_of_the_system() -> None:
    found = of_document(
        "# Shop\n\n| File | What it starts |\n|---|---|\n| compose.yml | MariaDB |\n| compose-tls.yml | MariaDB with TLS |\n"
    )
    assert [claimed for _, claimed in found["tls-in-transit"]] == [False]


def test_a_quote_that_points_back_brings_the_sentence_before() -> None:
    found = of("Partners send prices to the feed. This endpoint has no authentication. Nothing else is open.")
    (quote,) = [e.quote for s in found if s.topic == "authentication" for e in s.evidence]
    assert quote == "Partners send prices to the feed. This endpoint has no authentication."


def test_what_times_out_is_no_timeout_that_is_set() -> None:
    assert "timeouts" not in {
        s.topic for s in of("This takes up to 20 s, workers are blocked, and uploads time out.")
    }
    assert "timeouts" in {s.topic for s in of("Calls to the desk time out after 5 seconds.")}
