"""Compose files as one project: found, merged as Compose merges them, `extends`, `include` and `.env` resolved."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from buttress import workloads
from buttress.evidence.lines import Node, documents
from buttress.model import Diagnostic, Source
from buttress.workloads.folders import stage_of

MAX_EXTENDS = 8
_JOINED = frozenset(
    """
        ports expose external_links dns dns_search tmpfs volumes cap_add cap_drop security_opt links devices
        env_file secrets configs
    """.split()
)
_KEYED = frozenset(
    ["environment", "labels", "depends_on", "networks", "args", "extra_hosts", "annotations", "sysctls"]
)
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)")
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::?[-?][^{}]*)?\}|(\w+))")

_TRIAL = re.compile(r"(?:^|[-_.])(?:tests?|testing|ci|e2e|regtest)(?:[-_.]|$)", re.IGNORECASE)
_MAIN = re.compile(
    r"(?:^|/)(?:docker-)?compose(?:\.override)?\.ya?ml$", re.IGNORECASE
)  # what Compose finds by itself
_BASE = re.compile(r"(?:^|[._-])(?:base|common|shared|templates?)(?=[._-])[\w.-]*$", re.IGNORECASE)
_SECTIONS = frozenset(("networks", "volumes", "configs", "secrets"))


@dataclass(slots=True)
class Project:
    """The services and networks that the Compose files of one folder describe together, by name."""

    folder: str
    services: dict[str, Node] = field(default_factory=dict)
    networks: dict[str, Node] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)  # services that only files given by name have


def projects(sources: tuple[Source, ...]) -> tuple[list[Project], list[Diagnostic]]:
    """Return the projects in some Compose files, one a folder, and what couldn't be read.

    Within a folder the main file comes first, then its override, then the other variants by name.
    """
    diagnostics: list[Diagnostic] = []
    roots: dict[str, list[Node]] = {}
    for source in sorted(sources, key=_order):
        found, problems = documents(source)
        diagnostics += problems
        for root in found[:1]:
            if root.get("services") is None and _looks_old(root):
                services = {
                    k: n for k, n in root.items() if k not in ("version", "name", "volumes", "networks")
                }
                root = Node(
                    source,
                    root.line,
                    root.line,
                    {"services": Node(source, root.line, root.line, dict(services))},
                )
            services_node = root.get("services")
            if services_node is not None and not isinstance(services_node.value, dict):
                reason = "services must be a mapping of names to services; the file was left out"
                diagnostics.append(Diagnostic(source.path, services_node.key_line, reason, "error"))
                continue
            roots.setdefault(source.path, []).append(root)
    includer = _includers(roots, diagnostics)
    templates = _templates(roots) - set(includer)
    out: dict[str, Project] = {}
    for path, nodes in roots.items():
        if path in templates:
            continue
        folder = posixpath.dirname(_outermost(path, includer))
        project = out.setdefault(folder, Project(folder))
        for root in nodes:
            for name, node in root.items("services"):
                if name in _SECTIONS and not any(node.get(k) for k in ("image", "build", "extends")):
                    reason = f"`{name}` stands under services; it belongs at the top level, so it was not read as a service"
                    diagnostics.append(Diagnostic(path, node.key_line, reason))
                    continue
                if not isinstance(node.value, dict):
                    if node.value is not None:
                        reason = f"service {name} must be a mapping; it was left out"
                        diagnostics.append(Diagnostic(path, node.key_line, reason, "error"))
                    continue
                whole = _extended(path, name, node, roots, (), diagnostics)
                if name not in project.services and is_given_by_name(path) and path not in includer:
                    project.added.add(name)
                project.services[name] = (
                    _merged(project.services[name], whole) if name in project.services else whole
                )
            for name, node in root.items("networks"):
                project.networks.setdefault(name, node)
    return list(out.values()), diagnostics


def is_given_by_name(path: str) -> bool:
    """Return whether Compose reads a file only when it is told to, and its name doesn't say in which environment something runs by it.

    >>> names = ("docker-compose.yml", "compose.override.yaml", "compose.staging.yaml", "docker-compose.search.yml", "compose.test.yaml")
    >>> [is_given_by_name(name) for name in names]
    [False, False, False, True, True]
    """
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return _MAIN.search(path) is None and (not stage_of(stem) or _TRIAL.search(stem) is not None)


def settings_of(source: Source) -> dict[str, Node]:
    r"""Return the variables of an environment file, each with its line.

    >>> settings_of(Source(".env", "# hosts\nDB=postgres\n"))["DB"].line
    2
    """
    out: dict[str, Node] = {}
    for n, line in enumerate(source.text.split("\n")):
        found = _LINE.fullmatch(line)
        if found and not line.lstrip().startswith("#"):
            value = found[2].strip().strip("\"'")
            at = source.first_line + n
            out[found[1]] = Node(source, at, at, value, value)
    return out


def _order(source: Source) -> tuple[str, int, str]:
    name = source.name.lower()
    stem = name.rpartition(".")[0]
    rank = 0 if stem in ("compose", "docker-compose") else 1 if stem.endswith("override") else 2
    return posixpath.dirname(source.path), rank, name


def _looks_old(root: Node) -> bool:
    """Return whether a file is in the first form of Compose: services at the top, each with an image or a build."""
    return any(node.get("image") or node.get("build") for _, node in root.items())


def filled(node: Node, variables: dict[str, Node]) -> Node:
    """Return a value with the variables of a `.env` file filled in, but for those that hold a secret."""
    if isinstance(node.value, dict):
        inner: dict[str, Node] = {k: filled(n, variables) for k, n in node.value.items()}
        return Node(node.source, node.line, node.key_line, inner, node.raw, node.tag)
    if isinstance(node.value, list):
        listed = [filled(n, variables) for n in node.value]
        return Node(node.source, node.line, node.key_line, listed, node.raw, node.tag)

    def given(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        value = variables[name].raw if name in variables else ""
        return found[0] if not value or workloads.holds_secret(name, value) else value

    if "$" not in node.raw:
        return node
    text = _VARIABLE.sub(given, node.raw)
    value = int(text) if re.fullmatch(r"\d{1,9}", text) else text
    return node if text == node.raw else Node(node.source, node.line, node.key_line, value, text, node.tag)


def _templates(roots: dict[str, list[Node]]) -> set[str]:
    """Return the files that only lend their services to `extends`: another one names them, and Compose wouldn't find them.

    One that is called a Compose file lends only when all its services are lent, to the main file or because it is the base by name.
    """
    lent: dict[str, set[str]] = {}
    to_main: set[str] = set()
    for path, nodes in roots.items():
        for _, service in (item for root in nodes for item in root.items("services")):
            if file := service.text("extends", "file"):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
                if target != path:
                    lent.setdefault(target, set()).add(service.text("extends", "service"))
                    to_main |= {target} if _MAIN.search(path) else set()
    out = set()
    for path, names in lent.items():
        own = {name for root in roots.get(path, ()) for name, _ in root.items("services")}
        whole = names >= own and not _MAIN.search(path) and (path in to_main or _BASE.search(path))
        if "compose" not in posixpath.basename(path).lower() or whole:
            out.add(path)
    return out


def _includers(roots: dict[str, list[Node]], diagnostics: list[Diagnostic]) -> dict[str, str]:
    """Return, for each file that another one includes, the first that does; tell what is included but isn't there."""
    out: dict[str, str] = {}
    for path, nodes in roots.items():
        for place in (item for root in nodes for item in root.list("include")):
            whole = place.get("path") or place
            for written in [whole] if whole.raw else list(whole.list()):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), written.raw))
                if target in roots:
                    out.setdefault(target, path)
                    if path in _chain(path, out)[1:]:
                        reason = f"{target} is included in a circle; each file was read once"
                        diagnostics.append(Diagnostic(path, written.line, reason, "error"))
                else:
                    outside = target.startswith(("..", "/")) or "://" in written.raw
                    why = (
                        "lies outside of what is reviewed"
                        if outside
                        else "is not among the files that were read"
                    )
                    reason = f"include: {written.raw} {why}; its services are missing here"
                    diagnostics.append(Diagnostic(path, written.line, reason))
    return out


