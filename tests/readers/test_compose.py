"""The Compose reader: files merged as Compose merges them, and what each service is, says and leaves out."""

from __future__ import annotations

import pytest
from tests.readers.fragments import compose, fact, flows, is_taken, named

from buttress.model import Component, Source
from buttress.readers.compose import read

PAIR = "services:\n  web:\n    image: acme/web:1\n    {}\n  db:\n    image: postgres:16\n"


def service(body: str, *, of: str = "web", image: str = "acme/web:1") -> Component:
    fragment = compose(f"services:\n  {of}:\n    image: {image}\n    {body}\n")
    return fragment.components[0]


# --- what it takes


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        (Source("compose.yaml", ""), True),
        (Source("a/docker-compose.prod.yml", ""), True),
        (Source("docker-stack.yml", ""), True),
        (Source(".env", ""), True),
        (Source("stack.yaml", "services:\n  a:\n    image: b\n"), True),
        (Source("<stdin>", "services:\n  a:\n    image: b\n"), True),
        (Source("<stdin>", "# Doc\n```yaml\nservices:\n  a:\n    image: b\n```\n"), False),
        (Source("a.md", "services:\n  a:\n    image: b\n", language="yaml"), True),
        (Source("openapi.yaml", "services:\n  a: {}\n"), False),
        (Source("composer.json", ""), False),
    ],
)
def test_it_takes_compose_files_and_the_environment_files_beside_them(source: Source, taken: bool) -> None:
    assert is_taken("compose", source) is taken


