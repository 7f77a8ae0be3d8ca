"""Calls to other services: over HTTP, by SDK, gRPC, SMTP or LDAP; how long they wait and whether they check certificates."""

from __future__ import annotations

import ast
import re

from buttress.model import Evidence
from buttress.readers.python import targets
from buttress.readers.python.detectors import mail, sessions, wrappers
from buttress.readers.python.found import Ledger, Link, Target
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call
from buttress.readers.python.values import Value, resolve, seconds_of
from buttress.vocabulary import load

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request", "send", "stream")
_FOR_EVER = ("requests", "urllib", "urllib3")  # these wait for ever unless they are told not to
_HTTPX_DEFAULT = 5.0
_AIOHTTP_DEFAULT = 300.0
_CLIENTS = {
    "requests": "requests", "requests.Session()": "requests", "requests.session()": "requests", "requests.sessions.Session()": "requests",
    "requests.api": "requests", "httpx": "httpx", "httpx.Client()": "httpx", "httpx.AsyncClient()": "httpx", "aiohttp.ClientSession()": "aiohttp",
    "aiohttp": "aiohttp", "urllib3.PoolManager()": "urllib3", "aiohttp.client.ClientSession()": "aiohttp",
}  # fmt: skip
ASYNC_CLIENTS = frozenset(
    ("httpx.AsyncClient()", "aiohttp.ClientSession()", "aiohttp", "aiohttp.client.ClientSession()")
)
# SDKs: what their calls reach.
_SDKS = {
    "stripe": ("Stripe", "stripe"), "twilio.rest.Client": ("Twilio", "twilio"), "sendgrid.SendGridAPIClient": ("SendGrid", "sendgrid"),
    "paypalrestsdk": ("PayPal", "paypal"), "braintree": ("Braintree", "braintree"), "openai": ("OpenAI", "openai"), "anthropic": ("Anthropic", "anthropic"),
    "slack_sdk": ("Slack", "slack"), "algoliasearch": ("Algolia", "algolia"), "google.generativeai": ("Google Gemini", None),
    "firebase_admin": ("Firebase", "firebase"), "mailchimp": ("Mailchimp", "mailchimp"), "hvac.Client": ("Vault", "vault"),
    "posthog": ("PostHog", "posthog"), "pusher.Pusher": ("Pusher", "pusher"), "mixpanel.Mixpanel": ("Mixpanel", "mixpanel"),
    "segment.analytics": ("Segment", "segment"), "ably.AblyRest": ("Ably", "ably"),
    "jira.JIRA": ("Jira", "jira"), "github.Github": ("GitHub", "github"), "gitlab.Gitlab": ("GitLab", "gitlab"),
    "jenkins.Jenkins": ("Jenkins", "jenkins"), "bugzilla.Bugzilla": ("Bugzilla", None), "koji.ClientSession": ("Koji", None),
}  # fmt: skip
# What the classes are called that make a client.
_MADE = (
    "Client", "OpenAI", "Anthropic", "Posthog", "Pusher", "Mixpanel", "AblyRest", "JIRA", "Github", "Gitlab", "Jenkins", "Bugzilla",
    "ClientSession",
)  # fmt: skip


def is_http(call: Call) -> str:
    """Return the library of an outgoing HTTP request, nothing for another call."""
    if call.name == "urllib.request.urlopen":
        return "urllib"
    head, _, last = call.name.rpartition(".")
    return _CLIENTS.get(head, "") if last in _VERBS else ""


def detect(project: Project, ledger: Ledger) -> None:
    """Link the project to the services that it calls, with what it does when they are slow."""
    _sdks(project, ledger)
    for call in project.calls:
        library = is_http(call)
        if library:
            _http(call, library, project, ledger)
    _grpc(project, ledger)
    mail.detect(project, ledger)
    _directories(project, ledger)


