"""How far a review agrees with the 25 security rules of the microSecEnD data set (Schneider et al., MSR 2023).

    python benchmarks/security_rules.py DIR...          each DIR holds `input/` and `label.json` with `rules`: {"R01": "adhered", ...}

The verdicts were made from the code; a review sees what is in `input`. So each rule is mapped to what the graph and our findings can
show of it, and where they show nothing the rule isn't decided: a question is not a verdict. That a kind of part is missing counts as
shown only where files list what runs (Compose, Kubernetes), because these are complete about that. R10, R11, R15, R18, R19, R22 and R24 are
about the inside of services and aren't mapped. Prints a line a rule and the share of agreement; exits 1 below `--least`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from buttress.dependencies.facts import states
from buttress.model import Component, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME
from buttress.pipeline import graph, review_graph

Verdict = bool | None  # adhered, violated, not decided
EDGE = RUNTIME | {"gateway", "load_balancer", "web_frontend"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a review sees of one system."""

    graph: SystemGraph
    found: frozenset[str]  # rules of ours with a finding
    listed: bool  # whether a file lists what runs

    def of(self, *kinds: str) -> list[Component]:
        """Return the components of these kinds."""
        return [c for c in self.graph.components if c.kind in kinds]

    def entries(self) -> set[str]:
        """Return the ids of what faces the outside."""
        found = {d.subject for d in self.graph.derived if d.name == "entry"}
        gateways = {c.id for c in self.of("gateway", "load_balancer")}
        fronts = {
            (f.source, f.target) for f in self.graph.flows if f.source in gateways and f.target in found
        }
        return (found - {behind for _, behind in fronts}) | {front for front, _ in fronts}

    def calls(self, source: str, targets: set[str]) -> bool:
        """Return whether a component has a flow to one of these."""
        return any(f.source == source and f.target in targets for f in self.graph.flows)

    def says(self, topic: str) -> Verdict:
        """Return whether the sources claim that a topic is dealt with, or that it isn't; None when they don't speak of it."""
        told = {s.status for s in self.graph.stances if s.topic == topic and s.claimed}
        return False if told & {"missing", "problem"} else True if "addressed" in told else None

    def there(self, shown: bool) -> Verdict:
        """Return that a part is there; that it isn't only where a file lists what runs."""
        return True if shown else False if self.listed else None


def _kinds_outside(seen: Seen) -> Verdict:
    kinds = {c.kind for c in seen.graph.components if c.id in seen.entries()}
    return len(kinds) == 1 if kinds else None


def _at_entries(topic: str, *facts: str) -> Callable[[Seen], Verdict]:
    def decide(seen: Seen) -> Verdict:
        doors = [c for c in seen.graph.components if c.id in seen.entries()]
        if doors and all(states(c, *facts) for c in doors):
            return True
        return seen.says(topic)

    return decide


def _entries_check(seen: Seen) -> Verdict:
    providers = {c.id for c in seen.of("identity_provider")}
    doors = seen.entries()
    if any(states(c, "authentication") for c in seen.graph.components if c.id in doors):
        return True
    if "unauthenticated-entry" in seen.found:
        return False
    gateways = {c.id for c in seen.of("gateway", "load_balancer")} & doors or doors
    return seen.there(bool(gateways) and all(seen.calls(d, providers) for d in gateways))


def _provider(seen: Seen) -> Verdict:
    return seen.there(bool(seen.of("identity_provider")))


def _encrypted(seen: Seen) -> Verdict:
    if "unencrypted-traffic" in seen.found:
        return False
    told = [f for f in seen.graph.flows if states(f, "encryption_in_transit")]
    return True if told and len(told) == len(seen.graph.flows) else None


def _plain_outside(seen: Seen) -> Verdict:
    """A door that publishes ports, none of them for TLS, takes plain requests."""
    ports = set()
    for component in seen.graph.components:
        fact = component.fact("published_ports") if component.id in seen.entries() else None
        if fact is not None and fact.status == "stated":
            ports |= {str(v) for v in (fact.value if isinstance(fact.value, tuple) else (fact.value,))}
    if not ports:
        return _encrypted(seen)
    return any(p.endswith("443") for p in ports)


def _gathered(seen: Seen) -> Verdict:
    tools = {"logstash", "kibana", "fluentd", "fluent-bit", "loki", "graylog", "splunk", "filebeat"}
    return seen.there(
        any(c.technology in tools for c in seen.graph.components) or bool(seen.says("log-aggregation"))
    )