# --- facts of one service


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        ("ports: ['8080:80']", "published_ports", ("8080",)),
        ("ports: ['80']", "published_ports", ("80",)),
        ("ports: ['8000-8002:8000-8002']", "published_ports", ("8000-8002",)),
        ("ports: ['53:53/udp']", "published_ports", ("53",)),
        ("ports: ['0.0.0.0:80:80']", "published_ports", ("80",)),
        ("ports: ['${PORT:-8080}:80']", "published_ports", ("8080",)),
        ("ports: ['${PORT:?set it}:80']", "published_ports", ("${PORT}",)),
        ("ports: [{target: 80, published: '8080'}]", "published_ports", ("8080",)),
        ("ports: ['127.0.0.1:80:80']", "published_ports", "denied"),
        ("ports: ['[::1]:80:80']", "published_ports", "denied"),
        ("ports: [{target: 80, published: 80, host_ip: 127.0.0.2}]", "published_ports", "denied"),
        ("ports: [{target: 80}]", "published_ports", "denied"),
        ("expose: ['80']", "published_ports", "denied"),
        ("healthcheck: {test: curl localhost}", "health_check", True),
        ("healthcheck: {disable: true}", "health_check", "denied"),
        ("healthcheck: {disable: yes}", "health_check", "denied"),
        ("healthcheck: {test: NONE}", "health_check", "denied"),
        ("healthcheck: {test: [NONE]}", "health_check", "denied"),
        ("init: true", "health_check", "denied"),
        ("restart: always", "restart_policy", "always"),
        ("restart: 'no'", "restart_policy", "denied"),
        ("deploy: {restart_policy: {condition: on-failure}}", "restart_policy", "on-failure"),
        ("deploy: {restart_policy: {condition: none}}", "restart_policy", "denied"),
        ("deploy: {restart_policy: {delay: 5s}}", "restart_policy", "any"),
        ("init: true", "replicas", 1),
        ("deploy: {replicas: 3}", "replicas", 3),
        ("deploy: {replicas: '${N:-4}'}", "replicas", 4),
        ("deploy: {replicas: '${N}'}", "replicas", "unknown"),
        ("deploy: {mode: global}", "replicas", "unknown"),
        ("scale: 2", "replicas", 2),
        ("deploy: {resources: {limits: {memory: 64M}}}", "resource_limits", "memory 64M"),
        ("deploy: {resources: {reservations: {memory: 64M}}}", "resource_limits", "denied"),
        ("mem_limit: 64m", "resource_limits", "mem_limit 64m"),
        ("privileged: true", "privileged", True),
        ("privileged: false", "privileged", "unknown"),
        ("read_only: true", "read_only_root", True),
        ("user: '1000:1000'", "non_root", True),
        ("user: '0:0'", "non_root", "denied"),
        ("init: true", "non_root", "unknown"),
        ("network_mode: host", "host_network", True),
        ("network_mode: bridge", "host_network", "unknown"),
        ("stop_grace_period: 1m", "graceful_shutdown", True),
        ("deploy: {update_config: {parallelism: 1}}", "rolling_update", True),
        ("profiles: [dev, test]", "profile", "dev, test"),
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock']", "persistent_volume", "unknown"),
        ("volumes: ['uploads:/srv/uploads']", "persistent_volume", True),
        ("volumes: ['./src:/app']", "persistent_volume", "unknown"),
        ("environment: {API_KEY: abcdef}", "secrets_in_plaintext", True),
        ("environment: {API_KEY: '${API_KEY}'}", "secrets_in_plaintext", "unknown"),
        ("environment: {API_KEY_FILE: /run/secrets/key}", "secrets_in_plaintext", "unknown"),
        ("environment: {DB: 'postgres://a:b@c/d'}", "secrets_in_plaintext", True),
        ("secrets: [db_password]", "secrets_in_plaintext", "unknown"),
    ],
)
def test_a_service_states_denies_or_leaves_open(body: str, name: str, expected: object) -> None:
    assert fact(service(body), name) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("redis", "denied"),
        ("redis:latest", "denied"),
        ("redis:7", True),
        ("localhost:5000/acme/redis", "denied"),
        ("redis@sha256:abc", True),
        ("redis:latest@sha256:abc", True),
        ("redis:${TAG:-7}", True),
        ("redis:${TAG}", "unknown"),
        ("redis:${TAG:?set it}", "unknown"),
    ],
)
def test_an_image_is_pinned_by_a_tag_or_digest(image: str, expected: object) -> None:
    assert fact(service("init: true", image=f"'{image}'"), "image_tag_pinned") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("volumes: ['data:/var/lib/postgresql/data']", True),
        ("volumes: ['./data:/var/lib/postgresql/data']", True),
        ("volumes: ['/var/lib/postgresql/data']", "denied"),
        ("volumes: [{type: volume, target: /var/lib/postgresql/data}]", "denied"),
        ("volumes: ['${DATA}']", True),
        ("volumes: [{type: volume, source: data, target: /var/lib/postgresql/data}]", True),
        ("volumes: [{type: tmpfs, target: /var/lib/postgresql/data}]", "denied"),
        ("tmpfs: /var/lib/postgresql/data", "denied"),
        ("volumes: ['./init.sql:/docker-entrypoint-initdb.d/init.sql']", "denied"),
        ("volumes: ['./seed:/seed:ro']", "denied"),
        ("volumes: [{type: bind, source: ./seed, target: /seed, read_only: true}]", "denied"),
        ("init: true", "denied"),
    ],
)
def test_a_store_without_a_volume_of_its_own_loses_its_data(body: str, expected: object) -> None:
    assert fact(service(body, of="db", image="postgres:16"), "persistent_volume") == expected


# --- flows


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("environment: {DATABASE_URL: 'postgresql://db:5432/x'}", {"web calls db"}),
        ("environment: ['DATABASE_URL=postgresql://db/x']", {"web calls db"}),
        ("environment: {DB_HOST: db}", {"web calls db"}),
        ("environment: {DB_HOST: '${DB_HOST:-db}'}", {"web calls db"}),
        ("environment: {DSN: 'Server=db;Database=x'}", {"web calls db"}),
        ("environment: {POSTGRES_USER: db}", set()),
        ("environment: {DB_HOST: '${DB_HOST:?set it}'}", set()),
        ("environment: {DB_HOST: db2}", set()),
        ("command: wait-for-it db:5432", {"web calls db"}),
        ("command: [psql, -h, db]", {"web calls db"}),
        ("command: echo db", set()),
        ("entrypoint: ['sh', '-c', 'pg_isready --host=db']", {"web calls db"}),
        ("links: [db]", {"web calls db"}),
        ("links: ['db:store']", {"web calls db"}),
        ("links: [nowhere]", set()),
        ("depends_on: [db]", {"web depends_on db"}),
        ("depends_on: {db: {condition: service_started}}", {"web depends_on db"}),
        ("depends_on: {db: {condition: service_completed_successfully}}", set()),
        ("depends_on: [nowhere, web]", set()),
        (
            "depends_on: [far]\n    environment: {FAR_URL: 'http://far:80', NEAR_URL: 'http://near:80'}",
            {"web depends_on far", "web calls far"},
        ),
        ("environment: {STRIPE_URL: 'https://api.stripe.com/v1'}", {"web calls api-stripe-com"}),
        ("environment: {STRIPE_URL: 'https://example.com/v1'}", set()),
        ("environment: {PUBLIC_URL: 'https://shop.acme.io'}", set()),
    ],
)
def test_a_service_talks_to_what_its_settings_name(body: str, expected: set[str]) -> None:
    assert flows(compose(PAIR.format(body))) == expected


