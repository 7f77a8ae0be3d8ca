"""What a project's commands start: a server or a worker that goes on until it is stopped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from buttress.readers.python.loops import goes_round
from buttress.readers.python.values import resolve

if TYPE_CHECKING:
    from buttress.readers.python.project import Project
    from buttress.readers.python.records import Function

MAX_CALLS = 2000
# What makes an object of the class that it is given and runs it.
_RUNS_CLASS = ("cotyledon.ServiceManager().add",)
# What loads the classes that are declared as entry points of the group that it is given.
_LOADS_GROUP = tuple(
    f"stevedore.{module}{sort}Manager"
    for sort, module in (
        ("Driver", "driver."), ("Extension", "extension."), ("NamedExtension", "named."), ("EnabledExtension", "enabled."), ("Hook", "hook."),
        ("DispatchExtension", "dispatch."), ("Driver", ""), ("Extension", ""), ("NamedExtension", ""), ("EnabledExtension", ""),
    )
)  # fmt: skip
# What goes on until it is stopped, whatever it is called on.
_GOES_ON = frozenset(
    """
        serve_forever worker_main run_forever run_app start_consuming run_polling start_polling infinity_polling wait_for_termination
        run_until_disconnected
    """.split()
)
_STARTS = frozenset(
    """
        uvicorn.run uvicorn.Server().run uvicorn.Server().serve waitress.serve hypercorn.asyncio.serve eventlet.wsgi.server bjoern.run
        cheroot.wsgi.Server().start cherrypy.quickstart cherrypy.engine.block twisted.internet.reactor.run
        tornado.ioloop.IOLoop.current().start tornado.ioloop.IOLoop.instance().start
        cotyledon.ServiceManager().run oslo_service.service.launch oslo_service.service.ProcessLauncher().launch_service
        oslo_service.service.ServiceLauncher().launch_service oslo_messaging.get_rpc_server().start
        rq.Worker().work rq.SimpleWorker().work rq.worker.Worker().work rq_scheduler.Scheduler().run arq.run_worker arq.worker.run_worker
        flask.Flask().run quart.Quart().run sanic.Sanic().run bottle.run apscheduler.schedulers.blocking.BlockingScheduler().start
        kombu.mixins.ConsumerMixin().run gunicorn.app.base.BaseApplication().run gunicorn.app.base.Application().run
        gunicorn.app.wsgiapp.WSGIApplication().run
    """.split()
)


def is_started(project: Project) -> bool:
    """Return whether a command of the project starts something that goes on: a server, a worker, a loop that waits for work."""
    return is_loop(project) or any(goes_on(name) for name in _reached_by_any(project))


def is_loop(project: Project) -> bool:
    """Return whether a command of the project goes on in a loop of its own: nobody calls what it does."""
    return any(goes_round(f) for name in _reached_by_any(project) for f in meant(name, project))


def _reached_by_any(project: Project) -> Iterator[str]:
    for target in project.packages.scripts.values():
        yield from reached(project, target)


def goes_on(name: str) -> bool:
    """Return whether what a name calls goes on until it is stopped."""
    return name in _STARTS or name.rpartition(".")[2] in _GOES_ON


def meant(called: str, project: Project) -> list[Function]:
    """Return the project's function, or the making of its class, that a dotted name calls."""
    path = called.replace("()", "")
    return [project.functions[p] for p in (path, f"{path}.__init__") if p in project.functions]


def called_by(functions: Iterable[Function], project: Project) -> set[Function]:
    """Return functions with those that they call, directly and through others."""
    out, todo = set(functions), list(functions)
    while todo:
        function = todo.pop()
        for name in (*(name for name, _ in function.called), *_of_plugins(function, project)):
            more = [f for f in meant(project.meaning(name), project) if f not in out]
            out.update(more)
            todo += more
    return out


def reached(project: Project, *targets: str) -> Iterator[str]:
    """Yield what functions are called, and the names that they call, by themselves or through functions of the project."""
    todo, seen = [t.replace(":", ".") for t in targets], set()
    for _ in range(MAX_CALLS):
        if not todo:
            return
        name = project.meaning(todo.pop())
        if name in seen:
            continue
        seen.add(name)
        yield name
        own = name.replace("()", "")
        head, _, last = own.rpartition(".")
        places = [own, f"{own}.__init__"]
        for base in project.bases_of(head):
            yield f"{base}().{last}"
            places.append(f"{base}.{last}")
        maker = project.functions.get(head)
        todo += [f"{made}().{last}" for made in _returned(maker, project)] if maker is not None else []
        function = next((f for place in places if (f := project.functions.get(place)) is not None), None)
        if function is not None:
            todo += [called for called, _ in function.called]
            todo += _of_classes(function, project)
            todo += _of_plugins(function, project)


def _returned(function: Function, project: Project) -> Iterator[str]:
    """Yield the classes of the project that a function makes and gives back, or says that it gives back: `return Miller()`."""
    names = re.findall(r"^\s*return\s+([\w.]{1,100})\(", function.text, re.MULTILINE)
    if isinstance(function.returns, ast.Name | ast.Attribute):
        names.append(ast.unparse(function.returns))
    for written in names:
        root, _, rest = written.partition(".")
        name = f"{function.module.names.get(root, f'{function.module.name}.{root}')}.{rest}".rstrip(".")
        if (known := project.meaning(name)) in project.classes:
            yield known


def _of_classes(function: Function, project: Project) -> Iterator[str]:
    """Yield what is called of the classes that a function gives to something that runs them: their making and their loop."""
    for call in project.called(*_RUNS_CLASS):
        if call.function is function and isinstance(
            node := call.argument(0, "service"), ast.Name | ast.Attribute
        ):
            root, _, rest = ast.unparse(node).partition(".")
            name = f"{call.module.names.get(root, f'{call.module.name}.{root}')}.{rest}".rstrip(".")
            if project.meaning(name) in project.classes:
                yield from (name, f"{name}.run")


def _of_plugins(function: Function, project: Project) -> Iterator[str]:
    """Yield the methods of the project's own plug-ins whose group a function loads: one of them will be called, its settings say which."""
    for call in project.called(*_LOADS_GROUP) if project.packages.plugins else ():
        if call.function is function:
            group = resolve(call.argument(0, "namespace"), call.module, project)
            for target in project.packages.plugins.get(group.text, ()) if group is not None else ():
                made = project.meaning(target.replace(":", "."))
                yield from project.methods_of(made)
