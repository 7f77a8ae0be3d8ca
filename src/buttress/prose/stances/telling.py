"""What a sentence must contain, beside the phrase of a topic, to tell that the thing is really done.

A word like "alert", "worker" or "secret" names a topic long before it says anything; the words that belong to the practice
(who is paged, where the log goes, what is validated) tell a statement about it from a passing word.
"""

from __future__ import annotations

from buttress.prose.caseless import Caseless

_WORDS: dict[str, str] = {
    "alerting": r"page[sd]?\b|paging|pagerduty|opsgenie|alertmanager|alarm|engineer|team|slack|threshold|error rate|queue|metric|prometheus|grafana|latency|cpu\b|slo\b|burns?|runbook",
    "load-testing": r"\bload\b|stress|soak|spike|throughput|latency|response time|concurren|\bper (?:second|minute)\b|\b[rqt]ps\b|\busers\b.*\b\d|k6|locust|jmeter|gatling|vegeta|\bwrk\b|artillery|performance",
    "api-versioning": r"/v\d|\bv\d|version",
    "audit-logging": r"audit (?:log|trail|event|record|entr)|event journal|access record|audited",
    "authentication": r"authenticat|oauth|oidc|openid|jwt|token|sso\b|saml|api key|mtls|mutual tls|log(?:s|ged)? in|sign(?:ed|s)? in|session|identity|entra|keycloak",
    "authentication-jwt": r"jwt|json web token|signed token|jwks",
    "background-jobs": r"celery|background|queue|job|task|asynchron|broker|rq\b|dramatiq|sidekiq|cron",
    "backups": r"backed up|back(?:s|ing)? up|(?:daily|nightly|hourly|weekly|automat\w+|regular|continuous|encrypted|full|incremental) (?:\w+ )?(?:backup|dump|snapshot)|"
    r"backups? (?:is|are|run|go|every|to|with|taken|kept|retention|job)|takes? (?:\w+ )?backups|dump|snapshot|point[- ]in[- ]time|pitr|wal archiv|restore",
    "blue-green": r"roll(?:ed|s|ing)?[ -]?(?:out|update|deploy|release)|canary|blue[-/ ]green|staged|gradual|progressive|traffic|argo rollouts|dark launch|zero[- ]downtime",
    "rollback": r"roll(?:ed|s|ing)?[ -]?back|revert|previous (?:release|version|image)",
    "caching": r"\bcached\b|\bcaches\b|\bcache\b|caching|memcached|varnish|redis",
    "cache-invalidation": r"invalidat|expir|\bttl\b|evict|purg|refresh|surrogate",
    "input-validation": r"validat|saniti[sz]|escap|pydantic|schema",
    "rate-limiting": r"\blimit|throttl|quota|429|\d+ (?:requests|calls)|token bucket",
    "log-aggregation": r"ship|collect|forward|send|sent|gather|aggregat|kept|stored|go(?:es)? to|indexed|central|stream",
    "structured-logging": r"log",
    "metrics": r"scrap|collect|export|expos|monitor(?:s|ed)|measur|dashboard|emit|push|instrument|track(?:s|ed)|record|report|visuali",
    "monitoring": r"scrap|collect|export|expos|monitor(?:s|ed)|measur|dashboard|emit|push|instrument|track(?:s|ed)|record|report|visuali|watch",
    "tracing": r"opentelemetry|jaeger|zipkin|tempo\b|x-ray|traces? (?:are|go|is)|trace ?id|traced|tracing (?:is|with)|distributed tracing",
    "secrets-management": r"vault\b.*(?:secret|key|credential|password|certificate)|(?:secret|key|credential|password).*vault\b|secrets? (?:manager|store|management)|key vault|sealed secret|external secret|"
    r"parameter store|infisical|\bkms\b|kubernetes secret|doppler|\bsops\b|secret ?refs?|docker secret",
    "schema-migrations": r"migrat|alembic|flyway|liquibase|schema change",
    "testing": r"pipeline|\bci\b|merge|deploy|release|commit|pull request|build|\bevery\b|\beach\b|\bbefore\b|cover|github actions|gitlab",
    "integration-testing": r"pipeline|\bci\b|merge|deploy|release|commit|pull request|build|\bevery\b|\beach\b|\bbefore\b|cover|github actions|gitlab",
    "data-retention": r"retention (?:period|polic|of)|retained|delet|purg|\b(?:kept|stored) for|\bkeep(?:s)? \w+ (?:\w+ )?for|after \w+ (?:days|weeks|months|years)|clean",
    "privacy": r"personal|gdpr|hipaa|ccpa|\bpii\b|consent|privacy|anonymi[sz]|pseudonym|forgotten",
    "ci-cd": r"(?:pipeline|github actions?|gitlab|jenkins|travis|circleci|\bci\b|ci/cd|continuous).*(?:deploy|releas|publish|builds?\b|built|every|each|merge)|"
    r"(?:built|tested|deployed|released|published).*(?:pipeline|github actions?|gitlab|jenkins|travis|circleci|\bci\b)",
    "gitops": r"(?:deployed|applied|synced|reconciled|rolled out|managed).*(?:gitops|argo ?cd|flux)|(?:argo ?cd|flux|gitops).*\b(?:applies|syncs|reconciles|deploys (?!from))\b",
    "iac": r"(?:terraform|pulumi|cloudformation|cdk|ansible|opentofu|bicep|puppet|helm|kustomize)\b.*\b(?:creates?|manages?|describes?|provisions?|defines?|installs?|configures?)\b|"
    r"(?:created|managed|described|provisioned|defined|deployed|configured|set up|kept|installed)\b.*(?:terraform|pulumi|cloudformation|cdk|ansible|opentofu|bicep|puppet|helm|kustomize)|infrastructure[- ]as[- ]code",
    "error-tracking": r"(?:sends?|sent|reports?|reported|captured|collected|tracked|grouped|goes|go)\b.*(?:sentry|rollbar|bugsnag|airbrake|errbit|honeybadger|glitchtip|error track)|"
    r"(?:sentry|rollbar|bugsnag|airbrake|errbit|honeybadger|glitchtip)\s+(?:collects|captures|tracks|groups|receives)|error tracking (?:via|with|is)",
    "authorization": r"permission|\broles?\b|rbac|abac|\bacls?\b|access control|polic|scopes?\b|may (?:do|see|read)|privileg|owner|allowed to|authori[sz]ation (?:is|are|checks?|rules?)|authori[sz](?:es|ed)",
    "slo": r"\d",
    "multi-az": r"several|multiple|two|three|across|spread|both|different|multi-?az|all (?:\w+ )?(?:availability )?zones|\d",
    "high-availability": r"replica|instance|node|redundan|standby|failover|cluster|highly available|single point|active|zones?",
}  # fmt: skip
_TELLING = {topic: Caseless(pattern) for topic, pattern in _WORDS.items()}


