"""Which mentions are one component by what they are for, when their names don't say it.

`Zuul` and `api-gateway`, `Object storage` and `minio` are one when each is the only one of its kind in its source and its name
says no more than role and technology. A sentence may say that one thing stands in for another ("S3, MinIO on a laptop").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from buttress import vocabulary
from buttress.merge.brokers import ALSO_BROKERS
from buttress.merge.clustering import WEAK_KINDS, Cluster
from buttress.merge.environments import is_local
from buttress.merge.technologies import spellings
from buttress.model import Component, Fragment
from buttress.model.kinds import DATABASES, MESSAGING, STORES
from buttress.names import GENERIC, singular, words_of
from buttress.vocabulary import are_one_technology
from buttress.workloads import label_of
from buttress.workloads.developing import LOCAL_WORDS

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
_CHOSEN = {"database": "database", "messaging": "message broker"}
_STANDS_IN = re.compile(
    r"\bstand(?:s|ing)? in for\b|\bin (?:the )?place of\b|\binstead of\b|\bemulat\w+", re.IGNORECASE
)
LONGEST = 40  # letters of a technology's name that another word follows without a space
_SETTING = re.compile(
    r"\b[A-Za-z]\w*_(?:url|uri|dsn|host|hosts|addr|address|endpoint|brokers?|servers?)\b", re.IGNORECASE
)
_KEY = re.compile(r"[-\s\"']*([A-Za-z]\w+)[\"']?\s*[:=]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\"(])")


def join_roles(
    clusters: Sequence[Cluster], ranked: Sequence[Fragment], local: Collection[str]
) -> list[Cluster]:
    """Return the clusters, those joined that a sentence, or role and technology make one."""
    out = list(clusters)
    callers = _callers(out, ranked)
    sentences = _sentences(ranked)
    todo = _pairs(out, ranked, sentences)
    while todo:
        first, second = todo.pop(0)
        why = (
            ""
            if _shown_in(first, ranked) & _shown_in(second, ranked)
            else _one_role(first, second, same_caller=bool(callers[id(first)] & callers[id(second)]))
        )
        why = (
            why
            if why and {id(first), id(second)} <= _only_ones(out, ranked)
            else _stands_in(first, second, sentences, local)
        )
        if why:
            less = [_all_local(c, local) or _is_given(c) for c in (first, second)]
            kept = second if less[0] and not less[1] else first
            gone = second if kept is first else first
            kept.absorb(gone, why)
            out = [c for c in out if c is not gone]
            callers[id(kept)] |= callers[id(gone)]
            todo = _pairs(out, ranked, sentences)
    return out


def join_unnamed(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters, those joined that only say there is a database or broker with the one of that role that others name.

    Code whose settings choose the database says nothing else; the same callers must need both.
    """
    out = list(clusters)
    for unnamed in clusters:
        role = _role(unnamed)
        code = any(ranked[n].reader == "python" for n in unnamed.fragments())
        if role not in _CHOSEN or unnamed.technology() is not None or not code or not says_role_only(unnamed):
            continue
        callers = _callers(out, ranked)
        if (given := _given_by_setting(unnamed, out, ranked)) is not None:
            given.absorb(unnamed, f"the {_CHOSEN[role]} whose address the setting holds that the code reads")
            out.remove(unnamed)
            continue
        fits = [
            c
            for c in out
            if c is not unnamed
            and not c.fragments() & unnamed.fragments()
            and (_role(c) == role or (role == "messaging" and c.technology() in ALSO_BROKERS))
            and callers[id(c)] & callers[id(unnamed)]
        ]
        if len(fits) == 1:
            fits[0].absorb(
                unnamed, f"the only {_CHOSEN[role]} that another source names for what needs one by the code"
            )
            out.remove(unnamed)
    return _join_owned(out, ranked)


def _given_by_setting(
    unnamed: Cluster, clusters: Sequence[Cluster], ranked: Sequence[Fragment]
) -> Cluster | None:
    """Return the store or broker that files name in the very setting from which code takes the address, if they all name one."""
    read = {w.lower() for _, m in unnamed.members for e in m.evidence for w in _SETTING.findall(e.quote)}
    named = {
        (n, flow.target)
        for n, fragment in enumerate(ranked)
        if fragment.reader != "python"
        for flow in fragment.flows
        for e in flow.evidence
        if e.form == "config" and (key := _KEY.match(e.quote)) and key[1].lower() in read
    }
    found = [
        c
        for c in clusters
        if c is not unnamed
        and c.kind() in STORES | MESSAGING
        and any((n, m.id) in named for n, m in c.members)
    ]
    return found[0] if len(found) == 1 else None


