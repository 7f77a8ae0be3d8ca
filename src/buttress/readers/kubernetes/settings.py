"""Where a container's settings come from: its variables, ConfigMaps and Secrets, as variables or as mounted files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from buttress import workloads
from buttress.evidence.lines import Node, lines_of
from buttress.evidence.secrets import without_secret
from buttress.model import Component, Evidence, Fact, Source
from buttress.readers.kubernetes.objects import Object
from buttress.readers.kubernetes.secrets import kept
from buttress.workloads import addressed, variables


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a container: its key, its value, and whether it is one of the files that are mounted.

    `named` is the line in the workload itself that names it, for what comes whole with a ConfigMap one that is about the same thing;
    `picked` says that the workload picks this one key out of a ConfigMap, or speaks of what it is about; `hidden` that it is a
    Secret's, of which only the name is shown.
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
    """Return the settings of a container: literals, values and files of the ConfigMaps that it uses, values of its Secrets."""
    out: list[Setting] = []
    opened: dict[str, dict[str, Node]] = {}
    for entry in container.list("env"):
        name, value = entry.text("name"), entry.get("value")
        if value is not None and value.raw:
            out.append(Setting(name, value, named=entry.get("name")))
        key = entry.get("valueFrom", "configMapKeyRef")
        if key is not None and (item := maps.get(key.text("name"))) is not None:
            value = item.node.get("data", key.text("key"))
            if value is not None:
                out.append(Setting(name, value, named=entry.get("name"), picked=True))
        key = entry.get("valueFrom", "secretKeyRef")
        if key is not None and (item := secrets.get(key.text("name"))) is not None:
            if item.name not in opened:
                opened[item.name] = dict(kept(item))
            value = opened[item.name].get(key.text("key"))
            if value is not None:
                out.append(Setting(name, value, named=entry.get("name"), picked=True, hidden=True))
    used = [n.text("configMapRef", "name") for n in container.list("envFrom")]
    own = [written for e in container.list("env") if (written := e.get("name")) is not None]
    for name in used:
        for setting, node in maps[name].node.items("data") if name in maps else ():
            beside = _beside(setting, own)
            out.append(Setting(setting, node, named=beside, picked=beside is not None))
    for name in (n.text("secretRef", "name") for n in container.list("envFrom")):
        if name in secrets:
            out += [Setting(k, n, hidden=True) for k, n in kept(secrets[name])]
    for name in mounted_maps(container, spec):
        if name in maps:
            out += [Setting(k, n, mounted=True) for k, n in maps[name].node.items("data")]
    return out


# What settings of anything begin with.
_SAYS_LITTLE = frozenset(
    "app application service server api base node env next_public vite react_app spring django flask log main default".split()
)


def _beside(key: str, own: Sequence[Node]) -> Node | None:
    """Return the container's own setting about what a setting that comes with a whole ConfigMap is about: its `REDIS_PASSWORD` for `REDIS_URL`."""
    stem = key.rpartition("_")[0]
    if not stem or stem.lower() in _SAYS_LITTLE:
        return None
    return next((name for name in own if name.raw.startswith(f"{stem}_") and name.raw != key), None)


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
    known = {key for key, _, _ in there}
    for entry in container.list("env"):
        name = entry.get("name")
        kept_elsewhere = entry.get("valueFrom", "secretKeyRef") is not None
        if name is not None and kept_elsewhere and name.raw not in known:
            there.append((name.raw, "set", name.evidence()))
    return (*variables.told_by_settings(there), *(variables.guarded(there) if is_store else ()))


def promised(container: Node, secrets: Collection[str], here: Collection[str]) -> Iterator[Component]:
    """Yield the stores and brokers whose address a Secret keeps that no manifest shows, but for kinds that are `here`."""
    for entry in container.list("env"):
        kept, name = entry.get("valueFrom", "secretKeyRef"), entry.get("name")
        if kept is None or name is None or kept.text("optional") == "true" or kept.text("name") in secrets:
            continue
        yield from addressed.somewhere(name.raw, name.evidence(), here)


_PROXIES = (
    (
        "nginx-configuration",
        re.compile(r"\.conf(?:\.template)?$"),
        re.compile(r"^[ \t]*(?:server|upstream \S+|http|stream)\s*\{", re.MULTILINE),
    ),
    (
        "caddy-configuration",
        re.compile(r"Caddyfile$"),
        re.compile(r"^[ \t]*(?:reverse_proxy|php_fastcgi|file_server)\b", re.MULTILINE),
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
