"""What running programs have in common, whatever format tells of them.

Here: the kind of a container, facts of its image, secrets in its environment. Beside it: command lines (`commands`, `processes`), names of
settings (`variables`, `addressed`), hosts, folders of code and of data, how long versions are supported, what is only for developing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from buttress.model import Component, Evidence, Fact, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import Technology, load
from buttress.vocabulary.roles import role_of
from buttress.workloads import lifetimes
from buttress.workloads.processes import role_of_command, starts_program

_SERVERS = frozenset(
    "gateway service_registry config_server identity_provider secret_store monitoring".split()
)
# What follows the name of a server's technology.
_TAILS = frozenset(("server", "service", "registry", "stream"))
# What follows it where the rest of a monitoring system runs elsewhere.
_FEELERS = frozenset(("agent", "collector", "forwarder"))
_RUNTIMES = ("framework", "library", "tool")
_SECRET = re.compile(
    r"(?:passw(?:or)?d|passwd|(?<=_)pass|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|signing[_-]?key|encryption[_-]?key|token|credentials?)(?:[_-]?\d)?$",
    re.IGNORECASE,
)
_POINTER = re.compile(r"(?:_file|_path|_name|_arn|_ref|_id)$|^allow|random", re.IGNORECASE)
_SETTING = re.compile(
    r"(?i)expir|ttl|lifetime|length|policy|url|(?<!sec)uri|endpoint|issuer|algorithm|enabled|type"
)
# Says little behind a name.
_GENERIC = re.compile(
    r"(?<=\w{4})(?:[-_.]?(?:server|service|registry|dashboard)|[-_.](?:svc|headless|master|primary|leader))$",
    re.IGNORECASE,
)
_CALLED = {  # what a container serves when it has only this name
    "config": "config_server", "configuration": "config_server",
    "registry": "service_registry", "discovery": "service_registry", "apache": "gateway", "httpd": "gateway",
}  # fmt: skip
_REFERS = re.compile(r"\$[\w{(]|[<{]")  # a value that something else fills in
_KINDS = re.compile(r"credentials?$", re.IGNORECASE)
_WORD = re.compile(r"(?:passw(?:or)?d|passwd|pass|pwd)$", re.IGNORECASE)
_NOT_SECRET = re.compile(r"(?i:true|false|yes|no|none|null|[01]|(?:phc|pk_live|pk_test)_\w+|)")
_COPIES = re.compile(r"[-_.](?:backups?|dumps?)$", re.IGNORECASE)  # it copies what another one keeps
MAX_VALUE = 20_000
_IN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,40}://[^\s:/@]*:([^\s@/]{1,200})@")
_IN_STRING = re.compile(r"(?:^|;)\s*(?:password|pwd)\s*=\s*([^;]+)", re.IGNORECASE)


def kind_of(
    name: str, image: str, settings: Iterable[str] = (), command: str = ""
) -> tuple[str, Technology | None]:
    """Return the kind of a container and the technology that it is, from image, name, settings' names and command.

    An image that is a technology decides; else the name's role, narrowed by what the settings configure; a service that is
    started as a worker or a scheduler is one.

    >>> kind_of("db", "postgres:16")[0], kind_of("orders-worker", "acme/orders:1")[0], kind_of("orders", "")[0]
    ('relational_db', 'worker', 'service')
    >>> kind_of("orders-db", "acme/orders-db:1", ["MYSQL_DATABASE"])[0], kind_of("auth-mongodb", "acme/mongo-with-data")[0]
    ('relational_db', 'document_db')
    >>> kind_of("eurekaregistry", "acme/discovery")[0], kind_of("zipkinserver", "acme/tracing")[0], kind_of("broker", "redis:7")[0]
    ('service_registry', 'monitoring', 'message_broker')
    >>> kind_of("mails", "acme/mails:1", command="celery -A mails worker")[0], kind_of("zuul", "acme/zuul")[0], kind_of("worker-mails", "")[0]
    ('worker', 'gateway', 'worker')
    >>> kind_of("report-worker", "redash/redash:10")[0], kind_of("server", "redash/redash:10")[0]
    ('worker', 'web_frontend')
    >>> kind_of("orders-backup", "acme/orders-tools:1")[0], kind_of("orders-backup", "postgres:16")[0]
    ('worker', 'relational_db')
    >>> kind_of("queue-consumer-logs", "acme/queue:1")[0], kind_of("app-logs", "acme/logs:1")[0]
    ('worker', 'monitoring')
    >>> kind_of("shop", "acme/shop-fastapi-postgres-redis")[0], kind_of("site-kafka-grafana-loki", "")[0]
    ('service', 'service')
    >>> kind_of("queue", "", command="rq worker mails")[0], kind_of("cache", "", command="python -m prices.serve")[0]
    ('worker', 'service')
    >>> kind_of("datadog-agent", "")[0], kind_of("payment-processor", "acme/pay:1")[0], kind_of("mail-agent", "")[0]
    ('monitoring', 'service', 'worker')
    >>> kind_of("rain-collector", "")[0], kind_of("log-collector", "")[0], kind_of("collector", "")[0]
    ('worker', 'monitoring', 'monitoring')
    >>> kind_of("nginx-tls", "acme/page-cache:1")[0], kind_of("page-cache", "acme/pages:1")[0]
    ('gateway', 'cache')
    """
    kind, technology = _kind_of(name, image, settings)
    if kind in STORES and technology is None and _COPIES.search(name):
        kind = "worker"
    if kind in STORES | MESSAGING and _starts_own(image, command):
        kind, technology = "service", None  # it is called after what it works on
    if (
        kind == "web_frontend"
        and technology is not None
        and (own := role_of(name)) in ("worker", "scheduler")
    ):
        kind = own  # one image runs all parts of a product: its pages, its workers
    elif kind in ("service", "web_frontend"):
        kind = role_of_command(command) or kind
    return kind, technology


def _starts_own(image: str, command: str) -> bool:
    """Return whether a command starts a program of the team's own, in an image that is no product's."""
    technology = load().technology_of_image(image) if image else None
    product = technology is not None and technology.role not in _RUNTIMES
    return not product and starts_program(command)


def _kind_of(name: str, image: str, settings: Iterable[str]) -> tuple[str, Technology | None]:
    technology = load().technology_of_image(image) if image else None
    if (
        technology is not None
        and technology.role not in _RUNTIMES
        and technology.kind not in ("other", "library_or_module")
    ):
        role = role_of(name)
        if role == "cache" and technology.kind in STORES:
            return role, technology
        if role in MESSAGING and technology.kind == "cache":
            return "message_broker", technology  # a Redis that is called `broker` keeps tasks, no answers
        return technology.kind, technology
    built = re.sub(r"[:@].*", "", image).rpartition("/")[2]
    if any(map(load().is_exporter, (name, built))):
        return "monitoring", None
    for words in (_GENERIC.sub("", name), built):
        if _lists_technologies(words):
            continue
        last = load().technology(re.split(r"[-_.]", words)[-1].lower())
        if last is not None and not last.ambiguous and last.kind in STORES | MESSAGING | _SERVERS:
            return last.kind, last
    for words in (name, built):
        named = _server(words)
        if named is not None:
            return named.kind, named
    if technology is not None and technology.role == "server" and technology.kind == "other":
        return "service", technology  # a product of others, of no kind that counts here
    role = role_of(name) or role_of(built) or ("worker" if re.match(r"workers?[-_.]", name) else None)
    if role == "worker" and _feels(name):
        role = "monitoring"
    if role == "monitoring" and _gathers_else(name):
        role = "worker"
    if role == "monitoring" and {"consumer", "worker", "processor"} & set(re.split(r"[-_.]", name)[:-1]):
        role = "worker"  # a `consumer-logs` works on what its siblings don't
    role = _CALLED.get(name.lower(), role)
    if role in (None, "actor", "library_or_module", "other", "compute_host", "external_service"):
        role = "service"
    if role in STORES:
        stores = {
            t for s in settings if (t := load().technology(s.partition("_")[0].lower())) and t.kind in STORES
        }
        if len(stores) == 1:
            (found,) = stores
            return found.kind, found
    if role in STORES | MESSAGING and (named := _named(name)) is not None:
        return named.kind, named
    if role == "cache" and (proxy := _named(f"{name}-{built}", ("gateway",))) is not None:
        return proxy.kind, proxy  # it keeps answers of what it stands before
    return role or "service", None


def _lists_technologies(name: str) -> bool:
    """Return whether a name tells what a project is made with, three things at least: `shop-fastapi-postgres-redis` is none of them."""
    found = {t.id for word in re.split(r"[-_.]", name.lower()) if (t := load().technology(word)) is not None}
    return len(found) > 2


def _server(name: str) -> Technology | None:
    """Return the server whose technology a name tells before a word that says no more: `zipkin-server`, `eurekaregistry`."""
    parts = [p for p in re.split(r"[-_.]", name.lower()) if p]
    if len(parts) == 1:
        tail = next((t for t in _TAILS if parts[0].endswith(t) and len(parts[0]) > len(t) + 3), "")
        parts = [parts[0].removesuffix(tail), tail] if tail else parts
    heads = [n for n, part in enumerate(parts) if part not in _TAILS]
    if not heads:
        return None
    word, followed = parts[heads[-1]], heads[-1] + 1 < len(parts)
    found = (load().technology(word) if followed else None) or load().technology(f"{word} server")
    served = found is not None and found.role == "server" and found.kind in _SERVERS | {"monitoring"}
    return found if served and found is not None and not found.ambiguous else None


def _feels(name: str) -> bool:
    """Return whether a name says that something gathers for a monitoring system: `datadog-agent`."""
    *before, last = re.split(r"[-_.]", name.lower())
    known = load().technology(before[-1]) if before and last in _FEELERS else None
    return known is not None and known.kind == "monitoring"


_OF_WATCHING = re.compile(
    r"otel|telemetry|metric|log|trac|span|prom|stat|event|monitor|fluent|jaeger|zipkin|audit", re.IGNORECASE
)


def _gathers_else(name: str) -> bool:
    """Return whether a collector is called after something that isn't a signal of programs: `weather-collector`."""
    *before, last = re.split(r"[-_.]", name.lower())
    known = load().technology(before[-1]) if before else None
    watches = known is not None and known.kind == "monitoring"
    return last == "collector" and bool(before) and not watches and _OF_WATCHING.search(before[-1]) is None


