"""Names that a text gives to nothing that runs: titles of lists, libraries, protocols, means to reach a server, what is watched."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from buttress.model.kinds import MESSAGING
from buttress.names import keys, singular, words_of
from buttress.prose.candidates import Candidate, shown_kind
from buttress.prose.caseless import Caseless
from buttress.prose.flows import Step
from buttress.prose.mentions.interfaces import is_interface
from buttress.prose.mentions.nouns import EMPTY, MEANS
from buttress.prose.mentions.spelling import SORTS, Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_phrases

LEAST_LISTED = 2  # what runs in a list below a title that is none of it
# What is done to all parts, and words of the wire.
_WATCHING = frozenset(
    "tracking tracing monitoring logging metrics metric alerting telemetry observability".split()
)
_WIRE = frozenset("mqtt amqp stomp jms coap topic topics message messages protocol".split())
_STANDARDS = frozenset("protocol protocols standard standards format formats specification".split())
_PLACE = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*[-_](?:network|net|subnet|vpc|namespace|volume)s?")

# "(e.g., Cloudflare, a load balancer, etc.)", "could be sent to Elastic APM"
_EXAMPLES = Caseless(r"\(\s*(?:e\.?g\.?|for example|for instance|such as|like)\b")
_MORE = Caseless(r"\b(?:or|etc)\b")
_AND_SO_ON = Caseless(r"(?:\.\.\.|…|\betc\.?|\band so on)\s*\)$")  # "(InfluxDB, MongoDB, ...)"
_COULD = Caseless(
    r"\b(?:we|one|you|they) (?:could|might) (?!not\b)[^.;:,()]{1,80}$|"
    r"\b(?:could|might) (?:also |instead |easily |later )*(?:be |use |run |go )[^.;:,()]{0,40}$"
)
# "compatible with AWS IAM", "written in Polymer": what a part is like and is written with.
_LIKE = Caseless(r"\bcompatib(?:le|ility) with (?:[\w-]+,? ){0,3}$")
_WRITTEN = Caseless(
    r"\b(?:written|coded|programmed|implemented|developed|built) (?:in|with|using) (?:the |plain |modern )?$"
)
_SAYS_HOW = re.compile(
    r"^\S+-(?:based|hosted|managed|backed|powered|driven|generated|provided|native|aware|compatible|like|specific)$"
)
_CODE = frozenset("module modules library libraries package packages plugin plugins".split())
_ADVERBS = frozenset("already also now still".split())
_ONE, _MANY = frozenset("is has does was".split()), frozenset("are have do were".split())
_BEGINNING = frozenset(("", "as", "that", "because", "when", "since"))
_LETTER = re.compile(r"[A-DXYZ]")


def titles_of_lists(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]
) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Return the titles, with their sources, that stand above a list of what runs: "### Data pipeline", above Mosquitto and Kafka."""
    run: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        if passage.form != "list" or passage.parent is not None or not found or not found[0].label:
            continue
        if found[0].how == "known" or (found[0].technology is not None and not found[0].bare):
            run.setdefault((passage.source, passage.headings), set()).add(found[0].key)
    return frozenset(title for title, keys in run.items() if len(keys) >= LEAST_LISTED)


def heads_parts(
    candidate: Candidate, texts: Sequence[Sentence], titles: Collection[tuple[str, tuple[str, ...]]]
) -> bool:
    """Return whether a name is only the title of a list of what runs; `titles` are those of all such lists."""
    places = [texts[m.sentence].passage for m in candidate.mentions if m.how == "heading"]
    return len(places) == len(candidate.mentions) and any(
        (p.source, (*p.headings, p.text)) in titles for p in places
    )


def joins_several(candidate: Candidate, named: Collection[str]) -> bool:
    """Return whether a heading joins something to what has a name of its own (`named`: their keys), or what any system has: "Ingest and UI".

    >>> joins_several(Candidate("h", [Mention(0, 0, 3, "Desk and Printer", "heading")]), {"desk", "printer"})
    True
    """
    first, _, second = candidate.name.partition(" and ")
    if not second or any(m.how != "heading" for m in candidate.mentions):
        return False
    return any(
        (n := keys(name)[1]) in named or f"={n}" in named or " ".join(words_of(name)) in role_phrases()
        for name in (first, second)
    )


