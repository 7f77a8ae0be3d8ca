"""Helm charts.

`Chart.yaml`, `values.yaml`, templates and `requirements.yaml`; templates are worked out with the values and read as manifests.

- **Reads** what the templates give with the default values, and with those of a file for production (`values-prod.yaml`) laid over them:
  actions, conditions, loops, named templates, `tpl`, files of the chart, and some eighty functions; charts within charts; dependencies on charts from elsewhere
  whose condition holds become components. Evidence names the line of the values and the line of the template. The release is called like the
  chart.
- **Complete about** what Kubernetes manifests are complete about, as far as a template is worked out.
- **Doesn't read** what only a cluster or a release knows (`lookup`, random values), and files of kinds that nobody opens. What can't be
  worked out is told with its line; in a template with such a block nothing is denied by being left out. Nothing is executed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from buttress.evidence.lines import documents
from buttress.model import Diagnostic, Fragment, Source
from buttress.readers.helm.charts import ChartFiles, charts_of
from buttress.readers.helm.data import NIL, Data, data_of, merged
from buttress.readers.helm.dependencies import Dependency, components_of, dependencies_of, manifest_of
from buttress.readers.helm.files import files_of
from buttress.readers.helm.functions import KUBERNETES_VERSION
from buttress.readers.helm.render import Chart, TooMuch
from buttress.readers.helm.sources import source_of
from buttress.readers.helm.syntax import Piece, SyntaxProblem, parsed

__all__ = ["read"]

MAX_DEPTH = 5
# A manifest may quote templates of others: the text of an alert, the pattern of a name.
_MANIFEST = re.compile(r"^apiVersion:[ \t]*\S", re.MULTILINE)
_TEMPLATED = re.compile(r"^[ \t]*(?:-[ \t]+)*(?:[\w./-]+:[ \t]*)?\{\{|\{\{-", re.MULTILINE)
_NO_CHART = "a template of a chart whose Chart.yaml isn't among the files; name the chart's folder, or render it (helm template) first"


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the dependencies of some charts, and what their templates give as sources for the reader of manifests.

    >>> chart = Source("shop/Chart.yaml", "name: shop\n")
    >>> values = Source("shop/values.yaml", "replicas: 2\n")
    >>> template = Source("shop/templates/a.yaml", "kind: Deployment\nspec:\n  replicas: {{ .Values.replicas }}\n")
    >>> made = read((chart, values, template)).nested[0]
    >>> made.text.split("\n")[2], [str(e) for e in made.origins[2]]
    ('  replicas: 2', ['shop/values.yaml:1', 'shop/templates/a.yaml:3'])
    """
    charts, strays = charts_of(sources)
    reading = _Reading(charts)
    for folder in charts:
        if not any(folder != other and folder.startswith(f"{other}/charts/".lstrip("/")) for other in charts):
            reading.install(folder)
    for source in strays:
        if _MANIFEST.search(source.text) and not _TEMPLATED.search(source.text):
            reading.nested.append(replace(source, language="kubernetes"))
            continue
        template = "{{" in source.text and not source.name.lower().startswith("values")
        reason = _NO_CHART if template else "belongs to no chart among the files; it was left out"
        reading.diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
    return Fragment(
        "helm",
        components=components_of(reading.dependencies),
        nested=tuple(reading.nested),
        diagnostics=tuple(dict.fromkeys(reading.diagnostics)),
    )