_NOT_TELLING = {
    "schema-migrations": Caseless(r"\bmanual(?:ly)?\b|\bby hand\b"),
    "authentication": Caseless(
        r"\b(?:user(?:name)?|credentials?|password) (?:is|are)\b|\bguests?\b|default (?:login|password|user)|unauthenticated",
    ),
    "data-retention": Caseless(
        r"\b(?:repository|logs?|traces?|metrics?|dumps?|backups?|snapshots?|messages?|cookies?|tokens?|sessions?|cache[sd]?)\b",
    ),
    "secrets-management": Caseless(
        r"^(?!.*\b(?:vault|(?:secrets?|parameter) (?:manager|store)|kms|sops|sealed|kubernetes secrets?|docker secrets?|doppler|infisical)\b).*(?:\benvironment variables?\b|\.env\b)"
    ),
    "privacy": Caseless(r"\bby hand\b|\bmanual"),
    "input-validation": Caseless(r"\bsettings\b|\bconfig"),
    "graceful-degradation": Caseless(r"\bsettings\b|\bconfig|\benvironment variable|\bdefaults?\b|sqlite"),
    "caching": Caseless(r"\bbrowser\b.*\bcache\b|\bclear (?:the|your) cache"),
}


# A phrase that names who or what, and no practice: "owner: the on-call operator".
_OF_PHRASE = (
    (
        "alerting",
        Caseless(r"on-?call|on call"),
        Caseless(r"pag(?:e[sd]?|ing|er)\b|pagerduty|opsgenie|alert|alarm|notif|wok|wak(?:e|es|ing)\b|rotation|rota\b|roster|phone|escalat|call(?:s|ed)\b|\brung?\b|rings?\b|24/7|around the clock"),
    ),
)  # fmt: skip


def is_telling(topic: str, text: str, word: str = "") -> bool:
    """Return whether a sentence has the words that a statement about the topic needs; True for topics that need none.

    `word` is the phrase of the topic that stands in it.

    >>> is_telling("alerting", "The on-call engineer runs the drill.", "on-call"), is_telling("alerting", "On-call engineers are paged.", "on-call")
    (False, True)
    >>> is_telling("alerting", "Alerts on errors are shown."), is_telling("alerting", "Alerts page the team on call.")
    (False, True)
    """
    pattern = _TELLING.get(topic)
    against = _NOT_TELLING.get(topic)
    if against is not None and against.search(text):
        return False
    for of, phrase, needed in _OF_PHRASE:
        if of == topic and phrase.fullmatch(word) and not needed.search(text):
            return False
    return pattern is None or bool(pattern.search(text))
