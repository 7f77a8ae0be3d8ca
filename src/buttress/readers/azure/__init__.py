"""Azure Resource Manager.

JSON with a `$schema` of deployment templates, which is also what Bicep becomes when it is built.

- **Reads** the resources of Azure that the Terraform reader reads by Azure's own types: apps and functions with their settings, container apps,
  stores, queues, topics, vaults; parameters with defaults, variables, `resourceId`, `reference`, `listKeys`, `concat`, `format` and the like,
  resources inside resources, deployments whose template stands in the file and what they hand out, settings that are a resource of their own.
- **Complete about** nothing.
- **Doesn't read** Bicep itself, templates elsewhere, files of parameters, role assignments, loops (each is one resource of unknown number) and conditions: what
  only a deployment decides is unknown.
"""

from __future__ import annotations

from buttress.cloud import assemble
from buttress.cloud.values import Resource
from buttress.evidence.lines import documents
from buttress.model import Diagnostic, Fragment, Source
from buttress.readers.azure.templates import Template, with_settings

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return what the templates deploy: components, flows, facts.

    >>> text = '{"$schema": "deploymentTemplate.json#", "resources": [{"type": "Microsoft.Storage/storageAccounts", "name": "scans"}]}'
    >>> [(c.name, c.kind) for c in read((Source("a.json", text),)).components]
    [('scans-storage', 'object_store')]
    """
    diagnostics: list[Diagnostic] = []
    resources: list[Resource] = []
    for source in sources:
        found, problems = documents(source)
        diagnostics += problems
        for node in found:
            resources += Template(node, source.path.removesuffix(".json")).resources()
    return assemble.assemble("azure", with_settings(resources), diagnostics)
