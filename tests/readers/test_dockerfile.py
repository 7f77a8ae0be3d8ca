"""What single Dockerfiles say, in small texts: the image that is built, its user, its secrets, how it is started."""

from __future__ import annotations

import pytest
from tests.readers.fragments import fact

from buttress.model import Component, Source
from buttress.readers import dockerfile


def image(text: str, path: str = "Dockerfile") -> Component:
    return dockerfile.read((Source(path, text),)).components[0]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param("FROM python:3.12\nUSER app\n", "non_root", True, id="a user is no root"),
        pytest.param("FROM python:3.12\nUSER app\nUSER 0:0\n", "non_root", "denied", id="the last user counts"),
        pytest.param("FROM python:3.12\n", "non_root", "denied", id="an official image is root's"),
        pytest.param("FROM acme/base:1\n", "non_root", "unknown", id="nobody knows the user of another image"),
        pytest.param("FROM a AS b\nUSER app\nFROM b\n", "non_root", True, id="a stage hands its user on"),
        pytest.param("FROM python:3.12\nUSER $WHO\n", "non_root", "unknown", id="a user without a value is unknown"),
        pytest.param("FROM python:3.12\nENV WHO=app\nUSER $WHO\n", "non_root", True, id="a variable is filled in"),
        pytest.param('FROM python:3.12\nENTRYPOINT ["/entrypoint.sh"]\n', "non_root", "unknown", id="a script may drop rights"),
        pytest.param("FROM gcr.io/distroless/python3:nonroot\n", "non_root", True, id="an image says it by its name"),
        pytest.param("FROM python:latest\n", "base_image_pinned", "denied", id="latest moves"),
        pytest.param("FROM python:3-slim\n", "base_image_pinned", "denied", id="a major version of Python moves"),
        pytest.param("FROM debian:bookworm-20240101\n", "base_image_pinned", True, id="a dated release stays"),
        pytest.param("FROM python@sha256:ab\n", "base_image_pinned", True, id="a digest stays"),
        pytest.param("ARG T\nFROM python:$T\n", "base_image_pinned", "unknown", id="a tag from outside is unknown"),
        pytest.param("FROM scratch\n", "base_image", "unknown", id="scratch is no image"),
        pytest.param("FROM python:3.9-slim\n", "python_version", "3.9", id="the image says the version of Python"),
        pytest.param("FROM gcr.io/distroless/python3-debian12\n", "python_version", "unknown", id="a name isn't a version"),
        pytest.param("FROM node:20\nHEALTHCHECK NONE\n", "health_check", "denied", id="a health check can be turned off"),
        pytest.param("FROM acme/base:1\n", "health_check", "unknown", id="a base image may bring its health check"),
        pytest.param("FROM a\nCMD exec gunicorn x.wsgi\n", "shell_form_command", "unknown", id="exec replaces the shell"),
        pytest.param("FROM a\nCMD gunicorn x.wsgi\n", "shell_form_command", True, id="a shell stands in between"),
        pytest.param('FROM a\nCMD ["sh", "-c", "gunicorn x.wsgi"]\n', "shell_form_command", True, id="a shell by name"),
        pytest.param('FROM a\nCMD ["gunicorn", "x.wsgi"]\n', "workers", 1, id="Gunicorn starts one worker"),
        pytest.param('FROM a\nCMD ["gunicorn", "-c", "conf.py", "x.wsgi"]\n', "workers", "unknown", id="unless a file says"),
        pytest.param("FROM a\nCMD gunicorn -w ${N:-3} x.wsgi\n", "workers", 3, id="a default counts"),
        pytest.param("FROM a\nCMD gunicorn -w $N x.wsgi\n", "workers", "unknown", id="a variable without one doesn't"),
        pytest.param("FROM a\nCMD gunicorn --timeout 0 x.wsgi\n", "worker_timeout", "denied", id="zero is no timeout"),
        pytest.param("FROM a\nCMD python manage.py runserver\n", "development_server", "runserver", id="a server for developing"),
        pytest.param("FROM a\nCMD flask --app shop run --host 0.0.0.0\n", "development_server", "flask run", id="Flask's own"),
        pytest.param("FROM a\nENV API_KEY=changeme\n", "secrets_in_plaintext", "unknown", id="a placeholder is no secret"),
        pytest.param("FROM a\nARG NPM_TOKEN\n", "secret_build_argument", True, id="a secret is handed to the build"),
        pytest.param("FROM a AS b\nFROM c\nCOPY --from=b /x /x\n", "multi_stage_build", True, id="built apart"),
        pytest.param("FROM a AS b\nFROM c\nFROM b AS dev\nUSER 0\n", "non_root", "unknown", id="the stage for developing isn't shipped"),
    ],
)  # fmt: skip
def test_a_dockerfile_says(text: str, name: str, value: object) -> None:
    assert fact(image(text), name) == value


@pytest.mark.parametrize(
    ("path", "command", "name"),
    [
        ("services/orders/Dockerfile", "x", "orders"),
        ("docker/Dockerfile", "gunicorn shop.wsgi", "shop"),
        ("Dockerfile", "uvicorn app.main:app", "app"),
        ("Dockerfile.worker", "celery -A shop worker", "worker"),
        ("orders/Dockerfile.prod", "x", "orders"),
        ("orders/mailer.Dockerfile", "x", "orders-mailer"),
    ],
)
def test_a_container_is_called_by_its_file_its_folder_or_what_it_runs(
    path: str, command: str, name: str
) -> None:
    assert image(f"FROM a\nCMD {command}\n", path).name == name


def test_production_is_read_where_several_environments_build_one_thing() -> None:
    files = ("shop/Dockerfile", "shop/Dockerfile.dev", "shop/Dockerfile.prod")
    fragment = dockerfile.read(tuple(Source(p, "FROM python:3.12\n") for p in files))
    assert [c.evidence[0].source for c in fragment.components] == ["shop/Dockerfile.prod"]
    assert len(fragment.diagnostics) == 2


def test_what_looks_like_an_instruction_within_a_heredoc_is_none() -> None:
    assert fact(image("FROM python:3.12\nUSER app\nRUN <<EOF\nUSER root\nEOF\n"), "non_root") is True


def test_a_command_with_a_secret_shows_its_name_only() -> None:
    one = image("FROM a\nCMD gunicorn x.wsgi --token s3cr3t-value\n")
    assert "s3cr3t" not in repr(one)


def test_a_template_of_an_image_is_told_and_builds_none() -> None:
    text = "FROM {{ LINUX_IMAGE }} AS base\nRUN pip install flask\nFROM base\nUSER desk\n"
    found = dockerfile.read((Source("desk/templates/dockerfile.tmpl", text),))
    assert found.components == ()
    assert "template" in found.diagnostics[0].reason
