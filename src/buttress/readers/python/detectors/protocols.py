"""Interfaces other than plain HTTP: WebSockets, GraphQL, gRPC."""

from __future__ import annotations

from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project
from buttress.readers.python.routes import Route

# What hands messages for WebSockets to the other instances.
_LAYERS = (
    ("broadcaster", "Broadcaster"),
    ("fastapi_websocket_pubsub.EventBroadcaster", "fastapi-websocket-pubsub"),
    ("fastapi_websocket_pubsub.event_broadcaster", "fastapi-websocket-pubsub"),
)
_GRAPHQL = (
    ("strawberry", "Strawberry"),
    ("graphene", "Graphene"),
    ("graphene_django", "Graphene"),
    ("ariadne", "Ariadne"),
)
# A limit that is used: neither only imported nor spoken of in a comment.
_DEPTH = (
    r"(?i)^(?!\s*(?:from|import)\b)[^#]*(?:QueryDepthLimiter|depth_limit|MaxTokensLimiter|MaxAliasesLimiter|DepthLimit"
    r"|cost_validator|query_complexity)"
)


def detect(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    """Tell what a project offers over WebSockets, GraphQL and gRPC, and what it does so that they hold."""
    _sockets(project, ledger, routes)
    _graphql(project, ledger)
    _grpc(project, ledger)


def _sockets(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    sockets = [r for r in routes if "websocket" in r.methods]
    for route in sockets:
        ledger.count("websocket_routes", route.module.text.at(route.line))
    for root, label in _LAYERS:
        if sockets and (place := project.imported(root)) is not None:
            ledger.say("channel_layer", place[0].text.at(place[1]), label)


def _graphql(project: Project, ledger: Ledger) -> None:
    for root, label in _GRAPHQL:
        place = project.imported(root)
        if place is None:
            continue
        here = place[0].text.at(place[1])
        ledger.say("graphql_library", here, label)
        limit = next(((m.text, line) for m in project.modules if (line := m.text.find(_DEPTH))), None)
        if limit is not None:
            ledger.say("graphql_depth_limit", limit[0].at(limit[1]))
        loader = project.imported("aiodataloader", "promise.dataloader", "strawberry.dataloader")
        if loader is not None:
            ledger.say("graphql_dataloader", loader[0].text.at(loader[1]))
        return


def _grpc(project: Project, ledger: Ledger) -> None:
    for call in project.called("grpc.server", "grpc.aio.server"):
        ledger.say("grpc_server", call.evidence(), "asyncio" if "aio" in call.name else "threads")
    chosen = {c.function for c in project.ending("add_secure_port")} - {None}
    for call in project.ending("add_insecure_port"):
        if call.function not in chosen:  # else settings say which of the two it is
            ledger.say("grpc_tls", call.evidence(), denied=True)
    for module in project.modules:
        for cls in module.classes:
            if any(b.endswith("Servicer") for b in cls.bases):
                ledger.count("grpc_services", module.text.at(cls.line))
    made = [t for t in project.files.made if "_pb2" in t.path]
    if made:
        line = made[0].find(r"^[ \t]*[^\s#]") or 1
        ledger.say("grpc_generated_code", made[0].at(line))
