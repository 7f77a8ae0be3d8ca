"""Failures: retries and how they wait, circuit breakers, exceptions that disappear, resources that stay open."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.detectors.outbound import is_http
from buttress.readers.python.found import Ledger, Link
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Function, Module, Spot

_RETRIES = {
    "tenacity.retry": "tenacity", "backoff.on_exception": "backoff", "backoff.on_predicate": "backoff", "stamina.retry": "stamina",
    "retrying.retry": "retrying", "retry.retry": "retry", "tenacity.Retrying": "tenacity", "tenacity.AsyncRetrying": "tenacity",
}  # fmt: skip
_BREAKERS = ("circuitbreaker", "pybreaker", "aiobreaker", "purgatory", "aiomisc.circuit_breaker")
_UNSAFE = ("post", "patch")
_HANDLED = re.compile(r"idempoten", re.IGNORECASE)


def detect(project: Project, ledger: Ledger) -> None:
    """Tell how the project meets failures of what it needs and of itself."""
    _decorated(project, ledger)
    _adapters(project, ledger)
    _breakers(project, ledger)
    _exceptions(project, ledger)
    _resources(project, ledger)
    for module in project.modules:
        line = (
            module.text.find(r"(?i)[\"']idempotency[-_]key[\"']")
            if _HANDLED.search(module.text.source.text)
            else 0
        )
        if line:
            ledger.say("idempotency_keys", module.text.at(line))
            break


def _decorated(project: Project, ledger: Ledger) -> None:
    _ = project.calls
    calls_of: dict[Function, list[Link]] = {}
    posting: set[Function] = set()
    for call in project.calls:
        if call.function is not None and is_http(call):
            if call.last in _UNSAFE and not _has_key(call.node):
                posting.add(call.function)
            for link in ledger.links.values():
                if any(
                    e.source == call.module.path
                    and e.line == call.module.text.source.first_line + call.line - 1
                    for e in link.evidence
                ):
                    calls_of.setdefault(call.function, []).append(link)
    for module in project.modules:
        for function in module.functions:
            for name, node in function.decorators:
                library = _RETRIES.get(name)
                if library is None or "retry_never" in ast.unparse(node):
                    continue
                attempts, backoff = _policy(library, name, node)
                here = module.text.at(node.lineno)
                role = ledger.role_of(function)
                ledger.count("retried_functions", here, role=role)
                ledger.say("retry_library", here, library, role=role)
                if attempts is None:
                    ledger.count("unlimited_retries", here, role=role)
                if backoff == "none":
                    ledger.count("retries_without_backoff", here, role=role)
                elif backoff and "jitter" not in backoff:
                    ledger.count("retries_without_jitter", here, role=role)
                if function in posting:
                    ledger.count("retried_writes", here, role=role)
                for link in calls_of.get(function, ()):
                    link.say("retry", attempts if isinstance(attempts, int) and attempts > 0 else True, here)
                    link.say("backoff", backoff, here, denied=backoff == "none")


def _has_key(node: ast.Call) -> bool:
    return any(isinstance(c := constant(n), str) and _HANDLED.search(c) for n in ast.walk(node)) or any(
        k.arg and _HANDLED.search(k.arg) for k in node.keywords
    )


def _policy(library: str, name: str, node: ast.expr) -> tuple[int | None, str]:
    """Return how often a retry decorator tries (None: for ever, -1: unknown) and how its pauses grow (`none` for none)."""
    if not isinstance(node, ast.Call):
        return (None, "none") if library in ("tenacity", "retrying", "retry") else (-1, "")
    given = {k.arg: k.value for k in node.keywords}
    if None in given or any(
        not isinstance(a, ast.Name | ast.Attribute) for a in node.args if library == "tenacity"
    ):
        return -1, ""
    if library == "tenacity":
        stop, wait = given.get("stop"), given.get("wait")
        return _tenacity_stop(stop), _tenacity_wait(wait)
    if library == "backoff":
        first = ast.unparse(node.args[0]) if node.args else ""
        limited = "max_tries" in given or "max_time" in given
        jitter = given.get("jitter")
        words = "exponential" if "expo" in first else "fixed" if "constant" in first else "growing"
        none = isinstance(jitter, ast.Constant) and jitter.value is None
        tries = constant(given.get("max_tries"))
        return (tries if isinstance(tries, int) else -1) if limited else None, words + (
            "" if none else " with jitter"
        )
    if library == "stamina":
        tries = constant(given.get("attempts"))
        return (tries if isinstance(tries, int) else 10), "exponential with jitter"
    if library == "retrying":
        tries = constant(given.get("stop_max_attempt_number"))
        limited = "stop_max_attempt_number" in given or "stop_max_delay" in given
        kinds = (
            ("wait_exponential_multiplier", "exponential"),
            ("wait_random_min", "random jitter"),
            ("wait_fixed", "fixed"),
        )
        pause = next((words for key, words in kinds if key in given), "none")
        return (tries if isinstance(tries, int) else -1) if limited else None, pause
    tries = constant(given.get("tries"))
    pause = "exponential" if "backoff" in given else "fixed" if "delay" in given else "none"
    often = tries if isinstance(tries, int) and tries > 0 else -1 if "tries" in given else None
    return often, pause + (" with jitter" if "jitter" in given else "")


def _tenacity_stop(stop: ast.expr | None) -> int | None:
    if stop is None:
        return None
    for part in ast.walk(stop):
        if (
            isinstance(part, ast.Call)
            and getattr(part.func, "id", getattr(part.func, "attr", "")) == "stop_after_attempt"
        ):
            tries = constant(part.args[0]) if part.args else None
            return tries if isinstance(tries, int) else -1
    return None if getattr(stop, "id", getattr(stop, "attr", "")) == "stop_never" else -1


def _tenacity_wait(wait: ast.expr | None) -> str:
    if wait is None:
        return "none"
    names = {
        getattr(p, "id", getattr(p, "attr", ""))
        for p in ast.walk(wait)
        if isinstance(p, ast.Name | ast.Attribute)
    }
    if names & {"wait_random_exponential", "wait_exponential_jitter"} or (
        "wait_random" in names and len(names) > 1
    ):
        return "exponential with jitter"
    if "wait_random" in names:
        return "fixed with jitter"
    if "wait_exponential" in names:
        return "exponential"
    if names & {"wait_fixed", "wait_incrementing", "wait_chain"}:
        return "fixed" if "wait_fixed" in names else "growing"
    return "none" if "wait_none" in names else ""


def _adapters(project: Project, ledger: Ledger) -> None:
    """Tell of urllib3's retries, which sessions of requests use."""
    for call in project.called(
        "urllib3.util.retry.Retry",
        "urllib3.util.Retry",
        "urllib3.Retry",
        "requests.packages.urllib3.util.retry.Retry",
        "requests.adapters.Retry",
    ):
        total = constant(call.argument(0, "total"))
        role = ledger.role_of(call)
        ledger.count("retried_functions", call.evidence(), role=role)
        ledger.say("retry_library", call.evidence(), "urllib3", role=role)
        if call.keyword("backoff_factor") is None and not call.open_ended:
            ledger.count("retries_without_backoff", call.evidence(), role=role)
        methods = call.keyword("allowed_methods", "method_whitelist")
        if methods is not None and (
            constant(methods) is False or "POST" in [constant(n) for n in ast.walk(methods)]
        ):
            ledger.count("retried_writes", call.module.text.at(methods.lineno), role=role)
        if isinstance(total, int):
            for link in ledger.links.values():
                if (
                    link.role == role
                    and any(e.source == call.module.path for e in link.evidence)
                    and link.protocol in ("http", "https")
                ):
                    link.say("retry", total, call.evidence())


