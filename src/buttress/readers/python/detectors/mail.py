"""Mail: the server that code or settings hand it to."""

from __future__ import annotations

import re

from buttress.readers.python.defaults import is_off
from buttress.readers.python.found import MAIN, Ledger, Target
from buttress.readers.python.project import Project
from buttress.readers.python.values import Value, resolve, seconds_of

_HOST_SETTINGS = ("mail_server", "email_host", "smtp_host", "smtp_server")
_BACKEND_SETTINGS = ("email_backend", "mail_backend")
# Backends of Django and Flask-Mailman that send nothing.
_SENDS_NOTHING = re.compile(r"console|dummy|locmem|filebased|\.file\b")
_LIBRARIES = (
    "flask_mail.Mail", "flask_mailman.Mail", "fastapi_mail.FastMail", "flask_user.EmailManager", "flask_user.email_adapters.SMTPEmailAdapter",
)  # fmt: skip
_NOWHERE = re.compile(r"localhost|127\.|(?:.*\.)?example\.(?:com|org|net)$|smtp$")


def detect(project: Project, ledger: Ledger) -> None:
    """Link the project to the server that takes its mail."""
    _by_protocol(project, ledger)
    if not any(link.protocol == "smtp" for link in ledger.links.values()):
        _by_library(project, ledger)


def _by_protocol(project: Project, ledger: Ledger) -> None:
    for call in project.called("smtplib.SMTP", "smtplib.SMTP_SSL", "aiosmtplib.send", "aiosmtplib.SMTP"):
        value = resolve(call.argument(0, "host", "hostname"), call.module, project)
        waits, server = ledger.is_waited_for(call), _server(value)
        link = ledger.link(ledger.role_of(call), server, call.evidence(), "calls", "smtp", sync=waits)
        node = call.keyword("timeout")
        if node is None and not call.open_ended and call.name.startswith("smtplib"):
            link.say("timeout", None, call.evidence(), denied=True)
        elif node is not None:
            link.say("timeout", seconds_of(node), call.module.text.at(node.lineno))
        if call.in_coroutine and call.name.startswith("smtplib"):
            link.say("blocking", True, call.evidence())


def _by_library(project: Project, ledger: Ledger) -> None:
    """Link to the server that a setting names, where a framework or a library sends the mail."""
    for name in _BACKEND_SETTINGS:
        if name in project.settings:
            module, entry = project.settings[name]
            value = resolve(entry.value, module, project)
            if value is not None and _SENDS_NOTHING.search(value.text):
                return
    given = next((project.settings[n] for n in _HOST_SETTINGS if n in project.settings), None)
    made = next(project.called(*_LIBRARIES), None)
    if given is not None and not (made is None and is_off(given[1].value)):
        module, entry = given
        server, here = _server(resolve(entry.value, module, project)), module.text.at(entry.line)
    elif made is not None:
        server, here = _server(None), made.evidence()
    else:
        return
    ledger.link(MAIN, server, here, "calls", "smtp", sync=True)


def _server(value: Value | None) -> Target:
    host = value.text if value is not None and re.fullmatch(r"[\w.-]+", value.text) else ""
    named = host and not _NOWHERE.match(host)
    return Target(host if named else "Mail server", "external_service", None, host if named else "")
