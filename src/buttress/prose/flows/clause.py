"""The words of a sentence as a clause: which of them are verbs, what stands in brackets, where a clause begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from buttress.prose.flows.constructions import owns
from buttress.prose.flows.voice import BE, Voice
from buttress.prose.mentions.nouns import MOVED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import NOUN_LIKE, Verb, flow_verbs, lexicon, phrasal, third_person, unknown_verb
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, PRONOUNS, STOP

_OPEN, _CLOSED = frozenset("(["), frozenset(")]")
WAYS_IN = frozenset(
    """
        api apis endpoint endpoints interface interfaces webhook webhooks database replica replicas store queue queues topic topics stream cache
        server port url service backend bucket index table tables
    """.split()
)
_SMALL = STOP | DETERMINERS | PREPOSITIONS | PRONOUNS
_PLACES = frozenset("in on at into".split())
_OPENING_CLAUSE = frozenset("while but because when if then though although whereas".split())
_OBJECTS = frozenset("them it him everything".split())
_WITHIN = frozenset("in of via with over as".split())
_PLURALS = frozenset("people data staff media".split())  # without the ending of one
_BEGINS = frozenset((":", "-", "–", "—", "|", "•", ";", ")"))
_GIVING = frozenset("delegate leave offload outsource entrust hand".split())
_LINKING = frozenset("be have get do help let keep stay remain become".split())
_TAKING = frozenset(("receive", "accept", "take", "handle", "process"))
_NO_OBJECT = PREPOSITIONS | frozenset(("and", "or", "is", "are", "that", "which"))
_CARRYING = _TAKING | frozenset(
    "send publish emit forward push pass deliver submit collect fetch pull get store".split()
)
_MODAL = frozenset(("will", "can", "must", "should", "may", "to"))
_EXAMPLES = (["like"], ["including"], ["such", "as"])
_VERB_AHEAD = frozenset(
    "to will can should must may it they we and then which that also not or now never ever always only just still often".split()
)


def _compound(word: str) -> Verb | None:
    """Return the verb in the third person that a word with a hyphen ends in: "bulk-loads", but not "time-consuming"."""
    verb = lexicon().get(word.partition("-")[2])
    return verb if verb is not None and verb.third else None


class Clause(Voice):
    """The words of one sentence with its mentions, its verbs and the depth of brackets.

    `subject` is who acts when nobody is named, `broker` what carries the messages of which the sentence before spoke.
    """

    def __init__(
        self,
        text: Sentence,
        mentions: Sequence[Mention],
        subject: Mention | None,
        broker: Mention | None = None,
    ) -> None:
        """Find the verbs among the words."""
        self.broker = broker
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
        self.particles: set[int] = set()
        forms = lexicon()
        for n, token in enumerate(self.tokens):
            lower = token.lower.partition("/")[0]  # "publishes/consumes"
            verb = forms.get(lower) or _compound(lower)
            if n in self.at:
                continue
            if verb is not None:
                if self._is_verb(n, verb):
                    self.verbs[n] = self._phrasal(n, verb)
            elif self._can_only_be_verb(n):
                self.verbs[n] = unknown_verb(token.lower)

    def _can_only_be_verb(self, n: int) -> bool:
        """Return whether an unknown word stands and ends as a verb does: "the indexer *crunches* the numbers", "requests are *counted*"."""
        lower = self.tokens[n].lower
        if lower.endswith("ed") and len(lower) > 4:
            return self._passive(n)
        after = self.tokens[n + 1].lower if n + 1 < len(self.tokens) else ""
        before = (n - 1) in self.at or (n > 0 and self.tokens[n - 1].lower == "then")
        return before and third_person(lower) and ((n + 1) in self.at or after in DETERMINERS)

    def _phrasal(self, n: int, verb: Verb) -> Verb:
        """Return the verb that a verb and the particle behind it are: "kicks off" triggers."""
        after = self.tokens[n + 1].lower if n + 1 < len(self.tokens) else ""
        base = phrasal(verb.base, after)
        if base is None:
            return verb
        self.particles.add(n + 1)
        return verb._replace(base=base)

    def _is_verb(self, n: int, verb: Verb) -> bool:
        """Return whether a word that may be a verb is one here, not a noun ("a request", "the query")."""
        before = self.tokens[n - 1].lower if n else ""
        if n > 1 and before in ("first", "finally", "simply") and self.tokens[n - 2].lower in _MODAL:
            before = self.tokens[n - 2].lower  # "will first request a token"
        if before == "to" and verb.third:
            return False  # "responds to requests"
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
        if self._names_what_acts(n, verb) or self._before_examples(n):
            return False
        if self._behind_one(n, verb) or (verb.third and before == "and" and self._moves_with(n)):
            return False
        if verb.plain and not verb.participle and before == "," and self._told_in_third():
            return False  # "Exposes figures, replay API and …"
        if self._is_noun_here(n, verb, before, after) or self._opens(n, verb):
            return False
        if verb.participle and before == "as" and after in _PLACES:
            return False  # "marks it as failed in Postgres"
        if verb.base in ("read", "write") and after == "access":
            return False
        if verb.participle and before in DETERMINERS:
            return False
        if verb.plain and not verb.participle and self._among_nouns(n):
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
            verb.gerund
            and (earlier := self.verbs.get(n - 1)) is not None
            and earlier.base in _CARRYING
            and after in MOVED
        ):
            return False  # "receives billing requests from"
        if (
            verb.participle
            and not verb.plain
            and (active := self.verbs.get(n - 1)) is not None
            and not (active.participle or active.gerund)
            and active.base not in _LINKING
        ):
            return False  # "reads aggregated numbers"
        if self.tokens[n].text[0].isupper() and n and after not in DETERMINERS and before not in _BEGINS:
            return False
        if self.tokens[n].lower in NOUN_LIKE and (named := self.at.get(n - 1)) and self._acted_on(named):
            return False  # "accepts source runs"
        if (
            self.tokens[n].lower in NOUN_LIKE
            and before not in _VERB_AHEAD
            and self._before_adverbs(n) not in self.at
            and not self._put_in(n)
            and not (after in DETERMINERS and (before in (",", "and") or before.endswith("ly")))
            and not self._begins_doing(n, before, after)
            and not (verb.base == "flow" and before in MOVED)
            and not (verb.participle and after == "by")
        ):
            return n == 0 and (self.text.passage.form in ("list", "table") or self._acts_at_once(after))
        return True

    def _plain_behind_one(self, n: int, verb: Verb) -> Mention | None:
        """Return the name in the singular that a plain form, which wouldn't agree with it, stands behind; else None."""
        singular = not self.tokens[n - 1].lower.endswith("s")
        return self.at.get(n - 1) if singular and verb.plain and not verb.participle else None

    def _behind_one(self, n: int, verb: Verb) -> bool:
        """Return whether a plain form stands behind a name in the singular that hangs on a preposition: "in the Avro *format* to …"."""
        named = self._plain_behind_one(n, verb)
        if named is None:
            return False
        return named.first > 0 and self.tokens[named.first - 1].lower in _WITHIN

    def _before_examples(self, n: int) -> bool:
        """Return whether examples of what a word names stand behind it: "external *monitors* such as Nagios"."""
        after = [t.lower for t in self.tokens[n + 1 : n + 3]]
        return after in _EXAMPLES or after[:1] in _EXAMPLES

    def _names_what_acts(self, n: int, verb: Verb) -> bool:
        """Return whether a plain form behind a name in the singular is part of what acts by another verb: "a Bodhi *update* contains …"."""
        if self._plain_behind_one(n, verb) is None:
            return False
        for token in self.tokens[n + 1 : n + 4]:
            if not token.is_word or token.lower in DETERMINERS or token.lower in PREPOSITIONS:
                return False
            other = lexicon().get(token.lower)
            if token.lower in BE or (other is not None and other.third and token.lower not in NOUN_LIKE):
                return True
        return False

    def _moves_with(self, n: int) -> bool:
        """Return whether a word is the second of what moves: "the metrics and *traces*"."""
        return n > 1 and self.tokens[n - 2].lower in MOVED and self.tokens[n].lower in MOVED

    def _told_in_third(self) -> bool:
        """Return whether an item says what somebody does, verb by verb in the third person: "Stores orders, sends mails"."""
        first = lexicon().get(self.tokens[0].lower)
        return self.text.passage.form in ("list", "table") and first is not None and first.third

    def _is_noun_here(self, n: int, verb: Verb, before: str, after: str) -> bool:
        """Return whether the words around say that a word that may be a verb is a noun: "the rate *limit*", "stores password *hashes*"."""
        if self.tokens[n].lower == "back":
            return before not in ("to", "will", "can", "they", "we")
        if verb.gerund:  # "delegates charging to billing"
            given = self.verbs.get(n - 1)
            return given is not None and given.base in _GIVING and after in ("to", "with")
        if (verb.plain and not verb.participle) and before == "and":
            joined = next((self.verbs[k] for k in range(n - 2, -1, -1) if k in self.verbs), None)
            return joined is not None and joined.third
        noun = (
            before.isalpha() and before not in _SMALL and (n - 1) not in self.at and (n - 1) not in self.verbs
        )
        if not noun or before.endswith("ly") or before in _VERB_AHEAD:
            return False
        if verb.plain and not verb.participle:  # a plural would agree with it
            return (
                not before.endswith("s")
                and before not in _PLURALS
                and self.tokens[n - 2].lower in DETERMINERS
            )
        if before in lexicon():
            return False
        k = n - 2
        while k > 0 and self.tokens[k].lower in DETERMINERS:
            k -= 1
        active = self.verbs.get(k)
        return verb.third and active is not None and not active.participle and active.base not in _LINKING

    def _opens(self, n: int, verb: Verb) -> bool:
        """Return whether a word ends what opens a sentence, before whoever acts in it: "For rate *limits* the gateway counts …"."""
        if n > 4 or self.tokens[0].lower not in PREPOSITIONS or not verb.third:
            return False
        k = n + 1
        while k < len(self.tokens) and self.tokens[k].lower in DETERMINERS:
            k += 1
        acting = self.at.get(k)
        acts = (
            lexicon().get(self.tokens[acting.last].lower)
            if acting and acting.last < len(self.tokens)
            else None
        )
        return acts is not None and acts.third

    def _begins_doing(self, n: int, before: str, after: str) -> bool:
        """Return whether a word that is also a noun begins what a label does: "Reporter: stores reports in S3", "…, queries Postgres and …"."""
        acted_on = (n + 1) in self.at or after in DETERMINERS or after in _OBJECTS
        if not acted_on and after.isalpha() and after not in _SMALL:
            acted_on = any(t.lower in PREPOSITIONS for t in self.tokens[n + 2 : n + 5])
        if before in (",", "and", "then", "now"):
            return acted_on and self.tokens[n].lower.endswith("s") and bool(self.verbs)
        if before not in _BEGINS:
            return False
        third = self.tokens[n].lower.endswith("s") and after[:1].isalpha()
        return acted_on or (third and (after in ("to", "into") or after not in _NO_OBJECT))

    def _acts_at_once(self, after: str) -> bool:
        """Return whether a sentence begins with what somebody named above does: "Stores reports in S3", but not "Checks run in CI"."""
        verb = lexicon().get(after)
        if self.subject is None or not self.tokens[0].lower.endswith("s") or (verb and verb.plain):
            return False
        return self._begins_doing(0, ":", after)

    def _among_nouns(self, n: int) -> bool:
        """Return whether a word that may be a verb stands between nouns: "a raw crash log", "status change events"."""
        if n == 0 or n + 1 >= len(self.tokens) or n - 1 in self.at or n + 1 in self.at:
            return False
        before, after = self.tokens[n - 1], self.tokens[n + 1].lower
        plural = before.lower.endswith("s") and not before.lower.endswith(("ss", "us", "is"))
        acts = plural or before.lower.endswith("ly") or before.lower in lexicon() or before.lower in _SMALL
        return (
            before.is_word
            and before.text.islower()
            and not acts
            and after.isalpha()
            and after not in _SMALL
            and not after.endswith("ly")
        )

    def _put_in(self, n: int) -> bool:
        """Return whether only some words between commas stand before `n` and a mention: "the API, in turn, calls …"."""
        if self.tokens[n - 1].text != ",":
            return False
        start = next((k for k in range(n - 2, max(0, n - 6), -1) if self.tokens[k].text == ","), 0)
        return start > 0 and start - 1 in self.at

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

    def _before_signs(self, k: int) -> int:
        """Return the place of the last word up to `k` that is no comma and in no bracket that ends there."""
        while k > 0 and self.tokens[k].text in (",", ")"):
            opened = self.depth[k] - 1
            k -= 1
            if self.tokens[k + 1].text == ")" and k not in self.at:
                while k > 0 and self.depth[k] > opened:
                    k -= 1
        return k

    def _owns(self, mention: Mention) -> bool:
        """Return whether a mention stands in the genitive: "the reporter's output"."""
        return owns(self.text, mention)

    def _moved_thing(self, mention: Mention) -> bool:
        """Return whether a mention only says what sort of thing moves: "forwards *API* requests to …"."""
        after = [t.lower for t in self.tokens[mention.last : mention.last + 2]]
        return (
            bool(after)
            and after[0] in MOVED
            and (mention.aside or (mention.bare and set(after[1:]) <= PREPOSITIONS))
        )

    def _way_in(self, mention: Mention) -> bool:
        """Return whether what is named behind a genitive is a way into its owner: "calls the ledger's API"."""
        behind = takewhile(lambda t: t.is_word, self.tokens[mention.last : mention.last + 3])
        return any(t.lower in WAYS_IN for t in behind)

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
            token = self.tokens[k]
            if token.text in (";", ":", "(") or token.lower in _OPENING_CLAUSE:
                return k + 1
        return 0
