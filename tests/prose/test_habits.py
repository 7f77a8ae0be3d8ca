"""Practices that are told in everyday words: what each sentence says, and near misses that say nothing."""

from __future__ import annotations

import pytest

from buttress.model import Passage
from buttress.prose.stances import stances
from buttress.prose.stances.everyday import HABITS
from buttress.prose.stances.habits import habits
from buttress.prose.stances.told import TOLD
from buttress.prose.text import sentences
from buttress.vocabulary import load


def told(text: str, *headings: str, form: str = "prose") -> set[tuple[str, str]]:
    """Return what one passage tells without the names of topics."""
    passages = [Passage("a.md", 1, 1, form, text, headings=headings)]  # type: ignore[arg-type]
    return {(h.topic, h.status) for s in sentences(passages) for h in habits(s)}


@pytest.mark.parametrize(
    ("text", "topic", "status"),
    [
        ("To find an error we look through the logs on every server.", "log-aggregation", "missing"),
        ("Log lines carry no customer number.", "logging", "problem"),
        ("A parcel can't be followed past the first service.", "tracing", "missing"),
        ("We hear about outages from customers.", "alerting", "missing"),
        ("Nobody has written down how fast a search has to be.", "slo", "missing"),
        ("Tracebacks are printed to a console that nobody reads.", "error-tracking", "missing"),
        ("The balancer only checks whether the port is open.", "health-checks", "problem"),
        ("An engineer deploys the shop from her laptop.", "config-drift", "problem"),
        ("A release takes most of a day.", "release-effort", "problem"),
        ("A migration can't be undone after the release.", "deployment-impact", "missing"),
        ("Staging has SQLite while production runs PostgreSQL.", "environment-parity", "problem"),
        ("The network was clicked together in the vendor's console.", "iac", "missing"),
        ("The database password is stored in the repository.", "secrets-management", "problem"),
        ("A request to the bank may hang for ever.", "timeouts", "missing"),
        ("When the bank is down, the whole shop stops.", "cascading-failure", "problem"),
        ("A failed upload is not tried again.", "retries", "missing"),
        ("A broken message blocks the ones behind it.", "dead-letter-queue", "missing"),
        ("There's no ceiling on how many requests a client may send.", "rate-limiting", "missing"),
        ("Orders from partners aren't validated before they are stored.", "input-validation", "missing"),
        ("The balances in the two stores don't match.", "consistency", "problem"),
        ("Login cookies never expire.", "token-expiration", "problem"),
        ("Prices are rounded in three different places.", "data-transformation", "problem"),
        ("Nobody can say which scripts touch the rows.", "request-path", "missing"),
        ("We only noticed it at noon, when merchants complained.", "alerting", "missing"),
        ("The log was gone, because the pod had been replaced.", "log-aggregation", "missing"),
        ("One order was redelivered thousands of times.", "dead-letter-queue", "missing"),
        ("Mails that bounce are thrown away after the first attempt.", "retries", "missing"),
        ("It is 'paid' in one table and 'open' in the other, as the status shows.", "consistency", "problem"),
        ("Exceptions in the parser are caught and ignored.", "error-handling", "problem"),
        ("The bank gets its own thread pool.", "resource-isolation", "addressed"),
        ("After five failures we stop calling the bank for a minute.", "circuit-breaker", "addressed"),
        ("If the price feed is down, yesterday's prices are shown.", "graceful-degradation", "addressed"),
        (
            "Calls are repeated three times, each time after a longer pause.",
            "exponential-backoff",
            "addressed",
        ),
        ("Uncaught exceptions arrive in GlitchTip.", "error-tracking", "addressed"),
        ("All resources are declared in OpenTofu.", "iac", "addressed"),
        ("A partner may send at most 600 readings per minute.", "rate-limiting", "addressed"),
        ("Saving a tariff drops the cached copies.", "cache-invalidation", "addressed"),
    ],
)
def test_a_sentence_tells_what_is_done_without_its_name(text: str, topic: str, status: str) -> None:
    assert (topic, status) in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Each payment carries a key, so a repeated charge does no harm.",
        "An alert fires when a dead letter queue isn't empty.",
        "The load test fails if answers take longer.",
        "These workers don't need to accept requests to send notifications.",
        "Deployments, crashes and lost connections do both.",
        "Passwords are never stored in the repository.",
        "You should never let a call hang for ever.",
        "A call could hang for ever.",
        "If calls hang for ever a thread is lost.",
        "Does a call hang for ever?",
        "A call doesn't hang for ever.",
        "The pools are separate, so one can't starve the other.",
        "Test and live come from the same modules and differ by a file.",
        "We noticed the error at once, when the alert came.",
        "The parcel was delivered three times a week.",
        "Staging has no customers and can be reset at any time.",
        "Seat maps are cached in three places.",
        "Log in on each machine and look for surprises.",
        "A scan that fits comes round again at once.",
        "The session of the workshop begins at nine.",
        "Guests stay logged in across restarts.",
    ],
)
def test_a_near_miss_complains_of_nothing(text: str) -> None:
    assert {(t, s) for t, s in told(text) if s in ("missing", "problem")} == set()


