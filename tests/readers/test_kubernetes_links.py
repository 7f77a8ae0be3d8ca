"""What the Kubernetes reader joins: the objects that select a workload, what its settings name, and routes to it."""

from __future__ import annotations

import time

import pytest
from tests.readers.fragments import fact, flows, manifests, named, other, service, workload

DB = (
    workload(name="db", kind="StatefulSet", image="postgres:16")
    + "---\n"
    + service("db", "selector: {app: db}")
)


# --- what belongs to a workload


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (service("a", "type: LoadBalancer, selector: {app: web}"), "exposed_to_internet", True),
        (service("a", "selector: {app: web}"), "exposed_to_internet", "unknown"),
        (
            service("a", "type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]"),
            "published_ports",
            ("30080",),
        ),
        (
            service("a", "type: NodePort, selector: {app: other}, ports: [{port: 80}]"),
            "published_ports",
            "unknown",
        ),
        (
            other("PodDisruptionBudget", "a", "spec: {selector: {matchLabels: {app: web}}}"),
            "pod_disruption_budget",
            True,
        ),
        (
            other("PodDisruptionBudget", "a", "spec: {selector: {matchLabels: {app: x}}}"),
            "pod_disruption_budget",
            "unknown",
        ),
        (other("NetworkPolicy", "a", "spec: {podSelector: {}}"), "network_policy", True),
        (
            other("NetworkPolicy", "a", "spec: {podSelector: {matchLabels: {app: web}}}"),
            "network_policy",
            True,
        ),
        (
            other("NetworkPolicy", "a", "spec: {podSelector: {matchLabels: {app: x}}}"),
            "network_policy",
            "unknown",
        ),
        (
            other(
                "NetworkPolicy",
                "a",
                "spec: {podSelector: {matchExpressions: [{key: app, operator: In, values: [x]}]}}",
            ),
            "network_policy",
            "unknown",
        ),
        (
            other(
                "NetworkPolicy",
                "a",
                "spec: {podSelector: {matchExpressions: [{key: app, operator: Exists}]}}",
            ),
            "network_policy",
            True,
        ),
        (
            other(
                "PodDisruptionBudget",
                "a",
                "spec: {selector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}",
            ),
            "pod_disruption_budget",
            "unknown",
        ),
        (
            other(
                "HorizontalPodAutoscaler",
                "a",
                "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 5}",
            ),
            "max_replicas",
            5,
        ),
        (
            other(
                "HorizontalPodAutoscaler",
                "a",
                "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 5}",
            ),
            "min_replicas",
            1,
        ),
        (
            other(
                "HorizontalPodAutoscaler",
                "a",
                "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 5}",
            ),
            "replicas",
            "unknown",
        ),
        (
            other(
                "HorizontalPodAutoscaler",
                "a",
                "spec: {scaleTargetRef: {kind: StatefulSet, name: web}, maxReplicas: 5}",
            ),
            "max_replicas",
            "unknown",
        ),
    ],
)
def test_another_object_says_something_of_the_workload_that_it_selects(
    text: str, name: str, expected: object
) -> None:
    assert fact(named(manifests(workload(), text), "web"), name) == expected


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("service.beta.kubernetes.io/aws-load-balancer-internal: 'true'", "unknown"),
        ("service.beta.kubernetes.io/aws-load-balancer-internal: 'false'", True),
        ("networking.gke.io/load-balancer-type: Internal", "unknown"),
        ("owner: shop", True),
    ],
)
def test_a_load_balancer_is_exposed_unless_an_annotation_makes_it_internal(
    annotation: str, expected: object
) -> None:
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: a, annotations: {{{annotation}}}}}\n"
    text += "spec: {type: LoadBalancer, selector: {app: web}}\n"
    assert fact(manifests(workload(), text).components[0], "exposed_to_internet") == expected


