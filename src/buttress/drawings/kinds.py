"""What kind of component, boundary or flow end a drawn thing is, from its words, its shape and its frame."""

from __future__ import annotations

import re

from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import Technology, load
from buttress.vocabulary.roles import role_of

_GROUPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        (
            "zone",
            r"availability zones?|az[ -]?\w?|(?<!hosted )zone|[a-z]{2}-[a-z]+-\d[a-f]|data ?cent(?:er|re)s?|dc[ -]?\d*",
        ),
        (
            "region",
            r"regions?|[a-z]{2}-(?:east|west|north|south|central|northeast|southeast)-?\d|(?:us|eu)-\w+\d",
        ),
        ("network", r"subnets?|vpc|vnet"),
        (
            "trust",
            r"trust(?:ed)?|dmz|internet|external|third[ -]part(?:y|ies)|3rd[ -]part(?:y|ies)|public|untrusted"
            r"|partners?|saas|outside",
        ),
        ("network", r"network|lan|vpn"),
        ("namespace", r"namespaces?|ns"),
        ("cluster", r"clusters?|kubernetes|k8s|eks|gke|aks|openshift|swarm|ecs|nomad"),
        ("host", r"hosts?|vms?|machines?|docker (?:host|engine)|ec2|nodes?|bare metal|pods?"),
        ("team", r"teams?|squads?|tribes?|owned by"),
    )
)
_EXTERNAL = re.compile(
    r"\b(?:external|third[ -]part(?:y|ies)|3rd[ -]part(?:y|ies)|partners?|saas|vendors?|outside)\b",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"[a-z][\w-]+(?:\.[a-z][\w-]+)*\.(?:com|gov|org|net|eu|uk)", re.IGNORECASE
)  # called by its public address
_OTHERS = re.compile(r"\b(?:external|third[ -]party|3rd[ -]party)\b", re.IGNORECASE)
_EXTERNAL_CLASSES = frozenset(
    {"external", "ext", "thirdparty", "third-party", "third_party", "saas", "partner", "vendor"}
)
_CLASS_KINDS = {
    "db": "data_store", "database": "data_store", "store": "data_store", "storage": "data_store",
    "datastore": "data_store", "cache": "cache", "queue": "message_broker", "broker": "message_broker",
    "user": "actor", "actor": "actor", "person": "actor", "client": "actor", "gateway": "gateway",
    "frontend": "web_frontend", "worker": "worker", "monitoring": "monitoring", "internet": "actor",
    "users": "actor",
}  # fmt: skip
_SHAPE_KINDS = {"cylinder": "data_store", "queue": "message_broker"}
# Kinds that serve what a component is, so that naming one beside a name tells how it is made.
_MADE_WITH = frozenset({"gateway", "load_balancer", "compute_host", "monitoring"})
_RUNS = frozenset({"server", "hosted"})
_ACTIVITY = re.compile(r"(?:tion|sion|ing|ment|lysis)s?$", re.IGNORECASE)
_END = re.compile(
    r"\b(?:producer|publisher|consumer|subscriber|listener|client|writer|reader|connector|bridge|sink)s?(?: \(.*)?$",
    re.IGNORECASE,
)
_MODULE = re.compile(
    r"\b(?:threads?|modules?|layers?|handlers?|controllers?|routers?|middlewares?|loops?)(?: \(.*)?$",
    re.IGNORECASE,
)
_APP = re.compile(r"\bapp(?:lication)?s?$", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:\w*services|back[ -]?end|platform|systems?|apps|applications?|workers|jobs)\b", re.IGNORECASE
)

