"""What large inputs cost: Markdown, a manifest, a Python project and Terraform, each in two sizes to see the slope."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from measuring import BUTTRESS, report

from buttress import pipeline
from buttress.model import Source

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
MODULE = """import logging

import httpx
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.db import session
from shop.models import Order

log = logging.getLogger(__name__)
router = APIRouter(prefix="/{name}")


class {title}Error(Exception):
    \"\"\"Raised when {name} can't be told.\"\"\"


def price_of_{n}(items: list[dict[str, int]], *, rate: int = {n}) -> int:
    total = 0
    for item in items:
        if item["count"] > {n} and item["kind"] != "{other}":
            total += item["count"] * item["price"] * rate
        elif item.get("free"):
            continue
        else:
            total += item["price"]
    return total


@router.get("/{{key}}")
def show(key: int, db: Session = Depends(session)) -> dict[str, int]:
    order = db.execute(select(Order).where(Order.id == key)).scalar_one()
    try:
        answer = httpx.get(f"https://{third}.shop.example.net/v1/{{key}}", timeout={n})
    except httpx.HTTPError:
        log.warning("no answer", extra={{"order": key}})
        raise {title}Error(key) from None
    return {{"order": order.id, "parts": len(answer.json())}}


"""
APPLICATION = "import fastapi\n\napp = fastapi.FastAPI()\n"
PACKAGING = (
    "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['fastapi', 'sqlalchemy', 'psycopg', 'httpx']\n"
)
RESOURCES = """resource "aws_db_instance" "{name}" {{
  engine              = "postgres"
  instance_class      = var.size
  multi_az            = {multi}
  storage_encrypted   = true
  skip_final_snapshot = false
}}

resource "aws_ecs_service" "{name}" {{
  name          = "{name}"
  desired_count = {n}
  launch_type   = "FARGATE"
  tags          = merge(local.tags, {{ team = "{other}" }})
}}

resource "aws_sqs_queue" "{name}" {{
  name                       = "{name}-{third}"
  visibility_timeout_seconds = {n}0
}}
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
            title=known[n % services].title().replace("-", ""),
            multi=str(n % 2 == 0).lower(),
            year=2020 + n % 5,
        )
        out.append(text)
        done += len(text) if unit == "bytes" else text.count("\n")
    return "".join(out)


def spread(folder: Path, template: str, ending: str, *, files: int, parts: int, more: dict[str, str]) -> Path:
    """Write that many files of so many filled templates each into a folder, and some more by name; return the folder."""
    known = names(files)
    for n, name in enumerate(known):
        text = "".join(
            template.format(
                name=f"{name}{k or ''}",
                other=known[(n * 7 + 1) % files],
                third=known[(n * 3 + 2) % files],
                n=(n + k) % 8 + 2,
                title=f"{name}{k or ''}".title().replace("-", ""),
                multi=str(n % 2 == 0).lower(),
            )
            for k in range(parts)
        )
        more = more | {f"{name.replace('-', '_')}{ending}": text}
    for name, text in more.items():
        path = folder / name if ending == ".tf" or name == "pyproject.toml" else folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def best(source: Source, runs: int = 3) -> float:
    """Return the seconds that reading a source into a graph takes at best, after it was read once."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        pipeline.read([source])
        times.append(time.perf_counter() - start)
    return min(times[1:])


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
        code = {"pyproject.toml": PACKAGING, "__init__.py": "", "main.py": APPLICATION}
        for what, count in (("10,000", 25), ("100,000", 250)):
            made_of = spread(folder / f"py{count}", MODULE, ".py", files=count, parts=10, more=code)
            rows.append((f"review of a Python project of {what} lines", [*BUTTRESS, "review", made_of], None))
        for count in (30, 300):
            variables = {
                "variables.tf": 'variable "size" {\n  default = "db.m5"\n}\nlocals {\n  tags = {}\n}\n'
            }
            made_of = spread(folder / f"tf{count}", RESOURCES, ".tf", files=count, parts=2, more=variables)
            rows.append((f"review of {count} Terraform files", [*BUTTRESS, "review", made_of], None))
        report("Large inputs", rows, runs=3)
        print("\nRead into a graph in a process that has read before (best of 3):\n")
        for what, (name, text) in files.items():
            print(f"{what}: {best(Source(name, text)):.3f} s")