def _join_owned(clusters: list[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; what code names after itself and an engine (`billing PostgreSQL`) is the only one of it that it is given."""
    out = list(clusters)
    for owned in clusters:
        if owned.kind() not in STORES | MESSAGING or not all(
            ranked[n].reader == "python" for n in owned.fragments()
        ):
            continue
        callers = _callers(out, ranked)
        mine = callers[id(owned)]
        owners = {singular(w) for c in out if id(c) in mine for name in c.names() for w in words_of(name)}
        fits = [
            c
            for c in out
            if owned.technology() is not None
            and c.kind() in STORES | MESSAGING
            and c.technology() is not None
            and any(ranked[n].reader != "python" for n in c.fragments())
            and not _users_in_code(c, ranked) & _users_in_code(owned, ranked)
            and are_one_technology(c.technology(), owned.technology())
            and callers[id(c)] & mine
        ]
        if (
            len(fits) == 1
            and mine
            and _rest(owned.names()[0], owned) <= owners | _ROLE_WORDS.get(_role(owned), frozenset())
        ):
            fits[0].absorb(
                owned, f"the only {owned.technology()} that another source gives to what uses one by the code"
            )
            out.remove(owned)
    return out


def _users_in_code(cluster: Cluster, ranked: Sequence[Fragment]) -> set[tuple[int, str]]:
    """Return what uses a cluster by the code: a program that names two stores has two."""
    members = {(n, m.id) for n, m in cluster.members if ranked[n].reader == "python"}
    return {
        (n, f.source) for n in {n for n, _ in members} for f in ranked[n].flows if (n, f.target) in members
    }


def _pairs(
    clusters: Sequence[Cluster], ranked: Sequence[Fragment], sentences: Sequence[str]
) -> list[tuple[Cluster, Cluster]]:
    """Return the pairs of one role that are the only ones of it where they are, or that one of the sentences may join."""
    only = _only_ones(clusters, ranked)
    by_role: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        role = _role(cluster)
        if role and (id(cluster) in only or any(_named_in(cluster, s) for s in sentences)):
            by_role.setdefault(role, []).append(cluster)
    return [(a, b) for group in by_role.values() for n, a in enumerate(group) for b in group[n + 1 :]]


def _sentences(ranked: Sequence[Fragment]) -> list[str]:
    """Return the sentences that may say that one thing stands in for another."""
    passages = (p.text.replace("\n", " ") for f in ranked for p in f.passages)
    return [
        s for text in passages for s in _SENTENCE.split(text) if LOCAL_WORDS.search(s) or _STANDS_IN.search(s)
    ]


def _all_local(cluster: Cluster, local: Collection[str]) -> bool:
    return all(is_local(m, local) for _, m in cluster.members)


def _role(cluster: Cluster) -> str:
    """Return the role that a cluster plays alone in many systems, nothing for one that any number of parts may play."""
    kind = cluster.kind()
    if kind in DATABASES:
        return "database"
    if kind in WEAK_KINDS:
        rests = [_rest(n, cluster) for n in cluster.names()]
        return next((r for r in _NAMED_ROLES if all(x and x <= _ROLE_WORDS[r] for x in rests)), "")
    return "messaging" if kind in MESSAGING else kind if kind in _ROLE_WORDS else ""


def _only_ones(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> set[int]:
    """Return the clusters (by identity) that are the only one of their role in every source, or drawing of one, that mentions them."""
    places = [(c, _role(c), _shown_in(c, ranked)) for c in clusters]
    count = Counter((place, role) for _, role, shown in places for place in shown)
    return {id(c) for c, role, shown in places if role and all(count[place, role] == 1 for place in shown)}


def _shown_in(cluster: Cluster, ranked: Sequence[Fragment]) -> set[tuple[int, int]]:
    """Return the fragments that mention a cluster, and which drawing of each, by their numbers; -1 where there are none."""
    return {
        (n, at)
        for n, member in cluster.members
        for at in ([k for k, shown in enumerate(ranked[n].drawn) if member.id in shown] or [-1])
    }


def _callers(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> dict[int, set[int]]:
    owner = {(n, m.id): c for c in clusters for n, m in c.members}
    out: dict[int, set[int]] = {id(c): set() for c in clusters}
    for n, fragment in enumerate(ranked):
        for flow in fragment.flows:
            source, target = owner.get((n, flow.source)), owner.get((n, flow.target))
            if source is not None and target is not None:
                out[id(target)].add(id(source))
    return out


def _one_role(first: Cluster, second: Cluster, *, same_caller: bool) -> str:
    role = _role(first)
    if not (_says_role(first) and _says_role(second)) and not (_is_given(first) or _is_given(second)):
        return ""
    names = f"'{first.names()[0]}', '{second.names()[0]}'"
    if are_one_technology(first.technology(), second.technology()):
        return f"the only {role.replace('_', ' ')} of each source: {names}"
    if role == "object_store" and same_caller:
        return f"the only object store of each source, with the same caller: {names}"
    return ""


def _is_given(cluster: Cluster) -> bool:
    """Return whether a store or broker is only known by a setting of manifests that gives its address at the start, not what it is."""
    return all(
        member.technology is not None
        and member.name == label_of(member.technology)
        and not member.facts
        and all("://" not in e.quote and e.form == "config" for e in member.evidence)
        for _, member in cluster.members
    )


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
        for spelling in spellings(technology):
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
        for cut in range(4, min(len(word) - 3, LONGEST)):
            head = vocabulary.load().technology(word[:cut])
            if head is not None and not head.ambiguous:
                return {singular(word[cut:])}
    return words


def _stands_in(first: Cluster, second: Cluster, sentences: Sequence[str], local: Collection[str]) -> str:
    """Return the reason why one of two stores or brokers is the other's stand-in on a developer's machine."""
    if first.kind() not in STORES | MESSAGING:
        return ""
    here = [c for c in (first, second) if any(is_local(m, local) for _, m in c.members)]
    if len(here) != 1 or any(_runs_elsewhere(m, local) for _, m in here[0].members):
        return ""
    other = second if here[0] is first else first
    for sentence in sentences:
        if _named_in(here[0], sentence) and _named_in(other, sentence):
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
