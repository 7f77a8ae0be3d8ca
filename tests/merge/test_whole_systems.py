"""Small systems told by several files at once, from their text to the graph."""

from __future__ import annotations

import pytest

from buttress.model import Component, Source, SystemGraph
from buttress.pipeline import read

DESIGN = """\
# Tram tickets

```mermaid
flowchart LR
    rider((Rider)) --> edge[nginx edge]
    phone((Phone app)) --> edge
    edge --> sales[Ticket sales]
    sales -->|reads| prices[Prices]
    sales -->|stores receipts| receipts[(Object storage)]
```

Receipts are kept in S3 (MinIO in the local setup).
"""

COMPOSE = """\
# For local development. Production: deploy/.
services:
  edge:
    image: nginx:1.27
    depends_on: [sales]
  sales:
    build: sales
    environment:
      PRICES_URL: http://prices:8000
      S3_ENDPOINT: http://minio:9000
  prices:
    build: prices
  minio:
    image: minio/minio:latest
"""


def workload(name: str, container: str = "", kind: str = "Deployment", spec: str = "replicas: 3") -> str:
    """Return a manifest; `container` is added to its only container."""
    pod = f"{{spec: {{containers: [{{name: {name}, image: 'acme/{name}:1'{container}}}]}}}}"
    labelled = pod.replace("{spec:", f"{{metadata: {{labels: {{app: {name}}}}}, spec:", 1)
    template = (
        f"jobTemplate: {{spec: {{template: {labelled}}}}}" if kind == "CronJob" else f"template: {labelled}"
    )
    return f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n  {template}\n"


def service(name: str, spec: str = "") -> str:
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{{spec or f'selector: {{app: {name}}}'}}}\n"


def config(name: str, **settings: str) -> str:
    data = "".join(f"  {k}: {v}\n" for k, v in settings.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n{data}"


def system(*manifests: str, compose: str = "", design: str = "") -> SystemGraph:
    """Return the graph of some manifests, a Compose file and a document."""
    files = {"deploy/all.yaml": "---\n".join(manifests), "compose.yaml": compose, "docs/design.md": design}
    return read([Source(path, text) for path, text in files.items() if text])


def of(graph: SystemGraph, id_: str) -> Component:
    found = graph.component(id_)
    assert found is not None, [c.id for c in graph.components]
    return found


def pairs(graph: SystemGraph) -> set[tuple[str, str]]:
    return {(f.source, f.target) for f in graph.flows}


def test_a_diagram_and_a_local_file_are_one_system_whose_sizes_are_unknown() -> None:
    graph = system(compose=COMPOSE, design=DESIGN)
    assert of(graph, "edge").aliases == ("nginx edge",)
    assert of(graph, "sales").aliases == ("Ticket sales",)
    assert "minio" in of(graph, "object-storage").aliases
    assert of(graph, "object-storage").technology is None
    for component in graph.components:
        assert component.fact("replicas") is None, component.id
        assert component.fact("resource_limits") is None, component.id


def test_a_phone_app_is_neither_entry_nor_part_of_what_stops() -> None:
    graph = system(compose=COMPOSE, design=DESIGN)
    assert [d.subject for d in graph.derived if d.name == "entry"] == ["edge"]
    assert "phone-app" not in {o for d in graph.derived if d.name in ("breaks", "stops") for o in d.objects}


def test_the_same_file_alone_is_what_runs() -> None:
    assert of(system(compose=COMPOSE), "sales").fact("replicas").value == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# Only for developers' machines.", True),
        ("# Local setup, not for production.", True),
        ("# Everything that runs on the shop's server.", False),
        ("# For local development see compose.dev.yaml.", False),
        ("# Used locally and in production.", False),
        ("# Not for local use.", False),
    ],
)
def test_the_first_comment_says_what_a_compose_file_is_for(comment: str, told: bool) -> None:
    graph = system(compose=f"{comment}\nservices:\n  sales:\n    image: acme/sales:1\n")
    assert (of(graph, "sales").fact("environment") is not None) is told


def test_a_config_map_taken_whole_makes_nobody_call_anybody() -> None:
    whole = ", envFrom: [{configMapRef: {name: urls}}]"
    urls = config("urls", PRICES_URL="http://prices", SALES_URL="http://sales")
    parts = [text for n in ("sales", "prices", "mail") for text in (workload(n, whole), service(n))]
    assert pairs(system(urls, *parts)) == set()


