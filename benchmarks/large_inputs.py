"""What large inputs cost: a megabyte of Markdown, a manifest of five thousand lines, ten times the size of each to see the slope."""

from __future__ import annotations

import tempfile
from pathlib import Path

from measuring import BUTTRESS, report

SECTION = """
## The {name} service

The {name} service is written in Python with FastAPI and keeps its rows in PostgreSQL. It calls the {other} service over REST with a
timeout of {n} seconds and retries three times with exponential backoff. When an order changes, {name} publishes an event to RabbitMQ,
from which the {third} worker consumes. Results are cached in Redis for ten minutes. Every call carries a correlation id, and
Prometheus scrapes the service.

- {name} runs with {n} replicas behind nginx.
- Its tables are backed up every night; a restore was last tried in {year}.
- There is no rate limit on its public endpoints yet.

| Property | Value |
|---|---|
| Owner | Team {other} |
| Latency | p99 {n}0 ms |
"""
WORKLOAD = """---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: shop
spec:
  replicas: {n}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: registry.example/{name}:1.{n}
          env:
            - name: NEXT_URL
              value: http://{other}:8080
            - name: DATABASE_URL
              value: postgresql://{name}@orders-db:5432/{name}
          resources: {{limits: {{memory: 256Mi}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: 8080}}]
"""
WORDS = "amber basalt cedar delta ember falcon garnet harbor iris juniper kestrel laurel maple nectar onyx pearl quartz raven".split()


def names(count: int) -> list[str]:
    """Return that many names of services, all different."""
    return [
        f"{WORDS[n % len(WORDS)]}{WORDS[n // len(WORDS) % len(WORDS)]}-{n // len(WORDS) ** 2}".removesuffix(
            "-0"
        )
        for n in range(count)
    ]


def filled(template: str, *, size: int, services: int, unit: str) -> str:
    """Return the template filled again and again until there are `size` bytes or lines."""
    known, out, done = names(services), [], 0
    while done < size:
        n = len(out)
        text = template.format(
            name=known[n % services],
            other=known[(n * 7 + 1) % services],
            third=known[(n * 3 + 2) % services],
            n=n % 8 + 2,
            year=2020 + n % 5,
        )
        out.append(text)
        done += len(text) if unit == "bytes" else text.count("\n")
    return "".join(out)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = {
            "100 kB of Markdown": ("small.md", filled(SECTION, size=100_000, services=60, unit="bytes")),
            "1 MB of Markdown": ("large.md", filled(SECTION, size=1_000_000, services=60, unit="bytes")),
            "a manifest of 500 lines": ("small.yaml", filled(WORKLOAD, size=500, services=250, unit="lines")),
            "a manifest of 5,000 lines": (
                "large.yaml",
                filled(WORKLOAD, size=5_000, services=250, unit="lines"),
            ),
        }
        for name, text in files.values():
            (folder / name).write_text(text, encoding="utf-8")
        rows = [
            (f"review of {what}", [*BUTTRESS, "review", folder / name], None)
            for what, (name, _) in files.items()
        ]
        report("Large inputs", rows, runs=3)
