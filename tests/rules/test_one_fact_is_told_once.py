"""Two rules don't tell one fact of one subject, and one sentence about several parts is one finding."""

from __future__ import annotations

import pytest

from buttress import data, pipeline
from buttress.knowledge import project
from buttress.model import Component, Evidence, Source, Stance, SystemGraph
from buttress.rules import Finding, load_dir, run

CARDS = load_dir(data.ontology_dir() / "rules")


def defects(path: str, text: str) -> list[Finding]:
    return [f for f in run(CARDS, project(pipeline.read([Source(path, text)]))) if f.basis == "defect"]


@pytest.mark.parametrize(
    ("path", "text", "subject", "told", "left"),
    [
        pytest.param(
            "compose.yaml",
            'services:\n  queue:\n    image: rabbitmq:3-management\n    ports: ["5672:5672", "15672:15672"]\n',
            "queue",
            "store-reachable-from-outside",
            "admin-port-open",
            id="a store's port of administration is told with its own",
        ),
        pytest.param(
            "a.mmd",
            "flowchart LR\n  user((Customer)) --> shop[Shop<br/>replicas=2]\n"
            "  shop -->|writes| db[(Orders DB<br/>no multi_zone, single_instance)]\n",
            "orders-db",
            "single-point-of-failure",
            "one-zone-for-everything",
            id="one instance has only one zone",
        ),
        pytest.param(
            "a.mmd",
            'flowchart LR\n  gw["API Gateway<br/>authorization=roles"] -->|routes| orders["Orders<br/>no authorization"]\n',
            "orders",
            "rights-checked-at-the-edge-only",
            "rights-unclear",
            id="the edge checks rights that the service doesn't",
        ),
        pytest.param(
            "a.mmd",
            "flowchart LR\n  lb[Load balancer] -->|routes| one[web-1]\n  lb -->|routes| two[web-2]\n"
            "  one -->|runs on| vm[VM 1<br/>single_instance]\n  two -->|runs on| vm\n",
            "vm-1",
            "copies-share-a-fate",
            "single-point-of-failure",
            id="two copies on one machine",
        ),
        pytest.param(
            "a.md",
            "# Data\n\nThe Shop service writes to PostgreSQL. Denormalized totals are a known problem: they diverge from the lines.\n",
            "system",
            "copies-that-drift",
            "state-owned-twice",
            id="one sentence on copies that drift",
        ),
    ],
)
def test_only_the_more_telling_rule_speaks(path: str, text: str, subject: str, told: str, left: str) -> None:
    rules = {f.rule for f in defects(path, text) if subject in f.subjects}
    assert told in rules
    assert left not in rules


def test_parts_that_one_line_shows_are_named_together() -> None:
    role = 'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })'
    functions = "".join(
        f'resource "aws_lambda_function" "{name}" {{\n  role = aws_iam_role.all.arn\n}}\n'
        for name in ("mailer", "report")
    )
    text = f'{functions}resource "aws_iam_role" "all" {{}}\nresource "aws_iam_role_policy" "all" {{\n  role = aws_iam_role.all.id\n  {role}\n}}\n'
    (found,) = [f for f in defects("main.tf", text) if f.rule == "role-may-do-everything"]
    assert found.subjects == ("mailer", "report")
    assert found.message.startswith("The roles of mailer and report may do everything")


def test_the_worst_of_what_is_shown_decides_the_severity() -> None:
    text = "services:\n  agent:\n    image: example/agent:1.0\n    network_mode: host\n    privileged: true\n"
    (found,) = [f for f in defects("compose.yaml", text) if f.rule == "privileged-container"]
    assert found.severity == "HIGH"