def _chain(path: str, includer: dict[str, str]) -> list[str]:
    """Return a file, the one that includes it, and so on, up to one that nothing includes or that comes again."""
    out = [path]
    while (path := includer.get(path, "")) and out.count(path) < 2:
        out.append(path)
    return out


def _outermost(path: str, includer: dict[str, str]) -> str:
    chain = _chain(path, includer)
    circle = chain[chain.index(chain[-1]) : -1]
    return min(circle) if circle else chain[-1]


def _extended(
    path: str,
    name: str,
    node: Node,
    roots: dict[str, list[Node]],
    above: tuple[tuple[str, str], ...],
    diagnostics: list[Diagnostic],
) -> Node:
    base = node.get("extends")
    own = _keyed(node)
    if base is None:
        return own
    if (path, name) in above or len(above) >= MAX_EXTENDS:
        reason = f"service {name} extends in a circle or more than {MAX_EXTENDS} times; its base was left out"
        diagnostics.append(Diagnostic(path, base.key_line, reason, "error"))
        return own
    service = base.raw or base.text("service")
    file = (
        posixpath.normpath(posixpath.join(posixpath.dirname(path), base.text("file")))
        if base.text("file")
        else path
    )
    parent = next((p for r in roots.get(file, ()) if (p := r.get("services", service)) is not None), None)
    if parent is None or not isinstance(parent.value, dict):
        reason = f"service {name} extends {service or '?'} of {file}, which was not found among the files that were read"
        diagnostics.append(Diagnostic(path, base.key_line, reason))
        return own
    whole = _merged(_extended(file, service, parent, roots, (*above, (path, name)), diagnostics), own)
    return Node(own.source, own.line, own.key_line, whole.value)


