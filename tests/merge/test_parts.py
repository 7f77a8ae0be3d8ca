"""What code does for requests, for tasks and by the clock belongs to the services that Compose, manifests or a Procfile start for it."""

from __future__ import annotations

import pytest

from buttress.model import Source, SystemGraph
from buttress.pipeline import read

TASKS = """from celery import Celery

app = Celery("tickets", broker="redis://redis:6379/0")
app.conf.beat_schedule = {"sweep": {"task": "tickets.tasks.sweep", "schedule": 60.0}}


@app.task(acks_late=True, max_retries=3)
def issue(seat):
    return seat
"""
WEB = """from fastapi import FastAPI
from tickets.tasks import issue

app = FastAPI()


@app.post("/orders")
def order(seat: str):
    issue.delay(seat)
"""
CODE = {
    "requirements.txt": "fastapi==0.110.0\ncelery[redis]==5.3.6\n",
    "tickets/__init__.py": "",
    "tickets/tasks.py": TASKS,
    "tickets/web.py": WEB,
}
DOCKERFILE = 'FROM python:3.12-slim\nCMD ["uvicorn", "tickets.web:app"]\n'
BUILT = """services:
  api: {build: ., command: "uvicorn tickets.web:app", ports: ["8000:8000"]}
  jobs: {build: ., command: celery -A tickets.tasks worker}
  clock: {build: ., command: celery -A tickets.tasks beat}
  redis: {image: "redis:7.2"}
"""
ANCHORED = """x-app: &app {build: .}
services:
  api: {<<: *app, ports: ["8000:8000"]}
  jobs: {<<: *app, command: [celery, -A, tickets.tasks, worker]}
  clock: {<<: *app, command: [celery, -A, tickets.tasks, beat]}
  redis: {image: "redis:7.2"}
"""
ONE_IMAGE = """services:
  api: {build: ., image: "tickets:1.0", ports: ["8000:8000"]}
  jobs: {image: "tickets:1.0", command: celery -A tickets.tasks worker}
  clock: {image: "tickets:1.0", command: celery -A tickets.tasks beat}
  redis: {image: "redis:7.2"}
"""
OTHER_FILES = """services:
  api: {build: {context: ., dockerfile: docker/api/Dockerfile}, command: uvicorn tickets.web:app}
  jobs: {build: {context: ., dockerfile: docker/jobs/Dockerfile}, command: celery -A tickets.tasks worker}
  clock: {build: {context: ., dockerfile: docker/jobs/Dockerfile}, command: celery -A tickets.tasks beat}
  redis: {image: "redis:7.2"}
"""


def system(compose: str, **more: str) -> SystemGraph:
    files = {**CODE, "compose.yaml": compose, **(more or {"Dockerfile": DOCKERFILE})}
    return read([Source(p, t) for p, t in files.items()], name="tickets")


def flows(graph: SystemGraph) -> list[tuple[str, str, str]]:
    return [(f.source, f.kind, f.target) for f in graph.flows]


@pytest.mark.parametrize("compose", [BUILT, ANCHORED, ONE_IMAGE], ids=["built", "anchors", "one image"])
def test_each_part_of_the_code_belongs_to_the_service_that_starts_it(compose: str) -> None:
    graph = system(compose)
    kinds = {c.id: c.kind for c in graph.components}
    assert kinds == {"api": "service", "clock": "scheduler", "jobs": "worker", "redis": "message_broker"}
    assert flows(graph) == [
        ("api", "publishes", "redis"),
        ("clock", "publishes", "redis"),
        ("jobs", "consumes", "redis"),
    ]
    jobs, api, clock = (graph.component(n) for n in ("jobs", "api", "clock"))
    assert jobs is not None and api is not None and clock is not None
    assert jobs.fact("acknowledgement") and not api.fact("acknowledgement")
    assert api.fact("routes") and not jobs.fact("routes")
    assert clock.fact("periodic_tasks") and not clock.fact("tasks")


SHOP = "  shop: {image: 'acme/shop:1', environment: {R: 'redis://redis:6379'}}\n"


@pytest.mark.parametrize(
    ("compose", "name", "kind"),
    [
        (BUILT, "redis", "message_broker"),
        (BUILT + SHOP, "redis", "cache"),
        (BUILT.replace("redis:", "redis-cache:"), "redis-cache", "cache"),
    ],
    ids=["messages only", "others need it too", "called a cache"],
)
def test_a_cache_that_carries_messages_only_is_a_broker(compose: str, name: str, kind: str) -> None:
    found = system(compose).component(name)
    assert found is not None and found.kind == kind


