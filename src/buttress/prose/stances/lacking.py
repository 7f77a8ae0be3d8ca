"""Absence in a sentence: whether the words around a topic say that it isn't there.

"There is no X", "we don't X", "X isn't done", "nothing is X-ed", "one zone" where several are meant. `None` means that nothing of
the kind is said; False that a negation stands there which is no claim ("not only X", "without X a client could …").
"""

from __future__ import annotations

from typing import NamedTuple

from buttress.model import Form
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.stances.marked import State

_FILL = r"(?:(?!and\b|or\b|but\b|need\b|require\b|only\b|longer\b|more\b|matter\b|way\b|idea\b|reason\b|doubt\b|one\b|is\b|are\b|to\b)[\w'/-]+\s+){0,2}"
_THERE = Caseless(
    r"(?:there(?:'s|’s| is| are|'re| was| were)(?: currently| still| as yet| also| at present| today)*|(?:has|have|had|with|offers?|provides?|takes?|keeps?|uses?|does|do|gets?|makes?|sets?|states?)(?: currently| still)*)\s+(?:no\s+[^,;]{1,40}?(?:,|\band|\bor)\s+)*no\s+"
    + _FILL
    + "$",
)
_NO = Caseless(r"^\W*no\s+(?:[\w' -]{1,40}?\s*(?:/|,? or\b)\s*)?" + _FILL + "$")
# "Is missing a timeout", and "Missing retries"; "rebuilds missing records" tells what is made good.
_WITHOUT = Caseless(
    r"(?:\blacks?|\blacking|(?:^\W*|\b(?:is|are|was|were|be|still|also|currently|and)\s+)missing|\bwithout(?: any)?)\s+"
    + _FILL
    + "$"
)
# "It leaves out login, backups and alerts on purpose."
_EXCLUDES = Caseless(
    r"\b(?:(?:deliberately|explicitly|intentionally|currently|also) )?(?:excludes?|omits?|leaves? out|forgoes?|do(?:es)? without)\s+(?:[\w' -]{1,40}?(?:,\s*(?:and |or )?|\s(?:and|or) )){0,5}"
    + _FILL
    + "$"
)
_HELPERS = (
    r"(?:yet|currently|been|being|be|have|use|support|provide|implement|offer|include|perform|take|do|keep|collect|apply|enforce|run|make|write|get|set|configure|define|document|"
    r"any|a|an|the|our|its|in|on|of|with|fully|really|up|behind|covered|by|protected|guarded|backed|equipped|part|made|taken|kept|for|them|it|anything|there|at|present|all|every)"
)
_VERB_NOT = Caseless(
    r"\b(?:do|does|did|is|are|was|were|has|have|had)(?:n't|n’t|\s+not)(?:\s+" + _HELPERS + r")*\s+(?:(?!only|just|always|merely|necessarily|need)[\w-]+ly\s+)?$|"
    r"\b(?:is|are|was|were)\s+never\s+$",
)  # fmt: skip
_VERB_NOT_ONE = Caseless(
    r"\b(?:do|does|did|has|have)(?:n't|n’t|\s+not)\s+(?:yet\s+)?(?:have|use|support|provide|implement|offer|include|take|keep|collect|run|make|get|set|write)\s+"
    r"(?:(?:a|an|any|the|our)\s+)?(?:[\w-]+\s+){0,1}$",
)
_AFTER = Caseless(
    r"^\s*(?:(?:at|of|in|for|on|between|by|to|across)\s+(?:[\w'’-]+\s+){1,4}?)?(?:\w+\s+){0,1}?(?:(?:is|are|was|were|has|have)(?:n't|n’t|(?:\s+(?:currently|still|explicitly|also))?\s+not)\s+(?:yet\s+|currently\s+|been\s+)*"
    r"(?:supported|implemented|in place|done|available|used|configured|enabled|provided|set(?: up)?|encrypted|tested|versioned|validated|collected|backed up|planned|there|taken|made|kept|written|"
    r"limited|checked|described|defined|documented|decided|automated|monitored|replicated|applied|enforced|part of|"
    r"(?:covered|included|addressed|handled) (?:in|by) (?:this|the) (?:\w+ )?(?:project|demo|prototype|sample|example|poc|version|implementation|repository|showcase|mvp))|"
    r"(?:is|are) (?:currently |still |also )?(?:missing|absent|out of scope|deferred|disabled|unsupported|lacking|turned off|switched off|off|not there))\b",
)  # fmt: skip
_NONE_LABEL = Caseless(
    r"^\s*(?::|\||–|—|\s-)\s*(?:none|no|nothing|missing|not (?:yet )?\w+)\b(?:\s+(?:yet|so far|at (?:the moment|present)|currently|for now|today))?\W*(?:$|[.;,(|])",
)
# "Nobody takes backups"; "nobody watches the queue" speaks of one that is there.
_NOBODY = Caseless(
    r"^\W*(?:nobody|no one|nothing(?: (?:in|on|of|about|for|from) (?:the )?\w+)?|none of (?:the |our |these |them)?(?:[\w-]+ ){0,2}|no [\w-]+(?: [\w-]+)?)\s*"
    r"(?:is|are|was|has|have|gets?|takes?|keeps?|uses?|makes?|sets?|writes?|does|do|runs?|offers?|provides?|supports?|implements?|configures?|enforces?|performs?|applies|apply)?\s*(?:any |an? )?(?:(?!the\b)[\w-]+\s+){0,1}$",
)
_NEEDED = Caseless(
    r"^\s*(?:[\w-]+\s+){0,1}?(?:(?:is|are|was)\s+)?(?:required|needed|necessary|expected|wanted)\b",
)
_MAY = Caseless(r"\b(?:can|may|could|must|might|should|will|would)\b")
_BUT_NOT = Caseless(
    r"^[^.;]{0,60}?\bbut\s+(?:it\s+)?(?:is\s+|are\s+)?(?:not|isn't|aren't)\s+(?:yet\s+|currently\s+)*(?:enabled|used|deployed|active|done|set up|configured|in use)\b",
)
_SOFT = Caseless(
    r"\b(?:no longer|not only|not just|no need|not to mention|not always|not necessarily|no problem|no matter|nothing (?:prevents|stops|keeps)|nobody (?:prevents|stops)|no (?:\w+ )?(?:risk|danger|chance|fear|worry) (?:of|that)|not (?:a|an) |nor|never mind|not (?:be )?(?:affect|require|need))\b",
)
_ANY_NOT = Caseless(
    r"\b(?:no|not|never|without|cannot|can't|don't|doesn't|isn't|aren't|hasn't|haven't|won't|nor|lacks?)\b(?:\W+[\w'’-]+){0,3}\W*$",
)
_ONE = Caseless(r"\b(?:one|1|a single|single|only one|just one|the same|one and the same)\s+(?:\w+\s+)?$")
_FAILS = Caseless(
    r"\b(?:loss|los[et]|loses|fails?|failure|outage|down|unavailable|survives?|from one|each|per|at least|more than)\b",
)
_PLACES = Caseless(r"(?:availability[- ]zones?|zones?|regions?|az|data ?cent(?:er|re)s?)$")
# What is good when it isn't there: "no personal data is kept", "no secrets in the repository".
_BETTER_WITHOUT = {
    "session-storage": Caseless(r"session (?:state|data)$|sessions?$"),
    "privacy": Caseless(r".*\bdata$"),
    "secrets-management": Caseless(r"(?:secrets?|credentials?|passwords?|api keys?)$"),
}
# "Authentication: none, header or basic" leaves the choice.
_NONE_OF_SEVERAL = Caseless(r"^\s*(?::|\||–|—|\s-)\s*(?:none|no)\b\s*[,/|][^.;]*\bor\b")
# What a role may not do, as an item below its name: "no server privileges".
_RIGHTS = Caseless(r".*\b(?:privileges|permissions|rights)$")
# One way in that is closed lets nobody in unseen: "logins by number are disabled".
_WAYS_IN = Caseless(r"(?:log|sign)-?ins$")
# "Authentication: not required" is of one address.
_UNNEEDED = Caseless(r"^\s*(?::|\||–|—|\s-)\s*not (?:\w+ )?(?:required|needed|necessary|applicable)\b")


