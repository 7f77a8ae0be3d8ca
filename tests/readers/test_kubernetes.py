"""The Kubernetes reader: workloads with what belongs to them, what they talk to, and what they leave out."""

from __future__ import annotations

import pytest
from tests.readers.fragments import fact, is_taken, manifests, service, workload

from buttress.model import Source

# --- what it takes


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        (Source("a.yaml", "apiVersion: v1\nkind: Pod\n"), True),
        (Source("a.yml", "# x\n---\nkind: Pod\napiVersion: v1\n"), True),
        (Source("<stdin>", "apiVersion: v1\nkind: Pod\n"), True),
        (Source("<stdin>", "# Doc\n```yaml\napiVersion: v1\nkind: Pod\n```\n"), False),
        (Source("a.md", "apiVersion: v1\nkind: Pod\n", language="yaml"), True),
        (Source("a.md", "apiVersion: v1\nkind: Pod\n", language="python"), False),
        (Source("Chart.yaml", "apiVersion: v2\nname: shop\n"), False),
        (Source("kustomization.yaml", "resources: [a.yaml]\n"), True),
        (Source("values.yaml", "kind: Pod\n"), False),
        (Source("a.yaml", "# x\n\n  apiVersion: v1\n  kind: Pod\n"), True),
        (Source("a.yaml", " kind: Pod\n metadata: {name: a}\n apiVersion: v1\n"), True),
        (Source("tasks.yaml", "- k8s:\n    apiVersion: v1\n    kind: Pod\n"), False),
    ],
)
def test_it_takes_what_has_an_api_version_and_a_kind(source: Source, taken: bool) -> None:
    assert is_taken("kubernetes", source) is taken


# --- facts of one workload


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (workload(), "replicas", 1),
        (workload("replicas: 3"), "replicas", 3),
        (workload(kind="DaemonSet"), "replicas", "unknown"),
        (workload(kind="Job"), "replicas", "unknown"),
        (workload(), "readiness", "denied"),
        (workload(container="readinessProbe: {exec: {command: [x]}}"), "readiness", True),
        (workload(kind="CronJob"), "readiness", "unknown"),
        (workload(), "liveness_probe", "denied"),
        (workload(container="livenessProbe: {exec: {command: [x]}}"), "liveness_probe", True),
        (workload(), "startup_probe", "unknown"),
        (workload(container="startupProbe: {exec: {command: [x]}}"), "startup_probe", True),
        (workload(container="command: [sh, -c, 'alembic upgrade head && ./web']"), "migrations", "Alembic"),
        (workload(pod="initContainers: [{command: [rails, 'db:migrate']}]"), "migrations", "Rails"),
        (workload(pod="initContainers: [{command: [celery, worker]}]"), "task_process", "unknown"),
        (workload(), "resource_limits", "denied"),
        (
            workload(container="resources: {limits: {cpu: 1, memory: 1Gi}}"),
            "resource_limits",
            "cpu 1, memory 1Gi",
        ),
        (workload(container="resources: {requests: {cpu: 1}}"), "resource_limits", "denied"),
        (workload(container="resources: {requests: {cpu: 1}}"), "resource_requests", "cpu 1"),
        (workload(), "non_root", "denied"),
        (workload(pod="securityContext: {runAsNonRoot: true}"), "non_root", True),
        (workload(pod="securityContext: {runAsUser: 1000}"), "non_root", True),
        (workload(container="securityContext: {runAsUser: 0}"), "non_root", "denied"),
        (workload(container="securityContext: {readOnlyRootFilesystem: true}"), "read_only_root", True),
        (workload(container="securityContext: {readOnlyRootFilesystem: false}"), "read_only_root", "denied"),
        (workload(container="securityContext: {privileged: true}"), "privileged", True),
        (workload(container="securityContext: {privileged: false}"), "privileged", "unknown"),
        (
            workload(container="securityContext: {allowPrivilegeEscalation: false}"),
            "privilege_escalation",
            "denied",
        ),
        (workload(pod="hostNetwork: true"), "host_network", True),
        (workload(pod="terminationGracePeriodSeconds: 60"), "graceful_shutdown", True),
        (workload(pod="terminationGracePeriodSeconds: 5"), "graceful_shutdown", "unknown"),
        (workload(container="lifecycle: {preStop: {exec: {command: [x]}}}"), "graceful_shutdown", True),
        (workload(pod="affinity: {podAntiAffinity: {x: y}}"), "topology_spread", True),
        (workload(pod="affinity: {nodeAffinity: {x: y}}"), "topology_spread", "unknown"),
        (workload("strategy: {type: RollingUpdate}"), "rolling_update", True),
        (workload("strategy: {type: Recreate}"), "rolling_update", "denied"),
        (workload("schedule: '0 * * * *'", kind="CronJob"), "schedule", "0 * * * *"),
        (workload(image="acme/web"), "image_tag_pinned", "denied"),
        (workload(image="acme/web@sha256:abc"), "image_tag_pinned", True),
        (workload(), "persistent_volume", "unknown"),
        (workload(image="postgres:16"), "persistent_volume", "denied"),
        (
            workload(image="postgres:16", pod="volumes: [{name: d, emptyDir: {}}]"),
            "persistent_volume",
            "denied",
        ),
        (
            workload(image="postgres:16", pod="volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]"),
            "persistent_volume",
            True,
        ),
        (
            workload("volumeClaimTemplates: [{metadata: {name: d}}]", kind="StatefulSet"),
            "persistent_volume",
            True,
        ),
        (
            workload("volumeClaimTemplates: []", kind="StatefulSet", image="mysql:8"),
            "persistent_volume",
            "denied",
        ),
        (workload(container="env: [{name: API_KEY, value: abcdef}]"), "secrets_in_plaintext", True),
        (workload(container="env: [{name: API_KEY, value: $(OTHER)}]"), "secrets_in_plaintext", "unknown"),
    ],
)
def test_a_workload_states_denies_or_leaves_open(text: str, name: str, expected: object) -> None:
    assert fact(manifests(text).components[0], name) == expected