def test_what_is_built_by_other_files_of_the_folder_runs_its_code_too() -> None:
    graph = system(OTHER_FILES, **{"docker/api/Dockerfile": DOCKERFILE, "docker/jobs/Dockerfile": DOCKERFILE})
    assert [c.id for c in graph.components] == ["api", "clock", "jobs", "redis"]
    assert flows(graph)[-1] == ("jobs", "consumes", "redis")


def test_code_that_is_mounted_into_bare_python_runs_there() -> None:
    compose = """services:
  api: {image: "python:3.12", volumes: [".:/srv"], command: uvicorn tickets.web:app}
  jobs: {image: "python:3.12", volumes: [".:/srv"], command: celery -A tickets.tasks worker -B}
  redis: {image: "redis:7.2"}
"""
    graph = system(compose, **{"README.md": ""})
    assert [c.id for c in graph.components] == ["api", "jobs", "redis"]


def test_what_is_built_beside_the_code_without_python_does_not_run_it() -> None:
    page = "services:\n  page: {build: {context: ., dockerfile: page/Dockerfile}}\n"
    files = {**CODE, "compose.yaml": page, "page/Dockerfile": "FROM node:22\nCMD npm start\n"}
    graph = read([Source(p, t) for p, t in files.items()], name="tickets")
    found = graph.component("page")
    assert found is not None and found.fact("routes") is None


def test_two_workers_of_one_code_both_take_its_tasks() -> None:
    more = "  mails: {build: ., command: celery -A tickets.tasks worker -Q mails}\n"
    graph = system(BUILT + more)
    assert {s for s, kind, _ in flows(graph) if kind == "consumes"} == {"jobs", "mails"}
    assert all(graph.component(n).fact("tasks") for n in ("jobs", "mails"))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("service", "is_it"),
    [("worker: {build: ., command: ./start.sh}", True), ("consumer: {build: ., command: ./start.sh}", False)],
)
def test_what_a_script_starts_is_the_worker_when_it_is_called_so(service: str, is_it: bool) -> None:
    graph = system(f'services:\n  api: {{build: .}}\n  {service}\n  redis: {{image: "redis:7.2"}}\n')
    assert (graph.component("tickets-worker") is None) is is_it


def test_a_worker_with_the_clock_in_it_has_what_is_periodic() -> None:
    compose = 'services:\n  jobs: {build: ., command: celery -A tickets.tasks worker -B}\n  redis: {image: "redis:7.2"}\n'
    graph = system(compose)
    jobs = graph.component("jobs")
    assert jobs is not None and jobs.fact("periodic_tasks") is not None


def test_a_worker_that_nothing_starts_stays_one_of_the_code() -> None:
    graph = system('services:\n  api: {build: .}\n  redis: {image: "redis:7.2"}\n')
    assert {c.id for c in graph.components} >= {"api", "tickets-worker"}


def test_the_processes_of_a_procfile_are_the_parts_of_its_code() -> None:
    text = "web: uvicorn tickets.web:app\nworker: celery -A tickets.tasks worker\nbeat: celery -A tickets.tasks beat\n"
    graph = read([Source(p, t) for p, t in {**CODE, "Procfile": text}.items()], name="tickets")
    assert {c.id for c in graph.components} >= {"beat", "worker"}
    assert not {c.id for c in graph.components} & {"tickets-worker", "tickets-scheduler"}


def test_workloads_of_one_image_are_the_parts_of_the_only_code() -> None:
    workload = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec: {{template: {{spec: {{containers: [{{name: a, image: "registry.acme.io/acme/sf:1.2"{command}}}]}}}}}}