_RANK = {
    "actor": 0, "dns": 1, "cdn": 1, "load_balancer": 2, "gateway": 2, "web_frontend": 2, "scheduler": 3,
    "service": 3, "worker": 3, "compute_host": 3, "library_or_module": 3, "other": 3, "external_service": 4,
    "identity_provider": 4, "service_registry": 5, "config_server": 5, "secret_store": 5, "monitoring": 5,
    "message_broker": 6, "stream": 6,
}  # fmt: skip
RUNTIMES = frozenset(
    {
        "service",
        "worker",
        "scheduler",
        "web_frontend",
        "gateway",
        "load_balancer",
        "library_or_module",
        "compute_host",
        "other",
    }
)
SIGNING_IN = frozenset(("oidc", "saml", "oauth", "oauth2", "openid connect"))
_SPEAKS = re.compile(
    r"\b(?:mqtt|amqp|stomp|kafka|grpc|http|websocket|tcp|udp|snmp|modbus|opc[ -]?ua)\s+clients?\b",
    re.IGNORECASE,
)
# Who drives; any other driver is what makes something else work: "Kubernetes driver", "VNF lifecycle driver".
_DRIVES = re.compile(
    r"(?:(?:delivery|truck|taxi|cab|uber|lyft|bike|scooter|food|assigned|nearest|bus|car|lorry|van|courier|ride|rider|fleet|company|new|active|nearby|available|registered|partner|our|the|a)\s+)*"
    r"drivers?(?: \(.*)?",
    re.IGNORECASE,
)
_HELD = re.compile(r"\b(?:topics|queues|streams|exchanges|channels|subjects)$", re.IGNORECASE)
_DRIVER = re.compile(r"[ -]drivers?(?: \(.*)?$", re.IGNORECASE)
EDGES = frozenset({"gateway", "load_balancer", "cdn", "dns"})


def technologies_in(text: str) -> tuple[Technology, ...]:
    """Return the technologies that a text names, in order.

    >>> [t.id for t in technologies_in("FastAPI on PostgreSQL")]
    ['fastapi', 'postgresql']
    """
    vocabulary = load()
    return tuple(dict.fromkeys(vocabulary.technologies[m.id] for m in vocabulary.find_technologies(text)))


def kind_of(
    name: str,
    *,
    rest: str = "",
    technology: Technology | None = None,
    named_technology: bool = False,
    shape: str = "rect",
    classes: frozenset[str] = frozenset(),
    external: bool = False,
    frame: str = "",
) -> str:
    """Return the kind of a node: its name's role first, then technology, shape, the other words, its class.

    `frame` is the title of the frame around it; an activity within one runtime (`Validation` in `Web app`) is a
    module of that. `named_technology` says that the technology stands in the name: the node is it.

    >>> kind_of("Orders DB"), kind_of("Orders", shape="cylinder"), kind_of("Orders API", external=True)
    ('data_store', 'data_store', 'external_service')
    >>> kind_of("Billing.gov"), kind_of("Billing")
    ('external_service', 'service')
    >>> kafka = load().technologies["kafka"]
    >>> kind_of("Kafka", technology=kafka, named_technology=True), kind_of("Kafka producer", technology=kafka, named_technology=True)
    ('stream', 'service')
    """
    external = external or bool(classes & _EXTERNAL_CLASSES)
    role = role_of(name)
    if load().is_exporter(name):
        return "monitoring"
    if role == "actor" and (named_technology or _SPEAKS.search(name)):
        role = "service"
    if _DRIVER.search(name) and not _DRIVES.fullmatch(name):
        return "library_or_module"
    if role is None and name.lower() in SIGNING_IN:
        role = "identity_provider"
    if role == "worker" and shape == "queue":
        role = "message_broker"  # what is drawn as a queue holds the jobs and doesn't do them
    by_technology = (
        technology.kind if technology is not None and technology.role in (*_RUNS, "tool") else None
    )
    if by_technology in STORES | MESSAGING and talks_to_store(name):
        by_technology = None
    if by_technology == "library_or_module" or (by_technology == "other" and not named_technology):
        by_technology = None
    guess = _by_words(role, by_technology, named_technology)
    told = _told(rest)
    if guess == "data_store" and told in STORES:
        guess = told
    if guess is None:
        by_shape = _SHAPE_KINDS.get(shape)
        if by_shape == "data_store" and (by_technology in STORES or told in STORES):
            guess = by_technology if by_technology in STORES else told
        if guess is None:
            by_class = next((_CLASS_KINDS[c] for c in sorted(classes) if c in _CLASS_KINDS), None)
            guess = None if by_technology in _MADE_WITH and technology_aside(rest) is None else by_technology
            guess = guess or told or (None if external else by_shape) or by_class or "service"
    assert guess is not None
    guess = _by_frame(guess, role, technology, frame, told=told)
    if guess == "service" and (role is None or _APP.search(name)) and _is_frontend(technology):
        guess = "web_frontend"
    if guess == "service" and role is None and named_technology and _is_worker(technology):
        guess = "worker"
    if guess == "service" and (
        _OTHERS.search(name) or (technology is None and _SITE.fullmatch(name.strip()))
    ):
        return "external_service"
    if external and guess in ("service", "gateway", "worker", "other", "web_frontend"):
        return "external_service"
    inner = (
        (role is None and technology is None and _ACTIVITY.search(name))
        or talks_to_store(name)
        or _MODULE.search(name)
    )
    if guess == "service" and inner and is_one_runtime(frame):
        return "library_or_module"
    return guess


