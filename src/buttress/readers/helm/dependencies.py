"""Charts from elsewhere that a chart depends on: whether they are installed, what they are, and the names they are reached by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from buttress import workloads
from buttress.model import Component, Evidence, Fact, slug
from buttress.readers.helm.data import UNKNOWN, Data
from buttress.vocabulary import Technology, load

_LIBRARY = re.compile(r"common|library|lib|.*-(?:common|library|lib)|helpers?|base")
_ENDINGS = ("", "-headless", "-master", "-primary", "-hl", "-svc", "-server")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A chart that another one depends on: its name there (the alias, if it has one), whether it is installed, its values."""

    chart: str
    name: str
    host: str
    enabled: bool
    values: Data
    evidence: Evidence
    decided: tuple[Evidence, ...]

    @property
    def technology(self) -> Technology | None:
        """Return what the chart installs, as far as its name says it."""
        found = load().technology_of_image(f"bitnami/{self.chart}") or load().technology(self.chart)
        return found if found is not None and found.role in ("server", "hosted") else None

    @property
    def runs(self) -> bool:
        """Return whether the chart installs something, and doesn't only lend its templates."""
        return _LIBRARY.fullmatch(self.chart) is None


def dependencies_of(listed: Data, values: Data, release: str) -> list[Dependency]:
    """Return the charts that a Chart.yaml or requirements.yaml names, with whether their conditions and tags hold."""
    out = []
    entries = listed.get("dependencies").value
    for entry in entries if isinstance(entries, list) else ():
        named = entry.get("name")
        if not named.text or not named.places or not re.fullmatch(r"[\w.-]{1,100}", named.text):
            continue
        name = entry.get("alias").text or named.text
        own = values.get(name)
        place = named.places[0]
        decided, enabled = _enabled(entry, values)
        host = own.get("fullnameOverride").text or f"{release}-{name}"
        out.append(
            Dependency(
                named.text, name, host, enabled, own,
                Evidence(place.path, place.line, place.line, f"name: {place.raw}", "config"), decided,
            )
        )  # fmt: skip
    return out


def _enabled(entry: Data, values: Data) -> tuple[tuple[Evidence, ...], bool]:
    """Return whether a dependency is installed, by the first condition that has a value, else by its tags; and what decides it."""
    for path in filter(None, re.split(r"\s*,\s*", entry.get("condition").text)):
        found = values
        for key in path.split("."):
            found = found.get(key)
        if isinstance(found.value, bool):
            decided = tuple(
                Evidence(p.path, p.line, p.line, f"{p.key}: {p.raw}", "config") for p in found.places[:1]
            )
            return decided, found.value
        if found.value is UNKNOWN:
            return (), False
    tags = entry.get("tags").value
    said = [values.get("tags").get(t.text).value for t in tags] if isinstance(tags, list) else []
    return (), not said or any(v is not False for v in said)


def components_of(dependencies: Sequence[Dependency]) -> tuple[Component, ...]:
    """Return what the dependencies install as components, each once."""
    out: dict[str, Component] = {}
    for one in dependencies:
        technology = one.technology
        kind = technology.kind if technology is not None else workloads.kind_of(one.name, "")[0]
        id_ = slug(one.host)
        out.setdefault(
            id_,
            Component(
                id_,
                one.host,
                kind,
                technology.id if technology is not None else None,
                aliases=(one.name,) if one.name != one.host else (),
                facts=tuple(_facts(one)),
                evidence=(one.evidence, *one.decided),
            ),
        )
    return tuple(out.values())


def _facts(one: Dependency) -> list[Fact]:
    """Return what the values for a dependency say: how many run, whether they keep their data, secrets written out."""
    facts: list[Fact] = []
    for inner in ("", "primary", "master", "auth", "replica", "readReplicas"):
        part = one.values.get(inner) if inner else one.values
        kept = part.get("persistence").get("enabled")
        if isinstance(kept.value, bool) and inner in ("", "primary", "master"):
            _say(facts, "persistent_volume", kept, True, denied=not kept.value)
        count = part.get("replicaCount")
        if isinstance(count.value, int) and not isinstance(count.value, bool) and inner == "":
            _say(facts, "replicas", count, count.value)
        for key, value in (part.value or {}).items() if isinstance(part.value, dict) else ():
            if value.places and isinstance(value.value, str) and workloads.holds_secret(key, value.value):
                place = value.places[0]
                here = Evidence(place.path, place.line, place.line, key, "config")
                facts.append(Fact("secrets_in_plaintext", True, "stated", (here,)))
    first: dict[str, Fact] = {}
    for fact in facts:
        old = first.get(fact.name)
        both = (*old.evidence, *fact.evidence) if old is not None else fact.evidence
        first[fact.name] = Fact(fact.name, (old or fact).value, (old or fact).status, both)
    return list(first.values())


def _say(facts: list[Fact], name: str, data: Data, value: int | bool, *, denied: bool = False) -> None:
    if data.places:
        place = data.places[0]
        here = Evidence(place.path, place.line, place.line, f"{place.key}: {place.raw}", "config")
        facts.append(Fact(name, None if denied else value, "denied" if denied else "stated", (here,)))


def manifest_of(one: Dependency) -> str:
    """Return manifests that let others find what a dependency installs by its host names, and by its own; they say nothing else of it."""
    labels = f"{{dependency: {one.host}}}"
    workload = (
        f"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: {one.host}}}\nspec:\n"
        f"  template: {{metadata: {{labels: {labels}}}, spec: {{containers: [{{name: {one.name}}}]}}}}\n"
    )
    services = "".join(
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{selector: {labels}}}\n"
        for name in dict.fromkeys((*(f"{one.host}{ending}" for ending in _ENDINGS), one.name))
    )
    return workload + services
