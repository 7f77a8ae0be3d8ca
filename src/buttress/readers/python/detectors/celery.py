"""Celery: its broker, limits, acknowledgement and retries, by its settings and the options of its tasks."""

from __future__ import annotations

import ast
import re

from buttress.model import Evidence
from buttress.readers.python import targets
from buttress.readers.python.detectors import chosen_stores
from buttress.readers.python.found import SCHEDULER, WORKER, Ledger, Target
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Function, Module, keyword_of
from buttress.readers.python.values import resolve

_SETTINGS = {
    "broker_url": ("celery_broker_url", "broker_url", "celery_broker"),
    "result_backend": ("celery_result_backend", "result_backend", "celery_backend"),
    "acks_late": ("celery_task_acks_late", "task_acks_late", "celery_acks_late"),
    "reject_on_worker_lost": ("celery_task_reject_on_worker_lost", "task_reject_on_worker_lost"),
    "time_limit": ("celery_task_time_limit", "task_time_limit", "celeryd_task_time_limit"),
    "soft_time_limit": ("celery_task_soft_time_limit", "task_soft_time_limit", "celeryd_task_soft_time_limit"),
    "prefetch": ("celery_worker_prefetch_multiplier", "worker_prefetch_multiplier", "celeryd_prefetch_multiplier"),
    "ignore_result": ("celery_task_ignore_result", "task_ignore_result", "celery_ignore_result"),
    "transport": ("celery_broker_transport_options", "broker_transport_options"),
    "serializer": ("celery_task_serializer", "task_serializer"),
    "accept": ("celery_accept_content", "accept_content"),
    "always_eager": ("celery_task_always_eager", "task_always_eager", "celery_always_eager"),
    "schedule": ("celery_beat_schedule", "beat_schedule", "celerybeat_schedule"),
    "routes": ("celery_task_routes", "task_routes"),
    "concurrency": ("celery_worker_concurrency", "worker_concurrency", "celeryd_concurrency"),
    "max_tasks": ("celery_worker_max_tasks_per_child", "worker_max_tasks_per_child"),
    "result_expires": ("celery_result_expires", "result_expires"),
}  # fmt: skip


def option(project: Project, name: str) -> tuple[Module, Assigned] | None:
    """Return where Celery's setting of that name is assigned, under its new or its old name."""
    return next((project.settings[key] for key in _SETTINGS[name] if key in project.settings), None)


def detect(project: Project, ledger: Ledger, tasks: list[tuple[Function, str, ast.expr]]) -> None:
    """Tell what Celery is set up with: its broker, limits, acknowledgement, retries."""
    broker = _celery_broker(project, ledger)
    _limits(project, ledger, tasks)
    for name, fact in (
        ("reject_on_worker_lost", "task_reject_on_worker_lost"),
        ("ignore_result", "ignore_result"),
    ):
        if (given := option(project, name)) is not None and constant(given[1].value) is not None:
            ledger.say(
                fact, given[0].text.at(given[1].line), role=WORKER, denied=constant(given[1].value) is False
            )
    for name, fact in (
        ("prefetch", "prefetch"),
        ("concurrency", "concurrency"),
        ("max_tasks", "worker_max_requests"),
        ("result_expires", "result_expiry"),
    ):
        value = constant(given[1].value) if (given := option(project, name)) is not None else None
        if given is not None and isinstance(value, int | float) and not isinstance(value, bool):
            ledger.say(fact, given[0].text.at(given[1].line), value, role=WORKER)
    if (given := option(project, "routes")) is not None:
        ledger.say("task_queues", given[0].text.at(given[1].line), role=WORKER)
    for name in ("serializer", "accept"):
        given = option(project, name)
        if (
            given is not None
            and given[1].value is not None
            and "pickle" in [constant(n) for n in ast.walk(given[1].value)]
        ):
            ledger.count("unsafe_deserialization", given[0].text.at(given[1].line), role=WORKER)
    eager = option(project, "always_eager")
    if eager is not None and constant(eager[1].value) is True and not eager[1].conditional:
        ledger.say("tasks_run_in_request", eager[0].text.at(eager[1].line))
    _acknowledgement(project, ledger, tasks, broker)
    _retries(ledger, tasks)
    schedule = option(project, "schedule")
    if schedule is not None:
        here = schedule[0].text.at(schedule[1].line)
        count = len(schedule[1].value.keys) if isinstance(schedule[1].value, ast.Dict) else 1
        ledger.count("periodic_tasks", here, role=SCHEDULER, by=max(count, 1))
    for function, _, decorator in tasks:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("periodic_task"):
            ledger.count("periodic_tasks", function.module.text.at(function.line), role=SCHEDULER)
    for call in project.ending("add_periodic_task"):
        ledger.count("periodic_tasks", call.evidence(), role=SCHEDULER)


