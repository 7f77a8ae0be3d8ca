"""Mentions: stretches of a sentence that may name a component, found by vocabulary, spelling and the shape of noun phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from buttress.model import Component
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import keys, singular, words_of
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.mentions.apart import MAX_NAME, names_apart, needed
from buttress.prose.mentions.enumerated import enumerated, is_named, labels_part
from buttress.prose.mentions.hidden import without_secrets
from buttress.prose.mentions.inline import inline
from buttress.prose.mentions.labels import Labels
from buttress.prose.mentions.nouns import EMPTY, HOLDERS, MAX_WORDS, NAMING, SECTION
from buttress.prose.mentions.phrases import is_doer
from buttress.prose.mentions.sections import titles_actor
from buttress.prose.mentions.spelling import Mention
from buttress.prose.stances.marked import is_about_document
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, GENITIVE, STOP
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_phrases

_WORDS = r"(?:(?!(?:by|of|to|in|on|from|with|for|at|via|and|or|used|between)\b)[\w-]+\s+){0,3}\W?"
_IS = Caseless(
    rf"\W*(?:\([^)]*\)\W*)?(?:is|are|(?:acts?|serves?|works?|runs?|(?:is|are) (?:written|implemented|built|realised|realized|designed|made|deployed|run)(?: (?:in|with|using) [\w.#+]+)?) as)\s+"
    rf"(?:(?:an?|the|our|one of the)\s+{_WORDS})?",
)
_USED_AS = Caseless(r"\W*as (?:an?|the|its|our|their)(?: [\w-]+){0,2}\W*")
_SAYS = Caseless(
    rf"\W*(?:[:–—-]|\()\s*(?:(?:an?|the|our)\s+)?{_WORDS}|\W*\([^)]*\)\W*(?:an?|the|our)\s+{_WORDS}"
)
_CUT_OFF = re.compile(r"\)\s+\w")  # "Parcel Label (PL) Printer": the name goes on behind the bracket
_OWNERS = Caseless(
    r"^\W*(?:(?:service |code |product )?owners?|teams?|owned by|owning team|maintainers?|maintained by|contacts?|on.?call)\b"
)
_WITHIN = Caseless(r"\s+(?:in|on|inside|within|of)\s+(?:(?:an?|the|our)\s+)?\W?")


class Finder(Labels):
    """Finds the mentions in the sentences of one document set."""

    def __init__(self, texts: Sequence[Sentence], known: Iterable[Component]) -> None:
        """Learn how the whole text writes its words, and which names it sets apart; `known` are the components that other sources show."""
        super().__init__(texts, known)
        self.needed = needed(texts)
        self.enumerated = enumerated(texts)
        self.apart = names_apart(texts) | self._parts()
        self.parts: list[Mention] = []  # those that sentences list as the parts of a whole
        self.apart_firsts = frozenset(words[0] for words in self.apart)

    def _parts(self) -> frozenset[tuple[str, ...]]:
        """Return the names of several words in small letters that lists of parts give: "polling agent" is no polling."""
        words = (self.texts[n].tokens[first:last] for n, (first, last) in self.enumerated.items())
        return frozenset(
            tuple(t.lower for t in name)
            for name in words
            if 1 < len(name) <= MAX_NAME and all(t.text.isalpha() and t.text.islower() for t in name)
        )

    def find(self, number: int) -> list[Mention]:
        """Return the mentions in one sentence, in order, none within another, no secret."""
        text = self.texts[number]
        return without_secrets(text, self._find(number, text))

    def _find(self, number: int, text: Sentence) -> list[Mention]:
        if text.passage.form == "heading":
            return self._heading(number, text)
        if text.passage.form == "table" and (_names_people(text) or is_about_document(text.passage.cells)):
            return []
        taken = [False] * len(text.tokens)
        found: list[Mention] = []
        self._known(number, text, taken, found)
        self._apart(number, text, taken, found)
        self._runs(number, text, taken, found)
        found.sort(key=lambda m: m.first)
        self._labels(text, found)
        part = self.enumerated.get(number)
        if part is not None and not labels_part(text, found, part) and is_named(text, part):
            found = [m for m in found if m.first >= part[1] or m.last <= part[0]]
            role = self._role(text.tokens, *part)[0]
            found.insert(0, self._mention(number, *part, "label", label=True, role=role))
        found = self._inline(number, text, found)
        if found and self._asks(text, found[0]):
            found.pop(0)
        self._predicates(text, found)
        return found

    def _inline(self, number: int, text: Sentence, found: list[Mention]) -> list[Mention]:
        """Return the mentions with the parts that a sentence lists itself: "consists of a stamper, a letter store and …"."""
        for first, last in inline(text):
            inside = [m for m in found if m.first < last and first < m.last]
            named = next((m for m in inside if m.last == last), None)
            if named is None:
                found = [m for m in found if m not in inside]
                named = self._mention(
                    number, first, last, "label", role=self._role(text.tokens, first, last)[0]
                )
                found.append(named)
            named.aside = False
            self.parts.append(named)
        return sorted(found, key=lambda m: m.first)

    def _predicates(self, text: Sentence, found: list[Mention]) -> None:
        """Mark what only says what another is: "brig is the user API service", "**brig**: the user API service"."""
        outside = [m for m in found if not _is_in_brackets(text, m)]
        around = pairwise(outside) if len(outside) < len(found) else ()
        for one, other in (*pairwise(found), *around):
            if (
                (one.bare or one.surface.split()[-1].lower() in HOLDERS)
                and one.of is None
                and one.technology is None
                and other.technology is not None
                and other.kind() in STORES | MESSAGING
            ):
                gap = text.text[text.tokens[one.last - 1].end : text.tokens[other.first].start]
                if one.role in STORES | MESSAGING and _WITHIN.fullmatch(gap):
                    one.of = other  # "a queue in Redis"
            if one.label and one.of is None and _fills(text, one, other):
                one.of, other.label = other, True  # "Tracing: Jaeger"
            if other.how != "role" or _is_product(other) or one.of is not None or one.aside:
                continue
            start, end = text.tokens[one.last - 1].end, text.tokens[other.first].start
            gap = text.text[start:end]
            if one.technology is not None and _USED_AS.fullmatch(gap):
                other.of = one  # "uses Redis as a cache"
                continue
            named = not other.bare and all(w[0].isupper() for w in other.surface.split())
            if one.label and ((one.bare and named) or _tells_doing(text, one, other)):
                continue  # "Consumers: Web App", "Reporter: checks the Auth Service"
            label = one.label or (one.first == 0 and one.strong and text.passage.form == "list")
            if (label and _SAYS.fullmatch(gap) and not self._has_subject(text, found, one, other)) or (
                (one.first <= 2 or text.tokens[one.first - 1].text == ":")
                and _IS.fullmatch(gap)
                and not _hangs(text, one)
            ):
                other.of = one

    @staticmethod
    def _has_subject(text: Sentence, found: list[Mention], label: Mention, other: Mention) -> bool:
        """Return whether what stands behind a label is a sentence about someone else: "Analysis: The worker sends …"."""
        verb = lexicon().get(text.tokens[other.last].lower) if other.last < len(text.tokens) else None
        if verb is None or verb.gerund or verb.participle:
            return False
        again = any(m.key == label.key for m in found if m is not label)
        kind = label.kind()
        return again or kind is None or not load().is_kind(kind, other.role or "")

    def _known(self, number: int, text: Sentence, taken: list[bool], found: list[Mention]) -> None:
        lowers = [t.lower for t in text.tokens]
        for first in range(len(lowers) if self.firsts else 0):
            if taken[first] or (
                lowers[first] not in self.firsts and singular(lowers[first]) not in self.firsts
            ):
                continue
            for length in range(min(MAX_WORDS + 1, len(lowers) - first), 0, -1):
                words = tuple(lowers[first : first + length])
                hit = self.known.get(words) or (
                    self.known.get((*words[:-1], singular(words[-1])))
                    if length > 1 or len(words[0]) > 5
                    else None
                )
                if hit is None:
                    continue
                name, plain = hit
                last = first + length
                first, last = self._product(text, first, last)
                after = lowers[last] if last < len(lowers) else ""
                if name in self.programs and after in (
                    "database",
                    "databases",
                    "db",
                    "dbs",
                    "cache",
                    "queue",
                ):
                    continue  # the orders database is no mention of the service `orders`
                if plain:
                    start, end = text.tokens[first].start, text.tokens[last - 1].end
                    told = text.marked(start, end, "code", "strong") or after in (
                        "service",
                        "server",
                        "container",
                        "database",
                        "db",
                        "api",
                        "app",
                        "worker",
                    )
                    role = words[0] in self.roles and words[0] not in EMPTY
                    if (
                        not told
                        and not (role and (first == 0 or lowers[first - 1] in DETERMINERS))
                        and not self.proper(text.tokens[first])
                    ):
                        continue
                if after in (
                    "service",
                    "server",
                    "container",
                    "cluster",
                    "instance",
                    "instances",
                    "component",
                ):
                    last += 1
                mention = self._mention(number, first, last, "known")
                mention.key = keys(name)[1]
                mention.surface = name
                found.append(mention)
                taken[first:last] = [True] * (last - first)
                break

    @staticmethod
    def _product(text: Sentence, first: int, last: int) -> tuple[int, int]:
        """Return a stretch widened to the name of the product that it is a piece of: "Apache *Kafka*"."""
        start, end = text.tokens[first].start, text.tokens[last - 1].end
        for match in text.technologies:
            if match.start <= start and end <= match.end:
                inside = [
                    n for n, t in enumerate(text.tokens) if match.start <= t.start and t.end <= match.end
                ]
                return min(first, *inside), max(last, inside[-1] + 1)
        return first, last

    def _apart(self, number: int, text: Sentence, taken: list[bool], found: list[Mention]) -> None:
        """Find what the item of a list of needs names, and the names that the text sets apart anywhere."""
        item = self.needed.get(number)
        if item is not None and not any(taken[item[0] : item[1]]):
            found.append(
                self._mention(number, *item, "label", label=True, role=self._role(text.tokens, *item)[0])
            )
            taken[item[0] : item[1]] = [True] * (item[1] - item[0])
        lowers = [t.lower for t in text.tokens] if self.apart else []
        for first, lower in enumerate(lowers):
            if lower not in self.apart_firsts:
                continue
            for last in range(min(len(lowers), first + MAX_NAME), first, -1):
                words = tuple(lowers[first:last])
                if any(taken[first:last]) or not (
                    words in self.apart or (*words[:-1], singular(words[-1])) in self.apart
                ):
                    continue
                start, end = text.tokens[first].start, text.tokens[last - 1].end
                marked = text.marked(start, end, "strong", "emphasis")
                if len(words) == 1 and not marked:
                    continue
                role = self._role(text.tokens, first, last)[0]
                goes_on = last < len(lowers) and not marked and self._nameable(text, last)
                aside = goes_on and not self._ends(text.tokens, last, last)
                how = "agent" if role is None and is_doer(words[-1]) else "proper"
                found.append(self._mention(number, first, last, how, role=role, aside=aside))
                taken[first:last] = [True] * (last - first)
                break

    def _runs(self, number: int, text: Sentence, taken: list[bool], found: list[Mention]) -> None:
        tokens = text.tokens
        marks: dict[int, tuple[int, str]] = {}
        matches = text.technologies
        offsets = {t.start: n for n, t in enumerate(tokens)} if matches else {}
        ends = {t.end: n + 1 for n, t in enumerate(tokens)} if matches else {}
        for match in matches:
            first = offsets.get(match.start)
            last = ends.get(match.end)
            if first is None:
                first = next((n for n, t in enumerate(tokens) if t.start <= match.start < t.end), None)
            if last is None:
                last = next((n + 1 for n, t in enumerate(tokens) if t.start < match.end <= t.end), None)
            if first is not None and last is not None and last > first:
                whole = tokens[first].text
                if (
                    last == first + 1
                    and len(whole) > match.end - match.start + 1
                    and ("-" in whole or "." in whole or "/" in whole or "_" in whole)
                ):
                    continue  # inside a longer identifier
                marks[first] = (last, match.id)
        n = 0
        while n < len(tokens):
            product = n in marks and marks[n][0] > n + 1  # "New Relic" begins with a small word
            if taken[n] or not (product or self._nameable(text, n)):
                n += 1
                continue
            end = marks[n][0] if product else n + 1
            while (
                end < len(tokens)
                and end - n < 8
                and not taken[end]
                and self._nameable(text, end)
                and self._joined(text, end)
                and not _whose(tokens[end - 1].lower, end - 1, marks)
            ):
                end += 1
            self._split(number, text, n, end, marks, found)
            n = end

    def _heading(self, number: int, text: Sentence) -> list[Mention]:
        words = [n for n, t in enumerate(text.tokens) if t.is_word and not re.fullmatch(r"\d[\d.]*", t.text)]
        if not words or len(words) > 6:
            return []
        first, last = words[0], words[-1] + 1
        inner = text.text[text.tokens[first].start : text.tokens[last - 1].end]
        before = text.text[: text.tokens[first].start]
        if "(" in before or _CUT_OFF.search(inner):
            return []  # a piece of a name is no name
        bracket = min((at for sign in ("(", "→", "->", "=>") if (at := inner.find(sign)) > 0), default=0)
        if bracket > 0:  # what is behind an arrow is another part
            last = next(n for n, t in enumerate(text.tokens) if t.start >= text.tokens[first].start + bracket)
            inner = inner[:bracket].strip()
        for separator in (": ", " - ", " – ", " — "):
            head, found, rest = inner.partition(separator)
            if found and len(head.split()) < 3 and caseless(r"\d|component|service|step|part").search(head):
                inner = rest
        parts = words_of(inner)
        if (
            not parts
            or len(parts) > 5
            or (parts[0] in STOP and len(parts) > 1)
            or any(t.lower in ("a", "an") for t in text.tokens[first + 1 : last])  # "Life of a job"
            or (all(p in SECTION for p in parts) and not _is_linked(text, inner))
        ):
            return []
        role = next(
            (r for k in range(min(4, len(parts)), 0, -1) if (r := self.roles.get(" ".join(parts[-k:])))), None
        )
        naming = role is not None and len(parts) > 1 and parts[0] in NAMING
        if parts[0] in lexicon() and not (naming or titles_actor(self.texts, number, parts)):
            return []
        technology = load().technology(inner)
        mention = Mention(number, first, last, inner, "heading", technology.id if technology else None, role)
        mention.key = keys(inner)[1]
        mention.bare = role is not None and " ".join(parts) in self.roles
        return [mention]


def _is_product(mention: Mention) -> bool:
    """Return whether a mention names a product, rather than what something is written with or is like: "a Rails application", "S3-compatible storage"."""
    technology = load().technologies.get(mention.technology or "")
    return (
        technology is not None
        and technology.role not in ("framework", "library")
        and "compatible" not in words_of(mention.surface)
    )


def _is_in_brackets(text: Sentence, mention: Mention) -> bool:
    before = text.text[: text.tokens[mention.first].start]
    return before.count("(") > before.count(")")


def _hangs(text: Sentence, mention: Mention) -> bool:
    """Return whether a mention belongs to a noun before it: "the clients of *Billing* are …"."""
    return mention.first > 0 and text.tokens[mention.first - 1].lower in ("of", "for", "in", "to")


def _tells_doing(text: Sentence, label: Mention, other: Mention) -> bool:
    """Return whether a verb in the third person stands behind a label: what follows it is its object."""
    words = [t.lower for t in text.tokens[label.last : other.first] if t.is_word]
    verb = lexicon().get(words[0]) if words else None
    return verb is not None and words[0].endswith("s") and verb.base not in ("be", "have", "do")


def _names_people(text: Sentence) -> bool:
    """Return whether a cell stands below a word for who owns the row: a team's name is no part of the system."""
    passage = text.passage
    column = next((n for n, cell in enumerate(passage.cells) if cell == text.text), len(passage.columns))
    return column < len(passage.columns) and _OWNERS.match(passage.columns[column]) is not None


