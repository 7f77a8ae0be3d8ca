"""What containers have in common, whatever runs them: their kind, facts of their image, secrets in their environment."""

from __future__ import annotations

import re
from collections.abc import Iterable

from buttress.model import Evidence, Fact
from buttress.vocabulary import Technology, load
from buttress.vocabulary.roles import role_of

STORE_KINDS = frozenset(
    ("relational_db", "document_db", "key_value_db", "search_index", "data_store", "object_store", "cache")
)
MESSAGE_KINDS = frozenset(("message_broker", "stream"))
_RUNTIMES = ("framework", "library", "tool")
_SECRET = re.compile(
    r"(?:passw(?:or)?d|passwd|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|token|credentials?)(?:[_-]?\d)?$",
    re.IGNORECASE,
)
_POINTER = re.compile(r"(?:_file|_path|_name|_arn|_ref|_id)$|^allow|random", re.IGNORECASE)
_SETTING = re.compile(
    r"expir|ttl|lifetime|length|policy|url|uri|endpoint|issuer|algorithm|enabled|type", re.IGNORECASE
)
_NOT_SECRET = re.compile(r"(?:true|false|yes|no|none|null|\d{1,3}|)", re.IGNORECASE)
_IN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@]*:([^\s@/]{1,200})@")
_IN_STRING = re.compile(r"(?:^|;)\s*(?:password|pwd)\s*=\s*([^;]+)", re.IGNORECASE)


def kind_of(name: str, image: str, settings: Iterable[str] = ()) -> tuple[str, Technology | None]:
    """Return the kind of a container and the technology that it is, from its image, its name and its settings' names.

    An image that is a technology decides; else the name's role, narrowed by what the settings configure.

    >>> kind_of("db", "postgres:16")[0], kind_of("orders-worker", "acme/orders:1")[0], kind_of("orders", "")[0]
    ('relational_db', 'worker', 'service')
    >>> kind_of("orders-db", "acme/orders-db:1", ["MYSQL_DATABASE"])[0], kind_of("auth-mongodb", "acme/mongo-with-data")[0]
    ('relational_db', 'document_db')
    """
    technology = load().technology_of_image(image) if image else None
    if (
        technology is not None
        and technology.role not in _RUNTIMES
        and technology.kind not in ("other", "library_or_module")
    ):
        role = role_of(name)
        if role in STORE_KINDS and technology.kind in STORE_KINDS and role == "cache":
            return role, technology
        return technology.kind, technology
    built = re.sub(r"[:@].*", "", image).rpartition("/")[2]
    for words in (name, built):
        last = load().technology(re.split(r"[-_.]", words)[-1].lower())
        if last is not None and not last.ambiguous and last.kind in STORE_KINDS | MESSAGE_KINDS:
            return last.kind, last
    role = role_of(name) or role_of(built)
    if role in (None, "actor", "library_or_module", "other", "compute_host"):
        role = "service"
    if role in STORE_KINDS:
        stores = {
            t
            for s in settings
            if (t := load().technology(s.partition("_")[0].lower())) and t.kind in STORE_KINDS
        }
        if len(stores) == 1:
            (found,) = stores
            return found.kind, found
    if role in STORE_KINDS | MESSAGE_KINDS and (named := _named(name)) is not None:
        return named.kind, named
    return role or "service", None


def _named(name: str) -> Technology | None:
    """Return the store or broker that a word of a name is (`orders-postgres`)."""
    for word in re.split(r"[-_.]", name):
        found = load().technology(word)
        if found is not None and not found.ambiguous and found.kind in STORE_KINDS | MESSAGE_KINDS:
            return found
    return None


def image_facts(image: str, evidence: Evidence) -> tuple[Fact, ...]:
    """Return the facts `image` and `image_tag_pinned` (denied without a tag and for `latest`, unknown behind a variable).

    >>> e = Evidence("c.yaml", 1, 1, "image: redis")
    >>> [(f.name, f.status) for f in image_facts("redis", e)], len(image_facts("redis:${TAG}", e))
    ([('image', 'stated'), ('image_tag_pinned', 'denied')], 1)
    """
    facts = [Fact("image", image, "stated", (evidence,))]
    last = image.rpartition("/")[2]
    _, _, tag = last.partition(":")
    if "@sha256:" in image:
        facts.append(Fact("image_tag_pinned", True, "stated", (evidence,)))
    elif "$" in image or "{{" in image:
        return tuple(facts)
    elif not tag or tag == "latest":
        facts.append(Fact("image_tag_pinned", None, "denied", (evidence,)))
    else:
        facts.append(Fact("image_tag_pinned", True, "stated", (evidence,)))
    return tuple(facts)


def holds_secret(key: str, value: str) -> bool:
    """Return whether a setting writes out a secret: a password, key or token as a literal, also inside a URL.

    >>> holds_secret("DB_PASSWORD", "hunter2"), holds_secret("DB_PASSWORD_FILE", "/run/secrets/db")
    (True, False)
    >>> holds_secret("DATABASE_URL", "postgres://app:s3cret@db/shop"), holds_secret("DB_PASSWORD", "${DB_PASSWORD}")
    (True, False)
    """
    for pattern in (_IN_URL, _IN_STRING):
        for found in pattern.findall(value):
            if not re.search(r"[$<{]|\*{3}", found):
                return True
    if not _SECRET.search(key) or _POINTER.search(key) or _SETTING.search(key):
        return False
    return (
        not re.search(r"[$<{]", value)
        and not _NOT_SECRET.fullmatch(value.strip())
        and not value.startswith("/")
    )


def flow_kind(source: str, target: str) -> str:
    """Return what a configured connection between two kinds is: a proxy routes; who reads or writes, nobody says.

    >>> flow_kind("gateway", "service"), flow_kind("service", "relational_db")
    ('routes', 'calls')
    """
    proxy = source in ("gateway", "load_balancer")
    return (
        "routes" if proxy and target in ("service", "web_frontend", "gateway", "load_balancer") else "calls"
    )