class _Reading:
    def __init__(self, charts: dict[str, ChartFiles]) -> None:
        self.charts = charts
        self.nested: list[Source] = []
        self.dependencies: list[Dependency] = []
        self.diagnostics: list[Diagnostic] = []
        self._read: dict[str, Data] = {}
        self._taken = any(".Files" in t.text for c in charts.values() for t in c.templates)

    def _files(self, chart: ChartFiles) -> Data:
        """Return the files of a chart, none where no template takes any."""
        return files_of(chart) if self._taken else Data({})

    def install(self, folder: str, given: Data = NIL, release: str = "", depth: int = 0) -> None:
        """Work out a chart with the values that the chart above gives it, and the charts within it."""
        chart = self.charts[folder]
        about = self._first(chart.about)
        name = about.get("name").text or posixpath.basename(folder) or "chart"
        release = release or name
        values = NIL
        for source in chart.values:
            found = self._first(source)
            values = merged(values, found) if isinstance(values.value, dict) else found
        if isinstance(given.value, dict):
            values = merged(values, given) if isinstance(values.value, dict) else given
        if not isinstance(values.value, dict):
            values = Data({})
        if not chart.values and not depth and any(".Values" in t.text for t in chart.templates):
            reason = "there is no values.yaml beside it, so its templates can't be worked out; render it (helm template) first"
            self.diagnostics.append(Diagnostic(chart.about.path, chart.about.first_line, reason, "info"))
            return
        inner = {
            posixpath.basename(f): f
            for f in self.charts
            if posixpath.dirname(f) == f"{folder}/charts".lstrip("/")
        }
        if about.get("type").text != "library":
            root = _root(values, about, release, self._files(chart))
            below = {base: self._below(path, values.get(base), release) for base, path in inner.items()}
            self._render(chart, Data({**root, "Subcharts": Data(below)}))
        listed = self._first(chart.requirements) if chart.requirements is not None else about
        found_dependencies = dependencies_of(listed, values, release)
        wanted = {d.chart: d for d in found_dependencies}
        for base, path in inner.items():
            own = self._first(self.charts[path].about).get("name").text or base
            entry = wanted.get(own)
            if depth < MAX_DEPTH and (entry is None or entry.enabled):
                key = entry.name if entry is not None else own
                passed = values.get(key)
                shared = values.get("global")
                if not shared.empty:
                    passed = (
                        merged(Data({"global": shared}), passed)
                        if not passed.empty
                        else Data({"global": shared})
                    )
                self.install(path, passed, release, depth + 1)
        local = {self._first(self.charts[p].about).get("name").text or b for b, p in inner.items()}
        outside = [d for d in found_dependencies if d.enabled and d.chart not in local and d.runs]
        self.dependencies += outside
        text = "---\n".join(map(manifest_of, outside))
        if text:
            origins = tuple((d.evidence,) for d in outside for _ in range(manifest_of(d).count("\n") + 1))
            self.nested.append(
                Source(outside[0].evidence.source, text, 1, "kubernetes", origins=origins, partial=True)
            )

    def _first(self, source: Source) -> Data:
        if source.path not in self._read:
            found, problems = documents(source)
            self.diagnostics += problems
            self._read[source.path] = data_of(found[0]) if found else Data({})
        return self._read[source.path]

    def _below(self, folder: str, given: Data, release: str) -> Data:
        """Return what a chart sees of one within it."""
        chart = self.charts[folder]
        values = self._first(chart.values[0]) if chart.values else Data({})
        passed = merged(values, given) if isinstance(given.value, dict) else values
        return Data(_root(passed, self._first(chart.about), release, self._files(chart)))

    def _render(self, chart: ChartFiles, root: Data) -> None:
        trees: dict[str, list[Piece]] = {}
        named: dict[str, tuple[str, list[Piece]]] = {}
        for source in self._templates(chart):
            try:
                template = parsed(source.text)
            except SyntaxProblem as problem:
                reason = f"not a template of Helm: {problem.reason}; this file was left out"
                line = min(source.first_line + problem.line - 1, source.text.count("\n") + source.first_line)
                self.diagnostics.append(Diagnostic(source.path, line, reason))
                continue
            named.update((name, (source.path, pieces)) for name, pieces in template.named.items())
            trees[source.path] = template.pieces
        engine = Chart(named)
        for source in chart.templates:
            if source.path not in trees or not source.name.lower().endswith((".yaml", ".yml")):
                continue
            here = Data({"Name": Data(source.path), "BasePath": Data(posixpath.dirname(source.path))})
            dot = Data({**root.value, "Template": here} if isinstance(root.value, dict) else {})
            try:
                result = engine.render(source.path, trees[source.path], dot)
            except (TooMuch, RecursionError):
                reason = "too large to be worked out; render it (helm template) and review the result"
                self.diagnostics.append(Diagnostic(source.path, source.first_line, reason, "error"))
                continue
            if result.open:
                line = min(result.open)
                more = f", and {len(result.open) - 1} more" if len(result.open) > 1 else ""
                reason = (
                    f"{result.open[line]} can't be worked out without Helm{more}; what depends on it is unknown "
                    "(helm template shows all)"
                )
                self.diagnostics.append(Diagnostic(source.path, line, reason, "info"))
            made = source_of(source, result, self.charts, root.get("Release").get("Name").text)
            if made is not None:
                self.nested.append(made)

    def _templates(self, chart: ChartFiles) -> Iterator[Source]:
        """Yield the templates of a chart, and those of charts beside, above and within it: what they name is shared."""
        top = _top(chart.folder)
        for other in self.charts.values():
            if other is not chart and _top(other.folder) == top:
                yield from (s for s in other.templates if s.name.endswith(".tpl"))
        yield from chart.templates


def _top(folder: str) -> str:
    """Return the folder of the outermost chart that one is within."""
    return re.sub(r"(?:^|/)charts/.*", "", folder)


def _root(values: Data, about: Data, release: str, files: Data) -> dict[str, Data]:
    """Return what the dot is at the top of a template."""
    chart = about.value if isinstance(about.value, dict) else {}
    cluster = Data(
        {k: Data(KUBERNETES_VERSION) for k in ("Version", "GitVersion")}
        | {"Major": Data("1"), "Minor": Data("31")}
    )
    return {
        "Values": values,
        "Chart": Data({k[:1].upper() + k[1:]: v for k, v in chart.items()}),
        "Release": Data(
            {
                "Name": Data(release), "Namespace": Data(""), "Service": Data("Helm"), "IsInstall": Data(True),
                "IsUpgrade": Data(False), "Revision": Data(1),
            }
        ),
        "Capabilities": Data({"KubeVersion": cluster, "APIVersions": Data({}), "HelmVersion": Data({"Version": Data("v3.16.0")})}),
        "Files": files,
    }  # fmt: skip
