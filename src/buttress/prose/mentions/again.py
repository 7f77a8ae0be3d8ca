"""What a text names again by the last word of a name that it gave before: "each server" is a storage server, "the helper" the upload helper."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from buttress.names import keys, singular, words_of
from buttress.prose.mentions.nouns import INSTANCES
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, STOP

# Words that every text has for something or other: they point back only within the section that named a part so.
_NEARBY = frozenset(("node", "handler"))
_HEADS = _NEARBY | frozenset("server agent daemon manager controller bot router processor helper".split())
_WHOLE = frozenset(
    "application app system platform software".split()
)  # what a text calls all that it is about
_POINTING = frozenset("the this that these those each every any its their both".split())
_GIVEN = frozenset(("given", "single", "particular", "specific", "known"))
_NO_NAME = (
    PALE | _GIVEN | STOP | frozenset("enough distinct multiple independent intermediate actual".split())
)
# Times that a name is given in a whole text, how much more often than others that end so, names of a section that are looked at.
LEAST, MOST_OF, MOST_NAMES = 3, 2, 100


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that a text gives to a part."""

    key: str
    surface: str
    mention: Mention


def name_again(
    texts: Sequence[Sentence], mentions: Sequence[list[Mention]], titled: Collection[int] = ()
) -> None:
    """Add what sentences name again by the last word of a name, and let short names that are one bear the longer.

    The name is the only one that ends so in the section and its titles, else in the whole text, where nearly nothing else ends so.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> told = "The label server prints. A label server has a lock. Ask the label server first. Each server is small."
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", told)])
    >>> named = [[Mention(n, first, first + 2, "label server", "role", role="service")] for n, first in enumerate((1, 1, 2))]
    >>> found = [*named, []]
    >>> name_again(texts, found)
    >>> [(m.surface, m.first, m.last) for m in found[3]]
    [('label server', 1, 2)]
    """
    names = _Names(texts, mentions)
    above = {
        (t.passage.source, (*t.passage.headings, t.passage.text)): mentions[n][0]
        for n, t in enumerate(texts)
        if n in titled
    }
    for text, found in zip(texts, mentions, strict=True):
        if text.passage.form == "heading":
            continue
        if (title := above.get((text.passage.source, text.passage.headings))) is not None:
            _below(text, found, title)
        _shorter(text, found, names)
        taken = {n for m in found for n in range(m.first, m.last)}
        for n, token in enumerate(text.tokens):
            if n in taken or singular(token.lower) not in _HEADS | _WHOLE or not _points(text, n):
                continue
            named = names.meant(text, singular(token.lower))
            if named is not None:
                found.append(
                    replace(
                        named.mention,
                        sentence=text.place,
                        first=n,
                        last=n + 1,
                        surface=named.surface,
                        how="role",
                        label=False,
                        bare=False,
                        aside=False,
                        code=False,
                        strong=False,
                        link=False,
                        of=None,
                    )
                )
        found.sort(key=lambda m: m.first)


def _below(text: Sentence, found: list[Mention], title: Mention) -> None:
    """Let the last word of a title stand for its name in the text below: "Fody is …", below "Acme Fody"."""
    last = words_of(title.surface)[-1]
    for mention in found:
        if mention.technology is None and words_of(mention.surface) == (last,):
            mention.stands_for, mention.bare = title.surface, False
    taken = {n for m in found for n in range(m.first, m.last)}
    for n, token in enumerate(text.tokens):
        if token.lower == last and n not in taken and (n == 0 or text.tokens[n - 1].lower in _POINTING):
            name = Mention(
                text.place, n, n + 1, token.text, "proper", role=title.role, stands_for=title.surface
            )
            found.append(name)
    found.sort(key=lambda m: m.first)


