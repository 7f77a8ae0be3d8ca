"""Whether a sentence makes a claim about a review topic, or only names it.

"Writes are idempotent" is a claim, "see the page on idempotency" isn't. A finding or a strength that rests on a stance needs a
claim; a question is dropped already when the topic is named. In doubt it isn't a claim: silence is better than a wrong word.
"""

from __future__ import annotations

import re

from buttress.model.graph import StanceStatus
from buttress.prose.text import Sentence
from buttress.prose.words import ASIDE, HOW_TO, HYPOTHETICAL, NEGATED

_ADVICE = re.compile(
    r"^\W*(?:please\s+|then\s+|also\s+|next,?\s+)?(?:continue|consider|ensure|check|see|note|make sure|run|install|try|learn|read|refer|visit|"
    r"click|go|open|follow|remember|avoid|discuss|explain|describe|let|think|imagine|keep|be sure|take|look|find|ask|do|don't|"
    r"assume|clarify|state|list|identify|determine|outline|refresh|copy|paste|navigate|download|start|create an?)\b",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:should|ought|may|want(?:s|ed)? to|need(?:s|ed)? to|have to|care must|it is (?:possible|recommended|advisable)|recommend(?:s|ed)?|"
    r"in order to|so that you|if (?:you|we|they|the|a|an|it)|whether|when you|once you|you can|you could|you may|feel free|benefit(?:s)? of|"
    r"can (?:also |then )?be (?:used|configured|extended|handled|set)|optional(?:ly)?|default (?:login|user\w*|password)|benefits?|achieve|goals?|aims?|questions?|how|alternatives?|example|e\.g|such as|instead of|rather than|unlike)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|does|uses?|used|using|runs?|takes?|keeps?|sends?|writes?|reads?|stores?|provides?|handles?|"
    r"supports?|implements?|implemented|enables?|enabled|exposes?|exposed|collects?|ships?|shipped|exports?|records?|checks?|validates?|"
    r"limits?|retries|retry|caches?|encrypts?|authenticates?|signs?|signed|requires?|required|deploys?|deployed|rolls?|emits?|"
    r"publishes|consumes|processes|performs?|creates?|produces?|gets?|allows?|ensures?|guarantees?|relies|applies|serves?|"
    r"monitors?|alerts?|logs?|traces?|scales?|stands?|goes|go|comes?|come|carries|carry|must|via|with|through|by)\b",
    re.IGNORECASE,
)
_LACKS = re.compile(
    r"(?:\b(?:there(?:'s| is| are|'re) (?:currently |still |as yet )?no|(?:has|have|had|with) (?:currently |still |as yet )?no|lacks?|lacking|without(?: any)?|missing|absence of|"
    r"no (?=[\w -]+ (?:yet|exists?|in place|so far|at the moment|is (?:done|made|taken|kept)|are (?:done|made|taken|kept)))|"
    r"(?:do|does|did|is|are|was|were|has|have)(?:n't| not|n’t)(?: yet| currently| have| support| provide| use| implement| include| offer| perform| take| do| keep| collect| any| the| a| an| been| being)*)\s+)"
    r"(?:(?!and\b|or\b|but\b|need\b|require\b|only\b)[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_NO_AT_START = re.compile(r"(?:^|[.;:,(|]\s*)\W*(?:there (?:is|are) )?no\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_LACKED = re.compile(
    r"^\s*(?:\w+\s+){0,2}?(?:(?:is|are|was|were|has|have)(?:\s+(?:currently|still|explicitly))?(?:\s+not|n't|n’t)\s+(?:yet |currently |been )*"
    r"(?:supported|implemented|in place|done|available|used|configured|enabled|provided|set|set up|encrypted|tested|versioned|validated|collected|backed up|planned|there)|"
    r"(?:is|are) (?:currently |still )?(?:missing|absent|out of scope|deferred|disabled|unsupported|lacking|turned off|switched off|off))\b",
    re.IGNORECASE,
)
_COMPLAINS = re.compile(
    r"\b(?:(?:is|are|was|were|remains?|becomes?|became) (?:\w+ )?(?:a |an |our |the )?(?:\w+ )?(?:problem(?:s|atic)?|issues?|bottlenecks?|brittle|fragile|painful|pain points?|weak(?:ness)?|"
    r"poor|unreliable|inconsistent|too slow|slow|insufficient|inadequate|broken|difficult|hard))\b",
    re.IGNORECASE,
)
_COMPLAINED = re.compile(
    r"\b(?:problems?|issues?|trouble|difficulties|difficulty|pains?) (?:with|of|in|around) (?:the |our )?(?:\w+ ){0,2}$|"
    r"\b(?:poor|insufficient|inadequate|unreliable|inconsistent|brittle|fragile|weak) (?:\w+ ){0,1}$",
    re.IGNORECASE,
)


def claims(sentence: Sentence, start: int, end: int, status: StanceStatus) -> bool:
    """Return whether the sentence says of the topic at [start, end) that it is so, not merely its name.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(text, topic, status):
    ...     sentence = sentences([Passage("a.md", 1, 1, "prose", text)])[0]
    ...     at = sentence.text.index(topic)
    ...     return claims(sentence, at, at + len(topic), status)
    >>> told("All writes are idempotent.", "idempotent", "addressed"), told("See the page on retries.", "retries", "addressed")
    (True, False)
    >>> told("There is no rate limiting yet.", "rate limiting", "missing"), told("They will not need to log in.", "log", "missing")
    (True, False)
    """
    text, passage = sentence.text, sentence.passage
    before, after = text[:start], text[end:]
    if passage.form == "heading" or text.rstrip().endswith("?"):
        return False
    if any(ASIDE.search(h) for h in passage.headings):
        return False
    if status == "missing":
        lacking = _LACKS.search(before) or _NO_AT_START.search(before) or _LACKED.match(after)
        return bool(lacking) and not _WISH.search(before) and not HYPOTHETICAL.search(text)
    if status == "problem":
        return bool(_COMPLAINED.search(before) or _COMPLAINS.search(after[:60])) and not HYPOTHETICAL.search(text)
    if any(HOW_TO.search(h) for h in passage.headings[-1:]) or _ADVICE.match(text):
        return False
    if status == "planned":
        return True
    if _WISH.search(before) or HYPOTHETICAL.search(text) or NEGATED.search(before[-60:]):
        return False
    if _in_brackets_of_examples(text, start):
        return False
    if passage.form == "table":
        return len([c for c in passage.cells if c.strip()]) >= 2
    return bool(_VERB.search(before + " " + after)) or (before.count(" ") + after.count(" ") >= 3)


def _in_brackets_of_examples(text: str, at: int) -> bool:
    """Return whether the place stands in brackets that list examples: "settings (reminders, backup frequency etc)"."""
    opened = text.rfind("(", 0, at)
    closed = text.find(")", opened) if opened >= 0 else -1
    return opened >= 0 and closed > at and bool(re.search(r"\b(?:etc|e\.g|eg|such as|like)\b", text[opened:closed]))
