"""CloudFormation, SAM and the Serverless Framework.

Templates in YAML or JSON with `Resources` of `AWS::` types, those of the Serverless Application Model (SAM) too; `serverless.yml` and other
YAML with `service:`, `provider:` and `functions:`.

- **Reads** the AWS resources that the Terraform reader reads, with the defaults of CloudFormation; `Ref`, `GetAtt`, `Sub`, `Join`, `Select`,
  `FindInMap` and the short forms, defaults of parameters, nested stacks whose templates are among the files, exports that another template
  imports; functions of SAM and of the Serverless Framework with their events, timeouts, environment, rights and shared settings, SAM's policies
  and connectors; `${self:…}`, `${file(…)}` and `${cf:…}` among the files, and literal alternatives of a variable. A `DeletionPolicy` that keeps
  a resource counts as protection from deletion.
- **Complete about** {complete}
- **Doesn't read** templates elsewhere, macros, plugins, and what a condition, a stage or the environment of a deployment decides: such a value is
  unknown.
"""

from __future__ import annotations

import posixpath

from buttress.cloud import assemble, sam
from buttress.cloud.cloudformation import Template, exports_of, nest
from buttress.cloud.values import Resource
from buttress.evidence.lines import Node, documents
from buttress.model import Diagnostic, Fragment, Source
from buttress.readers.cloudformation.serverless import Service

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return what the templates and services of a system deploy: components, flows, facts, networks.

    >>> text = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: 60}\n"
    >>> [(c.name, c.fact("visibility_timeout").value) for c in read((Source("a.yaml", text),)).components]
    [('jobs-queue', 60)]
    >>> text = "service: shop\nprovider: {name: aws}\nfunctions:\n  orders:\n    handler: a.b\n    events: [{httpApi: 'GET /orders'}]\n"
    >>> [(c.name, c.kind) for c in read((Source("serverless.yml", text),)).components]
    [('orders', 'service'), ('shop-api', 'gateway')]
    """
    diagnostics: list[Diagnostic] = []
    nodes: list[tuple[str, Node]] = []
    for source in sources:
        found, problems = documents(source)
        diagnostics += problems
        nodes += [(source.path + (f"#{k}" if k else ""), node) for k, node in enumerate(found)]
    files = dict(nodes)
    services = [Service(node, f"{path}:", files) for path, node in nodes if _is_service(node)]
    for service in services:
        service.others = tuple(services)
    included = {path for s in services for path in s.included}
    templates = [
        _template(path, node, alone=len(nodes) == 1)
        for path, node in nodes
        if not _is_service(node) and path not in included and any(node.items("Resources"))
    ]
    nest(templates)
    exports = exports_of([*services, *templates])
    resources: list[Resource] = []
    for template in (*services, *templates):
        template.exports = exports
        resources += template.made() if isinstance(template, Service) else template.all_resources()
        resources += sam.resources_of(template)
    return assemble.assemble("cloudformation", resources, diagnostics)


def _is_service(node: Node) -> bool:
    return node.get("provider") is not None and (node.get("functions") or node.get("resources")) is not None


def _template(path: str, node: Node, *, alone: bool) -> Template:
    group = posixpath.splitext(path)[0]
    names = {name for name, _ in node.items("Resources")}
    around = group.removesuffix(".template").split("/")[-2:]  # as the CDK calls its files
    return Template(node, ":" if alone else f"{group}:", names, around=tuple(around))