# --- flows


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("env: [{name: DB_HOST, value: db}]", {"web calls db"}),
        ("env: [{name: DB_HOST, value: db.shop.svc.cluster.local}]", {"web calls db"}),
        ("env: [{name: URL, value: 'postgres://db.shop:5432/x'}]", {"web calls db"}),
        ("env: [{name: POSTGRES_USER, value: db}]", set()),
        ("command: [wait-for, 'db:5432']", {"web calls db"}),
        ("args: ['--host=db']", {"web calls db"}),
        ("args: [db]", set()),
        ("env: [{name: API_URL, value: 'https://api.stripe.com'}]", {"web calls api-stripe-com"}),
    ],
)
def test_a_workload_talks_to_what_its_settings_name(container: str, expected: set[str]) -> None:
    assert flows(manifests(workload(container=container), DB)) == expected


URLS = other(
    "ConfigMap", "urls", "data:\n  DB_HOST: db\n  app.conf: |\n    [db]\n    url = postgres://db:5432\n"
)


@pytest.mark.parametrize(
    ("pod", "container", "line"),
    [
        ("", "envFrom: [{configMapRef: {name: urls}}]", 17),
        ("", "env: [{name: DB_HOST, valueFrom: {configMapKeyRef: {name: urls, key: DB_HOST}}}]", 17),
        (
            "volumes: [{name: v, configMap: {name: urls}}]",
            "volumeMounts: [{name: v, mountPath: /etc/web}]",
            17,
        ),
    ],
)
def test_a_config_map_counts_where_a_container_uses_it(pod: str, container: str, line: int) -> None:
    fragment = manifests(
        workload(pod=pod, container=container), service("x", "selector: {app: none}"), URLS, DB
    )
    (flow,) = (f for f in fragment.flows if f.source == "web")
    assert flow.target == "db"
    assert flow.evidence[0].line == line


@pytest.mark.parametrize(
    ("pod", "container"),
    [
        ("", "envFrom: [{configMapRef: {name: others}}]"),
        ("volumes: [{name: v, configMap: {name: urls}}]", ""),
    ],
)
def test_a_config_map_that_no_container_uses_says_nothing(pod: str, container: str) -> None:
    assert flows(manifests(workload(pod=pod, container=container), URLS, DB)) == set()


SECRET = other("Secret", "keys", "stringData: {token: hunter2}")


@pytest.mark.parametrize(
    ("pod", "container", "secret", "expected"),
    [
        ("", "envFrom: [{secretRef: {name: keys}}]", SECRET, True),
        ("", "env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: token}}}]", SECRET, True),
        (
            "volumes: [{name: v, secret: {secretName: keys}}]",
            "volumeMounts: [{name: v, mountPath: /x}]",
            SECRET,
            True,
        ),
        ("volumes: [{name: v, secret: {secretName: keys}}]", "", SECRET, "unknown"),
        ("", "envFrom: [{secretRef: {name: elsewhere}}]", SECRET, "unknown"),
        ("", "envFrom: [{secretRef: {name: keys}}]", SECRET.replace("hunter2", "'${TOKEN}'"), "unknown"),
        ("", "envFrom: [{secretRef: {name: keys}}]", SECRET.replace("hunter2", "<from vault>"), "unknown"),
    ],
)
def test_a_secret_with_its_value_in_the_manifests_is_in_plain_text(
    pod: str, container: str, secret: str, expected: object
) -> None:
    found = named(manifests(workload(pod=pod, container=container), secret), "web")
    assert fact(found, "secrets_in_plaintext") == expected
    assert "hunter2" not in str(found)


def test_a_headless_service_names_the_workload_behind_it() -> None:
    assert flows(
        manifests(
            workload(container="env: [{name: DB_HOST, value: pg}]"),
            workload(name="db", kind="StatefulSet", image="postgres:16"),
            service("pg", "clusterIP: None, selector: {app: db}"),
        )
    ) == {"web calls db"}


def test_an_external_name_is_an_external_service_under_both_names() -> None:
    fragment = manifests(
        workload(container="env: [{name: RATES_URL, value: 'http://rates/v1'}]"),
        service("rates", "type: ExternalName, externalName: rates.partner.net"),
    )
    assert named(fragment, "rates").kind == "external_service"
    assert named(fragment, "rates").aliases == ("rates.partner.net",)
    assert flows(fragment) == {"web calls rates"}