def test_a_key_picked_out_of_a_config_map_is_used() -> None:
    def picked(variable: str) -> str:
        return (
            f", env: [{{name: {variable}, valueFrom: {{configMapKeyRef: {{name: urls, key: PRICES_URL}}}}}}]"
        )

    urls = config("urls", PRICES_URL="http://prices")
    graph = system(
        urls,
        workload("sales", picked("PRICES")),
        workload("mail", picked("PRICES")),
        workload("prices"),
        service("prices"),
    )
    assert pairs(graph) == {("sales", "prices"), ("mail", "prices")}


def policy(target: str, *callers: str) -> str:
    peers = ", ".join(f"{{podSelector: {{matchLabels: {{app: {c}}}}}}}" for c in callers)
    return (
        f"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {target}}}\n"
        f"spec: {{podSelector: {{matchLabels: {{app: {target}}}}}, ingress: [{{from: [{peers}]}}]}}\n"
    )


def test_a_network_policy_allows_calls_and_makes_none_where_callers_are_known() -> None:
    calls = ", env: [{name: PRICES_URL, value: 'http://prices'}]"
    parts = (workload("sales", calls), workload("mail"), workload("prices"), service("prices"))
    assert pairs(system(*parts, policy("prices", "sales", "mail"))) == {("sales", "prices")}
    assert pairs(system(*parts[1:], policy("prices", "mail"))) == {("mail", "prices")}


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("sales.c1x7q.eu-west-1.rds.amazonaws.com", "relational_db"),
        ("sales.abc.0001.euw1.cache.amazonaws.com", "cache"),
        ("sales.servicebus.windows.net", "message_broker"),
        ("api.sales.example.com", "external_service"),
    ],
)
def test_an_external_name_of_a_provider_is_its_managed_store(host: str, kind: str) -> None:
    graph = system(workload("mail"), service("ledger", f"type: ExternalName, externalName: {host}"))
    assert of(graph, "ledger").kind == kind
    assert (of(graph, "ledger").fact("managed") is not None) is (kind != "external_service")


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("celery -A mails worker --concurrency 4", "worker"),
        ("celery -A mails beat", "scheduler"),
        ("python manage.py runworker mails", "worker"),
        ("rq worker high", "worker"),
        ("arq mails.Settings", "worker"),
        ("bundle exec sidekiq", "worker"),
        ("gunicorn mails.wsgi", "service"),
        ("python worker_pool_api.py", "service"),
    ],
)
def test_a_command_says_what_a_container_is(command: str, kind: str) -> None:
    compose = f"services:\n  mails:\n    build: mails\n    command: {command}\n"
    listed = "[" + ", ".join(f"'{word}'" for word in command.split()) + "]"
    assert of(system(compose=compose), "mails").kind == kind
    assert of(system(workload("mails", f", command: {listed}")), "mails").kind == kind


def test_a_job_that_dumps_writes_to_the_bucket_that_it_names() -> None:
    job = workload(
        "ledger-dump", ", env: [{name: TARGET, value: 's3://acme-dumps'}]", "CronJob", "schedule: '0 3 * * *'"
    )
    (flow,) = system(job).flows
    assert (flow.source, flow.kind, flow.target) == ("ledger-dump", "writes", "amazon-s3")


def test_evidence_shows_words_that_say_something() -> None:
    graph = system(workload("sales"), compose=COMPOSE)
    quotes = {e.quote for c in graph.components for e in c.evidence}
    assert all("image: " in q or "build: " in q for q in quotes), quotes


def test_a_secret_shows_the_name_of_its_variable_and_never_its_value() -> None:
    env = "\n".join(
        (
            "apiVersion: apps/v1", "kind: Deployment", "metadata: {name: mail}", "spec:", "  template:", "    spec:",
            "      containers:", "        - image: acme/mail:1", "          env:", "            - name: MAIL_API_TOKEN",
            "              value: qpzm-very-secret", "",
        )
    )  # fmt: skip
    secret = of(system(env), "mail").fact("secrets_in_plaintext")
    assert secret is not None
    assert [e.quote for e in secret.evidence] == ["name: MAIL_API_TOKEN"]


def test_topics_with_their_partitions_are_no_hosts() -> None:
    compose = "services:\n  kafka:\n    image: acme/kafka:1\n    environment: {CREATE_TOPICS: 'orders:5:1'}\n  orders:\n    image: acme/orders:1\n"
    assert pairs(system(compose=compose)) == set()


def test_a_variable_that_each_service_takes_from_one_file_is_its_own_setting() -> None:
    part = "    environment:\n      LEDGER_URL: ${LEDGER_URL}\n"
    compose = f"services:\n  sales:\n    build: sales\n{part}  mail:\n    build: mail\n{part}  ledger:\n    build: ledger\n"
    files = [Source("compose.yaml", compose), Source(".env", "LEDGER_URL=http://ledger:8000\n")]
    assert pairs(read(files)) == {("sales", "ledger"), ("mail", "ledger")}


