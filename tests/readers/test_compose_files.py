"""Compose files as one project: overrides, `extends`, `include` and environment files as Compose takes them."""

from __future__ import annotations

import pytest
from tests.readers.fragments import compose, fact, files, flows, named

from buttress.model import Source
from buttress.readers.compose import read

# --- merging


def base(body: str) -> str:
    return f"services:\n  web:\n    image: acme/web:1\n    {body}\n"


def over(body: str) -> str:
    return f"services:\n  web:\n    {body}\n"


@pytest.mark.parametrize(
    ("main", "override", "name", "expected"),
    [
        ("ports: ['80:80']", "ports: ['443:443']", "published_ports", ("80", "443")),
        ("ports: ['80:80']", "ports: ['80:80']", "published_ports", ("80",)),
        ("ports: ['80:80']", "ports: !reset []", "published_ports", "denied"),
        ("ports: ['80:80']", "ports: !override ['443:443']", "published_ports", ("443",)),
        ("init: true", "image: acme/web:2", "image", "acme/web:2"),
        ("restart: always", "restart: 'no'", "restart_policy", "denied"),
        ("healthcheck: {test: curl x}", "healthcheck: {disable: true}", "health_check", "denied"),
        ("healthcheck: {test: curl x}", "healthcheck: {interval: 5s}", "health_check", True),
        ("deploy: {replicas: 2}", "deploy: {mode: replicated}", "replicas", 2),
        (
            "environment: [TOKEN=abcdef]",
            "environment: {TOKEN: '${TOKEN}'}",
            "secrets_in_plaintext",
            "unknown",
        ),
        ("environment: {A: b}", "environment: [TOKEN=abcdef]", "secrets_in_plaintext", True),
        (
            "environment: {TOKEN: abcdef}",
            "environment: {TOKEN: !reset null}",
            "secrets_in_plaintext",
            "unknown",
        ),
    ],
)
def test_an_override_is_merged_as_compose_merges(
    main: str, override: str, name: str, expected: object
) -> None:
    assert fact(compose(base(main), over(override)).components[0], name) == expected


def test_a_volume_at_the_same_place_replaces_the_first() -> None:
    main = base("volumes: ['uploads:/data', './a:/a']")
    assert (
        fact(compose(main, over("volumes: ['./local:/data']")).components[0], "persistent_volume")
        == "unknown"
    )
    assert fact(compose(main, over("volumes: ['./local:/b']")).components[0], "persistent_volume") is True


def test_an_override_keeps_the_line_of_what_it_says() -> None:
    fragment = compose(base("ports: ['80:80']"), over("ports:\n      - '443:443'"))
    ports = fragment.components[0].fact("published_ports")
    assert ports is not None
    assert [str(e) for e in ports.evidence] == ["compose.yaml:4", "compose.override.yaml:4"]


def test_other_variants_come_after_the_override_and_may_add_services() -> None:
    fragment = compose(
        base("init: true"), over("image: acme/web:2"), over("image: acme/web:3\n  db: {image: 'redis:7'}")
    )
    assert fact(named(fragment, "web"), "image") == "acme/web:3"
    assert named(fragment, "db").kind == "cache"


def test_anchors_merge_keys_and_extensions_are_read_as_yaml_reads_them() -> None:
    fragment = compose(
        "x-base: &base\n  restart: always\n  mem_limit: 1m\nx-other: &other {restart: 'no', init: true}\n"
        "services:\n  web:\n    <<: [*base, *other]\n    image: acme/web:1\n    mem_limit: 2m\n"
    )
    (web,) = fragment.components
    assert (fact(web, "restart_policy"), fact(web, "resource_limits")) == ("always", "mem_limit 2m")


# --- extends


def test_a_service_extends_one_of_its_own_file_and_counts_more() -> None:
    fragment = compose(
        "services:\n  a: {image: 'x:1', restart: always}\n  b:\n    extends: a\n    image: y:2\n"
    )
    assert (fact(named(fragment, "b"), "image"), fact(named(fragment, "b"), "restart_policy")) == (
        "y:2",
        "always",
    )
    assert str(named(fragment, "b").evidence[0]) == "compose.yaml:5"


def test_a_service_extends_one_of_another_file_which_only_lends_it() -> None:
    fragment = files(
        {
            "compose.yaml": "services:\n  b:\n    extends: {file: common/base.yaml, service: a}\n",
            "common/base.yaml": "services:\n  a: {image: 'x:1', restart: always}\n",
        }
    )
    assert [(c.id, fact(c, "image")) for c in fragment.components] == [("b", "x:1")]


