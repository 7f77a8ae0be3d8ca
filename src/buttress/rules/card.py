"""A rule is one Markdown card: why, what to do, the queries that find it, and diagrams that must and must not.

`Card` is what the engine runs; `parse` reads it from Markdown (pydantic checks the front matter); the shipped cards
are compiled to JSON once (`python -m buttress.rules`), so that a review neither parses Markdown nor loads pydantic.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from buttress import data
from buttress.errors import CardError, StaleIndex

AREAS: tuple[str, ...] = (
    "system-architecture", "database", "api", "security", "scalability",
    "observability", "deployment", "code-organization", "data-flow", "resilience",
)  # fmt: skip
SEVERITIES: tuple[str, ...] = ("HIGH", "MEDIUM", "LOW")
PROSE = ("Why", "What to do", "Alternatives", "In Python")
QUERIES = ("Finds", "Asks", "Praises")
SECTIONS = (*PROSE, *QUERIES, "Examples")
_MARK = re.compile(r"\b(fires|asks|praises):\s*([^;\n]*?)\s*(?:;|$|-->|\*/)|\b(silent)\b")

Severity = Literal["HIGH", "MEDIUM", "LOW"]


@dataclass(frozen=True, slots=True)
class Example:
    """A small system in a fenced block and what the rule must say of it: the exact sets of ids, by kind of answer."""

    language: str
    text: str
    line: int
    fires: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    praises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One rule. `finds`, `asks` and `praises` are SPARQL queries, empty when the rule has none of that kind.

    `message`, `question` and `strength` are sentences with `{variable}` places for what the query binds; `said` stands in for
    `message` where the sources themselves complain of the whole system (a row that binds `?stance`).
    Subjects that the same words show are one finding when `together` is set, or for which the query binds the same `?together`; the
    message then speaks of one or several.
    `otherwise` is the severity where the subject isn't on the path of a request from outside; a query may bind `?severity`, and as
    `?reason` why it is that. `unsaid` names the matter of a
    question about the whole system in a few words. `finds_terms` and so on are what a graph must name for the query to find
    anything, worked out when cards are compiled.
    """

    id: str
    area: str
    title: str
    severity: Severity
    effort: Literal["S", "M", "L"]
    days: str
    covers: tuple[str, ...]
    cites: tuple[str, ...]
    shows: tuple[
        str, ...
    ] = ()  # the practices of which it shows a certain sentence: "postgresql/high-availability#3"
    otherwise: Severity | None = None
    together: bool = False
    message: str = ""
    said: str = ""
    question: str = ""
    strength: str = ""
    unsaid: str = ""
    topics: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    why: str = ""
    what_to_do: str = ""
    alternatives: str = ""
    in_python: str = ""
    finds: str = ""
    asks: str = ""
    praises: str = ""
    finds_terms: tuple[str, ...] = ()
    asks_terms: tuple[str, ...] = ()
    praises_terms: tuple[str, ...] = ()
    examples: tuple[Example, ...] = field(default=())

    def asked(self) -> tuple[str, str, str]:
        """Return the texts that practices are looked for with: the title, why it matters, what it says of a system."""
        said = " ".join(filter(None, (self.message, self.question, self.strength)))
        return self.title, self.why, re.sub(r"\{\w+\}", "a component", said)


def parse(text: str, *, path: str) -> Card:
    """Return the card in a Markdown text; id is the file's stem, area its folder.

    Raises CardError with path, line and what was expected when the card isn't in the agreed form.
    """
    from buttress.rules.form import FrontMatter, front_matter

    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        raise CardError(path, 1, "front matter between two lines of ---")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise CardError(path, 1, "a second line of --- that ends the front matter")
    front: FrontMatter = front_matter("\n".join(lines[1:end]), path=path)
    sections = _sections(lines, end + 1, path)
    for name in ("Why", "What to do", "Examples"):
        if name not in sections:
            raise CardError(path, len(lines), f"a section '## {name}'")
    queries = {name: _query(sections[name], path) for name in QUERIES if name in sections}
    if not queries:
        raise CardError(path, len(lines), "at least one of the sections ## Finds, ## Asks, ## Praises")
    for name, key in (("Finds", "message"), ("Asks", "question"), ("Praises", "strength")):
        if name in queries and not getattr(front, key):
            raise CardError(path, end, f"'{key}:' in the front matter, because there is a section ## {name}")
    parts = Path(path).parts
    area = parts[-2] if len(parts) > 1 else ""
    if area not in AREAS:
        raise CardError(path, 1, "a folder named after one of the areas: " + ", ".join(AREAS))
    prose = {name: "\n".join(line for _, line in sections.get(name, ())).strip() for name in PROSE}
    return Card(
        id=Path(path).stem,
        area=area,
        title=front.title,
        severity=front.severity,
        otherwise=front.otherwise,
        together=front.together,
        effort=front.effort,
        days=front.days,
        message=front.message,
        said=front.said,
        question=front.question,
        strength=front.strength,
        unsaid=front.unsaid,
        covers=tuple(front.covers),
        cites=tuple(cited.partition("#")[0] for cited in front.cites),
        shows=tuple(cited for cited in front.cites if "#" in cited),
        topics=tuple(front.topics),
        needs=tuple(front.needs),
        why=prose["Why"],
        what_to_do=prose["What to do"],
        alternatives=prose["Alternatives"],
        in_python=prose["In Python"],
        finds=queries.get("Finds", ""),
        asks=queries.get("Asks", ""),
        praises=queries.get("Praises", ""),
        examples=_examples(sections["Examples"], path),
    )


