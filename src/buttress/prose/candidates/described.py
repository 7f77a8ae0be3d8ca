"""What a text says another thing is made of: "Order events, a Kafka topic", and the columns for kind and technology of a table of parts.

The words describe the part that they stand beside; what only describes is no part of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from buttress.model import Passage
from buttress.names import keys, words_of
from buttress.prose.candidates import Candidate, family, shown_kind
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import PROGRAMS, Mention
from buttress.prose.text import Sentence
from buttress.prose.words import ASIDE, HOW_TO
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_of, role_phrases
from buttress.workloads.folders import is_about_architecture

_BUILT = Caseless(
    r"\b(?:architecture|system design|technical overview|how (?:it|this) works|components|infrastructure|services|topology)\b"
)
_PARTS = Caseless(
    r"^\W*(?:(?:service|component|app|application|container|store|system) )?(?:names?|services?|components?|applications?|apps?|"
    r"containers?|process(?:es)?|modules?|workers?|stores?|databases?|data stores?|queues?|caches?|resources?|workloads?|parts?|"
    r"elements?|servers?|microservices?|brokers?|host ?names?|hosts?|machines?|vms?)\W*$",
)
_ALL_PARTS = Caseless(
    r"^\W*(?:(?:micro)?services?|components?|containers?|applications?|process(?:es)?|workers?|databases?|servers?|host ?names?|hosts?|machines?|vms?)(?: names?)?\W*$",
)
_NO_PARTS = Caseless(r"\b(?:version|licen[cs]e|price|costs?|pricing|plan|default|required)\b")
_LEAST_ROWS = 3
_TECHNOLOGY = Caseless(
    r"^\W*(?:technolog(?:y|ies)|tech(?:nology)?(?: stack)?|stack|engine|built (?:with|on|in)|implemented (?:with|in)|framework|product|"
    r"implementation|(?:programming )?languages?)\W*$",
)
_KIND = Caseless(r"^\W*(?:kind|type|role|sort|component type|type of component)\W*$")
# "Order events, a Kafka topic", "the gateway (nginx)": nothing but a comma and an article, or a bracket, before what describes.
_APPOSITION = Caseless(r",\s+(?:an?|the|our)\s+|\s*\(")
# "the Fares API, which is run by a vendor": somebody else's, whatever its name sounds like.
_SOMEBODY = (
    r"(?:vendors?|third[- ]part(?:y|ies)|partners?|providers?|suppliers?|external (?:team|party|company|organi[sz]ation)|"
    r"(?:other|another|outside) (?:compan(?:y|ies)|organi[sz]ations?|agenc(?:y|ies)))"
)
_OUTSIDE = Caseless(
    r"(?:,\s+(?:which|that)\s+(?:is|are)|\s+(?:is|are)|,|\s+that\s+(?:is|are))\s+(?:run|operated|hosted|provided|owned|offered|maintained)\s+by\s+"
    rf"(?:(?:an?|the|our|its|their)\s+)?(?:[\w-]+\s+)?{_SOMEBODY}\b"
    r"|,?\s+(?:which is |is )?an? (?:external|third[- ]party) (?:service|api|system|provider|platform)\b"
)
VAGUE = frozenset(("service", "other", "data_store", "message_broker"))
_PART = Caseless(
    r"^\W*(?:is|runs as|acts as) (?:an?|the|our|one of the) (?:[\w-]+ ){0,3}?(?:service|component|microservice|daemon|server|process|worker|database|store|queue|broker|gateway|"
    r"proxy|cache|application|app|client|scheduler|frontend|backend)\b(?! (?:level|side|library|class|model|pattern))"
)


@dataclass(frozen=True, slots=True)
class Description:
    """A technology or kind that a text says of what it calls `named`; `by` is the mention that says it, None where none does."""

    named: str
    technology: str | None
    kind: str | None
    by: Mention | None = None


def descriptions(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> Iterator[Description]:
    """Yield what the rows of tables and the appositions of sentences say others are made of."""
    named = ""
    row = -1
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        if passage.form != "table":
            yield from _appositions(text, found)
            yield from _of_others(text, found)
            continue
        if not passage.columns or not _PARTS.match(passage.columns[0]):
            continue
        if row != text.number:
            row = text.number
            named = text.text.strip(" *`_") if text.text.strip() == passage.cells[0].strip() else ""
            for mention in found if named else ():
                if mention.surface.lower() != named.lower():
                    yield Description(named, None, None, mention)
        elif named and text.text in passage.cells[1:]:
            column = passage.cells.index(text.text, 1)
            head = passage.columns[column] if column < len(passage.columns) else ""
            if _TECHNOLOGY.match(head):
                yield from _made_of(text, found, named)
            elif _KIND.match(head) and (kind := _kind(text.text)) is not None:
                yield Description(named, None, kind, found[0] if len(found) == 1 else None)


def listed_parts(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> set[str]:
    """Return the keys of what the rows of tables are about that list the parts of a system: "Service | Language | Description".

    A list of libraries or of settings, told by its other columns, is none; nor is one of less than three rows, nor one under
    a heading about alternatives or instructions. A row of parts is no person, whatever its name ends in ("balance-reader").
    """
    tables: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Mention]] = {}
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        if passage.form != "table" or len(passage.columns) < 2 or not _ALL_PARTS.match(passage.columns[0]):
            continue
        if any(map(_NO_PARTS.search, passage.columns)) or is_beside(passage.headings):
            continue
        whole = text.text.strip() == passage.cells[0].strip()
        label = next((m for m in found if m.label), None) if whole else None
        if label is not None:
            tables.setdefault((passage.source, passage.headings, passage.columns), []).append(label)
    out = set()
    for labels in tables.values():
        if len(labels) >= _LEAST_ROWS:
            for label in labels:
                if label.role == "actor" and not label.bare:
                    label.role = None
                out.add(label.key)
    return out


def is_told(candidate: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether a sentence says that it is a part, or whose it is: "proxy-man is the component that …", "our resize service".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", "We see issues with our resize service.")])
    >>> is_told(Candidate("resize", [Mention(0, 5, 7, "resize service", "role", role="service")]), texts)
    True
    """
    for mention in candidate.mentions:
        text = texts[mention.sentence]
        if mention.aside:
            continue
        if _PART.match(text.text[text.tokens[mention.last - 1].end :]):
            return True
        before = text.tokens[mention.first - 1].lower if mention.first else ""
        if (
            before == "our"
            and not mention.bare
            and mention.role in PROGRAMS
            and mention.last > mention.first + 1
        ):
            return True
    return False