@pytest.mark.parametrize(
    ("base", "main", "lends"),
    [
        ("docker-compose.parts.yml", "docker-compose.yml", True),
        ("docker-compose-common.yml", "docker-compose.prod.yml", True),
        ("docker-compose.prod.yml", "docker-compose.test.yml", False),
        ("docker-compose.yml", "docker-compose.base.yml", False),
    ],
)
def test_a_compose_file_only_lends_when_the_main_file_or_its_name_says_so(
    base: str, main: str, lends: bool
) -> None:
    fragment = files(
        {
            base: "services:\n  a: {image: 'x:1'}\n",
            main: f"services:\n  b:\n    extends: {{file: {base}, service: a}}\n",
        }
    )
    assert [c.id for c in fragment.components] == (["b"] if lends else ["a", "b"])


@pytest.mark.parametrize(
    ("services", "line", "told"),
    [
        ("  a: {image: x, extends: b}\n  b: {extends: a}\n", 2, "extends in a circle"),
        ("  a: {image: x, extends: a}\n", 2, "extends in a circle"),
        (
            "  a:\n    image: x\n    extends: {file: none.yaml, service: z}\n",
            4,
            "extends z of none.yaml, which was not found",
        ),
        ("  a: {image: x, extends: {service: z}}\n", 2, "extends z of compose.yaml, which was not found"),
    ],
)
def test_an_extends_that_leads_nowhere_is_told_and_the_service_stays(
    services: str, line: int, told: str
) -> None:
    fragment = compose("services:\n" + services)
    assert named(fragment, "a").fact("image") is not None
    assert fragment.diagnostics[0].line == line
    assert told in fragment.diagnostics[0].reason


# --- include


def test_an_included_file_is_part_of_the_project_that_includes_it() -> None:
    fragment = files(
        {
            "compose.yaml": "include:\n  - path: [sub/store.yaml]\nservices:\n  web: {image: 'x:1', environment: {DB_HOST: db}}\n",
            "sub/store.yaml": "services:\n  db: {image: 'postgres:16'}\n",
        }
    )
    assert flows(fragment) == {"web calls db"}
    assert fragment.diagnostics == ()


def test_an_include_of_an_include_belongs_to_the_outermost_project() -> None:
    fragment = files(
        {
            "a/compose.yaml": "include: [../b/compose.yaml]\nservices:\n  web: {image: 'x:1', environment: {DB_HOST: db}}\n",
            "b/compose.yaml": "include: [../c/compose.yaml]\nservices:\n  api: {image: 'x:1', environment: {DB_HOST: db}}\n",
            "c/compose.yaml": "services:\n  db: {image: 'postgres:16'}\n",
        }
    )
    assert flows(fragment) == {"web calls db", "api calls db"}


@pytest.mark.parametrize(
    ("include", "told"),
    [
        ("gone.yaml", "gone.yaml is not among the files that were read"),
        ("../up.yaml", "../up.yaml lies outside of what is reviewed"),
        ("/etc/up.yaml", "/etc/up.yaml lies outside of what is reviewed"),
        ("https://acme.io/a.git", "lies outside of what is reviewed"),
        ("compose.yaml", "compose.yaml is included in a circle"),
    ],
)
def test_an_include_that_cant_be_followed_is_told_once_and_the_rest_is_read(include: str, told: str) -> None:
    fragment = compose(f"include:\n  - {include}\nservices:\n  web: {{image: 'x:1'}}\n")
    assert [c.id for c in fragment.components] == ["web"]
    (diagnostic,) = fragment.diagnostics
    assert diagnostic.line == 2
    assert told in diagnostic.reason


def test_files_that_include_each_other_are_one_project_and_told_once() -> None:
    fragment = files(
        {
            "a/compose.yaml": "include: [../b/compose.yaml]\nservices:\n  web: {image: 'x:1', environment: {DB_HOST: db}}\n",
            "b/compose.yaml": "include: [../a/compose.yaml]\nservices:\n  db: {image: 'postgres:16'}\n",
        }
    )
    assert flows(fragment) == {"web calls db"}
    assert [d.reason for d in fragment.diagnostics] == [
        "a/compose.yaml is included in a circle; each file was read once"
    ]


# --- environment files


