"""How a project is packaged, built and started: Python's version, locked dependencies, the image, the application server."""

from __future__ import annotations

import ast
import re

from buttress import workloads
from buttress.model import Evidence
from buttress.readers.python import versions
from buttress.readers.python.containers import Dockerfile
from buttress.readers.python.files import is_for_development
from buttress.readers.python.found import MAIN, WORKER, Ledger
from buttress.readers.python.packages import dependencies
from buttress.readers.python.project import Project, constant

_COMPILED = frozenset(
    "psycopg2 mysqlclient uwsgi python-ldap pycurl pyodbc cx-oracle pycairo xmlsec gdal pygraphviz m2crypto pyaudio pysqlite3".split()
)
_BUILD_TOOLS = re.compile(
    r"\b(?:build-essential|gcc|g\+\+|make|python3?-dev|libpq-dev|musl-dev|rust|cargo|clang|default-libmysqlclient-dev)\b"
)
_SERVERS = (
    ("gunicorn", "Gunicorn"),
    ("uvicorn", "Uvicorn"),
    ("hypercorn", "Hypercorn"),
    ("granian", "Granian"),
    ("daphne", "Daphne"),
    ("uwsgi", "uWSGI"),
    ("waitress-serve", "Waitress"),
    ("fastapi run", "Uvicorn"),
)
_DEVELOPMENT = re.compile(
    r"manage\.py\s+runserver|\bflask\s+(?:--\S+\s+)*run\b|--reload\b|fastapi\s+dev\b|python\s+-m\s+http\.server"
)


def detect(project: Project, ledger: Ledger) -> None:
    """Tell how the project is packaged, built and started."""
    _python(project, ledger)
    _dependencies(project, ledger)
    files = [d for d in project.dockerfiles if not is_for_development(d.text.path)]
    if files:
        _image(files[0], ledger)
    for command, text, line in project.commands:
        _command(command, text.at(line, "config"), ledger)
    _gunicorn(project, ledger)


def _python(project: Project, ledger: Ledger) -> None:
    """Tell which Python it runs on: the image's, else a file's that says it, else the lowest that the project allows."""
    for file in project.dockerfiles:
        image, line = file.base
        if re.search(r"(?:^|/)python[:\d-]|python3?[.:-]\d", image) and not is_for_development(
            file.text.path
        ):
            _version(versions.minor(image), file.text.at(line, "config"), ledger)
            break
    for text in project.files.configuration:
        if text.source.name.lower() in (".python-version", "runtime.txt"):
            line = text.find(r"\d\.\d+") or 1
            _version(versions.minor(text.lines[line - 1]), text.at(line, "config"), ledger)
    requires = project.packages.requires_python
    if requires is not None:
        lowest = versions.minor(requires[0])
        here = requires[1].at(requires[2], "config")
        if lowest:
            ledger.say("python_required", here, lowest)


def _version(version: str, here: Evidence, ledger: Ledger) -> None:
    if not version or ledger.has("python_version"):
        return
    ledger.say("python_version", here, version)
    supported = versions.is_supported(version)
    if supported is not None:
        ledger.say("python_supported", here, versions.SUPPORT_ENDS[version], denied=not supported)


