"""Flows that words for need tell: "its dependencies are", "without Postgres", "an outage of", "billing's calls to Stripe", "fed by events on Kafka"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless
from buttress.prose.flows.between import Pair, words_between
from buttress.prose.flows.constructions import THE, joined, listed, owns, words_before
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import flow_of, lexicon

_NEEDS = r"(?:dependenc(?:y|ies)|inputs|outputs|(?:data )?sources|requirements|prerequisites|integrations|backends|back-ends|downstreams|upstreams)"
_OWN_NEEDS = Caseless(
    rf"(?:[\w-]+ ){{0,2}}?{_NEEDS} (?:currently |today )?(?:are|is|include)(?: just| only)?(?: :)?{THE}"
)
_HAS_NEEDS = Caseless(
    rf"(?:has|have)(?: [\w-]+){{0,3}}? (?:{_NEEDS} ?[:,](?: namely)?|dependenc(?:y|ies) on){THE}"
)
_NEEDS_OF = Caseless(rf"^(?:the |its |known |main |only |runtime |hard )*{_NEEDS} of{THE}$")
_ARE = Caseless(rf"(?:currently |today )?(?:are|include|is)(?: \w+ly)?(?: :)?{THE}")
_WITHOUT = Caseless(r"^without(?: (?:the|our|a|an|its|a working))*$")
_STOPS = r"(?:(?:can|could|will|would|does|do)(?:not| not|n['’]t)|can['’]t|cannot|won['’]t|fails?|stops?|breaks?|goes down|is (?:dead|useless|down))"
_ARTICLES = frozenset(", the our a an its".split())
_FAILS = Caseless(rf"{_STOPS}\b")
_FAILS_WITHOUT = Caseless(rf"{_STOPS}(?: [\w-]+){{1,4}}? without{THE}")
_OUTAGE = Caseless(
    r"\b(?:outages?|failures?|loss|downtime|crash(?:es)?) (?:of|in)(?: (?:the|our|a|an|its))*$"
)
_TAKES_DOWN = Caseless(
    rf"(?:(?:also|then|immediately|would|will|can|could) )*(?:takes? down|brings? down|stops?|breaks?|affects?|hits?|blocks?|halts?|degrades?|disables?){THE}"
)
# What somebody's calls, queries or connections go to.
_HIS_CALLS = Caseless(
    r"(?:[\w-]+ ){0,2}?(?P<what>calls?|requests?|quer(?:y|ies)|connections?|(?:connection|client) pools?|writes|inserts|uploads|reads|access|traffic|integration|"
    rf"subscriptions?|dependenc(?:y|e|ies)|links?|timeouts?|retries)(?: is| are)? (?:to|on|against|towards|with|into|in|from){THE}"
)
_READS = frozenset("reads query queries".split())
_WRITES = frozenset("writes inserts uploads".split())
_NOTES = (
    r"events?|messages?|jobs?|tasks?|records?|entries|items|notifications?|changes?|commands?|orders?|work"
)
_THINGS = rf"(?:{_NOTES})"
_REACTS = Caseless(
    r"(?:(?:then|also|only|which|that|simply|just) )*(?:reacts? to|waits? (?:for|on)|listens? for|watch(?:es)? for|acts? (?:up)?on|works? (?:off|through|on)|responds? to|"
    r"(?:is|are)(?: \w+ly| all| both)? (?:driven|triggered|started|woken(?: up)?|invoked|activated|fed|kicked off) (?:by|from))"
    rf"(?: (?:new|incoming|all|the|any|\w+))?(?: {_THINGS})?(?: (?:on|in|from|off|via|through|of|to))?{THE}"
)
# "is triggered when new messages appear on", "runs by objects that land in"
_ARRIVALS = rf"(?:files?|objects?|uploads?|images?|documents?|items?|data|rows?|payloads?|blobs?|{_NOTES})"
_WOKEN = Caseless(
    r"(?:(?:then|also|only|which|that) )*(?:(?:is|are|gets?)(?: \w+ly)? (?:triggered|started|woken(?: up)?|invoked|activated|fired|launched|run|executed|called|kicked off)|runs?|starts?|wakes? up|executes?|fires?)"
    rf" (?:(?:when(?:ever)?|as soon as|once|each time|every time|if) (?:(?:an?|the|new|any|\w+) ){{0,3}}?{_ARRIVALS} (?:appears?|arrives?|lands?|shows? up|comes? in|"
    r"(?:is|are) (?:added|put|published|placed|written|uploaded|created|received|dropped|stored|sent|queued))|"
    rf"by (?:(?:the|new|\w+) ){{0,2}}?{_ARRIVALS} (?:that (?:appear|arrive|land)s?|appearing|arriving|landing|coming in|added|put|published|placed|written|uploaded|created|received|dropped|sent))"
    rf" (?:on|in|at|to|into|onto){THE}"
)
_HEARS = Caseless(
    r"(?:(?:then|also|only) )*(?:learns?|hears?|finds? out|gets? to know|is (?:told|informed|notified))(?: (?:of|about|that|when))?(?: [\w-]+){0,5}? (?:via|through|over|from|by)"
    rf"(?: (?:an? )?{_THINGS} (?:on|in|from))?{THE}"
)
_ON = Caseless(rf"\b{_THINGS} (?:on|in|from){THE}$")
_WAKE = Caseless(
    rf"(?:(?:then|also) )*(?:wakes?(?: up)?|starts?|triggers?|drives?|kicks? off|activates?|feeds?|launch(?:es)?|invokes?){THE}"
)
_CHANGE = r"(?:changes?|updates?|writes?|inserts?|modifications?|rows|events)"
_CHANGES = Caseless(rf"\b{_CHANGE} (?:to|in|of|from|made to){THE}$")
_CAPTURED = Caseless(
    rf"(?:is|are)(?: \w+ly| then| also| all)? (?:captured|picked up|read|streamed|tailed|consumed|processed|replicated|watched|noticed|detected|polled) by{THE}"
)
_TAILS = Caseless(
    rf"(?:(?:then|also|only|which|that) )*(?:listens? (?:for|to)|watch(?:es)?(?: for)?|waits? for|tails?|captures?|reacts? to|subscribes? to|follows?)(?: \w+){{0,2}}? {_CHANGE}(?: \w+)? (?:to|in|of|from|on){THE}"
)
_DATA_IN = Caseless(
    rf"(?:[\w-]+ ){{1,3}}(?:lives?|resides?|sits?|is (?:\w+ly )?(?:stored|kept|held|persisted|saved)|are (?:\w+ly )?(?:stored|kept|held|persisted|saved)) (?:in|on|inside){THE}"
)
_HOLDS = Caseless(
    rf"(?:also )?(?:holds?|stores?|contains?|keeps?|persists?)(?: [\w-]+){{1,4}}? (?:of|for|from|written by|used by|needed by|produced by){THE}"
)
_HOLDS_WHAT = Caseless(
    rf"(?:also )?(?:caches?|holds?|stores?|keeps?|contains?|buffers?|remembers?|collects?|gathers?|receives?) (?:what(?:ever)?|everything|all)(?: that)?{THE}"
)
_WHERE = Caseless(rf"is where{THE}")
_WITH_HELP = Caseless(rf"(?:[\w-]+ ){{0,5}}?with the (?:help|aid|support) of{THE}")
_JOINS = Caseless(
    rf"(?:(?:then|also|which|that) )*(?:bridges?|connects?|glues?|links?|reconciles?|joins?|integrates?|synchroni[sz]es?|syncs?|keeps?|compares?|mediates? between|sits between|translates? between){THE}"
)
_TOGETHER = Caseless(rf"(?:and|with|to|(?:in sync|consistent|aligned|up to date) with){THE}")
_FRONT = Caseless(r"^(?:sitting )?in front of(?: (?:the|our|all|a|an|both))*$")
_STANDS = Caseless(rf"(?:there )?(?:is|sits?|stands?|runs?|lies|are|we (?:have|run|put|placed)){THE}")
_KNOW = Caseless(rf"(?:(?:then|also) )*lets?{THE}")


def depending(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return the pairs of which one is said to need the other in one sentence; `mentions` in their order.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Without redis web cannot start.")])
    >>> redis, web = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (1, 2))
    >>> [(a.surface, b.surface) for a, b, _ in depending(text, (redis, web))]
    [('web', 'redis')]
    """
    if len(mentions) < 2:
        return []
    return [
        *_needing(text, mentions),
        *_stopping(text, mentions),
        *_calling(text, mentions),
        *_reacting(text, mentions),
        *_keeping(text, mentions),
        *_joining(text, mentions),
    ]


