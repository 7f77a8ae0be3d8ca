"""Who moves what: "the job copies rows from PostgreSQL to BigQuery" reads one and writes the other; "… and the indexer consumes from it"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.flows.actors import Actors
from buttress.prose.flows.between import Pair
from buttress.prose.flows.constructions import listed
from buttress.prose.flows.voice import BE
from buttress.prose.mentions.nouns import MOVED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.verbs import flow_of
from buttress.prose.words import DETERMINERS, GENITIVE, PALE, PREPOSITIONS

_MOVES = frozenset(
    """
        copy move transfer replicate migrate sync synchronise synchronize stream ship load import export mirror push pipe forward relay pull fetch download
        upload extract transport shovel pump archive send convert transform backup carry bring deliver aggregate dump
    """.split()
)
_SENDING = frozenset(
    "send publish produce emit issue make submit post push create generate upload deliver enqueue queue schedule start put write raise".split()
)
_TAKING_UP = frozenset(
    "pick process consume handle execute run take work receive perform read deliver forward dequeue poll pull fetch".split()
)
_MAKING = frozenset(("produce", "publish", "emit"))
_REFERRING = frozenset("it them these this".split())
_HEEDING = frozenset("listen subscribe react respond wait".split())
_MESSAGES = frozenset("event events message messages job jobs task tasks notification notifications".split())
_OFFERING = frozenset(("expose", "provide", "offer", "serve"))
_USING = frozenset("use read call query access fetch consume scrape poll".split())
_ARRIVING = frozenset("come arrive originate".split())
_TAKES = frozenset("receive accept take handle process consume get".split())
_ANSWERS = frozenset("handle process serve answer respond reply react authenticate validate get take".split())
_CALLBACKS = frozenset("callbacks callback webhooks webhook hooks requests".split())
_NOTES = frozenset(
    "alert alerts incident incidents ticket tickets issue issues message messages notification notifications job jobs build builds call calls".split()
)
_REPORTING = frozenset("report push post upload publish sync notify write call submit".split())
_REPLIES = frozenset("response responses reply replies answer answers".split())
_ASKED = frozenset("access call use invoke trigger hit query reach contact request".split())
_REQUEST = re.compile(
    r"(?:requests?|calls?|webhooks?|callbacks?|uploads?|connections?|traffic|commands?|orders?|queries|pushes|hooks?|posts?)",
    re.IGNORECASE,
)


class Moving(Actors):
    """A clause and the flows of what moves in it."""

    def moved(self) -> tuple[list[Pair], set[tuple[int, int]]]:
        """Return what somebody reads and writes who moves things "from A to B", and the ids of the ends between which things are moved.

        A store sends nothing by itself: nothing is returned where nobody is said to move what moves.
        """
        out: list[Pair] = []
        ends: set[tuple[int, int]] = set()
        for one, other in pairwise(self.mentions):
            verb = self._moving(one, other)
            if verb is None:
                continue
            passive = self.verbs[verb].participle and self._passive(verb)
            movers = self._agents_behind(other) if passive else self._subjects(verb)
            movers = [m for m in movers if m not in (one, other)]
            for mover in movers:
                out += [(mover, one, "reads"), (mover, other, "writes")]
            if movers or one.kind() in STORES:
                ends.add((id(one), id(other)))
        return out, ends

    def _moving(self, one: Mention, other: Mention) -> int | None:
        """Return the verb of "moves … from one to the other" and of "what comes from one is moved to the other"."""
        n = self._before_name(one)
        out_of = n > 1 and self.tokens[n].lower == "of" and self.tokens[n - 1].lower == "out"
        if n < 1 or not (out_of or self.tokens[n].lower == "from"):
            return None
        gap = [
            k
            for k in range(one.last, other.first)
            if self.tokens[k].lower not in DETERMINERS | PALE and not self.tokens[k].lower.endswith("ly")
        ]
        if not gap or self.tokens[gap[-1]].lower not in ("to", "into", "onto"):
            return None
        if len(gap) == 1:
            verb = next((k for k in range(n - 1, max(-1, n - 9), -1) if k in self.verbs), None)
        else:
            verb = gap[-2] if gap[-2] in self.verbs and self._passive(gap[-2]) else None
        return verb if verb is not None and self.verbs[verb].base in _MOVES else None

    def referring(self) -> Iterator[Pair]:
        """Yield the flows to what "it" stands for: the store or broker named before who acts, "and the indexer consumes from it".

        Where nothing is named before, it is whom the text speaks of: "The storage writes to it every time".
        """
        if self.broker is not None and not any(m.kind() in MESSAGING for m in self.mentions):
            taking = list(self._taking(self.broker))
            yield from taking
            if taking:
                return
        for n, verb in self.verbs.items():
            after = [t.lower for t in self.tokens[n + 1 : n + 6]]
            k = next((k for k, word in enumerate(after) if word in ("it", "them")), None)
            actor = self.at.get(self._before_adverbs(n))
            if k is None or actor is None or verb.participle:
                continue
            preposition = after[k - 1] if k else ""
            kind = flow_of(verb.base, preposition) if preposition in PREPOSITIONS or not k else None
            if kind is None:
                continue
            before = [m for m in self.mentions if m.last <= actor.first]
            named = [m for m in before if m.kind() in STORES | MESSAGING]
            if named and k:
                yield actor, named[-1], kind
            elif named and named[-1] is before[-1] and kind in ("reads", "writes", "consumes"):
                yield from ((who, named[-1], kind) for who in self._subjects(n) if who is not named[-1])
            elif not before and self.subject is not None and self._spoken_of(self.subject, actor):
                yield actor, self.subject, kind

    def _taking(self, broker: Mention) -> Iterator[Pair]:
        """Yield the flows of who takes or makes the messages of the sentence before: "The notifier picks it up", "They are consumed by …"."""
        for n, verb in self.verbs.items():
            if verb.base not in _TAKING_UP | _MAKING | _HEEDING or verb.gerund:
                continue
            kind = "publishes" if verb.base in _MAKING else "consumes"
            passive = verb.participle and self._passive(n)
            k = n - 1 if passive else n + 1 + ((n + 1) in self.particles)
            while passive and k > 0 and (self.tokens[k].lower in BE or self.tokens[k].lower.endswith("ly")):
                k -= 1
            heeded = k < len(self.tokens) and self.tokens[k].lower in ("for", "to", "on", "upon")
            if verb.base in _HEEDING and (passive or not heeded):
                continue
            k += verb.base in _HEEDING  # "listens for the event"
            while not passive and k < len(self.tokens) and self.tokens[k].lower in DETERMINERS:
                k += 1
            if k + 1 < len(self.tokens) and k not in self.at and self.tokens[k + 1].lower in _MESSAGES:
                k += not passive  # "consumes the OrderPlaced event"
            thing = self.tokens[k] if k < len(self.tokens) else None
            if thing is None or k in self.at or not (thing.lower in _REFERRING or thing.lower in _MESSAGES):
                continue
            if not passive:
                actors = self._subjects(n)
            elif n + 1 < len(self.tokens) and self.tokens[n + 1].lower == "by":
                first = next((i for i, m in enumerate(self.mentions) if n < m.first <= n + 3), None)
                actors = listed(self.text, self.mentions, first) if first is not None else []
            else:
                actors = []
            yield from ((a, broker, kind) for a in actors if a.key != broker.key and a is not self.subject)

    @staticmethod
    def _spoken_of(one: Mention, actor: Mention) -> bool:
        """Return whether a sentence with this subject may say "it" of the one that the text speaks of."""
        return one.kind() != "actor" and one.meant().key != actor.meant().key

    def handed(self, n: int, taker: Mention) -> list[Pair]:
        """Return the flows of "enqueues a task that is picked up by the worker" and "accepts orders sent by the shop"; `n`: the participle."""
        earlier = self._earlier(n)
        if earlier is None or any(m.first > earlier and m.last <= n for m in self.mentions):
            return []
        base, first = self.verbs[n].base, self.verbs[earlier].base
        if first in _SENDING and base in _TAKING_UP:
            return [(s, taker, "calls") for s in self._subjects(earlier) if s is not taker]
        if first in _OFFERING and base in _USING:
            return [(taker, s, "calls") for s in self._subjects(earlier) if s is not taker]
        if first in _TAKES and base in _SENDING:
            return [(taker, s, "calls") for s in self._subjects(earlier) if s is not taker]
        return []

    def sent_on(self, n: int) -> Mention | None:
        """Return the broker on which somebody waits for what is sent: "watches the queue for events *sent* by …"; `n`: the participle."""
        if self.verbs[n].base not in _SENDING or self.tokens[n - 1].lower not in MOVED:
            return None
        k = n - 2
        while k > 0 and (self.tokens[k].lower in DETERMINERS or self.tokens[k].lower in PALE):
            k -= 1
        found = self.at.get(k - 1) if k > 0 and self.tokens[k].lower == "for" else None
        return found if found is not None and found.kind() in MESSAGING else None

    def arriving(self, n: int, sender: Mention) -> list[Pair]:
        """Return the flows of "handles refunds coming from the shop"; `n`: the gerund."""
        earlier = self._earlier(n) if self.verbs[n].gerund and self.verbs[n].base in _ARRIVING else None
        if earlier is None or self.verbs[earlier].base not in _TAKES | _ANSWERS:
            return []
        return [(sender, s, "calls") for s in self._subjects(earlier) if s is not sender]

    def by_message(self, n: int, target: Mention) -> list[tuple[Mention, Mention]]:
        """Return who calls whom in "handles all Stripe webhooks" and "raises a PagerDuty alert"; `n`: the verb."""
        message = self.tokens[target.last].lower if target.last < len(self.tokens) else ""
        base = self.verbs[n].base
        if not target.aside or target.role is not None or message.endswith(GENITIVE):
            return []
        if base in _ANSWERS | _TAKES and message in _CALLBACKS:
            return [(target, s) for s in self._subjects(n) if s is not target]
        if base in _SENDING | {"trigger", "fire", "open", "file"} and message in _NOTES:
            return [(s, target) for s in self._subjects(n) if s is not target]
        return []

    def _answers(self, n: int, target: Mention) -> bool:
        """Return whether what a verb sends is an answer: "sends that response back to the router".

        Who takes work from a queue has nobody to answer: what it sends back is sent.
        """
        between = [t.lower for t in self.tokens[n + 1 : target.first]]
        back = (
            "back" in between
            and target.kind() not in STORES | MESSAGING
            and self.verbs[n].base not in _REPORTING
            and not any(m.kind() in MESSAGING and m.last <= n for m in self.mentions)
        )
        return back or any(w in _REPLIES for w in between)

    def called_from(self, n: int, caller: Mention) -> list[Pair]:
        """Return the flows of "the API is called from the workers" and "we access the API from the workers"; `n`: the verb."""
        if self.verbs[n].base not in _ASKED or caller.kind() in STORES | MESSAGING | {"actor"}:
            return []
        if self.verbs[n].participle and self._passive(n):
            called = self._subjects(n, passive=True)
        else:
            objects = [m for m in self.mentions if n < m.first and m.last < caller.first]
            called = objects if len(objects) == 1 and not self._subjects(n) else []
        return [(caller, m, "calls") for m in called if m is not caller]

    def _agent_before(self, n: int) -> Mention | None:
        """Return who acts in "logs are collected by the agent and sent to …"; `n`: the second participle."""
        if n < 2 or self.tokens[n - 1].lower != "and":
            return None
        k = n - 2
        while k > 0 and not self.tokens[k].is_word:
            k -= 1
        mention = self.at.get(k)
        if mention is None:
            return None
        return mention if self.tokens[self._before_article(mention)].lower == "by" else None

    def asked(self, n: int, target: Mention) -> bool:
        """Return whether the clause says that requests come from the target: "handles webhooks from Stripe"."""
        if self.verbs[n].base not in _ANSWERS:
            return False
        k = self._before_article(target)
        comes = self.tokens[k].lower == "from" and k - 1 > n
        return (
            comes
            and target.kind() not in STORES | MESSAGING
            and bool(_REQUEST.fullmatch(self.tokens[k - 1].lower))
        )

    def _earlier(self, n: int) -> int | None:
        """Return the active verb whose object the participle at `n` describes: "gets the data stored in the cache"."""
        return next(
            (
                k
                for k in range(n - 1, max(-1, n - 8), -1)
                if k in self.verbs
                and not self.verbs[k].participle
                and self.verbs[k].base not in ("be", "have")
            ),
            None,
        )

    def _agent_between(self, n: int, target: Mention) -> Mention | None:
        """Return who acts in "metrics are scraped by the agent from the target"."""
        for mention in self.mentions:
            named = n < mention.first and mention.last <= target.first
            if named and self.tokens[self._before_article(mention)].lower == "by":
                return mention
        return None

    def _agents_behind(self, target: Mention) -> list[Mention]:
        """Return who acts in "X is sent to the target by the agent"."""
        for k in range(target.last, min(len(self.tokens), target.last + 3)):
            if k in self.verbs:
                break  # "queued in Kafka, processed by Flink"
            if self.tokens[k].lower == "by":
                first = next(
                    (n for n, m in enumerate(self.mentions) if m.first > k and m.first - k <= 3), None
                )
                return listed(self.text, self.mentions, first) if first is not None else []
        return []