def _dependencies(project: Project, ledger: Ledger) -> None:
    packages = project.packages
    if packages.manager is not None:
        ledger.say(
            "dependency_manager", packages.manager[1].at(packages.manager[2], "config"), packages.manager[0]
        )
    for tool, text, line in packages.locks:
        ledger.say("dependencies_locked", text.at(line, "config"), tool)
    every = list(dependencies(packages))
    if not every:
        return
    pinned = [d for d in every if d.bounds.startswith("==") and "*" not in d.bounds]
    if not packages.locks:
        if len(pinned) == len(every) and len(every) > 2:
            ledger.say("dependencies_locked", pinned[0].text.at(pinned[0].line, "config"), "pinned by hand")
        elif len(pinned) * 2 < len(every):
            loose = next(d for d in every if d not in pinned)
            ledger.say("dependencies_locked", loose.text.at(loose.line, "config"), denied=True)
    for entry in every:
        if not entry.bounds and not packages.locks and entry.text.source.name.lower() != "setup.py":
            ledger.count("unbounded_dependencies", entry.text.at(entry.line, "config"))
    compiled = [d for d in every if d.name in _COMPILED]
    for entry in compiled:
        ledger.say(
            "compiled_dependencies", entry.text.at(entry.line, "config"), tuple(d.name for d in compiled)
        )
    first = every[0]
    ledger.say("dependencies", first.text.at(first.line, "config"), len(every))


def _image(file: Dockerfile, ledger: Ledger) -> None:
    text, last = file.text, file.last_stage
    at = text.at
    image, line = file.base
    first = at(line or 1, "config")
    builders = [s for s in file.stages]
    ledger.say("multi_stage_build", at(file.stages[-1][2], "config"), denied=len(builders) < 2)
    if image and "$" not in image and image.lower() != "scratch":
        named = "@sha256:" in image or bool(re.search(r":[\w.-]*\d", image))
        ledger.say("base_image_pinned", first, image if named else None, denied=not named)
        ledger.say("base_image", first, image)
    users = [i for i in last if i.word == "USER"]
    if users:
        root = users[-1].rest.partition(":")[0].strip().lower() in ("root", "0")
        ledger.say("non_root", at(users[-1].line, "config"), denied=root)
    elif not re.search(r"distroless.*nonroot|\bnonroot\b|gosu|su-exec|setpriv", text.source.text):
        ledger.say("non_root", first, denied=True)
    check = next((i for i in last if i.word == "HEALTHCHECK"), None)
    if check is not None and "NONE" not in check.rest:
        ledger.say("health_check", at(check.line, "config"))
    runs = [i for i in last if i.word == "RUN"]
    tools = next(
        (
            i
            for i in runs
            if _BUILD_TOOLS.search(i.rest)
            and not re.search(r"apt-get (?:purge|remove)|apk del|--auto-remove", i.rest)
        ),
        None,
    )
    if tools is not None:
        ledger.say("build_tools_in_image", at(tools.line, "config"))
    everything = file.instructions
    venv = next(
        (
            i
            for i in everything
            if re.search(
                r"-m venv|\bvirtualenv\b|uv venv|VIRTUAL_ENV|UV_PROJECT_ENVIRONMENT|\.venv/bin|uv sync",
                i.rest,
            )
        ),
        None,
    )
    if venv is not None:
        ledger.say("virtual_environment", at(venv.line, "config"))
    _layers(file, ledger)
    for instruction in everything:
        if instruction.word not in ("ENV", "ARG"):
            continue
        for name, value in re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S+)", instruction.rest):
            if workloads.holds_secret(name, value.strip("\"'")) and not re.search(
                r"change|dummy|build|placeholder|unused|fake|test", value, re.IGNORECASE
            ):
                ledger.say("secrets_in_plaintext", at(instruction.line, "config", until="="))
    command, command_line, shell = file.command
    if command and shell and not re.search(r"\bexec\b", command):
        ledger.say("shell_form_command", at(command_line, "config"))


def _layers(file: Dockerfile, ledger: Ledger) -> None:
    """Tell whether dependencies are installed before the code is copied, so that a change of code doesn't install them anew."""
    for stage in range(len(file.stages)):
        mine = [i for i in file.instructions if i.stage == stage]
        install = next(
            (
                n
                for n, i in enumerate(mine)
                if i.word == "RUN"
                and re.search(
                    r"\bpip3?\s+install\s.*-r\b|poetry\s+install|uv\s+(?:sync|pip)|pdm\s+(?:install|sync)|pipenv\s+(?:install|sync)|pip3?\s+install\s+(?:\S+\s+)*\.(?:\s|$)",
                    i.rest,
                )
            ),
            None,
        )
        if install is None:
            continue
        whole = [
            n
            for n, i in enumerate(mine)
            if i.word in ("COPY", "ADD") and "--from" not in i.rest and re.match(r"(?:--\S+\s+)*\.\s", i.rest)
        ]
        before = any(n < install for n in whole)
        ledger.say("dependency_layer_cached", file.text.at(mine[install].line, "config"), denied=before)
        return


