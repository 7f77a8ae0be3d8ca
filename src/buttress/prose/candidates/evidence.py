"""Evidence: what speaks for and against a candidate's being a component, as numbers."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from heapq import nlargest

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.candidates import Candidate
from buttress.prose.candidates.catalogue import Catalogue
from buttress.prose.caseless import Caseless
from buttress.prose.flows import Step
from buttress.prose.mentions.nouns import AGENT, EMPTY, NO_AGENT
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon
from buttress.prose.words import ALTERNATIVE, ASIDE, HOW_TO, PREPOSITIONS
from buttress.vocabulary import load

FEATURES = (
    "known", "server", "hosted", "made_of", "tool", "role_store", "role_broker", "role_service", "role_edge", "role_worker", "role_actor",
    "role_other", "agent", "code", "proper", "bare", "bare_empty", "named_role", "count", "share_of_most", "sections", "capital", "label", "heading", "heading_flow",
    "subject", "object", "flow", "flow_known", "defined", "responsible", "alternative", "aside", "how_to", "link_only", "only_heading", "only_once",
    "title", "diagram_elsewhere", "config_elsewhere", "acronym", "plural", "table", "strong", "first_word", "single", "attributive",
    "prefix", "components_section", "heading_catalogue", "label_catalogue", "table_catalogue", "heading_body", "acting",
    "long", "compound", "path_like", "suffix", "verb_after", "preposition", "definite", "indefinite", "early", "length", "words",
    "predicate", "family", "family_known", "beside", "beside_known", "listed", "listed_known",
)  # fmt: skip
_DEFINED = Caseless(
    r"^\W*(?:\w+\W+){0,2}?(?:is|are|acts? as|serves? as|works? as)\s+(?:an?|the|our|one|responsible)\b",
)
_KIND_WORD = Caseless(
    r"\b(?:service|server|process|daemon|component|database|store|queue|broker|worker|gateway|proxy|application|app|system|tool|cache|api|"
    r"microservice|container|backend|frontend|controller|program|job|pod|storage)\b",
)
_RESPONSIBLE = Caseless(
    r"^\W*(?:\w+\W+){0,2}?(?:is|are)\s+(?:primarily |mainly |also |solely )?(?:responsible|in charge)\b|^\W*(?:handles|manages|provides|exposes|stores|serves|runs|processes|receives|accepts|maintains)\b",
)
_FINITE = frozenset("is are has have will can must does may should runs uses".split())
_ENDINGS = tuple(
    "api service server engine worker scheduler gateway proxy container stream store db queue broker router agent daemon client web ui frontend backend cache bot job cron sync hub registry auth".split()
)
_EDGES = frozenset(("gateway", "load_balancer", "cdn", "dns"))


LONG, TOGETHER = 400, 150  # sentences
WEIGHED = 5  # parts, those that name a candidate most
_CHAPTER = 2  # level of headings at which a long document may be parted
_PATH = re.compile(
    r"[/(=<>{}$%:\\]|\.(?:py|js|ts|go|rb|java|json|ya?ml|toml|ini|cfg|conf|sh|md|rst|txt|sql|proto|html|css|env|lock|xml)\b|^--?\w|\w\.\w+\.\w"
)
_COMPONENTS = Caseless(
    r"\b(?:components?|services|architecture|modules|parts|stack|building blocks|containers|processes|infrastructure|topology|backend|apps|applications|actors)\b",
)
_NAMING = Caseless(
    r"\b(?:component|service|application|app|system|container|process|module|worker|store|database|element|part|actor)s?\b",
)


@cache
def _is_aside(headings: tuple[str, ...]) -> bool:
    return any(ASIDE.search(h) for h in headings)


@cache
def _is_how_to(headings: tuple[str, ...]) -> bool:
    return any(HOW_TO.search(h) for h in headings[-2:])


@cache
def _names_parts(headings: tuple[str, ...]) -> bool:
    return any(_COMPONENTS.search(h) for h in headings[-2:])


def parts_of(texts: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return where the parts begin and end within which names are weighed against each other, in sentences.

    The trees know texts of up to LONG sentences: what is longer is parted between documents, each of TOGETHER sentences or more with its
    neighbours, and between the chapters of one. What a few pages of a folder are about has its say that way.

    >>> from buttress.prose.text import Prose
    >>> from buttress.model import Passage
    >>> page = [Passage("a.md", n + 1, n + 1, "prose", "It sells.") for n in range(300)]
    >>> parts_of(Prose([*page, *(Passage("b.md", p.line, p.line, "prose", p.text) for p in page)]).sentences)
    [(0, 300), (300, 600)]
    """
    out: list[tuple[int, int]] = []
    first = 0
    for n in range(1, len(texts) if len(texts) > LONG else 0):
        text, size = texts[n], n - first
        if text.passage.source != texts[n - 1].passage.source:
            ends = size >= TOGETHER
        else:
            ends = size >= 2 * LONG or (
                size >= LONG and text.passage.form == "heading" and text.passage.level <= _CHAPTER
            )
        if ends:
            out.append((first, n))
            first = n
    return [*out, (first, len(texts))]


