"""Workflows of GitHub Actions, Forgejo and Gitea as pipelines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from buttress.evidence.lines import Node, lines_of
from buttress.evidence.secrets import without_secret
from buttress.model import Evidence
from buttress.readers.pipelines.jobs import Job, Pipeline, Step

_ASKS = re.compile(r"[\w-]+/[\w-]*manual-approval")


def pipeline_of(tree: Node) -> Pipeline:
    """Return the pipeline of a workflow."""
    out = Pipeline(tree.source.path)
    started = tree.get("on") or tree.get("true")
    if started is not None:
        if isinstance(started.value, dict):
            out.triggers = dict(started.value)
        else:
            listed = list(started.value) if isinstance(started.value, list) else [started]
            out.triggers = {n.raw: n for n in listed if n.raw}
    out.on_change = bool({"push", "release", "workflow_run", "create"} & set(out.triggers))
    out.on_proposal = bool({"pull_request", "merge_group", "pull_request_target"} & set(out.triggers))
    if (clock := out.triggers.get("schedule")) is not None:
        first = next(clock.list(), None)
        out.scheduled = ((first.get("cron") if first is not None else None) or clock).evidence()
    for name, node in tree.items("jobs"):
        out.jobs[name] = _job(name, node, tree.text("name"))
    return out


def _job(name: str, node: Node, workflow: str) -> Job:
    job = Job(name, node.text("name"), node.evidence(), within=workflow)
    needs = node.get("needs")
    if needs is not None:
        job.after = (needs.raw,) if needs.raw else tuple(n.raw for n in node.list("needs") if n.raw)
    environment = node.get("environment")
    if environment is not None:
        job.environment = environment.raw or environment.text("name")
    if called := node.text("uses"):
        job.calls = posixpath.normpath(called) if called.startswith("./") else ""
        job.opaque = not job.calls
        job.steps.append(
            Step(called, (node.get("uses") or node).evidence(), action=True, inputs=node.get("with"))
        )
    for step in node.list("steps"):
        used, run = step.get("uses"), step.get("run")
        if used is not None and used.raw:
            job.steps.append(Step(used.raw, used.evidence(), action=True, inputs=step.get("with")))
            job.opaque = job.opaque or used.raw.startswith("./")
            if _ASKS.match(used.raw):
                job.gate = used.evidence()
            script = step.get("with", "script")
            if script is not None and "ssh" in used.raw:
                job.steps += commands_of(script)
        if run is not None:
            job.steps += commands_of(run)
        job.settings += step.items("env")
    job.settings += node.items("env")
    limited = [s.get("timeout-minutes") is not None for s in node.list("steps")]
    job.ends = not limited or any(limited) or node.get("timeout-minutes") is not None
    return job


def commands_of(node: Node) -> Iterator[Step]:
    """Yield the command lines of a script, continued lines joined, each with the line on which it begins."""
    lines = lines_of(node.source)
    first = node.line - node.source.first_line
    inline = "\n" not in node.raw.strip()
    written = lines[first : first + node.raw.count("\n") + 2] if 0 <= first < len(lines) else []
    at = first
    text = ""
    begun = first
    for n, line in enumerate(node.raw.split("\n")[:2000]):
        if not line.strip():
            continue
        wanted = line.strip()
        while at < len(lines) and at <= first + n + 3 + len(written) and wanted not in lines[at]:
            at += 1
        if at >= len(lines) or wanted not in lines[at]:
            at = first
            if not inline:
                continue
        begun = begun if text else at
        text += wanted.rstrip("\\") + " "
        if wanted.endswith("\\"):
            at += 1
            continue
        yield Step(text.strip(), shown(node, begun, lines[begun]))
        text = ""
        at = at if inline else at + 1
    if text:
        yield Step(text.strip(), shown(node, begun, lines[begun]))


def shown(node: Node, at: int, line: str) -> Evidence:
    """Return a line of a script as evidence, cut before anything that may be a secret."""
    quote = without_secret(line.strip().lstrip("- ")).rstrip()
    line_number = node.source.first_line + at
    return Evidence(node.source.path, line_number, line_number, quote[:200].rstrip("\\ "), "code")
