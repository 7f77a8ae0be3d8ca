"""Words for the roles that components play, and the role that a name says."""

from __future__ import annotations

import re
from functools import cache

MAX_PHRASE = 4

# Words for roles, the head noun last. The longest phrase that ends a name decides.
_ROLES: dict[str, str] = {
    "actor": (
        "user; users; administrators; sysadmin; sysadmins; visitors; shoppers; buyers; sellers; "
        "analysts; guests; patients; students; riders; end user; customer; customers; client; clients; admin; admins; administrator; "
        "developer; developers; operator; operators; visitor; visitors; shopper; buyer; seller; "
        "merchant; person; people; human; browser; web browser; browsers; engineer; engineers; "
        "analyst; employee; employees; staff; internet; api client; mobile client; web client; mobile "
        "clients; web clients; client app; client apps; device; devices; iot devices; subscriber; "
        "guest; member; members; reader; readers; patient; student; driver; drivers; rider; riders; "
        "caller; third party client; cli; public internet; mobile device; phone; consumer app; api "
        "consumer; api consumers"
    ),
    "web_frontend": (
        "frontend; fe; front end; web frontend; web app; webapp; web application; website; web site; spa; "
        "ui; web ui; user interface; single page app; single page application; mobile app; mobile "
        "application; ios app; android app; ios; android; admin panel; admin ui; admin console; "
        "portal; web portal; dashboard; storefront; pwa; static site; landing page; console; docs; "
        "documentation; docs site; documentation site; web client app; react app; mobile apps; "
        "desktop app"
    ),
    "gateway": (
        "gateway; api gateway; gateway service; gateway server; proxy; reverse proxy; ingress; ingress controller; router; edge; edge "
        "proxy; edge server; edge service; route; bff; backend for frontend; waf; firewall; web application firewall; service "
        "mesh; nat gateway; api gw; apigw; vpn; vpn gateway; edge router; edge gateway; api "
        "management; image proxy; forward proxy; sidecar proxy"
    ),
    "load_balancer": (
        "load balancer; loadbalancer; lb; alb; nlb; elb; balancer; application load balancer; slb; "
        "glb; network load balancer; global load balancer; load balancers; traffic manager"
    ),
    "worker": (
        "worker; workers; consumer; consumers; processor; job; jobs; background job; background jobs; "
        "batch job; background worker; crawler; indexer; ingester; ingestor; task worker; task "
        "runner; task; subscriber service; stream processor; etl; etl job; pipeline; event handler; "
        "importer; exporter; relay; outbox relay; lambda; function; daemon; agent; handler; poller; "
        "uploader; reducer; mapper; batch; queue master; queue manager; queue controller; backup job; "
        "db backup; db dump"
    ),
    "scheduler": (
        "scheduler; cron; cron job; cronjob; cron jobs; beat; timer; job scheduler; task scheduler; "
        "orchestrator; workflow engine; cronjobs"
    ),
    "data_store": (
        "database; databases; db; dbs; database server; database servers; db server; db servers; data store; datastore; storage; store; persistence; primary "
        "db; replica db; read replica; read replicas; write db; read db; data warehouse; ledger; data "
        "lake; volume; disk; tsdb; backup; backups; time series database; graph "
        "database; graph db; event store; feature store; shard; shards; nfs; file system; filesystem; "
        "warehouse db; vector store; vector db; vector database"
    ),
    "relational_db": (
        "sql database; relational database; sql db; rdbms; sql; relational db; sql write master; sql "
        "read replicas; sql write master slave"
    ),
    "document_db": "document database; document db; document store; nosql; nosql database; nosql db",
    "key_value_db": "key value store; kv store; key value database; wide column store; session store",
    "search_index": (
        "search index; search engine; search cluster; full text index; index; indices; inverted "
        "index; reverse index; reverse index service"
    ),
    "object_store": (
        "object store; object storage; bucket; blob storage; blob store; file storage; file store; "
        "blobs; buckets; media storage; storage bucket; artifact store; object storage service; object store "
        "service; blob storage service"
    ),
    "cache": (
        "cache; caches; cache server; cache servers; in memory cache; distributed cache; memory cache; cache cluster; session "
        "cache; caching layer"
    ),
    "message_broker": (
        "queue; queues; amqp server; amqp servers; mqtt server; message server; topic; topics; message queue; message broker; broker; event bus; bus; message "
        "bus; task queue; job queue; mq; exchange; dlq; dead letter queue; pub sub; pubsub; events; "
        "channel; service bus; messaging; event queue; work queue; event broker; pub sub topic; event "
        "grid; queuing platform; queueing platform; queuing system; queueing system; "
        "sns topic; retry topic; retry queue; events retry; events dlt; dlt; dead letter topic"
    ),
    "stream": (
        "stream; streams; event stream; event log; commit log; log stream; data stream; event "
        "streaming; kafka topic; kafka topics; change stream; cdc stream"
    ),
    "cdn": "cdn; content delivery network; edge cache",
    "dns": "dns; dns server; dns servers; name server; name servers",
    "identity_provider": (
        "idp; identity provider; sso; identity server; authorization server; auth server; auth service; "
        "authentication server; authentication service; authorization service; ldap; "
        "active directory; identity; oauth server; oidc provider; oauth provider; identity platform; "
        "iam"
    ),
    "service_registry": (
        "service registry; discovery server; service discovery; registry server; discovery service"
    ),
    "config_server": (
        "config server; configuration server; config service; configuration service; feature flags; "
        "feature flag service; configmap"
    ),
    "secret_store": (
        "secret store; secrets store; secrets; secret manager; secrets manager; vault; key vault; kms; hsm"
    ),
    "monitoring": (
        "monitoring; metrics; logs; logging; alerting; alerts; observability; telemetry; log "
        "aggregator; log collector; metrics store; tracing; collector; metrics server; error "
        "tracking; log server; log storage; apm; monitoring system; metrics database; siem; "
        "monitoring service; logging service; alert manager"
    ),
    "external_service": (
        "external service; external api; third party api; third party service; payment provider; "
        "payment processor; payment gateway; email provider; sms provider; partner api; external "
        "system; saas; 3rd party api; third party; third party system; partner system; external "
        "provider; bank; acquirer; card network; email service provider"
    ),
    "compute_host": (
        "vm; virtual machine; host; kubernetes cluster; k8s cluster; kubernetes; bare metal; ec2 instance; bastion; bastion host; "
        "jump host; jump box; jumpbox; container orchestrator; "
        "container orchestrator system; container orchestration system; container orchestration platform"
    ),
    "library_or_module": (
        "library; sdk; module; package; plugin; client library; network driver; networking driver; storage driver; volume driver; "
        "compute driver; device driver; database driver; db driver"
    ),
    "other": (
        "repository; repo; git repository; config; configs; chart; template; script; migrations; ci; "
        "ci cd; app config; container registry; image registry; docker registry; registry; pipeline "
        "repo; source code; source; gitops repo"
    ),
    "service": (
        "service; services; microservice; microservices; api; apis; backend; back end; server; "
        "servers; app; application; web server; web servers; app server; application server; rest "
        "api; backend api; api server; web service; web; svc; engine; system; platform; bot; manager; "
        "controller; graphql api; payment gateway service; model server; inference; process; processes; main process; program"
    ),
}

