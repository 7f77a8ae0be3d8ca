"""Services of profiles only start when somebody asks for them: they are parts when something else shows them in use."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read

HEAD = "services:\n  depot: {{build: ., environment: {{A: '{needs}'}}}}\n  db: {{image: 'postgres:16'}}\n"
MAIL = "  mail: {{image: mailhog/mailhog, profiles: [{profile}]}}\n"
DEFAULTED = "COMPOSE_PROFILES=${EXTRA:-extra}\n"


def parts(compose: str, **more: str) -> set[str]:
    files = {"compose.yaml": compose, **{k.replace("_dot_", "."): v for k, v in more.items()}}
    return {c.id for c in read([Source(k, v) for k, v in files.items()], name="depot").components}


@pytest.mark.parametrize(
    ("needs", "profile", "more", "there"),
    [
        ("x", "extra", {}, False),
        ("smtp://mail:1025", "extra", {}, True),
        ("x", "production", {}, True),
        ("x", "extra", {"_dot_env": "COMPOSE_PROFILES=a,extra\n"}, True),
        ("x", "extra", {"_dot_env_dot_example": DEFAULTED}, True),
        ("x", "extra", {"_dot_env": "COMPOSE_PROFILES=a\n"}, False),
        ("x", "extra", {"design_dot_mmd": "flowchart LR\n  depot --> mail\n"}, True),
        ("x", "extra", {"Dockerfile": "FROM python:3.12\n"}, False),
    ],
    ids=[
        "nothing needs it",
        "what always starts has its address",
        "called production",
        "switched on",
        "switched on by default",
        "another is switched on",
        "drawn",
        "an image of another",
    ],
)
def test_a_service_of_a_profile_counts_when_something_shows_it_in_use(
    needs: str, profile: str, more: dict[str, str], there: bool
) -> None:
    compose = HEAD.format(needs=needs) + MAIL.format(profile=profile)
    assert ("mail" in parts(compose, **more)) is there


def test_where_only_stores_have_no_profile_the_programs_are_started_by_theirs() -> None:
    text = "services:\n  db: {image: 'postgres:16'}\n  depot: {build: ., profiles: [app]}\n  jobs: {build: ., profiles: [app]}\n"
    assert parts(text) == {"db", "depot", "jobs"}


def test_what_is_built_here_is_a_part_also_where_a_profile_starts_it() -> None:
    assert parts(HEAD.format(needs="x") + "  seed: {build: ./seed, profiles: [seed]}\n") == {
        "db",
        "depot",
        "seed",
    }


def test_who_is_asked_for_and_needed_by_nobody_else_brings_nothing_with_it() -> None:
    text = HEAD.format(needs="x") + (
        "  load: {image: 'locustio/locust', profiles: [load], environment: {T: 'http://echo:80'}}\n"
        "  echo: {image: acme/echo, profiles: [load]}\n"
    )
    assert parts(text) == {"db", "depot"}


@pytest.mark.parametrize(("policy", "kind"), [("no", "worker"), ("always", "service")])
def test_what_is_told_not_to_be_started_again_ends(policy: str, kind: str) -> None:
    text = HEAD.format(needs="x") + f"  enrol: {{image: acme/depot, command: ./enrol, restart: '{policy}'}}\n"
    graph = read([Source("compose.yaml", text)], name="depot")
    (enrol,) = (c for c in graph.components if c.id == "enrol")
    assert (enrol.kind, enrol.fact("runs_once") is not None) == (kind, kind == "worker")


def test_code_is_run_by_what_serves_it_and_not_by_what_ends_though_it_is_called_a_gateway() -> None:
    compose = (
        "services:\n  gateway: {build: ., image: 'acme/depot:1', ports: ['80:80']}\n"
        "  enrol: {image: 'acme/depot:1', command: ./enrol, restart: 'no'}\n"
    )
    files = {
        "compose.yaml": compose,
        "Dockerfile": 'FROM python:3.12\nCMD ["uvicorn", "depot.main:app"]\n',
        "pyproject.toml": "[project]\nname = 'depot'\ndependencies = ['fastapi']\n",
        "depot/__init__.py": "",
        "depot/main.py": "import fastapi\n\napp = fastapi.FastAPI()\n",
    }
    graph = read([Source(k, v) for k, v in files.items()], name="depot")
    assert {c.id: c.technology for c in graph.components} == {"enrol": None, "gateway": "fastapi"}


SEARCH = "services:\n  depot: {environment: {S: 'http://search:9200'}}\n  search: {image: 'opensearchproject/opensearch:2'}\n"
BUILT = "services:\n  jobs: {build: ., command: ./jobs}\n"


@pytest.mark.parametrize(
    ("base", "files", "there"),
    [
        (HEAD, {"compose_dot_search_dot_yaml": SEARCH}, {"db", "depot"}),
        (HEAD, {"compose_dot_override_dot_yaml": SEARCH}, {"db", "depot", "search"}),
        (HEAD, {"compose_dot_prod_dot_yaml": SEARCH}, {"db", "depot", "search"}),
        (HEAD, {"compose_dot_jobs_dot_yaml": BUILT}, {"db", "depot", "jobs"}),
        (
            "include: [compose.search.yaml]\n" + HEAD,
            {"compose_dot_search_dot_yaml": SEARCH},
            {"db", "depot", "search"},
        ),
        (
            "services:\n  db: {{image: 'postgres:16'}}\n",
            {"compose_dot_search_dot_yaml": SEARCH},
            {"db", "depot", "search"},
        ),
    ],
    ids=["given by name", "an override", "production's", "built here", "included", "beside stores only"],
)
def test_others_software_in_a_file_that_must_be_given_by_name_is_an_offer(
    base: str, files: dict[str, str], there: set[str]
) -> None:
    assert parts(base.format(needs="x"), **files) == there