def test_a_built_server_is_what_its_name_says() -> None:
    compose = (
        "services:\n  zuul:\n    build: zuul\n  eureka:\n    build: registry\n  sales:\n    build: sales\n"
    )
    graph = system(compose=compose)
    assert [of(graph, n).kind for n in ("zuul", "eureka", "sales")] == [
        "gateway",
        "service_registry",
        "service",
    ]


_OVERLAY = (
    "bases: [../../base]\nnamePrefix: {0}-\nconfigMapGenerator:\n- name: edge-files\n  files: [site.conf]\n"
    "- name: ledger\n  literals:\n  - LEDGER_PASSWORD=hunter2\n"
)
_SITE = "server {{\n  listen 80;\n  location / {{ proxy_pass http://{0}-ledger-http:80; }}\n}}\n"
_BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge}
spec:
  template:
    metadata: {labels: {app: edge}}
    spec:
      containers: [{name: edge, image: "nginx:1.27", volumeMounts: [{name: files, mountPath: /etc/nginx/conf.d}]}]
      volumes: [{name: files, configMap: {name: edge-files}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: books}
spec:
  template:
    metadata: {labels: {app: books}}
    spec:
      containers: [{name: books, image: "acme/books:2", envFrom: [{configMapRef: {name: ledger}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: ledger-http}
spec: {selector: {app: books}}
"""


@pytest.mark.parametrize("stages", [("prod",), ("dev", "prod"), ("dev",)])
def test_what_a_kustomization_makes_belongs_to_those_who_get_it_and_production_counts(
    stages: tuple[str, ...],
) -> None:
    texts = {"base/kustomization.yaml": "resources: [all.yaml]\n", "base/all.yaml": _BASE}
    for stage in stages:
        texts[f"overlays/{stage}/kustomization.yaml"] = _OVERLAY.format(stage)
        texts[f"overlays/{stage}/site.conf"] = _SITE.format(stage)
    graph = read([Source(path, text) for path, text in texts.items()])
    assert {c.id: c.kind for c in graph.components} == {"books": "service", "edge": "gateway"}
    assert [(f.source, f.kind, f.target) for f in graph.flows] == [("edge", "routes", "books")]
    plain = next(c for c in graph.components if c.id == "books").fact("secrets_in_plaintext")
    assert plain is not None
    assert [(e.source, e.quote) for e in plain.evidence] == [
        (f"overlays/{stages[-1]}/kustomization.yaml", "LEDGER_PASSWORD")
    ]
    assert [d.source for d in graph.diagnostics] == (["overlays/dev"] if len(stages) == 2 else [])


def test_what_a_proxy_finds_on_its_machine_is_the_service_that_is_built_with_its_file() -> None:
    site = "server {\n  listen 80;\n  location / { proxy_pass http://127.0.0.1:7000; }\n}\n"
    composed = (
        "services:\n  till: {build: till, ports: ['80:80']}\n  books: {build: books, ports: ['81:80']}\n"
    )
    texts = {"compose.yaml": composed, "till/nginx.conf": site, "books/app.py": "import os\n"}
    graph = read([Source(path, text) for path, text in texts.items()])
    assert [(f.kind, f.target) for f in graph.flows] == [("routes", "till")]
    assert {c.id for c in graph.components if c.kind == "service"} == {"till", "books"}


@pytest.mark.parametrize(
    ("command", "saved"), [("pg_dump -h tills x > /keep/x.sql", True), ("sleep 9", False)]
)
def test_a_store_that_a_container_dumps_has_a_backup(command: str, saved: bool) -> None:
    composed = (
        "services:\n  tills: {image: 'postgres:17'}\n  keeper:\n    image: acme/keeper:1\n"
        f"    environment: {{PGHOST: tills}}\n    command: {command}\n"
    )
    store = next(c for c in read([Source("compose.yaml", composed)]).components if c.id == "tills")
    fact = store.fact("backup")
    assert (fact is not None) is saved
    assert fact is None or [e.line for e in fact.evidence] == [6]


def test_what_a_chart_depends_on_is_found_by_its_own_name_too() -> None:
    texts = {
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - {name: redis, version: 1.0.0, repository: 'https://charts.example.org'}\n",
        "chart/values.yaml": "keep: redis://redis:6379\n",
        "chart/templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n"
        "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - name: web\n          image: acme/web:1\n"
        "          env:\n            - name: KEEP_URL\n              value: {{ .Values.keep }}\n",
    }
    graph = read([Source(path, text) for path, text in texts.items()])
    assert [(f.source, f.target) for f in graph.flows] == [("web", "shop-redis")]
