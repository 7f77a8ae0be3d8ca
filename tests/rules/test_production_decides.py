"""Whether a Compose file is all there is decides how grave its defects are: only what says what runs in production counts beside it."""

from __future__ import annotations

import pytest

from buttress import data, pipeline
from buttress.knowledge import project
from buttress.model import Source
from buttress.rules import Finding, load_dir, run

CARDS = load_dir(data.ontology_dir() / "rules")
COMPOSE = """\
services:
  till:
    image: example/till:1.0
    ports: ["80:80"]
    environment: {API_TOKEN: "live-4f1e9c2a7b", DATABASE_URL: "postgresql://db:5432/sales"}
  db:
    image: postgres:latest
    ports: ["5432:5432"]
  tool:
    image: adminer:4
    ports: ["8081:8080"]
"""
KUBERNETES = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: till}
spec:
  selector: {matchLabels: {app: till}}
  template:
    metadata: {labels: {app: till}}
    spec: {containers: [{name: till, image: "example/till:1.0"}]}
"""
NGINX = "server {\n  listen 80;\n  location / { proxy_pass http://till:8000; }\n}\n"
TERRAFORM = 'resource "aws_db_instance" "sales" {\n  engine = "postgres"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "files" {}\n'
MACHINE = 'resource "aws_instance" "host" {\n  ami = "ami-1"\n}\n'
ALONE = {
    "store-loses-data-on-restart@db": "HIGH",
    "store-reachable-from-outside@db": "HIGH",
    "secret-in-plain-text@till": "HIGH",
    "admin-port-open@tool": "HIGH",
    "unpinned-image@db": "MEDIUM",
    "workload-without-limits@system": "LOW",
}
BESIDE = {id_: "LOW" for id_ in ALONE if not id_.startswith("workload")}


def severities(*files: tuple[str, str]) -> dict[str, str]:
    """Return the severity of each of those findings in a Compose file, with other files beside it."""
    sources = [Source("compose.yaml", COMPOSE), *(Source(path, text) for path, text in files)]
    found = run(CARDS, project(pipeline.read(sources)))
    return {f.id: f.severity for f in found if f.basis == "defect" and f.id in ALONE}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("nginx/default.conf", NGINX, id="a proxy's configuration"),
        pytest.param("till/Dockerfile", 'FROM python:3.12\nCMD ["gunicorn", "till"]\n', id="an image"),
        pytest.param("gunicorn.conf.py", "workers = 3\n", id="a server's settings"),
        pytest.param("main.tf", BUCKET, id="a bucket"),
        pytest.param("main.tf", MACHINE, id="a machine that may carry it"),
        pytest.param("deploy/dev/till.yaml", KUBERNETES, id="a cluster for developing"),
    ],
)
def test_what_says_nothing_of_production_leaves_the_severity(path: str, text: str) -> None:
    found = severities((path, text))
    assert {id_: found.get(id_) for id_ in BESIDE} == {id_: ALONE[id_] for id_ in BESIDE}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("deploy/till.yaml", KUBERNETES, id="Kubernetes"),
        pytest.param("main.tf", TERRAFORM, id="Terraform"),
    ],
)
def test_what_runs_in_production_lowers_the_severity(path: str, text: str) -> None:
    found = severities((path, text))
    assert {id_: found.get(id_, "LOW") for id_ in BESIDE} == BESIDE
    assert path != "main.tf" or "workload-without-limits@system" not in found


def test_what_a_text_calls_a_file_for_developing_is_less_grave() -> None:
    readme = "# Till\n\nThe till service writes to the db database. Docker Compose is for local development only.\n"
    found = severities(("README.md", readme))
    told = ("store-reachable-from-outside@db", "secret-in-plain-text@till", "admin-port-open@tool")
    assert {found.get(id_) for id_ in told} == {"LOW"}


def test_an_image_that_another_file_builds_for_developing_is_still_pulled_elsewhere() -> None:
    files = {
        "docker-compose.yml": "services:\n  till:\n    image: example/till\n",
        "docker-compose.dev.yml": "services:\n  till:\n    build: .\n",
    }
    found = run(CARDS, project(pipeline.read([Source(path, text) for path, text in files.items()])))
    assert "unpinned-image@till" in {f.id for f in found}


def test_a_compose_file_alone_is_what_runs() -> None:
    assert severities() == ALONE


def published(text: str) -> Finding:
    """Return the only finding on a published store in a Compose file."""
    found = run(CARDS, project(pipeline.read([Source("compose.yaml", text)])))
    (told,) = [f for f in found if f.rule == "store-reachable-from-outside"]
    return told


@pytest.mark.parametrize(
    ("command", "severity", "guard"),
    [
        ("redis-server --requirepass ${CACHE_PASSWORD}", "MEDIUM", "its own password as the only guard"),
        ('["redis-server", "--requirepass", "tr4ffic-cone"]', "MEDIUM", "its own password as the only guard"),
        ('["redis-server", "--requirepass", ""]', "HIGH", "past every check"),
        ("redis-server --appendonly yes", "HIGH", "past every check"),
    ],
)
def test_a_published_store_that_asks_for_a_password_is_less_grave(
    command: str, severity: str, guard: str
) -> None:
    text = f'services:\n  cache:\n    image: redis:7\n    command: {command}\n    ports: ["6379:6379"]\n'
    told = published(text)
    assert (told.severity, guard in told.message) == (severity, True)
    assert "tr4ffic" not in str(told)


@pytest.mark.parametrize(
    ("image", "more", "severity"),
    [
        ("postgres:16", "environment: {POSTGRES_PASSWORD: '${SALES_PASSWORD}'}", "MEDIUM"),
        ("postgres:16", "environment: {POSTGRES_PASSWORD: tr4ffic-cone}", "MEDIUM"),
        ("postgres:16", "environment: {POSTGRES_PASSWORD_FILE: /run/secrets/sales}", "MEDIUM"),
        ("postgres:16", "environment: {POSTGRES_PASSWORD: postgres}", "HIGH"),
        ("postgres:16", "environment: {POSTGRES_PASSWORD: '${SALES_PASSWORD:-changeme}'}", "HIGH"),
        (
            "postgres:16",
            "environment: {POSTGRES_PASSWORD: tr4ffic-cone, POSTGRES_HOST_AUTH_METHOD: trust}",
            "HIGH",
        ),
        ("mysql:8", "environment: [MYSQL_ROOT_PASSWORD=tr4ffic-cone]", "MEDIUM"),
        ("mysql:8", "environment: [MYSQL_ROOT_PASSWORD=P@ssw0rd123!]", "HIGH"),
        ("mysql:8", "environment: [MYSQL_ROOT_PASSWORD=]", "HIGH"),
        ("mongo:7", "environment: {MONGO_INITDB_ROOT_PASSWORD: tr4ffic-cone}", "MEDIUM"),
        ("mongo:7", "command: mongod --auth", "MEDIUM"),
        ("mongo:7", "command: mongod --bind_ip_all", "HIGH"),
        ("elasticsearch:8.15.0", "environment: [xpack.security.enabled=true]", "MEDIUM"),
    ],
)
def test_a_published_store_whose_image_is_given_a_password_is_less_grave(
    image: str, more: str, severity: str
) -> None:
    text = f'services:\n  sales:\n    image: {image}\n    {more}\n    ports: ["7000:7000"]\n'
    told = published(text)
    assert (told.severity, "its own password" in told.message) == (severity, severity == "MEDIUM")
    assert "tr4ffic" not in str(told)


@pytest.mark.parametrize(
    ("setting", "status"),
    [
        ("{name: POSTGRES_PASSWORD, valueFrom: {secretKeyRef: {name: sales, key: password}}}", "stated"),
        ("{name: POSTGRES_HOST_AUTH_METHOD, value: trust}", "denied"),
    ],
)
def test_a_workload_whose_settings_say_it_asks_for_a_password_or_not(setting: str, status: str) -> None:
    text = KUBERNETES.replace('image: "example/till:1.0"', f'image: "postgres:16", env: [{setting}]')
    (store,) = pipeline.read([Source("sales.yaml", text)]).components
    told = store.fact("authentication")
    assert told is not None
    assert told.status == status


def test_a_workload_that_is_started_with_a_password_asks_for_it() -> None:
    text = KUBERNETES.replace("till", "cache").replace(
        'image: "example/cache:1.0"', 'image: "redis:7", args: [--requirepass, $(CACHE_PASSWORD)]'
    )
    (cache,) = pipeline.read([Source("cache.yaml", text)]).components
    told = cache.fact("authentication")
    assert told is not None
    assert told.value == "password"


@pytest.mark.parametrize("folder", ["composer", "tools/decomposed", "env.environments"])
def test_a_folder_that_only_begins_like_compose_is_not_compose(folder: str) -> None:
    text = KUBERNETES.replace(
        'image: "example/till:1.0"}',
        'image: "postgres:latest", env: [{name: API_TOKEN, value: "live-4f1e9c2a7b"}]}',
    )
    found = run(CARDS, project(pipeline.read([Source(f"{folder}/till.yaml", text)])))
    assert {
        f.id: f.severity
        for f in found
        if f.id in {"unpinned-image@till", "secret-in-plain-text@till", "store-loses-data-on-restart@till"}
    } == {
        "unpinned-image@till": "MEDIUM",
        "secret-in-plain-text@till": "HIGH",
        "store-loses-data-on-restart@till": "HIGH",
    }


def test_workloads_in_a_folder_that_begins_like_compose_are_of_a_cluster() -> None:
    text = KUBERNETES.replace("spec:\n  selector", "spec:\n  replicas: 2\n  selector", 1)
    budget = (
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: desk}\n"
        "spec: {minAvailable: 1, selector: {matchLabels: {app: desk}}}\n"
    )
    flow = "flowchart LR\n  user((Customer)) --> till[Till]\n"
    files = {
        "composer/till.yaml": text,
        "composer/desk.yaml": f"{text.replace('till', 'desk')}---\n{budget}",
        "a.mmd": flow,
    }
    found = run(CARDS, project(pipeline.read([Source(path, body) for path, body in files.items()])))
    assert "nodes-drained-at-once" in {f.rule for f in found if f.basis == "question"}


def test_a_severity_that_is_lowered_has_no_reason_that_would_raise_it() -> None:
    flow = "flowchart LR\n  user((Customer)) --> till[Till] -->|reads| db[(db)]\n"
    sources = [Source("compose.yaml", COMPOSE), Source("a.mmd", flow), Source("deploy/till.yaml", KUBERNETES)]
    found = {f.id: f for f in run(CARDS, project(pipeline.read(sources)))}
    lowered = found["store-reachable-from-outside@db"]
    assert (lowered.severity, lowered.reason) == ("LOW", "")


def test_several_ports_are_told_as_several() -> None:
    text = 'services:\n  db:\n    image: postgres:16\n    ports: ["5432:5432", "5433:5432"]\n'
    found = run(CARDS, project(pipeline.read([Source("compose.yaml", text)])))
    assert any("publishes ports 5432 and 5433:" in f.message for f in found)