# "The backups aren't encrypted" misses encryption and no backups: the verb -> what is in the names of the topics that it denies.
_PROPERTIES = {
    "encrypted": ("encrypt", "tls"),
    "monitored": ("monitor", "alert", "observab"),
    "replicated": ("replic", "availab", "multi-"),
    "backed up": ("backup",),
    "limited": ("limit", "quota"),
    "checked": ("valid", "integrity", "authori", "health", "reconcil"),
    "validated": ("valid", "integrity", "authori"),
    "versioned": ("version",),
    "tested": ("test",),
    "automated": ("ci-cd", "deploy", "release", "automat", "scal", "rollback", "test"),
}
_PROPERTY = Caseless(r"\b(?:" + "|".join(_PROPERTIES) + r")$")


def _is_of_topic(topic: str, denied: str) -> bool:
    """Return whether what a verb denies of a thing is the topic itself, not a property of it."""
    found = _PROPERTY.search(denied)
    return found is None or not topic or any(root in topic for root in _PROPERTIES.get(found[0].lower(), ()))


_YET = Caseless(
    r"^\s*(?:yet|so far|for now|at the moment|currently|today)\b"
)  # "(no SSL overhead)" misses nothing
_NEVER_WITHOUT = Caseless(r"(?:\b(?:not|never|no|nobody|nothing|cannot)\b|n't|n’t)[^.;,]*$")


