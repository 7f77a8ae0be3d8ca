"""How a text writes its words: what it spells as a name, and which words can be part of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from buttress.model import Component
from buttress.names import keys, singular, words_of
from buttress.prose.mentions.acting import acting
from buttress.prose.mentions.coded import PROGRAM
from buttress.prose.mentions.known import shortened, written_out
from buttress.prose.mentions.nouns import HYPHENED, MAX_WORDS, MOVED
from buttress.prose.text import Sentence, Token
from buttress.prose.verbs import lexicon, third_person
from buttress.prose.words import DETERMINERS, PREPOSITIONS, STOP
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_phrases

_SMALL = STOP | DETERMINERS | PREPOSITIONS
SORTS = frozenset(
    """
        job process service server daemon component app application container deployment system microservice pod program
        jobs processes services servers daemons components apps containers pods
    """.split()
)
_A_NAME = re.compile(r"[A-Za-z][\w-]*(?: [\w-]+){0,3}")
# Words too general for a name, unless a text has a section about it: "### Router", then "the router".
_DEFINABLE = frozenset(
    """
        controller manager router agent engine registry bus handler daemon server bot web api admin console processor edge exchange store
        storage app executor driver operator
    """.split()
)
_BEFORE_VERB = frozenset("also then will can may must should only always does".split())
_ARTICLES = frozenset("the a an our its their your to from".split())
PROGRAMS = frozenset(("service", "worker", "web_frontend", "gateway", "scheduler"))

_AHEAD = frozenset("to will can should must may could would we they it and".split())  # of a verb


@dataclass(slots=True)
class Mention:
    """A stretch of tokens `first` to `last` (not included) of a sentence, and how it was recognised."""

    sentence: int
    first: int
    last: int
    surface: str
    how: str  # known, technology, role, proper, code, heading or label
    technology: str | None = None
    role: str | None = None
    bare: bool = False  # a role without a name
    aside: bool = False  # stands before another noun: "Redis client", "worker settings"
    capital: bool = False
    code: bool = False
    strong: bool = False
    link: bool = False
    label: bool = False
    key: str = ""
    stands_for: str = ""  # the longer name that is meant: "the stamper" is the letter stamper
    of: Mention | None = None  # whom it describes: "brig is the user API service"

    def kind(self) -> str | None:
        """Return the kind that its role says, else that of its technology."""
        technology = load().technologies.get(self.technology or "")
        return self.role or (technology.kind if technology is not None else None)

    def meant(self) -> Mention:
        """Return the mention of what this one describes, or itself."""
        return self.of if self.of is not None else self


class Spelling:
    """How the sentences of one document set write their words: which are names, which can be part of a name."""

    def __init__(self, texts: Sequence[Sentence], known: Iterable[Component]) -> None:
        """Count how words are written in the whole text; `known` are the components that other sources show."""
        self.texts = texts
        self.roles = role_phrases()
        self.role_words = {w for phrase in self.roles for w in phrase.split()}
        self.heads = {phrase.split()[-1] for phrase in self.roles}
        self.known: dict[tuple[str, ...], tuple[str, bool]] = {}
        self.programs: set[str] = set()
        for component in known:
            if component.kind in PROGRAMS:
                self.programs.add(component.name)
            for name in (
                component.name,
                *component.aliases,
                *shortened(component.aliases),
                *written_out(component),
            ):
                words = tuple(w.lower() for w in re.findall(r"[\w.+#-]+", name))
                if 0 < len(words) <= MAX_WORDS + 1:
                    plain = (
                        len(words) == 1
                        and words[0].isalpha()
                        and (words[0] in self.role_words or words[0] in STOP or name.islower())
                    )
                    self.known.setdefault(words, (component.name, plain))
        self.firsts = frozenset(words[0] for words in self.known)
        self.acting = acting(texts)
        self.capitals: Counter[str] = Counter()
        self.lowers: Counter[str] = Counter()
        self.hyphened: Counter[str] = Counter()
        self.definite: Counter[str] = Counter()  # acronyms behind "the": "the API" of a system that has one
        self.pairs: set[tuple[str, str]] = set()  # words written with capitals side by side within sentences
        self.parents = frozenset(t.passage.parent for t in texts)  # the list items that others stand below
        defined: set[str] = set()
        for text in texts:
            named = _titled(text) if text.passage.form == "heading" else _labelled(text)
            if len(named) == 1:
                defined |= named
            if text.passage.form != "heading":
                self.capitals.update(dict.fromkeys(named, 3))
            running = text.passage.form in ("prose", "list")
            for n, token in enumerate(text.tokens):
                if "-" in token.lower and HYPHENED.fullmatch(token.lower):
                    self.hyphened[token.lower] += 1
                if not running or not token.is_word:
                    continue
                if token.text.isupper() and n and text.tokens[n - 1].lower in ("the", "our"):
                    self.definite[token.lower] += 1
                if token.text[0].isupper():
                    if (
                        n
                        and text.tokens[n - 1].text not in (".", ":", "(", '"', "“", "|", "-", "*", "–", "—")
                        and not text.titled
                    ):
                        self.capitals[token.lower] += 1
                        follows = text.tokens[n + 1] if n + 1 < len(text.tokens) else None
                        if follows is not None and follows.text[0].isupper():
                            self.pairs.add((token.lower, follows.lower))
                else:
                    self.lowers[token.lower] += 1
        self.defined = frozenset(defined & _DEFINABLE)

    def proper(self, token: Token) -> bool:
        """Return whether the text writes a word with a capital as its own spelling."""
        word = token.lower.removesuffix("'s").removesuffix("’s")
        seen = self.capitals[word] or self.capitals[token.lower]
        return bool(seen) and seen * 2 >= self.lowers[word] and word not in STOP

    def always_proper(self, token: Token) -> bool:
        """Return whether the text writes a word with a capital wherever it stands, more than once within sentences."""
        return self.capitals[token.lower] > 1 and not self.lowers[token.lower] and token.lower not in STOP

    def _mention(self, number: int, first: int, last: int, how: str, **more: object) -> Mention:
        text = self.texts[number]
        start, end = text.tokens[first].start, text.tokens[last - 1].end
        written = text.text[start:end]
        surface = written.removesuffix("'s").removesuffix("’s")
        token = text.tokens[first]
        mention = Mention(number, first, last, surface, how, **more)  # type: ignore[arg-type]
        mention.capital = any(t.text[0].isupper() for t in text.tokens[first:last]) and (
            first > 0 or self.proper(token) or not token.text[1:].islower()
        )
        mention.code = text.marked(start, end, "code")
        mention.strong = text.marked(start, end, "strong")
        mention.link = text.marked(start, end, "link")
        if how == "role" and (named := self._set_apart(text, start, end)):
            surface = mention.surface = named
            written = named
        if mention.code and (program := PROGRAM.fullmatch(surface)):
            surface = written = mention.surface = program[1]
        mention.key = keys(surface)[1]
        mention.aside = mention.aside or surface != written  # "Loki's write path" is about the path
        return mention

    @staticmethod
    def _set_apart(text: Sentence, start: int, end: int) -> str:
        """Return the part of a stretch that its author set apart as a name: "the Dataflow `Live Sink` job"."""
        inside = [
            (max(m.start - text.start, start), min(m.end - text.start, end))
            for m in text.marks
            if m.style in ("code", "strong") and m.start - text.start < end and start < m.end - text.start
        ]
        if len(inside) != 1 or inside[0][1] - inside[0][0] >= end - start:
            return ""
        first, last = inside[0]
        named = text.text[first:last].strip()
        behind = text.text[last:end].strip(" `*_").lower()
        said = behind in SORTS or (not behind and first > start)
        return named if said and len(named) > 2 and _A_NAME.fullmatch(named) else ""

    def _joined(self, text: Sentence, n: int) -> bool:
        """Return whether a token goes on with the noun phrase before it: no change of marks in between."""
        before, here = text.tokens[n - 1], text.tokens[n]
        return here.start - before.end <= 1

    def _begins_pair(self, text: Sentence, n: int) -> bool:
        """Return whether a text begins with two words that stand elsewhere with capitals side by side: "Notices API", as in "the Notices API"."""
        tokens = text.tokens
        written = tokens[1].text[0].isupper() if len(tokens) > 1 else False
        return n == 0 and written and (tokens[0].lower, tokens[1].lower) in self.pairs

    def _nameable(self, text: Sentence, n: int) -> bool:
        token = text.tokens[n]
        if token.text[0].isupper() and (self._inside_name(text, n) or self._named_after_a_word(text, n)):
            return True
        if not token.is_word or token.lower in _SMALL:
            return (
                token.is_word
                and token.text.isupper()
                and 2 <= len(token.text) <= 6
                and token.lower not in DETERMINERS
                and token.text not in ("OR", "AND", "NOT", "IF")
            )
        verb = lexicon().get(token.lower)
        if verb is None:
            if token.lower.endswith("ly"):
                return token.text[0].isupper() and self.always_proper(token)
            return not self._surely_does(text, n)
        if (
            token.lower in ("log", "logs")
            and n + 1 < len(text.tokens)
            and text.tokens[n + 1].lower in ("in", "into", "out")
        ):
            return False
        if self._before_role(text, n) or self._begins_role(text, n) or self._begins_pair(text, n):
            return True
        if self._does(text, n) or _begins_doing(text, n):
            return False
        if text.marked(token.start, token.end, "code", "strong"):
            return True
        if token.lower not in self.heads and token.lower not in (
            "request",
            "requests",
            "query",
            "message",
            "log",
            "logs",
            "work",
        ):
            return token.text[0].isupper() and n > 0 and self.proper(token)
        before = text.tokens[n - 1].lower if n else ""
        after = text.tokens[n + 1].lower if n + 1 < len(text.tokens) else ""
        if before in _AHEAD and (verb.plain or before in ("we", "they", "it")):
            return False
        return not (after in DETERMINERS and before not in DETERMINERS and before not in PREPOSITIONS)

    def _does(self, text: Sentence, n: int) -> bool:
        """Return whether a word that may be a plural is what one thing does: "the Orders service caches prices in Redis"."""
        tokens = text.tokens
        if n == 0 or n + 2 >= len(tokens) or tokens[n].text[0].isupper():
            return False
        subject, thing = tokens[n - 1].lower, tokens[n + 1]
        if tokens[n].lower.endswith("s"):
            head = subject.rpartition("-")[2]  # "payment-service logs the card at INFO"
            acts = head in self.heads and not subject.endswith("s") and subject not in lexicon()
            if acts and thing.lower in ("to", "into"):
                return True  # "the API server logs to Loki"
        else:  # "Compactors stream blocks to the store"
            acts = (
                n <= 2 and subject.endswith("s") and not subject.endswith("ss") and thing.lower.endswith("s")
            )
        acted_on = thing.is_word and thing.lower not in STOP and thing.lower not in PREPOSITIONS
        behind = [t.lower for t in tokens[n + 2 : n + 6]]
        return acts and acted_on and any(w in PREPOSITIONS for w in behind)

    def _surely_does(self, text: Sentence, n: int) -> bool:
        """Return whether an unknown word can only be a verb: "the Indexer bridges Kafka and …", "the API crunches the numbers"."""
        tokens = text.tokens
        word = tokens[n].lower
        if n == 0 or n + 1 >= len(tokens) or not third_person(word) or tokens[n].text[0].isupper():
            return False
        subject, thing = tokens[n - 1], tokens[n + 1]
        acts = subject.text[0].isupper() or subject.lower in self.heads
        one = not subject.lower.endswith("s") and subject.lower not in STOP and subject.is_word
        return acts and one and (thing.lower in _ARTICLES or (thing.text[0].isupper() and thing.is_word))

    def _before_role(self, text: Sentence, n: int) -> bool:
        """Return whether a word that may be a verb stands between a determiner and a role: "the search service", "the uploads bucket"."""
        tokens = text.tokens
        plural = tokens[n].lower.endswith("s")  # behind "that" or "which" it is what something does
        return (
            0 < n < len(tokens) - 1
            and tokens[n - 1].lower in (_ARTICLES if plural else DETERMINERS)
            and tokens[n + 1].lower in self.heads
            and tokens[n + 1].lower not in lexicon()
        )

    def _begins_role(self, text: Sentence, n: int) -> bool:
        """Return whether a word that may be a verb begins the word for a part behind an adjective: "the public *load* balancer"."""
        tokens = text.tokens
        if n < 2 or n + 1 >= len(tokens) or not tokens[n - 1].text.islower() or tokens[n - 1].lower in _SMALL:
            return False
        phrase = f"{tokens[n].lower} {singular(tokens[n + 1].lower)}"
        return (
            phrase in self.roles
            and tokens[n - 1].lower not in lexicon()
            and tokens[n - 2].lower in DETERMINERS
        )

    def _named_after_a_word(self, text: Sentence, n: int) -> bool:
        """Return whether an ordinary word with a capital stands before a role: "the Orders service", "Orders service writes"."""
        tokens = text.tokens
        if (
            n + 1 >= len(tokens)
            or not tokens[n].text[0].isupper()
            or tokens[n].lower in DETERMINERS
            or tokens[n + 1].lower not in self.heads
            or text.titled
        ):
            return False
        if n == 0:
            after = tokens[2].lower if len(tokens) > 2 else ""
            return after in lexicon() or after.endswith("ly") or after in _BEFORE_VERB
        before = tokens[n - 1]
        return before.lower in (*DETERMINERS, *PREPOSITIONS, "and", "or") or before.text in (
            ">",
            "→",
            ",",
            "&",
            "(",
        )

    def _inside_name(self, text: Sentence, n: int) -> bool:
        """Return whether a word with a capital goes on a name whatever the word: "Fan Out Service", "the Search Service"."""
        token, tokens = text.tokens[n], text.tokens
        if (
            not token.text[0].isupper()
            or not token.text[1:].islower()
            or n == 0
            or text.passage.form == "heading"
            or text.titled
        ):
            return False
        after = tokens[n + 1] if n + 1 < len(tokens) else None
        before = tokens[n - 1]
        follows = after is not None and after.text[0].isupper() and after.start - token.end <= 1
        if token.lower in STOP or token.lower in DETERMINERS or token.lower in PREPOSITIONS:
            return (
                follows
                and before.text[0].isupper()
                and before.lower not in STOP
                and token.start - before.end <= 1
            )
        goes_on = before.text[0].isupper() and before.lower not in STOP and before.lower not in DETERMINERS
        if n > 1 and goes_on and token.start - before.end <= 1 and text.tokens[n - 2].is_word:
            return True  # "pulls it from the Internet Archive"
        return follows and before.text not in (".", ":", "!", "?", "(", "|", "-", "–", "*")

    def _verbal(self, text: Sentence, n: int) -> bool:
        token = text.tokens[n]
        if self._before_role(text, n):
            return False
        if token.lower not in lexicon() or token.text[0].isupper():
            return token.lower.endswith("ly")
        return token.lower not in self.role_words or self._is_done(text, n)

    def _is_done(self, text: Sentence, n: int) -> bool:
        """Return whether a word that may be a plural is what a part does with another: "the worker node *processes* jobs"."""
        tokens = text.tokens
        verb = lexicon().get(tokens[n].lower)
        if verb is None or not verb.third or n == 0 or n + 1 >= len(tokens):
            return False
        subject, thing = tokens[n - 1].lower, tokens[n + 1].lower
        acts = subject == "node" or (subject in self.heads and subject == singular(subject))
        return acts and (thing in MOVED or (thing.endswith("s") and thing not in self.role_words))


def _begins_doing(text: Sentence, n: int) -> bool:
    """Return whether a word that may be a plural is the verb behind a label: "**Reporter**: caches results in Redis"."""
    tokens = text.tokens
    label = n > 0 and tokens[n - 1].text in (":", "–", "—")
    if not label or not tokens[n].lower.endswith("s") or n + 2 >= len(tokens):
        return False
    thing = tokens[n + 1]
    behind = [t.lower for t in tokens[n + 2 : n + 6]]
    acted_on = thing.is_word and thing.lower not in PREPOSITIONS and thing.lower not in ("and", "or")
    return acted_on and (thing.lower in DETERMINERS or any(w in PREPOSITIONS for w in behind))


def _titled(text: Sentence) -> set[str]:
    """Return the words of a heading within a text: "### Router"."""
    return set(words_of(text.text)) if text.passage.level > 1 else set()


def _labelled(text: Sentence) -> set[str]:
    """Return the words with a capital of a name that a list item sets apart and explains: "**Billing**: takes payments"."""
    mark = next((m for m in text.passage.marks if m.style in ("strong", "code") and m.start <= 2), None)
    if mark is None or text.start or text.passage.form != "list":
        return set()
    behind = text.passage.text[mark.end : mark.end + 4].strip(" *`_")
    explained = behind.startswith((":", "-", "–", "—", "(")) or text.passage.text[: mark.end].rstrip(
        "*`_ "
    ).endswith(":")
    words = [t for t in text.tokens if t.end <= mark.end and t.is_word]
    return {t.lower for t in words if t.text[0].isupper()} if explained and len(words) <= MAX_WORDS else set()
