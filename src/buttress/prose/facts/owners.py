"""Who a clause is about: its grammatical subject, what a pronoun or "the database" stands for, or nobody."""

from __future__ import annotations

from dataclasses import dataclass

from buttress.names import singular
from buttress.prose.clauses import FINITE, FURTHER, NOUN_LIKE, OPENS, acts, skip
from buttress.prose.facts.antecedents import ENDS, ROLES, Antecedents
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PREPOSITIONS

_PARTS = frozenset(
    """
        replica replicas pod pods instance instances copy copies container containers process processes deployment node nodes workers
        cluster data tables schema volume volumes queue queues topic topics key keys entry entries
        password passwords secret secrets credential credentials token tokens
    """.split()
)
_IMPERSONAL = frozenset(("we", "you", "i", "one"))
_QUANTIFIERS = frozenset(("each", "every", "all", "any", "no"))


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a clause is about: keys of components, and how we know.

    `how` is named, group ("every service"), meant (a pronoun or "the database"), label, impersonal ("we"), existential
    ("there is"), inside (the fact itself is the subject), noun (something else) or none. `first` to `last` are its tokens.
    """

    keys: tuple[str, ...]
    how: str
    first: int = 0
    last: int = 0
    noun: str = ""


class Owners(Antecedents):
    """Finds subjects, sentence by sentence, in the order of the text."""

    def subject(self, number: int, at: int) -> Subject:
        """Return whom the clause around the offset `at` of a sentence is about."""
        text = self.reading.texts[number]
        tokens = text.tokens
        place = next((n for n, t in enumerate(tokens) if t.end > at), len(tokens))
        starts = self._clauses(number)
        begin = max((s for s in starts if s <= place), default=0)
        relative = begin > 0 and tokens[begin - 1].lower in ("which", "that", "who")
        if relative:
            return self._antecedent(number, begin - 1)
        verb = next((n for n in range(begin, min(place + 1, len(tokens))) if self._finite(number, n)), None)
        if verb is None:
            return self._without_verb(number, begin, place)
        found = self._phrase(number, begin, verb)
        if found.how == "none" and begin > 0:  # "… and runs as two replicas": the subject is the one before
            earlier = [s for s in starts if s < begin]
            return self.subject(number, tokens[begin - 1].start) if earlier or begin else found
        return found

    def remember(self, number: int) -> None:
        """Note what a sentence is about, for the pronoun that the next one may begin with."""
        text = self.reading.texts[number]
        keys = tuple(m.key for m in self.mentions(number) if m.label)[:1]
        main = self._main(number)
        first = self.subject(number, text.tokens[min(2, len(text.tokens) - 1)].start) if text.tokens else main
        carried = self.before(number) if main.how in ("existential", "inside") else ()
        self.spoken[number] = main.keys or keys or first.keys or carried

    def _main(self, number: int) -> Subject:
        text = self.reading.texts[number]
        for verb in range(len(text.tokens)):
            if self._finite(number, verb):
                return self._phrase(number, 0, verb, main=True)
        return Subject((), "none")

    def _finite(self, number: int, n: int) -> bool:
        """Return whether a token is a finite verb and not a noun of the same form."""
        tokens = self.reading.texts[number].tokens
        lower = tokens[n].lower.replace("’", "'")
        verb = lexicon().get(lower)
        if verb is None and lower not in FINITE and lower not in FURTHER:
            return False
        if n in self._covered(number):
            return False
        if lower in FINITE:
            return True
        if (
            lower in FURTHER
            and n > 0
            and tokens[n - 1].is_word
            and tokens[n - 1].lower not in DETERMINERS | PREPOSITIONS
        ):
            return True
        if (
            verb is None
            or verb.gerund
            or (verb.participle and verb.base not in ("run", "set", "read", "put"))
        ):
            return False
        before = tokens[n - 1].lower if n else ""
        if (
            before in DETERMINERS and before not in ("all", "both", "each", "this", "that")
        ) or before in PREPOSITIONS:
            return False
        if verb.plain:
            return before in ("they", "we", "you", "which", "that", "who", "and", "all", "both") or (
                n > 0
                and tokens[n - 1].is_word
                and before.endswith("s")
                and not before.endswith("ss")
                and before not in DETERMINERS
            )
        if (
            lower in NOUN_LIKE
            and n > 0
            and not (
                any(m.last == n for m in self.mentions(number))
                or before in ("it", "this", "which", "that", "who", "and", "then", "also")
                or acts(tokens, n)
            )
        ):
            return False
        if n == 0:
            return len(tokens) > 1 and tokens[1].lower not in FINITE
        return not tokens[n].text[0].isupper()

    def _phrase(self, number: int, begin: int, verb: int, *, main: bool = False) -> Subject:
        """Return whom the noun phrase between the start of a clause and its verb names."""
        text = self.reading.texts[number]
        tokens = text.tokens
        begin = skip(tokens, begin, verb)
        if begin >= verb:
            labelled = self._label(number, verb)
            return labelled if labelled.keys else Subject((), "none", begin, verb)
        if tokens[begin].lower in PREPOSITIONS:
            comma = next((n for n in range(begin, verb) if tokens[n].text == ","), None)
            if comma is not None and comma + 1 < verb:
                return self._phrase(number, comma + 1, verb, main=main)
            return self._last(number, begin, verb)
        words = [t.lower for t in tokens[begin:verb]]
        if words[0] in _IMPERSONAL:
            return Subject((), "impersonal", begin, verb)
        if words[0] == "there":
            return Subject((), "existential", begin, verb)
        if (
            words[0] in ("it", "they", "these", "both") and len([w for w in words if w.isalpha()]) <= 2
        ) or words == ["this"]:
            same = not main and begin > 2 and tokens[0].lower not in OPENS
            keys = self._main(number).keys if same else ()
            return Subject(keys or self.before(number), "meant", begin, verb)
        end = next(
            (
                n
                for n in range(begin + 1, verb)
                if tokens[n].lower in PREPOSITIONS
                or tokens[n].lower in ("that", "which", "who")
                or tokens[n].text in ("(", ":")
            ),
            verb,
        )
        head = next((tokens[n].lower for n in range(end - 1, begin - 1, -1) if tokens[n].is_word), "")
        if (
            head != singular(head)
            and (group := self._group(number, begin, end, head)) is not None
            and group.keys
        ):
            return group
        named = self._named(number, begin, end)
        if named:
            return Subject(named, "named", begin, end)
        if head in _PARTS and end < verb and tokens[end].lower in ("of", "in", "for"):
            inner = self._phrase(number, end + 1, verb, main=main)
            if inner.keys:
                return Subject(inner.keys, inner.how, begin, verb)
        group = self._group(number, begin, end, head)
        if group is not None:
            return group
        return Subject((), "noun", begin, verb, head)

    def _group(self, number: int, begin: int, end: int, head: str) -> Subject | None:
        """Return what "every service", "all consumers", "the database" or bare "Consumers" stands for."""
        text = self.reading.texts[number]
        words = [t.lower for t in text.tokens[begin:end] if t.is_word]
        one = singular(head)
        if one not in ROLES and one not in ENDS:
            return None
        bare = len(words) == 1 and head != one
        if (
            (len(words) == 2 and words[0] in _QUANTIFIERS)
            or bare
            or words[:2] in (["all", "the"], ["all", "our"], ["each", "of"])
        ):
            if (bare and one not in ENDS and one != "database") or text.text.rstrip().endswith(":"):
                return Subject((), "noun", begin, end, head)
            return Subject(self.every(one), "group", begin, end, head)
        if len(words) == 2 and words[0] in ("the", "this", "our", "that") and head == one and one in ROLES:
            meant = self.meant(number, one)
            return Subject((meant,) if meant else (), "meant", begin, end, head)
        if (
            len(words) == 2
            and words[0] in ("the", "these", "our")
            and one in ("database", "worker", "consumer", "publisher", "broker")
        ):
            return Subject(self.every(one), "group", begin, end, head)
        return None

    def _named(self, number: int, begin: int, end: int) -> tuple[str, ...]:
        """Return the components that a noun phrase consists of, none when one of its parts is something else."""
        tokens = self.reading.texts[number].tokens
        inside = [m for m in self.mentions(number) if begin <= m.first and m.last <= end and not m.aside]
        if not inside:
            return ()
        covered = {n for m in inside for n in range(m.first, m.last)}
        loose = [
            tokens[n].lower
            for n in range(begin, end)
            if n not in covered
            and tokens[n].is_word
            and tokens[n].lower not in DETERMINERS
            and tokens[n].lower not in ("and", "or", "neither", "nor")
        ]
        last = max((n for n in range(begin, end) if tokens[n].is_word), default=-1)
        if last not in covered or any(w not in _PLAIN for w in loose):
            return ()
        return tuple(dict.fromkeys(m.key for m in inside))

    def _last(self, number: int, begin: int, verb: int) -> Subject:
        """Return the component right before the verb, behind an opening such as "In production"."""
        tokens = self.reading.texts[number].tokens
        for mention in self.mentions(number):
            if mention.last == verb and not mention.aside:
                n = mention.first - 1
                while n >= begin and tokens[n].lower in DETERMINERS:
                    n -= 1
                if n >= begin and tokens[n].lower not in PREPOSITIONS and tokens[n].text != ",":
                    return Subject((mention.key,), "named", mention.first, mention.last)
        return Subject((), "noun", begin, verb)

    def _antecedent(self, number: int, pronoun: int) -> Subject:
        """Return what a relative clause is about: the mention right before it."""
        tokens = self.reading.texts[number].tokens
        end = pronoun - 1 if pronoun and tokens[pronoun - 1].text == "," else pronoun
        found = next((m for m in self.mentions(number) if m.last == end and not m.aside), None)
        return Subject((found.key,), "named", found.first, found.last) if found else Subject((), "noun")

    def _without_verb(self, number: int, begin: int, place: int) -> Subject:
        """Return the owner in a fragment: the component before it, else the label or the section; "inside" when a verb follows."""
        text = self.reading.texts[number]
        tokens = text.tokens
        end = next((n for n in range(place, len(tokens)) if tokens[n].text in (";", ":")), len(tokens))
        opening = begin == 0 or tokens[begin - 1].text == ","
        if opening and any(self._finite(number, n) for n in range(place + 1, end)):
            return Subject((), "inside", begin, place)
        before = [m for m in self.mentions(number) if begin <= m.first and m.last <= place and not m.aside]
        if len(before) == 1:
            return Subject((before[0].key,), "named", before[0].first, before[0].last)
        if before:
            return Subject((), "noun")
        if begin and tokens[begin - 1].text == "(":
            found = next((m for m in self.mentions(number) if m.last == begin - 1), None)
            return Subject((found.key,), "named", found.first, found.last) if found else Subject((), "noun")
        loose = [
            t.lower
            for t in tokens[begin:place]
            if t.is_word
            and t.lower not in _PLAIN
            and t.lower not in DETERMINERS
            and t.lower not in PREPOSITIONS
        ]
        if len(loose) > 2 and begin == 0:
            return Subject((), "noun")
        return self._label(number, place)

    def _label(self, number: int, place: int) -> Subject:
        """Return the component that the item, the paragraph or the section is labelled with."""
        text = self.reading.texts[number]
        label = next((m for m in self.mentions(number) if m.label and m.last <= place), None)
        if label is not None:
            return Subject((label.key,), "label", label.first, label.last)
        if number > 0 and self.reading.texts[number - 1].number == text.number:
            key = self._labelled(number - 1)
            return Subject(self.spoken.get(number - 1, ()) if key is None else (key,), "label")
        carried = self.carried(number, labelled=True)
        return Subject((carried,), "label") if carried is not None else Subject((), "noun")

    def _labelled(self, number: int) -> str | None:
        """Return the label that a sentence or the nearest one before it in its passage begins with."""
        passed = []
        key: str | None = None
        for n in range(number, -1, -1):
            if self.reading.texts[n].number != self.reading.texts[number].number:
                break
            if n in self._labels:
                key = self._labels[n]
                break
            passed.append(n)
            key = next((m.key for m in self.mentions(n) if m.label), None)
            if key is not None:
                break
        self._labels.update(dict.fromkeys(passed, key))
        return key


_PLAIN = frozenset(
    """
        new own single main central shared primary old current whole entire also currently today usually always now only cluster service
        server component instance database db deployment both and or either itself then production internal
    """.split()
)
