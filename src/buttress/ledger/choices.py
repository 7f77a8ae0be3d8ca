"""One way of doing a thing against another: where a system can have only one of several, two sentences that each name another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from buttress.ledger.standing import DENIED_LIST, is_quiet_section, places_in, places_of, same_place, stand_of
from buttress.ledger.subjects import Text, content
from buttress.model import Contradiction, Evidence, slug
from buttress.prose.caseless import Caseless, Hit
from buttress.prose.sieve import Sieve
from buttress.prose.text import Sentence

MAX_EACH = 2
MAX_COMPARED = 300


def _ways(**patterns: str) -> dict[str, Caseless]:
    return {name.replace("_", " "): Caseless(pattern) for name, pattern in patterns.items()}


class Choice(NamedTuple):
    """What can be done in one way only, by its ways.

    `own` says that each component chooses for itself: two sentences must be about one component to contradict each other.
    """

    ways: dict[str, Caseless]
    own: bool = False
    loose: bool = False  # a place that is about nobody in particular is about all


_NUMBER = r"(?:[2-9]|\d\d+|two|three|four|five|six|several|multiple|many)"
_SITE = r"regions?|sites?|data ?-?cent(?:er|re)|location"
# What is done by hand in one place and by a machine in another.
_WORK = {
    "deployment": r"\b(?:deploy(?:ed|ments?|s|ing)?|releas(?:e|es|ed|ing)|roll(?:ed|s)? ?-?outs?)\b",
    "schema changes": r"\b(?:(?:schema|database) (?:changes?|migrations?)|migrations?)\b",
    "failover": r"\b(?:fail-?over|promot(?:ed|ion)|take-?over)\b",
    "scaling": r"\b(?:scal(?:ed|ing|es)|(?:instances?|pods?|capacity) (?:is|are) added)\b",
    "certificates": r"\bcertificates?\b",
    "rotation of secrets": r"\b(?:rotat(?:ed|ion|es))\b",
    "provisioning": r"\b(?:provision(?:ed|ing)|infrastructure|servers? (?:is|are) (?:set up|created))\b",
}
_BY_ITSELF = (
    r"\bautomat(?:ic|ically|ed)\b|\bby (?:the |a )?(?:pipeline|ci\b|ci/cd|github actions|gitlab|jenkins|argo ?cd|flux|alembic|flyway|liquibase|"
    r"terraform|operator|cert-manager|autoscaler|hpa)|\bin the pipeline\b"
)
_BY_HAND = r"\bmanual(?:ly)?\b|\bby hand\b|\b(?:over|via) ssh\b"


def _work() -> dict[str, Choice]:
    """Return a choice for each activity: by itself or by hand."""
    return {
        f"way of {name}": Choice(
            {
                "automatic": Caseless(
                    rf"{pattern}[^.;]{{0,40}}?(?:{_BY_ITSELF})|\b(?:automatic(?:ally)?|automated|continuous(?:ly)?) {pattern}",
                ),
                "manual": Caseless(rf"{pattern}[^.;]{{0,40}}?(?:{_BY_HAND})|\bmanual(?:ly)? {pattern}"),
            }
        )
        for name, pattern in _WORK.items()
    }


CHOICES: dict[str, Choice] = {
    **_work(),
    "log format": Choice(
        _ways(
            structured=r"\b(?:structured|json)(?:[ -](?:json|structured|formatted|lines))* log(?:s|ging)?\b|\blogs?\b[^.;]{0,30}\b(?:as|in|"
                r"are) (?:structured|json)\b",
            plain_text=r"\blogs?\b[^.;]{0,30}\b(?:plain|free|unstructured)[ -]?(?:text|form)?\b|\b(?:plain[- ]text|unstructured|free[- ]form|"
                r"free[- ]text) logs?\b",
        )
    ),
    "exposure": Choice(
        _ways(
            public=r"\bpublicly (?:reachable|accessible|available|exposed)\b|\b(?:open|exposed|visible|reachable|accessible|available) (?:to|from|on|"
                r"over) (?:the )?(?:public )?(?:internet|web|world|public)\b|\b(?:internet|public)[- ]facing\b|\bfrom anywhere\b",
            internal=r"\b(?:not|never) (?:publicly |directly )?(?:reachable|accessible|exposed|available|visible) (?:from|to|on|"
                r"over) (?:the )?(?:public |outside|internet|world)|\bnot publicly (?:reachable|accessible|available|exposed)\b|"
            r"\b(?:only|solely|exclusively)\b[^.;,]{0,40}\b(?:vpn|intranet|(?:office|internal|private|corporate|company|hospital|"
                r"campus) network)\b|\b(?:vpn|intranet|(?:office|internal|private|corporate) network)[- ]only\b|"
            r"\b(?:over|via|through|behind|on) (?:the |a )?(?:[\w-]+ )?(?:vpn|intranet) only\b|\binternal[- ]only\b|\bonly (?:reachable|"
                r"accessible|available) (?:from )?(?:inside|within|internally)\b",
        ),
        own=True,
    ),
    "places of deployment": Choice(
        _ways(
            one=rf"\b(?:one|single|a single|only one|just one)(?: aws| cloud| azure| gcp)?[- ](?:{_SITE})\b(?! (?:fails?|is lost|outage|goes))|"
                rf"\bno (?:second|other) (?:{_SITE})\b",
            several=rf"\bmulti[- ](?:region|site|data[- ]?cent(?:er|re))\b|\b{_NUMBER} (?:\w+ )?(?:{_SITE})s\b|\b(?:both|all) (?:{_SITE})s\b|"
                rf"\b(?:deployed|runs?|running|hosted) in [A-Z]\w+ and (?:in )?[A-Z]\w+",
        ),
        own=True,
        loose=True,
    ),
    "zones": Choice(
        _ways(
            one_zone=r"\b(?:one|single|a single|only one|just one) (?:availability )?zone\b(?! (?:fails?|is lost|outage|goes))|\bsingle[- ]az\b",
            several_zones=rf"\b(?:multi[- ]az|(?:{_NUMBER}|all|both) (?:availability )?zones|across (?:availability )?zones)\b",
        ),
        own=True,
    ),
    "session state": Choice(
        _ways(
            stateless=r"\bstateless\b|\b(?:has|have|keeps?|holds?|with) no (?:\w+ )?state\b|\b(?:sessions?|session (?:data|"
                r"state))\b[^.;]{0,30}\b(?:stored|kept|held|lives?) (?:only )?in (?:a |the |our )?(?:shared |central |external )?(?:redis|"
                r"memcached|database|postgres\w*|mysql|dynamodb|cookies?|cache)\b|\b(?:no|without)(?: any)? (?:server[- ]side )?session (?:state|"
                r"store|storage|data|affinity)\b|\bno sticky sessions\b",
            kept_in_the_process=r"\bsessions?\b[^.;]{0,50}\b(?:in|from) (?:the |its |their |local |process |own )*memory\b|\b(?:keeps?|holds?|"
                r"stores?) (?:[\w-]+ ){1,3}in (?:its |the |their )?(?:own |local )?memory\b|\bload balancer is sticky\b|\b(?:uses?|needs?|"
                r"requires?|with|relies on|enables?|enabled|via) (?:\w+ )?(?:sticky sessions?|session affinity)\b|\bsticky sessions? (?:is|"
                r"are) (?:used|enabled|required|needed|on)\b|\bstateful (?:service|process|application|server)\b",
        ),
        own=True,
        loose=True,
    ),
    "credentials of a request": Choice(
        _ways(
            cookie=r"\b(?:auth(?:entication)?|session|http-?only|jwt|token)[ -]cookies?\b|\bcookies? \(?http-?only\b|"
                r"\bhttp-?only (?:[\w`/ -]{0,30} )?cookies?\b|\bcookie[- ]based\b",
            header=r"\b(?:auth(?:entication|orization)?|bearer) headers?\b|\bbearer[- ]tokens?\b|\btokens? in (?:the |an )?(?:\w+ )?header\b",
        ),
        own=True,
    ),
    "login protocol": Choice(
        _ways(
            password=r"\b(?:log(?:s|ged)?[ -]?(?:in|on)|sign(?:s|ed)?[ -]?(?:in|on)|authenticat\w+)\b[^.;]{0,40}\b(?:user ?names?|"
                r"e-?mail(?: address)?) and (?:an? )?passwords?\b|\bbasic auth(?:entication)?\b",
            saml=r"\b(?:log(?:s|ged)?[ -]?(?:in|on)|sign(?:s|ed)?[ -]?(?:in|on)|authenticat\w+|logins?|sso|identity)\b[^.;]{0,60}\bsaml\b|"
                r"\bsaml\b[^.;]{0,40}\b(?:login|sso|sign[- ]?on|authentication)\b",
            oidc=r"\b(?:log(?:s|ged)?[ -]?(?:in|on)|sign(?:s|ed)?[ -]?(?:in|on)|authenticat\w+|logins?|sso|identity)\b[^.;]{0,60}\b(?:oidc|"
                r"openid(?: connect)?|oauth2?)\b|\b(?:oidc|openid connect)\b[^.;]{0,40}\b(?:login|sso|sign[- ]?on|authentication)\b",
        )
    ),
    "way of uploads": Choice(
        _ways(
            straight_to_storage=r"\bpre-?signed (?:\w+ )?(?:urls?|uploads?|posts?)\b|\bsigned urls?\b|\b(?:direct(?:ly)?|straight) to the bucket\b|"
                r"\bupload\w*[^.;]{0,30}\b(?:direct(?:ly)?|straight) to (?:\w+ )?(?:storage|s3|the bucket|gcs|blob)\b",
            through_the_server=r"\bmultipart(?:/form-data)?\b|\b(?:files?|uploads?)\b[^.;]{0,30}\b(?:through|via|proxied by) (?:the |our )?(?:api|"
                r"backend|server|service)\b|\buploaded to (?:the |our )?(?:api|backend|server|(?:\w+ )?service)\b|\buploads? (?:go|goes|"
                r"pass) through\b|\bno pre-?signed\b",
        )
    ),
    "place of files": Choice(
        _ways(
            file_system=r"\b(?:nfs|network file ?system|shared volume|shared file ?system|efs)\b|\b(?:local[- ](?:file ?system|disk)|filesystem|"
                r"local files?|local volume)(?: storage)?\b",
            object_storage=r"\bno local[- ](?:file ?systems?|disk)\b|\b(?:object[- ](?:storage|store)|blob storage|s3(?:[- ]compatible)?(?: bucket|"
                r" storage)?|minio|gcs)\b",
        )
    ),
    "pull or push": Choice(
        _ways(
            pull=r"\b(?:pulls?|polls?|fetch(?:es)?|pulled|polled|fetched)\b",
            push=r"\b(?:push(?:es|ed)?|delivers?|delivered)\b",
        ),
        own=True,
    ),
    "encryption in transit": Choice(
        _ways(
            encrypted=r"\b(?:all|every|any)\b[^.;]{0,50}\b(?:encrypted|over (?:https|tls)|use[sd]? (?:https|tls|mtls|mutual tls)|(?:https|tls|"
                r"mtls)(?: only)?)\b|\btls (?:1\.\d )?for all\b|\bencrypted with (?:mutual )?(?:m?tls)\b",
            plain=r"\b(?:plain|unencrypted|clear[- ]?text) (?:http|tcp|text|traffic|connections?)\b|\b(?:not|never) encrypted\b|\bhttp without tls\b",
        ),
        own=True,
        loose=True,
    ),
    "secrets": Choice(
        _ways(
            in_a_secret_store=r"\b(?:secrets?|passwords?|credentials?|keys?)\b[^.;]{0,50}\b(?:vault|secrets? manager|key vault|parameter store|"
                r"infisical|kms)\b",
            in_files_or_variables=r"\b(?:secrets?|passwords?|credentials?|keys?)\b[^.;]{0,50}\b(?:\.env|env(?:ironment)? (?:files?|variables?)|"
                r"in (?:plain|the repository|git|the image)|plain kubernetes secrets?|manually[- ]managed|config(?:uration)? files?)\b",
        )
    ),
}  # fmt: skip
_WAYS = tuple(
    (name, way, pattern) for name, choice in CHOICES.items() for way, pattern in choice.ways.items()
)
_ONLY_WHERE = Caseless(
    r"\bonly (?:works?|possible|suitable|enough|meant|intended) (?:when|if|where|for|on|in)\b"
)
# What whoever sets it up chooses from.
_OPTION = Caseless(r"\bby default\b|\bdefaults? to\b|\bhow to (?:configure|set up|enable|use)\b")
_POINTS_BACK = Caseless(r"^\W*(?:this|that|these|those)\b")  # whose subject the section tells
_SUBJECT_WORDS = re.compile(r"[A-Za-z][a-z]{3,}")
_NO = Caseless(r"\b(?:no|not|never|without|cannot|don't|doesn't|isn't|aren't)\W+(?:[\w-]+\W+){0,3}$")


@dataclass(frozen=True, slots=True)
class Way:
    """A place that says that a thing is done in one of its ways."""

    choice: str
    way: str
    about: frozenset[str]
    place: frozenset[str]
    section: tuple[str, tuple[str, ...]]
    evidence: Evidence
    subject: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    of_title: bool = False  # "this service": the title tells which


@cache
def _sieve() -> Sieve[tuple[str, str]]:
    return Sieve(((name, way), pattern.cues) for name, way, pattern in _WAYS)


def choices(text: Text) -> list[Contradiction]:
    """Return which things are done one way in one place and another way in another."""
    by_choice: dict[str, list[Way]] = {}
    for way in _ways_in(text):
        by_choice.setdefault(way.choice, []).append(way)
    out = []
    for name, ways in by_choice.items():
        both = {(w.evidence.source, w.evidence.line) for w in ways} if len(ways) > 1 else set()
        told: dict[tuple[str, int], set[str]] = {p: set() for p in both}
        for w in ways:
            told[w.evidence.source, w.evidence.line].add(w.way) if both else None
        plain = [w for w in ways if both and len(told[w.evidence.source, w.evidence.line]) == 1][
            :MAX_COMPARED
        ]
        out += _against(name, plain, text)
    return out


def _against(name: str, ways: list[Way], text: Text) -> list[Contradiction]:
    pairs = [
        (a, b)
        for n, a in enumerate(ways)
        for b in ways[n + 1 :]
        if a.way != b.way
        and a.section != b.section
        and same_place(a.place, b.place)
        and _one(name, a, b, text)
    ]
    found: dict[str, dict[str, dict[Evidence, None]]] = {}
    owners: dict[str, str] = {}
    for a, b in pairs:
        common = (
            sorted(i for i in a.about if any(text.same(i, j) for j in b.about)) if CHOICES[name].own else []
        )
        subject = next((owners[i] for i in common if i in owners), common[0] if common else slug(name))
        owners.update(dict.fromkeys(common, subject))
        sides = found.setdefault(subject, {})
        for way in (a, b):
            sides.setdefault(way.way, {}).setdefault(way.evidence)
    return [
        Contradiction(
            subject,
            name if subject != slug(name) else "way",
            tuple((way, e) for way, places in sides.items() for e in list(places)[:MAX_EACH]),
        )
        for subject, sides in found.items()
    ]


def _one(name: str, a: Way, b: Way, text: Text) -> bool:
    """Return whether two ways are of one thing: one component, or the system where it can have only one way."""
    if name == "pull or push":
        return len(a.words & b.words) >= 2
    if a.of_title and b.of_title:
        return bool(a.subject & b.subject)
    if CHOICES[name].loose and not (a.about and b.about):
        return True
    if a.about and b.about:
        return any(text.same(i, j) for i in a.about for j in b.about) or (not CHOICES[name].own)
    if not CHOICES[name].own:
        return True
    return bool(a.subject & b.subject) or (not a.about and not b.about and not (a.subject and b.subject))


def _ways_in(text: Text) -> Iterator[Way]:
    for sentence in text.sentences:
        passage = sentence.passage
        if (
            passage.form == "heading"
            or DENIED_LIST.match(sentence.text)
            or is_quiet_section(passage.headings)
        ):
            continue
        possible = _sieve().possible(sentence.text)
        for name, way, pattern in _WAYS if possible else ():
            found = pattern.search(sentence.text) if (name, way) in possible else None
            if found is None or stand_of(sentence, *found.span()) != "fact":
                continue
            if _NO.search(sentence.text[: found.start()]) or _ONLY_WHERE.search(sentence.text):
                continue
            if _OPTION.search(sentence.text) or _within_path(sentence.text, found):
                continue
            title = passage.headings[-1] if _POINTS_BACK.match(sentence.text) and passage.headings else ""
            about = text.named(title) if title else text.around(sentence)
            yield Way(
                name, way, frozenset(i for i in about if not _is_store(text, i)), places_of(sentence),
                (passage.source, passage.headings), sentence.evidence(),
                stems(title) if title else _subject(sentence, found.start()), content(sentence.text), bool(title),
            )  # fmt: skip
    yield from _drawn(text)


def _within_path(text: str, found: Hit) -> bool:
    """Return whether the words of a way begin or end within a path: `models/sso/oidc.py`."""
    return "/" in text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]


def _is_store(text: Text, id_: str) -> bool:
    component = text.graph.component(id_)
    return component is not None and component.kind in ("cache", "object_store")


def _drawn(text: Text) -> Iterator[Way]:
    """Yield the ways that the arrows of drawings name."""
    for flow in text.graph.flows:
        for evidence in flow.evidence:
            if evidence.form != "diagram":
                continue
            headings = text.headings_at(evidence)
            for name, choice in () if is_quiet_section(headings) else CHOICES.items():
                if name in ("pull or push", "place of files"):
                    continue  # an arrow that pulls, or ends at a bucket, decides nothing
                for way, pattern in choice.ways.items():
                    if pattern.search(evidence.quote):
                        yield Way(
                            name, way, frozenset((flow.source,)), places_in("", headings), (evidence.source, (*headings, "drawing")), evidence,
                        )  # fmt: skip


def _subject(sentence: Sentence, at: int) -> frozenset[str]:
    """Return the stems of the words before the way: what "the admin console" is when no component has the name."""
    cut = re.split(r"\b(?:is|are|was|has|have|runs?|uses?|log|sign)\b", sentence.text[:at])[0]
    return stems(cut) if len(cut.split()) <= 6 else frozenset()


def stems(text: str) -> frozenset[str]:
    """Return the stems of the longer words of a text.

    >>> sorted(stems("The order services"))
    ['order', 'servic']
    """
    from buttress.vocabulary.match import stem

    return frozenset(stem(w) for w in _SUBJECT_WORDS.findall(text))
