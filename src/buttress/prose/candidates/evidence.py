"""Evidence: what speaks for and against a candidate's being a component, as numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.candidates import Candidate
from buttress.prose.flows import Step
from buttress.prose.mentions.nouns import EMPTY
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.words import ALTERNATIVE, ASIDE, HOW_TO
from buttress.vocabulary import load

FEATURES = (
    "bias", "known", "server", "hosted", "made_of", "tool", "role_store", "role_broker", "role_service", "role_edge", "role_worker", "role_actor",
    "role_other", "agent", "code", "proper", "bare", "bare_empty", "named_role", "count", "sections", "capital", "label", "heading", "heading_flow",
    "subject", "object", "flow", "flow_known", "defined", "responsible", "alternative", "aside", "aside_part", "how_to", "link_only", "only_heading", "only_once",
    "title", "diagram_elsewhere", "config_elsewhere", "acronym", "plural", "table", "strong", "first_word", "single", "attributive",
    "prefix", "components_section", "heading_catalogue", "label_catalogue", "table_catalogue", "heading_body", "named_flow", "server_flow", "agent_flow", "named_capital", "acting", "acting_flow", "short",
)  # fmt: skip
_DEFINED = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:is|are|acts? as|serves? as|works? as)\s+(?:an?|the|our|one|responsible)\b",
    re.IGNORECASE,
)
_KIND_WORD = re.compile(
    r"\b(?:service|server|process|daemon|component|database|store|queue|broker|worker|gateway|proxy|application|app|system|tool|cache|api|"
    r"microservice|container|backend|frontend|controller|program|job|pod|storage)\b",
    re.IGNORECASE,
)
_RESPONSIBLE = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:is|are)\s+(?:primarily |mainly |also |solely )?(?:responsible|in charge)\b|^\W*(?:handles|manages|provides|exposes|stores|serves|runs|processes|receives|accepts|maintains)\b",
    re.IGNORECASE,
)
_EDGES = frozenset(("gateway", "load_balancer", "cdn", "dns"))


SHORT = 12  # sentences: in so short a text a name is rarely said twice
_COMPONENTS = re.compile(
    r"\b(?:components?|services|architecture|modules|parts|stack|building blocks|containers|processes|infrastructure|topology|backend|apps|applications|actors)\b",
    re.IGNORECASE,
)
_NAMING = re.compile(
    r"\b(?:component|service|application|app|system|container|process|module|worker|store|database|element|part|actor)s?\b",
    re.IGNORECASE,
)
_VERB_FIRST = re.compile(
    r"^\W*(?:(?:this|it|the)\b[^.]{0,40}\b)?(?:\w+(?:s|es)|responsible)\b", re.IGNORECASE
)


class Catalogue:
    """The lists of a text that enumerate parts: headings side by side, labelled items, rows."""

    def __init__(
        self,
        texts: Sequence[Sentence],
        mentions: Sequence[Sequence[Mention]],
        candidates: Sequence[Candidate],
    ) -> None:
        """Count, for each set of siblings, how many name something that has a role, a technology or a doer's name."""
        self.prefixes: Counter[str] = Counter()
        names = {c.key: tuple(w.lower() for w in re.findall(r"\w+", c.name)) for c in candidates}
        firsts: dict[tuple[str, ...], list[str]] = {}
        for key, words in names.items():
            for length in (1, 2):
                if len(words) > length:
                    firsts.setdefault(words[:length], []).append(key)
        for key, words in names.items():
            self.prefixes[key] = len(firsts.get(words, ()))
        self.headings: dict[tuple[str, tuple[str, ...], int], list[bool]] = {}
        self.labels: dict[tuple[str, int | None, tuple[str, ...]], list[bool]] = {}
        self.first_under: dict[tuple[str, tuple[str, ...]], int] = {}
        for number, text in enumerate(texts):
            passage, found = text.passage, mentions[number]
            if passage.form == "heading":
                named = bool(found) and self._telling(found[0])
                self.headings.setdefault((passage.source, passage.headings, passage.level), []).append(named)
                continue
            self.first_under.setdefault((passage.source, passage.headings), number)
            if text.start == 0 and passage.form in ("list", "table"):
                label = next((m for m in found if m.label), None)
                self.labels.setdefault((passage.source, passage.parent, passage.headings), []).append(
                    label is not None and self._telling(label)
                )

    @staticmethod
    def _telling(mention: Mention) -> bool:
        return mention.role is not None or mention.technology is not None or mention.how in ("agent", "known")

    def of_heading(self, text: Sentence) -> float:
        """Return the share of telling names among the headings beside this one; 0 when there are fewer than three."""
        beside = self.headings.get((text.passage.source, text.passage.headings, text.passage.level), [])
        return sum(beside) / len(beside) if len(beside) > 2 else 0.0

    def of_label(self, text: Sentence) -> float:
        """Return the share of telling names among the items beside this one; 0 when there are fewer than three."""
        beside = self.labels.get((text.passage.source, text.passage.parent, text.passage.headings), [])
        return sum(beside) / len(beside) if len(beside) > 2 else 0.0

    def explains(self, mention: Mention, texts: Sequence[Sentence]) -> bool:
        """Return whether the text under a heading begins by saying what the thing does."""
        passage = texts[mention.sentence].passage
        number = self.first_under.get((passage.source, (*passage.headings, passage.text)))
        if number is None:
            return False
        first = texts[number].text
        return (
            bool(_VERB_FIRST.match(first))
            or mention.surface.lower() in first[: len(mention.surface) + 12].lower()
        )