def test_a_service_whose_workload_is_elsewhere_is_a_component_and_one_without_a_selector_is_none() -> None:
    fragment = manifests(service("cart", "selector: {app: cart}"), service("manual", "ports: [{port: 80}]"))
    assert [c.id for c in fragment.components] == ["cart"]


def test_a_network_policy_shows_who_may_call() -> None:
    rule = "spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {}}]}]}"
    assert flows(manifests(workload(), DB, other("NetworkPolicy", "a", rule))) == {"web calls db"}


# --- routes


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("rules: [{http: {paths: [{backend: {service: {name: front}}}]}}]", {"edge routes web"}),
        ("defaultBackend: {service: {name: front}}", {"edge routes web"}),
        ("backend: {serviceName: front}", {"edge routes web"}),
        ("rules: [{http: {paths: [{backend: {service: {name: none}}}]}}]", set()),
        ("rules: [{host: a}]", set()),
    ],
)
def test_an_ingress_routes_to_the_workloads_behind_its_services(spec: str, expected: set[str]) -> None:
    fragment = manifests(
        workload(), service("front", "selector: {app: web}"), other("Ingress", "edge", f"spec: {{{spec}}}")
    )
    assert flows(fragment) == expected
    assert named(fragment, "edge").kind == "gateway"


@pytest.mark.parametrize(
    ("spec", "name", "expected"),
    [
        ("ingressClassName: nginx", "exposed_to_internet", True),
        ("ingressClassName: nginx-internal", "exposed_to_internet", "unknown"),
        ("tls: [{hosts: [a]}]", "encryption_in_transit", True),
        ("rules: []", "encryption_in_transit", "unknown"),
    ],
)
def test_an_ingress_states_what_it_does(spec: str, name: str, expected: object) -> None:
    assert fact(manifests(other("Ingress", "edge", f"spec: {{{spec}}}")).components[0], name) == expected


def test_an_ingress_with_the_name_of_a_workload_is_a_component_of_its_own() -> None:
    backend = "spec: {defaultBackend: {service: {name: web}}}"
    fragment = manifests(workload(), service("web", "selector: {app: web}"), other("Ingress", "web", backend))
    assert flows(fragment) == {"web-ingress routes web"}


@pytest.mark.parametrize("kind", ["HTTPRoute", "GRPCRoute", "TCPRoute"])
def test_a_route_of_the_gateway_api_goes_from_its_gateway_to_its_backends(kind: str) -> None:
    route = "spec: {parentRefs: [{name: edge}, {kind: Service, name: web}], rules: [{backendRefs: [{name: web}]}]}"
    fragment = manifests(
        workload(),
        service("web", "selector: {app: web}"),
        other("Gateway", "edge", "spec: {}"),
        other(kind, "r", route),
    )
    assert flows(fragment) == {"edge routes web"}
    assert (named(fragment, "edge").kind, named(fragment, "edge").evidence[0].line) == ("gateway", 14)


def test_a_mesh_gives_timeouts_retries_and_breakers_to_the_flows_into_a_service() -> None:
    fragment = manifests(
        workload(container="env: [{name: DB_HOST, value: db}]"),
        DB,
        other(
            "VirtualService",
            "v",
            "spec: {http: [{route: [{destination: {host: db.shop}}], timeout: 1500ms, retries: {attempts: 2}}]}",
        ),
        other(
            "DestinationRule",
            "d",
            "spec: {host: db, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}}}",
        ),
    )
    assert {f.name: f.value for f in fragment.flows[0].facts} == {
        "timeout": 1.5,
        "retry": 2,
        "circuit_breaker": True,
    }


# --- namespaces


def placed(namespace: str, text: str) -> str:
    """Return the manifests with a namespace each."""
    return text.replace("metadata: {name", f"metadata: {{namespace: {namespace}, name")


