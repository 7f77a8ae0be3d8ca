"""Flows in sentences: which mention acts, by which verb, upon which other mention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from buttress.prose.mentions import MOVED, Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import Verb, flow_by, flow_of, lexicon, receives
from buttress.prose.words import (
    DETERMINERS,
    HYPOTHETICAL,
    NEGATED,
    PALE,
    PLANNED,
    PREPOSITIONS,
    PRONOUNS,
    STOP,
)
from buttress.vocabulary import load

_BARRIERS = frozenset(";:")
_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "gets", "get", "got"])
_ARROW = re.compile(r"\s*(?:-{1,2}>|→|=>|⟶|➜|➡)\s*")
SERVING = frozenset(("power", "serve", "feed"))


@dataclass(slots=True)
class Step:
    """One flow read from a sentence: mention `source` starts it, `target` is needed. `carried`: the subject stood elsewhere."""

    source: Mention
    target: Mention
    kind: str
    sentence: int
    carried: bool = False
    planned: bool = False
    hypothetical: bool = False


def steps(text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> list[Step]:
    """Return the flows in one sentence. `subject` is who acts when the sentence doesn't say.

    Source of the grammar: for each target the closest verb before it, for each verb the closest free mention before it.
    """
    out = _arrows(text, mentions)
    if not out:
        out = _Reader(text, mentions, subject).run()
    seen = set()
    unique = []
    for step in out:
        key = (step.source.key, step.target.key, step.kind)
        if step.source.key != step.target.key and key not in seen:
            seen.add(key)
            unique.append(step)
    return unique


def _arrows(text: Sentence, mentions: Sequence[Mention]) -> list[Step]:
    """Read "A -> B -> C" where each side is a mention."""
    if not _ARROW.search(text.text):
        return []
    out = []
    for found in _ARROW.finditer(text.text):
        left = [m for m in mentions if text.tokens[m.last - 1].end <= found.start()]
        right = [m for m in mentions if text.tokens[m.first].start >= found.end()]
        if left and right:
            a, b = left[-1], right[0]
            gap = (
                text.text[text.tokens[a.last - 1].end : found.start()]
                + text.text[found.end() : text.tokens[b.first].start]
            )
            if len(gap.split()) <= 2 and "->" not in gap:
                out.append(Step(a, b, "calls", a.sentence))
    return out


def _is_language(mention: Mention) -> bool:
    """Return whether a mention is what things are made of: it does nothing itself."""
    technology = load().technologies.get(mention.technology or "")
    return (
        mention.how == "technology"
        and technology is not None
        and technology.role in ("framework", "library")
        and technology.kind in ("other", "library_or_module")
    )


class _Reader:
    def __init__(self, text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> None:
        self.text = text
        self.tokens = text.tokens
        self.mentions = sorted(mentions, key=lambda m: m.first)
        self.subject = subject
        self.at: dict[int, Mention] = {n: m for m in self.mentions for n in range(m.first, m.last)}
        self.depth: list[int] = []
        level = 0
        for token in self.tokens:
            level += token.text in "([" if len(token.text) == 1 else 0
            self.depth.append(level)
            level -= token.text in ")]" if len(token.text) == 1 else 0
        self.verbs: dict[int, Verb] = {}
        for n, token in enumerate(self.tokens):
            verb = lexicon().get(token.lower)
            if verb is not None and n not in self.at and self._is_verb(n, verb):
                self.verbs[n] = verb

    def _is_verb(self, n: int, verb: Verb) -> bool:
        """Return whether a word that may be a verb is one here, not a noun ("a request", "the query")."""
        before = self.tokens[n - 1].lower if n else ""
        if verb.base in ("be", "do", "have"):
            return True
        if before in DETERMINERS and not verb.participle:
            return (
                before in ("this", "that", "these", "those", "which", "all", "both", "each")
                and not verb.plain
            )
        after = self.tokens[n + 1].lower if n + 1 < len(self.tokens) else ""
        if verb.participle and before in DETERMINERS:
            return False
        if verb.plain and before in PREPOSITIONS and before != "to":
            return False
        if not verb.participle and not verb.gerund and (n - 1) in self.verbs and self.verbs[n - 1].base not in ("be", "have", "do", "help", "let"):
            return False  # the object of the verb before: "fetches archives", "sends requests"
        if self.tokens[n].text[0].isupper() and n and after not in DETERMINERS:
            return False
        noun_like = self.tokens[n].lower in (
            "request",
            "requests",
            "query",
            "queries",
            "call",
            "calls",
            "log",
            "logs",
            "work",
            "works",
            "run",
            "runs",
            "build",
            "builds",
            "use",
            "uses",
            "access",
            "update",
            "updates",
            "load",
            "stream",
            "record",
            "records",
            "place",
            "report",
            "reports",
            "process",
            "checks",
            "check",
            "need",
            "needs",
            "queue",
            "store",
            "cache",
            "result",
            "results",
            "index",
            "sync",
            "schedule",
            "stores",
        )
        if (
            noun_like
            and before
            not in (
                "to",
                "will",
                "can",
                "should",
                "must",
                "may",
                "it",
                "they",
                "we",
                "and",
                "then",
                "which",
                "that",
                "also",
                "not",
                "or",
            )
            and self._before_adverbs(n) not in self.at
        ):
            return n == 0 and self.text.passage.form in ("list", "table")
        return True

    def _before_adverbs(self, n: int) -> int:
        """Return the place of the word before `n` that is no adverb."""
        k = n - 1
        while k > 0 and (self.tokens[k].lower.endswith("ly") or self.tokens[k].lower in ("then", "also", "first", "always", "only")):
            k -= 1
        return k

    def run(self) -> list[Step]:
        out: list[Step] = self._in_front()
        negated = bool(NEGATED.search(self.text.text))
        for index, target in enumerate(self.mentions):
            found = self._governor(index)
            if found is None:
                continue
            n, preposition = found
            verb = self.verbs[n]
            if self._negated(n) and negated:
                continue
            out += self._read(n, verb, preposition, target)
        return out

    def _governor(self, index: int) -> tuple[int, str] | None:
        """Return the verb that governs a mention and the preposition before it; lists share those of their first part."""
        target = self.mentions[index]
        n = target.first - 1
        preposition = ""
        gap = 0
        while n >= 0:
            token = self.tokens[n]
            if token.text in _BARRIERS and n > 1 and not (token.text == ":" and self._only_listed(n + 1, target.first)):
                return None
            if self.depth[n] > self.depth[target.first]:
                n -= 1
                continue
            if n in self.verbs:
                if self.verbs[n].base in ("be", "have", "do"):
                    return None
                if (
                    self.verbs[n].participle
                    and not self._passive(n)
                    and (n - 1) in self.at
                    and not preposition
                ):
                    pass
                return n, preposition
            if token.lower in PREPOSITIONS and not preposition:
                preposition = token.lower
                if preposition in (
                    "for",
                    "of",
                    "about",
                    "per",
                    "under",
                    "like",
                    "without",
                    "behind",
                    "at",
                    "outside",
                    "inside",
                ):
                    if preposition in ("at", "behind", "of", "inside"):
                        preposition = "" if preposition == "of" and self._noun_between(n) else "-"
                    else:
                        return None
            elif (
                token.lower in PREPOSITIONS
                and token.lower != preposition
                and gap > 0
                and preposition not in ("to", "from", "via", "through", "by", "in", "into", "on", "with")
            ):
                return None
            if token.lower in (
                "which",
                "that",
                "who",
                "while",
                "whereas",
                "but",
                "because",
                "when",
                "if",
                "so",
                "where",
                "unless",
            ):
                return None
            gap += 1
            if gap > 14:
                return None
            n -= 1
        return None

    def _in_front(self) -> list[Step]:
        """Return the routes of "X sits in front of Y", "Y is behind X", "X is placed before Y"."""
        out = []
        for first, second in zip(self.mentions, self.mentions[1:], strict=False):
            between = " ".join(t.lower for t in self.tokens[first.last : second.first] if t.is_word)
            if re.fullmatch(r"(?:which |that )?(?:\w+ ){0,2}in front of(?: (?:the|our|all|a|an|both))*", between):
                out.append(self._step(first, second, "routes", first.last))
            elif re.fullmatch(
                r"(?:is |are |runs? |sits? |lives? |which |deployed |placed )*behind(?: (?:the|our|a|an))*", between
            ):
                out.append(self._step(second, first, "routes", first.last))
        return out

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
        return n > 0 and self.tokens[n - 1].lower in (
            "instance", "instances", "set", "list", "cluster", "copy", "pool", "group", "part", "one", "each", "all", "number", "fleet", "replica", "replicas", "contents",
        )  # fmt: skip

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

    def _negated(self, n: int) -> bool:
        before = " ".join(t.lower for t in self.tokens[max(0, n - 4) : n])
        if before.endswith(("not only", "not just")):
            return False
        return bool(
            re.search(
                r"(?:\b(?:not|never|cannot|no longer|without|instead of|rather than|avoid|nor)\b|n't)(?: \w+){0,2}$",
                before,
            )
        )

    def _read(self, n: int, verb: Verb, preposition: str, target: Mention) -> list[Step]:
        passive = verb.participle and (self._passive(n) or self._reduced(n))
        if passive and preposition and preposition != "by" and (agent := self._agent_between(n, target)) is not None:
            kind = flow_of(verb.base, preposition) or (preposition == "from" and "reads") or None
            return [self._step(agent, target, kind, n)] if kind else []
        if passive and preposition == "by":
            found = flow_by(verb.base)
            if found is None:
                return []
            how, reverse = found
            subjects = self._subjects(n, passive=True)
            return [
                self._step(target, s, how, n) if reverse else self._step(s, target, how, n) for s in subjects
            ]
        if receives(verb.base) and preposition == "from" and not passive:
            return [self._step(target, s, "calls", n) for s in self._subjects(n)]
        if verb.base in SERVING and not preposition and not passive and target.how != "technology":
            return [self._step(target, s, "calls", n) for s in self._subjects(n)]
        kind = self._kind(n, verb, preposition, target, passive)
        if kind is None:
            return []
        if passive:
            if verb.base in (
                "connect",
                "link",
                "deploy",
                "host",
                "install",
                "route",
                "forward",
                "proxy",
                "redirect",
                "base",
                "build",
            ):
                sources = self._subjects(n, passive=True)
            elif (
                self._reduced(n)
                and not self._passive(n)
                and verb.base in ("store", "keep", "cache", "hold", "persist", "save", "record")
                and (earlier := self._earlier(n)) is not None
            ):
                return [
                    self._step(
                        s,
                        target,
                        "reads" if flow_of(self.verbs[earlier].base, "from") == "reads" else kind,
                        n,
                    )
                    for s in self._subjects(earlier)
                ]
            else:
                agent = self._agent_behind(target)
                sources = [agent] if agent is not None else self._senders(n)
            return [self._step(s, target, kind, n) for s in sources]
        return [self._step(s, target, kind, n) for s in self._subjects(n)]

    def _kind(self, n: int, verb: Verb, preposition: str, target: Mention, passive: bool) -> str | None:
        if passive and not preposition:
            return None
        kind = flow_of(verb.base, preposition)
        if (
            kind is None
            and preposition in ("via", "through", "using", "with")
            and verb.base not in ("be", "have", "start", "scale", "replace")
        ):
            means = target.technology is not None or target.role is not None
            kind = "calls" if means and preposition != "with" and flow_of(verb.base, "to") else None
        if kind is None and preposition == "-":
            kind = "calls" if verb.base in ("point", "look", "aim", "query") else None
        if kind is None:
            return None
        if (
            kind == "calls"
            and verb.base in ("make", "issue", "perform", "do", "open", "give", "start", "put")
            and preposition
        ):
            between = " ".join(t.lower for t in self.tokens[n + 1 : target.first])
            if not re.search(
                r"request|call|quer|connection|lookup|rpc|ping|notification|event|message|look-up|read|write|hook|fetch|push",
                between,
            ):
                return None
        if kind == "runs_on" and target.role not in ("compute_host", None) and target.how != "technology":
            return None
        return kind

    def _reduced(self, n: int) -> bool:
        """Return whether a participle stands right behind its noun: "a cache used by the gateway"."""
        return (n - 1) in self.at or (
            n > 0
            and self.tokens[n - 1].is_word
            and self.tokens[n - 1].lower not in STOP
            and self.verbs[n].base not in ("read", "put", "run", "set")
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
            if n < mention.first and mention.last <= target.first:
                k = mention.first - 1
                while k > n and self.tokens[k].lower in DETERMINERS:
                    k -= 1
                if self.tokens[k].lower == "by":
                    return mention
        return None

    def _agent_behind(self, target: Mention) -> Mention | None:
        """Return who acts in "X is sent to the target by the agent"."""
        for k in range(target.last, min(len(self.tokens), target.last + 3)):
            if self.tokens[k].lower == "by":
                return next((m for m in self.mentions if m.first > k and m.first - k <= 3), None)
        return None

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
                return []
            return [chosen] if chosen is not None else [self.subject] if self.subject is not None else []
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
                out.insert(0, earlier)
                index -= 1
            else:
                break
        return out

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
                k = mention.first - 1
                while k > n and self.tokens[k].lower in DETERMINERS:
                    k -= 1
                if k > n and self.tokens[k].lower == "from":
                    return mention
        k = n - 1
        while k > 0 and (self.tokens[k].lower in _BE or self.tokens[k].lower in ("then", "also", "will", "can") or self.tokens[k].lower.endswith("ly")):
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
        """Return whether someone who is no component acts: "we", "you", or a noun of another kind right before the verb."""
        start = self._clause_start(n)
        words = [t for t in self.tokens[start:n] if t.is_word]
        if not words:
            return False
        if any(t.lower in ("we", "you", "i", "one", "let", "us") for t in words):
            return True
        lowers = [t.lower for t in words]
        if any(w in PRONOUNS for w in lowers):
            return False
        modal = {
            "can",
            "will",
            "must",
            "should",
            "may",
            "also",
            "then",
            "first",
            "finally",
            "to",
            "and",
            "is",
            "are",
            "be",
            "not",
            "or",
        }
        return any(w not in modal and not w.endswith("ly") and w not in lexicon() for w in lowers)

    def _step(self, source: Mention, target: Mention, kind: str, n: int) -> Step:
        near = self.text.text
        carried = source.sentence != target.sentence
        return Step(
            source,
            target,
            kind,
            target.sentence if carried else source.sentence,
            carried,
            bool(PLANNED.search(near)),
            bool(HYPOTHETICAL.search(near)),
        )
