"""A practice is one Markdown card: what a published source asks, signs that it is needed, how it looks.

`parse` reads `corpus/<source>/<item>.md`; `cards` reads the compiled file: a review parses no Markdown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from buttress import data
from buttress.errors import CardError, StaleIndex

REBUILD = "python -m buttress.retrieval"
SECTIONS = ("Signs", "Questions", "In practice")
_TEXTS = ("source", "version", "item", "title", "url", "licence")
_LISTS = ("areas", "kinds", "technologies", "related")
_LONGEST = 20_000
# What the markup languages of the sources leave in a title: an escaped blank in reStructuredText, a role in AsciiDoc.
_MARKUP = re.compile(r"\\+ |\.[\w-]+#([^#]*)#")
# A sentence ends at . ! or ? before a capital, a digit or a quote, but not after "e.g." and its like.
_END = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\betc\.)\s+(?=[\"'“(`A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice of one published source, in our own words; `id` is `source-slug/item-slug`.

    `item` is the id that the source itself gives. Empty `kinds` and `technologies`: it bears on all.
    """

    id: str
    source: str
    version: str
    item: str
    title: str
    url: str
    licence: str
    areas: tuple[str, ...]
    kinds: tuple[str, ...]
    technologies: tuple[str, ...]
    related: tuple[str, ...]
    guidance: str
    signs: tuple[str, ...]
    questions: tuple[str, ...]
    practice: str

    def told(self) -> tuple[str, ...]:
        """Return the sentences that say what to do and why: what may be shown as support."""
        return (*sentences(self.guidance), *sentences(self.practice))

    def passages(self) -> tuple[str, ...]:
        """Return the texts that stand for it in the index: title, what is `told`, signs, questions."""
        return (self.title, *self.told(), *self.signs, *self.questions)


def parse(text: str, *, path: str) -> Practice:
    """Return the practice in a Markdown text; its id is the last folder and the stem of `path`.

    Raises CardError with path, line and what was expected when the card isn't in the agreed form.

    >>> parse("# Timeouts", path="corpus/ours/timeouts.md")
    Traceback (most recent call last):
    ...
    buttress.errors.CardError: corpus/ours/timeouts.md:1: expected front matter between two lines of ---
    """
    if len(text) > _LONGEST:
        raise CardError(path, 1, f"at most {_LONGEST} characters")
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        raise CardError(path, 1, "front matter between two lines of ---")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise CardError(path, 1, "a second line of --- that ends the front matter")
    front = _front_matter(lines[1:end], path)
    body = _body(lines, end + 1, path)
    return Practice(
        id="/".join(Path(path).with_suffix("").parts[-2:]),
        **{key: front[key] for key in (*_TEXTS, *_LISTS)} | {"title": plain(front["title"])},
        guidance=body[""][0],
        signs=body["Signs"],
        questions=body["Questions"],
        practice=body["In practice"][0],
    )


def plain(title: str) -> str:
    r"""Return a catalogue's title without the marks of the language that its source is written in.

    >>> plain(r"Utilities for with\\ -statement contexts")
    'Utilities for with-statement contexts'
    >>> plain("Our First Use Case: .keep-together#Flask API#")
    'Our First Use Case: Flask API'
    """
    return _MARKUP.sub(r"\1", title)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody searched by, and the ids of the practices that were judged to answer it squarely."""

    text: str
    practices: tuple[str, ...]


def read_asked(folder: Path) -> tuple[Asked, ...]:
    """Return the lines of `folder/asked.tsv`, a text and practices a line; none without that file.

    Raises CardError on a line that has no practice.

    >>> import tempfile
    >>> read_asked(Path(tempfile.mkdtemp()))
    ()
    """
    path = folder / "asked.tsv"
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.is_file() else (), 1):
        text, _, ids = line.partition("\t")
        if not text.strip() or not ids.split():
            raise CardError(path.name, number, "a text, a tab and the ids of practices")
        found.append(Asked(text.strip(), tuple(ids.split())))
    return tuple(found)


def read_corpus(folder: Path) -> tuple[Practice, ...]:
    """Return the practices of `folder/<source>/<item>.md`, sorted by id; raises CardError on a broken one.

    >>> import tempfile
    >>> read_corpus(Path(tempfile.mkdtemp()))
    ()
    """
    found = (
        parse(path.read_text(encoding="utf-8"), path=path.relative_to(folder.parent).as_posix())
        for path in folder.glob("*/*.md")
    )
    return tuple(sorted(found, key=lambda practice: practice.id))


@cache
def asked() -> tuple[Asked, ...]:
    """Return what was searched by and judged, from the compiled file; StaleIndex without it."""
    return tuple(Asked(text, tuple(ids)) for text, ids in json.loads(compiled("asked.json")))


@cache
def cards() -> dict[str, Practice]:
    """Return the practices that come with Buttress by id, from the compiled file; StaleIndex without it."""
    return from_json(compiled("cards.json"))


def compiled(name: str) -> bytes:
    """Return the bytes of a built file; raises StaleIndex with the command that builds it."""
    try:
        return (data.indexes_dir() / name).read_bytes()
    except FileNotFoundError:
        raise StaleIndex(f"the index of practices isn't built ({name} is missing); run: {REBUILD}") from None


def to_json(practices: Iterable[Practice], *, digest: str) -> str:
    r"""Return the compiled form as JSON text; same practices, same bytes.

    >>> to_json((), digest="0")
    '{\n"cards": [],\n"digest": "0"\n}\n'
    """
    rows = [{k: v for k, v in asdict(practice).items() if v != ()} for practice in practices]
    return json.dumps({"digest": digest, "cards": rows}, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def from_json(text: str | bytes) -> dict[str, Practice]:
    """Return the practices in a text made by `to_json`, by id.

    >>> from_json(to_json((), digest="0"))
    {}
    """
    empty: dict[str, Any] = dict.fromkeys((*_LISTS, "signs", "questions"), ())
    return {
        row["id"]: Practice(**empty | {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
        for row in json.loads(text)["cards"]
    }


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, without empty ones.

    >>> sentences("Set a timeout, e.g. 2 s. Then retry? Only twice.")
    ('Set a timeout, e.g. 2 s.', 'Then retry?', 'Only twice.')
    """
    return tuple(part.strip() for part in _END.split(" ".join(text.split())) if part.strip())