"""
    worker = ', command: ["celery", "-A", "tickets.tasks", "worker"]'
    manifests = "---\n".join(
        [workload.format(name="front", command=""), workload.format(name="tasks", command=worker)]
    )
    files = {**CODE, "Dockerfile": DOCKERFILE, "k8s.yaml": manifests}
    graph = read([Source(p, t) for p, t in files.items()], name="tickets")
    front, tasks = graph.component("front"), graph.component("tasks")
    assert front is not None and front.fact("routes") is not None
    assert tasks is not None and tasks.fact("acknowledgement") is not None


def test_a_worker_of_arq_starts_what_is_due_itself() -> None:
    jobs = "async def run(ctx):\n    pass\n\n\nclass WorkerSettings:\n    functions = [run]\n    cron_jobs = [cron(run, hour=2)]\n"
    files = {
        "requirements.txt": "fastapi==0.110.0\narq==0.25.0\n",
        "jobs.py": "from arq import cron\n\n\n" + jobs,
        "web.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "Dockerfile": 'FROM python:3.12-slim\nCMD ["uvicorn", "web:app"]\n',
        "compose.yaml": "services:\n  api: {build: .}\n  night: {build: ., command: arq jobs.WorkerSettings}\n",
    }
    graph = read([Source(p, t) for p, t in files.items()], name="x")
    api, night = graph.component("api"), graph.component("night")
    assert night is not None and night.fact("periodic_tasks") is not None
    assert api is not None and api.fact("periodic_tasks") is None


NO_ROUTES = {
    "requirements.txt": "celery[redis]==5.3.6\nwerkzeug==3.0\n",
    "tickets/__init__.py": "",
    "tickets/tasks.py": TASKS,
    "tickets/serve.py": "from tickets.tasks import issue\n\n\ndef application(environ, start):\n    issue.delay(1)\n    return []\n",
}


@pytest.mark.parametrize(
    "compose",
    [
        'services:\n  app: {build: ., ports: ["8000:8000"]}\n',
        "services:\n  app: {build: ., command: gunicorn tickets.serve:application}\n",
        "services:\n  app: {build: ., command: python manage.py runserver}\n",
    ],
    ids=["ports", "gunicorn", "runserver"],
)
def test_code_with_tasks_that_is_started_to_serve_is_a_service(compose: str) -> None:
    worker = "  jobs: {build: ., command: celery -A tickets.tasks worker}\n"
    files = {
        **NO_ROUTES,
        "Dockerfile": "FROM python:3.12-slim\nCMD ./run\n",
        "compose.yaml": compose + worker,
    }
    graph = read([Source(p, t) for p, t in files.items()], name="tickets")
    app, jobs = graph.component("app"), graph.component("jobs")
    assert app is not None and (app.kind, app.fact("tasks")) == ("service", None)
    assert jobs is not None and jobs.fact("tasks") is not None
    sides = {(s, kind) for s, kind, _ in flows(graph) if kind in ("consumes", "publishes")}
    assert sides - {("tickets-scheduler", "publishes")} == {("jobs", "consumes"), ("app", "publishes")}


def test_an_image_that_listens_is_no_worker() -> None:
    files = {**NO_ROUTES, "Dockerfile": "FROM python:3.12-slim\nEXPOSE 8000\nCMD ./run\n"}
    graph = read([Source(p, t) for p, t in files.items()], name="tickets")
    assert "worker" not in {c.kind for c in graph.components if c.fact("code_folder")}


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("queue: {build: ., command: rq worker mails}", "worker"),
        ("board: {build: ., command: celery -A prices flower}", "monitoring"),
        ("cache: {build: ., command: python -m prices.serve}", "service"),
        ("broker: {build: ./broker}", "service"),
        ("queue: {image: rabbitmq:3}", "message_broker"),
        ("broker: {image: redis:7, command: redis-server --appendonly yes}", "message_broker"),
        ("db: {build: ./db}", "data_store"),
    ],
)
def test_a_name_alone_counts_less_than_what_is_built_and_started(service: str, kind: str) -> None:
    files = {
        "compose.yaml": f"services:\n  {service}\n",
        "broker/Dockerfile": 'FROM python:3.12\nCMD ["python", "broker.py"]\n',
        "db/Dockerfile": "FROM postgres:16\nCOPY init.sql /docker-entrypoint-initdb.d/\n",
    }
    graph = read([Source(p, t) for p, t in files.items()], name="prices")
    assert next(c.kind for c in graph.components if c.id == service.partition(":")[0]) == kind


def _service(name: str) -> dict[str, str]:
    return {
        f"{name}/requirements.txt": "fastapi==0.110.0\npsycopg==3.1.17\n",
        f"{name}/Dockerfile": DOCKERFILE,
        f"{name}/main.py": "import os\nimport psycopg\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef show():\n"
        "    with psycopg.connect(os.environ['DATABASE_URL']) as db:\n        db.execute('select 1')\n",
    }


@pytest.mark.parametrize(
    ("addresses", "stores"),
    [
        (("db", "db"), {"db"}),
        (("db", "ledger"), {"db", "ledger"}),
        (("db", ""), {"db", "ledger", "billing-postgresql"}),
    ],
    ids=["shared", "one each", "not said of one"],
)
def test_the_store_of_one_of_several_projects_is_the_one_that_it_is_given(
    addresses: tuple[str, str], stores: set[str]
) -> None:
    services = "".join(
        f"  {name}: {{build: ./{name}, environment: {{DATABASE_URL: 'postgresql://{host}/x'}}}}\n"
        if host
        else f"  {name}: {{build: ./{name}}}\n"
        for name, host in zip(("orders", "billing"), addresses, strict=True)
    )
    compose = f'services:\n{services}  db: {{image: "postgres:16"}}\n  ledger: {{image: "postgres:16"}}\n'
    files = {**_service("orders"), **_service("billing"), "compose.yaml": compose}
    graph = read([Source(p, t) for p, t in files.items()], name="x")
    found = {c.id for c in graph.components if c.technology == "postgresql"}
    assert found == stores | {"ledger"}