def _breakers(project: Project, ledger: Ledger) -> None:
    place = project.imported(*_BREAKERS)
    if place is None:
        return
    ledger.say(
        "circuit_breaker_library",
        place[0].text.at(place[1]),
        next((b for b in _BREAKERS if project.imported(b)), True),
    )
    guarded: set[Function] = set()
    for module in project.modules:
        for function in module.functions:
            if any(re.search(r"circuit|breaker", n) for n, _ in function.decorators):
                guarded.add(function)
    for call in project.calls:
        if is_http(call) and (
            call.function in guarded
            or any("breaker" in w.lower() or "circuit" in w.lower() for w in call.within)
        ):
            for link in ledger.links.values():
                if any(
                    e.source == call.module.path and e.line == call.evidence().line for e in link.evidence
                ):
                    link.say("circuit_breaker", True, call.evidence())


_MARKS = re.compile(
    r"(?:noqa|nosec|type|pragma|pylint|ruff|fmt)\b[:\s]*(?:[A-Z]+\d+[,\s]*|[\w-]+=[\w,-]+|ignore\S*|no[ -]cover)*",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"(?:^|_)(?:a?close|cleanup|shutdown|stop|teardown|a?exit|disconnect)(?:_|$)")
_ENOUGH_WORDS = 4  # of a comment that tells why an error is of no account


