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
