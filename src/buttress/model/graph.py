"""The typed graph of a system: components, flows, facts, boundaries and stances, each with its evidence.

All values are frozen. A fact is `stated`, `denied` or, when it is absent, unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import networkx

Form = Literal["prose", "list", "table", "heading", "diagram", "config", "code", "graph"]
# The forms from the most binding to the least: whose word counts when two disagree.
FORMS: tuple[Form, ...] = ("graph", "config", "code", "diagram", "table", "list", "heading", "prose")
Status = Literal["stated", "denied"]
StanceStatus = Literal["addressed", "planned", "problem", "missing"]
FactValue = str | int | float | bool | tuple[str, ...] | None

COMPONENT_KINDS: tuple[str, ...] = (
    "service", "web_frontend", "gateway", "load_balancer", "worker", "scheduler", "relational_db",
    "document_db", "key_value_db", "search_index", "data_store", "object_store", "cache", "message_broker",
    "stream", "cdn", "dns", "identity_provider", "service_registry", "config_server", "secret_store",
    "external_service", "monitoring", "compute_host", "actor", "library_or_module", "other",
)  # fmt: skip
FLOW_KINDS: tuple[str, ...] = (
    "calls", "reads", "writes", "publishes", "consumes", "routes", "replicates", "runs_on", "depends_on",
)  # fmt: skip
BOUNDARY_KINDS: tuple[str, ...] = (
    "trust", "network", "region", "zone", "cluster", "host", "namespace", "team", "system", "group",
)  # fmt: skip
MAX_WORD = 60
_ANY_WORD = re.compile(r"[^\W_]+")
_SLUG = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Words that stand in a source: `quote` is found on lines `line` to `end_line` (1-based) of `source`.

    `form` says what kind of writing it is: the reader of a review trusts a manifest more than a subordinate clause.

    >>> str(Evidence("docs/design.md", 12, 12, "orders calls pricing"))
    'docs/design.md:12'
    """

    source: str
    line: int
    end_line: int
    quote: str
    form: Form = "prose"

    def __str__(self) -> str:
        """Return `source:line` or `source:line-end_line`."""
        return f"{self.source}:{self.line}" + (f"-{self.end_line}" if self.end_line > self.line else "")


@dataclass(frozen=True, slots=True)
class Fact:
    """A property of a component or flow that a source states or denies.

    `value` carries the unit that the ontology gives the name (timeouts in seconds, sizes in bytes, rates per second).
    A denied fact says that the thing isn't there: `Fact("timeout", None, "denied", …)` is a call without a timeout.
    """

    name: str
    value: FactValue = True
    status: Status = "stated"
    evidence: tuple[Evidence, ...] = ()

    @property
    def absent(self) -> bool:
        """Whether it says that the thing isn't there: denied, or stated with the value False.

        >>> Fact("timeout", None, "denied").absent, Fact("tls", False).absent, Fact("replicas", 0).absent
        (True, True, False)
        """
        return self.status == "denied" or self.value is False


@dataclass(frozen=True, slots=True)
class Component:
    """A runtime part of the system, or something that it talks to."""

    id: str
    name: str
    kind: str = "service"
    technology: str | None = None
    aliases: tuple[str, ...] = ()
    boundaries: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    def fact(self, name: str) -> Fact | None:
        """Return the fact of that name, or None when it is unknown.

        >>> Component("a", "a").fact("replicas") is None
        True
        """
        for fact in self.facts:
            if fact.name == name:
                return fact
        return None


@dataclass(frozen=True, slots=True)
class Flow:
    """An interaction; it points from the one that starts it to the one that is needed.

    Caller to callee, reader to store, producer to broker, consumer to broker (`consumes`), proxy to upstream.
    `sync` is None when nothing says whether the caller waits.
    """

    id: str
    source: str
    target: str
    kind: str = "calls"
    sync: bool | None = None
    protocol: str | None = None
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    def fact(self, name: str) -> Fact | None:
        """Return the fact of that name, or None when it is unknown.

        >>> Flow("f", "a", "b").fact("timeout") is None
        True
        """
        for fact in self.facts:
            if fact.name == name:
                return fact
        return None


