"""Titles that name one part each: "### desk-stamper", "### desk-scanner", … each with a text that says what it does."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from buttress.names import singular, words_of
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.nouns import SECTION
from buttress.prose.mentions.phrases import is_doer
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import NOUN_LIKE, lexicon
from buttress.vocabulary.roles import role_phrases

LEAST = 3  # titles that begin alike
SIBLINGS = 2  # titles side by side whose texts say what they do
_WHAT = Caseless(
    r"^\W*(?:(?:this|it|[\w.-]+(?: [\w.-]+)?) is )?(?:an?|another|our|the) (?:[\w-]+ ){0,4}"
    r"(?:interface|tool|wrapper|dashboard|library|extension|portal|program|utility|solution|service|daemon|server|application|app|worker|bot|component|system|proxy|client|site)\b"
)
_DOES = re.compile(r"\W*(?:[A-Z]\w+ly )?(?P<verb>[A-Z]?[a-z]+s)\b")
_SETTINGS = Caseless(
    r"\b(?:config\w*|settings?|options?|parameters?|flags?|variables?|arguments?|commands?|endpoints?|changelog|releases?)\b"
)
_PARTS = Caseless(
    r"^\W*(?:[\d.]+\s*)?(?:the |our |main |core |system |software |runtime |key |back-?end )*(?:(?:micro-?)?services?|components?|parts|subsystems|building blocks|"
    r"processes|applications|apps|workers|containers|daemons|programs|pieces)"
    r"(?: (?:overview|and (?:their )?(?:responsibilities|roles)|in detail|at a glance))?\W*$"
)
# "Reads for the index", "Logs are kept": the plural of a noun, not what somebody does.
_NO_DOING = frozenset(
    "are is were was have has had can will may must should of that which who for and or".split()
)
_INTO = frozenset("to on from in into with by through via at".split())


def acting_titles(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> frozenset[int]:
    """Return the titles, by sentence, whose text begins with what they do and names nobody who does it: "### Mailer", "Sends mails via …".

    So a title that ends in a role or a doer, one below a title for parts, and several side by side that name no topic of
    reviews: below "Caching" it is the system that "keeps pages in Redis".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> page = [Passage("a.md", 1, 1, "heading", "Mailer", level=2), Passage("a.md", 3, 3, "prose", "Sends letters.", headings=("Mailer",))]
    >>> texts = sentences(page)
    >>> acting_titles(texts, [[Mention(0, 0, 1, "Mailer", "heading")], []])
    frozenset({0})
    """
    begins: dict[tuple[str, tuple[str, ...]], Sentence] = {}
    beside: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        if passage.form != "heading":
            begins.setdefault((passage.source, passage.headings), text)
        elif found and passage.level > 1 and not any(map(_SETTINGS.search, (*passage.headings, text.text))):
            beside[passage.source, passage.headings].append(text.place)
    out: set[int] = set()
    for (source, above), places in beside.items():
        acting = [n for n in places if _acts(begins.get((source, (*above, texts[n].passage.text))))]
        if any(map(_PARTS.match, above[-1:])):
            out |= set(acting)
            continue
        runs = {n for n in acting if _runs(words_of(mentions[n][0].surface))}
        named = [n for n in acting if not texts[n].topics]
        out |= runs | set(named if len(named) >= SIBLINGS else ())
    return frozenset(out)


def titles_actor(texts: Sequence[Sentence], number: int, words: Sequence[str]) -> bool:
    """Return whether a title that begins like a verb is a name: the text below says what it does, "### Pass service", "Reads passes from …".

    `words` are those of the title at `number`. One that is a verb alone, "Billing", must stand below a title for parts.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(title, body, *above):
    ...     page = [Passage("a.md", 1, 1, "heading", title, above, level=2), Passage("a.md", 3, 3, "prose", body, (*above, title))]
    ...     return titles_actor(sentences(page), 0, title.lower().split())
    >>> told("Pass service", "Reads passes."), told("Start worker", "Call it."), told("Billing", "Sends bills.", "Services")
    (True, False, True)
    """
    title = texts[number].passage
    body = texts[number + 1] if number + 1 < len(texts) else None
    if body is None or body.passage.headings != (*title.headings, title.text) or not _acts(body):
        return False
    return _runs(words) if len(words) > 1 else any(map(_PARTS.match, title.headings[-1:]))


def shown_to_act(
    titles: frozenset[int], mentions: Sequence[Sequence[Mention]], steps: Sequence[tuple[Mention, Mention]]
) -> list[Mention]:
    """Return the titles, of those whose text says what they do, of which a step to a product or to what has a role tells it.

    >>> mailer, ses = Mention(0, 0, 1, "Mailer", "heading", key="mailer"), Mention(1, 3, 4, "SES", "technology", "ses")
    >>> [m.surface for m in shown_to_act(frozenset({0}), [[mailer], [ses]], [(mailer, ses)])]
    ['Mailer']
    """
    acting = {mentions[n][0].key: mentions[n][0] for n in sorted(titles) if mentions[n]}
    told = {
        source.key for source, target in steps if target.technology or target.role or target.how == "known"
    }
    return [mention for key, mention in acting.items() if key in told]


def _runs(words: Sequence[str]) -> bool:
    return bool(words) and (is_doer(words[-1]) or singular(words[-1]) in role_phrases())


def _acts(body: Sentence | None) -> bool:
    """Return whether a text begins with a verb of which nobody is the subject: "Listens to …", "Every minute polls …"."""
    if body is None or body.passage.form not in ("prose", "list") or body.start > 0:
        return False
    words = [t.lower for t in body.tokens if t.is_word]
    if words and words[0].endswith("ly"):
        words = words[1:]
    verb = lexicon().get(words[0]) if len(words) > 1 else None
    if verb is None or words[1] in _NO_DOING:
        return False
    follows = lexicon().get(words[1])
    if words[0] in NOUN_LIKE and follows is not None and follows.plain and not follows.participle:
        return False  # "Checks run in CI"
    return verb.third or (verb.participle and not verb.plain and words[1] in _INTO)


def titled_parts(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> dict[int, bool]:
    """Return the titles that name parts of one family, by sentence, and whether name or text say that it runs.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> page = [
    ...     p
    ...     for n, name in enumerate(("desk-stamper", "desk-scanner", "desk-page"))
    ...     for p in (Passage("a.md", 2 * n, 2 * n, "heading", name, level=2), Passage("a.md", 2 * n + 1, 2 * n + 1, "prose", "Sends letters.", headings=(name,)))
    ... ]
    >>> texts = sentences(page)
    >>> titled_parts(texts, [[Mention(t.place, 0, 1, t.text, "heading")] if t.passage.form == "heading" else [] for t in texts])
    {0: True, 2: True, 4: True}
    """
    families: dict[tuple[str, str], list[int]] = defaultdict(list)
    first_under: dict[tuple[str, tuple[str, ...]], Sentence] = {}
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        if passage.form != "heading":
            first_under.setdefault((passage.source, passage.headings), text)
        elif found and passage.level > 1 and not any(map(_SETTINGS.search, passage.headings)):
            words = words_of(found[0].surface)
            plain = (
                " - " not in text.text and text.text.count(".") < 2
            )  # "Page diagram - web", "shop.app.desk"
            if plain and len(words) > 1 and words[-1] not in SECTION and words[0] not in lexicon():
                families[passage.source, words[0]].append(text.place)
    out: dict[int, bool] = {}
    for places in families.values():
        names = Counter(texts[n].text for n in places)
        if len(names) < LEAST:
            continue
        for n in places:
            passage = texts[n].passage
            body = first_under.get((passage.source, (*passage.headings, passage.text)))
            last = words_of(mentions[n][0].surface)[-1]
            runs = is_doer(last) or singular(last) in role_phrases()
            out[n] = body is not None and (runs or _is_told(body))
    return dict(sorted(out.items()))


def _is_told(body: Sentence) -> bool:
    """Return whether a text begins by saying what its title names is or does."""
    if body.passage.form not in ("prose", "list"):
        return False
    does = _DOES.match(body.text)
    verb = lexicon().get(does["verb"].lower()) if does is not None else None
    return _WHAT.match(body.text) is not None or (verb is not None and verb.third)