def features(
    candidate: Candidate,
    texts: Sequence[Sentence],
    steps: Sequence[Step],
    strong: frozenset[str],
    *,
    title: frozenset[str],
    drawn: bool,
    configured: bool,
    catalogue: Catalogue,
) -> list[float]:
    """Return the evidence for a candidate as numbers, in the order of FEATURES, each about 0 to 1."""
    own = candidate.mentions
    total = len(own)
    technology = load().technologies.get(candidate.technology() or "")
    role = candidate.role()
    running = [m for m in own if texts[m.sentence].passage.form != "heading"]
    sections = {texts[m.sentence].passage.headings for m in own}
    asides = [m for m in own if any(ASIDE.search(h) for h in texts[m.sentence].passage.headings)]
    how_to = [m for m in own if any(HOW_TO.search(h) for h in texts[m.sentence].passage.headings[-2:])]
    alternatives = [
        m
        for m in running
        if ALTERNATIVE.search(texts[m.sentence].text[: texts[m.sentence].tokens[m.first].start])
    ]
    subject_of = [s for s in steps if s.source.key == candidate.key]
    object_of = [s for s in steps if s.target.key == candidate.key]
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
    words = [w.lower() for w in re.findall(r"\w+", candidate.name)]
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
        "bias": 1.0,
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
        "bare_empty": float(bare and candidate.name.lower() in EMPTY),
        "named_role": float(role is not None and not bare),
        "count": min(1.0, math.log2(1 + len(running)) / 4),
        "sections": min(1.0, len(sections) / 5),
        "capital": share([m for m in own if m.capital]),
        "label": float(any(m.label for m in own)),
        "heading": float(bool(headed)),
        "heading_flow": float(heading_flow),
        "subject": min(1.0, len(subject_of) / 3),
        "object": min(1.0, len(object_of) / 3),
        "flow": float(bool(others)),
        "flow_known": min(1.0, len(others & strong) / 2),
        "defined": float(defined),
        "responsible": float(responsible),
        "alternative": share(alternatives),
        "aside": float(len(asides) == total),
        "aside_part": share(asides),
        "how_to": share(how_to),
        "link_only": float(all(m.link for m in own)),
        "only_heading": float(not running),
        "only_once": float(total == 1),
        "title": float(candidate.key in title or (bool(words) and all(w in title for w in words))),
        "diagram_elsewhere": float(drawn and not candidate.known),
        "config_elsewhere": float(configured and not candidate.known),
        "acronym": float(candidate.name.isupper() and len(candidate.name) <= 5),
        "plural": float(
            bool(words) and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is"))
        ),
        "table": share([m for m in own if texts[m.sentence].passage.form == "table"]),
        "strong": float(any(m.strong for m in own)),
        "first_word": share([m for m in own if m.first == 0]),
        "single": float(len(words) == 1),
        "attributive": share([m for m in own if m.aside]),
        "prefix": min(1.0, catalogue.prefixes[candidate.key] / 3),
        "components_section": float(
            any(_COMPONENTS.search(h) for m in own for h in texts[m.sentence].passage.headings[-2:])
        ),
        "heading_catalogue": max((catalogue.of_heading(texts[m.sentence]) for m in headed), default=0.0),
        "label_catalogue": max((catalogue.of_label(texts[m.sentence]) for m in own if m.label), default=0.0),
        "table_catalogue": float(
            any(
                m.label and _NAMING.search((texts[m.sentence].passage.columns or ("",))[0])
                for m in own
                if texts[m.sentence].passage.form == "table"
            )
        ),
        "heading_body": float(any(catalogue.explains(m, texts) for m in headed)),
    }
    values["named_flow"] = values["named_role"] * values["flow"]
    values["server_flow"] = max(values["server"], values["hosted"]) * values["flow"]
    values["agent_flow"] = values["agent"] * values["flow"]
    values["named_capital"] = values["named_role"] * values["capital"]
    values["acting"] = float(any(m.how == "acting" for m in own))
    values["acting_flow"] = values["acting"] * values["flow"]
    values["short"] = float(len(texts) < SHORT) * values["flow"]
    return [values[name] for name in FEATURES]