def is_beside(headings: tuple[str, ...]) -> bool:
    """Return whether what stands under these titles is beside the system: examples, instructions, other ways.

    >>> is_beside(("Shop", "Services")), is_beside(("Shop", "How to run it"))
    (False, True)
    """
    return any(ASIDE.search(h) for h in headings) or any(HOW_TO.search(h) for h in headings[-1:])


def describe(
    told: Sequence[Description], accepted: Mapping[str, Candidate], kinds: Mapping[str, str]
) -> tuple[dict[str, Candidate], dict[str, Description]]:
    """Return the candidates without those that only describe others, and what each key is said to be.

    A technology that describes one part only and is also named by itself means that part. What is described in two ways keeps none.
    `kinds` are those of what other sources show.
    """
    exact = {keys(m.surface)[1]: c.key for c in accepted.values() for m in c.mentions}
    loose: dict[tuple[str, str], set[str]] = {}
    for candidate in accepted.values():
        loose.setdefault((keys(candidate.name)[2], family(shown_kind(candidate, kinds))), set()).add(
            candidate.key
        )

    def meant(text: str) -> str | None:
        if (key := exact.get(keys(text)[1])) is not None:
            return key
        same = loose.get((keys(text)[2], family(role_of(text))), set())
        return next(iter(same)) if len(same) == 1 else None

    named = [(meant(one.named), one) for one in told]
    said: dict[str, dict[str, str | None]] = {}
    for key, one in named:
        if key is not None:
            mine = said.setdefault(key, {})
            for name, value in (("technology", one.technology), ("kind", one.kind)):
                if value is not None:
                    mine[name] = value if mine.get(name, value) == value else None
    by: dict[str, dict[str, None]] = {}
    words: dict[str, list[Mention]] = {}
    for key, one in named:
        if one.by is not None and one.by.key in accepted and key is not None and one.by.key != key:
            by.setdefault(one.by.key, {})[key] = None
            words.setdefault(one.by.key, []).append(one.by)
    out = dict(accepted)
    for key, parts in by.items():
        candidate = accepted[key]
        rest = [m for m in candidate.mentions if not any(m is w for w in words[key])]
        if candidate.known or any(said.get(key, {}).values()):
            continue
        if not rest or (len(parts) == 1 and candidate.technology() is not None):
            del out[key]
            (first,) = list(parts)[:1]
            if rest:
                for mention in candidate.mentions:
                    mention.key = first
                accepted[first].mentions.extend(rest)
    return out, {
        key: Description(accepted[key].name, values.get("technology"), values.get("kind"))
        for key, values in said.items()
    }


