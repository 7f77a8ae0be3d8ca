"""CloudFormation.

Templates in YAML or JSON with `AWSTemplateFormatVersion` or `Resources` of `AWS::` types, those of the Serverless Application Model (SAM) too.

- **Reads** the AWS resources that the Terraform reader reads, with the defaults of CloudFormation; `Ref`, `GetAtt`, `Sub`, `Join`, `Select`,
  `FindInMap` and the short forms, defaults of parameters, exports that another template among the files imports; SAM's functions with their
  events, globals, policies and connectors. A `DeletionPolicy` that keeps a resource counts as protection from deletion.
- **Complete about** {complete}
- **Doesn't read** nested stacks by their URL, macros, and what a condition decides: such a value is unknown.
"""

from __future__ import annotations

import posixpath

from buttress.cloud import assemble, sam
from buttress.cloud.cloudformation import Template, exports_of
from buttress.cloud.values import Resource
from buttress.lines import documents
from buttress.model import Diagnostic, Fragment, Source

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return what the templates of a system deploy: components, flows, facts, networks.

    >>> text = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: 60}\n"
    >>> [(c.name, c.fact("visibility_timeout").value) for c in read((Source("a.yaml", text),)).components]
    [('jobs-queue', 60)]
    """
    diagnostics: list[Diagnostic] = []
    templates: list[Template] = []
    for source in sources:
        found, problems = documents(source)
        diagnostics += problems
        for k, node in enumerate(found):
            names = {name for name, _ in node.items("Resources")}
            if names:
                group = posixpath.splitext(source.path)[0]
                prefix = f"{group}{k or ''}:" if len(sources) > 1 or len(found) > 1 else ":"
                templates.append(Template(node, prefix, names))
    exports = exports_of(templates)
    resources: list[Resource] = []
    for template in templates:
        template.exports = exports
        resources += template.all_resources()
        resources += sam.resources_of(template)
    return assemble.assemble("cloudformation", resources, diagnostics)
