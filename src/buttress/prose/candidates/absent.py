"""Names of what a sentence says isn't there: "the local disk (no MinIO)", "instead of Kafka", "we considered MongoDB", "was retired in March".

What is compared or weighed is a product; what isn't used, what was and what may come one day can be a service of the team's own too. "Without Redis" is told of what is there ("works without
Redis when it is down") as often as of what isn't, so it says nothing; nor does "we plan to", which proposals say of all that they describe.
"""

from __future__ import annotations

from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

REACH = 100  # characters around a name that are looked at
_ARTICLE = r"(?:\s+(?:an?|the|any|our|its))?"
_DOING = r"(?:us|run|requir|includ|deploy|employ|have|need|operat|maintain|instal|provision)\w*"
_BEGUN = r"(?:the |an? |our )?(?:[\w.-]+(?:,| or| and|, or|, and|/) ?){0,3}"
_DENIED = Caseless(
    r"(?:"
    r"(?:^|[\s(:;,—–-])no"  # "(no MinIO)"
    rf"|\bno longer {_DOING}{_ARTICLE}"
    rf"|\bnever {_DOING}{_ARTICLE}"
    rf"|\b(?:instead of|rather than|in place of|as opposed to|unlike|compared (?:to|with)){_ARTICLE}"
    rf"|\b(?:replac(?:e[sd]?|ing)|retir(?:ed|ing)|got rid of|mov(?:ed|ing) (?:off|away from)){_ARTICLE}"
    rf"|\b(?:considered|evaluated|looked (?:at|into)|rejected|discarded|decided against|opted against|ruled out|dismissed){_ARTICLE}"
    rf")\s+{_BEGUN}\W?$"
)
_UNUSED = Caseless(
    rf"\b(?:do|does|did|will)(?: not|n['’]t)(?: yet| currently)? (?:{_DOING}|depend on|rely on){_ARTICLE}\s+{_BEGUN}\W?$"
)
# "no Kafka consumer may lag": what isn't there is of the product, not the product.
_GOES_ON = Caseless(
    r"[\s-]+(?!(?:in|on|for|at|by|to|and|or|is|are|was|were|here|yet|any|with|but|behind|between|as|so|since|because|the|an?|we|our|it|this|that|all|each|"
    r"which|does|can|will|has|instance|server|cache|broker|database)\b)\w"
)
_ONCE = Caseless(
    r"\b(?:until (?:\w+ )?\d{4}|used to (?:use|run|be|go|live|rely|store|write|send|call|read)|previously|formerly|historically|in the past|originally|"
    r"(?:earlier|previous|former|first|initial|original) (?:drafts?|versions?|designs?|plans?|iterations?|prototypes?|attempts?))\b[^.;:]{0,60}$"
)
_GONE = Caseless(
    r"(?:,[^,.;]{1,80},)?\s+(?:was|were|has been|have been|got)\s+(?:since |now |finally )?"
    r"(?:retired|decommissioned|removed|replaced|dropped|shut down|switched off|turned off|sunset|phased out)\b"
    r"(?!\s+(?:from (?:the |our )?(?:[\w-]+ )?(?:path|rotation|pool)|during|while|whenever|at night|overnight|for (?:maintenance|an hour|\S+ (?:minutes|hours)))\b)"
)
_NOT_YET = Caseless(
    r"\W{0,4}\s*(?:is|are|was|were)\s+(?:deferred|postponed|not chosen|not (?:yet )?(?:used|there|planned|in use)|out of scope)\b|"
    r"(?:\s*(?:[,/]|\band\b|\bor\b)\s*[\w-]+){0,3}\s+(?:could|might|may)\s+(?:also |later |then |easily |eventually )*be\s+(?:added|introduced|put|used|considered|deployed)\b"
)
_PLANS = Caseless(
    r"\b(?:plan(?:s|ned|ning)? (?:to|on)|intends? to|(?:would|['’]d) like to|hopes? to|wants? to|may|might)\b[^.;:]{0,60}$"
)
_ONE_DAY = Caseless(
    r"\b(?:next (?:year|quarter|version|release)|later(?: on)?|in (?:the )?(?:near |distant )?future|eventually|one day|some day|someday|at some point|in the long (?:term|run))\b"
)


def is_absent(text: Sentence, mention: Mention) -> bool:
    """Return whether a sentence names something because it isn't there: denied, compared, weighed, gone, or not yet come.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(said, name="Kafka"):
    ...     [text] = sentences([Passage("a.md", 1, 1, "prose", said)])
    ...     at = [t.text for t in text.tokens].index(name)
    ...     return is_absent(text, Mention(0, at, at + 1, name, "technology", name.lower()))
    >>> told("Files lie on the disk (no Kafka)."), told("No Kafka consumer lags."), told("We no longer use RabbitMQ or Kafka.")
    (True, False, True)
    >>> told("Kafka was retired in March."), told("Kafka could be added."), told("We plan to add Kafka next year."), told("We use Kafka.")
    (True, True, True, False)
    """
    tokens = text.tokens
    start, end = tokens[mention.first].start, tokens[mention.last - 1].end
    before, after = text.text[max(0, start - REACH) : start], text.text[end : end + REACH]
    if _GONE.match(after) or _NOT_YET.match(after) or _ONCE.search(before) or _UNUSED.search(before):
        return True
    if _PLANS.search(before) and (_ONE_DAY.search(before) or _ONE_DAY.search(_same_clause(after))):
        return True
    return mention.technology is not None and _DENIED.search(before) is not None and not _GOES_ON.match(after)


def _same_clause(after: str) -> str:
    return after.split(".")[0].split(";")[0]
