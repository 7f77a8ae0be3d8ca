"""What a sentence says of a topic: that it is so, planned, missing or a problem; and whether it is a claim or only a word."""

from __future__ import annotations

import pytest

from buttress.model import Passage
from buttress.prose.stances import stances
from buttress.prose.stances.claims import said
from buttress.prose.stances.senses import means
from buttress.prose.text import sentences


def told(
    text: str, words: str, topic: str = "", *, headings: tuple[str, ...] = (), form: str = "prose"
) -> tuple[str, bool]:
    passage = Passage("a.md", 1, 1, form, text, headings=headings)  # type: ignore[arg-type]
    (sentence,) = sentences([passage])
    at = sentence.text.index(words)
    status, claimed = said(sentence, at, at + len(words), topic)
    return status, claimed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("There is no rate limiting.", "rate limiting"),
        ("The mailer has no dead letter queue.", "dead letter queue"),
        ("We don't have any backups.", "backups"),
        ("The invoices are not backed up.", "backed up"),
        ("The job isn't idempotent.", "idempotent"),
        ("Services do not retry.", "retry"),
        ("Distributed tracing is not set up.", "tracing"),
        ("Alerting for the queue is missing.", "Alerting"),
        ("Nothing is backed up.", "backed up"),
        ("None of the calls has a timeout.", "timeout"),
        ("Log shipping is built in but not enabled.", "Log shipping"),
        ("Backups: none at the moment", "Backups"),
        ("The feed runs without authentication.", "authentication"),
        ("No load test exists.", "load test"),
    ],
)
def test_an_absence_is_a_claim_that_it_is_missing(text: str, words: str) -> None:
    assert told(text, words) == ("missing", True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Without caching the store would be slow.", "caching"),
        ("The API must not be called without authentication.", "authentication"),
        ("If there is no circuit breaker, callers pile up.", "circuit breaker"),
        ("No service can log in to another one's database.", "log in"),
        ("A session needs no shared cache.", "cache"),
        ("Is there no rate limiting?", "rate limiting"),
        ("We no longer use a read replica.", "read replica"),
        ("Not only backups matter.", "backups"),
        ("No retries are needed.", "retries"),
    ],
)
def test_a_negation_that_denies_nothing_is_no_claim(text: str, words: str) -> None:
    assert told(text, words)[1] is False


@pytest.mark.parametrize(
    ("text", "words", "topic", "missing"),
    [
        ("There is no risk of serving stale pages.", "serving stale", "graceful-degradation", False),
        ("Card-number logins are disabled for clerks.", "logins", "authentication", False),
        ("No till/safe privileges.", "privileges", "authorization", False),
        ("Authentication is disabled for clerks.", "Authentication", "authentication", True),
        ("There are no permissions.", "permissions", "authorization", True),
    ],
)
def test_a_danger_a_way_in_or_a_right_that_isnt_there_is_no_lack(
    text: str, words: str, topic: str, missing: bool
) -> None:
    assert (told(text, words, topic) == ("missing", True)) is missing


@pytest.mark.parametrize(
    ("text", "words", "topic"),
    [
        ("All writes are idempotent.", "idempotent", "idempotency"),
        ("Prices are cached for a minute.", "cached", "caching"),
        ("The proxy limits each client to ten requests per second.", "limits each client", "rate-limiting"),
        ("Alertmanager pages the engineer on call.", "Alertmanager", "alerting"),
        ("Each queue has a dead letter queue.", "dead letter queue", "dead-letter-queue"),
        ("Customers log in with Keycloak.", "log in", "authentication"),
        ("Rate limiting: 100 requests per minute per client", "Rate limiting", "rate-limiting"),
        ("The pods are spread over three availability zones.", "availability zones", "multi-az"),
    ],
)
def test_a_statement_about_the_system_is_a_claim(text: str, words: str, topic: str) -> None:
    assert told(text, words, topic) == ("addressed", True)


@pytest.mark.parametrize(
    ("text", "words", "topic"),
    [
        ("See the page on retries.", "retries", "retries"),
        ("Caching is useful for popular items.", "Caching", "caching"),
        ("OAuth2 is a framework for delegated access.", "OAuth2", "authentication"),
        ("Retries should be added to the client.", "Retries", "retries"),
        ("We could cache the list.", "cache", "caching"),
        ("docker logs -f shop", "logs", "logging"),
        ("You can log in with your GitHub account.", "log in", "authentication"),
        ("Celery was considered and rejected.", "Celery", "background-jobs"),
        ("Consider a circuit breaker.", "circuit breaker", "circuit-breaker"),
        ("How are secrets rotated?", "secrets", "secrets-management"),
        ("To start it, set the environment variables.", "environment variables", "configuration"),
        ("The workers are painted blue.", "workers", "background-jobs"),
    ],
)
def test_a_mere_mention_is_no_claim(text: str, words: str, topic: str) -> None:
    assert told(text, words, topic)[1] is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Slow queries are a known problem.", "Slow queries"),
        ("Now and then a message gets lost.", "gets lost"),
        ("The two tables differ until the night.", "differ until"),
        ("Error handling is inconsistent.", "Error handling"),
        ("We suffer from poor monitoring.", "monitoring"),
        ("An engineer deploys the service by hand.", "by hand"),
        ("The bucket is public for reading.", "public for reading"),
    ],
)
def test_a_complaint_is_a_claimed_problem(text: str, words: str) -> None:
    assert told(text, words) == ("problem", True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("An index avoids slow queries.", "slow queries"),
        ("No event gets lost.", "gets lost"),
        ("The lock prevents race conditions.", "race conditions"),
        ("The release fixed issues with authentication.", "authentication"),
        ("Its way of matching alerts to mails is brittle.", "alerts"),
        ("A lost update is no disaster.", "lost update"),
    ],
)
def test_what_is_prevented_or_said_of_another_thing_is_no_problem(text: str, words: str) -> None:
    assert told(text, words) != ("problem", True)


