"""Where a container's settings come from: its variables, ConfigMaps and Secrets, as variables or as mounted files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from buttress import addressed, saying, workloads
from buttress.lines import Node, lines_of, without_secret
from buttress.model import Component, Evidence, Fact, Source
from buttress.readers.kubernetes.objects import Object


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a container: its key, its value, and whether it is one of the files that are mounted.

    `named` is the line in the workload itself that names it, None for what comes whole with a ConfigMap; `picked` says that
    the workload picks this one key out of a ConfigMap; `hidden` that it is a Secret's, of which only the name is shown.
    """

    key: str
    value: Node
    mounted: bool = False
    named: Node | None = None
    picked: bool = False
    hidden: bool = False

    def shown(self, *, secret: bool) -> Evidence:
        """Return the line to show: the value's, or only its name when the value is a secret."""
        if not (secret or self.hidden):
            return self.value.evidence()
        if self.named is not None and self.named.source is self.value.source:
            return self.named.evidence()
        return self.value.evidence(key_only=True)


def settings_of(
    container: Node, spec: Node | None, maps: dict[str, Object], secrets: dict[str, Object]
) -> list[Setting]:
    """Return the settings of a container: literals, values and files of the ConfigMaps that it uses, plain values of its Secrets."""
    out: list[Setting] = []
    for entry in container.list("env"):
        name, value = entry.text("name"), entry.get("value")
        if value is not None and value.raw:
            out.append(Setting(name, value, named=entry.get("name")))
        key = entry.get("valueFrom", "configMapKeyRef")
        if key is not None and (item := maps.get(key.text("name"))) is not None:
            value = item.node.get("data", key.text("key"))
            if value is not None:
                out.append(Setting(name, value, named=entry.get("name"), picked=True))
    used = [n.text("configMapRef", "name") for n in container.list("envFrom")]
    for name in used:
        if name in maps:
            out += [Setting(k, n) for k, n in maps[name].node.items("data")]
    for name in (n.text("secretRef", "name") for n in container.list("envFrom")):
        if name in secrets:
            plain = secrets[name].node.items("stringData")
            out += [Setting(k, n, hidden=True) for k, n in plain if n.raw and "\n" not in n.raw]
    for name in mounted_maps(container, spec):
        if name in maps:
            out += [Setting(k, n, mounted=True) for k, n in maps[name].node.items("data")]
    return out


def mounted_maps(container: Node, spec: Node | None) -> list[str]:
    """Return the names of the ConfigMaps that a container gets as files."""
    mounted = {m.text("name") for m in container.list("volumeMounts")}
    volumes = spec.list("volumes") if spec is not None else ()
    names = [v.text("configMap", "name") for v in volumes if v.text("name") in mounted]
    return [n for n in names if n]


def told_of(container: Node, settings: list[Setting], *, is_store: bool) -> tuple[Fact, ...]:
    """Return what the names of a container's settings say of it, those too whose value a Secret keeps; secrets are shown by name.

    Of a store they also say whether it asks for a password.
    """
    there = [
        (
            s.key,
            s.value.raw,
            s.shown(secret=workloads.is_told_by_name(s.key, s.value.raw)),
        )
        for s in settings
        if not s.mounted
    ]
    for entry in container.list("env"):
        name = entry.get("name")
        if name is not None and entry.get("valueFrom", "secretKeyRef") is not None:
            there.append((name.raw, "set", name.evidence()))
    return (*saying.told_by_settings(there), *(saying.guarded(there) if is_store else ()))


def named_secrets(container: Node, spec: Node | None) -> list[Node]:
    """Return the places where a container names the Secrets that it uses, as variables or as mounted files."""
    places = [e.get("valueFrom", "secretKeyRef", "name") for e in container.list("env")]
    places += [e.get("secretRef", "name") for e in container.list("envFrom")]
    mounted = {m.text("name") for m in container.list("volumeMounts")}
    for volume in spec.list("volumes") if spec is not None else ():
        if volume.text("name") in mounted:
            places.append(volume.get("secret", "secretName"))
    return [p for p in places if p is not None]


