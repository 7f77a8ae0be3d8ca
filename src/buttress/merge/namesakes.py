"""Which mentions are one component because one name hides in the other, or in the id of a diagram's node.

`nginx gateway` is `gateway` with its technology; in `orders[Order desk]` the node has the id of the service `orders`;
`api.stripe.com` is the host of Stripe.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.merge.clustering import Cluster, compatible, family, told_apart
from buttress.merge.technologies import technology_names
from buttress.model import Component, Fragment
from buttress.names import GENERIC, MAKERS, keys, singular, words_of
from buttress.vocabulary import are_one_technology, load
from buttress.vocabulary.roles import role_phrases

_CONFIG = ("kubernetes", "compose")
MIN_ID = 3
# A public host: the name of who offers it, and the ending under which it is registered.
_HOST = re.compile(r"(?:[\w-]+\.)*([\w-]+)\.(?:(?:com?|org|net)\.[a-z]{2}|[a-z]{2,18})", re.IGNORECASE)


def join_namesakes(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters, those joined that a node's id or a name with its technology makes one."""
    out = list(clusters)
    for rule in (_same_node, _technology_and_name, _public_host):
        known: dict[str, list[Cluster]] = {}
        for cluster in out:
            for key in {k for name in cluster.names() for k in keys(name)[:2]}:
                known.setdefault(key, []).append(cluster)
        gone: set[int] = set()
        for cluster in out:
            found = rule(cluster, known, ranked)
            if found is not None and id(found[0]) not in gone:
                found[0].absorb(cluster, found[1])
                gone.add(id(cluster))
        out = [c for c in out if id(c) not in gone]
    return out


def _same_node(
    cluster: Cluster, known: dict[str, list[Cluster]], ranked: Sequence[Fragment]
) -> tuple[Cluster, str] | None:
    """Return the service of a manifest or Compose file whose name is the id of the node that a diagram draws."""
    if any(ranked[n].reader != "mermaid" for n in cluster.fragments()):
        return None
    for _, member in cluster.members:
        node = node_id(member)
        if len(node) < MIN_ID:
            continue
        key, words = keys(node)[0], words_of(node)
        named = [
            c
            for c in known.get(key, ())
            if c is not cluster
            and not c.fragments() & cluster.fragments()
            and any(ranked[n].reader in _CONFIG and keys(m.name)[0] == key for n, m in c.members)
            and any(compatible(member.kind, k) for k in c.kinds())
            and are_one_technology(c.technology(), member.technology)
        ]
        says_little = " ".join(words) in role_phrases() or set(words) <= GENERIC
        if len(named) == 1 and (set(words) <= set(words_of(member.name)) or not says_little):
            return named[0], f"the node '{member.name}' has the id '{node}'"
    return None


def node_id(member: Component) -> str:
    """Return the id that a diagram's node has in the words of its evidence, nothing when they don't show it.

    >>> from buttress.model import Evidence
    >>> node_id(Component("o", "Order desk", evidence=(Evidence("a.md", 3, 3, "orders[Order desk] --> db", "diagram"),)))
    'orders'
    """
    name = re.escape(member.name)
    node = re.compile(rf"(?<![\w-])([A-Za-z][\w-]*)\s*[\[({{>/\\]+\s*\"?\s*{name}\s*\"?\s*[\])}}/\\]")
    for evidence in member.evidence:
        found = node.search(evidence.quote) if evidence.form == "diagram" else None
        if found is not None:
            return found[1]
    return ""


def _technology_and_name(
    cluster: Cluster, known: dict[str, list[Cluster]], ranked: Sequence[Fragment]
) -> tuple[Cluster, str] | None:
    """Return the only cluster whose name is this one's without its technology, platform, maker or kind (`nginx gateway`, `gateway`)."""
    for _, member in cluster.members:
        spellings = technology_names(member.technology) if member.technology is not None else frozenset()
        bare = " ".join(w for w in member.name.split() if not _is_whose_offer(w))
        words = [w for w in words_of(bare) if not {w, singular(w)} & spellings]
        says_kind = len(words) > 1 and role_phrases().get(words[-1]) == member.kind != "service"
        words = words[:-1] if says_kind else words
        if not words or len(words) == len(words_of(member.name)):
            continue
        key = "".join(map(singular, words))
        named = [
            c
            for c in known.get(key, ())
            if c is not cluster
            and not any(told_apart(m, c, n, ranked[n]) for n, m in cluster.members)
            and any(keys(x)[1] == key for x in c.names())
            and any(family(member.kind) == family(k) for k in c.kinds())
            and (not says_kind or member.kind == c.kind())
            and are_one_technology(c.technology(), member.technology)
        ]
        if len(named) == 1:
            return named[0], f"the same name with its technology: '{named[0].names()[0]}', '{member.name}'"
    return None


def _is_whose_offer(word: str) -> bool:
    """Return whether a word of a name is that of a maker, or of the platform that the thing runs on."""
    technology = load().technology(word)
    return word.lower() in MAKERS or (
        technology is not None and technology.kind == "compute_host" and not technology.ambiguous
    )


def _public_host(
    cluster: Cluster, known: dict[str, list[Cluster]], ranked: Sequence[Fragment]
) -> tuple[Cluster, str] | None:
    """Return the only service outside that is called like the owner of this host (`Stripe` for `api.stripe.com`)."""
    hosts = [_HOST.fullmatch(name) for name in cluster.names()]
    if set(cluster.kinds()) != {"external_service"} or not all(hosts):
        return None
    owners = {keys(host[1])[0] for host in hosts if host is not None}
    if len(owners) != 1:
        return None
    (owner,) = owners
    named = [
        c
        for c in known.get(owner, ())
        if c is not cluster
        and c.kind() == "external_service"
        and not any(told_apart(m, c, n, ranked[n]) for n, m in cluster.members)
        and are_one_technology(c.technology(), cluster.technology())
    ]
    if len(named) == 1:
        return named[0], f"the host of '{named[0].names()[0]}': '{cluster.names()[0]}'"
    return None
