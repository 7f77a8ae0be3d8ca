"""Noun phrases that may name a component: names, roles with their modifiers, doers, nouns that act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from buttress.names import singular
from buttress.prose.mentions.coded import PROGRAM, acts_next, is_call, is_path
from buttress.prose.mentions.nouns import (
    AGENT,
    COLLECTIVES,
    EMPTY,
    GLUED,
    HYPHENED,
    IDENTIFIER,
    INSTANCES,
    MAX_WORDS,
    MOVED,
    NO_AGENT,
    NO_NAME,
    NO_THING,
    PARTICLES,
    PROTOCOLS,
    RUNS,
    VERSION,
    WHOLE,
    is_degree,
    is_quality,
)
from buttress.prose.mentions.spelling import Mention, Spelling
from buttress.prose.text import KEPT, Sentence, Token
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, STOP
from buttress.vocabulary.roles import role_phrases

_CIPHER = re.compile(r"(?:SCRAM|SHA|AES|RSA|HMAC|ECDSA|TLS|SASL|MD)[-_]?[A-Z\d]")
_SPOKEN_OF = 3  # times that a text says "the API" when it means one that it is about
_METHODS = frozenset("GET POST PUT PATCH DELETE HEAD OPTIONS".split())
_CONJUNCTIONS = frozenset(
    "and or but so yet when whenever if unless while because since although though as once after before until whereas where".split()
)


# Roles that are said in two words of which each is one: "the frontend SPA", "the proxy gateway".
_SURFACES = frozenset(("web_frontend", "gateway", "load_balancer"))
_RUNNING = frozenset(("service", "worker", "scheduler", "gateway", "web_frontend"))


class NounPhrases(Spelling):
    """Finds names and roles in runs of nouns."""

    def _split(
        self,
        number: int,
        text: Sentence,
        first: int,
        last: int,
        marks: dict[int, tuple[int, str]],
        found: list[Mention],
    ) -> None:
        """Find the mentions in a run of nouns and modifiers: names first, then role phrases with their modifiers."""
        n = first
        while n < last:
            best = self._at(number, text, n, last, marks)
            if best is None:
                n += 1
                continue
            found.append(best)
            n = max(best.last, n + 1)

    def _at(
        self, number: int, text: Sentence, n: int, last: int, marks: dict[int, tuple[int, str]]
    ) -> Mention | None:
        tokens = text.tokens
        begin = n
        while (
            begin < last
            and begin not in marks
            and (tokens[begin].lower in PALE or (begin + 1 < last and _is_like(tokens, begin)))
            and not (tokens[begin].text[0].isupper() and begin > 0)
        ):
            if any(
                " ".join(t.lower for t in tokens[begin:e]) in self.roles
                for e in range(begin + 2, min(last, begin + 4) + 1)
            ):
                break
            begin += 1
        if begin >= last:
            return None
        agent = self._agent(number, text, begin, last, marks)
        # a role phrase that ends a stretch from here, with names or modifiers before it
        for end in range(min(last, begin + MAX_WORDS), begin, -1):
            role, head = self._role(tokens, begin, end)
            if agent is not None and agent.last >= end and not agent.aside:
                return agent
            if role is None or self._is_done(text, end - 1) or self._many_do(tokens, begin, end - 1):
                continue
            if role in _RUNNING and end < last and singular(tokens[end].lower) == "node":
                break  # "the worker node": a part by that name
            start = begin
            inner = next((k for k in range(begin, end) if k in marks), None)
            technology = marks[inner][1] if inner is not None else None
            if (
                inner is not None
                and inner > begin
                and not all(t.text[0].isupper() for t in tokens[begin:inner])
            ):
                start = inner
            modifiers = tokens[start:head]
            if any(self._is_done(text, k) for k in range(start + 1, head)):
                continue  # "the worker node processes jobs": who does it comes first
            if any(self._verbal(text, k) for k in range(start, head)):
                start = max(k for k in range(start, head) if self._verbal(text, k)) + 1
                modifiers = tokens[start:head]
            if len(modifiers) > 3:
                start = head - 3
            while (
                start < head
                and not tokens[start].text[0].isupper()
                and "-" not in tokens[start].text
                and any(
                    k < head and (tokens[k].text[0].isupper() or "-" in tokens[k].text or k in marks)
                    for k in range(start + 1, head + 1)
                )
            ):
                start += 1  # "port Content Store": the name begins with its capital
            while start < head and tokens[start].lower in _CONJUNCTIONS:
                start += 1  # "When service recovers": a capital at the beginning of a sentence
            modifiers = tokens[start:head]
            if modifiers and all(t.lower in PROTOCOLS for t in modifiers):
                start, modifiers = head, ()
            acronym = (
                end == head + 1
                and tokens[head].text.isupper()
                and self.definite[tokens[head].lower] < _SPOKEN_OF
            )
            own = (
                tokens[head].text[0].isupper()
                and not acronym
                and (self.proper(tokens[head]) if head > 0 else self.always_proper(tokens[head]))
            )
            bare = (
                (start == head or (role in _SURFACES and self._role_alone(modifiers) == role))
                and not own
                and "-" not in tokens[head].text
                and "_" not in tokens[head].text
                and " ".join(t.lower for t in tokens[head:end]) in self.roles
            )
            aside = (end < last and not self._ends(tokens, end, last)) or _is_of_doing(tokens, end)
            words = " ".join(t.lower for t in tokens[head:end])
            if bare and is_path(text, tokens[head]):
                return None
            if tokens[end - 1].lower == "storage" and end < len(tokens) and tokens[end].lower == "of":
                return None  # "the persistent storage of data" is what somebody does
            if (
                bare
                and not acronym
                and (words in EMPTY or singular(words) in EMPTY or words in NO_THING)
                and not (tokens[head].text.isupper() and len(words) < 4 and words not in NO_THING)
            ):
                marked = text.marked(tokens[head].start, tokens[end - 1].end, "code", "strong")
                if words in self.defined and tokens[head - 1 if head else 0].lower in (*DETERMINERS, words):
                    marked = True
                if not marked and not (
                    words in COLLECTIVES and WHOLE & {t.lower for t in tokens[max(0, head - 2) : head]}
                ):
                    return None
            named = (
                any(t.text[0].isupper() for t in modifiers)
                or technology is not None
                or any("-" in t.text for t in modifiers)
                or (
                    end < len(tokens)
                    and tokens[end].lower in RUNS
                    and text.marked(tokens[head].start, tokens[head].end, "code")
                )
            )
            if aside and not named and not (end < len(tokens) and tokens[end].lower in MOVED):
                return None
            return self._mention(
                number, start, end, "role", role=role, technology=technology, bare=bare, aside=aside
            )
        if agent is not None:
            return agent
        doer = self._doer(number, text, begin, last, marks)
        if doer is not None:
            return doer
        if begin in marks:
            end, technology = marks[begin]
            return self._mention(
                number,
                begin,
                end,
                "technology",
                technology=technology,
                aside=end < last and not self._ends(tokens, end, last),
            )
        token = tokens[begin]
        called = begin > 0 and tokens[begin - 1].lower in ("called", "named", "dubbed")
        if text.marked(token.start, token.end, "code", *(("link", "strong") if called else ())):
            plain = token.lower in STOP or token.text in _METHODS or is_call(text, token)
            if PROGRAM.fullmatch(token.text) and acts_next(tokens, begin):
                return self._mention(number, begin, begin + 1, "code")
            if IDENTIFIER.fullmatch(token.text) and not plain:
                return self._mention(number, begin, begin + 1, "code", aside=begin + 1 < last)
            return None
        if (
            HYPHENED.fullmatch(token.lower)
            and (self.hyphened[token.lower] > 1 or self._acts_alone(text, begin))
            and not NO_NAME.search(token.lower)
        ):
            return self._mention(
                number,
                begin,
                begin + 1,
                "code",
                aside=begin + 1 < last and not self._ends(tokens, begin + 1, last),
            )
        end = begin
        while (
            end < last
            and end - begin < 4
            and tokens[end].text[0].isupper()
            and (end > 0 or self.proper(tokens[end]) or tokens[end].text[1:2].isupper())
        ):
            end += 1
        if end > begin and text.passage.form in ("prose", "list"):
            if all(t.lower in NO_THING or t.text in _METHODS for t in tokens[begin:end]):
                return None  # "an HTTP POST request"
            if tokens[end - 1].lower in NO_THING or _CIPHER.match(tokens[end - 1].text):
                return None  # "Mutual TLS", "SCRAM-SHA-512"
            if end == begin + 1 and (
                tokens[begin].lower in NO_THING or VERSION.fullmatch(tokens[begin].lower)
            ):
                return None
            if (
                end == begin + 1
                and not self.proper(tokens[begin])
                and not tokens[begin].text[1:].strip("s").isupper()
            ):
                return None
            return self._mention(
                number, begin, end, "proper", aside=end < last and not self._ends(tokens, end, last)
            )
        return None

    def _agent(
        self, number: int, text: Sentence, begin: int, last: int, marks: dict[int, tuple[int, str]]
    ) -> Mention | None:
        """Return the mention of something named for what it does: "the loader", "Listers", "the Object Storage Replayer"."""
        tokens = text.tokens
        for end in range(min(last, begin + 4), begin, -1):
            word = tokens[end - 1].lower
            if not is_doer(word) or word in self.role_words or end - 1 in marks:
                continue  # "Jaeger" is a product
            before = tokens[begin - 1].lower if begin else ""
            start = begin
            if any(
                self._verbal(text, k) or (k in marks and marks[k][0] < end) for k in range(begin, end - 1)
            ):
                continue
            if not all(t.text[0].isupper() for t in tokens[start : end - 1]):
                start = max(begin, end - 2)
            named = tokens[end - 1].text[0].isupper() and (end > 1 or self.proper(tokens[end - 1]))
            if not named and not (
                before in DETERMINERS
                or before in PREPOSITIONS
                or before in ("", "and", "or", ",", "(")
                or before in lexicon()
            ):
                continue
            aside = end < last and not self._ends(tokens, end, last)
            return None if aside and not named else self._mention(number, start, end, "agent", aside=aside)
        return None

    def _doer(
        self, number: int, text: Sentence, begin: int, last: int, marks: dict[int, tuple[int, str]]
    ) -> Mention | None:
        """Return the mention of a noun that acts in this text, or of a kind of node: "the sidecar", "store nodes"."""
        tokens = text.tokens
        if begin in marks:
            return None
        for end in range(min(last, begin + 3), begin, -1):
            word = singular(tokens[end - 1].lower)
            node = word == "node" and end - begin >= 2 and not self._verbal(text, end - 2)
            node = node and not tokens[end - 2].text[0].isdigit()  # "2 nodes"
            if not node and (self.acting[word] < 2 or tokens[end - 1].lower in lexicon()):
                continue
            start = begin
            if not all(t.text[0].isupper() for t in tokens[start : end - 1]):
                start = end - 2 if end - begin >= 2 and (node or "-" in tokens[end - 2].text) else end - 1
            if any(self._verbal(text, k) or k in marks for k in range(start, end - 1)):
                continue
            aside = end < last and not self._ends(tokens, end, last)
            how = "acting"
            return self._mention(number, start, end, how, role="service" if node else None, aside=aside)
        return None

    def _role(self, tokens: Sequence[Token], begin: int, end: int) -> tuple[str | None, int]:
        """Return the kind of the longest role phrase that ends at `end`, and where it begins."""
        role, length = _role_of(tuple([t.text for t in tokens[max(begin, end - 4) : end]]))
        return role, end - length if length else begin

    def _role_alone(self, tokens: Sequence[Token]) -> str | None:
        """Return the kind that some words in lower case are the word for: "frontend" in "the frontend SPA"."""
        return self.roles.get(" ".join(t.text for t in tokens))

    def _many_do(self, tokens: Sequence[Token], begin: int, n: int) -> bool:
        """Return whether a word that may be a noun is what several parts do: "the label servers *process* letters"."""
        verb = lexicon().get(tokens[n].lower)
        before = tokens[n - 1].lower if n > begin else ""
        return (
            verb is not None and verb.plain and before != singular(before) and singular(before) in self.heads
        )

    def _acts_alone(self, text: Sentence, n: int) -> bool:
        """Return whether a hyphened word is a name although it stands once: it does something, or somebody does something with its help."""
        tokens = text.tokens
        before = tokens[n - 1].lower if n else ""
        after = lexicon().get(tokens[n + 1].lower) if n + 1 < len(tokens) else None
        acts = after is not None and after.third
        by = before == "by" and any(t.lower in lexicon() for t in tokens[max(0, n - 3) : n - 1])
        heads = n == 0 and text.passage.form == "list" and len(tokens) > 2 and tokens[1].text in (",", "(")
        return by or heads or (acts and before not in ("a", "an"))

    def _ends(self, tokens: Sequence[Token], end: int, last: int) -> bool:
        """Return whether the noun phrase ends before `end`: what follows reads as a verb rather than a noun."""
        after = tokens[end]
        if after.lower in INSTANCES:
            return True
        if (after.lower in lexicon() and after.lower not in self.heads) or VERSION.fullmatch(after.lower):
            return True
        follows = tokens[end + 1].lower if end + 1 < len(tokens) else ""
        acts = lexicon().get(follows)
        if after.text[0].isupper() and tokens[end - 1].text.islower() and acts is not None and acts.third:
            return True  # "the servers Acme manages"
        if after.lower in lexicon() and (
            follows in DETERMINERS or follows in PREPOSITIONS or follows in PARTICLES
        ):
            return True
        return (
            after.lower.endswith(("s", "ed"))
            and after.lower not in self.heads
            and end + 1 < len(tokens)
            and tokens[end + 1].lower in DETERMINERS
        )


@lru_cache(KEPT)
def is_doer(word: str) -> bool:
    """Return whether a word is what something is called for what it does.

    >>> is_doer("loader"), is_doer("listers"), is_doer("number")
    (True, True, False)
    """
    return (
        AGENT.fullmatch(word) is not None
        and word not in NO_AGENT
        and singular(word) not in NO_AGENT
        and word not in lexicon()
    )


@lru_cache(KEPT)
def _role_of(words: tuple[str, ...]) -> tuple[str | None, int]:
    """Return the kind of the longest role phrase that some words end with, and how many words it has, 0 for none."""
    roles = role_phrases()
    for length in range(len(words), 0, -1):
        phrase = " ".join(words[-length:]).lower().replace("-", " ")
        role = roles.get(phrase) or roles.get(singular(phrase))
        if role is not None:
            return role, length
    word = words[-1].lower()
    glued = GLUED.fullmatch(word)
    if glued is not None and word not in lexicon():
        return roles.get(glued[1]), 1
    parts = re.split(r"[-_]|(?<=[a-z])\.?(?=[A-Z])", words[-1])
    for length in range(min(3, len(parts) - 1), 0, -1):
        role = roles.get(" ".join(p.lower() for p in parts[-length:]))
        if role is not None and not NO_NAME.search(word):
            return role, 1
    return None, 0


def _is_of_doing(tokens: Sequence[Token], end: int) -> bool:
    """Return whether behind a name stands what is done there, as one noun: "ingress *rate limiting*"."""
    noun = lexicon().get(tokens[end].lower) if end < len(tokens) else None
    doing = lexicon().get(tokens[end + 1].lower) if end + 1 < len(tokens) else None
    return noun is not None and noun.plain and not noun.participle and doing is not None and doing.gerund


def _is_like(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a word behind an article says what a part is like: "the *pluggable* store", "a highly *resilient* gateway"."""
    before = tokens[n - 1].lower if n else ""
    graded = n > 1 and is_degree(tokens[n - 1].text) and tokens[n - 2].lower in (*DETERMINERS, ",")
    return graded or (before in DETERMINERS and is_quality(tokens[n].text))
