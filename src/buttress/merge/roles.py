"""Which mentions are one component by what they are for, when their names don't say it.

`nginx gateway` and `gateway`, `Zuul` and `api-gateway`, `Object storage` and `minio` are one when each is the only one of its
kind in its source and its name says no more than role and technology. A sentence may say that one thing stands in for
another ("S3, MinIO on a laptop"), and a diagram's node may carry the name of a service as its id.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from buttress import vocabulary
from buttress.dependencies import MESSAGING, STORES
from buttress.merge.clustering import WEAK_KINDS, Cluster, compatible, family
from buttress.merge.environments import LOCAL_WORDS, is_local
from buttress.merge.technologies import are_one_technology, technology_names
from buttress.model import Component, Fragment
from buttress.names import GENERIC, keys, singular, words_of

_DATABASES = frozenset(("relational_db", "document_db", "key_value_db", "data_store"))
_ROLE_WORDS: dict[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "gateway": "gateway api reverse proxy edge ingress router entry controller",
        "load_balancer": "load balancer loadbalancer lb",
        "database": "database db sql relational data store storage main primary central",
        "cache": "cache caching memory",
        "object_store": "object store storage blob bucket file",
        "messaging": "message queue broker bus event messaging",
        "search_index": "search index engine full text",
        "identity_provider": "identity provider auth authorization authentication sso idp",
        "service_registry": "service registry discovery",
        "config_server": "config configuration",
        "secret_store": "secret secrets store manager vault",
        "cdn": "cdn",
    }.items()
}
_NAMED_ROLES = (
    "service_registry",
    "config_server",
)  # roles that a service's name says though no reader knows its kind
_STANDS_IN = re.compile(
    r"\bstand(?:s|ing)? in for\b|\bin (?:the )?place of\b|\binstead of\b|\bemulat\w+", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\"(])")
_CONFIG = ("kubernetes", "compose")


def join_roles(
    clusters: Sequence[Cluster], ranked: Sequence[Fragment], local: Collection[str]
) -> list[Cluster]:
    """Return the clusters, those joined that a node's id, a sentence, or role and technology make one."""
    out = list(clusters)
    for rule in (_same_node, _technology_and_name):
        for cluster in list(out):
            found = rule(cluster, out, ranked)
            if found is not None:
                _unite(out, found[0], cluster, found[1])
    only = _only_ones(out)
    callers = _callers(out, ranked)
    sentences = [s for f in ranked for p in f.passages for s in _SENTENCE.split(p.text.replace("\n", " "))]
    todo = _pairs(out)
    while todo:
        first, second = todo.pop(0)
        why = ""
        if id(first) in only and id(second) in only:
            why = _one_role(first, second, bool(callers[id(first)] & callers[id(second)]))
        if not why:
            why = _stands_in(first, second, sentences, local)
        if why:
            kept = second if _all_local(first, local) and not _all_local(second, local) else first
            _unite(out, kept, second if kept is first else first, why)
            todo = _pairs(out)
            callers[id(kept)] = callers[id(first)] | callers[id(second)]
            only = _only_ones(out)
    return out


def _pairs(clusters: Sequence[Cluster]) -> list[tuple[Cluster, Cluster]]:
    """Return the pairs that could play one role, in order."""
    by_role: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        if role := _role(cluster):
            by_role.setdefault(role, []).append(cluster)
    return [(a, b) for group in by_role.values() for n, a in enumerate(group) for b in group[n + 1 :]]


def _unite(clusters: list[Cluster], first: Cluster, second: Cluster, why: str) -> None:
    first.members += second.members
    first.reasons += [*second.reasons, why]
    clusters[:] = [c for c in clusters if c is not second]


def _all_local(cluster: Cluster, local: Collection[str]) -> bool:
    return all(is_local(m, local) for _, m in cluster.members)