def team(namespace: str, client: str, host: str = "cache") -> str:
    """Return a namespace with a client, a cache of its own and the settings that name the cache."""
    parts = (
        workload(name=client, container=f"env: [{{name: CACHE_HOST, value: {host}}}]"),
        workload(name="cache", image=f"redis:{len(namespace)}"),
        service("cache", "selector: {app: cache}"),
        other("PodDisruptionBudget", "cache", "spec: {selector: {matchLabels: {app: cache}}}")
        if client == "cart"
        else "",
    )
    return "---\n".join(placed(namespace, p) for p in parts if p)


def test_workloads_of_one_name_in_two_namespaces_are_two_and_each_client_means_its_own() -> None:
    fragment = manifests(team("shop", "cart"), team("billing", "invoices"))
    assert flows(fragment) == {"cart calls shop-cache", "invoices calls billing-cache"}
    assert [fact(named(fragment, f"{n}-cache"), "image") for n in ("shop", "billing")] == [
        "redis:4",
        "redis:7",
    ]
    assert fact(named(fragment, "shop-cache"), "pod_disruption_budget") is True
    assert fact(named(fragment, "billing-cache"), "pod_disruption_budget") == "unknown"


@pytest.mark.parametrize("ending", ["", ".svc", ".svc.cluster.local"])
def test_a_host_with_its_namespace_means_the_workload_there(ending: str) -> None:
    fragment = manifests(team("shop", "cart", f"cache.billing{ending}"), team("billing", "invoices"))
    assert flows(fragment) == {"cart calls billing-cache", "invoices calls billing-cache"}


def test_the_stages_of_one_system_are_one_workload() -> None:
    fragment = manifests(team("shop-staging", "cart"), team("shop-prod", "cart"))
    assert flows(fragment) == {"cart calls cache"}
    assert len(named(fragment, "cache").evidence) == 2


def test_a_config_map_of_the_own_namespace_comes_first() -> None:
    client = workload(container="envFrom: [{configMapRef: {name: urls}}]")
    fragment = manifests(
        placed("shop", client), DB,
        placed("shop", other("ConfigMap", "urls", "data: {DB_HOST: db}")),
        placed("billing", other("ConfigMap", "urls", "data: {DB_HOST: elsewhere}")),
    )  # fmt: skip
    assert flows(fragment) == {"web calls db"}


@pytest.mark.parametrize(
    ("upstream", "image", "nested"),
    [("127.0.0.1", "acme/till:1", 0), ("ledger", "acme/till:1", 1), ("127.0.0.1", "", 1)],
)
def test_a_proxy_beside_a_program_that_passes_on_to_it_alone_is_a_part_of_it(
    upstream: str, image: str, nested: int
) -> None:
    first = f"{{name: till, image: '{image}'}}, " if image else ""
    edge = "{name: edge, image: 'nginx:1.27', volumeMounts: [{name: site, mountPath: /etc/nginx/conf.d}]}"
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: till}\n"
        f"spec: {{template: {{spec: {{containers: [{first}{edge}], volumes: [{{name: site, configMap: {{name: site}}}}]}}}}}}\n"
    )
    site = f"data:\n  site.conf: |\n    server {{\n      location / {{ proxy_pass http://{upstream}:80; }}\n    }}"
    assert len(manifests(text, other("ConfigMap", "site", site)).nested) == nested