def _says_why(module: Module, line: int) -> bool:
    """Return whether a comment in a handler tells why it lets an error go; marks for checkers tell nothing."""
    said = ""
    for written in module.text.lines[line - 1 : line + 6]:
        said += " " + written.partition("#")[2]
        if re.match(r"\s*(?:pass|continue|break|return)\b", written):
            break
    return len(re.findall(r"[A-Za-z']{2,}", _MARKS.sub(" ", said))) >= _ENOUGH_WORDS


def _is_of_ended(module: Module, spot: Spot) -> bool:
    """Return whether only the end of a task is awaited that is no longer wanted: it was cancelled, or all is being closed."""
    tried = [line.strip() for line in module.text.lines[max(spot.line - 3, 0) : spot.line - 1]]
    found = re.fullmatch(r"await ([\w.]+)", tried[-1]) if tried[:1] == ["try:"] else None
    function = spot.function
    return (
        found is not None
        and function is not None
        and (f"{found[1]}.cancel(" in function.text or _CLOSES.search(function.name) is not None)
    )


def _exceptions(project: Project, ledger: Ledger) -> None:
    for module in project.modules:
        for spot in module.spots:
            if spot.sort in ("swallowed", "bare_except") and not (
                spot.sort == "swallowed" and (_says_why(module, spot.line) or _is_of_ended(module, spot))
            ):
                name = "swallowed_exceptions" if spot.sort == "swallowed" else "bare_excepts"
                ledger.count(name, module.text.at(spot.line), role=ledger.role_of(spot))
        for cls in module.classes:
            if any(
                b.rpartition(".")[2].endswith(("Exception", "Error")) or b in ("~Exception", "~BaseException")
                for b in cls.bases
            ) and not cls.name.endswith("Meta"):
                ledger.count("own_exceptions", module.text.at(cls.line))


def _resources(project: Project, ledger: Ledger) -> None:
    """Count files that are opened and left to the garbage collector, and clients that are made anew for each request."""
    for module in project.modules:
        for spot in module.spots:
            if spot.sort == "open" and spot.words == "chained":
                ledger.count("unclosed_resources", module.text.at(spot.line), role=ledger.role_of(spot))
    for call in project.called(
        "httpx.AsyncClient", "httpx.Client", "aiohttp.ClientSession", "requests.Session", "requests.session"
    ):
        function = call.function
        if function is not None and function.parent is None and not _is_maker(function):
            ledger.count("clients_per_call", call.evidence(), role=ledger.role_of(call))


def _is_maker(function: Function) -> bool:
    """Return whether a function makes a client to keep: a constructor, a factory, a lifespan, a cached getter."""
    if re.search(
        r"^__|^_?(?:get|make|create|build|init|setup|new|open|connect|start|lifespan|startup|client|session|_session|_client)",
        function.name,
    ):
        return True
    return any(
        n.endswith(("cache", "lru_cache", "property", "contextmanager", "fixture", "provide"))
        for n, _ in function.decorators
    )