def _is_linked(text: Sentence, inner: str) -> bool:
    """Return whether a title is one small word that links to what it names: "### [api](…)"."""
    return inner.islower() and " " not in inner and text.marked(0, len(text.text), "link", "code")


def _fills(text: Sentence, label: Mention, other: Mention) -> bool:
    """Return whether behind the label of a line stands at once which server does it: "Message broker: RabbitMQ", or which: "Two stores: Redis for …"."""
    gap = text.text[text.tokens[label.last - 1].end : text.tokens[other.first].start]
    if label.technology is not None or label.how in ("known", "code") or gap.strip(" *`_") != ":":
        return False
    at = text.tokens[other.first].start
    run = [m.start for m in text.technologies if load().technologies[m.id].role in ("server", "hosted")]
    several = len(text.technologies) > 1 and label.kind() in STORES | MESSAGING
    bare = label.bare or " ".join(words_of(label.surface)) in role_phrases()
    return at in run and not other.aside and (bare or several)


def _whose(word: str, n: int, marks: dict[int, tuple[int, str]]) -> bool:
    """Return whether a word is a genitive that ends a name: "the billing service's database", but not "Let's Encrypt"."""
    return word.endswith(GENITIVE) and not any(first <= n < last - 1 for first, (last, _) in marks.items())