def _role(cluster: Cluster) -> str:
    """Return the role that a cluster plays alone in many systems, nothing for one that any number of parts may play."""
    kind = cluster.kind()
    if kind in _DATABASES:
        return "database"
    if kind in WEAK_KINDS:
        rests = [_rest(n, cluster) for n in cluster.names()]
        return next((r for r in _NAMED_ROLES if all(x and x <= _ROLE_WORDS[r] for x in rests)), "")
    return "messaging" if kind in MESSAGING else kind if kind in _ROLE_WORDS else ""


def _only_ones(clusters: Sequence[Cluster]) -> set[int]:
    """Return the clusters (by identity) that are the only one of their role in every fragment that mentions them."""
    count: dict[tuple[int, str], int] = {}
    for cluster in clusters:
        for n in cluster.fragments():
            count[(n, _role(cluster))] = count.get((n, _role(cluster)), 0) + 1
    return {id(c) for c in clusters if _role(c) and all(count[(n, _role(c))] == 1 for n in c.fragments())}


def _callers(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> dict[int, set[int]]:
    owner = {(n, m.id): c for c in clusters for n, m in c.members}
    out: dict[int, set[int]] = {id(c): set() for c in clusters}
    for n, fragment in enumerate(ranked):
        for flow in fragment.flows:
            source, target = owner.get((n, flow.source)), owner.get((n, flow.target))
            if source is not None and target is not None:
                out[id(target)].add(id(source))
    return out


def _one_role(first: Cluster, second: Cluster, same_caller: bool) -> str:
    role = _role(first)
    if first.fragments() & second.fragments() or not (_says_role(first) and _says_role(second)):
        return ""
    names = f"'{first.names()[0]}', '{second.names()[0]}'"
    if are_one_technology(first.technology(), second.technology()):
        return f"the only {role.replace('_', ' ')} of each source: {names}"
    if role == "object_store" and same_caller:
        return f"the only object store of each source, with the same caller: {names}"
    return ""


def _says_role(cluster: Cluster) -> bool:
    """Return whether one of a cluster's names says nothing but its technology and its role."""
    allowed = {singular(w) for w in _ROLE_WORDS[_role(cluster)] | GENERIC}
    return any(_rest(n, cluster) <= allowed for n in cluster.names())


def says_role_only(cluster: Cluster) -> bool:
    """Return whether no name of a cluster says more than its technology and its role."""
    allowed = {singular(w) for w in _ROLE_WORDS.get(_role(cluster), frozenset()) | GENERIC}
    return all(_rest(n, cluster) <= allowed for n in cluster.names())


def _rest(name: str, cluster: Cluster) -> set[str]:
    """Return the words of a name without those of its technology, also where they are written as one word."""
    words = {singular(w) for w in words_of(name)}
    for technology in {m.technology for _, m in cluster.members if m.technology}:
        known = vocabulary.load().technologies.get(technology)
        for spelling in (technology, *((known.label, *known.aliases) if known else ())):
            parts = {singular(w) for w in words_of(spelling)}
            if parts and parts <= words:
                words -= parts
            words -= {w for w in words if len(w) > 3 and spelling.lower().startswith(w)}
    for word in tuple(words):
        technology_of = vocabulary.load().technology(word)
        if technology_of is not None and not technology_of.ambiguous:
            words.discard(word)
    if len(words) == 1:
        (word,) = words
        for cut in range(4, len(word) - 3):
            head = vocabulary.load().technology(word[:cut])
            if head is not None and not head.ambiguous:
                return {singular(word[cut:])}
    return words


def _same_node(
    cluster: Cluster, clusters: Sequence[Cluster], ranked: Sequence[Fragment]
) -> tuple[Cluster, str] | None:
    """Return the service of a manifest or Compose file whose name is the id of the node that a diagram draws."""
    if any(ranked[n].reader != "mermaid" for n in cluster.fragments()):
        return None
    for _, member in cluster.members:
        node = node_id(member)
        if len(node) < 3:
            continue
        key = keys(node)[0]
        named = [
            c
            for c in clusters
            if c is not cluster
            and not c.fragments() & cluster.fragments()
            and any(ranked[n].reader in _CONFIG and keys(m.name)[0] == key for n, m in c.members)
            and any(compatible(member.kind, k) for k in c.kinds())
            and are_one_technology(c.technology(), member.technology)
        ]
        generic = set(map(singular, words_of(node))) <= set(map(singular, _ANY_ROLE))
        in_label = set(words_of(node)) <= set(words_of(member.name))
        if len(named) == 1 and (in_label or not generic):
            return named[0], f"the node '{member.name}' has the id '{node}'"
    return None


_ANY_ROLE = frozenset().union(
    *_ROLE_WORDS.values(), GENERIC, ("web", "frontend", "backend", "worker", "client", "ui")
)


def node_id(member: Component) -> str:
    """Return the id that a diagram's node has in the words of its evidence, nothing when they don't show it.

    >>> from buttress.model import Evidence
    >>> node_id(Component("o", "Order desk", evidence=(Evidence("a.md", 3, 3, "orders[Order desk] --> db", "diagram"),)))
    'orders'
    """
    name = re.escape(member.name)
    for evidence in member.evidence:
        if evidence.form == "diagram":
            found = re.search(
                rf"(?<![\w-])([A-Za-z][\w-]*)\s*[\[({{>/\\]+\s*\"?\s*{name}\s*\"?\s*[\])}}/\\]",
                evidence.quote,
            )
            if found is not None:
                return found[1]
    return ""


def _technology_and_name(
    cluster: Cluster, clusters: Sequence[Cluster], ranked: Sequence[Fragment]
) -> tuple[Cluster, str] | None:
    """Return the only cluster whose name is this one's without its technology (`nginx gateway`, `gateway`)."""
    for _, member in cluster.members:
        if member.technology is None:
            continue
        spellings = technology_names(member.technology)
        words = [w for w in words_of(member.name) if not {w, singular(w)} & spellings]
        if not words or len(words) == len(words_of(member.name)):
            continue
        key = "".join(map(singular, words))
        named = [
            c
            for c in clusters
            if c is not cluster
            and not any(ranked[n].tells_apart for n in c.fragments() & cluster.fragments())
            and any(keys(x)[1] == key for x in c.names())
            and any(family(member.kind) == family(k) for k in c.kinds())
            and are_one_technology(c.technology(), member.technology)
        ]
        if len(named) == 1:
            return named[0], f"the same name with its technology: '{named[0].names()[0]}', '{member.name}'"
    return None


def _stands_in(first: Cluster, second: Cluster, sentences: Sequence[str], local: Collection[str]) -> str:
    """Return the reason why one of two stores or brokers is the other's stand-in on a developer's machine."""
    if first.kind() not in STORES | MESSAGING:
        return ""
    here = [c for c in (first, second) if any(is_local(m, local) for _, m in c.members)]
    if len(here) != 1 or any(_runs_elsewhere(m, local) for _, m in here[0].members):
        return ""
    other = second if here[0] is first else first
    for sentence in sentences:
        said = LOCAL_WORDS.search(sentence) or _STANDS_IN.search(sentence)
        if said and _named_in(here[0], sentence) and _named_in(other, sentence):
            return f'a sentence says that one stands in for the other: "{sentence.strip()[:120]}"'
    return ""


def _runs_elsewhere(member: Component, local: Collection[str]) -> bool:
    return bool(member.evidence) and member.evidence[0].form == "config" and not is_local(member, local)


def _named_in(cluster: Cluster, sentence: str) -> bool:
    known = vocabulary.load().technologies.get(cluster.technology() or "")
    names = {*cluster.names(), *((known.label, *known.aliases) if known else ())}
    return any(
        re.search(rf"(?<![\w-]){re.escape(n)}(?![\w-])", sentence, re.IGNORECASE) for n in names if len(n) > 1
    )
