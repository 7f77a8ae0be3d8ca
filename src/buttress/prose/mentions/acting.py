"""Nouns that act: what a text again and again makes the subject of a verb that only something running can do.

"The sidecar uploads blocks", "each poller asks for work": in-house names have no role word, no technology and no capital, but they do things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from buttress.names import singular
from buttress.prose.text import Sentence, Token
from buttress.prose.verbs import flow_verbs, lexicon
from buttress.prose.words import DETERMINERS, PREPOSITIONS, STOP

_ALSO = frozenset(
    """
        advertise implement expose serve handle process generate create delete manage validate verify parse render respond return retry
        schedule track aggregate transform discover spawn buffer batch deduplicate authenticate authorize authorise encrypt decrypt sign
        evaluate execute compute calculate collect accept receive listen wait start stop restart crash scale watch react
    """.split()
)
# Subjects of such verbs that are no parts of a running system.
NEVER = frozenset(
    """
        request response message event data query test document documentation section page code file method function class field table
        column row url uri link version change approach design team company project option endpoint hash token key value parameter header
        cookie algorithm solution step diagram figure example line text word name list item entry record result error exception payload
        body schema type kind format object property attribute variable setting config configuration flag command argument script commit
        branch build release issue ticket proposal feature case scenario flow pattern rule policy decision requirement practice problem
        reason goal idea concept model view state status transaction session user people person someone everyone anyone nobody author
        reader customer developer engineer maintainer operator operators admin administrator reviewer contributor team organization
        organisation business market industry community law regulation standard specification protocol time day week month year second
        minute hour number count total amount size rate limit share percentage cost price money thing stuff way part piece rest everything
        something anything nothing one other another both all none many most more work action operation activity call use usage access
        process task job thread connection lock timeout retry deployment instance replica node copy environment migration upgrade update
        network traffic load latency throughput performance security availability failure outage incident bug fix patch advantage
        disadvantage drawback benefit downside upside consequence alternative this that it they which who article blog book paper tweet
        block chunk index partition offset order product item book photo image video picture html json xml yaml metric log trace alert
        component subcomponent module submodule subsystem element unit layer
    """.split()
)
_BETWEEN = frozenset(
    "will can then also always only first periodically continuously automatically never simply just".split()
)


def acting(texts: Sequence[Sentence]) -> Counter[str]:
    """Return how often each noun (singular, lower case) is the subject of a verb that only something running can do.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> told = "The sidecar uploads blocks. Each sidecar watches its Prometheus. The request fails."
    >>> acting(sentences([Passage("a.md", 1, 1, "prose", told)]))
    Counter({'sidecar': 2})
    """
    found: Counter[str] = Counter()
    for text in texts:
        if text.passage.form not in ("prose", "list"):
            continue
        tokens = text.tokens
        for n in range(1, len(tokens)):
            if not _acts(tokens, n):
                continue
            k = n - 1
            while k > 0 and tokens[k].lower in _BETWEEN:
                k -= 1
            word = singular(tokens[k].lower)
            if _is_noun(tokens[k]) and word not in NEVER and _begins(tokens, k):
                found[word] += 1
    return found


def _acts(tokens: Sequence[Token], n: int) -> bool:
    """Return whether the word is a finite verb of doing, in the third person or behind a modal."""
    lower = tokens[n].lower
    verb = lexicon().get(lower)
    if verb is None or verb.gerund or tokens[n].text[0].isupper():
        return False
    if verb.base not in flow_verbs() and verb.base not in _ALSO:
        return False
    before = tokens[n - 1].lower
    third = lower.endswith("s") and not verb.plain
    return (
        third
        or before in ("will", "can", "must")
        or (verb.plain and before.endswith("s") and _is_noun(tokens[n - 1]))
    )


def _is_noun(token: Token) -> bool:
    lower = token.lower
    return (
        token.is_word
        and len(lower) > 2
        and lower not in STOP
        and lower not in DETERMINERS
        and lower not in PREPOSITIONS
        and lower not in lexicon()
        and not lower.endswith("ly")
        and not lower[0].isdigit()
    )


def _begins(tokens: Sequence[Token], k: int) -> bool:
    """Return whether the noun phrase that ends at `k` begins with a determiner or the sentence, not behind a preposition."""
    start = k
    while start > 0 and k - start < 3:
        before = tokens[start - 1]
        if before.lower in DETERMINERS:
            return (
                start < 2
                or tokens[start - 2].lower not in PREPOSITIONS
                or tokens[start - 2].lower in ("that", "when", "where")
            )
        if before.text in (".", ",", ";", ":", "(") or before.lower in (
            "when",
            "then",
            "that",
            "where",
            "if",
            "and",
            "while",
            "once",
            "because",
        ):
            return True
        if not _is_noun(before):
            return False
        start -= 1
    return start == 0