def _front_matter(lines: list[str], path: str) -> dict[str, Any]:
    import yaml

    from buttress.rules.card import AREAS

    def line_of(key: str) -> int:
        return next((n for n, text in enumerate(lines, 2) if re.match(rf"{re.escape(key)}\s*:", text)), 2)

    try:
        loaded = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CardError(path, 2 + (mark.line if mark else 0), f"valid YAML front matter ({error})") from error
    if not isinstance(loaded, dict):
        raise CardError(path, 2, "keys and values in the front matter")
    for key in loaded:
        if key not in (*_TEXTS, *_LISTS):
            allowed = ", ".join((*_TEXTS, *_LISTS))
            raise CardError(path, line_of(str(key)), f"no key but {allowed}; found '{key}'")
    front: dict[str, Any] = {}
    for key in _TEXTS:
        value = loaded.get(key)
        if not isinstance(value, str) or not value.strip():
            raise CardError(path, line_of(key), f"'{key}:' with a text")
        front[key] = value.strip()
    if not re.match(r"https?://[^\s/]+\S*$", front["url"]):
        raise CardError(path, line_of("url"), "'url:' that begins with https://")
    for key in _LISTS:
        value = loaded.get(key) or []
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise CardError(path, line_of(key), f"'{key}:' with a list of words")
        front[key] = tuple(dict.fromkeys(value))
    if not front["areas"] or not set(front["areas"]) <= set(AREAS):
        raise CardError(path, line_of("areas"), "'areas:' with one or more of " + ", ".join(AREAS))
    return front


def _body(lines: list[str], start: int, path: str) -> dict[str, tuple[str, ...]]:
    """Return the guidance under "" and each section by name: prose as one text, a list as its items."""
    parts: dict[str, list[str]] = {"": []}
    places = {"": start + 1}
    current = ""
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("## "):
            current = line[3:].strip()
            if len(parts) > len(SECTIONS) or current != SECTIONS[len(parts) - 1]:
                raise CardError(path, number, f"## {', ## '.join(SECTIONS)}, each once and in this order")
            parts[current], places[current] = [], number
        else:
            parts[current].append(line)
    body: dict[str, tuple[str, ...]] = {}
    for name in ("", *SECTIONS):
        shown = f"a section '## {name}'" if name else "guidance under the front matter"
        if name not in parts:
            raise CardError(path, len(lines), shown)
        text = "\n".join(parts[name]).strip()
        if not text:
            raise CardError(path, places[name], f"{shown} with text")
        body[name] = _items(parts[name], places[name], path) if name in ("Signs", "Questions") else (text,)
    return body


def _items(lines: list[str], heading: int, path: str) -> tuple[str, ...]:
    items: list[str] = []
    for number, line in enumerate(lines, heading + 1):
        if line.startswith("- ") and line[2:].strip():
            items.append(line[2:].strip())
        elif line.startswith("  ") and line.strip() and items:
            items[-1] += " " + line.strip()
        elif line.strip():
            raise CardError(path, number, "a list of lines that begin with '- '")
    return tuple(items)