class Table:
    """The evidence for every candidate of a document set: `rows`, of each candidate one for each of the WEIGHED parts that name it most, in the order of FEATURES, each about 0 to 1."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        texts: Sequence[Sentence],
        mentions: Sequence[Sequence[Mention]],
        steps: Sequence[Step],
        *,
        title: frozenset[str],
        drawn: bool,
        configured: bool,
    ) -> None:
        """Work out the rows."""
        self.candidates = tuple(candidates)
        self.texts = texts
        self.catalogue = Catalogue(texts, mentions, candidates)
        parts = parts_of(texts)
        part_of = [n for n, (first, behind) in enumerate(parts) for _ in range(first, behind)]
        self.subject_of: Mapping[tuple[str, int], list[Step]] = defaultdict(list)
        self.object_of: Mapping[tuple[str, int], list[Step]] = defaultdict(list)
        for step in steps:
            self.subject_of[step.source.key, part_of[step.sentence]].append(step)
            self.object_of[step.target.key, part_of[step.sentence]].append(step)
        self.title, self.drawn, self.configured = title, drawn, configured
        self.known = frozenset(c.key for c in candidates if c.known)
        named: list[dict[int, list[Mention]]] = []
        most: Counter[int] = Counter()
        for candidate in candidates:
            by_part: dict[int, list[Mention]] = defaultdict(list)
            for mention in candidate.mentions:
                by_part[part_of[mention.sentence]].append(mention)
            named.append(by_part)
            for n, own in by_part.items():
                most[n] = max(most[n], len(own))
        self.rows = [
            [
                self._row(replace(c, mentions=own), n, parts[n], most[n])
                for n, own in nlargest(WEIGHED, by_part.items(), key=lambda part: len(part[1]))
            ]
            for c, by_part in zip(candidates, named, strict=True)
        ]

    def _around(self, key: str, part: int) -> dict[str, float]:
        """Return how many names go together with a candidate, and the share of them that other sources show."""
        others = {s.target.key for s in self.subject_of[key, part]} | {
            s.source.key for s in self.object_of[key, part]
        }
        values = {"flow_known": min(1.0, len(others & self.known) / 2)}
        beside = self.catalogue.beside.get(key, set())
        for name, (count, shown) in (
            ("family", self.catalogue.families.others(key)),
            ("beside", (len(beside), len(beside & self.known))),
            ("listed", self.catalogue.listed.others(key)),
        ):
            values[name] = min(1.0, count / 4)
            values[f"{name}_known"] = shown / count if count else 0.0
        return values

    def _row(self, candidate: Candidate, part: int, ends: tuple[int, int], most: int) -> list[float]:
        texts, catalogue = self.texts, self.catalogue
        first, size = ends[0], ends[1] - ends[0]
        own = candidate.mentions
        total = len(own)
        technology = load().technologies.get(candidate.technology() or "")
        role, name = candidate.role(), candidate.name
        running = [m for m in own if texts[m.sentence].passage.form != "heading"]
        sections = {texts[m.sentence].passage.headings for m in own}
        asides = [m for m in own if _is_aside(texts[m.sentence].passage.headings)]
        how_to = [m for m in own if _is_how_to(texts[m.sentence].passage.headings)]
        alternatives = [
            m
            for m in running
            if ALTERNATIVE.search(texts[m.sentence].text[: texts[m.sentence].tokens[m.first].start])
        ]
        subject_of = self.subject_of[candidate.key, part]
        object_of = self.object_of[candidate.key, part]
        others = {s.target.key for s in subject_of} | {s.source.key for s in object_of}
        headed = [m for m in own if m.how == "heading"]
        heading_flow = any(s.source.how == "heading" for s in subject_of)
        defined = responsible = False
        for m in running:
            rest = texts[m.sentence].text[texts[m.sentence].tokens[m.last - 1].end :]
            if _DEFINED.match(rest) and _KIND_WORD.search(rest[:90]):
                defined = True
            if _RESPONSIBLE.match(rest) or (m.label and re.match(r"[\W_]*\w+(?:s|ing)\b", rest)):
                responsible = True
        words = [w.lower() for w in re.findall(r"\w+", name)]
        bare = all(m.bare for m in own)
        runs = (
            technology is not None and technology.kind != "compute_host"
        )  # a cloud or a platform is where things run
        made = (
            technology is not None
            and technology.role in ("framework", "library")
            and all(m.how == "technology" for m in running or own)
        )

        def share(part: Sequence[Mention]) -> float:
            return len(part) / total

        values = {
            "known": float(candidate.known),
            "server": float(runs and technology is not None and technology.role == "server"),
            "hosted": float(runs and technology is not None and technology.role == "hosted"),
            "made_of": float(made),
            "tool": float(technology is not None and technology.role == "tool"),
            "role_store": float(role in STORES),
            "role_broker": float(role in MESSAGING),
            "role_service": float(
                role
                in (
                    "service",
                    "identity_provider",
                    "external_service",
                    "web_frontend",
                    "monitoring",
                    "config_server",
                    "service_registry",
                    "secret_store",
                )
            ),
            "role_edge": float(role in _EDGES),
            "role_worker": float(role in ("worker", "scheduler")),
            "role_actor": float(role == "actor"),
            "role_other": float(role in ("other", "library_or_module", "compute_host")),
            "agent": float(any(m.how == "agent" for m in own)),
            "code": share([m for m in own if m.code]),
            "proper": float(all(m.how in ("proper", "label", "heading") for m in own)),
            "bare": float(bare),
            "bare_empty": float(bare and name.lower() in EMPTY),
            "named_role": float(role is not None and not bare),
            "count": min(1.0, math.log2(1 + len(running)) / 4),
            "share_of_most": total / most,
            "sections": min(1.0, len(sections) / 5),
            "capital": share([m for m in own if m.capital]),
            "label": float(any(m.label for m in own)),
            "heading": float(bool(headed)),
            "heading_flow": float(heading_flow),
            "subject": min(1.0, len(subject_of) / 3),
            "object": min(1.0, len(object_of) / 3),
            "flow": float(bool(others)),
            "defined": float(defined),
            "responsible": float(responsible),
            "alternative": share(alternatives),
            "aside": share(asides),
            "how_to": share(how_to),
            "link_only": float(all(m.link for m in own)),
            "only_heading": float(not running),
            "only_once": float(total == 1),
            "title": float(
                candidate.key in self.title or (bool(words) and all(w in self.title for w in words))
            ),
            "diagram_elsewhere": float(self.drawn and not candidate.known),
            "config_elsewhere": float(self.configured and not candidate.known),
            "acronym": float(name.isupper() and len(name) <= 5),
            "plural": float(
                bool(words) and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is"))
            ),
            "table": share([m for m in own if texts[m.sentence].passage.form == "table"]),
            "strong": float(any(m.strong for m in own)),
            "first_word": share([m for m in own if m.first == 0]),
            "single": float(len(words) == 1),
            "attributive": share([m for m in own if m.aside]),
            "prefix": min(1.0, catalogue.prefixes[candidate.key] / 3),
            "components_section": float(any(_names_parts(texts[m.sentence].passage.headings) for m in own)),
            "heading_catalogue": max((catalogue.of_heading(texts[m.sentence]) for m in headed), default=0.0),
            "label_catalogue": max(
                (catalogue.of_label(texts[m.sentence]) for m in own if m.label), default=0.0
            ),
            "table_catalogue": float(
                any(
                    m.label and _NAMING.search((texts[m.sentence].passage.columns or ("",))[0])
                    for m in own
                    if texts[m.sentence].passage.form == "table"
                )
            ),
            "heading_body": float(any(catalogue.explains(m, texts) for m in headed)),
        }
        values["acting"] = float(any(m.how == "acting" for m in own))
        values["long"] = min(1.0, size / LONG)
        parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
        last = parts[-1].lower() if parts else ""
        values["compound"] = float(len(parts) > 1 and " " not in name)
        values["path_like"] = share([m for m in own if _PATH.search(m.surface)])
        values["suffix"] = _suffix(name.lower(), last)
        near = [_beside(texts[m.sentence], m) for m in running]
        count = max(1, len(near))
        values["verb_after"] = sum(after for _, after in near) / count
        values["preposition"] = sum(before in PREPOSITIONS for before, _ in near) / count
        values["definite"] = sum(before == "the" for before, _ in near) / count
        values["indefinite"] = sum(before in ("a", "an") for before, _ in near) / count
        values["predicate"] = share([m for m in own if m.of is not None])
        values["early"] = 1 - (min(m.sentence for m in own) - first) / size
        values["length"] = min(1.0, len(name) / 30)
        values["words"] = min(1.0, len(words) / 4)
        values |= self._around(candidate.key, part)
        return [values[feature] for feature in FEATURES]


def _suffix(name: str, last: str) -> float:
    """Return whether a name ends in what says what it does or is: "crl-updater", "rulesengine", "st2api"."""
    if len(last) > 4 and AGENT.fullmatch(last) and last not in NO_AGENT and last != name:
        return 1.0
    return float(any(name.endswith(word) and len(name) > len(word) + 1 for word in _ENDINGS))


def _beside(text: Sentence, mention: Mention) -> tuple[str, bool]:
    """Return the word before a mention, and whether a finite verb follows it."""
    tokens = text.tokens
    before = tokens[mention.first - 1].lower if mention.first else ""
    if mention.last >= len(tokens):
        return before, False
    after = tokens[mention.last].lower
    verb = lexicon().get(after)
    finite = after in _FINITE or (
        verb is not None and after.endswith("s") and not verb.plain and not verb.gerund
    )
    return before, finite
