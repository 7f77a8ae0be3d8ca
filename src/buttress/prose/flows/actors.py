"""Who acts in a sentence: for each verb the mention that is its subject, its sender or its agent."""

from __future__ import annotations

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.flows.charged import is_language
from buttress.prose.flows.others import AUXILIARY, Others
from buttress.prose.flows.voice import BE
from buttress.prose.mentions.nouns import MOVED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, PRONOUNS, STOP

_PIECES = frozenset("part parts side half piece section code bit bits portion".split())
_DEFINITE = frozenset("the a an our its their this that each every".split())
_OPENINGS = frozenset("by when while after before through".split())
_AND = frozenset(("and", "or", "&"))
_SUCH = frozenset(("as", "like", "including", "both"))
_MODALS = frozenset("will can must may should".split())
_ONES = frozenset("one component service process part program tool".split())
_CHARGED = frozenset("concerned responsible used charged tasked meant intended needed".split())


class Actors(Others):
    """A clause and who acts in it."""

    def _senders(self, n: int) -> list[Mention]:
        """Return who acts when things are sent, stored or published: a component named before the verb with "from", else the carried one."""
        mover = self._mover(n)
        if mover is not None:
            return [mover]
        for mention in reversed([m for m in self.mentions if m.last <= n]):
            before = self.tokens[mention.first - 1].lower if mention.first else ""
            if self._acted_since(mention, n):
                break
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
        if self._commanded(n) or self._done_by_a_noun(n):
            return []
        if passive and not self._passive(n) and (described := self.at.get(self._before_signs(n - 1))):
            return [described]
        mover = self._mover(n) or self._going_on(n) or self._agent_using(n)
        if mover is not None:
            return [mover]
        told = self._told(n) or self._behind_opening(n) or self._whose_job(n)
        if told is not None:
            return [told]
        if (meant := self._meant_by_pronoun(n)) is not None:
            return [meant]
        infinitive = (n > 0 and self.tokens[n - 1].lower == "to") or self.verbs[n].gerund
        before = [
            m for m in self.mentions if m.last <= n and not m.aside and self.depth[m.first] <= self.depth[n]
        ]
        free = [m for m in before if not self._governed(m) and not is_language(m)]
        main = self._main_clause(n)
        free = [m for m in free if m.first > main] or free
        bracketed = self.at.get(n - 2) if n > 2 and self.tokens[n - 1].text == ")" else None
        if not free and bracketed is not None and self.tokens[self._before_article(bracketed)].text == "(":
            return [bracketed]  # "A nightly job (the reporter) reads …"
        chosen: Mention | None = None
        if infinitive and free:
            chosen = free[0] if self._one_clause(free[0].last, n) else free[-1]
        elif free:
            chosen = free[-1]
            if self._crosses(chosen.last, n):
                chosen = next((m for m in reversed(free) if not self._crosses(m.last, n)), chosen)
                if self._crosses(chosen.last, n) and self._everybody_else(n):
                    return []
        if chosen is not None and self._opened_before(chosen, n):
            return []
        start = self._clause_start(n)
        pronoun = any(t.lower in ("it", "they") for t in self.tokens[start:n])
        if (
            chosen is None
            and len(before) == 1
            and before[0].first <= 4
            and not (before[0].last == n - 1 and any(k < before[0].first for k in self.verbs))
            and self.tokens[of := self._before_article(before[0])].lower in ("in", "of", "on")
            and (of > 0 or before[0].first > 1 or before[0].kind() or before[0].how == "known")
        ):
            chosen = before[
                0
            ]  # "Dashboards in Grafana show …", "In the API we call …", but not "In Kenya we call …"
        if chosen is None or (pronoun and chosen.first < start):
            if chosen is None and self._other_subject(n) and not (passive and self._of_requests(n)):
                return self._instrument(n) if infinitive else []
            if chosen is None and self._of_what_was_said(n):
                return []
            who = chosen if chosen is not None else self.subject
            return [who] if who is not None else []
        if inside := self._in_brackets(chosen, n):
            return inside
        out = [chosen]
        index = self.mentions.index(chosen)
        while index > 0:
            earlier, later = self.mentions[index - 1], self.mentions[index]
            between = [t.lower for t in self.tokens[earlier.last : later.first]]
            if (
                between
                and not (between[0] == "," and len(between) < 3 and self._opened(earlier))
                and not (between[0] == "," and not _AND.intersection(between) and self._hangs(earlier))
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

    def _meant_by_pronoun(self, n: int) -> Mention | None:
        """Return whom "it" means behind a colon or semicolon: the only one named before, "the work is done in *the reporter*: it pulls …"."""
        start = next((k for k in range(n - 1, 0, -1) if self.tokens[k].text in (":", ";")), 0)
        if (
            not start
            or self.tokens[start + 1].lower not in ("it", "they")
            or self._before_adverbs(n) > start + 3
        ):
            return None
        before = [m for m in self.mentions if m.last <= start]
        named = [m for m in before if not m.aside and not m.bare]
        if len(named) != 1 or len({m.key for m in before}) != 1:
            return None
        return named[0] if named[0].kind() not in STORES | MESSAGING else None

    def _opened(self, mention: Mention) -> bool:
        """Return whether a mention belongs to what opens a sentence: "Instead of calling Billing, the API …"."""
        before = [k for k in range(mention.first) if k in self.verbs]
        return self._governed(mention) and bool(before) and all(self.verbs[k].gerund for k in before)

    def _hangs(self, mention: Mention) -> bool:
        """Return whether a mention hangs on a word before it that begins no list: "In *A*, B calls C", but not "such as *A*, B and C"."""
        return self._governed(mention) and self.tokens[self._before_name(mention)].lower not in _SUCH

    def _in_brackets(self, chosen: Mention, n: int) -> list[Mention]:
        """Return who is meant by a word for several: "Clients (the web app and the mobile app) connect to …"."""
        if chosen.last >= len(self.tokens) or self.tokens[chosen.last].text != "(" or not chosen.bare:
            return []
        end = next((k for k in range(chosen.last, n) if self.tokens[k].text == ")"), n)
        return [m for m in self.mentions if chosen.last < m.first and m.last <= end] if end < n else []

    def _behind_opening(self, n: int) -> Mention | None:
        """Return whose clause an opening gerund belongs to: "By using Kafka, the API decouples …"."""
        if not self.verbs[n].gerund or n > 2 or (n and self.tokens[n - 1].lower not in _OPENINGS):
            return None
        comma = next((k for k in range(n, len(self.tokens)) if self.tokens[k].text == ","), 0)
        first = next((m for m in self.mentions if m.first > comma), None) if comma else None
        if first is None or self._before_article(first) != comma:
            return None
        return first

    def _antecedent(self, n: int) -> Mention | None:
        """Return whom a relative clause is about: "the gateway, which forwards them to …"."""
        k = self._before_adverbs(n)
        if [t.lower for t in self.tokens[max(0, k - 1) : k + 1]] == ["in", "turn"]:
            k = self._before_adverbs(k - 1)  # "which in turn asks …"
        charged = k - 1 if self.tokens[k].lower in ("with", "for", "to") else 0
        if charged > 0 and self.tokens[charged].lower in _CHARGED:
            k = self._before_adverbs(charged)  # "which is primarily concerned with routing them to …"
        while k > 0 and self.tokens[k].lower in ("can", "will", "must", "may", "should", "is", "are"):
            k -= 1
        if k <= 0 or self.tokens[k].lower not in ("which", "that", "who"):
            return None
        k = self._before_signs(k - 1)
        found = self.at.get(k)
        if (
            k > 2
            and self.tokens[k].lower in _ONES
            and self.tokens[k - 1].lower == "the"
            and self.tokens[k - 2].lower in BE
        ):
            named = self.at.get(k - 3)  # "it is the one that writes to …"
            return named or (self.subject if self.tokens[k - 3].lower in PRONOUNS else None)
        if found is None or found.bare:  # "the notifier, a small service that reads from …"
            start = next(
                (j for j in range(k, max(0, k - 5), -1) if self.tokens[j].lower in ("a", "an", "the", "our")),
                0,
            )
            named = self.at.get(start - 2) if start > 1 and self.tokens[start - 1].text == "," else None
            found = named or found
        if found is None or found.aside:
            return None
        return self._described_by(found)

    def _described_by(self, said: Mention) -> Mention:
        """Return who is said to be something: "*the web app* is a React application that talks to …"; else the mention itself."""
        n = self._before_name(said) if said.how != "known" else -1
        while n > 0 and self.tokens[n].lower in DETERMINERS | PALE:
            n -= 1
        indefinite = said.first > 0 and any(
            t.lower in ("a", "an") for t in self.tokens[max(0, n + 1) : said.first]
        )
        if n <= 0 or not indefinite or self.tokens[n].lower not in ("is", "are"):
            return said
        named = self.at.get(n - 1)
        if named is not None and not named.aside and not self._governed(named):
            return named
        pronoun = self.tokens[n - 1].lower in PRONOUNS
        return self.subject if pronoun and self.subject is not None else said

    def _of_another(self, n: int) -> bool:
        """Return whether the participle at `n` describes a noun that is no mention, itself or by "which are"."""
        k = self._before_adverbs(n)
        while k > 0 and (self.tokens[k].lower in BE or self.tokens[k].lower in AUXILIARY):
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

    def _going_on(self, n: int) -> Mention | None:
        """Return whom a relative clause goes on about: "calls a function which gathers them and dumps them into …"."""
        k = self._before_adverbs(n)
        plain = self.verbs[n].plain
        joins = ("and", ",") if plain else ("and",)
        if self.tokens[k].lower not in joins or n in self.particles or self.verbs[n].gerund:
            return None
        earlier = [
            j
            for j in self.verbs
            if j < k
            and not (self.verbs[j].gerund or self.verbs[j].participle)
            and (not plain or self.tokens[self._before_adverbs(j)].lower in _MODALS)
        ]
        start = max((j for j in earlier if self._antecedent(j) is not None), default=None)
        if start is None or any(m.first > start and m.last == k + 1 for m in self.mentions):
            return None
        crossed = any(
            self.tokens[j].text in ";:" or self.tokens[j].lower in ("while", "but") for j in range(start, n)
        )
        return None if crossed else self._antecedent(start)

    def _mover(self, n: int) -> Mention | None:
        """Return whose things move by the verb at `n`: "frontend errors go to …", "data flows from the collector to …"."""
        if self.verbs[n].base in ("flow", "go", "travel", "move", "come") and not self._has_object(n):
            for mention in self.mentions:
                k = self._before_article(mention)
                if k > n and self.tokens[k].lower == "from":
                    return mention
        k = n - 1
        while k > 0 and (
            self.tokens[k].lower in BE
            or self.tokens[k].lower in ("then", "also", "will", "can")
            or self.tokens[k].lower.endswith("ly")
        ):
            k -= 1
        if (head := self.at.get(k)) is not None and head is not self.at.get(k - 1):
            return None  # "the platform's scheduler assigns jobs": it is the scheduler that acts
        found = self.at.get(k - 1) if k > 0 else None
        return found if found is not None and (self.tokens[k].lower in MOVED or self._owns(found)) else None

    def _has_object(self, n: int) -> bool:
        """Return whether a noun stands right behind the verb at `n`: "moves data from …"."""
        after = self.tokens[n + 1] if n + 1 < len(self.tokens) else None
        return (
            after is not None
            and after.is_word
            and after.lower not in PREPOSITIONS | AUXILIARY
            and not after.lower.endswith("ly")
        )

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
        if lower == "of" and n > 0 and self.tokens[n - 1].lower in _PIECES:
            return False  # "the admin part of the app calls …"
        if lower in ("in", "so") and self.tokens[n + 1].lower == "that":
            return False  # "in that clients who …"
        if lower in PREPOSITIONS or lower in ("as", "than"):
            return True
        begins = any(t.lower in _DEFINITE for t in self.tokens[n + 1 : mention.first])
        k = 0 if begins else n  # over the nouns before it: "into output Zip archives"
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