# Words by which a program that others call may go as well as one that takes tasks.
_EITHER = frozenset(("agent", "collector", "processor", "handler", "function", "relay", "pipeline"))


def may_answer(name: str) -> bool:
    """Return whether what a name alone makes a worker may be a service, where others have an address to reach it at.

    >>> may_answer("billing-agent"), may_answer("billing-worker")
    (True, False)
    """
    return re.split(r"[-_.]", name.lower())[-1] in _EITHER


def _named(name: str, kinds: Collection[str] = STORES | MESSAGING) -> Technology | None:
    """Return the store or broker, or what is of other kinds, that a word of a name is (`orders-postgres`)."""
    for word in re.split(r"[-_.]", name):
        found = load().technology(word)
        if found is not None and not found.ambiguous and found.kind in kinds:
            return found
    return None


def image_facts(image: str, evidence: Evidence) -> tuple[Fact, ...]:
    """Return the facts `image` and `image_tag_pinned` (denied without a tag and for `latest`, unknown behind a variable).

    >>> e = Evidence("c.yaml", 1, 1, "image: redis")
    >>> [(f.name, f.status) for f in image_facts("redis", e)], len(image_facts("redis:${TAG}", e))
    ([('image', 'stated'), ('image_tag_pinned', 'denied')], 1)
    """
    facts = [Fact("image", image, "stated", (evidence,)), *lifetimes.facts_of(image, evidence)]
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
    >>> holds_secret("SECRET_KEY", "k3y!@#$%^"), holds_secret("SECRET_KEY", "$KEY"), holds_secret("SECRET_KEY", "$(openssl rand 9)")
    (True, False, False)
    >>> holds_secret("GF_SECURITY_ADMIN_PASSWORD", "admin"), holds_secret("TOKEN_URI", "abc")
    (True, False)
    >>> holds_secret("DB_PASSWORD", "123"), holds_secret("LOGIN_TOKEN", "123"), holds_secret("CREDENTIALS", "local")
    (True, False, False)
    """
    for pattern in (_IN_URL, _IN_STRING):
        for found in pattern.findall(value[:MAX_VALUE]):
            if not re.search(_REFERS.pattern + r"|\*{3}", found):
                return True
    if not _SECRET.search(key) or _POINTER.search(key) or _SETTING.search(key):
        return False
    bare = value.strip()
    if _KINDS.search(key) and bare.isalpha() and bare.islower():
        return False  # which kind of credentials: `local`, `default`
    counted = re.fullmatch(r"\d{1,3}", bare) is not None and not _WORD.search(
        key
    )  # how many there are; of a password it is the password
    return not (_REFERS.search(value) or _NOT_SECRET.fullmatch(bare) or counted or value.startswith("/"))


def is_told_by_name(key: str, value: str) -> bool:
    """Return whether of a setting only the name may be shown: a secret, or an address that holds one.

    >>> is_told_by_name("SENTRY_DSN", "https://a@b"), is_told_by_name("RATE_LIMIT", "100")
    (True, False)
    """
    return key.endswith("DSN") or holds_secret(key, value)


def label_of(technology: str) -> str:
    """Return the name of a technology, its id when the vocabulary doesn't know it.

    >>> label_of("postgresql")
    'PostgreSQL'
    """
    found = load().technologies.get(technology)
    return found.label if found is not None else technology


def outside(id_: str, name: str, host: str, managed: str | None, *evidence: Evidence) -> Component:
    """Return the component behind a host name: a provider's store or broker, if it is `managed`, a Service of the cluster, or somebody's service.

    >>> e = Evidence("a.yaml", 1, 1, "externalName: x")
    >>> outside("db", "db", "db.example.com", "amazon-rds", e).kind, outside("pay", "pay", "pay.example.com", None, e).kind
    ('relational_db', 'external_service')
    """
    if host.endswith((".svc", ".svc.cluster.local")):
        inner = host.partition(".")[0]
        kind, named = kind_of(inner, "")
        return Component(id_, inner, kind, named.id if named else None, (host,), evidence=evidence)
    found = load().technologies.get(managed or "")
    aliases = (host,) if host != name else ()
    if found is None:
        return Component(id_, name, "external_service", None, aliases, evidence=evidence)
    facts = (Fact("managed", True, "stated", evidence[-1:]),)
    return Component(id_, name, found.kind, found.id, aliases, facts=facts, evidence=evidence)


def flow_kind(source: str, target: str) -> str:
    """Return what a configured connection between two kinds is: a proxy routes; who reads or writes, nobody says.

    >>> flow_kind("gateway", "service"), flow_kind("service", "relational_db")
    ('routes', 'calls')
    """
    proxy = source in ("gateway", "load_balancer")
    return (
        "routes" if proxy and target in ("service", "web_frontend", "gateway", "load_balancer") else "calls"
    )


def told_by_several(old: Iterable[Fact], new: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts of a flow that several routes tell of: the longest wait counts, and a denial only when all deny.

    >>> [f.value for f in told_by_several([Fact("timeout", 5)], [Fact("timeout", 9), Fact("retry", None, "denied")])]
    [9, None]
    """
    out = {f.name: f for f in old}
    for fact in new:
        known = out.get(fact.name)
        longer = (
            known is not None
            and isinstance(fact.value, int | float)
            and isinstance(known.value, int | float)
            and fact.value > known.value
        )
        if known is None or longer or (known.absent and not fact.absent):
            out[fact.name] = fact
    return tuple(out.values())


