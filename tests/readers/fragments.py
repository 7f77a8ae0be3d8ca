"""What tests ask a fragment: one component, its facts, all flows; and how they make one from Compose files, manifests and Terraform."""

from __future__ import annotations

from buttress.model import Component, Fragment, Source
from buttress.readers import READERS
from buttress.readers import compose as compose_reader
from buttress.readers import kubernetes as kubernetes_reader
from buttress.readers import terraform as terraform_reader


def is_taken(reader: str, source: Source) -> bool:
    """Return whether the reader of that name takes a source."""
    return next(r for r in READERS if r.name == reader).takes(source)


def compose(*texts: str) -> Fragment:
    """Return what is read from a main file and its overrides, all in one folder."""
    names = ("compose.yaml", "compose.override.yaml", "compose.prod.yaml")
    return compose_reader.read(tuple(Source(name, text) for name, text in zip(names, texts, strict=False)))


def files(texts: dict[str, str]) -> Fragment:
    """Return what is read from Compose and environment files, by path."""
    return compose_reader.read(tuple(Source(path, text) for path, text in texts.items()))


def manifests(*texts: str) -> Fragment:
    """Return what is read from some manifests, each a document of one file."""
    return kubernetes_reader.read((Source("all.yaml", "---\n".join(texts)),))


def terraform(text: str, **files: str) -> Fragment:
    """Return what is read from a main file and others, by path with `__` for a slash and without the ending."""
    named = [Source(path.replace("__", "/") + ".tf", other) for path, other in files.items()]
    return terraform_reader.read((Source("main.tf", text), *named))


def workload(
    spec: str = "paused: false",
    pod: str = "",
    container: str = "",
    *,
    name: str = "web",
    kind: str = "Deployment",
    image: str = "acme/web:1",
) -> str:
    """Return a manifest of six lines with something added to its spec, its pod's spec and its container."""
    inner = ", ".join(filter(None, (f"name: {name}", f"image: '{image}'", container)))
    pods = ", ".join(filter(None, (pod, f"containers: [{{{inner}}}]")))
    template = f"template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{{pods}}}}}"
    if kind == "CronJob":
        template = f"jobTemplate: {{spec: {{{template}}}}}"
    return f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n  {template}\n"


def other(kind: str, name: str, body: str) -> str:
    """Return a manifest of any other kind, four lines for a body of one."""
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{body}\n"


def service(name: str, spec: str) -> str:
    return other("Service", name, f"spec: {{{spec}}}")


def fact(component: Component, name: str) -> object:
    found = component.fact(name)
    return "unknown" if found is None else "denied" if found.status == "denied" else found.value


def named(fragment: Fragment, name: str) -> Component:
    return next(c for c in fragment.components if c.id == name)


def the(fragment: Fragment, name: str) -> Component:
    return next(c for c in fragment.components if c.name == name)


def told(component: Component) -> dict[str, object]:
    return {f.name: None if f.absent else f.value for f in component.facts}


def flows(fragment: Fragment) -> set[str]:
    return {f"{f.source} {f.kind} {f.target}" for f in fragment.flows}
