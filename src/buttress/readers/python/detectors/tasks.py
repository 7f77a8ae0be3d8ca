"""Work outside requests: tasks of Celery, RQ, Dramatiq, arq and their like, how they are set up, and what starts them by the clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from buttress.readers.python import targets
from buttress.readers.python.detectors import celery
from buttress.readers.python.detectors.django_stores import entries
from buttress.readers.python.found import SCHEDULER, WORKER, Ledger
from buttress.readers.python.handed import enqueued, in_background
from buttress.readers.python.imports import edges_of
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call, Function, Module
from buttress.readers.python.starting import called_by
from buttress.readers.python.values import resolve

_DECORATORS = {
    "celery.shared_task": "celery", "celery.task": "celery", "celery.decorators.task": "celery", "celery.Celery().task": "celery",
    "celery.task.task": "celery", "celery.task.periodic_task": "celery", "celery.app.shared_task": "celery",
    "dramatiq.actor": "dramatiq", "django_rq.job": "rq", "rq.decorators.job": "rq", "huey.RedisHuey().task": "huey",
    "huey.contrib.djhuey.task": "huey", "huey.contrib.djhuey.db_task": "huey", "huey.contrib.djhuey.periodic_task": "huey",
    "huey.contrib.djhuey.db_periodic_task": "huey", "huey.RedisHuey().periodic_task": "huey", "huey.SqliteHuey().task": "huey",
    "procrastinate.App().task": "procrastinate", "taskiq.broker.task": "taskiq", "faust.App().agent": "faust",
}  # fmt: skip
_RQ = (
    "rq.Queue", "rq.Worker", "rq.SimpleWorker", "rq.worker.Worker", "rq.queue.Queue", "django_rq.get_queue", "django_rq.enqueue",
)  # fmt: skip


def tasks_of(project: Project) -> list[tuple[Function, str, ast.expr]]:
    """Return the functions that a worker runs, each with its framework and the decorator that makes it a task."""
    _ = project.calls
    out = []
    for module in project.modules:
        for function in module.functions:
            for name, node in function.decorators:
                framework = _DECORATORS.get(name)
                if (
                    framework is None
                    and (
                        re.search(r"(?:celery|^app|celery_app)[\w.~()]*\.task$", name)
                        or _of_celery(node, module)
                    )
                    and (project.packages.any("celery") or project.imported("celery"))
                ):
                    framework = "celery"
                if (
                    framework is None
                    and name.endswith(".task")
                    and name.startswith(("taskiq", "huey", "procrastinate"))
                ):
                    framework = name.partition(".")[0].partition("_")[0]
                if framework:
                    out.append((function, framework, node))
                    break
    return out


def _of_celery(node: ast.expr, module: Module) -> bool:
    """Return whether a decorator is `app.task` of what a module called celery makes, however it makes it."""
    func = node.func if isinstance(node, ast.Call) else node
    owner = func.value if isinstance(func, ast.Attribute) and func.attr in ("task", "shared_task") else None
    return (
        isinstance(owner, ast.Name)
        and re.search(r"(?:^|\.)celery(?:_app)?\.\w+$", module.names.get(owner.id, "")) is not None
    )


def detect(project: Project, ledger: Ledger) -> str:
    """Tell what work is done outside requests; return the framework that does it, nothing when none does."""
    tasks = tasks_of(project)
    found = next((f for _, f, _ in tasks), "")
    arq = next(
        (
            (m, c)
            for m in project.modules
            for c in m.classes
            if c.name == "WorkerSettings" and c.field("functions")
        ),
        None,
    )
    if arq is not None:
        found = found or "arq"
        _arq(arq[1], ledger)
    if not found and any(project.called("celery.Celery")):
        found = "celery"
    actors = [c for c in project.called("dramatiq.actor") if not found and c.function is None and c.node.args]
    for call in actors:
        found = "dramatiq"
        ledger.count("tasks", call.evidence(), role=WORKER)
    if not found and (any(project.called(*_RQ)) or "rq_queues" in project.settings):
        found = "rq"
        _rq(project, ledger)
    ledger.task_functions = {f for f, _, _ in tasks} | (_queued_only(project) if found == "rq" else set())
    ledger.reached_by_tasks = called_by(ledger.task_functions, project)
    ledger.background = in_background(project)
    ledger.one_task_at_a_time = found in ("celery", "rq", "dramatiq", "huey")
    ledger.worker_modules = _with_what_they_alone_use(project, _worker_modules(project, tasks))
    for function, _framework, _node in tasks:
        ledger.count("tasks", function.module.text.at(function.line), role=WORKER)
    if found == "celery":
        celery.detect(project, ledger, tasks)
    elif found == "dramatiq":
        _broker(
            project,
            ledger,
            ("dramatiq_broker", "redis_url", "broker_url"),
            ("dramatiq.brokers.redis.RedisBroker", "dramatiq.brokers.rabbitmq.RabbitmqBroker"),
        )
    elif found in ("rq", "arq", "huey"):
        calls = (
            "redis.Redis.from_url",
            "redis.from_url",
            "redis.Redis",
            "redis.StrictRedis",
            "arq.connections.RedisSettings",
            "huey.RedisHuey",
            "arq.connections.RedisSettings.from_dsn",
        )
        _broker(project, ledger, ("rq_redis_url", "redis_url", "rq_queues"), calls, "redis")
    if found:
        _published(project, ledger)
    _clock(project, ledger)
    return found


def _rq(project: Project, ledger: Ledger) -> None:
    """Count the functions that are put into a queue of RQ, each at the first place that does."""
    seen: set[str] = set()
    for call in project.ending("enqueue", "enqueue_call", "enqueue_in", "enqueue_at"):
        if call.name.startswith(("rq.", "django_rq.")):
            position = 0 if call.last in ("enqueue", "enqueue_call") else 1
            function = call.argument(position, "func", "f")
            name = ast.unparse(function) if function is not None else ""
            if name not in seen:
                seen.add(name)
                ledger.count("tasks", call.evidence(), role=WORKER)


def _queued_only(project: Project) -> set[Function]:
    """Return the functions that are put into a queue of RQ, and that nothing calls by itself: a worker runs them."""
    queued = enqueued(project)
    called = {
        project.functions.get(project.meaning(name))
        for m in project.modules
        for f in m.functions
        if f not in queued
        for name, _ in f.called
    }
    return queued - called if queued else queued


def _with_what_they_alone_use(project: Project, modules: set[Module]) -> set[Module]:
    """Return modules of tasks with those that nothing but them imports, directly or through others."""
    if not modules:
        return modules
    users: dict[Module, set[Module]] = {}
    for edge in edges_of(project):
        users.setdefault(edge.target, set()).add(edge.source)
    out = set(modules)
    todo = [m for m in users if m not in out and not m.has_main]
    while more := [m for m in todo if users[m] <= out]:
        out |= set(more)
        todo = [m for m in todo if m not in out]
    return out


def _worker_modules(project: Project, tasks: list[tuple[Function, str, ast.expr]]) -> set[Module]:
    """Return the modules that hold tasks and little else: what they call, a worker calls."""
    out = set()
    for module in {f.module for f, _, _ in tasks}:
        other = [
            f
            for f in module.functions
            if any(re.search(r"\.(?:route|get|post|put|delete|patch|api_view)$", n) for n, _ in f.decorators)
        ]
        views = [c for c in module.classes if any(b.endswith(("View", "ViewSet")) for b in c.bases)]
        if (
            not other
            and not views
            and not any(c.bases and c.bases[0].startswith("django.db.models") for c in module.classes)
        ):
            out.add(module)
    return out


def _arq(cls: object, ledger: Ledger) -> None:
    from buttress.readers.python.records import Class

    assert isinstance(cls, Class)
    for name, fact in (
        ("job_timeout", "task_time_limit"),
        ("max_jobs", "concurrency"),
        ("max_tries", "task_attempts"),
    ):
        entry = cls.field(name)
        value = constant(entry.value) if entry is not None else None
        if entry is not None and isinstance(value, int | float):
            ledger.say(fact, cls.module.text.at(entry.line), value, role=WORKER)
    run = cls.field("functions")
    if run is not None:
        number = len(run.value.elts) if isinstance(run.value, ast.List | ast.Tuple) else 1
        ledger.count("tasks", cls.module.text.at(run.line), role=WORKER, by=number or 1)
    jobs = cls.field("cron_jobs")
    if jobs is not None and isinstance(jobs.value, ast.List):
        ledger.count(
            "periodic_tasks", cls.module.text.at(jobs.line), role=SCHEDULER, by=len(jobs.value.elts) or 1
        )


def _broker(
    project: Project, ledger: Ledger, settings: tuple[str, ...], calls: tuple[str, ...], fallback: str = ""
) -> None:
    """Link a task queue's two sides to its broker, whose address is an argument of some calls or a setting."""
    places: list[tuple[ast.expr | None, Module, int, str]] = []
    for call in project.called(*calls):
        node = call.argument(0, "url", "host", "connection")
        technology = "rabbitmq" if "rabbit" in call.name.lower() else "redis"
        places.append((node, call.module, call.line, technology))
    for key in settings:
        if key in project.settings:
            module, entry = project.settings[key]
            queues = entries(entry.value).values()  # django-rq: a dictionary of queues, each with its address
            address = next((entries(q).get("URL") or entries(q).get("HOST") for q in queues), entry.value)
            places.append((address, module, entry.line, fallback))
    for node, module, line, technology in places:
        value = resolve(node, module, project)
        target = targets.store_of_url(value.text) if value is not None and value.text else None
        if target is None and technology:
            host = value.text if value is not None and "://" not in value.text else ""
            target = targets.store(technology, host)
        if target is not None:
            ledger.queue(target, module.text.at(line))
            return


