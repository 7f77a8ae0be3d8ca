"""Titles that name one part each: "### desk-stamper", "### desk-scanner", … each with a text that says what it does."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from buttress.names import singular, words_of
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.nouns import SECTION
from buttress.prose.mentions.phrases import is_doer
from buttress.prose.mentions.spelling import PROGRAMS, Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import NOUN_LIKE, lexicon
from buttress.prose.words import PREPOSITIONS
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
_POINTS = Caseless(
    r"^\W*this (?:component|service|module|process|daemon|worker|job|program|part|app(?:lication)?|server)\b"
)
_DESIGN = Caseless(
    r"^\W*(?:[\d.]+\s*)?(?:(?:system|software|high[- ]level|technical|our|the) )*(?:architecture|overview|design|structure)(?: overview)?\W*$"
)
# "Storage: MySQL", below a title.
_FIELD = Caseless(
    r"^\W*(?:languages?|(?:tech(?:nology)? )?stack|technolog(?:y|ies)|storage|databases?|data ?stores?|dependenc(?:y|ies)|depends on|calls|talks to|uses|"
    r"consumes|publishes|subscribes to|reads(?: from)?|writes(?: to)?|owners?|team|responsibilit(?:y|ies)|role|purpose)\W{0,3}:"
)
_GOES_ON = PREPOSITIONS | {"that", "which", "we", "you", "to", ".", ",", ";", "("}
_SERVES = frozenset("serves acts works functions".split())
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
        bodies = {n: begins.get((source, (*above, texts[n].passage.text))) for n in places}
        acting = [
            n for n, body in bodies.items() if body is not None and _is_about(body, mentions[body.place])
        ]
        if any(map(_PARTS.match, above[-1:])):
            out |= set(acting)
            continue
        runs = {n for n in acting if _runs(words_of(mentions[n][0].surface)) and not _is_doing(texts[n])}
        named = [n for n in acting if not texts[n].topics]
        parts = len(named) >= SIBLINGS or any(map(_DESIGN.match, above[-1:]))
        out |= runs | set(named if parts else ())
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
    return (
        _runs(words)
        if len(words) > 1
        else any(_PARTS.match(h) or _DESIGN.match(h) for h in title.headings[-1:])
    )


def shown_to_act(
    titles: frozenset[int], mentions: Sequence[Sequence[Mention]], steps: Sequence[tuple[Mention, Mention]]
) -> list[Mention]:
    """Return the titles, of those whose text says what they do, of which a step to a product or to what has a role tells it.

    These name one of their own from then on, and no longer any of their sort.

    >>> mailer, ses = Mention(0, 0, 1, "Mailer", "heading", key="mailer"), Mention(1, 3, 4, "SES", "technology", "ses")
    >>> [m.surface for m in shown_to_act(frozenset({0}), [[mailer], [ses]], [(mailer, ses)])]
    ['Mailer']
    """
    acting = {mentions[n][0].key: mentions[n][0] for n in sorted(titles) if mentions[n]}
    told = {
        source.key for source, target in steps if target.technology or target.role or target.how == "known"
    }
    shown = [mention for key, mention in acting.items() if key in told]
    for mention in shown:
        mention.bare = False  # "### gateway" is a part of that name, whatever other gateway there is
    return shown


def _runs(words: Sequence[str]) -> bool:
    return bool(words) and (is_doer(words[-1]) or singular(words[-1]) in role_phrases())


def _is_doing(title: Sentence) -> bool:
    """Return whether a title names a topic by what is done: "Logging", below which it is the system that "sends logs to Loki"."""
    return bool(title.topics) and title.text.rstrip().lower().endswith("ing")


def _is_about(body: Sentence, found: Sequence[Mention]) -> bool:
    """Return whether a text is about its title: it says what that does, or what it is."""
    return _acts(body) or (body.start == 0 and bool(found) and says_only_what(body, found[0]))


def _acts(body: Sentence | None) -> bool:
    """Return whether a text begins with a verb of which nobody is the subject: "Listens to …", "Every minute polls …"."""
    if body is None or body.passage.form not in ("prose", "list") or body.start > 0:
        return False
    if _POINTS.match(body.text) or _FIELD.match(body.text):
        return True
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


def says_only_what(text: Sentence, mention: Mention) -> bool:
    """Return whether a text without a subject begins by saying what it is about: "A proxy in front of the fees API", "Cron job that …", "Serves as the queue".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(said, first, last):
    ...     [text] = sentences([Passage("a.md", 1, 1, "prose", said)])
    ...     return says_only_what(text, Mention(0, first, last, said, "role", role="scheduler"))
    >>> told("Cron job that sends bills.", 0, 2), told("A cron job.", 1, 3), told("The cron job sends bills.", 1, 3)
    (True, True, False)
    """
    if text.start > 0 or text.passage.form == "table" or mention.how != "role" or mention.label:
        return False
    words = [t.lower for t in text.tokens[: mention.first] if t.is_word]
    if not words and mention.technology is not None and mention.role not in PROGRAMS:
        return False  # a product that is used: "PostgreSQL for the orders"
    after = text.tokens[mention.last] if mention.last < len(text.tokens) else None
    told = words[:1] and words[0] in _SERVES and words[1:2] == ["as"]
    words = words[2:] if told else words
    begins = (
        words[:1] in (["a"], ["an"], ["another"])
        or (told and words[:1] in ([], ["the"], ["our"]))
        or not words
    )
    plain = all((verb := lexicon().get(w)) is None or not verb.plain for w in words)
    goes_on = (
        after is None
        or after.lower in _GOES_ON
        or ((verb := lexicon().get(after.lower)) and (verb.gerund or verb.participle))
    )
    return bool(begins and plain and len(words) <= 6 and goes_on)


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
