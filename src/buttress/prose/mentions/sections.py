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
from buttress.prose.verbs import lexicon
from buttress.vocabulary.roles import role_phrases

LEAST = 3  # titles that begin alike
_WHAT = Caseless(
    r"^\W*(?:(?:this|it|[\w.-]+(?: [\w.-]+)?) is )?(?:an?|another|our|the) (?:[\w-]+ ){0,4}"
    r"(?:interface|tool|wrapper|dashboard|library|extension|portal|program|utility|solution|service|daemon|server|application|app|worker|bot|component|system|proxy|client|site)\b"
)
_DOES = re.compile(r"\W*(?:[A-Z]\w+ly )?(?P<verb>[A-Z]?[a-z]+s)\b")
_SETTINGS = Caseless(
    r"\b(?:config\w*|settings?|options?|parameters?|flags?|variables?|arguments?|commands?|endpoints?|changelog|releases?)\b"
)


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
