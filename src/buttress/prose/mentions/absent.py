"""Products that a sentence names because they are not there: "the local disk (no MinIO)", "we no longer use RabbitMQ", "instead of Kafka".

Only products: of a service that a team names itself such words deny a need ("the worker doesn't use the API"), not that it is there. "Without Redis"
is told of what is there ("works without Redis when it is down") as often as of what isn't, so it denies nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_ARTICLE = r"(?:\s+(?:an?|the|any|our|its))?"
_DOING = r"(?:us|run|requir|includ|deploy|employ|have|operat|maintain|instal|provision)\w*"
_DENIES = Caseless(
    r"(?:"
    r"(?:^|[\s(:;,—–-])no"  # "(no MinIO)"
    rf"|\bno longer {_DOING}{_ARTICLE}"
    rf"|\b(?:do|does|did|will|is|are)(?: not|n['’]t)(?: yet| currently)? {_DOING}{_ARTICLE}"
    rf"|\bnever (?:{_DOING}){_ARTICLE}"
    rf"|\b(?:instead of|rather than|in place of|as opposed to){_ARTICLE}"
    rf"|\b(?:replac(?:e[sd]?|ing)|retir(?:e[sd]?|ing)|drop(?:s|ped|ping)?|get(?:s|ting)? rid of|got rid of|mov(?:e[sd]?|ing) (?:off|away from)){_ARTICLE}"
    r")\s+\W?$"
)
# "no Redis cluster mode", "no Kafka consumer may lag": what isn't there is of the product, not the product.
_GOES_ON = Caseless(
    r"^[\s-]+(?!(?:in|on|for|at|by|to|and|or|is|are|was|here|yet|any|with|but|behind|between|as|so|because|the|an?|we|our|it|this|that|all|each|which|does|can|will|has|instance|server|cache|broker|database)\b)\w"
)
_OR = Caseless(r"\W*(?:,|,? (?:or|and|nor))\s+\W?")


def without_absent(text: Sentence, found: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of a sentence without the products that it says aren't there.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def left(told, *names):
    ...     [text] = sentences([Passage("a.md", 1, 1, "prose", told)])
    ...     words = [t.text for t in text.tokens]
    ...     at = [(words.index(n), n) for n in names]
    ...     return [m.surface for m in without_absent(text, [Mention(0, i, i + 1, n, "technology", n.lower()) for i, n in at])]
    >>> left("Files lie on the disk (no MinIO); rows lie in MySQL.", "MinIO", "MySQL")
    ['MySQL']
    >>> left("We no longer use Kafka or Redis.", "Kafka", "Redis"), left("No Kafka consumer lags.", "Kafka")
    ([], ['Kafka'])
    """
    kept: list[Mention] = []
    denied: Mention | None = None
    for mention in found:
        start, end = text.tokens[mention.first].start, text.tokens[mention.last - 1].end
        goes_on = denied is not None and _OR.fullmatch(text.text[text.tokens[denied.last - 1].end : start])
        if (
            mention.technology is not None
            and (goes_on or _DENIES.search(text.text[max(0, start - 60) : start]))
            and not _GOES_ON.match(text.text[end : end + 30])
        ):
            denied = mention
            continue
        denied = None
        kept.append(mention)
    return kept
