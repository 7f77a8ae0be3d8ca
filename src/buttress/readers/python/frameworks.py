"""The web frameworks and their applications, by the names that code calls; a project's own subclass counts as what it derives from."""

from __future__ import annotations

import re

VERBS = frozenset(("get", "post", "put", "patch", "delete", "head", "options"))
CHANGING = frozenset(("post", "put", "patch", "delete"))
# What routes are declared on, and the framework.
ROUTERS = {
    "fastapi.FastAPI()": "FastAPI", "fastapi.APIRouter()": "FastAPI", "fastapi.routing.APIRouter()": "FastAPI",
    "fastapi.applications.FastAPI()": "FastAPI",
    "flask.Flask()": "Flask", "flask.Blueprint()": "Flask", "quart.Quart()": "Quart", "quart.Blueprint()": "Quart",
    "sanic.Sanic()": "Sanic", "sanic.Blueprint()": "Sanic", "starlette.applications.Starlette()": "Starlette",
    "aiohttp.web.RouteTableDef()": "aiohttp", "aiohttp.web.Application()": "aiohttp", "bottle.Bottle()": "Bottle",
    "flask_smorest.Blueprint()": "Flask", "ninja.NinjaAPI()": "Django", "ninja.Router()": "Django", "falcon.App()": "Falcon",
    "falcon.asgi.App()": "Falcon", "flask_restful.Api()": "Flask", "flask_restx.Api()": "Flask", "flask_restx.Namespace()": "Flask",
    "tornado.web.Application()": "Tornado", "litestar.Litestar()": "Litestar", "litestar.Router()": "Litestar",
    "fastapi.testclient.TestClient()": "",
}  # fmt: skip
APPLICATIONS = {
    "fastapi.FastAPI": "FastAPI", "fastapi.applications.FastAPI": "FastAPI", "flask.Flask": "Flask", "quart.Quart": "Quart", "sanic.Sanic": "Sanic",
    "starlette.applications.Starlette": "Starlette", "aiohttp.web.Application": "aiohttp", "tornado.web.Application": "Tornado",
    "twisted.web.server.Site": "Twisted",
    "litestar.Litestar": "Litestar", "falcon.App": "Falcon", "falcon.asgi.App": "Falcon", "bottle.Bottle": "Bottle",
    "ninja.NinjaAPI": "Django", "connexion.FlaskApp": "Flask", "connexion.AsyncApp": "Starlette", "pyramid.config.Configurator": "Pyramid",
    "pecan.make_app": "Pecan", "pecan.Pecan": "Pecan",
    "apiflask.APIFlask": "Flask", "flask_appbuilder.AppBuilder": "Flask",
}  # fmt: skip
ASYNC_FRAMEWORKS = frozenset(
    ("FastAPI", "Starlette", "aiohttp", "Sanic", "Quart", "Litestar", "Tornado", "Twisted")
)
# What a project derives from and then makes, an application or a client: the call of its own class is the making of one of these.
DERIVED_FROM = frozenset(
    (
        *APPLICATIONS,
        *(n.removesuffix("()") for n, framework in ROUTERS.items() if framework),
        "celery.Celery",
        "kazoo.client.KazooClient",
        "redis.Redis",
        "redis.StrictRedis",
        "redis.asyncio.Redis",
        "pymongo.MongoClient",
        "pymongo.AsyncMongoClient",
        "elasticsearch.Elasticsearch",
        "opensearchpy.OpenSearch",
    )
)
# Packages around Celery offer its application under its own name.
_CELERY_OF_OTHERS = re.compile(r"\w*celery\w*(?:\.\w+)*\.Celery")


def application_of(name: str) -> str:
    """Return the application that a name of a library stands for: a package's own Celery is Celery, any other name itself.

    >>> application_of("flask_celery.Celery"), application_of("diagrams.onprem.queue.Celery")
    ('celery.Celery', 'diagrams.onprem.queue.Celery')
    """
    return "celery.Celery" if _CELERY_OF_OTHERS.fullmatch(name) else name


def is_application(name: str) -> bool:
    """Return whether a class of that dotted name is the application or the router of a framework, or a client."""
    return application_of(name) in DERIVED_FROM


# How a view looks for itself who calls, and sends others away.
LOOKS = re.compile(
    r"\b(?:current_user|request\.user|self\.request\.user|g\.user)\.?(?:is_authenticated|is_anonymous|is_active| is None)"
    r"|\bverify_jwt_in_request\(|\bcheck_(?:object_)?permissions\(|\b(?:abort|HTTPException|HttpResponse)\((?:status_code=|status=)?40[13]\b"
    r"|\b(?:PermissionDenied|Forbidden|Unauthorized|NotAuthenticated|HTTP_40[13]_\w+)\b|\blogin_manager\.unauthorized\("
    r"|\breturn\b[^\n]{0,160},\s{0,3}40[13]\b"  # `return "", 401`
)
