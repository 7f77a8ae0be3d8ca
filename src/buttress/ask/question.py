"""Reading a question: which parts of the system, facts, topics and data it names, and what it asks about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from buttress.ask.called import ASKING, RUNNING, WIDE
from buttress.ask.frames import FRAMES
from buttress.ask.nicknames import by_name, by_stem, by_word, by_words, loosely, short_for
from buttress.ask.phrases import data_phrases, fact_phrases, facts_at, family
from buttress.ask.sets.algebra import Query, are_there, is_composed
from buttress.ask.sets.grammar import parse
from buttress.ask.sets.lexer import tokens
from buttress.ask.spelling import misspelt, plainly
from buttress.model import Flow, SystemGraph
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import load
from buttress.vocabulary.match import stem

MAX_CHARACTERS = 2_000
_HOLDERS = STORES | MESSAGING
_MAX_WORDS = 5
_ON_THE_WAY = re.compile(
    r"\b(?:transit|tls|ssl|https|traffic|connections?|calls?|requests?|links?|between|from|communicat\w*|over)\b"
)
# "The billing container" is Billing.
_GENERIC_BEHIND = re.compile(
    r"(@\d+) (?:micro-?service|container|pod|process|component|app|job|box|deployment)\b"
)
# "When billing's down" says of Billing that it is.
_IS_ILL = re.compile(
    r"(@\d+)'s(?= (?:\w+ )?(?:down|gone|dead|slow|unavailable|unreachable|offline|full|overloaded|lost|broken|wiped)\b)"
)
_WORD = re.compile(r"\w[\w./-]*\w|\w")


@dataclass(frozen=True, slots=True)
class Thing:
    """A part of the system that the question names; `ids` is empty when nothing is so.

    `by` is name, technology, kind, spelling (a name with a slip of the pen), stem (a word of the same stem) or use ("the orders database": what Orders uses).
    """

    words: str
    ids: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood; `pattern` is its text with each thing replaced by `@0`, `@1` and so on."""

    text: str
    pattern: str
    intent: str
    things: tuple[Thing, ...] = ()
    slots: tuple[int, ...] = ()  # the things that the frame names, in its order
    facts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    kinds: frozenset[str] = field(default_factory=frozenset)
    unknown: str = ""  # words in the place of a thing that name nothing that was read
    query: Query | None = None  # asked of a set of parts, by a question of which every word is understood

    def named(self) -> tuple[Thing, ...]:
        """Return the things that the frame names, else all."""
        return tuple(self.things[n] for n in self.slots) or self.things


def understand(text: str, graph: SystemGraph) -> Question:
    """Return what a question asks about a graph; at most 2,000 characters of it are read.

    >>> from buttress.model import Component
    >>> g = SystemGraph(components=(Component("redis", "Redis", "cache", "redis"),))
    >>> q = understand("What happens if redis goes down?", g)
    >>> q.intent, q.things[0].ids
    ('impact', ('redis',))
    """
    text = plainly(" ".join(text[:MAX_CHARACTERS].replace("@", " ").split()))
    found = _with_stores(text, sorted(_things(text, graph), key=lambda item: item[0]), graph)
    pattern, at = "", 0
    things: list[Thing] = []
    for start, end, thing in found:
        pattern += text[at:start].lower() + f"@{len(things)}"
        things.append(thing)
        at = end
    pattern = _GENERIC_BEHIND.sub(r"\1", pattern + text[at:].lower())
    pattern = _IS_ILL.sub(r"\1 is", pattern)
    subjects = [m for m in load().find_topics(pattern) if not _is_inside_a_word(pattern, m.start, m.end)]
    facts = tuple(
        dict.fromkeys(
            m.id
            for m in fact_phrases().find(pattern)
            if m.id not in WIDE
            or not any(t.start < m.start < t.end or m.end < t.end > m.start >= t.start for t in subjects)
        )
    )
    facts = tuple(f for f in facts if not (f in WIDE and _is_part_of(f, facts)))
    if (
        "encryption_in_transit" in facts
        and "encryption_at_rest" not in facts
        and not _ON_THE_WAY.search(pattern)
    ):
        facts = (*facts, "encryption_at_rest")  # what is "encrypted" without more may be so in either way
    named = [(start, end) for start, end, thing in found if thing.by in ("name", "spelling")]
    told = [
        m for m in load().find_topics(text)
        if not any(start <= m.start and m.end <= end for start, end in named)  # a part called Payments isn't that subject
        and not _is_inside_a_word(text, m.start, m.end)
    ]  # fmt: skip
    topics = tuple(
        dict.fromkeys(m.id for m in (*subjects, *told) if text[m.start : m.end].lower() not in RUNNING)
    )
    data = tuple(dict.fromkeys(m.id for m in data_phrases().find(pattern)))
    rest = pattern
    for subject in subjects:
        words = pattern[subject.start : subject.end]
        if words not in RUNNING and not family(words):  # "API versioning" isn't about APIs
            rest = rest[: subject.start] + "." * (subject.end - subject.start) + rest[subject.end :]
    for start, end, name in facts_at(pattern):
        if (
            name in facts and " " in pattern[start:end]
        ):  # a "dead letter queue" is no queue, "no volume" no store
            rest = rest[:start] + "." * (end - start) + rest[end:]
    kinds = _kinds(rest)
    query = parse(tokens(pattern, [(t.words, t.ids, t.by) for t in things], graph))
    spoken_of = query is not None and are_there(query, graph)
    if query is not None and spoken_of and is_composed(query):
        return Question(text, pattern, "set", tuple(things), (), facts, topics, data, kinds, query=query)
    for intent, frame, needs in FRAMES:
        if (
            ("fact" in needs and not facts)
            or ("data" in needs and not data)
            or ("kind" in needs and not kinds)
            or ("waiting" in needs and not is_ordered(graph))
            or (
                "store" in needs
                and not kinds & (STORES | MESSAGING)
                and len(things) < 2
                and not _holds(things, graph)
            )
        ):
            continue
        if ("topic" in needs and not (topics or facts)) or (
            "things" in needs and len({thing.ids or thing.words for thing in things}) < 2
        ):
            continue
        match = frame.search(pattern)
        if match is None:
            continue
        if intent in ("listing", "topic") and spoken_of and query is not None and query.select.conditions:
            break  # a kind or a topic is less than all that was understood
        groups = match.groupdict()
        slots = tuple(int(g[1:]) for name in ("one", "two") if (g := groups.get(name)) and g[0] == "@")
        if "holder" in needs and not _holds([things[n] for n in slots], graph):
            continue
        unknown = next((g for name in ("one", "two") if (g := groups.get(name)) and g[0] != "@"), "")
        if intent == "supply" and unknown:
            ids = by_stem(unknown, graph)
            things += [Thing(unknown, ids, "stem")] if ids else []
            slots, unknown, intent = ((*slots, len(things) - 1), "", "path") if ids else (slots, "", intent)
        if needs.startswith("="):
            facts, topics = (needs[1:],), ()
            kinds -= {"secret_store"}  # passwords in files, not where they are to be
        return Question(text, pattern, intent, tuple(things), slots, facts, topics, data, kinds, unknown)
    if spoken_of and query is not None and query.select.conditions:
        return Question(text, pattern, "set", tuple(things), (), facts, topics, data, kinds, query=query)
    return Question(text, pattern, "unclear", tuple(things), (), facts, topics, data, kinds)