def _command(command: str, here: Evidence, ledger: Ledger) -> None:
    role = WORKER if workloads.role_of_command(command) == "worker" else MAIN
    for word, label in _SERVERS:
        if re.search(rf"(?:^|[\s/]){re.escape(word)}(?:\s|$)", command):
            ledger.say("app_server", here, label)
            break
    if _DEVELOPMENT.search(command):
        ledger.say("development_server", here, command.split()[0] if command.split() else True)
    for pattern, fact in (
        (r"(?:--workers|-w)[= ](\d+)", "workers"), (r"--threads[= ](\d+)", "threads"), (r"(?:--timeout|-t)[= ](\d+)(?!\.)", "worker_timeout"),
        (r"(?:--graceful-timeout|--timeout-graceful-shutdown)[= ](\d+)", "graceful_timeout"), (r"(?:--max-requests|--limit-max-requests)[= ](\d+)", "worker_max_requests"),
        (r"(?:--concurrency|-c)[= ](\d+)", "concurrency"), (r"--limit-concurrency[= ](\d+)", "concurrency_limit"), (r"--(?:task-)?time-limit[= ](\d+)", "task_time_limit"),
        (r"--max-tasks-per-child[= ](\d+)", "worker_max_requests"),
    ):  # fmt: skip
        found = re.search(pattern, command)
        celery = "celery" in command
        if (
            found is not None
            and (fact not in ("concurrency", "task_time_limit") or celery)
            and (not celery or fact in ("concurrency", "task_time_limit", "worker_max_requests"))
        ):
            ledger.say(fact, here, int(found[1]), role=role)
    kind = re.search(r"(?:--worker-class|-k)[= ]([\w.]+)", command)
    if kind is not None:
        ledger.say("worker_class", here, kind[1])
    if "gunicorn" in command and not re.search(r"--workers|-w[ =]|WEB_CONCURRENCY|-c[ =]|--config", command):
        ledger.say("workers", here, 1)
    pool = re.search(r"(?:--pool|-P)[= ](\w+)", command)
    if pool is not None and "celery" in command:
        ledger.say("worker_class", here, pool[1], role=WORKER)


def _gunicorn(project: Project, ledger: Ledger) -> None:
    module = next(
        (
            m
            for m in (*project.modules, *project.scripts)
            if re.search(
                r"gunicorn(?:[._]\w*)?(?:conf|config)|(?:conf|config)\w*gunicorn|gunicorn_conf", m.path
            )
        ),
        None,
    )
    if module is None:
        return
    for name, fact in (
        ("workers", "workers"), ("threads", "threads"), ("timeout", "worker_timeout"), ("graceful_timeout", "graceful_timeout"),
        ("max_requests", "worker_max_requests"), ("worker_class", "worker_class"), ("preload_app", "preload"), ("keepalive", "keep_alive"),
    ):  # fmt: skip
        entry = module.value(name)
        if entry is None:
            continue
        value = constant(entry.value)
        here = module.text.at(entry.line)
        if isinstance(value, int | str) and not isinstance(value, bool):
            ledger.say(fact, here, value)
        elif value is True or "cpu_count" in ast.unparse(
            entry.value if entry.value is not None else ast.Constant("")
        ):
            ledger.say(fact, here)
    ledger.say("app_server", module.text.at(module.text.find(r"^\s*[^\s#]") or 1), "Gunicorn")
