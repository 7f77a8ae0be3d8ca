"""Who acts in a sentence: its verbs, and for each verb the mention that is its subject, its sender or its agent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from buttress.prose.mentions.nouns import MOVED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import Verb, flow_verbs, lexicon
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, PRONOUNS, STOP
from buttress.vocabulary import load

_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "gets", "get", "got"])
# Words that are as often nouns as verbs: verbs only behind a modal, a pronoun or a name.
_NOUN_LIKE = frozenset(
    """
        request requests query queries call calls log logs work works run runs build builds use uses access update updates load stream
        record records place report reports process checks check need needs queue store cache result results index sync schedule stores flow flows
    """.split()
)
_OPEN, _CLOSED = frozenset("(["), frozenset(")]")
_LINKING = frozenset("be have get do help let keep stay remain become".split())
_AUXILIARY = frozenset("can will must should may also then first finally to and is are be not or".split())
_NEXT = frozenset("then first finally now next please simply just afterwards later again also ,".split())
_TAKING = frozenset(("receive", "accept", "take", "handle", "process"))
_VERB_AHEAD = frozenset("to will can should must may it they we and then which that also not or".split())


def _is_language(mention: Mention) -> bool:
    """Return whether a mention is what things are made of: it does nothing itself."""
    technology = load().technologies.get(mention.technology or "")
    return (
        mention.how == "technology"
        and technology is not None
        and technology.role in ("framework", "library")
        and technology.kind in ("other", "library_or_module")
    )


class Clause:
    """The words of one sentence with its mentions, its verbs and the depth of brackets; `subject` is who acts when nobody is named."""

    def __init__(self, text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> None:
        """Find the verbs among the words."""
        self.text = text
        self.tokens = text.tokens
        self.mentions = sorted(mentions, key=lambda m: m.first)
        self.subject = subject
        self.at: dict[int, Mention] = {n: m for m in self.mentions for n in range(m.first, m.last)}
        self.depth: list[int] = []
        level = 0
        for token in self.tokens:
            level += token.text in _OPEN
            self.depth.append(level)
            level -= token.text in _CLOSED
        self.verbs: dict[int, Verb] = {}
        forms = lexicon()
        for n, token in enumerate(self.tokens):
            verb = forms.get(token.lower)
            if verb is not None and n not in self.at and self._is_verb(n, verb):
                self.verbs[n] = verb

    def _is_verb(self, n: int, verb: Verb) -> bool:
        """Return whether a word that may be a verb is one here, not a noun ("a request", "the query")."""
        before = self.tokens[n - 1].lower if n else ""
        if verb.base in ("be", "do", "have"):
            return not (before in DETERMINERS and verb.participle)  # "the done queue"
        if before in ("both", "each", "all") and n - 2 in self.at:
            return True  # "the API and the worker both send …"
        if before in DETERMINERS and not verb.participle:
            return (
                before in ("this", "that", "these", "those", "which", "all", "both", "each")
                and not verb.plain
            )
        after = self.tokens[n + 1].lower if n + 1 < len(self.tokens) else ""
        if verb.base in ("read", "write") and after == "access":
            return False
        if verb.participle and before in DETERMINERS:
            return False
        if verb.plain and before in PREPOSITIONS and before != "to":
            return False
        if (
            not verb.participle
            and not verb.gerund
            and (n - 1) in self.verbs
            and self.verbs[n - 1].base not in ("be", "have", "do", "help", "let")
        ):
            return False  # the object of the verb before: "fetches archives", "sends requests"
        if (
            verb.participle
            and not verb.plain
            and (active := self.verbs.get(n - 1)) is not None
            and not (active.participle or active.gerund)
            and active.base not in _LINKING
        ):
            return False  # "reads aggregated numbers"
        if self.tokens[n].text[0].isupper() and n and after not in DETERMINERS:
            return False
        if self.tokens[n].lower in _NOUN_LIKE and (named := self.at.get(n - 1)) and self._acted_on(named):
            return False  # "accepts source runs"
        if (
            self.tokens[n].lower in _NOUN_LIKE
            and before not in _VERB_AHEAD
            and self._before_adverbs(n) not in self.at
            and not (after in DETERMINERS and (before in (",", "and") or before.endswith("ly")))
            and not (verb.base == "flow" and before in MOVED)
        ):
            return n == 0 and self.text.passage.form in ("list", "table")
        return True

    def _acted_on(self, mention: Mention) -> bool:
        """Return whether a mention is the object of an active verb right before it."""
        n = mention.first - 1
        while n > 0 and (self.tokens[n].lower in DETERMINERS or self.tokens[n].lower in PALE):
            n -= 1
        verb = self.verbs.get(n)
        return verb is not None and not verb.participle and verb.base in flow_verbs() | _TAKING

    def _before_adverbs(self, n: int) -> int:
        """Return the place of the word before `n` that is no adverb."""
        k = n - 1
        while k > 0 and (
            self.tokens[k].lower.endswith("ly")
            or self.tokens[k].lower in ("then", "also", "first", "always", "only")
        ):
            k -= 1
        return k

    def _passive(self, n: int) -> bool:
        for k in range(n - 1, max(-1, n - 4), -1):
            lower = self.tokens[k].lower
            if lower in _BE:
                return True
            if k in self.at or not (
                lower.endswith("ly")
                or lower
                in ("also", "then", "not", "only", "always", "first", "both", "all", "being", "be", "been")
            ):
                return False
        return False

    def _reduced(self, n: int) -> bool:
        """Return whether a participle stands right behind its noun: "a cache used by the gateway"."""
        k = n - 2 if n > 1 and self.tokens[n - 1].text == "," else n - 1
        return k in self.at or (
            n > 0
            and self.tokens[k].is_word
            and self.tokens[k].lower not in STOP
            and self.verbs[n].base not in ("read", "put", "run", "set")
        )

    def _of_another(self, n: int) -> bool:
        """Return whether the participle at `n` describes a noun that is no mention, itself or by "which are"."""
        k = self._before_adverbs(n)
        while k > 0 and (self.tokens[k].lower in _BE or self.tokens[k].lower in _AUXILIARY):
            k = self._before_adverbs(k)
        relative = self.tokens[k].lower in ("which", "that")
        if not relative and (self._passive(n) or self.tokens[n - 1].text == ","):
            return False
        verb = next((self.verbs[j] for j in range(k - 1, -1, -1) if j in self.verbs), None)
        if verb is not None and verb.base == "be":
            return False  # "it is a service used by the app"
        k -= relative
        while k > 0 and self.tokens[k].text in (",", ")"):
            k -= 1
        return (
            k >= 0
            and k not in self.at
            and self.tokens[k].is_word
            and self.tokens[k].lower not in STOP | PRONOUNS
        )

    def _senders(self, n: int) -> list[Mention]:
        """Return who acts when things are sent, stored or published: a component named before the verb with "from", else the carried one."""
        mover = self._mover(n)
        if mover is not None:
            return [mover]
        for mention in reversed([m for m in self.mentions if m.last <= n]):
            before = self.tokens[mention.first - 1].lower if mention.first else ""
            if before in ("from", "by") or (
                mention.first > 1
                and before in DETERMINERS
                and self.tokens[mention.first - 2].lower in ("from", "by")
            ):
                return [mention]
        return [self.subject] if self.subject is not None else []

    def _subjects(self, n: int, *, passive: bool = False) -> list[Mention]:
        """Return who acts by the verb at `n`: the free mention before it and those joined to it by "and"."""
        relative = self._antecedent(n)
        if relative is not None:
            return [relative]
        if self._commanded(n):
            return []
        mover = self._mover(n)
        if mover is not None:
            return [mover]
        infinitive = (n > 0 and self.tokens[n - 1].lower == "to") or self.verbs[n].gerund
        before = [
            m for m in self.mentions if m.last <= n and not m.aside and self.depth[m.first] <= self.depth[n]
        ]
        free = [m for m in before if not self._governed(m) and not _is_language(m)]
        chosen: Mention | None = None
        if infinitive and free:
            chosen = free[0] if self._one_clause(free[0].last, n) else free[-1]
        elif free:
            chosen = free[-1]
            if self._crosses(chosen.last, n):
                chosen = next((m for m in reversed(free) if not self._crosses(m.last, n)), chosen)
        start = self._clause_start(n)
        pronoun = any(t.lower in ("it", "they") for t in self.tokens[start:n])
        if chosen is None or (pronoun and chosen.first < start):
            if chosen is None and self._other_subject(n):
                return self._instrument(n) if infinitive else []
            who = chosen if chosen is not None else self.subject
            return [who] if who is not None else []
        out = [chosen]
        index = self.mentions.index(chosen)
        while index > 0:
            earlier, later = self.mentions[index - 1], self.mentions[index]
            between = [t.lower for t in self.tokens[earlier.last : later.first]]
            if (
                between
                and all(w in ("and", "or", ",", "&", "/") or w in DETERMINERS for w in between)
                and any(w in ("and", "or", ",", "&", "/") for w in between)
            ):
                if between[0] == "," and between[-1] in ("a", "an") and self.tokens[later.last].text == ",":
                    out.remove(later)  # "the admin panel, a Django application, reads …"
                out.insert(0, earlier)
                index -= 1
            else:
                break
        return out

    def _instrument(self, n: int) -> list[Mention]:
        """Return what does the work in "we use Zuul to route requests to …"."""
        before = [m for m in self.mentions if m.last < n]
        used = next(
            (
                m
                for m in before
                if (v := self.verbs.get(self._before_name(m))) and v.base in ("use", "utilise")
            ),
            None,
        )
        return [used] if used is not None and not _is_language(used) else []

    def _before_article(self, mention: Mention) -> int:
        """Return the place of the word before a mention and its article."""
        n = mention.first - 1
        while n > 0 and self.tokens[n].lower in DETERMINERS:
            n -= 1
        return n

    def _before_name(self, mention: Mention) -> int:
        n = mention.first - 1
        while n > 0 and (self.tokens[n].lower in DETERMINERS or self.tokens[n].lower in PALE):
            n -= 1
        return n

    def _commanded(self, n: int) -> bool:
        """Return whether a sentence of running text tells its reader to do something: "Then make a call to …", "To fill the database, run …"."""
        if self.text.passage.form != "prose":
            return False
        start = 0
        if self.tokens[0].lower == "to":
            start = next((k + 1 for k, t in enumerate(self.tokens) if t.text == ","), 0)
        while start < len(self.tokens) and self.tokens[start].lower in _NEXT:
            start += 1
        if start == 0:
            return False  # a decision is written so too: "Store the sessions in Redis"
        verb = (
            lexicon().get(self.tokens[start].lower)
            if start < len(self.tokens) and start not in self.at
            else None
        )
        after = self.tokens[start + 1].lower if start + 1 < len(self.tokens) else ""
        return (
            n <= start
            and verb is not None
            and verb.plain
            and (after in DETERMINERS or (start + 1) in self.at)
        )

    def _antecedent(self, n: int) -> Mention | None:
        """Return whom a relative clause is about: "the gateway, which forwards them to …"."""
        k = self._before_adverbs(n)
        while k > 0 and self.tokens[k].lower in ("can", "will", "must", "may", "should", "is", "are"):
            k -= 1
        if k <= 0 or self.tokens[k].lower not in ("which", "that", "who"):
            return None
        k -= 1
        while k > 0 and self.tokens[k].text in (",", ")"):
            k -= 1
        found = self.at.get(k)
        return found if found is not None and not found.aside else None

    def _mover(self, n: int) -> Mention | None:
        """Return whose things move by the verb at `n`: "frontend errors go to …", "data flows from the collector to …"."""
        if self.verbs[n].base in ("flow", "go", "travel", "move", "come"):
            for mention in self.mentions:
                k = self._before_article(mention)
                if k > n and self.tokens[k].lower == "from":
                    return mention
        k = n - 1
        while k > 0 and (
            self.tokens[k].lower in _BE
            or self.tokens[k].lower in ("then", "also", "will", "can")
            or self.tokens[k].lower.endswith("ly")
        ):
            k -= 1
        if k > 0 and self.tokens[k].lower in MOVED and (found := self.at.get(k - 1)) is not None:
            return found
        return None

    def _governed(self, mention: Mention) -> bool:
        """Return whether a mention hangs on a preposition or is the object of a verb before it."""
        n = mention.first - 1
        while n >= 0 and (
            self.tokens[n].lower in DETERMINERS
            or self.tokens[n].lower in PALE
            or self.tokens[n].lower.endswith("ly")
            or self.tokens[n].text in "\"'`*_"
        ):
            n -= 1
        if n < 0:
            return False
        lower = self.tokens[n].lower
        if lower in PREPOSITIONS:
            return True
        k = n  # over the nouns before it: "into output Zip archives"
        while k > 0 and n - k < 3 and k not in self.verbs and k not in self.at and self.tokens[k].is_word:
            k -= 1
            if self.tokens[k].lower in PREPOSITIONS:
                return True
        verb = self.verbs.get(n)
        return (
            verb is not None
            and not verb.participle
            and verb.base
            not in ("let", "allow", "enable", "mean", "ensure", "cause", "be", "have", "see", "say")
        )

    def _crosses(self, start: int, end: int) -> bool:
        """Return whether another clause begins between a mention and its verb."""
        for k in range(start, end):
            if self.tokens[k].text in (";", ":") or self.tokens[k].lower in (
                "while",
                "whereas",
                "but",
                "because",
                "if",
                "unless",
                "so",
            ):
                return True
        return False

    def _one_clause(self, start: int, end: int) -> bool:
        return not any(self.tokens[k].text in (";", ":") for k in range(start, end))

    def _clause_start(self, n: int) -> int:
        for k in range(n - 1, -1, -1):
            if self.depth[k] > self.depth[n]:
                continue
            if self.tokens[k].text in (";", ":", "(") or self.tokens[k].lower in (
                "while",
                "but",
                "because",
                "when",
                "if",
                "then",
            ):
                return k + 1
        return 0

    def _other_subject(self, n: int) -> bool:
        """Return whether someone who is no component acts: "we", "you", or a noun of another kind before the first verb.

        Where a clause begins with a verb ("runs a job for importing …") nobody else is named: what stands behind it is
        its object.
        """
        start = self._clause_start(n)
        words = [(k, self.tokens[k]) for k in range(start, n) if self.tokens[k].is_word]
        if any(t.lower in ("we", "you", "i", "one", "let", "us") for _, t in words):
            return True
        if any(t.lower in PRONOUNS for _, t in words):
            return False
        before = [t.lower for _, t in takewhile(lambda w: w[0] not in self.verbs, words)]
        return any(w not in _AUXILIARY and not w.endswith("ly") and w not in lexicon() for w in before)
