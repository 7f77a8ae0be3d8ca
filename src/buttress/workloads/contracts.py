"""What contracts of interfaces (OpenAPI, AsyncAPI) have in common: the name of who offers them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ENDING = re.compile(
    r"[\s:–-]*\b(?:open\s?api|swagger|async\s?api|api)?\s*(?:documentation|docs|specification|spec|definition|reference|contract)$",
    re.IGNORECASE,
)
_VERSION = re.compile(r"[\s(-]*\bv?\d+(?:\.\d+)*\)?$", re.IGNORECASE)
# What stands between a service's name and the word for its interface: "Orders 5.2.1 API", "Orders REST API".
_BETWEEN = re.compile(r"\s+(?:v?\d+(?:\.\d+)+|rest(?:ful)?)(?=\s+api$)", re.IGNORECASE)
_SAYS_NOTHING = frozenset(
    "api apis rest restful http https openapi swagger asyncapi fastapi service server backend my public internal the sample example web v1"
    " v2 application app account title untitled".split()
)
_FOLDERS = frozenset(
    """api apis docs doc spec specs openapi swagger asyncapi schema schemas contract contracts reference definitions src resources static
    public main v1 v2 v3 versions . .. yaml json dist build app""".split()
)
NAMELESS = "API"
LOCAL = re.compile(r"^(?:localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal)|\{|^$")


def offered_by(title: str, path: str) -> str:
    """Return the name of the service behind a contract: its title, else the folder or file that it lies in.

    >>> offered_by("Orders API - OpenAPI 3.0", "x.yaml"), offered_by("FastAPI", "services/orders/api/openapi.yaml")
    ('Orders API', 'orders')
    >>> offered_by("Orders 5.2.1 REST API", "x.yaml")
    'Orders API'
    """
    name = " ".join(title.split())[:80]
    for _ in range(3):
        name = _VERSION.sub("", _ENDING.sub("", name)).strip(" -–:")
        name = re.sub(r"[\s:–-]+(?:open\s?api|swagger|async\s?api)$", "", name, flags=re.IGNORECASE)
        name = _BETWEEN.sub("", name)
    if not set(re.findall(r"[a-z0-9]+", name.lower())) <= _SAYS_NOTHING:
        return name
    parts = re.sub(r"\.(?:ya?ml|json)$", "", path).split("/")
    named = [
        re.sub(
            r"(?<![._-])[._-]*(?:open-?api|swagger|async-?api|spec|api)[._-]*$", "", p, flags=re.IGNORECASE
        )
        for p in parts
    ]
    return next((p for p in reversed(named) if p and p.lower() not in _FOLDERS), NAMELESS)


def host_of(url: str) -> str:
    """Return the host of an address, empty for one that is relative, local or a template.

    >>> host_of("https://orders.example.com/v1"), host_of("kafka:9092"), host_of("http://localhost:8000")
    ('orders.example.com', 'kafka', '')
    """
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return "" if LOCAL.search(host) or "{" in url.partition("://")[2].partition("/")[0] else host


def short_name(host: str) -> str:
    """Return the name within a network that a host is, empty for hosts of the internet.

    >>> short_name("orders"), short_name("orders.shop.svc.cluster.local"), short_name("api.example.com")
    ('orders', 'orders', '')
    """
    if "." not in host:
        return host
    return host.partition(".")[0] if re.search(r"\.svc(?:\.cluster\.local)?$", host) else ""