@pytest.mark.parametrize(
    ("kind", "image", "expected"),
    [
        ("Deployment", "acme/web:1", "service"),
        ("StatefulSet", "postgres:16", "relational_db"),
        ("DaemonSet", "fluent/fluentd:v1", "monitoring"),
        ("Job", "acme/web:1", "worker"),
        ("CronJob", "acme/web:1", "worker"),
        ("ReplicaSet", "redis:7", "cache"),
    ],
)
def test_the_image_decides_what_a_workload_is_and_a_job_is_a_worker(
    kind: str, image: str, expected: str
) -> None:
    assert manifests(workload(kind=kind, image=image)).components[0].kind == expected


def test_a_bare_pod_is_a_workload_with_one_replica() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: cache}\nspec: {containers: [{image: 'redis:7'}]}\n"
    (pod,) = manifests(text).components
    assert (pod.kind, fact(pod, "replicas")) == ("cache", 1)


def test_every_document_and_every_item_of_a_list_is_read() -> None:
    listed = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec: {containers: [{image: x}]}\n"
    assert {c.id for c in manifests(listed, "# nothing\n", workload()).components} == {"a", "web"}


def test_a_namespace_is_a_boundary_with_the_line_that_names_it() -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec: {template: {spec: {containers: []}}}\n"
    fragment = manifests(text)
    assert [(b.id, b.kind, b.evidence[0].line) for b in fragment.boundaries] == [
        ("namespace-shop", "namespace", 5)
    ]
    assert fragment.components[0].boundaries == ("namespace-shop",)


# --- overlays, templates and what is wrong


def test_an_overlay_adds_to_the_workload_of_its_name() -> None:
    overlay = workload("replicas: 4", container="readinessProbe: {exec: {command: [x]}}").replace(
        "image: 'acme/web:1', ", ""
    )
    (web,) = manifests(overlay, workload()).components
    assert (fact(web, "replicas"), fact(web, "readiness"), fact(web, "image")) == (4, True, "acme/web:1")
    assert len(web.evidence) == 2


