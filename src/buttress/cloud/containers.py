"""What something that runs is made of: the image, command, settings and checks in its containers, and secrets written out in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from buttress import workloads
from buttress.cloud.facts import Told
from buttress.cloud.inventory import Inventory
from buttress.cloud.values import HOLE, UNKNOWN, Resource, Value, without_holes
from buttress.model import Evidence, Fact
from buttress.workloads import variables

_CONTAINERS = (
    "container_definitions|template.spec.containers|template.containers|template.template.containers|template.container|container"
    "|containers"
)

_IMAGES = (
    "image_uri|source_configuration.image_repository.image_identifier|site_config.application_stack.docker_image_name"
    "|site_config.application_stack.docker_image|site_config.linux_fx_version"
)
_IN_TWO = "site_config.application_stack.docker"  # the image and its tag, each in an attribute

_STARTING = "user_data|user_data_base64|cfn_init|launch_template_data.user_data"
_JOINS = re.compile(r"\bECS_CLUSTER\s*=|/etc/eks/bootstrap\.sh\b|\bkubeadm join\b")


@dataclass(slots=True)
class Contents:
    """The first image and command of something that runs, the names of its settings, and the facts that they say."""

    image: str = ""
    command: str = ""
    settings: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def contents_of(there: Inventory, address: str) -> Contents:
    """Return what a component and its task definitions and templates contain."""
    out = Contents()
    secrets: list[Evidence] = []
    row = there.rows[address]
    for one, env in ((address, row.env), *((c, there.rows[c].env) for c in there.carries(address))):
        resource = there.resources[one]
        for container in resource.body.each(_CONTAINERS):
            if isinstance(container.data, dict):
                _container(container, out)
        _image(resource.get(_IMAGES) or _in_two(resource), out)
        for name, value in settings_of(resource, env):
            out.settings.append(name)
            for place in value.keys(resource.place)[-1:]:
                facts = variables.told_by_settings(((name, value.words() or "set", place),))
                out.told += [Told(fact, written=True) for fact in facts]
            if isinstance(value.data, str) and workloads.holds_secret(name, value.data) and not value.refs:
                evidence = value.keys(resource.place)
                secrets += [e for e in evidence if name in e.quote][-1:] or evidence[-1:]
    if secrets:
        places = tuple(dict.fromkeys(secrets))[:5]
        out.told.append(Told(Fact("secrets_in_plaintext", True, "stated", places), written=True))
    return out


def is_host(there: Inventory, address: str) -> bool:
    """Return whether machines run the containers of a cluster: it names them as its capacity, or they join it when they start."""
    if there.rows[address].technology not in ("ec2", "ec2-auto-scaling"):
        return False
    if any(there.resources[u].type == "aws_ecs_capacity_provider" for u in there.users.get(address, ())):
        return True
    starting = (
        node.words()
        for one in (address, *there.carries(address))
        for value in there.resources[one].body.each(_STARTING)
        for _, node in value.walk()
    )
    return any(_JOINS.search(text) for text in starting)


def _container(container: Value, out: Contents) -> None:
    if not out.image:  # what stands beside the first container is its helper
        out.command = " ".join(
            v.words() for p in ("entryPoint", "command", "args") for v in container.each(p) if v.known
        )[:500]
    _image(container.get("image"), out)
    check = container.get("healthCheck|health_check")
    if check is not None:
        out.told.append(Told(Fact("health_check", True, "stated", check.evidence()), written=True))
    logs = container.get("logConfiguration|log_configuration")
    if logs is not None:
        out.told.append(Told(Fact("logging", True, "stated", logs.evidence()), written=True))
    privileged = container.get("privileged")
    if privileged is not None and privileged.data is True:
        out.told.append(Told(Fact("privileged", True, "stated", privileged.evidence()), written=True))


def _in_two(resource: Resource) -> Value | None:
    name, tag = resource.get(f"{_IN_TWO}.image_name"), resource.get(f"{_IN_TWO}.image_tag")
    if name is None or not name.known or tag is None or not tag.known:
        return name
    return Value(f"{name.words()}:{tag.words()}", (*tag.places, *name.places))


def _image(value: Value | None, out: Contents) -> None:
    if value is None or out.image:
        return
    words = value.words().removeprefix("DOCKER|")
    if not without_holes(words).strip() or re.search(r"[\n|]", words) or len(words) > 300:
        return  # `PYTHON|3.13` is a runtime of the provider's, no image
    out.image = words
    # Of an image in a registry of one's own the name and the tag are often written out.
    last = without_holes(words).rpartition("/")[2]
    if value.known or (":" in last and " " not in last):
        evidence = value.evidence()
        for fact in workloads.image_facts(words if value.known else last, evidence[0]):
            out.told.append(Told(replace(fact, evidence=evidence), written=True))


def names_of(there: Inventory, address: str) -> Iterator[str]:
    """Yield what a component that runs is called by others: its names in a private zone, of its containers, of its task."""
    for path in ("name", "family", "container_definitions.name"):
        for one in there.carries(address):
            resource = there.resources[one]
            if (path == "name") is (resource.type == "aws_service_discovery_service"):
                yield from (
                    v.data for v in resource.body.each(path) if isinstance(v.data, str) and len(v.data) > 2
                )


def settings_of(resource: Resource, env: str) -> list[tuple[str, Value]]:
    """Return the settings that a resource gives to its code: mappings of names to values and lists of `name` and `value`."""
    out: list[tuple[str, Value]] = []
    for path in env.split("|") if env else ():
        for found in resource.body.each(path):
            out += _settings(found, path.rpartition(".")[2])
    return out


_POINTERS = "value_from|value_source|secret_key_ref"


def _settings(found: Value, key: str) -> list[tuple[str, Value]]:
    if not isinstance(found.data, dict):
        return [(key, found)]
    name = found.get("name|key|option_name|namespace")
    value = found.get("value|default_value")
    pointer = found.get(_POINTERS) if value is None else None
    if pointer is not None and name is not None and isinstance(name.data, str):
        named = name.places[:1]  # what it holds stands elsewhere: the words here are a name
        return [
            (name.data, Value(UNKNOWN, (*v.places[:2], *named), v.refs, v.words()))
            for _, v in pointer.walk(name.data)
        ]
    if name is not None and value is not None and isinstance(name.data, str):
        named = name.places[:1]
        return [
            (name.data, Value(v.data, (*v.places[:2], *named), v.refs, v.text))
            for _, v in value.walk(name.data)
        ]
    whole = [(key, Value(UNKNOWN, found.places, found.refs, HOLE))] if found.refs else []
    return whole + [(k, v) for key_, item in found.data.items() for k, v in item.walk(key_)]