def is_no_part(candidate: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether the name itself, or the words around all its mentions, name nothing that runs.

    >>> is_no_part(Candidate("n", [Mention(0, 0, 1, "db_network", "code")]), [])
    True
    """
    return (
        is_place(candidate)
        or is_means(candidate)
        or is_participle(candidate)
        or is_piece_of_code(candidate)
        or is_several(candidate, texts)
        or is_standard(candidate, texts)
        or speaks_of_people(candidate, texts)
    )


def is_instance(text: Sentence, mention: Mention) -> bool:
    """Return whether a mention is only for instance: one of several in brackets, what could be there or is alike, "Account A", a page of that name.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [one] = sentences([Passage("a.md", 1, 1, "prose", "TLS ends at the provider (e.g. Fly, Heroku).")])
    >>> [other] = sentences([Passage("a.md", 1, 1, "prose", "Money goes from Account A to the bank.")])
    >>> is_instance(one, Mention(0, 10, 11, "Heroku", "technology")), is_instance(other, Mention(0, 3, 4, "Account", "proper"))
    (True, True)
    """
    tokens = text.tokens
    start, end = tokens[mention.first].start, tokens[mention.last - 1].end
    before = text.text[:start]
    opened = before.rfind("(")
    if opened > before.rfind(")"):
        inside = text.text[opened : (text.text.find(")", end) + 1) or None]
        if _EXAMPLES.match(inside) and ("," in inside[6:] or _MORE.search(inside)):
            return True
        if "," in inside and _AND_SO_ON.search(inside):
            return True
    follows = tokens[mention.last].text if mention.last < len(tokens) else ""
    if _LETTER.fullmatch(follows) or (
        mention.last - mention.first > 1
        and _LETTER.fullmatch(mention.surface[-1:])
        and mention.surface[-2:-1] == " "
    ):
        return True
    if _LIKE.search(before) or (mention.role is None and not mention.technology and _WRITTEN.search(before)):
        return True
    page = (
        text.passage.form == "list"
        and mention.last < len(tokens)
        and text.marked(0, len(text.text.rstrip()), "link")
    )
    return page or _COULD.search(before) is not None


def is_watching(candidate: Candidate, steps: Sequence[Step]) -> bool:
    """Return whether a name only says that something is watched, and nobody sends or reads anything: "Error tracking".

    >>> is_watching(Candidate("errortracking", [Mention(0, 0, 2, "Error tracking", "role", role="monitoring")]), [])
    True
    """
    return (
        not candidate.known
        and candidate.technology() is None
        and (words_of(candidate.name) or ("",))[-1] in _WATCHING
        and not any(candidate.key in (s.source.key, s.target.key) for s in steps)
    )


def is_wire(candidate: Candidate, candidates: Sequence[Candidate], kinds: Mapping[str, str]) -> bool:
    """Return whether a name is that of a protocol, where the text names what speaks it: "MQTT", beside Mosquitto.

    `kinds` are those of what other sources show.

    >>> wire, broker = (Candidate(n, [Mention(0, 0, 1, n, "proper", t)]) for n, t in (("MQTT", None), ("Mosquitto", "mosquitto")))
    >>> is_wire(wire, [wire, broker], {}), is_wire(wire, [wire], {})
    (True, False)
    """
    return _is_named_as_wire(candidate) and any(
        shown_kind(c, kinds) in MESSAGING
        for c in candidates
        if c is not candidate and (c.known or c.technology())
    )


def is_standard(candidate: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether a text says of an unknown name that it is a protocol or a format: "the MLLP protocol", "STAC standards".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", "It speaks the MLLP protocol.")])
    >>> is_standard(Candidate("mllp", [Mention(0, 3, 4, "MLLP", "proper")]), texts)
    True
    """
    if candidate.technology() is not None or candidate.role() is not None:
        return False
    behind = (texts[m.sentence].tokens[m.last : m.last + 1] for m in candidate.mentions)
    return any(tokens and tokens[0].lower in _STANDARDS for tokens in behind)


def is_several(candidate: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether a name only points at several of a sort that were named: "both daemons", "these services".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", "Both daemons call it.")])
    >>> is_several(Candidate("daemon", [Mention(0, 1, 2, "daemons", "role", role="worker")]), texts)
    True
    """
    return all(
        singular(m.surface.lower()) in SORTS
        and singular(m.surface.lower()) != m.surface.lower()
        and m.first > 0
        and texts[m.sentence].tokens[m.first - 1].lower in ("both", "these", "those")
        for m in candidate.mentions
    )


def spoken_by(
    candidates: Sequence[Candidate], kinds: Mapping[str, str], *, enough: float
) -> dict[str, Candidate]:
    """Return, for the names of protocols, the only broker that the text names: "connects to MQTT", where Mosquitto is it.

    `kinds` are those of what other sources show; a broker is known, or has `enough` likelihood.

    >>> wire, broker = (Candidate(n, [Mention(0, 0, 1, n, "proper", t)], score=1.0) for n, t in (("MQTT", None), ("Mosquitto", "mosquitto")))
    >>> [c.name for c in spoken_by([wire, broker], {}, enough=0.5).values()]
    ['Mosquitto']
    """
    brokers = [
        c
        for c in candidates
        if (c.known or c.score >= enough)
        and shown_kind(c, kinds) == "message_broker"
        and not _is_named_as_wire(c)
    ]
    if len(brokers) != 1:
        return {}
    brokers[0].named = brokers[0].name
    return {
        c.key: brokers[0] for c in candidates if not c.known and _is_named_as_wire(c) and c.name.isupper()
    }


def _is_named_as_wire(candidate: Candidate) -> bool:
    return _WIRE.issuperset(words_of(candidate.name))


def is_place(candidate: Candidate) -> bool:
    """Return whether a name, as configuration spells it, is that of a network or another place in which parts run.

    >>> is_place(Candidate("n", [Mention(0, 0, 1, "db_network", "code")])), is_place(Candidate("n", [Mention(0, 0, 2, "Card network", "proper")]))
    (True, False)
    """
    return candidate.technology() is None and _PLACE.fullmatch(candidate.name) is not None


def is_means(candidate: Candidate) -> bool:
    """Return whether a name is only of what works with a server, "the Python RabbitMQ client", or says what is done: "To service requests".

    >>> is_means(Candidate("c", [Mention(0, 0, 2, "Redis client", "role", "redis")]))
    True
    """
    words = words_of(candidate.name)
    if words[:1] == ("to",):
        return True
    return candidate.technology() is not None and len(words) > 1 and words[-1] in MEANS


def is_piece_of_code(candidate: Candidate) -> bool:
    """Return whether a name says no more than of what sort a piece of code is, or is a letter: "an api module", "P".

    >>> module = Candidate("apimodule", [Mention(0, 0, 2, "api module", "role", role="library_or_module")])
    >>> is_piece_of_code(module), is_piece_of_code(Candidate("tax", [Mention(0, 0, 2, "tax module", "role")]))
    (True, False)
    """
    words = words_of(candidate.name)
    if candidate.technology() is not None or not words:
        return False
    return len(candidate.name) == 1 or (words[-1] in _CODE and EMPTY.issuperset(words))


def is_participle(candidate: Candidate) -> bool:
    """Return whether a name only says how another thing is: "a Kubernetes-hosted container".

    >>> is_participle(Candidate("k", [Mention(0, 0, 1, "Kubernetes-hosted", "proper")]))
    True
    """
    return candidate.technology() is None and _SAYS_HOW.search(candidate.name) is not None


def speaks_of_people(candidate: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether a name is that of people, who "have" and "use" where a thing has and uses: "Acme have already used it".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", "Acme already use Notify.")])
    >>> speaks_of_people(Candidate("acme", [Mention(0, 0, 1, "Acme", "proper")]), texts)
    True
    """
    if candidate.known:
        return False
    numbers = [_number(m, texts[m.sentence]) for m in candidate.mentions]
    return numbers.count("several") > numbers.count("one")


def _number(mention: Mention, text: Sentence) -> str:
    """Return whether the verb behind a name tells of one or of several, which only people with one name are; empty where it tells neither."""
    tokens = text.tokens
    n = mention.last
    while n < len(tokens) and (tokens[n].lower.endswith("ly") or tokens[n].lower in _ADVERBS):
        n += 1
    verb = lexicon().get(tokens[n].lower) if n < len(tokens) else None
    if verb is None:
        return ""
    if tokens[n].lower in _ONE or (verb.third and verb.base not in ("be", "have", "do")):
        return "one"
    before = tokens[mention.first - 1].lower if mention.first else ""
    alone = (
        mention.how == "proper" and mention.last == mention.first + 1 and not mention.surface.endswith("s")
    )
    plain = verb.plain and not verb.participle and n > mention.last
    return "several" if alone and before in _BEGINNING and (tokens[n].lower in _MANY or plain) else ""


def is_account(candidate: Candidate, named: Collection[str]) -> bool:
    """Return whether a name is that of the account of a part (`named`: the keys of all) on a machine or at another part.

    >>> user = Candidate("u", [Mention(0, 0, 2, "stamper user", "role", role="actor")])
    >>> is_account(user, {"stamper"}), is_account(user, {"desk"})
    (True, False)
    """
    words = words_of(candidate.name)
    owner = "".join(words[:-1])
    owned = owner in named or f"{owner}server" in named or f"={owner}" in named
    return candidate.role() == "actor" and words[-1] in ("user", "account") and bool(owner) and owned


def is_library(candidate: Candidate) -> bool:
    """Return whether a name is that of a library, of a way to call one another, or of a tool that starts others.

    >>> is_library(Candidate("=grpc", [Mention(0, 0, 1, "gRPC", "technology", "grpc")]))
    True
    """
    technology = load().technologies.get(candidate.technology() or "")
    return (
        technology is not None
        and (
            technology.kind == "library_or_module"
            or (technology.role == "tool" and technology.kind == "compute_host")
        )
        and candidate.key == f"={technology.id}"
    )


def is_framework(candidate: Candidate) -> bool:
    """Return whether a name is only what others are written with; beside manifests it is none of the parts.

    >>> is_framework(Candidate("=flask", [Mention(0, 0, 1, "Flask", "technology", "flask")]))
    True
    """
    technology = load().technologies.get(candidate.technology() or "")
    return technology is not None and technology.role in ("framework", "library")


def is_only_way_in(candidate: Candidate, actors: Collection[str]) -> bool:
    """Return whether a name says only that there is an interface of some sort, and it does nothing itself (`actors`: who does).

    >>> is_only_way_in(Candidate("rest-api", [Mention(0, 1, 3, "REST API", "proper")]), ())
    True
    """
    some_sort = all(
        is_interface(m) and len(words_of(m.surface)) > 1 and not m.label and m.how != "heading"
        for m in candidate.mentions
    )
    return some_sort and candidate.key not in actors
