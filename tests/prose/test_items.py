"""What signs, rows, titles and short words say of an item: done, planned or missing; and near misses that claim nothing."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read
from buttress.prose.stances import stances
from buttress.prose.text import sentences
from buttress.readers import read_all


def claimed(text: str) -> set[tuple[str, str]]:
    """Return what a Markdown document claims: topics with what is said of them."""
    fragments, _ = read_all([Source("design.md", "# Parcel desk\n\n" + text)])
    passages = [p for f in fragments for p in f.passages]
    return {(s.topic, s.status) for s in stances(sentences(passages)) if s.claimed}


def parts(text: str) -> set[str]:
    """Return the names of the components that a Markdown document tells of."""
    return {c.name for c in read([Source("design.md", "# Parcel desk\n\n" + text)]).components}


@pytest.mark.parametrize(
    ("text", "topic", "status"),
    [
        ("- [ ] set rate limits", "rate-limiting", "planned"),
        ("- [x] health checks", "health-checks", "addressed"),
        ("- [X] Add health checks", "health-checks", "addressed"),
        ("- ❌ Backups", "backups", "missing"),
        ("- ✅ Rate limiting", "rate-limiting", "addressed"),
        ("- 🔜 Tracing with Tempo", "tracing", "planned"),
        ("- TODO: retries", "retries", "planned"),
        ("Metrics: to be added", "metrics", "planned"),
        ("Monitoring — TBD", "monitoring", "planned"),
        ("- metrics pending (the exporter isn't wired)", "metrics", "planned"),
        ("- rate limiting (future)", "rate-limiting", "planned"),
        ("- rate limiting (not implemented)", "rate-limiting", "missing"),
        ("Backups: none", "backups", "missing"),
        ("- Labels service (no rate limiting yet)", "rate-limiting", "missing"),
        ("Retries are handled in later phases.", "retries", "planned"),
        ("## What's missing\n\n- Backups", "backups", "missing"),
        ("## ❌ Missing (for production)\n\n- Rate limiting: throttling of the API", "rate-limiting", "missing"),
        ("## Gaps\n\n### Edge\n\n- Rate limiting", "rate-limiting", "missing"),
        ("## Out of scope\n\n- Multi-region", "multi-region", "missing"),
        ("Out of scope:\n\n- Multi-region", "multi-region", "missing"),
        ("## Future enhancements (v2)\n\n- Tracing", "tracing", "planned"),
        ("## Roadmap\n\n- Add rate limiting", "rate-limiting", "planned"),
        ("## For future scale: two sites\n\n- Each worker retries its calls twice", "retries", "planned"),
        ("Future:\n\n- Tracing", "tracing", "planned"),
        ("**Next steps**\n\n- Rate limiting", "rate-limiting", "planned"),
        ("## Roadmap\n\n- [x] Rate limiting", "rate-limiting", "addressed"),
        ("| Feature | Status |\n|--|--|\n| Rate limiting | Not implemented |", "rate-limiting", "missing"),
        ("| Feature | Prio | Status |\n|--|--|--|\n| Backups | high | planned |", "backups", "planned"),
        ("| What | There |\n|--|--|\n| Backups | ❌ |\n", "backups", "missing"),
        ("| What | How |\n|--|--|\n| Authentication | None - all is public |", "authentication", "missing"),
        ("| # | Feature | Done |\n|--|--|--|\n| 1 | Health checks | yes |", "health-checks", "addressed"),
    ],
)  # fmt: skip
def test_an_item_without_a_verb_is_told_by_its_place(text: str, topic: str, status: str) -> None:
    assert {s for t, s in claimed(text) if t == topic} == {status}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("- [ ] evaluate circuit breaker libraries", "circuit-breaker"),
        ("- [x] Remove the circuit breaker", "circuit-breaker"),
        ("- ❌ Don't ship without a circuit breaker in each client", "circuit-breaker"),
        ("## Out of scope\n\n- Rate limiting, handled by the CDN", "rate-limiting"),
        ("- The store is fast (no caching overhead)", "caching"),
        ("## Out of scope\n\n- Kubernetes", "containerization"),
        ("## Known limitations\n\n- The cache makes rate limiting of each pod useless", "rate-limiting"),
        ("## Partially implemented\n\n- Rate limiting: only the login", "rate-limiting"),
        ("| Field | Required |\n|--|--|\n| Rate limiting | no |", "rate-limiting"),
        ("| Feature | Status |\n|--|--|\n| Rate limiting | N/A |", "rate-limiting"),
        ("| Issue | Mitigation |\n|--|--|\n| Floods | Rate limiting of each client |", "rate-limiting"),
        ("### GET /health\n\n**Authentication**: Not required", "authentication"),
        ("- No secrets are kept in the image", "secrets-management"),
    ],
)
def test_an_item_that_only_names_a_topic_claims_nothing(text: str, topic: str) -> None:
    assert {s for t, s in claimed(text) if t == topic} == set()


def test_practices_in_everyday_words_arent_there_when_the_title_says_so() -> None:
    told = "Dumps of the database are copied to another region every night."
    assert ("backups", "addressed") in claimed(told)
    assert ("backups", "addressed") not in claimed(f"## Not yet implemented\n\n- {told}")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (
            "Each caller of an API needs:\n\n- Fault tolerance: circuit breakers stop the flood",
            "circuit-breaker",
        ),
        ("Depending on the load you can choose one of:\n\n- The parcels are cached in Redis", "caching"),
        ("Place another Redis next to it, whose sessions are cached.", "caching"),
        ("Mail: plain SMTP (it needs retry logic)", "retries"),
        ("A stored answer saves us from double charges from retries or bugs.", "retries"),
        ("The desk carries on during network timeouts of the carrier.", "timeouts"),
        ("The timeout that occurs at the till was seen in the logs of the shop.", "timeouts"),
        ("Single node vs. cluster: a cluster has circuit breakers but costs more.", "circuit-breaker"),
        ("Layer 4: it is ready for rate limiting of each client", "rate-limiting"),
        ("## Caches\n\n- Caching: ready for a CDN to be put before it", "caching"),
        ("It is suggested to:\n\n- The worker retries each call twice.", "retries"),
        ("**Problem**: the start script runs schema migrations by itself", "schema-migrations"),
        ("- The desk has a manual migration script with Flyway", "schema-migrations"),
        ("- Time of the log in seconds of the token", "authentication"),
        ("The guild has everything ready to handle the build and release pipeline of each desk.", "ci-cd"),
        ("## Problems with one big switch\n\n- The desk is rolled back by one command.", "deployment-impact"),
        ("The desk stores the alert record and puts it into a queue.", "alerting"),
        ("The Jenkins project handles the build and release of each plugin.", "ci-cd"),
        (
            "| Feature | Polling | Pushing | Both |\n|--|--|--|--|\n| Retry logic | ⭐⭐ | ⭐ | ⭐⭐⭐ |",
            "retries",
        ),
        ("## Weaknesses\n\n- The edge does rate limiting by client.", "rate-limiting"),
        ("- No errors in logs during a normal day", "logging"),
        ("Clerks without log access see nothing.", "logging"),
        ("## Problem description\n\nThe edge does rate limiting by client.", "rate-limiting"),
        ("## Go-live checklist\n\n- Audit logs are kept for each login", "audit-logging"),
        ("## Risk register\n\n- **Solution**: rate limiting by express-rate-limit", "rate-limiting"),
        ("Passing failures (network, rate limit): the parcel is queued again", "rate-limiting"),
    ],
)
def test_what_is_wished_weighed_or_happens_is_no_practice_of_the_system(text: str, topic: str) -> None:
    assert {s for t, s in claimed(text) if t == topic} == set()


def test_a_complaint_that_the_same_text_solves_is_no_defect() -> None:
    problem = "## Problem / Motivation\n\n- No idempotency of parcels.\n\n"
    assert ("idempotency", "missing") in claimed(problem)
    solved = claimed(problem + "## Design\n\nAll parcel writes are idempotent.\n")
    assert {s for t, s in solved if t == "idempotency"} == {"addressed"}
    elsewhere = claimed(
        "## Background jobs\n\nThere is no idempotency.\n\n## Writes\n\nAll writes are idempotent.\n"
    )
    assert ("idempotency", "missing") in elsewhere


def test_a_pipeline_that_tests_every_push_tests() -> None:
    assert ("testing", "addressed") in claimed("- The pipeline builds and tests on every push")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("In this post we look at queues.\n\n## Retries\n\nThe worker retries each call twice.", "retries"),
        (
            "Limpet is a small Python library for HTTP.\n\n## Retries\n\nIt retries each call twice.",
            "retries",
        ),
        ("Parcel Keeper is a backup manager.\n\nBackups are written to S3 every night.", "backups"),
        (
            "## Client kit\n\nIt makes your services robust.\n\n### Retry\n\nThe kit retries each call twice.",
            "retries",
        ),
        ("## Make failure boring\n\nEach worker retries its calls twice.", "retries"),
        ("- Workers are anything with an address (or Docker containers) that listens", "containerization"),
        ("- Local development: the database runs in Docker containers", "containerization"),
        (
            "Implementations (Ferry, Van, …) handle authentication and retry each call twice.",
            "authentication",
        ),
        ("Implementations (Ferry, Van, …) retry each call twice.", "retries"),
    ],
)
def test_what_is_told_of_others_is_no_practice_of_the_system(text: str, topic: str) -> None:
    assert {s for t, s in claimed(text) if t == topic} == set()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("- Calls are retried twice, answers cached", "retries"),
        ("A library service for towns.\n\n## Retries\n\nThe worker retries each call twice.", "retries"),
        ("The desk has a monitoring stack: Prometheus scrapes each service.", "monitoring"),
        ("The implementation of the desk retries each call twice.", "retries"),
        (
            "## Calls\n\nThe worker retries each call twice.\n\n## Start\n\nSet the port in your service.",
            "retries",
        ),
    ],
)
def test_a_word_for_others_elsewhere_takes_nothing_from_a_system(text: str, topic: str) -> None:
    assert (topic, "addressed") in claimed(text)


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] Add Kafka between the desk and the labels",
        "## Not yet implemented\n\n- Kafka between the desk and the labels",
        "## Technical debt\n\n- **Solution**: Kafka between the desk and the labels",
        "# Next steps\n\n- Kafka between the desk and the labels",
        "## Future work\n\nParcels will also be sent to Kafka.",
        "## For future scale: a broker\n\n- Kafka stands between the desk and the labels",
        "**Long-term (12+ months):**\n\n- Kafka stands between the desk and the labels",
        "## Out of scope\n\n- Kafka between the desk and the labels",
    ],
)
def test_what_only_a_task_or_a_gap_names_is_no_part(text: str) -> None:
    before = "The desk stores parcels in PostgreSQL.\n\n"
    assert parts(before + text) == parts(before)
    assert parts(before + text.replace("Kafka", "PostgreSQL")) == parts(before)
    assert "Kafka" in parts(before + "- Kafka stands between the desk and the labels")


def test_a_task_that_is_done_names_a_part() -> None:
    told = "- [x] Add Kafka between the desk and the labels\n- The labels read from Kafka"
    assert "Kafka" in parts(told)


def test_a_task_that_is_not_done_states_no_fact() -> None:
    def facts(text: str) -> set[str]:
        system = read([Source("design.md", f"The Desk service calls the Bank service.\n\n{text}")])
        return {f.name for flow in system.flows for f in flow.facts}

    told = "The Desk service calls the Bank service with a timeout of 2 seconds."
    assert "timeout" in facts(f"- {told}")
    assert "timeout" not in facts(f"- [ ] {told}")