def _needing(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "its only dependencies are A and B", "has two dependencies: A and B", "the dependencies of X are A"."""
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap = words_between(text, one, other)
        own = owns(text, one) and _OWN_NEEDS.fullmatch(gap)
        of = _NEEDS_OF.search(words_before(text, one)) and _ARE.fullmatch(gap)
        if own or of or _HAS_NEEDS.fullmatch(gap):
            yield from ((one, needed, "depends_on") for needed in listed(text, mentions, index + 1))


def _stopping(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "without A, B cannot start", "B cannot start without A", "an outage of A takes down B and C"."""
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap, before = words_between(text, one, other), words_before(text, one)
        after = " ".join(t.text for t in text.tokens[other.last : other.last + 3])
        goes_on = _FAILS.match(after) or (gap.startswith(",") and _does(after))
        if _WITHOUT.search(before) and set(gap.split()) <= _ARTICLES and goes_on:
            yield other, one, "depends_on"
        elif _FAILS_WITHOUT.fullmatch(gap):
            yield one, other, "depends_on"
        elif _OUTAGE.search(before) and _TAKES_DOWN.fullmatch(gap):
            yield from ((hit, one, "depends_on") for hit in listed(text, mentions, index + 1))


def _does(after: str) -> bool:
    """Return whether words begin with a verb in the third person: "without Redis, the gateway *counts* in memory"."""
    verb = lexicon().get(after.partition(" ")[0].lower())
    return verb is not None and verb.third


def _calling(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "billing's calls to Stripe are retried" and "checkout with the help of billing"."""
    for one, other in pairwise(mentions):
        gap = words_between(text, one, other)
        if owns(text, one) and (found := _HIS_CALLS.fullmatch(gap)):
            what = found["what"].lower()
            yield one, other, "reads" if what in _READS else "writes" if what in _WRITES else "calls"
        elif _WITH_HELP.fullmatch(gap) and other.kind() != "actor":
            yield one, other, "calls"


def _reacting(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "the notifier reacts to events on Kafka", "starts when a file lands in S3", "events on Kafka wake up the notifier"."""
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap = words_between(text, one, other)
        woken = one.kind() not in MESSAGING | STORES and _WOKEN.fullmatch(gap)
        if woken and other.kind() in MESSAGING | STORES:
            kind = "consumes" if other.kind() in MESSAGING else "reads"
            yield from ((who, other, kind) for who in joined(text, mentions, one))
        elif other.kind() in MESSAGING and one.kind() not in MESSAGING | STORES:
            if _REACTS.fullmatch(gap) or _HEARS.fullmatch(gap):
                yield from ((who, other, "consumes") for who in joined(text, mentions, one))
        elif other.kind() in STORES and one.kind() not in MESSAGING | STORES and _TAILS.fullmatch(gap):
            yield one, other, "reads"
        elif one.kind() in STORES and _CHANGES.search(words_before(text, one)) and _CAPTURED.fullmatch(gap):
            yield from ((who, one, "reads") for who in listed(text, mentions, index + 1))
        elif (
            one.kind() in MESSAGING
            and other.kind() not in MESSAGING | STORES | {"actor"}
            and _ON.search(words_before(text, one))
            and _WAKE.fullmatch(gap)
        ):
            yield from ((who, one, "consumes") for who in listed(text, mentions, index + 1))


def _keeping(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "billing's data lives in Postgres", "Postgres holds the orders of billing", "S3 is where billing puts its files"."""
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap = words_between(text, one, other)
        third = mentions[index + 2] if index + 2 < len(mentions) and other.bare else None
        kept = other if third is None else third
        if kept.kind() in STORES and owns(text, one) and _DATA_IN.fullmatch(words_between(text, one, kept)):
            yield one, kept, "calls"
        elif one.kind() not in STORES | MESSAGING or other.kind() in STORES | MESSAGING:
            continue
        elif _HOLDS.fullmatch(gap) or (_HOLDS_WHAT.fullmatch(gap) and other.last < len(text.tokens)):
            yield from ((user, one, "calls") for user in listed(text, mentions, index + 1))
        elif _WHERE.fullmatch(gap) and other.last < len(text.tokens):
            verb = lexicon().get(text.tokens[other.last].lower)
            if verb is not None:
                yield other, one, flow_of(verb.base, "in") or flow_of(verb.base, "from") or "calls"


def _joining(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "the indexer bridges Kafka and Elasticsearch", "in front of A sits B", "A lets B know about …"."""
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap = words_between(text, one, other)
        third = mentions[index + 2] if index + 2 < len(mentions) else None
        if (
            third is not None
            and one.kind() not in STORES | MESSAGING
            and other.kind() in STORES | MESSAGING | {"external_service"}
            and third.kind() in STORES | MESSAGING | {"external_service"}
            and _JOINS.fullmatch(gap)
            and _TOGETHER.fullmatch(words_between(text, other, third))
        ):
            yield from ((one, end, "calls") for end in (other, third))
        elif _FRONT.search(words_before(text, one)) and _STANDS.fullmatch(gap) and other.kind() not in STORES:
            yield other, one, "routes"
        elif (
            _KNOW.fullmatch(gap) and other.last < len(text.tokens) and text.tokens[other.last].lower == "know"
        ):
            yield one, other, "calls"