@dataclass(frozen=True, slots=True)
class Boundary:
    """A trust zone, network, region, zone, cluster, host, namespace or team; nested within its own kind."""

    id: str
    name: str
    kind: str = "group"
    parent: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Stance:
    """What a source says about a review topic.

    `claimed` tells a sentence that says how it is ("writes are idempotent") from one that only names the topic; rules praise
    and accuse by claims, and don't ask about what is at least named.
    """

    topic: str
    status: StanceStatus
    evidence: tuple[Evidence, ...] = ()
    claimed: bool = True


class Derived(NamedTuple):
    """A fact that an analysis worked out about `subject` (a component or flow id, or `system`).

    `objects` are ids of components or flows that it relates to, `value` a number or word, and `because` the ids of the
    components and flows, and `owner.fact` names, that it comes from, in the order in which a person would follow them.

    >>> Derived("stops", "db", objects=("shop",)).name
    'stops'
    """

    name: str
    subject: str
    objects: tuple[str, ...] = ()
    value: str | int | float | bool | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """Something that couldn't be read or understood: where, why and what to do about it."""

    source: str
    line: int
    reason: str
    level: Literal["info", "warning", "error"] = "warning"

    def __str__(self) -> str:
        """Return one line in the form of compilers.

        >>> str(Diagnostic("compose.yaml", 7, "services must be a mapping"))
        'compose.yaml:7: warning: services must be a mapping'
        """
        place = f"{self.source}:{self.line}" if self.line else self.source
        return f"{place}: {self.level}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two or more places that disagree about one property; each side is a value in words and its place.

    `subject` is the id of a component or flow, or a topic or thing in words joined by hyphens ("read-replicas").

    >>> c = Contradiction("db", "replicas", (("3", Evidence("a.md", 1, 1, "3")), ("1", Evidence("b.yml", 2, 2, "1"))))
    >>> str(c)
    '3 (a.md:1) against 1 (b.yml:2)'
    """

    subject: str
    name: str
    sides: tuple[tuple[str, Evidence], ...]

    def __str__(self) -> str:
        """Return every value once, with all its places."""
        places: dict[str, dict[str, None]] = {}
        for value, evidence in self.sides:
            places.setdefault(value, {}).setdefault(str(evidence))
        return " against ".join(f"{value} ({', '.join(told)})" for value, told in places.items())


@dataclass(frozen=True, slots=True)
class Merge:
    """Why several mentions became one component: its id, the names that met, and the reason in words."""

    component: str
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Rejection:
    """Somebody's word that a name is no component, or that there is no flow from the first name to the second.

    `kind` narrows it to the flows of one kind; `evidence` are the words that were misread.

    >>> str(Rejection(("worker", "Redis"), "writes", "it only reads"))
    'worker → Redis (writes): it only reads'
    """

    names: tuple[str, ...]
    kind: str | None = None
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()

    def __str__(self) -> str:
        """Return what is rejected, and why."""
        kind = f" ({self.kind})" if self.kind else ""
        return " → ".join(self.names) + kind + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class SystemGraph:
    """One system: the source of truth for analyses, rules and reports.

    `facts` are what holds of the whole: the size of the team, the load, the stage.
    `closed` says that the sources claim to be complete: what they don't mention isn't there.
    `sources` are the files that were read, `skipped` those that no reader took.
    """

    name: str = "system"
    components: tuple[Component, ...] = ()
    flows: tuple[Flow, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    stances: tuple[Stance, ...] = ()
    derived: tuple[Derived, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    merges: tuple[Merge, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    sources: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    closed: bool = False
    facts: tuple[Fact, ...] = ()
    _by_id: dict[str, Component | Flow | Boundary] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def __post_init__(self) -> None:
        """Index everything that has an id."""
        items: tuple[Component | Flow | Boundary, ...] = (*self.boundaries, *self.flows, *self.components)
        self._by_id.update({item.id: item for item in items})

    def component(self, id_: str) -> Component | None:
        """Return the component with that id, or None.

        >>> SystemGraph(components=(Component("a", "A"),)).component("a").name
        'A'
        """
        found = self._by_id.get(id_)
        return found if isinstance(found, Component) else None

    def flow(self, id_: str) -> Flow | None:
        """Return the flow with that id, or None."""
        found = self._by_id.get(id_)
        return found if isinstance(found, Flow) else None

    def boundary(self, id_: str) -> Boundary | None:
        """Return the boundary with that id, or None."""
        found = self._by_id.get(id_)
        return found if isinstance(found, Boundary) else None

    def networkx(self) -> networkx.MultiDiGraph[str]:
        """Return the graph for networkx: nodes by component id, edges by flow id, what is unknown left out.

        Nodes carry `name`, `kind` and `technology`, edges `kind`, `sync` and `protocol`.

        >>> g = SystemGraph(components=(Component("a", "A"), Component("b", "B")), flows=(Flow("f", "a", "b"),))
        >>> list(g.networkx().edges(keys=True, data="kind"))
        [('a', 'b', 'f', 'calls')]
        """
        import networkx

        net: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=self.name)
        for c in self.components:
            net.add_node(c.id, **_given(name=c.name, kind=c.kind, technology=c.technology))
        for f in self.flows:
            net.add_edge(
                f.source, f.target, key=f.id, **_given(kind=f.kind, sync=f.sync, protocol=f.protocol)
            )
        return net

    def label(self, id_: str) -> str:
        """Return the words for an id: a name, `a → b` for a flow, the id itself when nothing has it.

        >>> g = SystemGraph(components=(Component("a", "A"), Component("b", "B")), flows=(Flow("f", "a", "b"),))
        >>> g.label("f")
        'A → B'
        """
        found = self._by_id.get(id_)
        if isinstance(found, Flow):
            return f"{self.label(found.source)} → {self.label(found.target)}"
        return found.name if found is not None else id_

    def evidence_of(self, id_: str) -> tuple[Evidence, ...]:
        """Return the evidence of a component, flow, boundary or of one fact (`owner.fact`); empty when unknown."""
        found = self._by_id.get(id_)
        if found is not None:
            return found.evidence
        owner, _, name = id_.rpartition(".")
        holder = self._by_id.get(owner)
        if isinstance(holder, Component | Flow):
            fact = holder.fact(name)
            return fact.evidence if fact else ()
        if owner == "system":
            return next((f.evidence for f in self.facts if f.name == name), ())
        return ()


def _given(**attributes: str | bool | None) -> dict[str, str | bool]:
    return {name: value for name, value in attributes.items() if value is not None}


def slug(name: str) -> str:
    """Return a stable id for a name: lower case, letters and digits joined by hyphens; words of other scripts in Punycode.

    >>> slug("Orders DB (primary)"), slug("Café °"), slug("!!!"), slug("База DB")
    ('orders-db-primary', 'caf', 'unnamed', '80aabz-db')
    """
    lowered = name.lower()
    if lowered.isascii():
        return "-".join(_SLUG.findall(lowered)) or "unnamed"
    return "-".join(p for word in _ANY_WORD.findall(lowered) for p in _pieces(word)) or "unnamed"


def _pieces(word: str) -> list[str]:
    """Return the plain letters and digits of a word, of one that has none, such as a Greek or Chinese one, what stands for it."""
    plain = _SLUG.findall(word)
    if plain or (len(word) == 1 and word < "\u0250"):  # a single Latin letter with a mark
        return plain
    return _SLUG.findall(word[:MAX_WORD].encode("punycode").decode("ascii").lower())


def flow_id(source: str, target: str, kind: str, taken: Iterable[str] = ()) -> str:
    """Return a stable flow id, `source--kind--target`, with a number behind it when it is `taken`.

    >>> flow_id("a", "b", "calls"), flow_id("a", "b", "calls", taken={"a--calls--b"})
    ('a--calls--b', 'a--calls--b--2')
    """
    base = f"{source}--{kind}--{target}"
    known = set(taken)
    n, out = 2, base
    while out in known:
        out, n = f"{base}--{n}", n + 1
    return out
