"""Where requests are passed on to: addresses with variables worked out, upstreams with their servers, names of components."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from buttress.readers.nginx.directives import Directive
from buttress.workloads import hosts

MAX_ALTERNATIVES = 16
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_ADDRESS = re.compile(
    r"(?:(?P<scheme>https?|grpcs?|uwsgi|suwsgi|fastcgi|scgi|memcached)://)?(?:[^\s@/]{1,200}@)?"
    r"(?:unix:(?P<socket>[^\s:]+)|(?P<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?)(?P<rest>(?:[/?#\s]|:(?!//)).*)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Server:
    """An address behind a proxy: a host or a socket, and the directive that names it."""

    scheme: str
    host: str
    port: int | None
    place: Directive
    socket: str = ""

    def is_local(self) -> bool:
        """Return whether it stands on the machine of the proxy, or at a bare number."""
        return bool(self.socket) or hosts.is_here(self.host) or hosts.is_number(self.host)


def server_of(text: str, place: Directive) -> Server | None:
    """Return the server at an address, None where a variable or a pattern hides it.

    >>> d = Directive("proxy_pass", (), None, 1)
    >>> server_of("http://orders:8000/api", d).host, server_of("unix:/run/orders.sock", d).socket, server_of("http://$x", d)
    ('orders', '/run/orders.sock', None)
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or (found["socket"] or "").startswith("$"):
        return None
    port = int(found["port"]) if found["port"] else None
    return Server(
        found["scheme"] or "", (found["host"] or "").lower().rstrip("."), port, place, found["socket"] or ""
    )


def name_of(server: Server, upstream: str = "") -> str:
    """Return what the component behind an address is called; a machine's own address is called like its `upstream`.

    >>> d = Directive("proxy_pass", (), None, 1)
    >>> [name_of(server_of(a, d)) for a in ("http://orders.shop.svc.cluster.local", "http://127.0.0.1:81", "unix:/run/pay.sock")]
    ['orders', 'localhost:81', 'pay']
    """
    if server.socket:
        return upstream or re.sub(r"\.(?:sock|socket)$", "", server.socket.rpartition("/")[2]) or "socket"
    return hosts.name_behind(server.host, server.port, upstream)


def alternatives(text: str, values: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return what a text with variables can be, by what they are set to; a variable that nothing sets stays.

    At most 16 alternatives are followed, each through at most four variables.

    >>> alternatives("http://$up:80", {"up": ("a", "b")}), alternatives("http://$host", {})
    (('http://a:80', 'http://b:80'), ('http://$host',))
    """
    todo: list[tuple[str, int]] = [(text, 0)]
    out: dict[str, None] = {}
    while todo and len(out) < MAX_ALTERNATIVES:
        now, depth = todo.pop(0)
        found = next((m for m in _VARIABLE.finditer(now) if (m[1] or m[2]) in values), None)
        if found is None or depth >= 4 or len(now) > 2_000:
            out[now] = None
            continue
        todo += [
            (now[: found.start()] + v + now[found.end() :], depth + 1) for v in values[found[1] or found[2]]
        ]
        del todo[MAX_ALTERNATIVES:]
    return tuple(out)


def without_request(text: str) -> str:
    """Return an address without what the request adds behind the host.

    >>> without_request("http://orders$request_uri"), without_request("http://$host/x")
    ('http://orders', 'http://$host/x')
    """
    return re.sub(r"(?<=[\w\]])\$(?:request_uri|uri|is_args|args|\d)[\s\S]*$", "", text)


def values_of(directives: Iterable[Directive]) -> dict[str, tuple[str, ...]]:
    """Return the values that `map`, `split_clients` and `geo` give to variables, those that name nothing left out."""
    out: dict[str, tuple[str, ...]] = {}
    for directive in directives:
        if directive.name not in ("map", "split_clients", "geo") or not directive.arguments:
            continue
        given = [
            d.arguments[-1]
            for d in directive.block or ()
            if d.arguments and d.name not in ("hostnames", "include")
        ]
        kept = tuple(dict.fromkeys(v for v in given if re.search(r"[A-Za-z]", v)))
        out[directive.arguments[-1].lstrip("$")] = kept[:MAX_ALTERNATIVES]
    return out
