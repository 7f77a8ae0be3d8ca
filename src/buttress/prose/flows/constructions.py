"""Flows that a construction tells rather than a verb: "behind a load balancer", "between A and B", "Celery with RabbitMQ as broker"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless
from buttress.prose.flows.between import Pair, bridging, exchanges, words_between
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import flow_of, lexicon, phrasal
from buttress.prose.words import DETERMINERS, GENITIVE, PALE, PREPOSITIONS

_PROXIES = ("gateway", "load_balancer", "cdn")
_EDGE = (*_PROXIES, "service", "web_frontend")
_PASSES_ON = re.compile(
    r"(?:proxy|bouncer|balancer|collector|relay|gateway|sidecar|router|forwarder|mesh|bridge)s?$",
    re.IGNORECASE,
)
_STANDS = re.compile(r"(?:which |that )?(?:\w+ ){0,2}in front of(?: (?:the|our|all|a|an|both))*")
_HIDDEN = re.compile(
    r"(?:is |are |runs? |run |sits? |sitting |lives? |located |which |deployed |placed |usually |always |\w+ly )*behind(?: (?:the|our|a|an|its))*"
)
_BEHIND = re.compile(
    r"\b(?:behind|fronted by|reached through|exposed (?:through|via|by))(?: (?:the|our|a|an|its|single))*(?: [\w-]+ing)?$"
)
_WITH = re.compile(r"(?:with|using|on top of|on|over|,? backed by)(?: the| a| an)?")
_MOVING = (
    r"(?:transmission|transfers?|traffic|flow|requests?|calls?|messages?|events?|queries|connections?|data|access|uploads?|pushes|"
    r"notifications?|rpcs?|logs|metrics|traces|writes|reads|inserts|updates)"
)
_FROM = Caseless(
    rf"\b{_MOVING}(?: pools?)?(?: (?:of|per) (?:\w+ ){{1,3}}?| \w+ | )from(?: (?:the|our|a|an|its|each|every|any))*$"
)
_BY = Caseless(r"(?:through|via|over)(?: (?:the|our|a|an|its))*")
_THROUGH_ONE = Caseless(r"(?:only |always )?(?:through|via)(?: (?:the|our|a|an))*")
_FLOWING = Caseless(
    r"\b(?:flows?|flowing|travels?|goes|go|moves?|pass|passes|streams?|streamed|sent|delivered|handed|carried|copied)(?: \w+ly| straight)? from(?: (?:the|our|a|an|its|each|every|any))*$"
)
_SENT_TO = Caseless(
    r"\b(?:is|are|gets?|being|be)(?: \w+ly| also| then| all| only)? (?:shipped|forwarded|delivered|streamed|sent|exported|pushed|transferred|routed|relayed|passed|propagated|replicated|published|written|emitted|fed)(?: on| over)? (?:in)?to(?: (?:the|our|a|an|its|each|every|any))*$"
)
_ON_THE_WAY = Caseless(
    rf"\b{_MOVING}(?: \w+){{0,4}}? (?:reach|reaches|hits?|enters?|travels?|goes|go|flows?|pass|passes|arrives?)\b(?: \w+){{0,3}}$"
)
_NEXT = Caseless(
    r"(?:,|and|, and)? ?(?:then|finally|next|afterwards|from there|from where|on|onwards?|followed by|to)(?: (?:on|then))?(?: (?:to|into|through|by|the|our|a|an))*"
)
_TO = Caseless(r"(?:in|on)?to(?: (?:the|our|a|an|its|each|every|any))*")
_TOWARDS = Caseless(rf"\b{_MOVING} to(?: (?:the|our|a|an|its|each|every|any))*$")
_PASSES = Caseless(
    r"(?:(?:must|should|will|always|only|is|are|which|first|then|also|all) )*"
    r"(?:go|goes|pass|passes|flows?|routed|proxied|sent|made|happens?|handled|forwarded|mediated|controlled|travels?|wrapped|encapsulated|hidden|abstracted|brokered|"
    r"performed|issued|comes? in|enters?|arrives?) (?:\w+ly )?(?:through|via|by|over)"
    r"(?: (?:the|our|a|an|its))*"
)
_FOR = Caseless(
    r"(?:\w+ )?for (?:the |its |their |further |later |long-term |permanent )?"
    r"(?:upload|storage|delivery|insertion|ingestion|export|publication|publishing|forwarding|archival|archiving|persistence|transmission|submission|"
    r"saving|storing|writing|uploading|sending|loading|indexing|processing)(?: \w+)? (?:to|into|in|on)(?: (?:the|our|a|an|its))*"
)
THE = r"(?: (?:the|our|its|their|a|an|all|both|each|every|any))*"  # before a name, in what stands between two
_MANY = 8  # mentions in a list
_NEAR_BY = 6  # words from whom something goes to, to what carries it
_AND = Caseless(
    r"(?:,|and|, and|&|or|as well as|, (?:just )?like)(?: (?:also )?(?:of|by|from|to|for|in))?"
    rf"{THE}"
)
_AUXILIARY = frozenset("can will must should may also then to".split())
_RELATIVE = ("which", "that", "whom", "where")
_BEFORE_RELATIVE = ("from", "to", "in", "into", "through", "with")
_HOLDS = frozenset("holds stores contains keeps has".split())
_SHOWS = frozenset("exposes expose provides provide offers offer".split())
_MAKING = frozenset("create generate insert produce add make record submit place save".split())
_BY_WAY = ("via", "through", "over", "using", "by")
_IN_ROLE = Caseless(
    r"^(?:\)|`|'|\")?\s*as (?:an? |the |its |their |our )?(?:\w+ )?(?:message |task |event |primary |main |backing |persistent |default )*"
    r"(?:brokers?|queues?|backends?|stores?|databases?|db|caches?|storage|transports?|result backend|session store|search engine|message bus|bus|datastore|data store)\b",
)


def constructed(text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> list[Pair]:
    """Return the pairs that constructions join in one sentence; `subject` is who acts when nobody is named before.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Traffic between web and cart goes through mesh.")])
    >>> web, cart, mesh = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (2, 4, 7))
    >>> [(a.surface, b.surface) for a, b, _ in constructed(text, (web, cart, mesh), None)]
    [('web', 'mesh'), ('cart', 'mesh')]
    """
    ordered = sorted(mentions, key=lambda m: m.first)
    return [
        *_in_front(text, ordered, subject),
        *exchanges(text, ordered),
        *bridging(text, ordered, subject),
        *_in_role(text, ordered),
        *_along(text, ordered),
        *_acted_upon(text, ordered),
        *_one_after_another(text, ordered),
    ]


def hands_on(text: Sentence, mentions: Sequence[Mention], index: int) -> bool:
    """Return whether the mention before is to do something with this one: "sends it to the storer for upload to S3"."""
    return index > 0 and bool(_FOR.fullmatch(words_between(text, mentions[index - 1], mentions[index])))


def carrying(text: Sentence, mentions: Sequence[Mention], end: Mention) -> Mention | None:
    """Return the broker or proxy that carries what goes to or comes from `end`: "to the billing service via Kafka"."""
    later = next((m for m in mentions if m.first >= end.last), None)
    if (
        later is None
        or end.kind() in MESSAGING
        or not (is_between(later) or (later.kind() in MESSAGING and end.kind() not in STORES))
    ):
        return None
    tokens = text.tokens[end.last : later.first]
    words = [t.lower for t in tokens if t.lower not in DETERMINERS and not t.lower.endswith("ly")]
    if not words or words[-1] not in _BY_WAY[:3]:
        return None
    plain = all(t.is_word for t in tokens) and not any(w in lexicon() or w == "and" for w in words)
    return (
        later if len(words) == 1 or (plain and len(words) <= _NEAR_BY and later.kind() in MESSAGING) else None
    )


def is_between(mention: Mention) -> bool:
    """Return whether a mention names what passes things on: a gateway, a collector, a proxy."""
    return mention.kind() in _PROXIES or bool(_PASSES_ON.search(mention.surface))


def listed(text: Sentence, mentions: Sequence[Mention], start: int) -> list[Mention]:
    """Return the mention at `start` and those joined to it by commas and "and"."""
    out = [mentions[start]]
    for earlier, later in zip(mentions[start:], mentions[start + 1 : start + _MANY], strict=False):
        if not _AND.fullmatch(words_between(text, earlier, later)) or _acts(text, later):
            break
        out.append(later)
    return out


def joined(text: Sentence, mentions: Sequence[Mention], last: Mention) -> list[Mention]:
    """Return a mention and those before it that are joined to it: "*A*, *B* and C are …"."""
    index = first = next(n for n, m in enumerate(mentions) if m is last)
    while first > 0 and _AND.fullmatch(words_between(text, mentions[first - 1], mentions[first])):
        first -= 1
    return list(mentions[first : index + 1])


def _acts(text: Sentence, mention: Mention) -> bool:
    """Return whether a verb in the present stands right behind a mention: another clause begins with it."""
    after = text.tokens[mention.last].lower if mention.last < len(text.tokens) else ""
    return after in ("is", "are", "has", "have", "can", "will", "does", "do")


def owns(text: Sentence, mention: Mention) -> bool:
    """Return whether a mention stands in the genitive: "the reporter's output"."""
    return text.tokens[mention.last - 1].lower.endswith(GENITIVE)


def words_before(text: Sentence, mention: Mention) -> str:
    """Return the words of a sentence before a mention, without signs."""
    return text.words(0, mention.first)


def _along(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return the flows of what moves: "requests from A to B", "access to B goes through C", "to the storer for upload to S3"."""
    out: list[Pair] = []
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap, before = words_between(text, one, other), words_before(text, one)
        if _TO.fullmatch(gap) and (_FROM.search(before) or _FLOWING.search(before)):
            out.append((one, other, _handing_to(other)))
        elif _BY.fullmatch(gap) and _FLOWING.search(before):
            if onwards := _onwards(text, mentions, index + 1):
                out += [(one, other, _handing_to(other)), *onwards]
        elif index == 0 and _BY.fullmatch(gap) and _SENT_TO.search(before) and _carries(other, one):
            consuming = other.kind() in MESSAGING and one.kind() in ("service", "worker", "scheduler")
            given = "writes" if one.kind() in STORES else _handing_to(one)
            out.append((one, other, "consumes") if consuming else (other, one, given))
        elif _PASSES.fullmatch(gap) and _TOWARDS.search(before):
            out.append((other, one, "routes" if other.kind() in _EDGE else "calls"))
        elif _PASSES.fullmatch(gap) and _FROM.search(before):
            out += [(one, other, _handing_to(other)), *_onwards(text, mentions, index + 1)]
        elif _FOR.fullmatch(gap):
            out.append((one, other, "writes"))
        elif (
            _THROUGH_ONE.fullmatch(gap)
            and other.kind() in _PROXIES
            and one.kind() not in (*_PROXIES, "actor")
        ):
            out.append((other, one, "routes"))
    return out


