"""What kind of component, boundary or flow end a drawn thing is, from its words, its shape and its frame."""

from __future__ import annotations

import re
from functools import cache

from buttress.vocabulary import Technology, load

# Words for roles, the head noun last. The longest phrase that ends a name decides; failing that, the last one within it.
_ROLES: dict[str, str] = {
    "actor": "user; users; end user; customer; customers; client; clients; admin; admins; administrator; developer;"
    " developers; operator; operators; visitor; visitors; shopper; buyer; seller; merchant; person; people; human;"
    " browser; web browser; browsers; engineer; engineers; analyst; employee; employees; staff; internet; api client;"
    " mobile client; web client; mobile clients; web clients; client app; client apps; device; devices; iot devices;"
    " subscriber; guest; member; members; reader; readers; patient; student; driver; drivers; rider; riders; caller;"
    " third party client; cli; public internet; mobile device; phone; consumer app; api consumer; api consumers",
    "web_frontend": "frontend; front end; web frontend; web app; webapp; web application; website; web site; spa; ui;"
    " web ui; user interface; single page app; single page application; mobile app; mobile application; ios app;"
    " android app; ios; android; admin panel; admin ui; admin console; portal; web portal; dashboard; storefront; pwa;"
    " static site; landing page; console; web client app; react app; mobile apps; desktop app",
    "gateway": "gateway; api gateway; proxy; reverse proxy; ingress; ingress controller; router; edge; edge proxy;"
    " route; bff; backend for frontend; waf; firewall; web application firewall; service mesh; nat gateway; api gw;"
    " apigw; edge router; edge gateway; api management; image proxy; forward proxy; sidecar proxy",
    "load_balancer": "load balancer; loadbalancer; lb; alb; nlb; elb; balancer; application load balancer; slb; glb;"
    " network load balancer; global load balancer; load balancers; traffic manager",
    "worker": "worker; workers; consumer; consumers; processor; job; jobs; background job; background jobs; batch job;"
    " background worker; crawler; indexer; ingester; ingestor; task worker; task runner; task; subscriber service;"
    " stream processor; etl; etl job; pipeline; event handler; importer; exporter; relay; outbox relay; lambda;"
    " function; daemon; agent; handler; poller; uploader; reducer; mapper; batch",
    "scheduler": "scheduler; cron; cron job; cronjob; cron jobs; beat; timer; job scheduler; task scheduler;"
    " orchestrator; workflow engine; cronjobs",
    "data_store": "database; databases; db; dbs; data store; datastore; storage; store; persistence; primary db;"
    " replica db; read replica; read replicas; write db; read db; data warehouse; ledger; data lake; volume; disk;"
    " master; slave; tsdb; time series database; graph database; graph db; event store; feature store; shard;"
    " shards; nfs; file system; filesystem; pvc; warehouse db; vector store; vector db; vector database",
    "relational_db": "sql database; relational database; sql db; rdbms; sql; relational db; sql write master;"
    " sql read replicas; sql write master slave",
    "document_db": "document database; document db; document store; nosql; nosql database; nosql db",
    "key_value_db": "key value store; kv store; key value database; wide column store; session store",
    "search_index": "search index; search engine; search cluster; full text index; index; indices; inverted index;"
    " reverse index; reverse index service",
    "object_store": "object store; object storage; bucket; blob storage; blob store; file storage; file store; blobs;"
    " buckets; media storage; storage bucket; artifact store",
    "cache": "cache; caches; in memory cache; distributed cache; memory cache; cache cluster; session cache; caching layer",
    "message_broker": "queue; queues; topic; topics; message queue; message broker; broker; event bus; bus; message bus;"
    " task queue; job queue; mq; exchange; dlq; dead letter queue; pub sub; pubsub; events; channel; service bus;"
    " messaging; event queue; work queue; event broker; pub sub topic; event grid; sns topic",
    "stream": "stream; streams; event stream; event log; commit log; log stream; data stream; event streaming;"
    " kafka topic; kafka topics; change stream; cdc stream",
    "cdn": "cdn; content delivery network; edge cache",
    "dns": "dns; dns server; name server",
    "identity_provider": "idp; identity provider; sso; identity server; authorization server; auth server; ldap;"
    " active directory; identity; oauth server; oidc provider; oauth provider; identity platform; iam",
    "service_registry": "service registry; discovery server; service discovery; registry server; discovery service",
    "config_server": "config server; configuration server; config service; configuration service; feature flags;"
    " feature flag service; configmap",
    "secret_store": "secret store; secrets store; secrets; secret manager; secrets manager; vault; key vault; kms; hsm",
    "monitoring": "monitoring; metrics; logs; logging; alerting; alerts; observability; telemetry; log aggregator;"
    " log collector; metrics store; tracing; collector; metrics server; error tracking; log server; log storage; apm;"
    " monitoring system; metrics database; siem; monitoring service; logging service; alert manager",
    "external_service": "external service; external api; third party api; third party service; payment provider;"
    " payment processor; payment gateway; email provider; sms provider; partner api; external system; saas; 3rd party api;"
    " third party; third party system; partner system; external provider; bank; acquirer; card network; email service"
    " provider",
    "compute_host": "vm; virtual machine; host; kubernetes cluster; k8s cluster; kubernetes; bare metal; ec2 instance",
    "library_or_module": "library; sdk; module; package; plugin; client library",
    "service": "service; services; microservice; microservices; api; apis; backend; back end; server; servers; app;"
    " application; web server; web servers; app server; application server; rest api; backend api; api server;"
    " web service; web; svc; engine; system; platform; bot; manager; controller; graphql api; model server; inference",
}  # fmt: skip

_GROUPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        ("zone", r"availability zones?|az[ -]?\w?|zone|[a-z]{2}-[a-z]+-\d[a-f]|data ?cent(?:er|re)s?|dc[ -]?\d*"),
        ("region", r"regions?|[a-z]{2}-(?:east|west|north|south|central|northeast|southeast)-?\d|(?:us|eu)-\w+\d"),
        ("trust", r"trust(?:ed)?|dmz|internet|external|third[ -]part(?:y|ies)|3rd[ -]part(?:y|ies)|public|untrusted|partners?|saas|outside"),
        ("network", r"network|vpc|vnet|subnets?|lan|vpn"),
        ("namespace", r"namespaces?|ns"),
        ("cluster", r"clusters?|kubernetes|k8s|eks|gke|aks|openshift|swarm|ecs|nomad"),
        ("host", r"hosts?|vms?|machines?|docker(?:[ -]compose)?|ec2|nodes?|bare metal|pods?"),
        ("team", r"teams?|squads?|tribes?|owned by"),
    )
)
_EXTERNAL = re.compile(
    r"\b(?:external|third[ -]part(?:y|ies)|3rd[ -]part(?:y|ies)|partners?|saas|vendors?|outside|upstream services)\b", re.IGNORECASE
)
_EXTERNAL_CLASSES = frozenset({"external", "ext", "thirdparty", "third-party", "third_party", "saas", "partner", "vendor"})
_CLASS_KINDS = {
    "db": "data_store", "database": "data_store", "store": "data_store", "storage": "data_store", "datastore": "data_store",
    "cache": "cache", "queue": "message_broker", "broker": "message_broker", "user": "actor", "actor": "actor", "person": "actor",
    "client": "actor", "gateway": "gateway", "frontend": "web_frontend", "worker": "worker", "monitoring": "monitoring",
}  # fmt: skip
_SHAPE_KINDS = {"cylinder": "data_store", "queue": "message_broker"}
_RUNS = frozenset({"server", "hosted"})
_WORD = re.compile(r"[A-Za-z0-9]+")
_QUALIFIER = re.compile(r"\b(?:for|of|in|on|with|from|by|via|per|to|at|and|incl)\b|[:(,/+]|\s[-–—·|]\s", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
MAX_PHRASE = 4

# Words behind a head noun that leave the role as it is.
_NEUTRAL = frozenset(
    "cluster clusters instance instances primary secondary replica replicas layer tier pool pools node nodes group groups"
    " set fleet farm component components container containers pod pods deployment prod production staging main shared"
    " master slave standby active passive leader follower v1 v2 mvp external internal ext".split()
)
_RANK = {
    "actor": 0, "dns": 1, "cdn": 1, "load_balancer": 2, "gateway": 2, "web_frontend": 2, "scheduler": 3, "service": 3, "worker": 3,
    "compute_host": 3, "library_or_module": 3, "other": 3, "external_service": 4, "identity_provider": 4,
    "service_registry": 5, "config_server": 5, "secret_store": 5, "monitoring": 5, "message_broker": 6, "stream": 6,
}  # fmt: skip
STORES = frozenset(
    {"data_store", "relational_db", "document_db", "key_value_db", "search_index", "object_store", "cache"}
)
BROKERS = frozenset({"message_broker", "stream"})
RUNTIMES = frozenset(
    {"service", "worker", "scheduler", "web_frontend", "gateway", "load_balancer", "library_or_module", "compute_host", "other"}
)
EDGES = frozenset({"gateway", "load_balancer", "cdn", "dns"})


def role_of(text: str) -> str | None:
    """Return the kind that the words of a name say, None when they say none.

    >>> role_of("Orders API gateway"), role_of("Kafka consumer"), role_of("User service"), role_of("Orders")
    ('gateway', 'worker', 'service', None)
    """
    head = _QUALIFIER.split(text, maxsplit=1)[0]
    for part in (head, text):
        words = _words(part)
        while words:
            for length in range(min(MAX_PHRASE, len(words)), 0, -1):
                kind = _phrases().get(" ".join(words[-length:]))
                if kind:
                    return kind
            if words[-1] not in _NEUTRAL:
                break
            words.pop()
    return None


def technologies_in(text: str) -> tuple[Technology, ...]:
    """Return the technologies that a text names, in order, things that run before what they are written with.

    >>> [t.id for t in technologies_in("FastAPI on PostgreSQL")]
    ['postgresql', 'fastapi']
    """
    vocabulary = load()
    found = [vocabulary.technologies[m.id] for m in vocabulary.find_technologies(text)]
    return tuple(dict.fromkeys([t for t in found if t.role in _RUNS] + [t for t in found if t.role not in _RUNS]))


def kind_of(
    name: str,
    *,
    rest: str = "",
    technology: Technology | None = None,
    named_technology: bool = False,
    shape: str = "rect",
    classes: frozenset[str] = frozenset(),
    external: bool = False,
) -> str:
    """Return the kind of a node: its name's role first, then its technology, its shape, the other words, its class.

    `named_technology` says that the technology stands in the name itself, so that the node is it and isn't made with it.

    >>> kind_of("Orders DB"), kind_of("Orders", shape="cylinder"), kind_of("Stripe API", external=True), kind_of("Orders")
    ('data_store', 'data_store', 'external_service', 'service')
    """
    external = external or bool(classes & _EXTERNAL_CLASSES)
    role = role_of(name)
    by_technology = technology.kind if technology is not None and technology.role in _RUNS else None
    if by_technology in ("library_or_module", "other"):
        by_technology = None
    guess = _by_words(role, by_technology, named_technology)
    if guess is None:
        by_shape = _SHAPE_KINDS.get(shape)
        told = role_of(rest) if rest else None
        if by_shape == "data_store" and (by_technology in STORES or told in STORES):
            guess = by_technology if by_technology in STORES else told
        else:
            by_class = next((_CLASS_KINDS[c] for c in sorted(classes) if c in _CLASS_KINDS), None)
            guess = by_technology if by_technology and role is None else None
            guess = guess or told or (None if external else by_shape) or by_class or "service"
    if external and guess in ("service", "gateway", "worker", "other", "web_frontend"):
        return "external_service"
    return guess


def _by_words(role: str | None, by_technology: str | None, named_technology: bool) -> str | None:
    """Return the kind that name and technology agree on: the technology narrows a role that is as wide or wider."""
    if role is None:
        return by_technology if named_technology else None
    if by_technology is None:
        return role
    vocabulary = load()
    if vocabulary.is_kind(by_technology, role) or (role in BROKERS and by_technology in BROKERS):
        return by_technology
    if role in STORES and by_technology in STORES:
        return role if role == "cache" else by_technology
    if named_technology and role == "service" and by_technology != "actor":
        return by_technology
    return role


def boundary_kind(title: str) -> str:
    """Return the kind of a frame from its title, `group` when it says none.

    >>> [boundary_kind(t) for t in ("VPC", "eu-west-1", "Third-party services", "Team Payments", "Backend")]
    ['network', 'region', 'trust', 'team', 'group']
    """
    return next((kind for kind, words in _GROUPS if words.search(title)), "group")


def is_external(title: str) -> bool:
    """Return whether a frame's title says that others run what is in it.

    >>> is_external("External systems"), is_external("Backend")
    (True, False)
    """
    return bool(_EXTERNAL.search(title))


def rank(kind: str) -> int:
    """Return how near to the users a kind stands: of two ends of an undirected line the lower rank starts it.

    >>> rank("actor") < rank("gateway") < rank("service") < rank("cache")
    True
    """
    return _RANK.get(kind, 7)


def _words(text: str) -> list[str]:
    parts = [w for token in _WORD.findall(text) for w in _CAMEL.split(token) if w]
    while len(parts) > 1 and (parts[-1].isdigit() or (len(parts[-1]) == 1 and parts[-1].isalpha())):
        parts.pop()
    return [w.lower() for w in parts]


@cache
def _phrases() -> dict[str, str]:
    out: dict[str, str] = {}
    for kind, words in _ROLES.items():
        for word in words.split(";"):
            out.setdefault(word.strip(), kind)
    return out