@pytest.mark.parametrize(
    ("body", "env", "expected"),
    [
        ("image: 'acme/web:${TAG}'", "TAG=1.2", "acme/web:1.2"),
        ("image: 'acme/web:$TAG'", "TAG='1.2'", "acme/web:1.2"),
        ("image: 'acme/web:${TAG:-3}'", "TAG=1.2", "acme/web:1.2"),
        ("image: 'acme/web:${TAG:-3}'", "# TAG=1.2", "acme/web:3"),
        ("image: 'acme/web:${TAG:?set}'", "export TAG=1.2", "acme/web:1.2"),
        ("image: 'acme/web:$$TAG'", "TAG=1.2", "acme/web:$$TAG"),
        ("image: 'acme/web:${OTHER}'", "TAG=1.2", "acme/web:${OTHER}"),
    ],
)
def test_variables_of_the_env_file_are_filled_in(body: str, env: str, expected: str) -> None:
    assert (
        fact(files({"compose.yaml": f"services:\n  web:\n    {body}\n", ".env": env}).components[0], "image")
        == expected
    )


def test_env_files_give_settings_that_the_service_may_overrule() -> None:
    text = "services:\n  web:\n    image: acme/web:1\n    env_file: [web.env, {path: more.env}]\n    environment: {B_HOST: none}\n"
    text += "  a: {image: 'x:1'}\n  b: {image: 'x:1'}\n  c: {image: 'x:1'}\n"
    sources = (
        Source("compose.yaml", text),
        Source("web.env", "A_HOST=a\nB_HOST=b\n"),
        Source("more.env", "C_HOST=c"),
    )
    assert flows(read(sources)) == {"web calls a", "web calls c"}


def test_an_env_file_is_looked_for_beside_the_file_that_names_it() -> None:
    text = "services:\n  web: {image: 'x:1', env_file: web.env}\n  db: {image: 'redis:7'}\n"
    sources = (
        Source("compose.yaml", "include: [sub/compose.yaml]\nservices:\n  top: {image: 'x:1'}\n"),
        Source("sub/compose.yaml", text),
        Source("sub/web.env", "DB_HOST=db"),
        Source("web.env", "TOP_HOST=top"),
    )
    assert flows(read(sources)) == {"web calls db"}


def test_a_secret_in_an_env_file_is_shown_by_its_key_only() -> None:
    text = "services:\n  web:\n    image: acme/web:1\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD}\n"
    found = (
        files({"compose.yaml": text, ".env": "DB_PASSWORD=hunter2=x"})
        .components[0]
        .fact("secrets_in_plaintext")
    )
    assert found is not None
    assert [(str(e), e.quote) for e in found.evidence] == [(".env:1", "DB_PASSWORD")]


def test_services_of_two_projects_with_one_name_are_told_apart() -> None:
    fragment = files(
        {
            "a/compose.yaml": "services:\n  web: {image: 'x:1'}\n  db: {image: 'redis:7'}\n  q: {image: 'x:1'}\n",
            "b/compose.yaml": "services:\n  web: {image: 'y:1'}\n  cart: {image: 'y:1'}\n  mail: {image: 'y:1'}\n",
        }
    )
    assert {c.id for c in fragment.components} == {"web", "db", "q", "b-web", "b-cart", "b-mail"}


def test_two_folders_with_the_same_services_are_one_system_and_the_first_counts() -> None:
    dev = "services:\n  web: {image: 'x:1'}\n  db: {build: .}\n"
    prod = "services:\n  web: {image: 'x:2', restart: always}\n  db: {image: 'postgres:16'}\n"
    fragment = files({"a/compose.yaml": dev, "b/compose.yaml": prod})
    assert {c.id: c.kind for c in fragment.components} == {"web": "service", "db": "relational_db"}
    assert fact(named(fragment, "web"), "image") == "x:1"
    assert [str(e) for e in named(fragment, "web").evidence] == ["a/compose.yaml:2", "b/compose.yaml:2"]


@pytest.mark.parametrize(
    ("environment", "env", "expected"),
    [
        ("[CACHE_URL]", "", {"web calls pantry"}),
        ("{CACHE_URL: }", "", {"web calls pantry"}),
        ("[CACHE_URL]", "CACHE_URL=redis://attic:6379", {"web calls attic"}),
        ("[CACHE_URL=]", "", set()),
        ("[CACHE_URL=]", "CACHE_URL=redis://attic:6379", set()),
    ],
)
def test_a_variable_that_is_handed_on_has_the_value_of_the_environment_files(
    environment: str, env: str, expected: set[str]
) -> None:
    text = f"services:\n  web: {{image: 'acme/web:1', env_file: web.env, environment: {environment}}}\n"
    text += "  pantry: {image: 'redis:7'}\n  attic: {image: 'redis:7'}\n"
    found = files({"compose.yaml": text, "web.env": "CACHE_URL=redis://pantry:6379\n", ".env": env})
    assert flows(found) == expected
