"""OpenStack's libraries, which hide what they reach: messages by oslo.messaging, callers' identity by Keystone, services by their clients."""

from __future__ import annotations

from buttress.readers.python import targets
from buttress.readers.python.detectors.chosen_stores import BROKER
from buttress.readers.python.found import MAIN, Ledger, Target
from buttress.readers.python.project import Project
from buttress.readers.python.watched import SERVICE_CLIENT
from buttress.vocabulary import load

_TRANSPORTS = ("get_rpc_transport", "get_notification_transport", "get_transport")
_PUBLISHES = ("get_rpc_client", "RPCClient", "Notifier")
_CONSUMES = (
    "get_rpc_server",
    "RPCServer",
    "get_notification_listener",
    "get_batch_notification_listener",
    "notify.listener.NotificationServer",
)
# Libraries that clients of OpenStack's services log in by.
_FAMILY = ("keystoneauth1", "keystoneclient", "oslo_config")


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
    _clients(project, ledger)


def _clients(project: Project, ledger: Ledger) -> None:
    """Link a project of OpenStack's to the services whose clients it makes."""
    if not any(project.imported(name) for name in _FAMILY):
        return
    own = {module.name.partition(".")[0] for module in project.modules}
    for call in project.calls:
        root = call.name.partition(".")[0]
        found = SERVICE_CLIENT.fullmatch(root)
        if found is None or root in own or not call.last.endswith(("Client", "API")):
            continue
        name = found["service"]
        known = load().technology(f"openstack {name}")
        target = targets.store(known.id) if known is not None else Target(name.capitalize(), "service")
        link = ledger.link(ledger.role_of(call), target, call.evidence(), "calls", "http", sync=True)
        link.say("driver", root, call.evidence())
