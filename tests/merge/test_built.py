"""Dockerfiles, Procfiles and settings join the services that are built from them; what an image says corrects what a manifest leaves out."""

from __future__ import annotations

from buttress.model import Component, Source, SystemGraph
from buttress.pipeline import read

DOCKERFILE = (
    'FROM python:3.12-slim\nUSER app\nHEALTHCHECK CMD true\nCMD ["gunicorn", "-w", "3", "shop.wsgi"]\n'
)
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: storefront}
spec: {template: {spec: {containers: [{name: a, image: "registry.acme.io/acme/sf:1.2"}]}}}
"""


def system(name: str = "acme", **texts: str) -> SystemGraph:
    files = {k.replace("__", "/").replace("_y", ".y").replace("_md", ".md"): t for k, t in texts.items()}
    return read([Source(p, t) for p, t in files.items()], name=name)


def told(component: Component | None, fact: str) -> object:
    found = component.fact(fact) if component is not None else None
    return "unknown" if found is None else "denied" if found.status == "denied" else found.value


def test_a_service_has_what_its_dockerfile_says() -> None:
    graph = system(compose_yaml="services:\n  web:\n    build: ./shop\n", shop__Dockerfile=DOCKERFILE)
    assert [c.id for c in graph.components] == ["web"]
    web = graph.component("web")
    assert [told(web, f) for f in ("health_check", "non_root", "workers")] == [True, True, 3]


def test_an_application_on_the_image_of_a_store_is_an_application() -> None:
    image = 'FROM postgres:16\nWORKDIR /app\nCOPY . .\nUSER app\nCMD ["./start.sh"]\n'
    code = {"shop__main.py": "import fastapi\napp = fastapi.FastAPI()\n"}
    shop = system(Dockerfile=image, **code).component("app")
    assert shop is not None
    assert (shop.kind, shop.technology, told(shop, "non_root")) == ("service", "fastapi", True)
    alone = system(name="shop", Dockerfile=image).component("shop")
    assert alone is not None and alone.kind == "relational_db"


def test_services_of_one_image_share_it_but_not_a_command_of_their_own() -> None:
    text = "services:\n  web:\n    build: .\n  jobs:\n    build: .\n    command: celery -A shop worker\n"
    graph = system(compose_yaml=text, Dockerfile=DOCKERFILE)
    assert [c.id for c in graph.components] == ["jobs", "web"]
    assert told(graph.component("jobs"), "non_root") is True
    assert told(graph.component("jobs"), "workers") == "unknown"
    assert told(graph.component("web"), "workers") == 3


def test_another_stage_of_the_file_is_another_image() -> None:
    text = "services:\n  web:\n    build: {context: ., target: tools}\n"
    graph = system(compose_yaml=text, Dockerfile="FROM a AS tools\nFROM python:3.12 AS web\nUSER app\n")
    assert told(graph.component("web"), "non_root") == "unknown"


def test_the_only_application_that_is_built_is_the_only_program_that_runs() -> None:
    graph = system(k8s_yaml=DEPLOYMENT, Dockerfile=DOCKERFILE)
    assert [c.id for c in graph.components] == ["storefront"]
    assert told(graph.component("storefront"), "non_root") is True
    assert told(graph.component("storefront"), "read_only_root") == "denied"


def test_an_application_in_a_folder_called_as_they_all_are_is_the_only_program_that_runs() -> None:
    compose = "services:\n  storefront:\n    image: acme/storefront:1.2\n    ports: ['80:80']\n"
    graph = system(compose_yaml=compose, app__Dockerfile=DOCKERFILE)
    assert [c.id for c in graph.components] == ["storefront"]
    graph = system(compose_yaml=compose, tools__Dockerfile=DOCKERFILE)
    assert len(graph.components) == 2


def test_of_two_programs_nobody_knows_which_one_is_built() -> None:
    other = DEPLOYMENT.replace("storefront", "stock").replace("acme/sf", "acme/stock")
    graph = system(k8s_yaml=f"{DEPLOYMENT}---\n{other}", Dockerfile=DOCKERFILE)
    assert [c.id for c in graph.components] == ["shop", "stock", "storefront"]


def test_what_belongs_to_one_folder_is_one_application() -> None:
    graph = system(
        orders__Dockerfile='FROM python:3.12\nCMD ["gunicorn", "orders.wsgi"]\n',
        **{
            "orders/gunicorn.conf.py": "workers = 5\n",
            "orders/Procfile": "web: gunicorn orders.wsgi\nworker: celery -A orders worker\n",
            "orders/.env.example": "DATABASE_URL=postgres://x@orders-db/x\n",
        },
    )
    assert [c.id for c in graph.components] == ["orders", "orders-db", "orders-worker"]
    assert told(graph.component("orders"), "workers") == 5
    assert [(f.source, f.target) for f in graph.flows] == [("orders", "orders-db")]


def test_an_application_without_a_name_has_the_name_of_the_system() -> None:
    graph = system(name="Parcels", Dockerfile="FROM python:3.12\nCMD ./run\n")
    assert [c.name for c in graph.components] == ["Parcels"]


def test_an_image_that_nothing_starts_is_no_part_of_the_system() -> None:
    assert system(base__Dockerfile="FROM python:3.12\nRUN pip install x\n").components == ()


def test_what_documents_say_of_the_folder_goes_along() -> None:
    graph = system(
        compose_yaml="services:\n  web:\n    build: ./shop\n",
        README_md="# Acme\n\nThe Shop service calls the Billing service.\n",
        shop__Dockerfile=DOCKERFILE,
        **{"shop/gunicorn.conf.py": "timeout = 0\n"},
    )
    assert told(graph.component("web"), "worker_timeout") == "denied"
    assert graph.component("shop") is None
