"""OpenStack's libraries, which hide what they reach: messages by oslo.messaging, callers' identity by Keystone."""

from __future__ import annotations

from buttress.readers.python import targets
from buttress.readers.python.detectors.chosen_stores import BROKER
from buttress.readers.python.found import MAIN, Ledger
from buttress.readers.python.project import Project

_TRANSPORTS = ("get_rpc_transport", "get_notification_transport", "get_transport")
_PUBLISHES = ("get_rpc_client", "RPCClient", "Notifier")
_CONSUMES = ("get_rpc_server", "RPCServer", "get_notification_listener", "notify.listener.NotificationServer")


def detect(project: Project, ledger: Ledger) -> None:
    """Link the project to the broker behind oslo.messaging, whichever its settings choose, and to Keystone."""
    if any(project.called(*(f"oslo_messaging.{name}" for name in _TRANSPORTS))):
        for kind, names in (("publishes", _PUBLISHES), ("consumes", _CONSUMES)):
            for call in project.called(*(f"oslo_messaging.{name}" for name in names)):
                link = ledger.link(ledger.role_of(call), BROKER, call.evidence(), kind)
                link.say("driver", "oslo.messaging", call.evidence())
    place = project.imported("keystonemiddleware.auth_token")
    if place is not None:
        here = place[0].text.at(place[1])
        ledger.link(MAIN, targets.store("keystone"), here, "calls", "http", sync=True)
