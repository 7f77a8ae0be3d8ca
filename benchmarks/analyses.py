"""What the analyses cost, from a service's own graph to a fleet of 100,000 components with 1,000,000 flows; time, memory, slope.

The fleet is drawn like real ones: domains of services with stores of their own, a broker a domain, calls mostly within a domain and
downwards in five tiers, some into a few platform services, a few circles, replica pairs and stated timeouts and retries. Usage: analyses.py [COMPONENTS ...]
"""

from __future__ import annotations

import gc
import itertools
import math
import os
import random
import resource
import subprocess
import sys
import time

from buttress import analysis
from buttress.faults import grow
from buttress.model import Boundary, Component, Fact, Flow, SystemGraph

DOMAIN = 50  # components
PER_COMPONENT = 10  # flows
TIERS = 5  # of domains: a domain calls domains of lower tiers


def fleet(size: int, seed: int = 7) -> SystemGraph:
    """Return a system of that many components and ten times as many flows."""
    draw = random.Random(seed)
    kinds = (
        ["service"] * 26
        + ["worker"] * 6
        + ["relational_db"] * 10
        + ["cache"] * 4
        + ["message_broker"]
        + ["external_service"] * 2
        + ["gateway"]
    )
    components, flows = [], []
    domains = max(1, size // DOMAIN)
    zones = tuple(Boundary(f"zone-{n}", f"zone-{n}", "zone") for n in range(3))
    teams = tuple(Boundary(f"team-{n}", f"team-{n}", "team") for n in range(domains))
    one, two, timeout, retry = (
        Fact("replicas", 1),
        Fact("replicas", 3),
        Fact("timeout", 2.0),
        Fact("retry", 2),
    )
    for n in range(size):
        kind = kinds[n % DOMAIN]
        places = (
            f"team-{min(n // DOMAIN, domains - 1)}",
            *((f"zone-{n % 3}",) if kind == "relational_db" else ()),
        )
        components.append(
            Component(f"c{n}", f"part {n}", kind, boundaries=places, facts=(one if n % 7 else two,))
        )

    def add(source: int, target: int, kind: str) -> None:
        facts = ((), (timeout,), (timeout, retry))[draw.randrange(3)] if kind == "calls" else ()
        flows.append(Flow(f"f{len(flows)}", f"c{source}", f"c{target}", kind, facts=facts))

    services = list(range(32))
    for first in range(0, size - DOMAIN + 1, DOMAIN):
        tier = first // DOMAIN % TIERS
        add(first + 49, first, "routes")
        add(first + 32, first + 35, "replicates")
        for n in range(PER_COMPONENT * DOMAIN - 2):
            source = first + draw.choice(services)
            way = draw.random()
            if way < 0.4:
                target = first + min(31, source - first + 1 + draw.randrange(6))
                add(source, target, "calls")
            elif way < 0.41:
                add(source, first + draw.randrange(32), "calls")
            elif way < 0.45 and tier:
                below = draw.randrange(domains // TIERS or 1) * TIERS + draw.randrange(tier)
                add(source, min(below, domains - 1) * DOMAIN + draw.randrange(10), "calls")
            elif way < 0.47:
                add(source, draw.randrange(8), "calls") if source > 7 else add(source, first + 32, "reads")
            elif way < 0.85:
                add(source, first + 32 + (source + n) % 3 * 3, "writes" if way < 0.6 else "reads")
            elif way < 0.9:
                add(source, first + 42 + n % 4, "reads")
            elif way < 0.95:
                add(source, first + 46, "publishes")
            elif way < 0.98:
                add(first + 26 + n % 6, first + 46, "consumes")
            else:
                add(source, first + 47 + n % 2, "calls")
    return SystemGraph(
        name="fleet", components=tuple(components), flows=tuple(flows), boundaries=(*zones, *teams)
    )


def measure(size: int) -> None:
    graph = fleet(size)
    before = _peak(resource.RUSAGE_SELF)
    start, began = time.perf_counter(), time.process_time()
    derived = len(analysis.analyse(graph).derived)
    waited, own = time.perf_counter() - start, time.process_time() - began
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    second = others.ru_utime + others.ru_stime
    peak, child = _peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN)
    times = {}
    gc.disable()  # as analysis.analyse does
    began = start = time.process_time()
    tree = grow(graph)
    times["tree"] = time.process_time() - start
    for analyse in analysis.ANALYSES:
        start = time.process_time()
        analyse(tree)
        times[analyse.__module__.rpartition(".")[2]] = time.process_time() - start
    total = time.process_time() - began
    parts = ", ".join(f"{name} {seconds:.3f}" for name, seconds in times.items())
    print(
        f"{size} {len(graph.flows)} {total:.4f} {waited:.3f} {own:.3f} {second:.3f} {peak:.0f} {child:.0f} {before:.0f} {derived} {parts}"
    )


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def main() -> None:
    sizes = [int(a) for a in sys.argv[1:]] or [50, 1_000, 10_000, 100_000]
    rows = []
    for size in sizes:
        ran = subprocess.run(
            [sys.executable, __file__],
            env={**os.environ, "FLEET": str(size)},
            capture_output=True,
            text=True,
            check=True,
        )
        components, flows, total, waited, own, second, peak, child, before, derived, parts = ran.stdout.split(
            " ", 10
        )
        rows.append((int(components), float(total)))
        print(
            f"{components:>7} components {flows:>8} flows  {waited} s  {peak} MB (graph alone {before})  {derived} facts\n"
            f"        of that {own} s of one processor, and {second} s of another with {child} MB\n"
            f"        one after the other: {float(total):.3f} s of one processor"
        )
        print(f"        {parts.strip()}")
    for (a, s), (b, t) in itertools.pairwise(rows[1:]):
        print(f"slope from {a} to {b}: {math.log(t / s) / math.log(b / a):.2f}  (1 is linear)")


if __name__ == "__main__":
    if "FLEET" in os.environ:
        measure(int(os.environ["FLEET"]))
    else:
        main()