def _carries(carrier: Mention, end: Mention) -> bool:
    """Return whether what is sent to `end` by way of a mention comes from it: a broker, a gateway, a collector; no broker to a broker."""
    return is_between(carrier) or (carrier.kind() in MESSAGING and end.kind() not in MESSAGING)


def _handing_to(other: Mention) -> str:
    """Return the kind of flow by which something is handed to a mention."""
    return "publishes" if other.kind() in MESSAGING else "calls"


def _onwards(text: Sentence, mentions: Sequence[Mention], index: int) -> list[Pair]:
    """Return the flow from the mention at `index` to the one that what it carries goes on to, if any."""
    carrier, last = mentions[index], mentions[index + 1] if index + 1 < len(mentions) else None
    if last is None or not _TO.fullmatch(words_between(text, carrier, last)):
        return []
    return [(last, carrier, "consumes") if carrier.kind() in MESSAGING else (carrier, last, "routes")]


def _one_after_another(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return the flows of a way through the system: "requests reach nginx, then the gateway and finally the API"."""
    first = next((n for n, m in enumerate(mentions) if _ON_THE_WAY.search(words_before(text, m))), None)
    if first is None:
        return []
    out: list[Pair] = []
    for one, other in pairwise(mentions[first:]):
        if not _NEXT.fullmatch(words_between(text, one, other)):
            break
        if one.kind() in MESSAGING:
            out.append((other, one, "consumes"))
        else:
            out.append((one, other, _handing_to(other)))
    return out


def _acted_upon(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return the flows of relative clauses whose object is named before them: "Redis, which the dashboard reads".

    What a store holds may stand between: "PostgreSQL holds the orders, which the API creates and the reporter reads".
    """
    tokens, out = text.tokens, []
    for index, (needed, actor) in enumerate(pairwise(mentions)):
        words = [t.lower for t in tokens[needed.last : actor.first] if t.text not in ",()`*_"]
        while words and words[-1] in DETERMINERS | PALE and words[-1] not in _RELATIVE:
            words.pop()
        if not words or words[-1] not in _RELATIVE:
            continue
        held = words[0] in _HOLDS and needed.kind() in STORES | MESSAGING
        if words[0] in _SHOWS and 2 < len(words) <= 5 and _done(text, actor, words[-1:], held=False):
            out.append((actor, needed, "calls"))  # "exposes metrics that Prometheus scrapes"
        if held:
            words = words[-2:] if words[-2] in _BEFORE_RELATIVE else words[-1:]
        if len(words) > 2 or (words[-1] == "where" and words[:-1] not in ([], ["from"])):
            continue
        together = listed(text, mentions, index + 1)
        if kind := _done(text, together[-1], words, held=held):
            out += [(who, needed, kind) for who in together]
        for who in _going_on(text, mentions, index + 1):
            if kind := _done(text, who, words, held=held):
                out.append((who, needed, kind))
    return out


def _done(text: Sentence, actor: Mention, words: Sequence[str], *, held: bool) -> str | None:
    """Return the flow of what somebody does in a relative clause that begins with `words`."""
    tokens = text.tokens
    n = actor.last
    while n < len(tokens) and (tokens[n].lower.endswith("ly") or tokens[n].lower in _AUXILIARY):
        n += 1
    verb = lexicon().get(tokens[n].lower) if n < len(tokens) else None
    if verb is None or verb.gerund:
        return None
    if held:
        return (
            "writes"
            if verb.base in _MAKING
            else flow_of(verb.base, "from") or flow_of(verb.base, "in") or flow_of(verb.base, "")
        )
    if len(words) == 2 and words[0] in PREPOSITIONS:
        return flow_of(verb.base, words[0])
    if words[0] == "where":
        return flow_of(verb.base, "from") or flow_of(verb.base, "in")
    after = tokens[n + 1].lower if n + 1 < len(tokens) else ""
    other = phrasal(verb.base, after)
    return _stranded(text, n + 1, other) if other is not None else _stranded(text, n, verb.base)


def _going_on(text: Sentence, mentions: Sequence[Mention], index: int) -> list[Mention]:
    """Return who else acts in a relative clause: "which the API creates and *the reporter* reads"."""
    out = []
    for earlier, later in pairwise(mentions[index:]):
        words = [
            w
            for w in words_between(text, earlier, later).lower().split()
            if w not in DETERMINERS and w != ","
        ]
        if len(words) != 2 or words[-1] != "and" or words[0] not in lexicon():
            break
        out.append(later)
    return out


def _stranded(text: Sentence, n: int, base: str) -> str | None:
    """Return the flow of a verb that has no object behind it: "which it reads for …", "that they consume messages from"."""
    tokens = text.tokens
    after = tokens[n + 1].lower if n + 1 < len(tokens) else "."
    for k in range(n + 1, min(n + 5, len(tokens))):
        last = (
            k + 1 == len(tokens) or not tokens[k + 1].is_word or tokens[k + 1].lower in ("and", "to", "when")
        )
        if tokens[k].lower in PREPOSITIONS and last:
            return flow_of(base, tokens[k].lower)
        if not tokens[k].is_word:
            break
    open_ended = (
        after in PREPOSITIONS
        or after in ("and", "when", "as", "directly", "internally")
        or not after[:1].isalnum()
    )
    return flow_of(base, "") if open_ended else None


def _in_front(text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> list[Pair]:
    """Return the routes of "X sits in front of Y", "Y is behind X", "it listens on 8080 and sits behind X"."""
    out: list[Pair] = []
    for index, second in enumerate(mentions):
        first = mentions[index - 1] if index else None
        start = first.last if first is not None else 0
        between = " ".join(t.lower for t in text.tokens[start : second.first] if t.is_word)
        if first is not None and _STANDS.fullmatch(between):
            out += [(first, m, "routes") for m in listed(text, mentions, index)]
        elif first is not None and _HIDDEN.fullmatch(between):
            on_host = first.kind() == "compute_host"
            served = (mentions[index - 2] if index > 1 else subject) if on_host else first
            if served is not None:  # "the application runs on EC2 behind a load balancer"
                out.append((second, served, "routes"))
        elif (
            _BEHIND.search(between)
            and second.kind() in _EDGE
            and (served := next((m for m in mentions[:index] if m.first <= 2 and not m.aside), subject))
            is not None
        ):
            out.append((second, served, "routes"))
    return out


def _in_role(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return who uses what in "Celery with RabbitMQ as a broker"."""
    out: list[Pair] = []
    for index in range(1, len(mentions)):
        user, used = mentions[index - 1], mentions[index]
        between = " ".join(t.lower for t in text.tokens[user.last : used.first])
        behind = text.text[text.tokens[used.last - 1].end :]
        if _WITH.fullmatch(between) and _IN_ROLE.match(behind):
            out.append((user, used, "publishes" if used.kind() in MESSAGING else "writes"))
    return out