def test_the_alias_of_a_link_and_of_a_network_are_names_of_the_service() -> None:
    linked = compose(PAIR.format("links: ['db:store']\n    environment: {STORE_HOST: store}"))
    assert [e.line for f in linked.flows for e in f.evidence] == [5, 4]
    aliased = compose(
        PAIR.format("environment: {HOST: store}")
        + "    networks: {back: {aliases: [store]}}\n    hostname: pg\n"
    )
    assert flows(aliased) == {"web calls db"}
    assert set(named(aliased, "db").aliases) == {"store", "pg"}


def test_waiting_for_health_is_a_fact_of_the_flow_with_its_own_line() -> None:
    (flow,) = compose(PAIR.format("depends_on:\n      db:\n        condition: service_healthy")).flows
    assert [(f.name, f.evidence[0].line) for f in flow.facts] == [
        ("startup_order", 5),
        ("depends_healthy", 6),
    ]


@pytest.mark.parametrize(
    ("labels", "routed"),
    [
        ("['traefik.enable=true']", True),
        ("{traefik.http.routers.web.rule: Host(`x`)}", True),
        ("{traefik.enable: 'false'}", False),
        ("{owner: shop}", False),
    ],
)
def test_traefik_routes_to_services_with_its_labels(labels: str, routed: bool) -> None:
    fragment = compose(PAIR.format(f"labels: {labels}") + "  edge:\n    image: traefik:v3\n")
    assert flows(fragment) == ({"edge routes web"} if routed else set())


def test_networks_are_boundaries_and_the_default_network_is_none() -> None:
    fragment = compose(PAIR.format("networks: [front, default]") + "networks:\n  front: {internal: true}\n")
    assert [(b.id, b.kind, b.evidence[0].line) for b in fragment.boundaries] == [
        ("network-front", "network", 8)
    ]
    assert named(fragment, "web").boundaries == ("network-front",)


