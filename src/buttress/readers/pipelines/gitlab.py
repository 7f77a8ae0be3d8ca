"""`.gitlab-ci.yml` and what it includes as one pipeline."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from buttress.evidence.lines import Node
from buttress.model import Evidence
from buttress.readers.pipelines.github import commands_of
from buttress.readers.pipelines.jobs import Job, Pipeline, Step

MAX_EXTENDS = 10
_NO_JOBS = frozenset(
    "stages variables include default workflow image services cache before_script after_script pages spec types".split()
)
_SCRIPTS = ("before_script", "script", "after_script")


def pipeline_of(trees: Iterable[Node]) -> Pipeline:
    """Return the pipeline that some files of one repository make together."""
    every = list(trees)
    first = every[0]
    out = Pipeline(first.source.path)
    parts = {name: node for tree in every for name, node in tree.items() if isinstance(node.value, dict)}
    stages = [n.raw for tree in every for n in tree.list("stages")] or ["build", "test", "deploy"]
    stages = [".pre", *stages, ".post"]
    paths = {t.source.path for t in every}
    for tree in every:
        for item in _included(tree):
            local = item.raw or item.text("local")
            if item.text("template"):
                _template(item, out)
            elif not local or posixpath.normpath(local.lstrip("/")) not in paths:
                out.complete = False
    stage_of: dict[str, str] = {}
    for name, node in parts.items():
        if name in _NO_JOBS or name.startswith("."):
            continue
        chain = _chain(node, parts, out)
        if any(n.get("trigger") is not None for n in chain):
            out.complete = False
            continue
        if not any(n.get(key) is not None for n in chain for key in ("script", "run", "stage")):
            continue
        named = next((n.text("stage") for n in chain if n.text("stage")), "")
        stage_of[name] = named or "test"
        out.jobs[name] = _job(name, chain, named, every)
    for name, job in out.jobs.items():
        if name not in stage_of:
            continue
        needs = next((n for c in _chain(parts[name], parts, out) if (n := c.get("needs")) is not None), None)
        if needs is not None and isinstance(needs.value, list):
            job.after = tuple(n.raw or n.text("job") for n in needs.value)
        elif stage_of[name] in stages:
            at = stages.index(stage_of[name])
            job.after = tuple(o for o, s in stage_of.items() if s in stages and stages.index(s) < at)
    out.on_proposal = any("merge_request" in t.source.text for t in every)
    return out


def _included(tree: Node) -> list[Node]:
    node = tree.get("include")
    if node is None:
        return []
    return list(node.value) if isinstance(node.value, list) else [node]


def _template(item: Node, out: Pipeline) -> None:
    """Add the jobs of GitLab's own templates for scans as one; other templates are unknown."""
    node = item.get("template")
    name = item.text("template")
    if node is None:
        return
    if not re.search(r"SAST|Scanning|Secret-Detection|DAST", name):
        out.complete = False
        return
    tool = "gitleaks" if "Secret" in name else "semgrep" if "SAST" in name else "trivy"
    out.jobs[name] = Job(name, name, node.evidence(), [Step(tool, node.evidence())])


def _chain(node: Node, parts: dict[str, Node], out: Pipeline) -> list[Node]:
    """Return a job and what it extends, its own first."""
    chain = [node]
    todo = [node]
    while todo and len(chain) < MAX_EXTENDS:
        extended = todo.pop(0).get("extends")
        if extended is None:
            continue
        names = [extended.raw] if extended.raw else [n.raw for n in extended.list()]
        for name in reversed(names):
            if name in parts:
                chain.append(parts[name])
                todo.append(parts[name])
            else:
                out.complete = False
    return chain


def _job(name: str, chain: list[Node], stage: str, trees: list[Node]) -> Job:
    job = Job(name, stage, chain[0].evidence())
    for key in _SCRIPTS:
        node = next((n for c in chain if (n := c.get(key)) is not None), None)
        if node is None and key != "script":
            node = next((n for t in trees if (n := t.get("default", key) or t.get(key)) is not None), None)
        if node is None:
            continue
        for item in [node] if node.raw else node.list():
            if item.tag:
                job.opaque = True  # `!reference` to a part of another job
            elif item.raw:
                job.steps += commands_of(item)
    environment = next((n for c in chain if (n := c.get("environment")) is not None), None)
    if environment is not None:
        job.environment = environment.raw or environment.text("name")
    job.gate = _gate(chain)
    job.settings += [pair for c in chain for pair in c.items("variables")]
    return job


def _gate(chain: list[Node]) -> Evidence | None:
    """Return where a job says that somebody must start it: for itself, or in each of its rules that run it."""
    for node in chain:
        if node.text("when") == "manual":
            return (node.get("when") or node).evidence()
        rules = [r for r in node.list("rules") if r.text("when") != "never"]
        manual = [w for r in rules if (w := r.get("when")) is not None and w.raw == "manual"]
        if rules:
            return manual[0].evidence() if len(manual) == len(rules) else None
    return None
