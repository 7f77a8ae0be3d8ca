"""How requests arrive: encrypted or not at a load balancer, and whether it asks the services behind it how they are."""

from __future__ import annotations

from collections.abc import Iterator

from buttress.cloud.facts import Told
from buttress.cloud.inventory import Inventory
from buttress.cloud.values import Resource
from buttress.model import Evidence, Fact

_LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")


def arriving(there: Inventory) -> Iterator[tuple[str, Told]]:
    """Yield facts of load balancers and of the services behind them, by address.

    A balancer whose listeners all take plain requests and pass them on isn't encrypted; one that only redirects them is, and one that
    has both kinds takes encrypted requests beside plain ones.
    """
    sent_on: dict[str, list[Evidence]] = {}
    plain: dict[str, list[Evidence]] = {}
    secure: dict[str, list[Evidence]] = {}
    open_: set[str] = set()
    for listener in there.of(*_LISTENERS):
        for balancer in there.owners_of(listener, "load_balancer_arn"):
            protocol = listener.get("protocol")
            if protocol is None or not protocol.known:
                open_.add(balancer)
            elif protocol.words() in ("HTTPS", "TLS"):
                secure.setdefault(balancer, []).extend(protocol.evidence()[:1])
            elif protocol.words() == "HTTP":
                kind = sent_on if _redirects(listener) else plain
                kind.setdefault(balancer, []).extend(protocol.evidence()[:1])
    for balancer, evidence in secure.items():
        if balancer not in plain:
            yield balancer, Told(Fact("encryption_in_transit", True, "stated", tuple(evidence)), written=True)
        if balancer in plain:
            yield balancer, Told(Fact("https_only", None, "denied", tuple(plain[balancer])), written=True)
        elif balancer in sent_on:
            yield balancer, Told(Fact("https_only", True, "stated", tuple(sent_on[balancer])), written=True)
    for balancer, evidence in plain.items():
        if balancer not in secure and balancer not in open_:
            yield balancer, Told(Fact("encryption_in_transit", None, "denied", tuple(evidence)), written=True)
    yield from _of_google(there)
    for group in there.of(*_GROUPS):
        check = group.get("health_check|health_check_path|health_check_enabled")
        evidence_ = check.evidence() if check is not None else (group.here(),)
        for owner in there.owners(group.address):
            if there.rows[owner].runs:
                yield (
                    owner,
                    Told(Fact("health_check", True, "stated", evidence_[:1]), written=check is not None),
                )


def _redirects(listener: Resource) -> bool:
    kinds = [v.words() for v in listener.body.each("default_action.type|default_actions.type")]
    return bool(kinds) and all(k in ("redirect", "fixed-response") for k in kinds)


def _of_google(there: Inventory) -> Iterator[tuple[str, Told]]:
    """Yield whether forwarding rules take encrypted requests, by the proxy that they lead to; redirects take none."""
    for rule in there.of("google_compute_global_forwarding_rule", "google_compute_forwarding_rule"):
        target = rule.get("target")
        for address in there.named(rule, "target"):
            proxy = there.resources[address]
            maps = [there.resources[a] for a in there.named(proxy, "url_map")]
            redirects = [r for m in maps if (r := m.get("default_url_redirect")) is not None and r.data != []]
            if target is None or redirects:
                continue
            evidence = (*target.evidence()[:1], proxy.here())
            if proxy.type.endswith("_https_proxy"):
                yield (
                    rule.address,
                    Told(Fact("encryption_in_transit", True, "stated", evidence), written=True),
                )
            elif proxy.type.endswith("_http_proxy"):
                yield (
                    rule.address,
                    Told(Fact("encryption_in_transit", None, "denied", evidence), written=True),
                )
