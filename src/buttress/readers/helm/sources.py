"""What a template gives as a source for the reader of manifests, each line with the words that it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from buttress import workloads
from buttress.evidence.secrets import without_secret
from buttress.model import Evidence, Source
from buttress.readers.helm.charts import ChartFiles
from buttress.readers.helm.data import STAND_IN, Place
from buttress.readers.helm.render import Line, Result

MAX_PLACES = 3
MAX_LINE = 2000
_INLINE = re.compile(rf"metadata:\s*\{{.*?\bname:[^,]{{0,300}}{re.escape(STAND_IN)}")


def source_of(
    template: Source, result: Result, charts: Mapping[str, ChartFiles], release: str
) -> Source | None:
    """Return the manifests that a template gives, headed by the release that they are part of; None when it gives nothing."""
    if not _text(result).strip():
        return None
    files = {s.path: s for c in charts.values() for s in (c.about, *c.values, *c.templates, *c.files)}

    @cache
    def lines_of(path: str) -> tuple[str, ...]:
        source = files.get(path)
        return tuple(source.text.split("\n")) if source is not None else ()

    def words(path: str, line: int) -> str:
        found = lines_of(path)
        at = line - files[path].first_line if path in files else -1
        return found[at].strip() if 0 <= at < len(found) else ""

    def value(place: Place) -> Evidence | None:
        written = words(place.path, place.line)
        if not place.raw or not place.key or place.key not in written:
            return None
        secret = workloads.holds_secret(place.key, place.raw)
        quote = place.key if secret else without_secret(written).lstrip("- ")[:200].strip()
        return Evidence(place.path, place.line, place.line, quote, "config")

    def origin(line: Line) -> tuple[Evidence, ...]:
        at = line.line
        if re.fullmatch(r"[-\s]*[|>][+-]?", words(line.path, at)) and words(line.path, at + 1):
            at += 1  # the first line of a block of text says more than the mark above it
        written = without_secret(words(line.path, at)).lstrip("- ")[:200].strip()
        own = Evidence(line.path, at, at, written, "config")
        used = [e for p in line.places[:MAX_PLACES] if (e := value(p)) is not None]
        return (*dict.fromkeys(used), own)

    return Source(
        template.path,
        _text(result),
        1,
        "kubernetes",
        release,
        origins=tuple(map(origin, result.lines)),
        partial=result.partial,
    )


def _text(result: Result) -> str:
    """Return the text of a result without the objects whose names nobody knows; each line stays where it is."""
    text = "\n".join(line.text for line in result.lines) + "\n"
    parts = re.split(r"(^---.*\n)", text, flags=re.MULTILINE)
    known = ("\n" * p.count("\n") if _is_nameless(p) else p for p in parts)
    return "".join(known).replace("..svc", ".svc")  # no namespace is known either


def _is_nameless(text: str) -> bool:
    """Return whether the metadata of an object give a name that nobody knows."""
    inside = False
    for line in text.split("\n"):
        if line.startswith("metadata:"):
            inside = True
            if _INLINE.match(line[:MAX_LINE]):
                return True
        elif line.strip() and not line.startswith(" "):
            inside = False
        elif inside and line.lstrip(" ").startswith("name:") and STAND_IN in line:
            return True
    return False
