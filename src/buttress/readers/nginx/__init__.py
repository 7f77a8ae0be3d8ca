"""nginx.

`nginx.conf`, and other `.conf`, `.conf.template` and `.nginx` files with servers or upstreams of nginx.

- **Reads** servers, locations and upstreams: what is passed on to whom (`proxy_pass`, `fastcgi_pass`, `uwsgi_pass`, `scgi_pass`, `grpc_pass`,
  `memcached_pass`, streams), with variables that `set` and `map` decide; timeouts, `proxy_next_upstream`, `keepalive`, `max_fails`, caches and what they
  serve while the other side fails, encryption on both sides, redirects to HTTPS, limits of rates, connections and bodies, headers for
  browsers, who must log in, logs. Files that stand together are one nginx, with includes in place. It is joined with the container that
  mounts or copies its files, else with the only nginx. Where all files were read, nginx's own default of 60 seconds is a timeout too.
- **Complete about** {complete}
- **Doesn't read** files that are included and not among those reviewed (what they could say is unknown), code in Lua, templates with
  `{{`, configuration beside a file of the same nginx for production, and addresses that a request decides.
"""

from __future__ import annotations

from dataclasses import replace

from buttress.model import Component, Diagnostic, Evidence, Fact, Flow, Fragment, Source, slug
from buttress.readers.nginx.flows import PASSES, Passing, places_of
from buttress.readers.nginx.included import Configuration, configurations
from buttress.readers.nginx.servers import facts_of
from buttress.workloads import folders

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return each nginx that some files configure, with what it passes requests on to.

    >>> text = "http {\n  server {\n    location / { proxy_pass http://orders:8000; proxy_read_timeout 5s; }\n  }\n}\n"
    >>> found = read((Source("nginx.conf", text),))
    >>> [(f.source, f.kind, f.target, f.fact("timeout").value) for f in found.flows]
    [('nginx', 'routes', 'orders', 5)]
    """
    found, wrong = configurations(sources)
    diagnostics: list[Diagnostic] = list(wrong)
    components: dict[str, Component] = {}
    flows: list[Flow] = []
    called = folders.names_of_proxies("nginx", [(c.root, c.heading) for c in found])
    used = [(c, n) for c, n in zip(found, called, strict=True) if _says_something(c)]
    proxies = {slug(n) for _, n in used}
    for configuration, name in used:
        passing = Passing(slug(name), configuration)
        for place in places_of(configuration):
            passing.add(place)
        proxy = _proxy(configuration, name, passing)
        components[proxy.id] = proxy
        for component in passing.components.values():
            if component.id not in components and component.id not in proxies:
                components[component.id] = component
            elif component.id in components and component.id not in proxies:
                old = components[component.id]
                seen = tuple(dict.fromkeys((*old.evidence, *component.evidence)))
                components[component.id] = replace(old, evidence=seen)
        flows += passing.flows.values()
        diagnostics += passing.diagnostics
    return Fragment(
        "nginx",
        tuple(components.values()),
        tuple(flows),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        tells_apart=True,
    )


def _says_something(configuration: Configuration) -> bool:
    return any(
        d.name in ("server", "upstream")
        for top in configuration.directives
        for d in (top, *(top.block or ()))
    )


def _proxy(configuration: Configuration, name: str, passing: Passing) -> Component:
    first = next(
        (d for d in configuration.directives if d.name in ("http", "stream")), configuration.directives[0]
    )
    servers = [d for d in first.block or () if d.name == "server"]
    place = (servers or [first])[0]
    here: Evidence = place.at()
    paths = tuple(sorted({s.path for s in configuration.files}))
    shown = Fact("configuration_files", paths, "stated", (here,))
    passes = bool(passing.flows) or any(d.name in PASSES for d in configuration.directives)
    return Component(
        slug(name),
        name,
        "gateway" if passes or passing.diagnostics else "web_frontend",
        "nginx",
        facts=(*facts_of(configuration), shown),
        evidence=(here,),
    )
