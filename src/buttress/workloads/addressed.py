"""Stores and brokers that settings give the address of: which one the name of a setting means, and which one stands at an address."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from buttress.model import Component, Evidence, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import Technology, load
from buttress.vocabulary.roles import role_of
from buttress.workloads import hosts

_ADDRESS = re.compile(
    r"_(?:url|uri|host|hosts|hostname|dsn|servers?|addr|address|addresses|endpoint|endpoints|brokers?|bootstrap|connection|conn_string|nodes?)$",
    re.IGNORECASE,
)
# The whole of a value that is one address; the name of the host has no dots, as names within a project or a cluster have none.
_STORE_AT = re.compile(
    r"(?:(?P<scheme>[A-Za-z][\w+.-]{0,40})://)?(?:[^\s@/,]{0,200}@)?(?P<host>[a-z][a-z0-9-]{0,62})(?::\d{1,5})?(?:[/?]\S{0,500})?"
)
_NO_STORE = re.compile(
    r"localhost|host|hostname|server|none|null|true|false|yes|no|your.*|example.*|change.*"
)


def is_address(key: str) -> bool:
    """Return whether the name of a setting says that it holds an address.

    >>> is_address("REDIS_URL"), is_address("REDIS_TTL")
    (True, False)
    """
    return _ADDRESS.search(key) is not None


def technology_of_key(key: str, *, also_named: bool = False) -> Technology | None:
    """Return the store or broker that the name of a setting gives the address of, or (`also_named`) the name of a database in.

    >>> technology_of_key("SHOP_REDIS_URL").id, technology_of_key("DATABASE_URL"), technology_of_key("REDIS_TTL")
    ('redis', None, None)
    >>> technology_of_key("KAFKA_SCHEMA_REGISTRY_URL"), technology_of_key("REDIS_EXPORTER_HOST"), technology_of_key("REDIS_SERVICE_HOST").id
    (None, None, 'redis')
    """
    if not is_address(key) and not also_named:
        return None
    words = key.lower().split("_")
    for n in (2, 1):
        for start in range(min(2, max(len(words) - n, 0))):
            known = load().technology(" ".join(words[start : start + n]))
            if known is not None and known.kind in STORES | MESSAGING and not known.ambiguous:
                called = _ADDRESS.sub("", key).lower().split("_")[start:]
                served = known.role in ("server", "hosted") and not _is_beside(called)
                return known if served else None
    return None


def _is_beside(called: list[str]) -> bool:
    """Return whether words name a program that shows a store, watches it, stands before it or works with it."""
    if len(called) < 2:
        return False
    known = [load().technology(" ".join(words)) for words in (called, called[-2:])]
    return (
        any(found is not None and found.kind not in STORES | MESSAGING for found in known)
        or load().is_exporter("-".join(called))
        or role_of(" ".join(called)) in ("web_frontend", "gateway")
    )


def somewhere(key: str, place: Evidence, here: Collection[str]) -> Iterator[Component]:
    """Yield the store or broker whose address a setting has that nobody shows, named by its technology, but for kinds that are `here`.

    >>> place = Evidence("c.yaml", 4, 4, "QDRANT_HOST", "config")
    >>> [c.name for key in ("QDRANT_HOST", "REDIS_URL", "API_URL") for c in somewhere(key, place, {"cache"})]
    ['Qdrant']
    """
    found = technology_of_key(key)
    if found is not None and found.kind not in here:
        yield Component(slug(found.label), found.label, found.kind, found.id, evidence=(place,))


def store_at(key: str, value: str, names: Collection[str], here: Evidence) -> tuple[Component, str] | None:
    """Return the store or broker whose address is all of a setting's value, if no name is known for it, and the scheme of the address.

    The scheme tells the technology, or else the name of the setting.

    >>> here = Evidence("c.yaml", 4, 4, "DATABASE_URL")
    >>> store, scheme = store_at("DATABASE_URL", "postgresql://shop:pw@tills:5432/shop", (), here)
    >>> store.name, store.kind, scheme, store_at("KAFKA_BROKERS", "kafka:9092", (), here)[0].technology
    ('tills', 'relational_db', 'postgresql', 'kafka')
    >>> store_at("REDIS_HOST", "quick", {"quick"}, here), store_at("REDIS_HOST", "localhost", (), here), store_at("API_URL", "http://till", (), here)
    (None, None, None)
    """
    found = _STORE_AT.fullmatch(hosts.plain(value[: hosts.MAX_VALUE]).strip())
    if (
        found is None
        or found["host"] in names
        or _NO_STORE.fullmatch(found["host"])
        or hosts.bucket_technology(value) is not None
    ):
        return None
    scheme = (found["scheme"] or "").lower()
    technology = load().technology_of_scheme(scheme) if scheme else None
    technology = technology or technology_of_key(key)
    if technology is None or technology.kind not in STORES | MESSAGING or technology.role == "library":
        return None
    name = found["host"]
    return Component(slug(name), name, technology.kind, technology.id, evidence=(here,)), scheme