def _http(call: Call, library: str, project: Project, ledger: Ledger) -> None:
    maker = _maker(call, project)
    target = targets.service_of(_address(call, library, maker, project))
    timeout, known = _timeout(call, library, maker, project)
    if known and timeout is None and sessions.waits_by_default(call, library, project):
        timeout, known = True, False  # a number that isn't at the call
    known = known and not (timeout is None and call.in_command)
    verify = call.keyword("verify", "ssl", "verify_ssl")
    here = call.evidence()
    role = ledger.role_of(call)
    unsafe = verify is not None and constant(verify) is False
    if target is None:
        if known and timeout is None and not _is_at_terminal(call):
            ledger.count("calls_without_timeout", here, role=role)
    else:
        is_async = call.name.rpartition(".")[0] in ASYNC_CLIENTS
        protocol = "https" if target.outside else "http"
        link = ledger.link(role, target, here, "calls", protocol, sync=ledger.is_waited_for(call))
        if known:
            link.say("timeout", timeout, _said_at(call, maker) or here, denied=timeout is None)
        if call.in_coroutine and not is_async:
            link.say("blocking", True, here)
        link.say("driver", library, here)
        if unsafe:
            link.say("certificate_check", True, here, denied=True)
    ledger.count("outbound_calls", here, role=role)
    if unsafe:
        ledger.count("unverified_tls", here, role=role)
    if (
        maker is None
        and call.function is not None
        and library == "requests"
        and call.name.startswith("requests.")
        and "Session" not in call.name
    ):
        ledger.count("calls_without_session", here, role=role)


def _is_at_terminal(call: Call) -> bool:
    """Return whether somebody who typed a command waits for a call, and may end it: no server that the command starts."""
    function = call.function
    if function is None or not any(n.endswith(".command") for n, _ in function.decorators):
        return False
    return not any(s.sort == "endless_loop" and s.function is function for s in call.module.spots)


def _maker(call: Call, project: Project) -> Call | None:
    """Return the call that made the client, when there is only one that it can be."""
    head = call.name.rpartition(".")[0]
    if not head.endswith("()"):
        return None
    if isinstance(call.node.func, ast.Attribute) and isinstance(call.node.func.value, ast.Call):
        own = call.node.func.value
        made_here = next((c for c in call.module.calls if c.node is own), None)
        if made_here is not None or call.function is None or not _is_gotten(own, call, project):
            return made_here
    made = list(project.called(head[:-2]))
    same_function = [c for c in made if c.function is call.function and c.module is call.module]
    if len(same_function) == 1:
        return same_function[0]
    here = [c for c in made if c.module is call.module]
    if len(here) == 1:
        return here[0]
    return made[0] if len(made) == 1 else None


def _is_gotten(node: ast.Call, call: Call, project: Project) -> bool:
    """Return whether a client comes from a function of the project, which makes it elsewhere: `self.client().get(url)`."""
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return (
        any(f.name == last for f in call.module.functions)
        or project.meaning(call.module.names.get(last, "")) in project.functions
    )


def _address(call: Call, library: str, maker: Call | None, project: Project) -> Value | None:
    position = 1 if call.last in ("request", "stream") else 0
    value = resolve(call.argument(position, "url"), call.module, project)
    if library == "urllib" and value is None and isinstance(call.argument(0, "url"), ast.Name):
        return None
    base = resolve(
        maker.argument(0, "base_url")
        if library == "aiohttp" and maker
        else maker.keyword("base_url")
        if maker
        else None,
        maker.module if maker else call.module,
        project,
    )
    if base is not None and (value is None or "://" not in value.text):
        return base
    return value


def _timeout(
    call: Call, library: str, maker: Call | None, project: Project
) -> tuple[float | bool | None, bool]:
    """Return how long a call waits (None: for ever, True: a number that isn't known) and whether that is known at all."""
    node = call.keyword("timeout")
    if node is None and library == "urllib":
        node = call.argument(2, "timeout")
    if node is None and call.open_ended:
        return None, library in _FOR_EVER and wrappers.ends_up_without_timeout(call, project) is True
    is_client = call.name.rpartition(".")[0].endswith("()")
    if node is None and is_client:
        if maker is None:
            return None, library == "requests" and "Session()" in call.name
        node = maker.keyword("timeout")
        if node is None and maker.open_ended:
            return None, wrappers.ends_up_without_timeout(maker, project) is True and (
                library in _FOR_EVER or wrappers.sets_none(maker)
            )
    if node is None:
        default = {"httpx": _HTTPX_DEFAULT, "aiohttp": _AIOHTTP_DEFAULT}.get(library)
        return default, library in ("requests", "httpx", "aiohttp", "urllib", "urllib3")
    if isinstance(node, ast.Constant) and node.value is None:
        return None, True
    return seconds_of(node), True


def _said_at(call: Call, maker: Call | None) -> Evidence | None:
    """Return the line that gives the timeout, of the call or of what made its client; None where neither does."""
    for one in (call, maker):
        node = one.keyword("timeout") if one is not None else None
        if one is not None and node is not None:
            return one.module.text.at(node.lineno)
    return None