def test_a_patch_without_a_pod_template_counts_too() -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4}\n"
    assert fact(manifests(workload(), patch).components[0], "replicas") == 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n", 4),
        ("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}-web\n", 4),
        ("{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n", 1),
        ('apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    {{- include "x" . | nindent 4 }}\n', 5),
    ],
)
def test_a_helm_template_gives_one_diagnostic_that_says_what_to_do(text: str, line: int) -> None:
    fragment = manifests(text)
    (diagnostic,) = fragment.diagnostics
    assert "render it first (helm template" in diagnostic.reason
    assert diagnostic.line == line
    assert fragment.components == ()


def test_braces_within_a_quoted_value_make_no_template() -> None:
    fragment = manifests(workload(container="env: [{name: A, value: 'x {{ y }}'}]"))
    assert [c.id for c in fragment.components] == ["web"]
    assert fragment.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("apiVersion: apps/v1\nkind: Deployment\nspec: {}\n", 8, "Deployment without metadata.name"),
        ("apiVersion: v1\nkind: Pod\nmetadata: a: b\n", 10, "not valid YAML"),
        ("- apiVersion: v1\n  kind: Pod\n", 8, "expected a mapping of keys to values, found a list"),
    ],
)
def test_a_wrong_document_is_told_with_its_line_and_the_others_are_read(
    text: str, line: int, told: str
) -> None:
    fragment = manifests(workload(), text)
    assert [c.id for c in fragment.components] == ["web"]
    (diagnostic,) = fragment.diagnostics
    assert told in diagnostic.reason
    assert diagnostic.line == line


def test_a_kustomization_is_no_component() -> None:
    assert (
        manifests(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: x}\n"
        ).components
        == ()
    )


def test_a_service_of_the_cluster_that_no_manifest_describes_is_a_part_of_its_own() -> None:
    env = "env: [{name: BROKERS, value: 'kafka.events.svc.cluster.local:9092'}, {name: DB_HOST, value: till.a1.eu-west-1.rds.amazonaws.com},"
    env += " {name: ZIPKIN_HOST, value: zipkin.watch.svc.cluster.local}]"
    made = manifests(workload(container=env))
    assert {(c.name, c.kind) for c in made.components[1:]} == {
        ("kafka", "stream"),
        ("till.a1.eu-west-1.rds.amazonaws.com", "relational_db"),
    }
    assert {f.target for f in made.flows} == {c.id for c in made.components[1:]}


def test_an_address_in_a_script_makes_a_flow_with_its_line() -> None:
    script = (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: digest}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
        "          containers:\n            - name: digest\n              image: acme/curl:8\n              command:\n                - sh\n"
        "                - -c\n                - |\n                  set -e\n                  curl -sf http://web:80/digest\n---\n"
    )
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n"
    (found,) = manifests(script + service).flows
    assert (found.source, found.target) == ("digest", "web")
    assert [(e.line, e.quote) for e in found.evidence] == [(17, "curl -sf http://web:80/digest")]


_TILLS = (
    "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: tills, namespace: shop}\nspec:\n  instances: 2\n"
    "  imageName: acme/postgresql:13.4\n  storage: {size: 4Gi}\n"
)


@pytest.mark.parametrize(
    ("env", "calls"),
    [
        ("{name: DB, value: 'postgresql://tills-rw:5432/x'}", True),
        ("{name: DB, valueFrom: {secretKeyRef: {name: tills-app, key: uri}}}", True),
        ("{name: DB_HOST, value: tills-rw.shop.svc}", True),
        ("{name: DB, valueFrom: {secretKeyRef: {name: tills, key: uri}}}", False),
    ],
)
def test_a_database_that_an_operator_runs_is_a_part_that_others_reach_by_name_or_by_its_login(
    env: str, calls: bool
) -> None:
    made = manifests(workload(container=f"env: [{env}]") + "\n---\n" + _TILLS)
    store = next(c for c in made.components if c.id == "tills")
    assert (store.kind, store.technology) == ("relational_db", "postgresql")
    assert {f.name: f.value for f in store.facts if f.name != "support_ended"} == {
        "replicas": 2,
        "failover": True,
        "persistent_volume": True,
    }
    assert store.fact("support_ended") is not None
    assert [(f.source, f.target) for f in made.flows] == [("web", "tills")] * calls


