"""Functions that are handed to a thread, a process or a pool: whoever hands them over doesn't wait in its own thread."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from buttress.readers.python.project import Project
from buttress.readers.python.records import Call, Function

# Which argument is the function, by the last part of what is called.
_TAKES = {
    "Thread": (1, "target"), "Timer": (1, "function"), "Process": (1, "target"), "submit": (0, "fn"), "run_in_executor": (1, "func"),
    "to_thread": (0, "func"), "run_sync": (0, "func"), "run_in_threadpool": (0, "func"), "sync_to_async": (0, "func"), "spawn": (0, "func"),
    "deferToThread": (0, "f"), "callInThread": (0, "f"), "deferToThreadPool": (2, "f"), "start_new_thread": (0, "function"),
    "add_task": (0, "func"), "apply_async": (0, "func"), "add_job": (0, "func"), "start_background_task": (0, "target"),
}  # fmt: skip
# What of these goes on by itself: nobody waits for its end, unless it is joined.
_GOES_ON = (
    "Thread",
    "Timer",
    "Process",
    "start_new_thread",
    "callInThread",
    "add_task",
    "start_background_task",
)
_JOINS = re.compile(r"\.join\((?:timeout\b|[\d.]*\))|\.(?:is_alive|exitcode)\b")
_THREADS = (
    "threading.Thread",
    "threading.Timer",
    "multiprocessing.Process",
    "multiprocessing.context.Process",
)
_QUEUED = {
    "enqueue": 0,
    "enqueue_call": 0,
    "enqueue_in": 1,
    "enqueue_at": 1,
}  # which argument is the function
# Decorators whose function runs in a thread, by how such are called.
_IN_THREADS = re.compile(
    r"(?:^|[._])(?:\w*sync_to_async|\w*(?:to|in|on)_?(?:a_|the_)?(?:thread|executor|threadpool)\w*|\w*(?:to|in|on)Thread\w*|run_on_executor|threaded|asyncify|unblock\w*)"
    r"(?:\(\))?$"
)


def is_wrapped(function: Function) -> bool:
    """Return whether a decorator has a plain function run in a thread: `@sync_to_async`."""
    return any(_IN_THREADS.search(name) for name, _ in function.decorators)


def handed_over(project: Project) -> set[Function]:
    """Return the functions that the project's code gives to threads, processes and pools."""
    return {f for call in project.ending(*_TAKES) if (f := _function_of(call, project)) is not None}


def in_background(project: Project) -> set[Function]:
    """Return the functions that run while nobody waits for them: those of threads and processes that aren't joined, and what only these call."""
    started = {
        f
        for call in project.ending(*_GOES_ON)
        if (f := _function_of(call, project)) is not None
        and not (call.function is not None and _JOINS.search(call.function.text))
    }
    for name, cls in project.classes.items():
        if any(base in _THREADS for base in project.bases_of(name)):
            started |= {m for m in cls.methods if m.name == "run"}
    return started | called_only_by(started, project)


def enqueued(project: Project) -> set[Function]:
    """Return the functions that the project's code puts into a queue of RQ."""
    out: set[Function] = set()
    for call in project.ending(*_QUEUED):
        if call.name.startswith(("rq.", "django_rq.")):
            node = call.argument(_QUEUED[call.last], "func", "f")
            out.update(_meant(node, call, project) or _by_prefix(node, call, project))
    return out


def called_only_by(functions: set[Function], project: Project) -> set[Function]:
    """Return the plain functions that nothing but some functions call, directly or through each other."""
    callers: dict[Function, set[Function]] = {}
    if functions:
        for module in project.modules:
            for caller in module.functions:
                for name, _ in caller.called:
                    called = project.functions.get(project.meaning(name))
                    if called is not None and called.owner is None:
                        callers.setdefault(called, set()).add(caller)
    out: set[Function] = set()
    while more := [f for f, by in callers.items() if f not in out and by <= functions | out]:
        out.update(more)
    return out - functions


def _by_prefix(node: ast.expr | None, call: Call, project: Project) -> list[Function]:
    """Return the functions of which a variable holds one that is chosen by its name: `send = getattr(chats, f"send_to_{channel}")`."""
    if not isinstance(node, ast.Name) or call.function is None:
        return []
    found = re.search(
        rf"^\s*{node.id}\s*=\s*getattr\(\s*(\w+)\s*,\s*f[\"'](\w+)\{{", call.function.text, re.MULTILINE
    )
    module = project.by_name.get(call.module.names.get(found[1], "")) if found is not None else None
    if found is None or module is None:
        return []
    return [
        f for f in module.functions if f.owner is None and f.parent is None and f.name.startswith(found[2])
    ]


def _function_of(call: Call, project: Project) -> Function | None:
    position, name = _TAKES[call.last]
    node = call.argument(position, name)
    if isinstance(node, ast.Call) and node.args:  # functools.partial(f, x)
        node = node.args[0]
    return next(iter(_meant(node, call, project)), None)


def _meant(node: ast.expr | None, call: Call, project: Project) -> list[Function]:
    """Return the function that an expression at a call names, nothing where it names none."""
    return list(_named(node, call, project))


def _named(node: ast.expr | None, call: Call, project: Project) -> Iterator[Function]:
    """Yield the function that an expression at a call names: an inner one, one of the module, a method of the same class."""
    if isinstance(node, ast.Name):
        around = call.function
        while around is not None:
            yield from (f for f in call.module.functions if f.parent is around and f.name == node.id)
            around = around.parent
        own = project.functions.get(
            project.meaning(call.module.names.get(node.id, f"{call.module.name}.{node.id}"))
        )
        if own is not None:
            yield own
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = call.function.owner if call.function is not None else None
        if node.value.id == "self" and owner is not None:
            yield from (m for m in owner.methods if m.name == node.attr)
        elif node.value.id in call.module.names:
            name = f"{call.module.names[node.value.id]}.{node.attr}"
            yield from (f for f in (project.functions.get(project.meaning(name)),) if f is not None)