# --- what is wrong


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("services: [web]\n", 1, "services must be a mapping"),
        ("services:\n  web: nginx\n", 2, "service web must be a mapping"),
        ("services:\n  web:\n    image: a: b\n", 3, "not valid YAML"),
        ("- web\n", 1, "expected a mapping of keys to values, found a list"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(text: str, line: int, told: str) -> None:
    (diagnostic,) = compose(text).diagnostics
    assert told in diagnostic.reason
    assert diagnostic.line == line


def test_the_first_form_of_compose_has_its_services_at_the_top() -> None:
    assert [c.id for c in compose("web:\n  image: x:1\ndb:\n  image: postgres:16\n").components] == [
        "web",
        "db",
    ]


# --- what services are called from outside

BEHIND = """
services:
  shop-api:
    build: ./api
    labels:
      - traefik.enable=true
      - traefik.http.routers.${STACK?no stack}-api.rule=Host(`api.${DOMAIN?no domain}`)
  shop-frontend:
    build:
      context: ./web
      args:
        - API_URL=https://api.${DOMAIN?no domain}
    labels:
      traefik.http.routers.web.rule: Host(`www.${DOMAIN}`)
  desk:
    image: acme/desk:1
    labels: {traefik.enable: "false", traefik.http.routers.desk.rule: Host(`desk.test`)}
"""


def test_rules_for_a_proxy_that_runs_elsewhere_make_it_a_gateway_and_name_the_services() -> None:
    fragment = compose(BEHIND)
    assert flows(fragment) == {
        "traefik routes shop-api",
        "traefik routes shop-frontend",
        "shop-frontend calls shop-api",
    }
    assert fact(named(fragment, "traefik"), "exposed_to_internet") is True


PORTS = """
services:
  shop-api:
    image: acme/api:1
    ports: ['9100:8000']
    environment: {SHOP: 'http://localhost:9101/'}
  storefront:
    build: {context: ./web, args: {API_URI: 'http://192.0.2.7:9100/graphql/'}}
    ports: ['9101:3000']
"""


def test_pages_call_what_publishes_the_port_of_the_host_and_nobody_calls_pages() -> None:
    assert flows(compose(PORTS)) == {"storefront calls shop-api"}


@pytest.mark.parametrize(
    ("image", "setting", "expected"),
    [
        ("postgres:16", "POSTGRES_HOST_AUTH_METHOD: trust", "denied"),
        ("elasticsearch:8.15.0", "xpack.security.enabled: false", "denied"),
        ("bitnami/redis:7.2", "ALLOW_EMPTY_PASSWORD: 'yes'", "denied"),
        ("postgres:16", "POSTGRES_HOST_AUTH_METHOD: md5", "unknown"),
        ("acme/web:1", "ALLOW_EMPTY_PASSWORD: 'yes'", "unknown"),
    ],
)
def test_a_setting_that_turns_the_login_of_a_store_off_denies_it(
    image: str, setting: str, expected: str
) -> None:
    part = service(f"environment: {{{setting}}}", of="thing", image=image)
    assert fact(part, "authentication") == expected


def test_braces_in_a_setting_make_no_chart_of_a_compose_file() -> None:
    source = Source(
        "docker-compose.yml",
        'services:\n  bridge:\n    image: acme/bridge:1\n    environment: {TOPIC: "x/{{ .Id }}/up"}\n',
    )
    assert is_taken("compose", source)


ONCE = """services:
  keys: {{image: acme/keys:1, command: ./make-keys.sh{more}}}
  web: {{image: acme/web:1, restart: always, depends_on: [keys, db]}}
  db: {{image: postgres:16, restart: always}}
  mail: {{image: acme/mail:1, restart: unless-stopped}}
"""


@pytest.mark.parametrize(
    ("more", "ends"), [("", True), (", restart: always", False), (', ports: ["80:80"]', False)]
)
def test_what_alone_is_never_restarted_prepares_the_others_and_ends(more: str, ends: bool) -> None:
    fragment = compose(ONCE.format(more=more))
    assert ("web", "depends_on", "keys") not in flows(fragment) if ends else True
    assert (named(fragment, "keys").kind == "worker") is ends


def test_a_port_that_only_the_host_reaches_is_shown_where_none_is_published() -> None:
    found = service('ports: ["127.0.0.1:8000:8000"]').fact("published_ports")
    assert found is not None and found.absent and "127.0.0.1" in found.evidence[0].quote


@pytest.mark.parametrize(
    ("body", "kind", "technology"),
    [
        ('image: acme/seeded, volumes: ["seeded:/var/lib/mysql"]', "relational_db", "mysql"),
        ('image: acme/finder, volumes: ["finder:/var/solr/data"]', "search_index", "solr"),
        ('build: ., volumes: ["seeded:/var/lib/mysql"]', "service", None),
        ('image: acme/mysql-pages, volumes: ["pages:/var/lib/pages"]', "service", None),
    ],
)
def test_the_data_folder_of_a_store_tells_what_a_foreign_image_is(
    body: str, kind: str, technology: str | None
) -> None:
    one = compose(f"services:\n  keeper: {{{body}}}\n").components[0]
    assert (one.kind, one.technology) == (kind, technology)


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ('/bin/sh -c \'for t in $$(echo "a,b" | tr "," " "); do kafka-topics --bootstrap-server kafka:9092 --create --topic "$$t"; done\'', "worker"),
        ("kafka-topics --create --topic orders && exec /etc/confluent/docker/run", "stream"),
        ("/etc/confluent/docker/run", "stream"),
    ],
)  # fmt: skip
def test_what_only_sets_up_a_broker_is_none(command: str, kind: str) -> None:
    text = f"services:\n  topics:\n    image: confluentinc/cp-kafka:7.7.1\n    command: >\n      {command}\n"
    (component,) = compose(text).components
    assert (component.kind, component.fact("runs_once") is not None) == (kind, kind == "worker")