def _by_frame(
    guess: str, role: str | None, technology: Technology | None, frame: str, *, told: str | None
) -> str:
    """Return the kind of what nothing but its frame tells of: a topic in `Kafka topics`, a database in `SQL Server`."""
    if technology is not None or role not in (None, "data_store"):
        return guess
    if guess == "service" and told is None and _HELD.search(frame):
        around = role_of(frame)
        return around if around in MESSAGING else guess
    product = load().technology(frame) if guess == "data_store" else None
    fits = product is not None and product.role in _RUNS and load().is_kind(product.kind, "data_store")
    return product.kind if product is not None and fits else guess


def talks_to_store(name: str) -> bool:
    """Return whether a name is of what talks to the store or broker in it, not of that one.

    >>> talks_to_store("Kafka producer"), talks_to_store("Kafka")
    (True, False)
    """
    return _END.search(name) is not None


def _is_frontend(technology: Technology | None) -> bool:
    return technology is not None and technology.kind == "web_frontend" and technology.role == "framework"


def _is_worker(technology: Technology | None) -> bool:
    return (
        technology is not None and technology.kind == "worker" and technology.role in ("framework", "library")
    )


def is_one_runtime(frame: str) -> bool:
    """Return whether a frame's title names one thing that runs, so that what lies in it are its modules.

    >>> is_one_runtime("Orders service"), is_one_runtime("Backend services")
    (True, False)
    """
    return role_of(frame) in RUNTIMES - {"compute_host"} and _SEVERAL.search(frame) is None


def is_store(title: str) -> bool:
    """Return whether a frame's title is no more than the name of a store or broker, so that what lies in it is kept there.

    >>> is_store("Amazon S3"), is_store("Order database")
    (True, False)
    """
    technology = load().technology(title)
    return technology is not None and technology.role in _RUNS and technology.kind in STORES | MESSAGING


def technology_aside(rest: str) -> Technology | None:
    """Return the technology that one of the pieces beside a name is as a whole, versions aside.

    >>> technology_aside("Nginx 1.25").id, technology_aside("MkDocs with Nginx")
    ('nginx', None)
    """
    named = (load().technology(re.sub(r"\s+v?\d[\d.x]*$", "", piece.strip())) for piece in rest.split(","))
    return next((t for t in named if t is not None), None)


def _told(rest: str) -> str | None:
    """Return the one kind that the words beside a name tell, None when they name several things."""
    roles = {role_of(piece) for piece in rest.split(",") if piece.strip()} - {None, "actor"}
    return next(iter(roles)) if len(roles) == 1 else None


def _by_words(role: str | None, by_technology: str | None, named_technology: bool) -> str | None:
    """Return the kind that name and technology agree on: the technology narrows a role that is wider."""
    if role is None:
        return by_technology if named_technology else None
    if by_technology is None:
        return role
    vocabulary = load()
    if vocabulary.is_kind(by_technology, role) or (role in MESSAGING and by_technology in MESSAGING):
        return by_technology
    if role in STORES and by_technology in STORES:
        return role if role == "cache" else by_technology
    if named_technology and role == "service" and by_technology != "actor":
        return by_technology
    if role in EDGES and by_technology in ("dns", "cdn"):
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