def _sends(project: Project) -> Iterator[Call]:
    for call in project.ending("delay", "apply_async"):
        if not call.name.startswith(("''", "f''")):
            yield call


def _published(project: Project, ledger: Ledger) -> None:
    """Count the places that hand work to the queue, and those that do so before the transaction has ended."""
    aware = any(
        re.search(r"Transaction\w*Task|OnCommit\w*Task", c.name) for m in project.modules for c in m.classes
    )
    for call in _sends(project):
        ledger.count("background_work", call.evidence())
        if (
            not aware
            and any(
                w.endswith(("transaction.atomic", "transaction.atomic()", ".begin()")) for w in call.within
            )
            and not call.in_lambda
        ):
            ledger.count("published_in_transaction", call.evidence())
    for call in project.called("django.db.transaction.on_commit"):
        named = {n.attr for n in ast.walk(call.node) if isinstance(n, ast.Attribute)}
        if named & {"delay", "apply_async", "publish", "send"}:
            ledger.count("published_after_commit", call.evidence())


# What lets only one of several processes go on.
_ONE_OF_ALL = re.compile(
    r"\b\w*(?:[Ee]lection|[Ll]eader(?:ship)?|[Aa]dvisory_?[Ll]ock|[Rr]edis_?[Ll]ock|[Rr]edlock|FileLock|[Mm]utex)\w*\b"
    r"|\b(?:try|acquire|take|obtain|claim|hold)_(?:\w+_)?lock\b|\bskip_locked\b|\bnx\s*=\s*True\b"
)


def _clock(project: Project, ledger: Ledger) -> None:
    """Tell of schedulers that run inside the service: with several processes each job runs several times."""
    for call in project.under("apscheduler"):
        beside = re.search(
            r"(?<!Blocking)Scheduler$", call.name
        )  # a blocking one is all that its process does
        if beside and not _ONE_OF_ALL.search(call.module.text.source.text):
            ledger.count("in_process_scheduler", call.evidence())
    for module in project.modules:
        for entry in module.imports:
            if entry.name == "schedule" and "schedule" not in project.by_name:
                ledger.count("in_process_scheduler", module.text.at(entry.line))
