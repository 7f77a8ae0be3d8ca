"""Questions about facts over small files: what a format tells in parts, secrets, services of every kind."""

from __future__ import annotations

from buttress.ask import answer_text, ask
from buttress.model import Source
from buttress.pipeline import read

CLINIC = Source(
    "compose.yaml",
    """services:
  desk:
    image: clinic/desk:2
    ports: ["8000:8000"]
    environment:
      DATABASE_PASSWORD: correct-horse-battery
  labs:
    image: clinic/labs:1
  records:
    image: postgres:16
    ports: ["5432:5432"]
""",
)
WARD = Source(
    "ward.yaml",
    """apiVersion: apps/v1
kind: Deployment
metadata: {name: beds}
spec:
  selector: {matchLabels: {app: beds}}
  template:
    metadata: {labels: {app: beds}}
    spec:
      containers:
        - name: beds
          image: clinic/beds:1
          readinessProbe: {httpGet: {path: /up, port: 80}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: beds}
spec:
  scaleTargetRef: {kind: Deployment, name: beds}
  minReplicas: 2
  maxReplicas: 9
""",
)


def said(question: str, *sources: Source) -> str:
    return answer_text(ask(read(sources), question, limit=0, sources=sources))


def test_a_probe_tells_of_health_checks_and_an_autoscaler_of_replicas() -> None:
    assert "beds: readiness probe." in said("does beds have a health check?", WARD)
    assert "maximum replicas 9" in said("how many replicas of beds can there be at most?", WARD)


def test_what_runs_is_a_service_whatever_its_kind() -> None:
    text = said("which services publish a port?", CLINIC)
    assert "desk: published ports 8000." in text
    assert "records: published ports 5432." in text


def test_a_kind_that_is_asked_for_leaves_others_out_of_what_is_exposed() -> None:
    text = said("which databases can be reached from outside?", CLINIC)
    assert "records" in text
    assert "desk" not in text


def test_secrets_in_files_are_told_without_them() -> None:
    text = said("are there any passwords in the repository?", CLINIC)
    assert "desk: secrets in plain text." in text
    assert "correct-horse" not in text
    assert "don't say" not in text
