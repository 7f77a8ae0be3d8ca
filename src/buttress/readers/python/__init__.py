"""Python projects.

`pyproject.toml`, `setup.cfg`, `setup.py`, `Pipfile`, requirements and lock files, `.py` files, settings of linters and type checkers, of an unpacked wheel `METADATA` and `entry_points.txt`. Each project of
a repository (a folder with packaging, or with a `manage.py` or requirements of its own beside others) becomes a component; its tasks a worker, its beat schedule a scheduler.

- **Reads** frameworks and servers (FastAPI, Django, Flask, Starlette, Litestar, aiohttp, Tornado, Twisted, gRPC; also by a subclass of the project's own, and where a function
  makes the application), programs that go on (console scripts, subcommands, commands of click and Django, files started by themselves), task queues (Celery, RQ,
  Dramatiq, arq, Huey), stores and brokers by the calls and settings that open them (also behind oslo.db, oslo.messaging, kazoo, Flask-Mail), outgoing HTTP and cloud clients, routes with what guards
  them, middleware, migrations, logging, tracing, metrics, tests, types, imports, and what in the code blocks an event loop,
  waits for ever, hides errors or opens a door. What is counted (`calls_without_timeout`) keeps its first five places as evidence.
- **Complete about** {complete}
- **Doesn't read** what is imported or built at run time, templates, code that is made by a tool, examples, documents and other people's code. A library,
  and a driver that only an extra brings, need no store; more than eight hosts outside are options of a product, not its parts. Nothing is executed.
"""

from __future__ import annotations

from buttress.model import Fragment, Source
from buttress.readers.python.assembly import assemble
from buttress.readers.python.detection import detect
from buttress.readers.python.project import load
from buttress.readers.python.projects import projects
from buttress.readers.python.texts import Text

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the services, workers and libraries of all Python projects among the sources, with what they need.

    >>> code = "import fastapi, requests\napp = fastapi.FastAPI()\ndef f():\n    requests.get('https://api.acme.io/v1')\n"
    >>> found = read((Source("shop/main.py", code), Source("shop/requirements.txt", "fastapi\nrequests\n")))
    >>> [(f.source, f.target, f.fact("timeout").status) for f in found.flows]
    [('shop', 'api-acme-io', 'denied')]
    """
    return assemble([detect(load(files)) for files in projects(map(Text, sources))])