class _Names:
    """The names of several words that a text gives, by their last word."""

    def __init__(self, texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> None:
        self.heads: dict[tuple[str, str], list[_Name]] = defaultdict(list)  # by document and last word
        self.sections: dict[tuple[str, tuple[str, ...], str], list[_Name]] = defaultdict(list)
        self.everywhere: dict[tuple[str, str], _Name | None] = {}
        for text, found in zip(texts, mentions, strict=True):
            passage = text.passage
            headings = (*passage.headings, passage.text) if passage.form == "heading" else passage.headings
            for mention in found:
                words = words_of(mention.surface)
                if (
                    len(words) < 2
                    or mention.aside
                    or mention.technology is not None
                    or _NO_NAME.intersection(words[:-1])
                ):
                    continue
                if mention.how in ("role", "agent", "label", "heading", "proper", "code"):
                    name = _Name(keys(mention.surface)[1], mention.surface, mention)
                    head = singular(words[-1])
                    self.heads[passage.source, head].append(name)
                    self.sections[passage.source, headings, head].append(name)

        self.whole = _wholes(texts, mentions)

    def meant(self, text: Sentence, head: str) -> _Name | None:
        """Return the name that a word stands for in a sentence, None where several could be meant."""
        source = text.passage.source
        named = self.heads.get((source, head), [])
        if head in _WHOLE and not named:
            return self.whole.get(source)
        section = self.sections.get((source, text.passage.headings, head), [])[:MOST_NAMES]
        here = [n for n in section if n.mention.sentence <= text.place]
        if here or head in _NEARBY:
            return _most(here, least=1)
        if (source, head) not in self.everywhere:
            self.everywhere[source, head] = _most(named, least=LEAST)
        return self.everywhere[source, head]


def _wholes(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> dict[str, _Name]:
    """Return, by document, the name that its title has and its text gives most: "Acme", of "The Acme architecture"."""
    titles: dict[str, frozenset[str]] = {}
    named: dict[str, list[_Name]] = defaultdict(list)
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        if passage.form == "heading":
            if passage.level == 1:
                titles.setdefault(passage.source, frozenset(words_of(passage.text)))
            continue
        for mention in found:
            plain = (
                mention.how in ("proper", "acting", "known") and mention.role is None and not mention.aside
            )
            if plain and titles.get(passage.source, frozenset()).issuperset(words_of(mention.surface)):
                key = keys(mention.surface)[1]
                named[passage.source].append(_Name(key, mention.surface, mention))
    out = {source: _most(names, least=LEAST) for source, names in named.items()}
    return {source: name for source, name in out.items() if name is not None}


def _most(names: Sequence[_Name], *, least: int) -> _Name | None:
    """Return the name that is given far more often than the others; those that say more than it ("the old label server") aren't others."""
    counts = Counter(n.key for n in names)
    key, most = next(iter(counts.most_common(1)), ("", 0))
    others = sum(count for k, count in counts.items() if not k.endswith(key))
    return next(n for n in names if n.key == key) if most >= max(least, MOST_OF * others) and most else None


def _shorter(text: Sentence, found: list[Mention], names: _Names) -> None:
    """Let what is called by the last word of a name bear the whole: "the checker", "checker processes" beside the File Checker."""
    for mention in found:
        words = list(words_of(mention.surface))
        while len(words) > 1 and words[-1] in INSTANCES:
            words.pop()
        copies = len(words_of(mention.surface)) > 1
        if len(words) != 1 or mention.technology is not None or mention.label:
            continue
        if mention.how not in ("agent", "acting") and not (mention.how == "role" and copies):
            continue
        named = names.meant(text, singular(words[0]))
        if named is not None and named.key != mention.key and not _is_group(words[0], named.surface):
            mention.stands_for = named.surface


def _is_group(word: str, name: str) -> bool:
    """Return whether a plural means all of a sort of which a name in the singular is one: "loaders", "the letter loader"."""
    last = words_of(name)[-1]
    return word != singular(word) and last == singular(last)


def _points(text: Sentence, n: int) -> bool:
    """Return whether a noun stands alone behind a word that points at what is known: "the server", "each of the servers", "a given server"."""
    tokens = text.tokens
    if tokens[n].lower in _WHOLE and (n == 0 or tokens[n - 1].lower not in ("the", "this", "our")):
        return False
    after = tokens[n + 1] if n + 1 < len(tokens) else None
    if after is not None and after.is_word and not _ends(after.lower):
        return False
    k, given = n - 1, False
    while k > 0 and (tokens[k].lower in PALE or tokens[k].lower in _GIVEN):
        given |= tokens[k].lower in _GIVEN
        k -= 1
    before = tokens[k].lower if k >= 0 else ""
    return before in _POINTING or before == "all" or (given and before in ("a", "an"))


def _ends(word: str) -> bool:
    return (
        word in STOP
        or word in PREPOSITIONS
        or word in DETERMINERS
        or word in lexicon()
        or word.endswith("ly")
    )