def _celery_broker(project: Project, ledger: Ledger) -> Target | None:
    """Link both sides to the broker and to the store of results; return the broker."""
    places: dict[str, list[tuple[ast.expr | None, Module, int]]] = {"broker": [], "backend": []}
    for key, name in (("broker", "broker_url"), ("backend", "result_backend")):
        if (given := option(project, name)) is not None:
            places[key].append((given[1].value, given[0], given[1].line))
        for call in project.called("celery.Celery"):
            node = call.argument(3 if key == "broker" else 99, key)
            if node is not None:
                places[key].append((node, call.module, node.lineno))
    broker = None
    for node, module, line in places["broker"]:
        value = resolve(node, module, project)
        target = targets.store_of_url(value.text) if value is not None else None
        if target is None and value is not None:
            target = _by_word(value.names) or (_by_word((value.text,)) if value.text else None)
        if target is not None and value is not None:
            broker = target
            here = value.module.text.at(value.line)
            for link in ledger.queue(target, here):
                if line != value.line or module is not value.module:
                    link.evidence.append(module.text.at(line))
            break
    if (
        broker is None
        and (declared := project.packages.any("celery")) is not None
        and "redis" in declared.extras
    ):
        broker = Target("Redis", "cache", "redis")
        ledger.queue(broker, declared.text.at(declared.line))
    if broker is None:
        broker = chosen_stores.celery_broker(project, ledger)
    for node, module, line in places["backend"]:
        value = resolve(node, module, project)
        if value is None:
            continue
        here = module.text.at(line)
        target = targets.store_of_url(value.text)
        named = re.match(r"[a-z][\w+-]*(?=:|$)", value.text)
        kind = named[0] if named is not None else ""
        if target is not None or kind:
            ledger.say(
                "result_backend", here, target.technology or kind if target else kind or True, role=WORKER
            )
        if target is not None:
            ledger.link(WORKER, target, value.module.text.at(value.line), "writes")
    return broker


def _by_word(names: tuple[str, ...]) -> Target | None:
    for name in names:
        for word, technology in chosen_stores.BROKER_WORDS:
            if word in name.lower():
                return targets.store(technology)
    return None


def _limits(project: Project, ledger: Ledger, tasks: list[tuple[Function, str, ast.expr]]) -> None:
    """Tell the time limit of tasks: the setting, or those that tasks set themselves; denied where Celery is set up without one."""
    for name in ("time_limit", "soft_time_limit"):
        given = option(project, name)
        value = constant(given[1].value) if given is not None else None
        if given is not None:
            ledger.say(
                "task_time_limit",
                given[0].text.at(given[1].line),
                value if isinstance(value, int | float) else True,
                role=WORKER,
            )
            return
    own = [(f, v) for f, _, d in tasks if (v := keyword_of(d, "time_limit", "soft_time_limit")) is not None]
    if own and len(own) * 2 > len(tasks):
        value = constant(own[0][1])
        ledger.say(
            "task_time_limit",
            own[0][0].module.text.at(own[0][1].lineno),
            value if isinstance(value, int | float) else True,
            role=WORKER,
        )
        return
    at = next((c for c in project.called("celery.Celery")), None)
    own_calls = any(c.keyword("time_limit", "soft_time_limit") for c in project.ending("apply_async"))
    if at is not None and tasks and not own and not own_calls and not _config_is_dynamic(project):
        ledger.say("task_time_limit", at.evidence(), role=WORKER, denied=True)


def _config_is_dynamic(project: Project) -> bool:
    """Return whether Celery's settings come from where this reading can't see them."""
    for call in project.ending("config_from_object", "config_from_envvar"):
        given = constant(call.argument(0, "obj"))
        if not isinstance(given, str):
            return True
        module = given.partition(":")[0]
        if module != "django.conf" and module not in project.by_name:
            return True
    return False


def _acknowledgement(
    project: Project, ledger: Ledger, tasks: list[tuple[Function, str, ast.expr]], broker: Target | None
) -> None:
    given = option(project, "acks_late")
    places: list[tuple[bool, Evidence]] = []
    if given is not None and isinstance(constant(given[1].value), bool):
        places.append((constant(given[1].value) is True, given[0].text.at(given[1].line)))
    own = [(f, n) for f, _, d in tasks if (n := keyword_of(d, "acks_late")) is not None]
    if len(own) * 2 > len(tasks):  # few tasks say nothing of the worker
        for function, node in own:
            if isinstance(late := constant(node), bool):
                places.append((late, function.module.text.at(node.lineno)))
    link = ledger.links.get((WORKER, broker, "consumes")) if broker is not None else None
    for late, here in places:
        ledger.say("acknowledgement", here, "after processing" if late else "before processing", role=WORKER)
        if link is not None:
            link.say("acknowledgement", "after processing" if late else "before processing", here)
    transport = option(project, "transport")
    if transport is not None and isinstance(transport[1].value, ast.Dict):
        for key, value in zip(transport[1].value.keys, transport[1].value.values, strict=True):
            number = constant(value)
            if constant(key) == "visibility_timeout" and isinstance(number, int | float):
                here = transport[0].text.at(value.lineno)
                (link.say if link is not None else lambda n, v, e: ledger.say(n, e, v, role=WORKER))(
                    "visibility_timeout", number, here
                )


CELERY_PAUSE_S = 180  # before a task is tried again, unless told otherwise
SHORT_PAUSE_S = 10


def _retries(ledger: Ledger, tasks: list[tuple[Function, str, ast.expr]]) -> None:
    for function, _framework, decorator in tasks:
        retried = keyword_of(decorator, "autoretry_for")
        if retried is None:
            continue
        here = function.module.text.at(retried.lineno)
        backoff = keyword_of(decorator, "retry_backoff")
        limit = keyword_of(decorator, "max_retries")
        if limit is None and isinstance(given := keyword_of(decorator, "retry_kwargs"), ast.Dict):
            limit = next(
                (v for k, v in zip(given.keys, given.values, strict=True) if constant(k) == "max_retries"),
                None,
            )
        delay = keyword_of(decorator, "default_retry_delay")
        pause = constant(delay) if delay is not None else CELERY_PAUSE_S
        if (
            (backoff is None or constant(backoff) is False)
            and isinstance(pause, int | float)
            and pause < SHORT_PAUSE_S
        ):
            ledger.count("retries_without_backoff", here, role=WORKER)
        if isinstance(limit, ast.Constant) and limit.value is None:
            ledger.count("unlimited_retries", here, role=WORKER)
        ledger.count("retried_tasks", here, role=WORKER)
