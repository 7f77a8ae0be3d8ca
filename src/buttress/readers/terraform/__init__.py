"""Terraform.

`.tf` and `.tfvars`, and the JSON of a plan or state (`terraform show -json`).

- **Reads** resources of AWS, Google Cloud and Azure: what runs (instances, scaling groups, containers, functions, clusters), databases, caches,
  queues, topics and streams, load balancers, gateways, CDNs, buckets, secret and identity stores, networks, security groups, alarms. Flows come
  from settings, event sources, subscriptions, listeners, origins, policies of roles and rules between security groups. Variables with a
  default, `terraform.tfvars` and `*.auto.tfvars`, a `prod.tfvars`, locals, `count`, `for_each`, dynamic blocks, and modules in the tree
  with their inputs and outputs are worked out; some modules of the public registry are known by their source.
- **Complete about** {complete}. What a resource leaves out has the default of the provider's documentation; what a variable without a value
  decides is unknown.
- **Doesn't read** providers other than the three, modules from elsewhere, files that `file` and `templatefile` name, Terragrunt, and data of
  the provider's account. Of several environments in one tree (`envs/dev`, `envs/prod`) it reads production.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from functools import partial

from buttress.cloud import assemble
from buttress.cloud.values import UNKNOWN, Resource, Value
from buttress.model import Diagnostic, Fragment, Source
from buttress.readers.terraform import plan
from buttress.readers.terraform.evaluate import Budget
from buttress.readers.terraform.modules import MAX_RESOURCES, Folder, Instance, source_of
from buttress.readers.terraform.registry import type_of_module
from buttress.readers.terraform.syntax import Block, parse
from buttress.workloads.folders import stage_of

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return what the Terraform files of a system deploy: components, flows, facts, networks.

    >>> text = 'resource "aws_db_instance" "orders" {\n  engine   = "postgres"\n  multi_az = false\n}\n'
    >>> component = read((Source("main.tf", text),)).components[0]
    >>> component.name, component.kind, component.fact("multi_zone").status
    ('orders-db', 'relational_db', 'denied')
    """
    diagnostics: list[Diagnostic] = []
    folders: dict[str, Folder] = {}
    settings: dict[str, list[tuple[Source, Block]]] = {}
    resources: list[Resource] = []
    for source in sources:
        if source.text.lstrip()[:1] == "{" and not source.name.endswith((".tf", ".tfvars")):
            found, problems = plan.resources_of(source)
            resources += found
            diagnostics += problems
            continue
        file, broken = parse(source)
        diagnostics += broken
        where = posixpath.dirname(source.path)
        if source.name.endswith(".tfvars"):
            settings.setdefault(where, []).append((source, file))
        else:
            folders.setdefault(where, Folder(where)).add(file)
    budget = Budget()
    roots = {
        path: Instance(
            folders,
            folders[path],
            budget,
            inputs=_inputs(folders[path], settings, budget),
            group=path,
            prefix=f"{path}:" if path else "",
        )
        for path in _roots(folders, diagnostics)
    }
    _join(roots)
    for root in roots.values():
        for resource in root.resources():
            if len(resources) >= MAX_RESOURCES:
                break
            resources.append(resource)
    if budget.left <= 0 or len(resources) >= MAX_RESOURCES:
        reason = "too many resources or expressions to work out in one reading; what is left is unknown. Review fewer folders at once"
        diagnostics.append(Diagnostic(sources[0].path, sources[0].first_line, reason))
    diagnostics += _elsewhere(folders)
    return assemble.assemble("terraform", resources, sorted(set(diagnostics)))


def _roots(folders: Mapping[str, Folder], diagnostics: list[Diagnostic]) -> list[str]:
    """Return the folders that nobody calls; of several environments, production's only."""
    called = {
        f
        for folder in folders.values()
        for c in folder.calls.values()
        if (f := folder.folder_of(c)) is not None
    }
    roots = [p for p, f in folders.items() if p not in called and (f.resources or f.calls)]
    if not roots:
        roots = [p for p, f in folders.items() if f.resources]
    kinds = {p: stage_of(p) for p in roots}
    chosen = [p for p in roots if kinds[p] != "other"]
    if any(k == "production" for k in kinds.values()):
        passed = [p for p in roots if kinds[p] == "other"]
    else:
        others = [p for p in roots if kinds[p] == "other"]
        chosen, passed = [*chosen, *others[:1]], others[1:]
    for path in passed:
        block = next(iter((*folders[path].resources.values(), *folders[path].calls.values())))
        reason = "another environment of the same system; only one is read. Name this folder to have it read"
        diagnostics.append(Diagnostic(block.place.source.path, block.place.line, reason, "info"))
    return sorted(chosen)


def _join(roots: Mapping[str, Instance]) -> None:
    """Give each root the outputs of those beside it for its variables without a value, where one of them has that name.

    So do those who deploy folders one after the other (Terragrunt's dependencies, scripts); a name of one word says too little.
    """
    made: dict[tuple[str, str], list[Instance]] = {}
    for path, root in roots.items():
        for name in root.folder.outputs:
            made.setdefault((posixpath.dirname(path), name), []).append(root)
    for path, root in roots.items():
        for name, block in root.folder.variables.items():
            if "_" not in name or name in root.inputs or "default" in block.attributes:
                continue
            found = [r for r in made.get((posixpath.dirname(path), name), ()) if r is not root]
            if path and len(found) == 1:
                root.inputs[name] = partial(found[0].output, name)


def _inputs(
    folder: Folder, settings: Mapping[str, list[tuple[Source, Block]]], budget: Budget
) -> dict[str, Value]:
    """Return the values of a root's variables: files that Terraform takes by itself, then production's.

    What only files of several environments say, each something else, isn't known.
    """
    own = settings.get(folder.path, [])
    below = [s for path, files in settings.items() if path.startswith(folder.path + "/" if folder.path else "") and path != folder.path
             and path.count("/") - folder.path.count("/") <= 2 for s in files]  # fmt: skip
    scope = Instance({}, Folder(folder.path), budget)
    automatic: dict[str, Value] = {}
    named: dict[str, dict[str, Value]] = {}
    for source, file in sorted([*own, *below], key=lambda pair: pair[0].path):
        values = {n: scope.evaluator.value(a.value) for n, a in file.attributes.items()}
        name = source.name.removesuffix(".tfvars")
        if (source, file) in own and (name == "terraform" or name.endswith(".auto")):
            automatic.update(values)
        else:
            named[source.path] = values
    production = [p for p in named if stage_of(p.removesuffix(".tfvars")) == "production"]
    if len(production) == 1 or len(named) == 1:
        return {**automatic, **named[production[0] if production else next(iter(named))]}
    for name in dict.fromkeys(n for values in named.values() for n in values):
        said = [values[name] for values in named.values() if name in values]
        if len({v.words() for v in said}) == 1 and said[0].known:
            automatic[name] = said[0]
        else:
            automatic[name] = Value(UNKNOWN, said[0].places)
    return automatic


def _elsewhere(folders: Mapping[str, Folder]) -> Iterable[Diagnostic]:
    """Yield a note on each call of a module that isn't in the tree."""
    for folder in folders.values():
        for call in folder.calls.values():
            path = folder.folder_of(call)
            if path is None and type_of_module(source_of(call)) is not None:
                continue
            if path is None or path not in folders:
                reason = f"the module {source_of(call)[:80] or '(no source)'} isn't among the files; what it deploys is unknown"
                yield Diagnostic(call.place.source.path, call.place.line, reason, "info")