@pytest.mark.parametrize(
    ("rule", "image"),
    [
        ("python-without-support", 'FROM python:3.8-slim\nUSER app\nCMD ["gunicorn", "till.wsgi"]\n'),
        (
            "image-built-carelessly",
            "FROM python:3.13-slim\nCOPY . .\nRUN apt-get install -y gcc && pip install -r requirements.txt\n"
            'USER app\nCMD ["gunicorn", "till.wsgi"]\n',
        ),
    ],
)
def test_what_one_image_lacks_is_told_once_for_all_that_run_it(rule: str, image: str) -> None:
    sources = [
        Source(
            "compose.yaml",
            "services:\n  till:\n    build: .\n  mailer:\n    build: .\n    command: celery -A till worker\n",
        ),
        Source("Dockerfile", image),
        Source("till.py", "import flask\n\napp = flask.Flask(__name__)\n"),
        Source("requirements.txt", "flask==3.0.0\n"),
    ]
    found = [f for f in run(CARDS, project(pipeline.read(sources))) if f.rule == rule and f.basis == "defect"]
    assert [f.subjects for f in found] == [("mailer", "till")]


def test_retries_without_a_pause_are_not_work_given_up() -> None:
    here = (Evidence("a.md", 3, 3, "Calls are retried at once, without backoff."),)
    both = tuple(Stance(topic, "problem", here) for topic in ("retries", "exponential-backoff"))
    graph = SystemGraph(components=(Component("shop", "shop", "service"),), stances=both)
    found = {f.rule for f in run(CARDS, project(graph)) if f.basis == "defect"}
    assert "retry-without-backoff" in found
    assert "given-up-at-once" not in found


def test_programs_that_files_start_once_are_one_finding_with_the_way_in() -> None:
    manifests = "\n---\n".join(
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  replicas: 1\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
        f"    spec: {{containers: [{{name: {name}, image: 'example/{name}:1.0', env: [{{name: NEEDED_URL, value: 'http://{needed}'}}]}}]}}\n"
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{type: {kind}, selector: {{app: {name}}}, ports: [{{port: 80}}]}}"
        for name, needed, kind in (
            ("till", "stock", "LoadBalancer"),
            ("stock", "tax", "ClusterIP"),
            ("tax", "till-page", "ClusterIP"),
        )
    )
    found = [
        f
        for f in defects("deploy.yaml", manifests)
        if f.rule in ("single-point-of-failure", "single-instance-service")
    ]
    assert [(f.told_of, f.path) for f in found] == [(("stock", "tax", "till"), ())]


def test_one_store_is_shown_by_one_way_to_it_and_says_why_it_is_grave() -> None:
    drawn = (
        "flowchart LR\n  user((Customer)) --> till[Till<br/>replicas=2]\n  user --> desk[Desk<br/>replicas=2]\n"
        "  till -->|calls| stock[Stock<br/>replicas=2]\n  desk -->|reads| db[(Stock DB<br/>single_instance)]\n  stock -->|reads| db\n"
    )
    (found,) = [f for f in defects("a.mmd", drawn) if f.rule == "single-point-of-failure"]
    assert [s for s in found.path if "--" not in s] == ["desk", "stock-db"]
    assert found.reason.startswith("it keeps data")


def test_secrets_of_one_file_are_told_once_though_a_service_has_more_of_them_in_its_code() -> None:
    compose = (
        "services:\n  till:\n    build: .\n    ports: ['80:8000']\n    environment:\n      DB_PASSWORD: tr4ffic-cone\n"
        "  db:\n    image: postgres:16.4\n    environment:\n      POSTGRES_PASSWORD: tr4ffic-cone\n"
    )
    files = {
        "compose.yaml": compose,
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'till.settings')\n",
        "till/settings.py": "INSTALLED_APPS = ['django.contrib.auth']\nSECRET_KEY = 'q8-2jf9w-lamp-post-77x'\n",
        "Dockerfile": "FROM python:3.12\nCMD gunicorn till.wsgi\n",
    }
    graph = pipeline.read([Source(path, text) for path, text in files.items()])
    told = [f for f in run(CARDS, project(graph)) if f.rule == "secret-in-plain-text" and f.basis == "defect"]
    assert {f.message.partition(" in plain")[0] for f in told} == {
        "db and till get DB_PASSWORD and POSTGRES_PASSWORD",
        "till gets SECRET_KEY",
    }