def _watched(seen: Seen) -> Verdict:
    return seen.there(bool(seen.of("monitoring")) or bool(seen.says("dashboards") or seen.says("monitoring")))


def _all_watched(seen: Seen) -> Verdict:
    watching = {c.id for c in seen.of("monitoring")}
    if not watching:
        return seen.there(False)
    linked = {f.source for f in seen.graph.flows if f.target in watching}
    linked |= {f.target for f in seen.graph.flows if f.source in watching}
    return all(c.id in linked for c in seen.of("service", "gateway"))


def _registered(seen: Seen) -> Verdict:
    registries = {c.id: c.technology for c in seen.of("service_registry")}
    users = {r: {f.source for f in seen.graph.flows if f.target == r} for r in registries}
    kinds = {c.id: c.kind for c in seen.graph.components}
    asked = [
        r for r, by in users.items() if not by or any(kinds[u] in EDGE for u in by)
    ]  # not the broker's own
    if not seen.listed:
        return True if registries else None
    return len({registries[r] for r in asked}) == 1


def _secrets_kept(seen: Seen) -> Verdict:
    if seen.of("secret_store"):
        return True
    return False if "secret-in-plain-text" in seen.found else seen.there(False)


DECIDES: dict[str, tuple[str, Callable[[Seen], Verdict]]] = {
    "R01": ("one kind of part faces the outside", _kinds_outside),
    "R02": ("entries have a circuit breaker", _at_entries("circuit-breaker", "circuit_breaker")),
    "R03": ("entries balance load", _at_entries("load-balancing", "load_balanced")),
    "R04": ("entries authorize", _entries_check),
    "R05": ("entries authenticate", _entries_check),
    "R06": ("calls between services are authorized", _provider),
    "R07": ("calls between services are authenticated", _provider),
    "R08": ("one kind of authorization service", _provider),
    "R09": ("one kind of authentication service", _provider),
    "R12": ("logins are limited", _at_entries("rate-limiting", "rate_limit")),
    "R13": ("traffic from outside is encrypted", _plain_outside),
    "R14": ("traffic between services is encrypted", _encrypted),
    "R16": ("one place for logs", _gathered),
    "R17": ("a message broker", lambda seen: seen.there(bool(seen.of(*MESSAGING)))),
    "R20": ("a monitoring dashboard", _watched),
    "R21": ("every service is connected to it", _all_watched),
    "R23": ("one service registry", _registered),
    "R25": ("a secret store", _secrets_kept),
}


def seen_of(folder: Path) -> Seen:
    """Return what a review sees of the files in a folder."""
    system = graph(folder)
    listed = any(e.form == "config" for c in system.components for e in c.evidence)
    return Seen(
        system, frozenset(f.rule for f in review_graph(system).findings if f.basis == "defect"), listed
    )


def main() -> int:
    """Print the agreement by rule and in all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("systems", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--least", type=float, default=0.85, help="the agreement below which it exits 1")
    options = parser.parse_args()
    rows: dict[str, list[tuple[str, bool, Verdict]]] = {rule: [] for rule in DECIDES}
    count = 0
    for folder in options.systems:
        label = folder / "label.json"
        truth = json.loads(label.read_text(encoding="utf-8")).get("rules") if label.is_file() else None
        if not truth:
            continue
        count += 1
        seen = seen_of(folder / "input")
        for rule, (_, decide) in DECIDES.items():
            if rule in truth:
                rows[rule].append((folder.name, truth[rule] == "adhered", decide(seen)))
    print(f"{count} systems\n\n| rule | about | decided | agree | not so |\n|:--|:--|--:|--:|:--|")
    decided = agree = 0
    for rule, verdicts in rows.items():
        told = [(name, truth, said) for name, truth, said in verdicts if said is not None]
        wrong = [
            f"{name} (we: {'adhered' if said else 'violated'})" for name, truth, said in told if said != truth
        ]
        decided += len(told)
        agree += len(told) - len(wrong)
        print(
            f"| {rule} | {DECIDES[rule][0]} | {len(told)} of {len(verdicts)} | {len(told) - len(wrong)} | {', '.join(wrong)} |"
        )
    share = agree / decided if decided else 0.0
    print(f"\n{agree} of {decided} decided verdicts agree: {share:.1%}")
    return 0 if share >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