def _sdks(project: Project, ledger: Ledger) -> None:
    known = load().technologies
    for name, (label, technology) in _SDKS.items():
        root = name.partition(".")[0]
        places = [c for c in project.under(root) if c.name.startswith(name) and _reaches(c)]
        if not places:
            continue
        kind = "secret_store" if name == "hvac.Client" else "external_service"
        target = Target(label, kind, technology if technology in known else None, outside=True)
        for call in places[:20]:
            waits = ledger.is_waited_for(call)
            link = ledger.link(ledger.role_of(call), target, call.evidence(), "calls", "https", sync=waits)
            link.say("driver", root, call.evidence())
            if (
                call.in_coroutine
                and not call.awaited
                and root in ("stripe", "twilio", "sendgrid", "braintree", "paypalrestsdk")
                and not call.last[:1].isupper()
                and "_async" not in call.last
            ):
                link.say("blocking", True, call.evidence())


def _reaches(call: Call) -> bool:
    """Return whether a call of a library makes a client or asks for something, rather than a record or an exception."""
    return not call.last[:1].isupper() or call.last.endswith(_MADE)


def _grpc(project: Project, ledger: Ledger) -> None:
    channels = list(
        project.called(
            "grpc.insecure_channel",
            "grpc.secure_channel",
            "grpc.aio.insecure_channel",
            "grpc.aio.secure_channel",
        )
    )
    links: list[Link] = []
    chosen = {c.function for c in channels if "insecure" not in c.name and c.function is not None}
    for call in channels:
        target = targets.service_of(resolve(call.argument(0, "target"), call.module, project))
        if target is None:
            continue
        link = ledger.link(ledger.role_of(call), target, call.evidence(), "calls", "grpc", sync=True)
        if (
            "insecure" not in call.name or call.function not in chosen
        ):  # else settings say which of the two it is
            link.say("encryption_in_transit", True, call.evidence(), denied="insecure" in call.name)
        links.append(link)
    for call in project.calls:
        if re.search(r"_pb2_grpc\.\w+Stub\(\)\.\w+$", call.name):
            ledger.count("outbound_calls", call.evidence(), role=ledger.role_of(call))
            if call.keyword("timeout") is not None or call.open_ended or _is_at_terminal(call):
                continue
            if len(links) == 1:
                links[0].say("timeout", None, call.evidence(), denied=True)
            else:
                ledger.count("calls_without_timeout", call.evidence(), role=ledger.role_of(call))


def _directories(project: Project, ledger: Ledger) -> None:
    bounded = _directory_timeouts(project)
    for call in project.called("ldap.initialize", "ldap3.Server"):
        value = resolve(call.argument(0, "uri", "host"), call.module, project)
        found = re.match(r"(?:ldaps?://)?([\w.-]+)", value.text) if value is not None and value.text else None
        host = found[1] if found is not None and "{" not in value.text else ""  # type: ignore[union-attr]
        host = "" if targets.says_no_place(host) else host
        target = Target(host or "LDAP directory", "identity_provider", None, host)
        link = ledger.link(ledger.role_of(call), target, call.evidence(), "calls", "ldap", sync=True)
        wrapped = constant(call.keyword("use_ssl")) is True
        if value is not None and value.text.startswith("ldap://") and not wrapped:
            link.say("encryption_in_transit", True, call.evidence(), denied=True)
        library = call.name.partition(".")[0]
        for own, node in bounded:
            if own.module is call.module and own.name.startswith(library):
                link.say("timeout", seconds_of(node), own.module.text.at(node.lineno))


def _directory_timeouts(project: Project) -> list[tuple[Call, ast.expr]]:
    """Return the calls that say how long a directory is waited for, and the number: options of python-ldap, words of ldap3."""
    found: list[tuple[Call, ast.expr]] = []
    for call in project.under("ldap"):
        option, number = call.argument(0, "option"), call.argument(1, "invalue")
        if call.last == "set_option" and isinstance(option, ast.Attribute) and number is not None:
            found += [(call, number)] if option.attr in ("OPT_NETWORK_TIMEOUT", "OPT_TIMEOUT") else []
    for call in project.called("ldap3.Server", "ldap3.Connection"):
        number = call.keyword("connect_timeout", "receive_timeout")
        found += [(call, number)] if number is not None else []
    return found