@pytest.mark.parametrize(
    ("base", "flows"),
    [("", 0), ("networks: [inner], ", 1), ("network_mode: host, ", 1)],
)
def test_who_shares_no_network_is_only_started_first(base: str, flows: int) -> None:
    text = (
        f"services:\n  base: {{{base}build: base}}\n"
        "  shop: {networks: [inner], depends_on: [base], build: shop}\nnetworks: {inner: }\n"
    )
    assert len(compose(text).flows) == flows


@pytest.mark.parametrize(("policy", "kind"), [("none", "worker"), ("any", "service")])
def test_what_alone_is_never_started_again_runs_once(policy: str, kind: str) -> None:
    keys = f"  keys: {{image: acme/shop, command: ./keys, deploy: {{restart_policy: {{condition: {policy}}}}}}}\n"
    rest = "".join(f"  {n}: {{image: acme/shop, restart: always}}\n" for n in ("shop", "till", "books"))
    (component,) = (c for c in compose(f"services:\n{keys}{rest}").components if c.id == "keys")
    assert (component.kind, component.fact("runs_once") is not None) == (kind, kind == "worker")


def test_services_of_profiles_do_not_count_among_those_that_are_always_started_again() -> None:
    tools = "".join(
        f"  {n}: {{image: acme/tools, command: ./{n}, profiles: [{n}]}}\n" for n in ("seed", "wipe")
    )
    rest = "".join(f"  {n}: {{image: acme/shop, restart: always}}\n" for n in ("shop", "till", "books"))
    found = compose(f"services:\n{tools}{rest}").components
    assert {c.id for c in found if c.fact("runs_once") is not None} == {"seed", "wipe"}


def test_an_image_that_a_service_beside_builds_needs_no_tag_of_its_own() -> None:
    text = "services:\n  web: {image: desk_image, build: .}\n  jobs: {image: desk_image}\n  other: {image: acme/other}\n"
    parts = {c.id: fact(c, "image_tag_pinned") for c in compose(text).components}
    assert (parts["web"], parts["jobs"]) == ("unknown", "unknown")
    assert parts["other"] == "denied"


@pytest.mark.parametrize(
    ("beside", "told"), [("", True), ("TILL_PASSWORD=k3y-17\n", False), ("OTHER=1\n", True)]
)
def test_a_password_to_fall_back_on_counts_where_no_file_sets_the_variable(beside: str, told: bool) -> None:
    text = "services:\n  till:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${TILL_PASSWORD:-till}\n"
    component = read((Source("compose.yaml", text), Source(".env", beside))).components[0]
    fact = component.fact("secrets_by_default")
    assert (fact is not None) is told
    assert fact is None or [(e.line, e.quote) for e in fact.evidence] == [(5, "POSTGRES_PASSWORD")]


@pytest.mark.parametrize(
    ("settings", "beside", "told"),
    [
        ("{REDIS_URL: '${REDIS_URL}'}", "", {"web calls redis"}),
        ("{SHOP_REDIS_HOST: '$R'}", "", {"web calls redis"}),
        ("{REDIS_URL: '${REDIS_URL:-}'}", "", set()),
        ("{REDIS_PASSWORD: '${REDIS_PASSWORD}'}", "", set()),
        ("{DATABASE_URL: 'postgresql://app:${PW}@tills:5432/x'}", "", {"web calls tills"}),
        ("{DATABASE_URL: 'sqlite:///tills.db', MODE: redis}", "", set()),
        ("{REDIS_URL: '${REDIS_URL}'}", "  keep:\n    image: valkey/valkey:8\n", set()),
    ],
)
def test_a_store_whose_address_is_given_at_the_start_is_a_part(
    settings: str, beside: str, told: set[str]
) -> None:
    text = f"services:\n  web:\n    image: acme/web:1\n    environment: {settings}\n{beside}"
    assert flows(compose(text)) == told


