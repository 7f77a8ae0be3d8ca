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


def _function_of(call: Call, project: Project) -> Function | None:
    position, name = _TAKES[call.last]
    node = call.argument(position, name)
    if isinstance(node, ast.Call) and node.args:  # functools.partial(f, x)
        node = node.args[0]
    return next((f for f in _meant(node, call, project)), None)


def _meant(node: ast.expr | None, call: Call, project: Project) -> Iterator[Function]:
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
