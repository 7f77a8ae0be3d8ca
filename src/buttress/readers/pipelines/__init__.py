"""GitHub Actions and GitLab CI.

Workflows in YAML with `on` and `jobs`, `.gitlab-ci.yml` and what it includes among the files, `dependabot.yml`, `renovate.json`.

- **Reads** what stands between a change and production, as stances on review topics: whether a pipeline tests, builds and deploys, whether
  tests or a person come before a deployment, scans of dependencies, code and images, load tests, releases in steps and ways back,
  migrations, scheduled dumps of stores, signatures, actions of others that are named by what can be moved, workflows that run what strangers
  propose or write, secrets in clear text, jobs of GitHub that no time limit ends. Steps are no components.
- **Complete about** nothing. That nothing tests before a deployment is said only where every step is known: a script or a target of `make` may.
- **Doesn't read** scripts, composite actions, workflows and includes of other repositories, and what is set in the platform: who must approve, which
  branches are protected, alerts.
"""

from __future__ import annotations

import re

from buttress.evidence.lines import Node, documents
from buttress.model import Diagnostic, Evidence, Fragment, Source, Stance
from buttress.readers.pipelines import github, gitlab
from buttress.readers.pipelines.jobs import Pipeline
from buttress.readers.pipelines.telling import facts_of, stances_of

__all__ = ["read"]

_BOTS = re.compile(r"dependabot\.ya?ml|renovate\.json5?|\.renovaterc(\.json)?", re.IGNORECASE)


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return what some pipelines say of the way from a change to production.

    >>> text = "on: push\njobs:\n  test:\n    steps: [{run: pytest}]\n  ship:\n    needs: test\n    steps: [{run: fly deploy}]\n"
    >>> [(s.topic, s.status) for s in read((Source("ci.yml", text),)).stances]
    [('ci-cd', 'addressed'), ('deployment', 'addressed'), ('testing', 'addressed'), ('release-gates', 'addressed')]
    """
    diagnostics: list[Diagnostic] = []
    pipelines: list[Pipeline] = []
    stances: list[Stance] = []
    together: list[Node] = []
    for source in sorted(sources, key=lambda s: (s.path, s.first_line)):
        if _BOTS.fullmatch(source.name):
            stances += _updates(source)
            continue
        found, wrong = documents(source)
        diagnostics += wrong
        for tree in found:
            if tree.get("jobs") is not None and (tree.get("on") or tree.get("true")) is not None:
                pipelines.append(github.pipeline_of(tree))
            elif isinstance(tree.value, dict):
                together.append(tree)
    if together:
        together.sort(key=lambda t: not t.source.name.startswith(".gitlab-ci"))
        pipelines.append(gitlab.pipeline_of(together))
    stances += stances_of(pipelines)
    return Fragment(
        "pipelines",
        stances=tuple(dict.fromkeys(stances)),
        facts=facts_of(pipelines),
        diagnostics=tuple(diagnostics),
    )


def _updates(source: Source) -> list[Stance]:
    """Return that a bot proposes updates of what is needed, at the line that says of what."""
    for n, line in enumerate(source.text.split("\n")):
        if re.search(r"package-ecosystem|\"extends\"|extends:", line):
            at = source.first_line + n
            place = Evidence(source.path, at, at, line.strip().lstrip("- ")[:200].strip(), "code")
            return [Stance("vulnerability-scanning", "addressed", (place,))]
    return []