@pytest.mark.parametrize(
    ("headings", "text", "words", "expected"),
    [
        (("Design", "10. Plans"), "Rate limits at the gateway.", "Rate limits", ("planned", True)),
        (("Design", "Future work"), "Tracing with OpenTelemetry.", "Tracing", ("planned", True)),
        (("Design", "Plans"), "Today the API isn't versioned.", "versioned", ("missing", True)),
        (("Design", "Backup plan"), "Backups are taken every night.", "Backups", ("addressed", True)),
        (("Design", "Non-goals"), "Multi-region", "Multi-region", ("missing", True)),
        (("Design", "Development plan"), "Rate limits at the gateway.", "Rate limits", ("planned", True)),
        (("Design", "Proposed change"), "Deploy a cache for reads.", "cache", ("planned", True)),
        (("Design", "User stories"), "A clerk sees that calls are retried.", "retried", ("addressed", False)),
        (("Design", "Rationale"), "Reads are cached in memory.", "cached", ("addressed", False)),
        (("Design", "Rollout"), "First we'll run a load test.", "load test", ("planned", True)),
        (("Design", "Known gaps"), "A load test", "load test", ("missing", True)),
        (
            ("Design", "Alternatives considered"),
            "Kafka gives at-least-once delivery.",
            "at-least-once",
            ("addressed", False),
        ),
    ],
)
def test_headings_say_what_the_items_under_them_are(
    headings: tuple[str, ...], text: str, words: str, expected: tuple[str, bool]
) -> None:
    form = "list" if len(text.split()) < 4 or text.startswith("Deploy") else "prose"
    status, claimed = told(text, words, "backups" if "Backup" in text else "", headings=headings, form=form)
    assert (status, claimed) == expected


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("All nodes are in one availability zone.", True),
        ("The service runs in a single availability zone.", True),
        ("It survives the loss of one availability zone.", False),
    ],
)
def test_one_zone_is_the_opposite_of_several(text: str, claimed: bool) -> None:
    assert told(text, "availability zone", "multi-az") == ("missing", claimed)


@pytest.mark.parametrize(
    ("topic", "text", "word", "meant"),
    [
        ("logging", "Failures are logged.", "logged", True),
        ("logging", "Lookups take log-time.", "log", False),
        ("security", "Payments use 3-D Secure.", "Secure", False),
        ("alerting", "A mail goes to those who are on call.", "on call", False),
        ("alerting", "The engineer on call is paged.", "on call", True),
        ("authorization", "It passes the Authorization header on.", "Authorization", False),
        ("versioning", "The latest version is 3.", "version", False),
        ("versioning", "Images are versioned.", "versioned", True),
        ("config-drift", "Staff answer mails by hand.", "by hand", False),
        ("config-drift", "We deploy by hand.", "by hand", True),
        ("deployment-impact", "A rollback takes a minute.", "rollback", True),
        ("deployment-impact", "The transaction is rolled back.", "rolled back", False),
        ("background-jobs", "It runs four Uvicorn workers.", "workers", False),
        ("cache-invalidation", "A job is purging old rows.", "purging", False),
        ("cache-invalidation", "A release ends with purging the CDN.", "purging", True),
        ("authentication", "The proxy has no peer authentication.", "authentication", False),
        ("authentication", "The proxy has no authentication.", "authentication", True),
        ("rate-limiting", "Each client has a quota of disk space.", "quota", False),
        ("blue-green", "The canary reads what it wrote.", "canary", False),
        ("blue-green", "A canary takes 5 % of the traffic.", "canary", True),
        ("rate-limiting", "Nodes go to a cloud with sufficient quota.", "quota", False),
        ("rate-limiting", "Each client has a quota.", "quota", True),
        ("encryption-at-rest", "Pages listen for SSE from the desk.", "SSE", False),
        ("encryption-at-rest", "The bucket has SSE.", "SSE", True),
    ],
)
def test_a_word_in_its_ordinary_sense_names_no_topic(topic: str, text: str, word: str, meant: bool) -> None:
    at = text.index(word)
    assert means(topic, text, at, at + len(word)) is meant


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("Grafana and InfluxDB have built-in authentication mechanisms.", False),
        ("Kafka supports TLS for its clients.", False),
        ("The shop supports OAuth for its partners.", True),
    ],
)
def test_what_a_product_can_do_is_no_claim_of_what_is_done(text: str, claimed: bool) -> None:
    found = stances(sentences([Passage("a.md", 1, 1, "prose", text)]))
    assert any(s.claimed for s in found) is claimed