class Words(NamedTuple):
    """A sentence as it stands: what it says of a topic depends on nothing else."""

    text: str
    form: Form
    headings: tuple[str, ...]
    cells: tuple[str, ...]
    linked: bool  # all of it is a link
    columns: tuple[str, ...] = ()
    opening: State | None = None  # what the sign says that the item begins with
    leads: tuple[str, ...] = ()  # the short lines above a list, outermost first: "Not done yet:"

    @property
    def above(self) -> tuple[str, ...]:
        """Return all that stands above the sentence, titles and lines that lead in."""
        return (*self.headings, *self.leads)


def lacks(
    topic: str, before: str, word: str, after: str, *, first: bool, opens: bool = False, rest: str = ""
) -> bool | None:
    """Return whether a clause claims that the topic `word` isn't there; None when nothing negates it.

    `before` and `after` are the rest of the clause, `first` says that the clause begins the sentence,
    `opens` that it begins behind a bracket or colon, `rest` is all that follows.

    >>> lacks("", "There is no ", "rate limiting", "", first=True), lacks("", "We do ", "retry", "", first=True)
    (True, None)
    >>> lacks("", "Without ", "caching", " the store is slow", first=True)
    False
    """
    if _SOFT.search(before[-60:]) or _UNNEEDED.match(after) or _NONE_OF_SEVERAL.match(rest or after):
        return False
    better = _BETTER_WITHOUT.get(topic)
    if better is not None and better.match(word) and caseless(r"\bno\s+(?:\w+\s+)?$").search(before):
        return False
    if (
        topic == "authorization"
        and first
        and _NO.match(before)
        and _RIGHTS.match(word + after.rstrip(" .;!"))
    ):
        return False
    if topic == "authentication" and _WAYS_IN.match(word) and _AFTER.match(after):
        return False
    if _NEEDED.match(after) or (_MAY.search(before) and _ANY_NOT.search(before)):
        return False
    if _THERE.search(before) or ((first or (opens and _YET.match(after))) and _NO.match(before)):
        return True
    found = _WITHOUT.search(before)
    if found is not None:
        ahead = before[: found.start()]
        return bool(not first or ahead.strip()) and not _NEVER_WITHOUT.search(ahead)
    excluded = _EXCLUDES.search(before)
    if excluded is not None:
        return _ANY_NOT.search(before[: excluded.start()]) is None
    if _VERB_NOT.search(before) or _VERB_NOT_ONE.search(before):
        return True
    behind = _AFTER.match(after)
    if behind is not None and not _is_of_topic(topic, behind[0]):
        return False
    if behind is not None or _BUT_NOT.match(rest or after) or _NONE_LABEL.match(after):
        return True
    if _NOBODY.match(before) and before.strip():
        return True
    if _PLACES.search(word) and topic in ("multi-az", "multi-region") and _ONE.search(before):
        return not (_FAILS.search(before) or _FAILS.search(after))
    return False if _ANY_NOT.search(before) else None