def test_a_job_with_the_image_of_a_store_works_on_one_and_copies_it() -> None:
    dump = (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [\n"
        "  {name: dump, image: 'postgres:17', command: [sh, -c, 'pg_dump -h tills-svc.shop.svc x > /mnt/x.sql'],\n"
        "  env: [{name: PGHOST, value: tills-svc.shop.svc}]}]}}}}}\n"
    )
    made = manifests(dump)
    job, store = made.components
    assert (job.kind, job.technology, job.fact("saves_stores") is not None) == ("worker", None, True)
    assert [(f.source, f.target) for f in made.flows] == [(job.id, store.id)]


@pytest.mark.parametrize("name", ["redis-svc", "redis-headless", "redis-master"])
def test_the_name_of_a_service_elsewhere_tells_what_it_is(name: str) -> None:
    made = manifests(workload(container=f"env: [{{name: KEEP, value: 'redis://{name}.far.svc:6379'}}]"))
    assert [(c.name, c.technology) for c in made.components[1:]] == [(name, "redis")]


@pytest.mark.parametrize(
    ("spec", "container", "apart"),
    [
        ("replicas: 3", "", 3),
        ("replicas: 1", "", None),
        ("replicas: 3", "args: [--appendonly, 'yes']", 3),
        ("replicas: 3", "args: [--replicaof, web-0, '6379']", None),
        ("replicas: 3", "command: [redis-server, /etc/redis/redis.conf]", None),
        ("replicas: 3", "env: [{name: SENTINEL_HOST, value: x}]", None),
    ],
)
def test_copies_of_a_store_are_apart_where_nothing_tells_one_of_the_others(
    spec: str, container: str, apart: int | None
) -> None:
    text = workload(spec, container=container).replace("acme/web:1", "redis:8")
    found = manifests(text).components[0].fact("copies_apart")
    assert (found.value if found is not None else None) == apart


def test_a_store_that_no_manifest_describes_is_known_by_its_address() -> None:
    env = "env: [{name: BROKER, value: 'amqp://u:$(PW)@tickets:5672'}, {name: REDIS_HOST, value: quick}, {name: NAME, value: redis}]"
    made = manifests(workload(container=env))
    assert {(c.name, c.technology) for c in made.components[1:]} == {
        ("tickets", "rabbitmq"),
        ("quick", "redis"),
    }
    assert {f.target for f in made.flows} == {"tickets", "quick"}


@pytest.mark.parametrize(
    "line",
    [
        "pg_dump postgresql://shop:grebe77@quick:5432/shop",
        "LANG=C PGPASSWORD=grebe77 pg_dump -h quick:5432 shop",
        "mysqldump --host=quick:3306 --password=grebe77 shop",
        "mysqldump -pgrebe77 --host=quick:3306 shop",
    ],
)
def test_a_secret_in_a_script_of_a_container_is_never_quoted(line: str) -> None:
    made = manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: copy}\nspec:\n  containers:\n    - image: acme/copy:1\n"
        f"      command:\n        - sh\n        - -c\n        - |\n          set -e\n          {line}\n"
        "---\n" + workload(name="quick") + "---\n" + service("quick", "selector: {app: quick}")
    )
    assert [f.target for f in made.flows] == ["quick"] and "grebe77" not in repr(made.flows + made.components)


@pytest.mark.parametrize(
    ("env", "there"),
    [
        ("{name: REDIS_URL, valueFrom: {secretKeyRef: {name: web, key: a}}}", {"web", "redis"}),
        ("{name: REDIS_URL, valueFrom: {secretKeyRef: {name: web, key: a, optional: true}}}", {"web"}),
        ("{name: REDIS_TTL, valueFrom: {secretKeyRef: {name: web, key: a}}}", {"web"}),
        (
            "{name: REDIS_URL, value: 'redis://quick'}, {name: VALKEY_URL, valueFrom: {secretKeyRef: {name: web, key: a}}}",
            {"web", "quick"},
        ),
    ],
    ids=["an address", "one that may be missing", "no address", "one of the kind is known"],
)
def test_a_store_whose_address_a_secret_keeps_is_known_by_its_technology(env: str, there: set[str]) -> None:
    assert {c.id for c in manifests(workload(container=f"env: [{env}]")).components} == there