def promised(container: Node, secrets: Collection[str], here: Collection[str]) -> Iterator[Component]:
    """Yield the stores and brokers whose address a Secret keeps that no manifest shows, but for kinds that are `here`."""
    for entry in container.list("env"):
        kept, name = entry.get("valueFrom", "secretKeyRef"), entry.get("name")
        if kept is None or name is None or kept.text("optional") == "true" or kept.text("name") in secrets:
            continue
        yield from addressed.somewhere(name.raw, name.evidence(), here)


def written_out(container: Node, spec: Node | None, secrets: Mapping[str, Object]) -> list[Evidence]:
    """Return where the Secrets that a container uses write out what they keep, in the manifests themselves; of each the key alone."""
    used = (secrets[n] for n in dict.fromkeys(p.raw for p in named_secrets(container, spec)) if n in secrets)
    nodes = [n for one in used for part in ("data", "stringData") for _, n in one.node.items(part)]
    return [n.evidence(key_only=True) for n in nodes if n.raw and not re.match(r"[$<{]", n.raw)]


_PROXIES = (
    (
        "nginx-configuration",
        re.compile(r"\.conf(?:\.template)?$"),
        re.compile(r"^[ \t]*(?:server|upstream \S+|http|stream)\s*\{", re.MULTILINE),
    ),
    (
        "envoy-configuration",
        re.compile(r"\.(?:ya?ml|json)$"),
        re.compile(r"^\W*static_resources\W*:", re.MULTILINE),
    ),
)


def configuration_of(setting: Setting, owner: str) -> Source | None:
    """Return the mounted file of a proxy as a source of its own, under the name of the workload that gets it; None for other files."""
    value = setting.value
    lines = lines_of(value.source)
    at = value.line - value.source.first_line + 1
    first = value.raw.partition("\n")[0].strip()
    if (
        not setting.mounted
        or value.source.origins
        or not first
        or at >= len(lines)
        or lines[at].strip() != first
    ):
        return None
    language = next(
        (k for k, name, text in _PROXIES if name.search(setting.key) and text.search(value.raw)), ""
    )
    return Source(value.source.path, value.raw, value.line + 1, language, owner) if language else None


_PASSED_TO = re.compile(
    r"\b(?:proxy|fastcgi|uwsgi|scgi|grpc)_pass\s+(?:\w+://)?([^\s;/]+)|(?:^[ \t]*|[{;]\s*)server\s+([^\s;{]+)|\baddress:\s*[\"']?([^\s\"',}]+)",
    re.MULTILINE,
)
_INSIDE = re.compile(r"unix:|127\.|localhost\b|\[?::1\b|0\.0\.0\.0\b")


def stays_inside(configuration: str) -> bool:
    r"""Return whether a proxy passes on to nothing but what is in its own pod.

    >>> stays_inside("upstream app { server 127.0.0.1:80; }\nserver { location / { proxy_pass http://app; } }")
    True
    >>> stays_inside("location / { proxy_pass http://127.0.0.1:80; } location /api { proxy_pass http://api; }")
    False
    """
    named = set(re.findall(r"\bupstream\s+(\S+)", configuration))
    hosts = [
        host for found in _PASSED_TO.findall(configuration) for host in found if host and host not in named
    ]
    return bool(hosts) and all(map(_INSIDE.match, hosts))


def line_naming(value: Node, host: str) -> Evidence | None:
    """Return the line of a block of text in a manifest that names a host, up to a secret in it; None when that line may be one."""
    lines = lines_of(value.source)
    start = value.line - value.source.first_line
    for n in range(start, min(len(lines), start + value.raw.count("\n") + 3)):
        if re.search(rf"(?<![\w-]){re.escape(host)}(?![\w-])", lines[n]):
            if workloads.holds_secret(*(lines[n].replace(":", "=", 1).partition("=")[::2])):
                return None
            at = value.source.first_line + n
            return Evidence(
                value.source.path, at, at, without_secret(lines[n].strip())[:200].strip(), "config"
            )
    return None
