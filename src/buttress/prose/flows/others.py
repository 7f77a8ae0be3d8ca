"""Whether somebody other than those that a text names acts in a clause: "we", "everybody else", a noun that is no part."""

from __future__ import annotations

import re
from itertools import takewhile

from buttress.prose.flows.charged import Charged
from buttress.prose.flows.voice import BE
from buttress.prose.mentions.nouns import MOVED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PREPOSITIONS, PRONOUNS, STOP

_DEFINITE = frozenset("the a an our its their this that each every".split())
_EVERYBODY = frozenset("everybody everyone everything others anyone anybody".split())
_WHOEVER = frozenset("we you i one let us".split())
_ALREADY = frozenset("it they we you".split())
_SUBORDINATE = frozenset(
    "if when whenever while once after before as since because although though unless until".split()
)
_DONE = frozenset(
    "authentication authorization authorisation storage persistence logging monitoring search caching scheduling messaging billing persistency".split()
)
_WAYS = frozenset("way workflow approach idea default practice setup".split())
AUXILIARY = frozenset("can will must should may also then first finally to and is are be not or".split())


class Others(Charged):
    """A clause, and whether somebody who is no mention acts in it."""

    def _other_subject(self, n: int) -> bool:
        """Return whether someone who is no component acts: "we", "you", or a noun of another kind before the first verb.

        Where a clause begins with a verb ("runs a job for importing …") nobody else is named: what stands behind it is
        its object.
        """
        start = self._clause_start(n)
        words = [(k, self.tokens[k]) for k in range(start, n) if self.tokens[k].is_word]
        if any(re.split("['’]", t.lower)[0] in _WHOEVER for _, t in words):
            return True
        if any(t.lower in PRONOUNS for _, t in words):
            return False
        before = [t.lower for _, t in takewhile(lambda w: w[0] not in self.verbs, words)]
        if (
            self.tokens[n - 1].lower == "to"
            and self.tokens[n - 2].lower in BE
            and _WAYS.intersection(before[-1:])
        ):
            return False  # "the usual way is to send it to …"
        if before and set(before) <= _DONE | DETERMINERS | AUXILIARY | {"of", "users", "user"}:
            return False  # "Authentication is based on Keycloak"
        return any(w not in AUXILIARY and not w.endswith("ly") and w not in lexicon() for w in before)

    def _of_what_was_said(self, n: int) -> bool:
        """Return whether a clause begins with a "this" that is no noun's: what was said before, not who was spoken of: "*This* tells the hub to …"."""
        start = self._clause_start(n)
        after = self.tokens[start + 1].lower if start + 1 < len(self.tokens) else ""
        return self.tokens[start].lower in ("this", "that") and (
            start + 1 in self.verbs or after in AUXILIARY
        )

    def _of_requests(self, n: int) -> bool:
        """Return whether what is spoken of only moves: "Requests are routed to …", "Anything else is sent to …"."""
        words = [t.lower for t in self.tokens[self._clause_start(n) : n] if t.is_word]
        return bool(words) and any(w in MOVED or w in ("anything", "everything") for w in words[:4])

    def _everybody_else(self, n: int) -> bool:
        """Return whether the clause of a verb is about those who aren't named: "…; everybody else goes through its API"."""
        words = [t.lower for t in self.tokens[self._clause_start(n) : n] if t.is_word]
        return any(w in _EVERYBODY for w in words[:3]) and not PRONOUNS.intersection(words)

    def _main_clause(self, n: int) -> int:
        """Return the place of the comma that ends the clause which opens a sentence: "When Billing fails, the app …", 0 without one."""
        if self.tokens[0].lower not in _SUBORDINATE:
            return 0
        commas = [k for k in range(1, n) if self.tokens[k].text == "," and not self.depth[k]]
        return next((k for k in commas if any(j < k and not self.verbs[j].gerund for j in self.verbs)), 0)

    def _opened_before(self, mention: Mention, n: int) -> bool:
        """Return whether a mention is of the clause that opens the sentence, and another acts by the verb at `n`: "If Billing fails, *the caller* polls …"."""
        comma = self._main_clause(n)
        if comma < mention.last:
            return False
        own = list(takewhile(lambda k: k not in self.verbs, range(comma + 1, n)))
        return bool(own) and self.tokens[own[0]].lower in _DEFINITE and self._other_subject_in(own)

    def _other_subject_in(self, places: list[int]) -> bool:
        """Return whether a noun that is no mention stands among these words, and no pronoun."""
        words = [self.tokens[k].lower for k in places if self.tokens[k].is_word]
        if PRONOUNS.intersection(words) or any(k in self.at for k in places):
            return False
        return any(
            w not in STOP and w not in DETERMINERS and w not in AUXILIARY and not w.endswith("ly")
            for w in words
        )

    def _done_by_a_noun(self, n: int) -> bool:
        """Return whether a relative clause is about a noun behind a preposition that is no mention: "a proxy on each *machine* that runs Billing"."""
        k = self._before_adverbs(n)
        while k > 0 and self.tokens[k].lower in AUXILIARY:
            k -= 1
        if k < 3 or self.tokens[k].lower not in ("that", "which", "who"):
            return False
        start = k - 1
        if start in self.at or not self.tokens[start].is_word or self.tokens[start].lower in STOP | PRONOUNS:
            return False
        while start > 0 and k - start < 5 and self.tokens[start].is_word and start not in self.verbs:
            if self.tokens[start].lower in PREPOSITIONS:
                return self.tokens[start].lower != "of"
            if start in self.at:
                return False
            start -= 1
        return False

    def _acted_since(self, mention: Mention, n: int) -> bool:
        """Return whether another acts between a mention and `n`: "when a note comes from *Kafka*, it compares … kept in"."""
        return any(
            self.tokens[k - 1].lower in _ALREADY
            or (self.tokens[k - 2].lower in _ALREADY and self.tokens[k - 1].lower in AUXILIARY)
            for k in range(mention.last + 2, n)
            if k in self.verbs and not self.verbs[k].participle and not self.verbs[k].gerund
        )