_PLAIN = frozenset("server service backend frontend client worker application image latest".split())


def named_by_images(components: Sequence[Component]) -> tuple[Component, ...]:
    """Return the components with the name of their own image, or of the folder it is built from, among their aliases.

    Only names that a team gave count: of what one component runs alone and no vocabulary knows, without what all of the
    team's names begin with ("shop-"). `eurekaregistry` runs `acme/service-registry`.

    >>> image = Fact("image", "acme/service-registry:1.2")
    >>> named_by_images((Component("eureka", "eureka", facts=(image,)),))[0].aliases
    ('service-registry',)
    """
    built = {c.id: _built(c) for c in components}
    names = Counter(name for name in built.values() if name)
    starts = {name.partition("-")[0] for name in names}
    common = (
        f"{min(starts)}-" if len(starts) == 1 and names.total() > 2 and all("-" in n for n in names) else ""
    )
    taken = {slug(n) for c in components for n in (c.name, *c.aliases)}
    out = []
    for component in components:
        name = built[component.id]
        alias = name.removeprefix(common)
        if names[name] == 1 and len(alias) > 4 and alias not in _PLAIN and slug(alias) not in taken:
            more = (alias,) if alias == name or slug(name) in taken else (alias, name)
            component = replace(component, aliases=(*component.aliases, *more))
        out.append(component)
    return tuple(out)


def _built(component: Component) -> str:
    """Return the last part of the name of a component's own image or build folder; empty for others' images and variables."""
    image, folder = component.fact("image"), component.fact("build_context")
    value = ""
    if image is not None and isinstance(image.value, str):
        value = (
            "" if load().technology_of_image(image.value) is not None else re.sub(r"[:@].*", "", image.value)
        )
    elif folder is not None and isinstance(folder.value, str):
        value = folder.value
    last = value.rstrip("/").rpartition("/")[2].lower()
    return last if re.fullmatch(r"[a-z][\w-]*", last) else ""
