"""What "it", "the database" and "all consumers" stand for: what the sentences before, the heading or the whole system offer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from buttress.model.kinds import DATABASES, MESSAGING, RUNTIME, STORES
from buttress.prose.clauses import clauses, is_name
from buttress.prose.facts.ledger import Ledger
from buttress.prose.mentions.spelling import Mention
from buttress.prose.reading import Reading

# What "the broker", "all databases" can stand for, in the singular.
ROLES: dict[str, frozenset[str]] = {
    "server": STORES | MESSAGING,
    "database": DATABASES,
    "db": DATABASES,
    "store": STORES,
    "datastore": STORES,
    "cluster": STORES | MESSAGING,
    "cache": frozenset(("cache", "key_value_db")),
    "broker": MESSAGING,
    "queue": MESSAGING,
    "index": frozenset(("search_index",)),
    "bucket": frozenset(("object_store",)),
    "gateway": frozenset(("gateway", "load_balancer")),
    "proxy": frozenset(("gateway", "load_balancer")),
    "balancer": frozenset(("load_balancer", "gateway")),
    "worker": frozenset(("worker",)),
    "scheduler": frozenset(("scheduler",)),
    "frontend": frozenset(("web_frontend",)),
    "service": frozenset(("service", "web_frontend", "worker", "gateway")),
    "microservice": frozenset(("service", "web_frontend", "worker", "gateway")),
    "component": RUNTIME,
    "application": RUNTIME,
    "app": RUNTIME,
}
ENDS = {"consumer": "consumes", "subscriber": "consumes", "publisher": "publishes", "producer": "publishes"}
_WEAK = frozenset(("server", "cluster", "store", "datastore"))
_OWNED = frozenset(
    ("service", "microservice", "component", "application", "app", "worker", "consumer", "publisher")
)


class Antecedents:
    """Finds what is spoken of, sentence by sentence, in the order of the text."""

    def __init__(self, reading: Reading, ledger: Ledger) -> None:
        """Keep what the sentences before were about."""
        self.reading, self.ledger = reading, ledger
        self.spoken: dict[int, tuple[str, ...]] = {}
        self._mentions: dict[int, list[Mention]] = {}
        self._tokens: dict[int, frozenset[int]] = {}
        self._begins: dict[int, list[int]] = {}
        self._labels: dict[int, str | None] = {}
        self._titles: dict[
            tuple[int, str], list[int]
        ] = {}  # by the run of one source's sentences, and what they say
        self._runs: list[int] = []
        for number, text in enumerate(reading.texts):
            goes_on = number > 0 and reading.texts[number - 1].passage.source == text.passage.source
            self._runs.append(self._runs[-1] if goes_on else number)
            if text.passage.form == "heading":
                self._titles.setdefault((self._runs[-1], text.passage.text), []).append(number)

    def mentions(self, number: int) -> list[Mention]:
        """Return the mentions in a sentence that are accepted components, in order.

        An ordinary word that other sources know as a name counts where its writing or the verb shows the name: "from Orders", "Orders writes".
        """
        if number not in self._mentions:
            own = [(m, self.ledger.canonical(m.key)) for m in self.reading.mentions[number]]
            found = [
                m if m.key == key else replace(m, key=key) for m, key in own if key in self.ledger.components
            ]
            taken = {n for m in self.reading.mentions[number] for n in range(m.first, m.last)}
            tokens = self.reading.texts[number].tokens
            for n, token in enumerate(tokens):
                if (
                    n in taken
                    or not token.text[:1].isupper()
                    or not token.text.isalpha()
                    or token.text.isupper()
                ):
                    continue
                key = self.ledger.known(token.text)
                if key is not None and is_name(tokens, n):
                    found.append(Mention(number, n, n + 1, token.text, "known", capital=True, key=key))
            self._mentions[number] = sorted(found, key=lambda m: m.first)
        return self._mentions[number]

    def _covered(self, number: int) -> frozenset[int]:
        """Return the tokens of a sentence that are part of a mention."""
        if number not in self._tokens:
            every = (*self.reading.mentions[number], *self.mentions(number))
            self._tokens[number] = frozenset(n for m in every for n in range(m.first, m.last))
        return self._tokens[number]

    def _clauses(self, number: int) -> list[int]:
        """Return the tokens at which the clauses of a sentence begin."""
        if number not in self._begins:
            self._begins[number] = clauses(self.reading.texts[number], self.mentions(number))
        return self._begins[number]

    def meant(self, number: int, role: str) -> str | None:
        """Return the one component of a fitting kind that the section or the sentences before speak of."""
        fits = ROLES[role]
        if role in ("service", "component", "application", "app"):
            spoken = self.before(number)
            return spoken[0] if len(spoken) == 1 and self.ledger.kind(spoken[0]) in fits else None
        return (
            self._just_spoken_of(number, fits)
            or self._headed(number, fits)
            or (None if role in _WEAK else self._in_section(number, fits) or self._only(fits))
            or self._titled(number, fits)
        )

    def section(self, number: int) -> str | None:
        """Return the component that the heading right above names, and names alone."""
        path = self.reading.texts[number].passage.headings
        if len(path) < 2 or len(path[-1].split()) > 4:
            return None
        for n in self._above(number, path[-1:]):
            other = self.reading.texts[n].passage
            if path == (*other.headings, other.text):
                named = {m.key for m in self.mentions(n)}
                return (
                    named.pop() if len(named) == 1 else self.ledger.find(re.sub(r"^[\W\d]+", "", other.text))
                )
        return None

    def before(self, number: int) -> tuple[str, ...]:
        """Return what the sentence before was about, in the same passage, else the list item above or the heading."""
        text = self.reading.texts[number]
        if number > 0 and self.reading.texts[number - 1].number == text.number:
            return self.spoken.get(number - 1, ())
        carried = self.carried(number)
        return (carried,) if carried is not None else ()

    def carried(self, number: int, *, labelled: bool = False) -> str | None:
        """Return the component that the item above or the heading is about; `labelled`: only one that it is labelled with."""
        mention, passage = self.reading.carried[number], self.reading.texts[number].passage
        headed = mention is not None and self.reading.texts[mention.sentence].passage.form == "heading"
        if mention is not None and (mention.label or headed or not labelled):
            key = self.ledger.canonical(mention.key)
            if self.ledger.has(key):
                return key
        return self.section(number) if (mention is None and passage.parent is None) or headed else None

    def every(self, role: str) -> tuple[str, ...]:
        """Return everything that a plural names: all that publish, all databases, every service that we run ourselves."""
        if role in ENDS:
            return tuple(sorted({s for s, _, kind in self.ledger.pairs() if kind == ENDS[role]}))
        return tuple(
            k for k in self.ledger.of_kinds(ROLES[role]) if role not in _OWNED or self.ledger.is_own(k)
        )

    def _fitting(self, number: int, fits: frozenset[str]) -> set[str]:
        return {m.key for m in self.mentions(number) if self.ledger.kind(m.key) in fits and not m.aside}

    def _just_spoken_of(self, number: int, fits: frozenset[str]) -> str | None:
        """Return the one that the sentences before in the passage name, unless they went on to something else."""
        for n in range(number - 1, -1, -1):
            if self.reading.texts[n].number != self.reading.texts[number].number:
                return None
            named = self._fitting(n, fits)
            if named or self.spoken.get(n):
                return named.pop() if len(named) == 1 else None
        return None

    def _headed(self, number: int, fits: frozenset[str]) -> str | None:
        """Return the one that the heading above names."""
        path = self.reading.texts[number].passage.headings
        for n in self._above(number, path):
            other = self.reading.texts[n].passage
            if path[: len(other.headings) + 1] == (*other.headings, other.text) and other.level > 1:
                named = self._fitting(n, fits)
                if len(named) == 1:
                    return named.pop()
        return None

    def _in_section(self, number: int, fits: frozenset[str]) -> str | None:
        """Return the one that the closest paragraph of the section names."""
        here = self.reading.texts[number].passage
        for n in range(number - 1, -1, -1):
            other = self.reading.texts[n].passage
            if other.source != here.source or other.headings != here.headings:
                return None
            named = self._fitting(n, fits)
            if named:
                return named.pop() if len(named) == 1 else None
        return None

    def _only(self, fits: frozenset[str]) -> str | None:
        every = self.ledger.of_kinds(fits)
        return every[0] if len(every) == 1 else None

    def _titled(self, number: int, fits: frozenset[str]) -> str | None:
        """Return the component of a fitting kind that one of the titles above names."""
        for n in self._above(number, self.reading.texts[number].passage.headings):
            title = "".join(self.reading.texts[n].passage.text.lower().split())
            named = [k for k in self.ledger.of_kinds(fits) if k in title]
            if len(named) == 1:
                return named[0]
        return None

    def _above(self, number: int, titles: Sequence[str]) -> list[int]:
        """Return the sentences before that are one of these titles, in the same source, the closest first."""
        found = (self._titles.get((self._runs[number], title), ()) for title in dict.fromkeys(titles))
        return sorted((n for places in found for n in places if n < number), reverse=True)