@pytest.mark.parametrize(
    ("secret", "container", "expected"),
    [
        ("stringData: {URL: 'postgresql://db/x'}", "envFrom: [{secretRef: {name: keys}}]", {"web calls db"}),
        ("data: {URL: cG9zdGdyZXNxbDovL2RiL3g=}", "envFrom: [{secretRef: {name: keys}}]", {"web calls db"}),
        (
            "data: {URL: cG9zdGdyZXNxbDovL2RiL3g=}",
            "env: [{name: DB_URL, valueFrom: {secretKeyRef: {name: keys, key: URL}}}]",
            {"web calls db"},
        ),
        ("data: {URL: '%%%'}", "envFrom: [{secretRef: {name: keys}}]", set()),
        (
            "data: {URL: cG9zdGdyZXNxbDovL2RiL3g=}",
            "env: [{name: DB_URL, valueFrom: {secretKeyRef: {name: keys, key: OTHER}}}]",
            set(),
        ),
    ],
)
def test_an_address_in_a_secret_counts_though_it_is_encoded(
    secret: str, container: str, expected: set[str]
) -> None:
    found = manifests(workload(container=container), other("Secret", "keys", secret), DB)
    assert flows(found) == expected
    assert "postgresql://" not in str([f.evidence for f in found.flows])


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("stringData: {DB_USER: shop, DB_NAME: shop}", "unknown"),
        ("data: {DB_USER: c2hvcA==}", "unknown"),
        ("data: {DB_PASSWORD: Y2hhbmdlbWU=}", "unknown"),
        ("stringData: {API_TOKEN: your-token-here}", "unknown"),
        ("stringData: {DB_USER: shop, DB_PASSWORD: k3y}", True),
        ("data: {htpasswd: c2hvcDp4}", True),
    ],
)
def test_who_logs_in_and_what_stands_for_a_secret_are_no_secrets(secret: str, expected: object) -> None:
    found = manifests(
        workload(container="envFrom: [{secretRef: {name: keys}}]"), other("Secret", "keys", secret)
    )
    assert fact(named(found, "web"), "secrets_in_plaintext") == expected


def test_a_setting_of_ones_own_shows_who_uses_what_a_shared_map_names() -> None:
    own = "envFrom: [{configMapRef: {name: all}}], env: [{name: CACHE_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}]"
    found = manifests(
        workload(container=own),
        other("ConfigMap", "all", "data: {CACHE_URL: 'redis://cache:6379', APP_URL: 'http://cache'}"),
        workload(name="cache", image="redis:7"),
    )
    (flow,) = found.flows
    assert [e.quote for e in flow.evidence][-1].startswith("template:") and len(flow.evidence) == 2


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/var/lib/postgresql/data", True), ("/var/lib/postgres", "denied"), ("/var/lib", True)],
)
def test_a_claim_that_is_mounted_beside_the_data_keeps_nothing(path: str, expected: object) -> None:
    pod = "volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]"
    mount = f"volumeMounts: [{{name: d, mountPath: {path}}}]"
    found = manifests(workload(pod=pod, container=mount, name="db", image="postgres:16"))
    assert fact(named(found, "db"), "persistent_volume") == expected


@pytest.mark.parametrize(
    ("name", "port", "kind"),
    [
        ("billing-agent", "port: 80", "service"),
        ("billing-agent", "name: metrics, port: 80", "worker"),
        ("billing-worker", "port: 80", "worker"),
    ],
)
def test_what_only_its_name_makes_a_worker_is_a_service_where_others_reach_it(
    name: str, port: str, kind: str
) -> None:
    found = manifests(workload(name=name), service("x", f"selector: {{app: {name}}}, ports: [{{{port}}}]"))
    assert named(found, name).kind == kind


def test_a_secret_in_a_command_is_told_and_not_shown() -> None:
    found = named(manifests(workload(container="args: [--requirepass, hunter2]", image="redis:7")), "web")
    assert fact(found, "secrets_in_plaintext") is True
    assert "hunter2" not in str(found)


def test_many_settings_out_of_one_secret_are_read_in_little_time() -> None:
    kept = other("Secret", "keys", "data: {" + ", ".join(f"K{n}: dGlsbHM=" for n in range(2_000)) + "}")
    env = ", ".join(
        f"{{name: K{n}, valueFrom: {{secretKeyRef: {{name: keys, key: K{n}}}}}}}" for n in range(2_000)
    )
    started = time.perf_counter()
    assert named(manifests(workload(container=f"env: [{env}]"), kept), "web").kind == "service"
    assert time.perf_counter() - started < 8
