"""OpenAPI.

OpenAPI 3 and Swagger 2, YAML and JSON.

- **Reads** who offers the interface as one component: version, addresses, security schemes (`authentication`, `authorization` by scopes),
  health checks, limits of rate (429, `RateLimit` headers), correlation ids; and what it shows about versioning, pagination, error
  responses, rate limits, idempotency keys, conditional requests, deprecations and webhooks.
- **Complete about** the parameters of its operations: lists of which none can be read in parts have no pagination. `security: []` denies
  authentication; a contract that says nothing of security says nothing.
- **Doesn't read** schemas and examples, and other files that it refers to.
"""

from __future__ import annotations

from buttress.evidence.lines import Node as Value
from buttress.evidence.lines import documents
from buttress.model import Component, Diagnostic, Evidence, Fact, Fragment, Source, Stance, slug
from buttress.readers.openapi.operations import VERBS, facts_of, filled, stances_of
from buttress.workloads.contracts import NAMELESS, host_of, offered_by, short_name

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r'''Return the component behind each contract, and what the contracts show about review topics.

    >>> text = """openapi: 3.1.0
    ... info: {title: Orders API, version: "2.1"}
    ... security: [{token: []}]
    ... components: {securitySchemes: {token: {type: http, scheme: bearer}}}
    ... paths: {}"""
    >>> found = read((Source("openapi.yaml", text),)).components[0]
    >>> found.name, found.kind, [(f.name, f.value) for f in found.facts]
    ('Orders API', 'service', [('api_version', '2.1'), ('authentication', 'bearer')])
    '''
    components: dict[str, Component] = {}
    diagnostics: list[Diagnostic] = []
    stances: list[Stance] = []
    for source in sources:
        found, problems = documents(source)
        diagnostics += problems
        for root in found[:1]:
            component = _component(root)
            if component.id not in components:
                components[component.id] = component
            elif (
                component.name != components[component.id].name
                or component.facts != components[component.id].facts
            ):
                reason = f"a second contract of {component.name}; its facts were left out, name it by its own title to have them read"
                diagnostics.append(Diagnostic(source.path, root.line, reason, "info"))
            stances += stances_of(root)
    return Fragment(
        "openapi",
        components=tuple(components.values()),
        stances=tuple(stances),
        diagnostics=tuple(sorted(set(diagnostics))),
    )


def code(value: Value, *, key_only: bool = False) -> Evidence:
    """Return the evidence for a value of a contract."""
    found = value.evidence(key_only=key_only)
    return Evidence(found.source, found.line, found.end_line, found.quote, "code")


def _component(root: Value) -> Component:
    title = root.get("info", "title") or root.get("openapi") or root.get("swagger") or root
    name = offered_by(root.text("info", "title"), root.source.path)
    urls = [(filled(s), s.get("url")) for s in root.list("servers")]
    if root.text("host"):
        schemes = [s.raw for s in root.list("schemes")] or [""]
        address = root.text("host") + root.text("basePath").rstrip("/")
        urls += [(f"{scheme}://{address}" if scheme else address, root.get("host")) for scheme in schemes]
    public = [(url, place, host) for url, place in urls if place is not None and (host := host_of(url))]
    aliases = tuple(dict.fromkeys(a for _, _, host in public if (a := short_name(host)) and a != name))
    if name == NAMELESS and aliases:
        name, aliases, title = aliases[0], aliases[1:], public[0][1]
    facts = [*_version(root), *_addresses(public), *_security(root), *facts_of(root)]
    unique = {f.name: f for f in reversed(facts)}
    return Component(
        slug(name), name, "service", None, aliases,
        facts=tuple(sorted(unique.values(), key=lambda f: f.name)), evidence=(code(title),),
    )  # fmt: skip


def _version(root: Value) -> list[Fact]:
    version = root.get("info", "version")
    return (
        [Fact("api_version", version.raw, "stated", (code(version),))]
        if version is not None and version.raw
        else []
    )


def _addresses(public: list[tuple[str, Value, str]]) -> list[Fact]:
    facts = []
    if public:
        url, place, _ = public[0]
        if "://" in url and "@" not in url:
            facts.append(Fact("url", url, "stated", (code(place),)))
    secure = {url.lower().startswith(("https://", "wss://")) for url, _, _ in public if "://" in url}
    if secure == {True}:
        facts.append(Fact("encryption_in_transit", True, "stated", (code(public[0][1]),)))
    elif secure == {False}:
        facts.append(Fact("encryption_in_transit", None, "denied", (code(public[0][1]),)))
    return facts


def _security(root: Value) -> list[Fact]:
    """Return how callers prove who they are, when the whole contract asks for it or says that it doesn't."""
    schemes = {**dict(root.items("securityDefinitions")), **dict(root.items("components", "securitySchemes"))}
    asked = root.get("security")
    required = [*root.list("security")]
    names = [name for item in required for name, _ in item.items()]
    optional = any(not [*item.items()] for item in required)
    if asked is None:
        operations = [o for _, path in root.items("paths") for verb, o in path.items() if verb in VERBS]
        if not operations or not schemes or not all([*o.list("security")] for o in operations):
            return []
        asked = operations[0].get("security")
        names = [name for o in operations for item in o.list("security") for name, _ in item.items()]
        required = [item for o in operations for item in o.list("security")]
    if asked is None or optional:
        return []
    if not names:
        secured = any(
            [*o.list("security")]
            for _, path in root.items("paths")
            for verb, o in path.items()
            if verb in VERBS
        )
        return [] if secured else [Fact("authentication", None, "denied", (code(asked),))]
    kinds = dict.fromkeys(_scheme(schemes[n]) for n in names if n in schemes)
    facts = [
        Fact("authentication", ", ".join(kinds) or ", ".join(dict.fromkeys(names)), "stated", (code(asked),))
    ]
    if "mutualTLS" in kinds:
        facts.append(Fact("mutual_tls", True, "stated", (code(asked),)))
    scopes = [v for item in required for _, v in item.items() if [*v.list()]]
    if scopes:
        facts.append(Fact("authorization", "scopes", "stated", (code(scopes[0]),)))
    return facts


def _scheme(scheme: Value) -> str:
    kind = scheme.text("type")
    return (scheme.text("scheme").lower() or kind) if kind == "http" else kind
