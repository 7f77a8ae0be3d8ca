"""The files of a chart that its templates take in as text (`.Files.Get`), each line with its place."""

from __future__ import annotations

import fnmatch
import posixpath

from buttress.readers.helm.charts import ChartFiles
from buttress.readers.helm.data import LOST, Data, Rich, Segment

MAX_FILE = 200_000
MAX_FILES = 500
TAKEN = ("Get", "GetBytes", "Glob", "AsConfig", "AsSecrets", "Lines")


def files_of(chart: ChartFiles) -> Data:
    r"""Return the files of a chart by their paths in it, as templates see them.

    >>> from buttress.model import Source
    >>> chart = ChartFiles("shop", Source("shop/Chart.yaml", ""), files=[Source("shop/conf/a.yml", "b: 1\n")])
    >>> [(path, data.text) for path, data in files_of(chart).value.items()]
    [('conf/a.yml', 'b: 1\n')]
    """
    out = {}
    for source in chart.files[:MAX_FILES]:
        if len(source.text) <= MAX_FILE:
            lines = source.text.split("\n")
            last = len(lines) - 1
            segments = tuple(
                Segment(text if n == last else f"{text}\n", source.path, source.first_line + n)
                for n, text in enumerate(lines)
                if text or n < last
            )
            out[posixpath.relpath(source.path, chart.folder or ".")] = Data(Rich(segments))
    return Data(out)


def taken(how: str, files: Data, name: str) -> Data:
    r"""Return what a template gets of some files: one, those of a pattern, or all as the data of a ConfigMap; unknown what isn't there.

    >>> files = Data({"conf/a.yml": Data(Rich((Segment("b: 1", "a.yml", 1),)))})
    >>> taken("Get", files, "conf/a.yml").text, taken("Get", files, "conf/b.properties") is LOST
    ('b: 1', True)
    >>> taken("AsConfig", taken("Glob", files, "conf/*"), "").text
    'a.yml: |\n  b: 1\n'
    >>> taken("Glob", files, "*") is LOST, taken("Glob", files, "**").value == files.value
    (True, True)
    """
    known = files.value if isinstance(files.value, dict) else {}
    if how == "Get":
        return known.get(name, LOST)
    if how == "Lines" and isinstance((rich := known.get(name, LOST).value), Rich):
        return Data([Data(s.text.rstrip("\n")) for s in rich.segments])
    if how == "Glob":
        found = {path: data for path, data in known.items() if _is_of(path, name)}
        return Data(found) if found else LOST
    if how == "AsConfig" and known:
        return Data(Rich(tuple(s for path, data in known.items() for s in _as_data(path, data))))
    return LOST


def _is_of(path: str, pattern: str) -> bool:
    """Return whether a path is of a pattern, in which only two stars go beyond a folder."""
    within = "**" in pattern or path.count("/") == pattern.count("/")
    return within and fnmatch.fnmatchcase(path, pattern)


def _as_data(path: str, data: Data) -> list[Segment]:
    """Return a file as one key of a ConfigMap, with its lines as a block of text."""
    segments = data.value.segments if isinstance(data.value, Rich) else ()
    if not segments:
        return []
    first = segments[0]
    lines = [Segment("  " + s.text.rstrip("\n") + "\n", s.path, s.line) for s in segments]
    return [Segment(f"{posixpath.basename(path)}: |\n", first.path, first.line), *lines]
