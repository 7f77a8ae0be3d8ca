"""What is only for developing: sentences and the first comments of a file that say so."""

from __future__ import annotations

import re

_NOT = r"\b(?:not|never|isn't|aren't|don't|doesn't)\b"
LOCAL_WORDS = re.compile(
    r"\blocally\b|\blocal (?:dev\w*|set-?up|env\w*|use|usage|test\w*|runs?|stack|only|machines?|compose|docker|installation)\b"
    r"|\b(?:for|in|during) (?:dev|development|testing)\b|\b(?:dev|development) (?:set-?up|environment|stack|only|and|purposes)\b"
    r"|\b(?:your|their|developers?'?s?'?) (?:own |local )?(?:machines?|computers?)\b|\blaptops?\b|\bworkstations?\b",
    re.IGNORECASE,
)


def says_local(sentence: str) -> bool:
    """Return whether a sentence says that something is for developing, and doesn't speak of production as well.

    >>> says_local("For local development only, not for production."), says_local("Runs locally and in production.")
    (True, False)
    """
    clauses = re.split(r"[;:]|,? (?:while|but|whereas) ", sentence)
    here = next((c for c in clauses if LOCAL_WORDS.search(c)), None)
    if here is None or re.search(_NOT + r"[^.,;]{0,25}$", here[: _start(here)], re.IGNORECASE):
        return False
    production = re.search(r"\bprod(?:uction)?\b", here, re.IGNORECASE)
    if production is not None:
        return re.search(_NOT, here[: production.start()], re.IGNORECASE) is not None
    rest = " ".join(c for c in clauses if c is not here)
    return not re.search(
        r"\bprod(?:uction)?\b.*\b(?:too|also|as well|same)\b|\b(?:also|same)\b.*\bprod", rest, re.IGNORECASE
    )


def _start(clause: str) -> int:
    found = LOCAL_WORDS.search(clause)
    return found.start() if found is not None else 0


# Tried at the start of a word alone, as a word may be long.
_MANIFEST = re.compile(r"(?<![\w.-])[\w.-]{1,250}\.ya?ml")
_ELSEWHERE = re.compile(
    r"\b(?:see|refer to|look at|go to|head to)\b.{0,20}(?:https?:|[\w-]+/|\w\.\w)", re.IGNORECASE
)
_FOR_PRODUCTION = re.compile(
    r"\b(?:designed|meant|intended|suited|suitable|written|made) (?:only )?for (?:the |a )?(?:use in )?prod(?:uction)?\b",
    re.IGNORECASE,
)


def written_for(text: str, name: str) -> tuple[int, str] | None:
    r"""Return the line, counted from 0, and the words by which the first comments of a file say that it is for developing.

    A sentence about another file, told by its name or its address ("for local development see ..."), says nothing of this
    one, whose name is `name`; one that says that the file is for production ends the search.

    >>> written_for("# Local development only. Production: deploy/k8s.\nservices: {}\n", "compose.yaml")
    (0, '# Local development only. Production: deploy/k8s.')
    >>> written_for("# To develop locally, see docs/dev.md\nservices: {}\n", "compose.yaml")
    """
    for n, line in enumerate(text.split("\n")):
        if line.strip() and not line.startswith("#"):
            return None
        for sentence in re.split(r"(?<=[.!?;])\s+", line.lstrip("# ")):
            others = set(_MANIFEST.findall(sentence)) - {name}
            if others or _ELSEWHERE.search(sentence):
                continue
            if _FOR_PRODUCTION.search(sentence):
                return None
            if says_local(sentence):
                return n, line.strip()[:200]
    return None