# Words behind a head noun that leave the role as it is.
_NEUTRAL = frozenset(
    """
        cluster clusters instance instances primary secondary replica replicas layer tier pool pools node
        nodes group groups set fleet farm component components container containers pod pods deployment prod
        production staging main shared master slave standby active passive leader follower v1 v2 mvp
        external internal ext dbaas
    """.split()
)
_WORD = re.compile(r"[A-Za-z0-9]+")
_QUALIFIER = re.compile(
    r"\b(?:for|of|in|on|with|from|by|via|per|to|at|and|incl)\b|[:(,/+]|\s[-–—·|]\s", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def role_of(text: str) -> str | None:
    """Return the kind that the words of a name say, None when they say none.

    >>> role_of("Orders API gateway"), role_of("Kafka consumer"), role_of("User service"), role_of("Orders")
    ('gateway', 'worker', 'service', None)
    """
    head = _QUALIFIER.split(text, maxsplit=1)[0]
    for part in (head, text):
        words = _words(part)
        while words:
            for length in range(min(MAX_PHRASE, len(words)), 0, -1):
                kind = role_phrases().get(" ".join(words[-length:]))
                if kind:
                    return kind
            if words[-1] not in _NEUTRAL:
                break
            words.pop()
    return None


def _words(text: str) -> list[str]:
    parts = [w for token in _WORD.findall(text) for w in _CAMEL.split(token) if w]
    while len(parts) > 1 and (parts[-1].isdigit() or (len(parts[-1]) == 1 and parts[-1].isalpha())):
        parts.pop()
    return [w.lower() for w in parts]


@cache
def role_phrases() -> dict[str, str]:
    """Return every phrase that says a role, in lower case, with its kind.

    >>> role_phrases()["message queue"]
    'message_broker'
    """
    out: dict[str, str] = {}
    for kind, words in _ROLES.items():
        for word in words.split(";"):
            out.setdefault(word.strip(), kind)
    return out
