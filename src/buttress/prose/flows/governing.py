"""Which verb governs a name, and by which preposition: "sends the events to *Kafka*", "uses Twilio for text messages and *SendGrid* for mail"."""

from __future__ import annotations

import re

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.facts.quantities import NUMBERS
from buttress.prose.flows.series import Series
from buttress.prose.flows.voice import BE
from buttress.prose.mentions.nouns import HOLDERS
from buttress.prose.mentions.spelling import Mention
from buttress.prose.verbs import flow_verbs
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS

_BARRIERS = frozenset(";:")
_GOES_ON = frozenset((",", "and", "but", "while"))
_ENDS_COUNT = frozenset((".", ",", ";", "and", "but", "while"))
_REACH = 14  # words between a verb and what it governs
_PARTS = frozenset(
    """
        instance instances set list cluster copy pool group part one each all most many number fleet replica replicas contents content location address endpoint
    """.split()
)
# "monitors the health of the gateway": who minds the state of another asks it.
_STATE_OF = "state of"
_STATES = frozenset("state states status health lifecycle availability".split())
_MINDING = frozenset("manage monitor check control watch track observe query poll supervise".split())
_OUT = frozenset("out content contents data rows records entries messages state".split())  # "reads it out of"
_OWN = frozenset("own dedicated separate private embedded small local single".split())
_DESCRIBING = frozenset("for of about per under like without behind at outside inside".split())
_SHUNS = frozenset(
    "avoid avoids avoided avoiding refrain refrains refraining prevents forbids prohibits".split()
)
_NOBODY = frozenset("neither none nobody nothing no".split())
_NOTHING = frozenset("nothing none anything nobody all".split())
_NOT_BY = re.compile(
    r"\b(?:instead of|rather than|without) \w+ing(?: \w+){0,2} to$"
)  # "instead of learning how to use"
_AUXILIARIES = frozenset("can will must may should would could also then always only".split())
# Another clause begins with them: with those who, when a finite verb follows.
_WHO = frozenset(("we", "you", "they", "there", "it"))
_ANEW = frozenset(("it's", "it’s", "that's", "that’s", "there's", "they're", "we're", "you're"))
_ELSEWHERE = frozenset("which who while whereas but because when if so where unless whether".split())