def _made_of(text: Sentence, found: Sequence[Mention], named: str) -> Iterator[Description]:
    technologies = [t for m in text.technologies if (t := load().technologies[m.id]).role != "tool"]
    own = [t for t in technologies if t.kind not in ("library_or_module", "compute_host")]
    if not own:
        return
    yield Description(named, own[0].id, own[0].kind)
    for mention in found:
        yield Description(named, None, None, mention)


def _kind(cell: str) -> str | None:
    """Return the kind that a whole cell is the word for, None for anything more than that word."""
    words = words_of(cell)
    return role_of(cell) if " ".join(words) in role_phrases() else None


def _appositions(text: Sentence, found: Sequence[Mention]) -> Iterator[Description]:
    for one, other in pairwise(found):
        if other.technology is None or other.aside or one.aside or one.bare or one.technology is not None:
            continue
        gap = text.text[text.tokens[one.last - 1].end : text.tokens[other.first].start]
        after = text.text[text.tokens[other.last - 1].end :].lstrip()[:1]
        if not _APPOSITION.fullmatch(gap) or after not in ("", ".", ",", ";", ")"):
            continue
        technology = load().technologies[other.technology]
        if technology.role != "tool" and (one.role is None or family(one.role) == family(technology.kind)):
            yield Description(one.surface, technology.id, technology.kind, other)


def _of_others(text: Sentence, found: Sequence[Mention]) -> Iterator[Description]:
    """Yield what a sentence says is written with a framework, and what is run by somebody else."""
    for mention in found:
        after = text.tokens[mention.last - 1].end
        made_with = load().technologies.get(mention.technology or "")
        if mention.of is not None and made_with is not None and made_with.role == "framework":
            yield Description(mention.of.surface, made_with.id, None, mention)
        if not mention.bare and mention.technology is None and _OUTSIDE.match(text.text[after : after + 200]):
            yield Description(mention.surface, None, "external_service")


def tells_how_it_is_built(passage: Passage) -> bool:
    """Return whether a passage is of a document about a system, or a README's heading of its part about it: other READMEs tell of use.

    >>> told = lambda form, text: tells_how_it_is_built(Passage("README.md", 1, 1, form, text))
    >>> told("heading", "Architecture"), told("prose", "Run it.")
    (True, False)
    """
    if passage.form == "heading" and _BUILT.search(passage.text):
        return True
    return is_about_architecture(passage.source) or not passage.source.rpartition("/")[2].lower().startswith(
        "readme"
    )