@pytest.mark.parametrize(
    ("one", "other", "ends"),
    [
        ("{image: acme/tool:1, command: ./seed.sh, restart: 'no'}", "{image: acme/web:1}", True),
        (
            "{image: acme/tool:1, command: ./seed.sh, restart: 'no'}",
            "{image: 'postgres:16', restart: 'no'}",
            False,
        ),
        ("{image: acme/tool:1, command: celery -A shop worker, restart: 'no'}", "{image: acme/web:1}", False),
        ("{image: acme/tool:1, command: gunicorn shop.wsgi, restart: 'no'}", "{image: acme/web:1}", False),
        (
            "{image: 'postgres:16', command: postgres -c fsync=on, restart: 'no'}",
            "{image: acme/web:1}",
            False,
        ),
        ("{image: 'postgres:16', command: /init.sh, restart: 'no'}", "{image: acme/web:1}", True),
    ],
    ids=["a step", "as all do", "a worker", "a server", "a store", "a step with a store's image"],
)
def test_who_alone_must_not_be_restarted_ends_unless_it_serves(one: str, other: str, ends: bool) -> None:
    made = {c.id: c for c in compose(f"services:\n  one: {one}\n  other: {other}\n").components}
    assert (made["one"].fact("runs_once") is not None) == ends


def test_what_stands_beside_a_broker_is_no_broker() -> None:
    env = "{KAFKA_UI_URL: 'http://screens:8080', KAFKA_SCHEMA_REGISTRY_URL: 'http://shapes:8081', KAFKA_BROKERS: 'letters:9092'}"
    made = compose(f"services:\n  web:\n    image: acme/web:1\n    environment: {env}\n").components
    assert [c.technology for c in made if c.technology is not None] == ["kafka"]


def test_a_secret_to_fall_back_on_is_never_quoted() -> None:
    made = compose(
        "services:\n  web:\n    image: acme/web:1\n    environment:\n      DATABASE_URL: postgresql://shop:${PW:-grebe77}@tills/shop\n"
    )
    assert made.flows and "grebe77" not in repr(made)


@pytest.mark.parametrize(
    ("image", "volume", "more", "expected"),
    [
        ("postgres:16", "data:/var/lib/postgres/data", "", "denied"),
        ("postgres:16", "data:/var/lib/postgresql/data", "", True),
        ("postgres:16", "data:/var/lib/postgresql", "", True),
        ("postgres:16", "data:/srv", "environment: {PGDATA: /srv/pg}", True),
        ("postgres:18-alpine", "data:/var/lib/postgresql/data", "", "denied"),
        ("postgres:18-alpine", "data:/var/lib/postgresql", "", True),
        ("mysql:8.4", "data:/data", "", "denied"),
        ("mysql:8.4", "data:/data", "command: mysqld --datadir=/data", True),
        ("elasticsearch:8.15.0", "data:/var/lib/elasticsearch", "", "denied"),
        ("acme/mysql:8.4", "data:/data", "", True),
        ("redis:7", "${DATA:-./data}:/data", "", True),
    ],
)
def test_a_volume_beside_the_data_of_a_store_keeps_nothing(
    image: str, volume: str, more: str, expected: object
) -> None:
    body = f"volumes: ['{volume}']" + (f"\n    {more}" if more else "")
    assert (
        fact(service(body, of="mysql" if "mysql" in image else "db", image=image), "persistent_volume")
        == expected
    )


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('["redis-server", "--requirepass", "hunter2"]', True),
        ("redis-server --requirepass hunter2", True),
        ("redis-server --requirepass=hunter2", True),
        ("redis-server --requirepass ${REDIS_PASSWORD}", "unknown"),
        ("redis-server --requirepass $$REDIS_PASSWORD", "unknown"),
        ("serve --token-file /run/token --password-prompt true", "unknown"),
        ("serve --password /run/secrets/db", "unknown"),
    ],
)
def test_a_secret_in_a_command_is_told_and_not_shown(command: str, expected: object) -> None:
    found = service(f"command: {command}", image="redis:7")
    assert fact(found, "secrets_in_plaintext") == expected
    assert "hunter2" not in str(found.facts)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("ports: ['80:80']", "service"),
        ("expose: [80]", "service"),
        ("healthcheck: {test: curl http://localhost/health}", "service"),
        ("healthcheck: {test: pgrep agent}", "worker"),
        ("init: true", "worker"),
    ],
)
def test_what_only_its_name_makes_a_worker_is_a_service_where_others_reach_it(body: str, kind: str) -> None:
    assert service(body, of="billing-agent").kind == kind


def test_a_registry_whose_login_is_turned_off_lets_everybody_in() -> None:
    found = service(
        "environment: {NACOS_AUTH_ENABLE: 'false'}", of="nacos", image="nacos/nacos-server:v3.0.3"
    )
    assert fact(found, "authentication") == "denied"
