"""Which files form a chart: those of the folder of a Chart.yaml, its templates, and its values for production."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from buttress.model import Source

_PRODUCTION = re.compile(r"values[._-](?:prod|production|live)\.ya?ml", re.IGNORECASE)


@dataclass(slots=True)
class ChartFiles:
    """The files of a chart: what it is, its values from the weakest to the strongest, its templates, its older list of dependencies."""

    folder: str
    about: Source
    values: list[Source] = field(default_factory=list)
    templates: list[Source] = field(default_factory=list)
    files: list[Source] = field(default_factory=list)  # what its templates may take in as text
    requirements: Source | None = None


def charts_of(sources: tuple[Source, ...]) -> tuple[dict[str, ChartFiles], list[Source]]:
    """Return the charts among some files by folder, and the files that belong to none.

    >>> files = (Source("a/Chart.yaml", ""), Source("a/templates/b.yaml", ""), Source("c/templates/d.yaml", ""))
    >>> charts, strays = charts_of(files)
    >>> list(charts), [s.path for s in charts["a"].templates], [s.path for s in strays]
    (['a'], ['a/templates/b.yaml'], ['c/templates/d.yaml'])
    """
    ordered = sorted(sources, key=lambda s: (s.path, s.first_line))
    charts = {
        folder: ChartFiles(folder, s)
        for s in ordered
        if re.fullmatch(r"chart\.ya?ml", s.name.lower())
        for folder in [posixpath.dirname(s.path)]
    }
    strays: list[Source] = []
    for source in ordered:
        chart = _owner(source.path, charts)
        if chart is None:
            strays.append(source)
            continue
        if source is chart.about:
            continue
        rest = source.path[len(chart.folder) :].lstrip("/")
        name = source.name.lower()
        if rest.startswith("templates/"):
            if not rest.startswith("templates/tests/"):
                chart.templates.append(source)
        elif re.fullmatch(r"values\.ya?ml", rest):
            chart.values.insert(0, source)
        elif _PRODUCTION.fullmatch(rest):
            chart.values.append(source)
        elif re.fullmatch(r"requirements\.ya?ml", name) and "/" not in rest:
            chart.requirements = source
        else:
            chart.files.append(source)
    return charts, strays


def _owner(path: str, charts: dict[str, ChartFiles]) -> ChartFiles | None:
    folder = posixpath.dirname(path)
    while True:
        if folder in charts:
            return charts[folder]
        if not folder:
            return None
        folder = posixpath.dirname(folder)
