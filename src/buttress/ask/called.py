"""The words of questions: those that only ask, and what people call kinds of parts, facts and classes of data."""

from __future__ import annotations

from buttress.model.kinds import DATABASES, MESSAGING, STORES

# Words that ask; alone they are never the name of a part, whatever a part is called.
ASKING = frozenset(
    """
        a all an and any are be been by can could data depend depends do does down each every fail fails for from get gets go
        goes had happen happens has have how i if in into is it its kind know list lose many most much must my need needs no
        not of off on one or our out over own owns run runs send sends service services should show single so some something
        stop stops store stored stores system take talk team than that the their there these they this to under up use used
        uses using want was we were what when where which who whom whose why will with without work works would write writes
    """.split()
)
# What runs, by other words: what is asked of "the pods" is asked of services of every kind.
RUNNING = frozenset("containers pods deployments workloads".split())
FAMILIES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset(("database", "databases", "db", "dbs")), DATABASES),
    (frozenset(("store", "stores", "data store", "data stores", "datastore", "datastores", "storage")), STORES),
    (frozenset(("queue", "queues", "broker", "brokers", "message queue", "message queues", "message broker",
                "message brokers", "event bus", "message bus", "service bus", "bus")), MESSAGING),
    (frozenset(("cron", "crons", "cron job", "cron jobs", "cron stuff", "scheduled job", "scheduled jobs", "scheduled task", "scheduled tasks",
                "scheduled things", "periodic jobs", "periodic tasks", "nightly jobs")), frozenset(("scheduler",))),
    (frozenset(("third party", "third parties", "external service", "external services", "external system",
                "external systems", "vendor", "vendors", "external dependency", "external dependencies")),
     frozenset(("external_service",))),
)  # fmt: skip
UNASKED = frozenset(
    "status url rate payload profile language responsibility api_version exposed_to_internet data_classes owner planned".split()
)
# What is counted in code has labels like "Dependencies" or "Databases", which ask for something else in a question.
COUNTED = frozenset(("integer", "number", "list", "text"))
# Names of facts that are also words of other subjects ("API versioning").
WIDE = frozenset("version image port region schedule metrics".split())
# What people call a fact beside its label; the words are stemmed when they are compared.
CALLED: dict[str, str] = {
    "replicas": "replica; instance; how many pod; number of pod; second pod; more pod; how many copy; number of copy; second copy; more copy",
    "timeout": "timeout; time out; time limit; deadline; wait",
    "retry": "retry; retries; retrying",
    "circuit_breaker": "circuit breaker; breaker",
    "fallback": "fallback; fall back",
    "dead_letter_queue": "dead letter queue; dead letter; dlq",
    "idempotent": "idempotent; idempotency; idempotence",
    "backup": "backup; backed up; back up",
    "encryption_in_transit": "encryption in transit; encrypted in transit; encrypted; encryption; tls; https; ssl",
    "encryption_at_rest": "encryption at rest; encrypted at rest; encrypted on disk",
    "authentication": "authentication; authenticated; authenticate; log in; logged in; login; auth",
    "authorization": "authorization; authorized; permission",
    "rate_limit": "rate limit; rate limiting; throttle; throttled",
    "health_check": "health check; healthcheck; health endpoint; health probe; probe",
    "liveness_probe": "liveness probe; liveness",
    "readiness": "readiness probe; readiness",
    "port": "port",
    "published_ports": "port; published port; open port; port open",
    "version": "version",
    "non_root": "root; non root",
    "image": "image",
    "region": "region",
    "connection_pool": "connection pool; pool size; pool; pooling",
    "ttl": "ttl; time to live; expiry; expire",
    "retention": "retention; retained",
    "autoscaling": "autoscaling; autoscaled; autoscale; scale automatically",
    "multi_zone": "several zones; multi az; availability zone; multi zone",
    "schedule": "schedule; how often",
    "slo": "slo; service level objective; sla",
    "outbox": "outbox",
    "secrets_in_plaintext": "plaintext secret; secret in plain text; hard coded password; plaintext password",
    "secrets_by_default": "default password; default secret; default credential; default key",
    "resource_limits": "resource limit; memory limit; cpu limit; limit on memory; limit on cpu; limit of memory",
    "graceful_shutdown": "graceful shutdown; drain; draining",
    "image_tag_pinned": "pinned; pin; unpinned; floating tag; latest tag; tagged",
    "log_retention": "log retention; logs kept; log kept; keep log; keep the log",
    "batch_size": "batch size",
    "tracing": "tracing; trace; distributed tracing",
    "metrics": "metric; metrics",
    "structured_logs": "structured log; structured logging; json log",
    "language": "programming language; language",
    "engine_socket": "docker socket; docker.sock; docker sock; engine socket; container socket; docker daemon; docker engine; container engine",
    "privileged": "privileged",
    "read_only_root": "read only filesystem; read only root; read only file system",
    "pod_disruption_budget": "pdb; disruption budget; pod disruption budget",
    "persistent": "persistent; persisted; durable",
    "persistent_volume": "persistent volume; no volume; a volume; without volume",
    "startup_order": "startup order; start order; boot order; order of start; start sequence; boot sequence",
    "instance_class": "instance class; instance type; instance size; machine type; vm size",
    "debug_mode": "debug mode; debug",
    "rpo": "rpo; recovery point objective; data loss; data can we lose",
    "rto": "rto; recovery time objective; time to recover; are we down; be down",
    "partitions": "how many partition; number of partition; partition count",
    "mfa": "mfa; 2fa; second factor; two factor; multi factor",
}  # fmt: skip
DATA: dict[str, str] = {
    "personal": "personal; pii; personally identifiable; gdpr; customer data; user data; e-mail address; email address; address",
    "payment": "payment data; card number; card data; card; pan; cardholder; credit card",
    "credential": "credential; password; login data",
    "health": "health data; medical; patient data; phi",
    "financial": "financial data; bank account; invoice data",
    "location": "location data; gps; position data",
}
# What engineers write for products where they needn't be understood by strangers.
SHORT: dict[str, str] = {
    "es": "elasticsearch",
    "psql": "postgresql",
    "pgsql": "postgresql",
    "rmq": "rabbitmq",
    "prom": "prometheus",
    "alertmgr": "alertmanager",
    "dynamo": "dynamodb",
    "cass": "cassandra",
    "zk": "zookeeper",
    "graf": "grafana",
    "ch": "clickhouse",
}
