"""Readers: one module a format, text in, `Fragment` out; no disk, no network, no clock.

`READERS` is the whole table, in order: the first row that takes a source reads it. A row's `read` gets all the sources
that it took, because Compose and Kubernetes describe one system in many files. Blocks that a reader finds inside a document
(`Fragment.nested`) go through the same table. A reader's module is imported when the first source needs it; its docstring
is its section in docs/formats.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import NamedTuple, cast

from buttress.drawings.data_models import without_data_models
from buttress.evidence.origins import made, unpacked
from buttress.evidence.quotes import requoted
from buttress.model import Diagnostic, Fragment, Passage, Source
from buttress.workloads.folders import CADDY_FILE, COMPOSE_FILE, IMAGE_FILE, overlays_beside_production

MAX_NESTING = 3


class Reader(NamedTuple):
    """A row of the table: the module in this package that reads a format, and the sources that it takes.

    A source is taken for its file name alone when all of it matches `names`, and for its text when the name matches
    `files` and every pattern of `shows` stands in it. All are regular expressions; names are in lower case. A fenced block counts as
    a file `*.<its language>`; text from standard input needs to match `shows`.
    """

    name: str
    names: str = ""
    files: str = ""
    shows: tuple[str, ...] = ()

    def takes(self, source: Source) -> bool:
        r"""Return whether this row takes a source.

        >>> mermaid, compose = (next(r for r in READERS if r.name == n) for n in ("mermaid", "compose"))
        >>> mermaid.takes(Source("a.md", "", language="{mermaid}")), mermaid.takes(Source("a.md", ""))
        (True, False)
        >>> compose.takes(Source("x.yaml", "services:\n  a:\n    image: b\n")), compose.takes(Source("x.yaml", "a: 1"))
        (True, False)
        """
        name = source.name.lower()
        if source.language:
            name = "*." + (source.language.lower().strip("{. ").split() or [""])[0].rstrip("}")
        elif name == "<stdin>" and _FENCE.search(source.text):
            return bool(self.names) and re.fullmatch(self.names, name) is not None
        if self.names and re.fullmatch(self.names, name):
            return True
        if not self.shows or (name != "<stdin>" and not re.fullmatch(self.files, name)):
            return False
        return all(re.search(pattern, source.text, re.MULTILINE) for pattern in self.shows)

    def read(self, sources: tuple[Source, ...]) -> Fragment:
        """Return what the reader makes of the sources that it took."""
        return cast(Fragment, import_module(f"{__name__}.{self.name}").read(sources))


_FENCE = re.compile(r"^\s*```", re.MULTILINE)
_YAML = r".*\.ya?ml"
# A list of operations on a manifest, as Kustomize takes them from a file.
_OPERATION = r"^- +op: *[\"']?(?:add|replace|remove|copy|move|test)\b[^\n]*\n +path: *[\"']?/"
# What lies beside every project, whatever it is.
_NO_PAPERS = (
    r"(?!(licence|license|copying|notice|authors|contributors|code_of_conduct|security|contributing|hacking|testing|constitution|changelog|changes|upgrade|upgrading|updating|history|news|release|releasing|roadmap|support|governance|maintainers|trademark_policy)(\.|$)"
    r"|(changelog|changes|release[-_]?notes|news)[._-]v?\d|.*\.licen[sc]es?\.|requirements|constraints|\*)"
)
# The pages of a web application are no documents: they name what their users see.
_NO_TEMPLATE = r"\A(?![\s\S]*?(\{%-? *(extends|block|load|include|if|for)\b|<%|<\?php|\s(v-(if|for|model)|\*ng[A-Z]\w*|ng-\w+|th:\w+)=))"

READERS: tuple[Reader, ...] = (
    Reader("additions", names=r"buttress\.additions\.ya?ml"),
    Reader(
        "mermaid",
        names=r".*\.(mmd|mermaid|ascii-drawing)",
        shows=(
            r"\A\s*(((flowchart|graph)\s+(TB|TD|BT|RL|LR)\b)|((sequenceDiagram|C4[A-Z]\w+|architecture-beta)\s*$))",
        ),
    ),
    Reader(
        "plantuml",
        names=r".*\.(puml|plantuml|plant-uml|iuml|pu|wsd|uml|c4plantuml)",
        files=r"\*\..*",
        shows=(r"^[ \t]*@start(uml|c4)\b",),
    ),
    Reader(
        "structurizr",
        names=r".*\.(structurizr|structurizr-dsl|c4dsl)",
        files=r".*\.(dsl|json)|\*\.c4",
        shows=(
            r"^[ \t]*(workspace\b|model\s*\{|[\w.]+\s*=\s*(softwareSystem|person|container|group)\b)|\"softwareSystems\"\s*:",
        ),
    ),
    Reader("dot", names=r".*\.(dot|gv|graphviz|blockdiag)"),
    Reader("d2", names=r".*\.d2"),
    Reader(
        "drawio",
        names=r".*\.(drawio|dio)(\.xml|\.svg)?",
        files=r".*\.(xml|svg)",
        shows=(r"<mxfile\b|<mxGraphModel\b",),
    ),
    Reader(
        "pipelines",
        names=r"([\w.-]*\.)?gitlab-ci\.ya?ml|dependabot\.ya?ml|renovate\.json5?|\.renovaterc(\.json)?",
        files=r"(?!\*)" + _YAML,
        shows=(
            r"^([\"']?on[\"']?\s*:|stages\s*:|include\s*:|[\w.:/ -]+:\s*$)",
            r"^([\"']?jobs[\"']?\s*:|[ \t]+(script|trigger)\s*:)",
            r"\b(runs-on|uses|script|trigger|run)[\"']?\s*:",
            r"\A(?![\s\S]*^[\"']?(apiVersion|services|Resources|openapi|asyncapi)[\"']?\s*:)",
        ),
    ),
    Reader("backstage", files=_YAML, shows=(r"^apiVersion:\s*[\"']?backstage\.io/",)),
    Reader(
        "otm", names=r".*\.otm", files=_YAML + r"|.*\.json", shows=(r"^[ \t{]*[\"']?otmVersion[\"']?\s*:",)
    ),
    Reader("threagile", files=_YAML, shows=(r"^technical_assets:",)),
    Reader(
        "calm",
        names=r".*\.calm\.json|calm\.json",
        files=r".*\.json",
        shows=(r'"unique-id"\s*:', r'"node-type"\s*:', r'"nodes"\s*:\s*\['),
    ),
    Reader(
        "asyncapi", files=_YAML + r"|.*\.json", shows=(r"^[ \t{]*[\"']?asyncapi[\"']?\s*:\s*[\"']?[23]\.",)
    ),
    Reader(
        "openapi",
        files=_YAML + r"|.*\.json|\*\.(openapi|swagger)",
        shows=(
            r"^[ \t{]*[\"']?(openapi|swagger)[\"']?\s*:\s*[\"']?[23]\.",
            r"^[ \t{]*[\"']?(paths|webhooks)[\"']?\s*:|\"paths\"\s*:",
            r"\A(?![\s\S]*\bType[\"']?\s*:\s*[\"']?AWS::)",  # a template may hold the contract of its gateway
        ),
    ),
    Reader(
        "helm",
        names=r"chart\.ya?ml|requirements\.ya?ml|values([._-][\w.-]*)?\.ya?ml|_[\w.-]+\.tpl",
        files=r"(?!\*)[^<].*\.ya?ml|notes\.txt|[\w.-]+\.tpl",
        shows=(
            r"\{\{-?\s*(/\*|\.|\$|(include|template|define|if|with|range|toYaml|tpl|printf|default|block)\b|\(|\"|end\s*-?\}\})",
            r"\A(?![\s\S]*^services:\s*(#.*)?$)",  # Compose may have such braces in what it hands on
        ),
    ),
    Reader(
        "kubernetes",
        names=r"kustomization\.ya?ml",
        files=_YAML + r"|\*\.(kubernetes|k8s)",
        # The whole manifest may be indented, as long as it starts so.
        shows=(
            r"^(- )?apiVersion:|\A(?:[ \t]*(?:#.*)?\n|---.*\n)*( +)(?=\S)(?:apiVersion:|[\s\S]*?^\2apiVersion:)|"
            + _OPERATION,
            r"^(- | {1,8})?kind:\s*\w+|" + _OPERATION,
        ),
    ),
    Reader(
        "envoy",
        names=r"\*\.envoy-configuration",
        files=r"(?!\*)" + f"({_YAML}" + r"|.*\.json)",
        shows=(r"^static_resources\s*:|\"static_?[rR]esources\"\s*:", r"\b(listeners|clusters)[\"']?\s*:"),
    ),
    Reader(
        "compose",
        names=COMPOSE_FILE + r"|docker-stack[\w.-]*\.ya?ml|\.env(\.[\w-]+)?|[\w-]+\.env",
        files=_YAML + r"|\*\.(docker-)?compose",
        shows=(
            r"^services:\s*(#.*)?$",
            r"^[ \t]+(-[ \t]+)?[\"']?(image|build)[\"']?[ \t]*:|\{\s*(image|build)\s*:",
        ),
    ),
    Reader("dotenv", names=r"\*\.dotenv"),  # what the reader of Compose leaves of the `.env` files
    Reader("procfile", names=r"procfile([._-][\w-]+)?"),
    Reader("gunicorn", names=r"gunicorn[\w.-]*\.py"),
    Reader(
        "nginx",
        names=r"(?!\*)([\w.-]*nginx[\w.-]*\.conf(\.template|\.tmpl)?|.*\.nginx)|\*\.nginx-configuration",
        files=r"[\w.-]+\.(conf|vhost|inc)(\.template|\.tmpl)?",
        shows=(
            r"^[ \t]*(server|upstream[ \t]+[\w.-]+|location[ \t][^{;\n]*|http|stream)\s*\{",
            r"^[ \t]*(listen|server|server_name|location|proxy_pass|fastcgi_pass|uwsgi_pass|root|include)\s",
        ),
    ),
    Reader("caddy", names=CADDY_FILE + r"|\*\.(caddy|caddyfile|caddy-configuration)"),
    Reader("dockerfile", names=IMAGE_FILE),
    Reader(
        "terraform",
        names=r".*\.(tf|tfvars)|\*\.(hcl|terraform)",
        files=r".*\.json",
        shows=(r"\A\s*\{", r'"terraform_version"|"format_version"', r'"root_module"'),
    ),
    Reader(
        "cloudformation",
        names=r"serverless(\.[\w-]+)?\.ya?ml",
        files=_YAML + r"|.*\.(json|template)|\*\.cloudformation",
        shows=(
            r"^[ \t]*Resources:|\"Resources\"\s*:|^service:|^[ \t]*handler:\s",
            r"[\"']?Type[\"']?\s*:\s*[\"']?(AWS|Alexa|Custom)::|^functions:|^[ \t]+(-[ \t]+)?events:",
        ),
    ),
    Reader(
        "azure",
        files=r".*\.json",
        shows=(r"\A\s*\{", r"\"\$schema\"\s*:\s*\"[^\"\n]*[dD]eploymentTemplate\.json", r"\"resources\"\s*:"),
    ),
    Reader(
        "python",
        names=r"(?!\*)(.*\.py|pyproject\.toml|setup\.cfg|pipfile(\.lock)?|(uv|poetry|pdm)\.lock|pylock(\.[\w-]+)?\.toml|\.python-version"
        r"|runtime\.txt|(.*[-_.])?(requirements|constraints)[\w.-]*\.(txt|in|lock)|\.?ruff\.toml|\.?mypy\.ini|pytest\.ini"
        r"|tox\.ini|metadata|entry_points\.txt|\.coveragerc|\.flake8|\.?pylintrc|pyrightconfig\.json|\.pre-commit-config\.yaml"
        r")",
    ),
    Reader(
        "graph_json",
        files=r".*\.json",
        shows=(
            r"\A\s*\{",
            r'"components"',
            # Components without flows are no graph, but somebody may have meant one: the reader says what is missing.
            r'"flows"|\A(?![\s\S]*"(?:bomFormat|SPDXID|unique-id|dataflows)")[\s\S]*"components"\s*:\s*\[\s*\{\s*"(?:id|name)"\s*:\s*"',
        ),
    ),
    Reader(
        "documents",
        names=_NO_PAPERS + r"(.*\.(md|markdown|mdx|mkd|rst|txt|adoc|asciidoc|asc|docx|pdf#page=\d+)|<stdin>)",
        files=_NO_PAPERS + r".*\.x?html?",
        shows=(r"(?i)<h[1-6]\b", r"(?i)<(p|li|td|dd)\b", _NO_TEMPLATE),
    ),
)


def _within_charts(sources: Sequence[Source], taken: Sequence[Source]) -> list[Source]:
    """Return what else lies in the folders of charts, beside their templates: templates may take it in as text."""
    folders = {s.path.rpartition("/")[0] for s in taken if s.name.lower() in ("chart.yaml", "chart.yml")}
    known = {s.path for s in taken}

    def is_within(path: str) -> bool:
        above = path.rpartition("/")[0]
        while above and above not in folders:
            above = above.rpartition("/")[0]
        return above in folders and not path[len(above) :].lstrip("/").startswith("templates/")

    return [
        s for s in sources if s.path not in known and not s.language and not s.packed and is_within(s.path)
    ]


def is_whole_graph(source: Source) -> bool:
    """Return whether a source is graph JSON, which is a graph as it stands and needs no merging when it is alone."""
    return next((r.name for r in READERS if r.takes(source)), "") == "graph_json"


def read_all(sources: Sequence[Source]) -> tuple[tuple[Fragment, ...], tuple[str, ...]]:
    r"""Return the fragments of all sources, and the paths that no reader takes.

    Nested blocks are read too, at most three levels deep; a fence in a language that no reader takes is left alone.

    >>> fragments, skipped = read_all([Source("a.mmd", "flowchart LR\n a[Shop] --> b[(Orders DB)]"), Source("b.bin", "")])
    >>> skipped
    ('b.bin',)
    """
    fragments: list[Fragment] = []
    skipped: list[str] = []
    apart = overlays_beside_production(s.path for s in sources)
    todo = [s for s in sources if _overlay(s, apart) is None]
    if len(todo) < len(sources):
        fragments.append(Fragment("table", diagnostics=tuple(_left_out(sources, apart))))
    for depth in range(MAX_NESTING + 1):
        taken: dict[str, list[Source]] = {}
        for source in todo:
            reader = _reader_of(source)
            if reader is not None:
                taken.setdefault(reader.name, []).append(source)
            elif depth == 0:
                skipped.append(source.path)
        if depth == 0 and "helm" in taken:
            within = _within_charts(sources, taken["helm"])
            taken["helm"] += within
            kept = {s.path for s in within}
            skipped = [path for path in skipped if path not in kept]
        todo = []
        for reader in READERS:
            if reader.name in taken:
                whole = reader.name == "documents" and depth == 0
                for fragment in (
                    _documents(tuple(taken[reader.name])) if whole else _read(reader, taken[reader.name])
                ):
                    fragments.append(fragment)
                    todo.extend(fragment.nested)
        if not todo:
            break
    else:
        reason = f"blocks nested deeper than {MAX_NESTING} levels were not read"
        fragments.append(
            Fragment("table", diagnostics=tuple(Diagnostic(s.path, s.first_line, reason) for s in todo))
        )
    return without_data_models(fragments), tuple(sorted(set(skipped)))


def running_text(sources: Sequence[Source]) -> tuple[Passage, ...]:
    r"""Return the passages of those sources that are documents, without what is nested in them.

    >>> [p.text for p in running_text([Source("a.md", "# Shop\n\nIt sells books."), Source("a.mmd", "flowchart LR")])]
    ['Shop', 'It sells books.']
    """
    documents = next(reader for reader in READERS if reader.name == "documents")
    taken = [s for s in sources if _reader_of(s) is documents]
    return tuple(p for fragment in _documents(tuple(taken)) for p in fragment.passages) if taken else ()


@lru_cache(maxsize=1)
def _documents(sources: tuple[Source, ...]) -> tuple[Fragment, ...]:
    """Return what is made of documents; those read last are kept, as who asks about a system reads them once more."""
    documents = next(reader for reader in READERS if reader.name == "documents")
    return tuple(_read(documents, list(sources)))


def _reader_of(source: Source) -> Reader | None:
    return next((r for r in READERS if r.takes(source)), None)


def _overlay(source: Source, apart: Mapping[str, str]) -> str | None:
    return next((f for f in apart if source.path.startswith(f"{f}/")), None)


def _left_out(sources: Sequence[Source], apart: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield what is told of the overlays for other stages, one line each."""
    for folder in dict.fromkeys(f for s in sources if (f := _overlay(s, apart)) is not None):
        yield Diagnostic(
            folder, 1, f"for another stage; {apart[folder]} beside it is read in its place", "info"
        )


def _read(reader: Reader, sources: list[Source]) -> list[Fragment]:
    """Return what a reader makes of its sources; a text that was unpacked is read alone, those made from templates together."""
    written = tuple(s for s in sources if not s.packed and not s.origins)
    templates = tuple(s for s in sources if s.origins)
    out = [requoted(reader.read(written), written)] if written else []
    out += [made(reader.read(templates), templates)] if templates else []
    return out + [unpacked(reader.read((s,)), s) for s in sources if s.packed]