def load_dir(folder: Path) -> tuple[Card, ...]:
    """Return the cards of `folder/<area>/*.md`, sorted by id. Raises CardError on the first broken or doubled one."""
    cards: dict[str, Card] = {}
    for path in sorted(folder.glob("*/*.md")):
        shown = path.relative_to(folder.parent).as_posix()
        card = parse(path.read_text(encoding="utf-8"), path=shown)
        if card.id in cards:
            raise CardError(shown, 1, f"an id of its own; '{card.id}' is a rule in {cards[card.id].area} too")
        cards[card.id] = card
    return tuple(cards[id_] for id_ in sorted(cards))


@cache
def shipped() -> tuple[Card, ...]:
    """Return the cards that come with Buttress, from the compiled file, without their examples.

    Raises StaleIndex when it hasn't been built.
    """
    path = data.indexes_dir() / "rules.json"
    try:
        loaded = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise StaleIndex("the rules aren't compiled; run: python -m buttress.rules") from None
    return tuple(Card(**_tuples(item), examples=()) for item in loaded["rules"])


def to_json(cards: tuple[Card, ...], *, digest: str) -> str:
    """Return the compiled form of cards as JSON text: all but their examples; same cards, same bytes."""
    bare = (asdict(replace(card, examples=())) for card in cards)
    rows = [{k: v for k, v in card.items() if v not in ("", (), None, False)} for card in bare]
    return json.dumps({"digest": digest, "rules": rows}, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _tuples(item: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in item.items()}


def _sections(lines: list[str], start: int, path: str) -> dict[str, list[tuple[int, str]]]:
    sections: dict[str, list[tuple[int, str]]] = {}
    current: list[tuple[int, str]] | None = None
    fence = ""
    for number, line in enumerate(lines[start:], start + 1):
        opened = re.match(r"\s*(`{3,}|~{3,})", line)
        if opened:
            fence = "" if fence and opened[1].startswith(fence) else fence or opened[1]
        if not fence and line.startswith("## "):
            name = line[3:].strip()
            if name not in SECTIONS:
                raise CardError(path, number, "one of the sections " + ", ".join(SECTIONS))
            order = [SECTIONS.index(n) for n in sections]
            if order and SECTIONS.index(name) <= order[-1]:
                raise CardError(path, number, f"'## {name}' once and in the order {', '.join(SECTIONS)}")
            current = sections.setdefault(name, [])
        elif current is not None:
            current.append((number, line))
        elif line.strip():
            raise CardError(path, number, "a section heading before any text")
    return sections


def _blocks(section: list[tuple[int, str]]) -> list[tuple[str, int, list[str]]]:
    """Return (language, line of the first inner line, inner lines) of each fenced block."""
    blocks: list[tuple[str, int, list[str]]] = []
    fence = ""
    for number, line in section:
        match = re.match(r"\s*(`{3,}|~{3,})\s*([\w-]*)", line)
        if match and not fence:
            fence = match[1]
            blocks.append((match[2], number + 1, []))
        elif match and match[1].startswith(fence) and not match[2]:
            fence = ""
        elif fence:
            blocks[-1][2].append(line)
    return blocks


def _query(section: list[tuple[int, str]], path: str) -> str:
    blocks = [b for b in _blocks(section) if b[0] == "sparql"]
    if len(blocks) != 1:
        raise CardError(path, section[0][0] if section else 1, "exactly one ```sparql block")
    query = "\n".join(blocks[0][2])
    if not re.search(r"SELECT\b[^{]*\?subject\b", query, re.I):
        raise CardError(path, blocks[0][1], "a SELECT query that binds ?subject")
    return query


def _examples(section: list[tuple[int, str]], path: str) -> tuple[Example, ...]:
    examples: list[Example] = []
    for language, line, inner in _blocks(section):
        found: dict[str, set[str]] = {}
        silent = False
        for text in inner[:3]:
            if not re.match(r"\s*(%%|#|//|<!--)", text):
                break
            for kind, ids, quiet in _MARK.findall(text):
                silent = silent or bool(quiet)
                if kind:
                    found.setdefault(kind, set()).update(i.strip() for i in ids.split(",") if i.strip())
        if not found and not silent:
            raise CardError(
                path, line, "a comment '%% fires: id', '%% asks: id', '%% praises: id' or '%% silent' first"
            )
        sets = {kind: tuple(sorted(ids)) for kind, ids in found.items()}
        examples.append(Example(language, "\n".join(inner) + "\n", line, **sets))
    loud = any(e.fires or e.asks or e.praises for e in examples)
    quiet = any(not (e.fires or e.asks or e.praises) for e in examples)
    if not (loud and quiet):
        raise CardError(
            path, section[0][0] if section else 1, "at least one example that fires and one that is silent"
        )
    return tuple(examples)