class Governed(Series):
    """A clause, and for each mention in it the verb that it is the object of."""

    def _governor(self, index: int) -> tuple[int, str] | None:
        """Return the verb that governs a mention and the preposition before it; lists share those of their first part."""
        target = self.mentions[index]
        if self._opens_clause(target) or self._only_counted(target):
            return None
        for earlier in range(index - 1, max(-1, index - 3), -1):
            if self._for_another(self.mentions[earlier], target):
                return self._governor(earlier)
        n = target.first - 1
        preposition = ""
        gap = 0
        while n >= 0:
            token = self.tokens[n]
            if (
                token.text in _BARRIERS
                and n > 1
                and not (token.text == ":" and self._only_listed(n + 1, target.first))
            ):
                return None
            if self.depth[n] > self.depth[target.first] or n in self.particles:
                n -= 1
                continue
            if n in self.verbs and self._only_names(n, target):
                n -= 1
                continue
            if n in self.verbs:
                if self.verbs[n].base in ("be", "do") or (
                    self.verbs[n].base == "have" and preposition != "to" and not self._owned(n, target)
                ):
                    return None
                if preposition == _STATE_OF:
                    return (n, "") if self.verbs[n].base in _MINDING else None
                return n, preposition
            if token.lower in PREPOSITIONS and not preposition:
                preposition = token.lower
                if preposition == "of" and self.tokens[n - 1].lower in _STATES:
                    preposition = _STATE_OF
                    n -= 1
                    continue
                if preposition in _DESCRIBING:
                    if preposition == "of" and self.tokens[n - 1].lower in _OUT:
                        preposition = "from"
                    elif preposition in ("at", "behind", "of", "inside"):
                        preposition = "" if preposition == "of" and self._noun_between(n) else "-"
                    else:
                        return None
            elif (
                token.lower in PREPOSITIONS
                and token.lower != preposition
                and gap > 0
                and preposition not in ("to", "from", "via", "through", "by", "in", "into", "on", "with")
                and (preposition, token.lower) != ("against", "by")
            ):
                return None
            if token.lower == "as" and any(t.lower == "same" for t in self.tokens[max(0, n - 4) : n]):
                return None  # "uses the same API as the app"
            if token.lower in _ANEW or (token.lower in _WHO and self._finite(n + 1)):
                return None  # "if required, it's a job …"
            if token.lower == "but" and n and self.tokens[n - 1].lower in _NOTHING:
                n -= 1  # "depends on nothing but Kafka"
                continue
            if token.lower in _ELSEWHERE or (token.lower == "that" and not self._points(n)):
                return None
            if token.lower in HOLDERS and preposition in ("in", "on", "within", "-") and gap <= 3:
                preposition = ""  # "subscribes to the orders topic in Kafka"
            gap += 1
            if gap > _REACH:
                return None
            n -= 1
        return None

    def _finite(self, n: int) -> bool:
        """Return whether the word at `n` is a finite verb, behind adverbs and auxiliaries."""
        while n < len(self.tokens) and (
            self.tokens[n].lower.endswith("ly") or self.tokens[n].lower in _AUXILIARIES
        ):
            n += 1
        verb = self.verbs.get(n)
        return verb is not None and not verb.gerund

    def _opens_clause(self, target: Mention) -> bool:
        """Return whether another clause begins with a mention: "publishes to Kafka and the indexer consumes from it"."""
        verb = self.verbs.get(target.last)
        finite = verb is not None and (verb.base in ("be", "have", "do") or verb.third)
        if not finite:
            return False
        relative = (target.first - 1) in self.at and self.tokens[target.last - 1].lower.isalpha()
        return relative or self.tokens[self._before_name(target)].lower in ("and", ",", "while", "but")

    def _for_another(self, earlier: Mention, target: Mention) -> bool:
        """Return whether a mention goes on a list whose parts say what each is for: "uses Twilio for SMS and SendGrid for mail"."""
        words = [t.lower for t in self.tokens[earlier.last : target.first] if t.lower not in DETERMINERS]
        return (
            3 <= len(words) <= 7
            and words[0] in ("for", "as")
            and words[-1] in ("and", ",")
            and not any(k in self.verbs for k in range(earlier.last, target.first))
        )

    def _owned(self, n: int, target: Mention) -> bool:
        """Return whether the verb at `n` says whose store a mention is: "has its own MongoDB database"."""
        between = [t.lower for t in self.tokens[n + 1 : target.first]]
        own = not between or all(w in DETERMINERS or w in PALE or w in _OWN for w in between)
        return own and target.kind() in STORES | MESSAGING

    def _only_names(self, n: int, target: Mention) -> bool:
        """Return whether a participle says how something is called: "forwards it to a component called `router`"."""
        verb, before = self.verbs[n], self.tokens[n - 1] if n else None
        signs = all(not t.is_word for t in self.tokens[n + 1 : target.first])
        return (
            verb.base in ("call", "name", "know")
            and verb.participle
            and signs
            and before is not None
            and before.is_word
            and not self._passive(n)
        )

    def _points(self, n: int) -> bool:
        """Return whether "that" points at what a verb acts upon: "sends that information to the CA"."""
        return (n - 1) in self.verbs and self.verbs[n - 1].base in flow_verbs() and (n + 1) not in self.at

    def _only_listed(self, start: int, end: int) -> bool:
        """Return whether nothing but names stands between a colon and a name: "the other services: A (for x), B and C"."""
        return all(
            k in self.at
            or self.depth[k] > self.depth[start - 1]
            or self.tokens[k].text in ",)"
            or self.tokens[k].lower in ("and", "or")
            or self.tokens[k].lower in DETERMINERS
            for k in range(start, end)
        )

    def _noun_between(self, n: int) -> bool:
        """Return whether "of" belongs to a word for a part or a group: "an instance of", "a set of"."""
        return n > 0 and self.tokens[n - 1].lower in _PARTS

    def _no_longer(self, n: int) -> bool:
        """Return whether the verb at `n` tells of former times: "used to call Stripe", but not "is used to call Stripe"."""
        before = [t.lower for t in self.tokens[max(0, n - 3) : n]]
        return before[-2:] == ["used", "to"] and before[0] not in BE

    def _only_counted(self, target: Mention) -> bool:
        """Return whether a list goes on with a mention and its count alone: "runs four replicas and *the mailer* just one"."""
        behind = [t.lower for t in self.tokens[target.last : target.last + 3]]
        count = behind[1:] if behind[:1] in (["just"], ["only"]) else behind
        counted = (
            bool(count)
            and (count[0] in NUMBERS or count[0].isdecimal())
            and _ENDS_COUNT.issuperset(count[1:2])
        )
        return counted and self.tokens[self._before_article(target)].lower in _GOES_ON

    def _of_none(self, n: int) -> bool:
        """Return whether the verb at `n` says what nothing does: "there is no driver that connects Nova to …"."""
        k = n - 1
        if k < 2 or self.tokens[k].lower not in ("that", "which", "to"):
            return False
        words = [self.tokens[j].lower for j in range(max(0, k - 4), k)]
        for j, word in enumerate(words):
            if word == "no" and not any(w in PREPOSITIONS or w == "," for w in words[j:]):
                return j == 0 or words[j - 1] in BE or words[j - 1] in ("have", "has")
        return False

    def _negated(self, n: int) -> bool:
        """Return whether the verb at `n` is denied: by a word right before it, or by one that it depends on ("we avoid ...")."""
        before = " ".join(t.lower for t in self.tokens[max(0, n - 4) : n])
        if before.endswith(("not only", "not just")):
            return False
        if re.search(
            r"(?:\b(?:not|never|cannot|no longer|without|instead of|rather than|avoid|nor|neither)\b|n't)(?: \w+){0,2}$",
            before,
        ):
            return True
        if _NOT_BY.search(" ".join(t.lower for t in self.tokens[max(0, n - 7) : n])) or self._of_none(n):
            return True
        start = self._clause_start(n)
        if self.tokens[start].lower in _NOBODY and not any(
            t.lower in ("but", "except", "besides", "other") for t in self.tokens[start:n]
        ):
            return True  # "Neither the app nor the worker talks to …"
        for k in range(n - 1, max(-1, n - _REACH), -1):
            token = self.tokens[k]
            if token.lower in _SHUNS:
                return True
            if token.lower in _ELSEWHERE or token.text in ",;:" or token.lower == "by":
                return False
        return False