def _things(text: str, graph: SystemGraph) -> Iterator[tuple[int, int, Thing]]:
    """Yield what the question names with its place: components first, then technologies, then kinds of parts."""
    words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
    taken = [False] * len(words)

    def free(first: int, last: int) -> bool:
        return not any(taken[first:last])

    named = by_name(graph)
    words_of_names = by_word(graph)
    for length in range(min(_MAX_WORDS, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            start, end = words[first][0], words[first + length - 1][1]
            phrase = text[start:end]
            if not free(first, first + length) or (length == 1 and phrase.lower() in ASKING):
                continue
            if _asks_who(phrase, text[end:]):
                continue
            ids = named.get(phrase) or loosely(phrase, graph, capital=phrase[:1].isupper() or "-" in phrase)
            if not ids and 1 < length < 4:
                ids = by_words(phrase, words_of_names)
            if ids:
                taken[first : first + length] = [True] * length
                yield start, end, Thing(phrase, ids, "name")
    vocabulary = load()
    meant = [(m.start, m.end) for m in (*fact_phrases().find(text), *vocabulary.find_topics(text))]
    for match in vocabulary.find_technologies(text):
        inside = [n for n, (start, end) in enumerate(words) if start < match.end and end > match.start]
        if inside and free(inside[0], inside[-1] + 1):
            ids = tuple(
                c.id
                for c in graph.components
                if c.technology and vocabulary.is_technology(c.technology, match.id)
            )
            if not ids and any(start <= match.start and match.end < end for start, end in meant):
                continue  # "the Docker socket" is a property of a part, not Docker
            taken[inside[0] : inside[-1] + 1] = [True] * len(inside)
            whole = text[words[inside[0]][0] : words[inside[-1]][1]]
            if len(whole) > match.end - match.start and (slip := misspelt(whole, graph)):
                yield words[inside[0]][0], words[inside[-1]][1], Thing(whole, slip, "spelling")
                continue
            yield (
                words[inside[0]][0],
                words[inside[-1]][1],
                Thing(text[match.start : match.end], ids, "technology"),
            )
    for length in range(min(3, len(words)), 0, -1):
        for first in range(1, len(words) - length + 1):
            before = text[words[first - 1][0] : words[first - 1][1]].lower()
            start, end = words[first][0], words[first + length - 1][1]
            if before not in ("the", "our", "a", "an", "this", "that", "no", "own") or not free(
                first, first + length
            ):
                continue
            if _asks_who(text[start:end], text[end:]) or text[start:end].lower() in ASKING:
                continue
            if (" " in text[start:end] or before == "no") and fact_phrases().find(
                text[words[first - 1][0] : end]
            ):
                continue  # "a dead letter queue" is a property of a queue, "no volume" of what stores data
            kinds = family(text[start:end].lower()) - {"actor"}
            ids = tuple(c.id for c in graph.components if c.kind in kinds)
            if ids:
                taken[first : first + length] = [True] * length
                own = [id_ for id_, _ in words_of_names.get(text[start:end].lower(), ()) if id_ in ids]
                yield (
                    start,
                    end,
                    Thing(text[start:end], tuple(own), "name")
                    if len(own)
                    == 1  # "the backend" where one part is called so, among many that are of the kind
                    else Thing(text[start:end], ids, "kind"),
                )
    # Words of a phrase that means something, such as "backed up", are no slips either.
    for place, (start, end) in enumerate(words):
        word = text[start:end]
        if any(first <= start and end <= last for first, last in meant):
            continue
        if taken[place] or word.lower() in ASKING or _is_ordinary(word):
            continue
        if ids := short_for(word, graph):
            taken[place] = True
            yield start, end, Thing(word, ids, "name")
            continue
        if slip := misspelt(word, graph):
            taken[place] = True
            yield start, end, Thing(word, slip, "spelling")


def _is_ordinary(word: str) -> bool:
    """Return whether a word is one of the vocabulary's own: a fact, a topic, a kind, a technology, a class of data."""
    low = word.lower()
    return bool(
        fact_phrases().find(low) or data_phrases().find(low) or load().find_topics(low)
        or load().find_technologies(low) or family(low)
    )  # fmt: skip


def _with_stores(
    text: str, found: list[tuple[int, int, Thing]], graph: SystemGraph
) -> list[tuple[int, int, Thing]]:
    """Return the things, with "the orders database" as the stores that Orders uses, where it isn't one itself."""
    out = []
    for start, end, thing in found:
        component = graph.component(thing.ids[0]) if len(thing.ids) == 1 else None
        if component is not None and thing.by in ("name", "spelling") and component.kind not in _HOLDERS:
            last = re.search(r"\w+$", thing.words)
            after = re.match(r"(?:'s)? ([a-z]+(?: [a-z]+)?)", text[end:].lower())
            phrases = [last[0].lower()] if last and " " in thing.words else []
            phrases += [after[1], after[1].split()[0]] if after else []
            used = {f.target for f in graph.flows if f.source == component.id}
            for phrase in phrases:
                if phrase.split()[0] in ("event", "events", "message", "messages"):
                    break  # what Orders publishes, not where
                kinds = family(phrase) & _HOLDERS
                ids = tuple(c.id for c in graph.components if c.id in used and c.kind in kinds)
                if ids:
                    end = max(end, text.lower().index(phrase, start) + len(phrase))
                    thing = Thing(text[start:end], ids, "use")
                    break
        out.append((start, end, thing))
    return out


def _holds(things: list[Thing], graph: SystemGraph) -> bool:
    ids = {id_ for thing in things for id_ in thing.ids}
    return any(c.kind in STORES | MESSAGING for c in graph.components if c.id in ids)


def _asks_who(phrase: str, after: str) -> bool:
    """Return whether words ask who uses something, as in "users of Redis", and aren't the name of a part."""
    return (
        phrase.lower() == phrase
        and re.match(r"\s+of\b(?! (?:its|their|your|our|his|her) own\b)", after) is not None
    )


def _kinds(pattern: str) -> frozenset[str]:
    """Return the kinds of the first plural or asked-for kind ("which databases", "list the queues")."""
    words = re.findall(r"[a-z][a-z-]*", re.sub(r"@\d+", " . ", pattern))
    for length in (2, 1):
        for first in range(len(words) - length + 1):
            phrase = " ".join(words[first : first + length])
            if phrase in ASKING and phrase not in ("service", "services", "stores"):
                continue
            if phrase in RUNNING:
                return frozenset(("service",))
            kinds = family(phrase)
            if kinds - {"actor", "other"}:
                return kinds
    return frozenset()


def _is_inside_a_word(text: str, start: int, end: int) -> bool:
    """Return whether a place in a text is a piece of a name as programs have them: "payment" in `transfer:payment`."""
    return (text[start - 1 : start] in (":", "_") and start > 1 and text[start - 2].isalnum()) or (
        text[end : end + 1] in (":", "_") and text[end + 1 : end + 2].isalnum()
    )


def is_ordered(graph: SystemGraph) -> bool:
    """Return whether the sources state what is started after what."""
    return any(states_order(f) for f in graph.flows)


def states_order(flow: Flow) -> bool:
    """Return whether a flow says that one part is started after the other."""
    return flow.kind == "depends_on" or any(
        f.name in ("startup_order", "depends_healthy") and not f.absent for f in flow.facts
    )


def _is_part_of(wide: str, facts: tuple[str, ...]) -> bool:
    """Return whether a wide word only says what another fact is about: "images pinned to a version" asks whether they are pinned."""
    if wide == "version":
        return "image_tag_pinned" in facts
    return any(
        f not in WIDE and stem(wide) in {stem(w) for w in load().facts[f].label.lower().split()}
        for f in facts
    )