def test_what_stands_under_plans_is_planned_and_a_defect_there_is_none() -> None:
    assert told("Calls are cut off after 4 seconds.", "Design", "Next steps") == {("timeouts", "planned")}
    assert told("A call may hang for ever.", "Design", "Next steps") == set()


def test_other_ways_and_titles_tell_nothing() -> None:
    assert told("A call may hang for ever.", "Design", "Alternatives considered") == set()
    assert told("A call may hang for ever", form="heading") == set()


def test_factors_that_contributed_to_an_outage_are_told_but_how_to_contribute_is_not() -> None:
    assert told("A call may hang for ever.", "Outage", "Contributing factors") == {("timeouts", "missing")}
    assert told("A call may hang for ever.", "Shop", "Contributing") == set()


def test_a_decision_that_was_superseded_says_nothing_of_today() -> None:
    def under(first: str) -> list[str]:
        headings = ("Decisions", "ADR 5: Sessions")
        passages = [
            Passage("a.md", 2, 2, "prose", first, headings=headings),
            Passage("a.md", 4, 4, "prose", "Login cookies never expire.", headings=headings),
        ]
        return [s.topic for s in stances(sentences(passages)) if s.claimed]

    assert under("Accepted.") == ["token-expiration"]
    assert under("Superseded by ADR 9.") == []


def test_a_decision_that_is_only_proposed_is_no_strength() -> None:
    headings = ("Decisions", "ADR 7: Retries")
    passages = [
        Passage("a.md", 2, 2, "prose", "Proposed.", headings=headings),
        Passage("a.md", 4, 4, "prose", "Calls are repeated three times.", headings=headings),
    ]
    assert [s for s in stances(sentences(passages)) if s.claimed and s.status == "addressed"] == []


def test_every_turn_of_phrase_is_about_a_topic_that_there_is() -> None:
    topics = {topic for topic, *_ in (*HABITS, *TOLD)}
    assert len(topics) >= 40
    assert topics <= set(load().topics)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("The side queue prevents a broken message from blocking the others.", "dead-letter-queue"),
        ("This keeps a broken job from blocking the queue indefinitely.", "timeouts"),
        ("Never undo a migration while the old release is running.", "deployment-impact"),
        ("A rollback is not a downgrade of the schema.", "deployment-impact"),
        ("A query, which is slow, cannot use up the time of a whole call.", "tracing"),
    ],
)
def test_what_is_averted_forbidden_or_defined_is_no_lack(text: str, topic: str) -> None:
    assert not [s for t, s in told(text) if t == topic and s != "addressed"]


def test_nothing_that_prevents_it_is_a_lack() -> None:
    assert told("Nothing prevents a broken message from blocking the others.") == {
        ("dead-letter-queue", "missing")
    }


@pytest.mark.parametrize(
    ("text", "topic", "status"),
    [
        ("When an import fails, the developers are notified.", "alerting", "addressed"),
        ("The volume holds 4 GB but is unmonitored.", "monitoring", "missing"),
        ("Users see only their own trips.", "authorization", "addressed"),
        ("The queue spreads trips over several fare workers.", "horizontal-scaling", "addressed"),
        ("Migrations run by themselves before each release.", "schema-migrations", "addressed"),
        ("Customers are notified when their parcel is there.", "alerting", ""),
        ("We may add more file checks, such as checksums.", "input-validation", ""),
        ("The importer checks each row against the schema.", "input-validation", "addressed"),
    ],
)
def test_who_is_told_what_is_checked_and_who_sees_what(text: str, topic: str, status: str) -> None:
    assert dict(told(text)).get(topic, "") == status


@pytest.mark.parametrize(
    "text",
    [
        "Jobs have two pools of workers, so one slow report can never delay a live message.",
        "Staging and production differ only in their secrets.",
        "Check the queue for broken messages that block others.",
        "Fix forward with a new tag, or roll back.",
        "In case a release has migrations that can't be undone, say so in the channel.",
    ],
)
def test_what_can_do_no_harm_or_is_asked_of_the_reader_is_no_complaint(text: str) -> None:
    assert not [t for t, s in told(text) if s != "addressed"]


def test_harm_that_is_told_of_stays_a_complaint() -> None:
    assert ("resource-isolation", "missing") in told(
        "All jobs share one pool of workers, so a slow report delays everything."
    )
