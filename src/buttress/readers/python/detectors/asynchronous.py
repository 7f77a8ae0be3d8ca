"""Event loops, threads and processes: what blocks a loop, what is left running, what several processes each have for themselves."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.detectors.outbound import ASYNC_CLIENTS, is_http
from buttress.readers.python.found import Ledger
from buttress.readers.python.handed import handed_over, is_wrapped
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Call, Function
from buttress.readers.python.routes import Route

# Calls that wait for something outside the process without giving the event loop back.
_BLOCKING = frozenset(
    """
        time.sleep socket.create_connection socket.gethostbyname socket.getaddrinfo subprocess.run subprocess.call subprocess.check_call
        subprocess.check_output os.system os.popen psycopg2.connect psycopg.connect MySQLdb.connect pymysql.connect sqlite3.connect
        smtplib.SMTP smtplib.SMTP_SSL django.core.mail.send_mail shutil.copytree shutil.rmtree shutil.make_archive
    """.split()
)
_BLOCKING_CLIENTS = re.compile(
    r"^(?:boto3\.(?:client|resource)\(\)|redis\.(?:Redis|StrictRedis)(?:\.from_url)?\(\)|redis\.from_url\(\)|pymongo\.MongoClient\(\)[\w.\[\]()]*|"
    r"psycopg2\.connect\(\)[\w.()]*|sqlalchemy\.orm\.(?:Session|sessionmaker\(\))\(\)|sqlmodel\.Session\(\)|elasticsearch\.Elasticsearch\(\)|kafka\.KafkaProducer\(\))\.\w+$"
)
_NOT_WAITING = frozenset("close pipeline register_script add add_all expunge get_bind".split())
# Calls that keep a processor busy for longer than a loop should be kept waiting.
_CPU = re.compile(
    r"^(?:bcrypt\.(?:hashpw|checkpw)|hashlib\.(?:pbkdf2_hmac|scrypt)|passlib\.context\.CryptContext\(\)\.(?:hash|verify|encrypt)|argon2\.PasswordHasher\(\)\.(?:hash|verify)|"
    r"pandas\.(?:read_\w+|merge|concat)|PIL\.Image\.(?:open\(\)\.(?:resize|thumbnail|save|convert)|Image\(\)\.\w+)|cv2\.(?:imread|resize|cvtColor)|"
    r"shutil\.make_archive|zipfile\.ZipFile\(\)\.(?:extractall|write)|weasyprint\.HTML\(\)\.write_pdf|pdfkit\.from_\w+|openpyxl\.load_workbook|sklearn\.[\w.]+\(\)\.(?:fit|predict))$"
)
_THREADS = {"threading.Thread": "threads", "multiprocessing.Process": "processes", "multiprocessing.Pool": "processes",
            "concurrent.futures.ThreadPoolExecutor": "threads", "concurrent.futures.ProcessPoolExecutor": "processes",
            "concurrent.futures.thread.ThreadPoolExecutor": "threads", "gevent.spawn": "greenlets", "asyncio.to_thread": "threads",
            "starlette.concurrency.run_in_threadpool": "threads", "anyio.to_thread.run_sync": "threads", "asgiref.sync.sync_to_async": "threads",
            "multiprocessing.pool.ThreadPool": "threads"}  # fmt: skip


def detect(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    """Tell what blocks event loops, and how work is spread over threads and processes."""
    guilty = _blocking_functions(project)
    for call in project.calls:
        role = ledger.role_of(call)
        if call.in_coroutine and not call.awaited and not _is_alone(call.function, ledger):
            if blocks(call):
                ledger.count("blocking_in_async", call.evidence(), role=role)
            elif _CPU.match(call.name):
                ledger.count("cpu_bound_in_async", call.evidence(), role=role)
        if call.name in ("asyncio.create_task", "asyncio.ensure_future") and call.discarded:
            ledger.count("unreferenced_tasks", call.evidence(), role=role)
        elif call.name in (
            "asyncio.wait_for",
            "asyncio.timeout",
            "async_timeout.timeout",
            "anyio.fail_after",
            "anyio.move_on_after",
        ):
            ledger.count("asyncio_timeouts", call.evidence(), role=role)
        elif call.name in (
            "asyncio.Semaphore",
            "asyncio.BoundedSemaphore",
            "anyio.CapacityLimiter",
            "threading.BoundedSemaphore",
        ):
            ledger.count("concurrency_limits", call.evidence(), role=role)
        elif (
            call.name in ("asyncio.Queue", "queue.Queue")
            and not call.node.args
            and call.keyword("maxsize") is None
        ):
            ledger.count("unbounded_queues", call.evidence(), role=role)
        if call.name in _THREADS:
            ledger.say("parallelism", call.evidence(), (_THREADS[call.name],), role=role)
            if call.name == "threading.Thread":
                ledger.count("background_threads", call.evidence(), role=role)
    for module in project.modules:
        for function in module.functions:
            if function.is_async and not _is_alone(function, ledger):
                for name, line in function.called:
                    if project.functions.get(name) in guilty:
                        ledger.count("blocking_in_async", module.text.at(line), role=ledger.role_of(function))
    _shared_state(project, ledger)
    _work_in_requests(project, ledger, routes)


def _is_alone(function: Function | None, ledger: Ledger) -> bool:
    """Return whether a coroutine has its event loop for itself: a command, the start of a service, a task of a queue whose workers do one at a time."""
    while function is not None:
        names = [n for n, _ in function.decorators]
        if any(n.endswith((".command", ".on_event", ".on_startup", ".before_serving")) for n in names):
            return True
        if function.name == "lifespan" or (function in ledger.task_functions and ledger.one_task_at_a_time):
            return True
        function = function.parent
    return False


def blocks(call: Call) -> bool:
    """Return whether a call makes its thread wait for something outside the process."""
    if call.name in _BLOCKING:
        return True
    library = is_http(call)
    if library and call.name.rpartition(".")[0] not in ASYNC_CLIENTS:
        return True
    return _BLOCKING_CLIENTS.match(call.name) is not None and call.last not in _NOT_WAITING


def _blocking_functions(project: Project) -> set[Function]:
    """Return the plain functions that block themselves, for those that call them from a coroutine."""
    return {
        c.function
        for c in project.calls
        if c.function is not None
        and not c.function.is_async
        and not c.in_lambda
        and blocks(c)
        and not is_wrapped(c.function)
    }


def _shared_state(project: Project, ledger: Ledger) -> None:
    """Count the places where functions change what a module holds: every process has its own copy."""
    for module in project.modules:
        seen: set[str] = set()
        made = {a.name: a for a in module.assigned if _is_container(a)}
        rebound = {s.words for s in module.spots if s.sort == "global"}
        for spot in module.spots:
            if (
                spot.sort != "shared_write"
                or spot.words not in made
                or spot.words in seen
                or spot.words in rebound
            ):
                continue
            if (
                spot.function is None
                or spot.function.name.startswith(("register", "_register", "add_to", "__"))
                or _is_registry(spot.words)
            ):
                continue
            if any(n.endswith(("cache", "wraps")) for n, _ in spot.function.decorators):
                continue
            seen.add(spot.words)
            ledger.count("state_in_module", module.text.at(spot.line), role=ledger.role_of(module))


def _is_registry(name: str) -> bool:
    return (
        re.search(
            r"regist|handler|plugin|hooks?$|all_|mapping|converters|__|converter|types?$|classes|factories|commands|routes|callbacks|listeners",
            name,
            re.IGNORECASE,
        )
        is not None
    )


def _is_container(entry: Assigned) -> bool:

    value = entry.value
    if isinstance(value, ast.Dict | ast.List | ast.Set):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    return (
        isinstance(value, ast.Call)
        and not value.args
        and getattr(value.func, "id", "") in ("dict", "list", "set", "defaultdict", "OrderedDict", "deque")
    )


_SLOW = {
    "django.core.mail.send_mail": "mail", "django.core.mail.EmailMessage().send": "mail", "django.core.mail.send_mass_mail": "mail",
    "django.core.mail.EmailMultiAlternatives().send": "mail", "flask_mail.Mail().send": "mail", "smtplib.SMTP().send_message": "mail",
    "smtplib.SMTP().sendmail": "mail", "weasyprint.HTML().write_pdf": "document", "time.sleep": "sleep", "pdfkit.from_string": "document",
    "sendgrid.SendGridAPIClient().send": "mail", "subprocess.run": "process", "subprocess.check_output": "process", "subprocess.call": "process",
}  # fmt: skip


def _work_in_requests(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    """Count slow work that requests wait for: mails, documents, sleeps right in the function that answers."""
    answering = {r.function for r in routes if r.function is not None}
    views = {
        m
        for module in project.modules
        for c in module.classes
        if _is_view(c.bases)
        for m in c.methods
        if m.name
        in (
            "get",
            "post",
            "put",
            "patch",
            "delete",
            "create",
            "update",
            "perform_create",
            "form_valid",
            "list",
            "retrieve",
        )
    }
    handed = handed_over(project)
    for call in project.calls:
        what = _SLOW.get(call.name)
        if what is None or call.function is None or call.in_lambda or call.function in handed:
            continue
        request = call.function in answering or call.function in views or _takes_request(call.function)
        if request and not (what == "sleep" and _is_zero(call)):
            ledger.count("slow_work_in_request", call.evidence())
    for call in project.ending("add_task"):
        if call.name.startswith(("fastapi.", "starlette.", "~background")):
            ledger.count("in_process_background_work", call.evidence())


def _is_zero(call: Call) -> bool:
    value = constant(call.argument(0, "secs"))
    return isinstance(value, int | float) and value < 0.01


def _is_view(bases: tuple[str, ...]) -> bool:
    return any(
        b.rpartition(".")[2].endswith(("View", "ViewSet", "RequestHandler", "Resource", "MethodView"))
        for b in bases
    )


def _takes_request(function: Function) -> bool:
    return bool(function.parameters) and function.parameters[0][0] == "request" and function.owner is None