def _keyed(node: Node) -> Node:
    """Return a service whose lists of `KEY=value` or names have become mappings, as Compose reads them."""
    value = node.value
    if not isinstance(value, dict):
        return node
    out = {}
    for key, child in value.items():
        if key in _KEYED and isinstance(child.value, list):
            pairs: dict[str, Node] = {}
            for item in child.value:
                head, mark, rest = item.raw.partition("=")
                if head:
                    pairs[head.strip()] = Node(
                        item.source, item.line, item.line, rest if mark else None, rest
                    )
            child = Node(child.source, child.line, child.key_line, pairs, tag=child.tag)
        out[key] = child
    return Node(node.source, node.line, node.key_line, out)


def _merged(base: Node, over: Node, key: str = "") -> Node:
    if over.tag == "!override":
        return over
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        out = dict(base.value)
        for name, child in over.value.items():
            if child.tag == "!reset":
                out.pop(name, None)
            else:
                out[name] = _merged(out[name], child, name) if name in out else child
        return Node(base.source, base.line, base.key_line, out)
    if key in _JOINED and isinstance(base.value, list) and isinstance(over.value, list):
        replaced = {_target(n) for n in over.value} if key == "volumes" else set()
        kept = [n for n in base.value if _target(n) not in replaced]
        return Node(base.source, base.line, base.key_line, [*kept, *over.value])
    return over


def _target(mount: Node) -> str:
    """Return where a volume is mounted; a second one at the same place replaces the first."""
    parts = mount.raw.split(":")
    return mount.text("target") or (parts[1] if len(parts) > 1 else mount.raw)


def environment(project: Project, node: Node, settings: dict[str, dict[str, Node]]) -> dict[str, Node]:
    """Return the variables of a service: of its environment files first, then its own, which count more."""
    out: dict[str, Node] = {}
    listed = node.get("env_file")
    entries = [listed] if listed is not None and listed.raw else list(node.list("env_file"))
    variables = settings.get(posixpath.join(project.folder, ".env"), {})
    for entry in entries:
        written = entry.raw or entry.text("path")
        folder = posixpath.dirname(entry.source.path)
        out.update(settings.get(posixpath.normpath(posixpath.join(folder, written)), {}))
    for key, value in node.items("environment"):
        passed = value.value is None  # handed on from the shell, as an environment file has it
        whole = re.fullmatch(r"(\w+)", key) if passed else re.fullmatch(r"\$\{?(\w+)\}?", value.raw)
        given = variables.get(whole[1]) if whole else None
        if given is None or not given.raw:
            given = out.get(key, value) if passed else filled(value, variables)
        out[key] = given
    return out
