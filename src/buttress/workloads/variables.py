"""What the names of settings say of a service or a store: limits, a login, who is told of errors, a login turned off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from buttress.model import Evidence, Fact

_OPEN = re.compile(
    r"(?:\w*ALLOW_EMPTY_(?:ROOT_)?PASSWORD|ALLOW_ANONYMOUS_LOGIN|DISABLE_SECURITY_PLUGIN|plugins\.security\.disabled"
    r"|AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED)=(?:yes|true|1|on)"
    r"|POSTGRES_HOST_AUTH_METHOD=trust|xpack\.security\.enabled=false|NEO4J_AUTH=none|NACOS_AUTH_ENABLE=(?:false|0)",
    re.IGNORECASE,
)


def lets_everybody_in(key: str, value: str) -> bool:
    """Return whether a setting of a store's image turns its login off.

    >>> lets_everybody_in("POSTGRES_HOST_AUTH_METHOD", "trust"), lets_everybody_in("ALLOW_EMPTY_PASSWORD", "no")
    (True, False)
    """
    return _OPEN.fullmatch(f"{key}={value.strip()[:40]}") is not None


# Consoles for administration: what turns their login off, and which settings turn it on where they have none of themselves.
_CONSOLES = {
    "pgadmin": (re.compile(r"PGADMIN_CONFIG_SERVER_MODE=(?:false|0|no)", re.IGNORECASE), None),
    "mongo-express": (re.compile(r"ME_CONFIG_BASICAUTH(?:_ENABLED)?=(?:false|0|no)", re.IGNORECASE), None),
    "redis-commander": (None, re.compile(r"HTTP_(?:USER|PASSWORD(?:_HASH|_FILE)?)|SSO_\w+")),
    "flower": (None, re.compile(r"FLOWER_(?:BASIC_AUTH|AUTH\w*|OAUTH2\w*)|--(?:basic[_-]auth|auth|conf)\b")),
}


def lets_administer(
    technology: str,
    settings: Iterable[tuple[str, str, Evidence]],
    command: str,
    here: Evidence,
    *,
    complete: bool,
) -> tuple[Fact, ...]:
    """Return that a console for administration asks for no login: a setting turns it off, or none turns it on; `complete`: all are known.

    >>> here = Evidence("c.yaml", 2, 2, "image: dpage/pgadmin4", "config")
    >>> [f.value for f in lets_administer("pgadmin", [("PGADMIN_CONFIG_SERVER_MODE", "False", here)], "", here, complete=True)]
    [True]
    >>> lets_administer("redis-commander", [("HTTP_USER", "ops", here)], "", here, complete=True)
    ()
    >>> len(lets_administer("flower", [], "celery flower", here, complete=True)), len(lets_administer("flower", [], "", here, complete=False))
    (1, 0)
    """
    off, on = _CONSOLES.get(technology, (None, None))
    known = list(settings)
    place = next((p for k, v, p in known if off is not None and off.fullmatch(f"{k}={v.strip()[:40]}")), None)
    if place is None and on is not None and complete:
        given = on.search(command) or any(on.fullmatch(k) and v for k, v, _ in known)
        place = None if given else here
    return (Fact("open_console", True, "stated", (place,)),) if place is not None else ()


# What stores are started with that ask who comes: Redis and its kin, MongoDB.
_ASKS = re.compile(
    r"""(?:^|\s)(?:--requirepass[ =]+(?!--)["']?[^\s"']|(?:[^\s]*mongod["']?\s.*)--auth(?=[\s"']|$))""",
    re.DOTALL,
)
_ASKING = re.compile(r"--requirepass|--auth\b")
# The settings of images that give the store's own login its password; each turns that login on.
_LOGIN = re.compile(
    r"POSTGRES(?:QL)?_(?:POSTGRES_)?PASSWORD|(?:MYSQL|MARIADB)_ROOT_PASSWORD|MONGO_INITDB_ROOT_PASSWORD|MONGODB_ROOT_PASSWORD"
    r"|(?:MSSQL_)?SA_PASSWORD|RABBITMQ_DEFAULT_PASS|CLICKHOUSE_PASSWORD"
)
_USER = re.compile(r"USER(?:_?NAME)?$", re.IGNORECASE)
_SWITCH = re.compile(r"xpack\.security\.enabled=true|NEO4J_AUTH=(?!none\b|neo4j/neo4j$)\S+", re.IGNORECASE)
_DEFAULT = re.compile(r"\$\{\w+:?-(.*)\}")
# Passwords that everybody tries first; the name of the image is one of them.
_GUESSED = re.compile(
    r"(?:(?:postgres|mysql|maria|mongo|rabbit|click|elastic|sql)\w*|(?:my|the|your)?[-_ ]?(?:p[a@]ss(?:[-_@]?w[o0]r?d)?|secret|pw)"
    r"|root|admin|guest|user|test|example|default|change[-_ ]?(?:me|it|this)\w*)?\W?\d{0,9}\W?",
    re.IGNORECASE,
)


def password_asked(command: Sequence[tuple[str, Evidence]]) -> tuple[Fact, ...]:
    """Return that a store asks for a password, where the command that starts it gives one; each piece comes with its place.

    >>> here = Evidence("c.yaml", 4, 4, "command: redis-server --requirepass ", "config")
    >>> [f.value for f in password_asked([("redis-server --requirepass ${REDIS_PASSWORD}", here)])]
    ['password']
    >>> password_asked([("redis-server", here), ("--requirepass", here), ("", here)])
    ()
    >>> [f.value for f in password_asked([("mongod", here), ("--auth", here)])]
    ['password']
    """
    if not _ASKS.search(" ".join(text for text, _ in command)):
        return ()
    place = next(place for text, place in command if _ASKING.search(text))
    return (Fact("authentication", "password", "stated", (place,)),)


_EVICTS = re.compile(r"--maxmemory-policy[ =]+[\"']?((?:allkeys|volatile)-\w+)")


def evicted(command: Sequence[tuple[str, Evidence]]) -> tuple[Fact, ...]:
    """Return by which rule a Redis drops entries when its memory is full, where the command that starts it says one.

    >>> here = Evidence("c.yaml", 4, 4, "command: redis-server --maxmemory-policy allkeys-lru", "config")
    >>> [f.value for f in evicted([("redis-server --maxmemory-policy allkeys-lru", here)])], evicted([("--maxmemory-policy noeviction", here)])
    (['allkeys-lru'], ())
    """
    found = _EVICTS.search(" ".join(text for text, _ in command))
    if found is None:
        return ()
    place = next((place for text, place in command if found[1] in text), command[0][1])
    return (Fact("eviction_policy", found[1], "stated", (place,)),)


def guarded(settings: Iterable[tuple[str, str, Evidence]]) -> tuple[Fact, ...]:
    """Return whether a store asks for a password: a setting of its image gives one that nobody guesses, or turns its login on or off.

    >>> here = Evidence("c.yaml", 4, 4, "POSTGRES_PASSWORD", "config")
    >>> [f.status for f in guarded([("POSTGRES_PASSWORD", "${DB_PASSWORD}", here)])]
    ['stated']
    >>> [f.status for f in guarded([("POSTGRES_PASSWORD", "k3y-17", here), ("POSTGRES_HOST_AUTH_METHOD", "trust", here)])]
    ['denied']
    >>> guarded([("POSTGRES_PASSWORD", "postgres", here), ("MYSQL_ROOT_PASSWORD", "", here)])
    ()
    >>> guarded([("RABBITMQ_DEFAULT_USER", "mail", here), ("RABBITMQ_DEFAULT_PASS", "mail", here)])
    ()
    """
    given = [(k, _DEFAULT.sub(r"\1", v.strip()), p) for k, v, p in settings]
    if off := tuple(place for key, value, place in given if lets_everybody_in(key, value)):
        return (Fact("authentication", None, "denied", off),)
    users = {value.lower() for key, value, _ in given if _USER.search(key) and "$" not in value}
    on = next((p for k, v, p in given if _turns_login_on(k, v) and v.lower() not in users), None)
    return (Fact("authentication", "password", "stated", (on,)),) if on is not None else ()


def _turns_login_on(key: str, value: str) -> bool:
    if _SWITCH.fullmatch(f"{key}={value[:80]}"):
        return True
    hidden = key.endswith("_FILE")
    return bool(
        value and _LOGIN.fullmatch(key.removesuffix("_FILE")) and (hidden or not _GUESSED.fullmatch(value))
    )


_NESTED = re.compile(r"_{2,}")  # how settings within settings are written in the names of variables
_OFF = re.compile(r"(?:false|no|off|0|none|disabled?)?", re.IGNORECASE)
# Settings whose name alone tells that the service has something, when they are set to anything but "off".
_TOLD = tuple(
    (fact, re.compile(pattern, re.IGNORECASE))
    for fact, pattern in (
        ("rate_limit", r"(?:^|_)(?:RATE_?LIMIT|THROTTL)"),
        (
            "monitoring",
            r"(?:^|_)SENTRY_(?:\w+_)?DSN$|(?:^|_)(?:ROLLBAR|BUGSNAG|HONEYBADGER|AIRBRAKE)_\w*(?:TOKEN|KEY)$"
            r"|^DD_AGENT_HOST$|^NEW_RELIC_LICENSE_KEY$|^APPLICATIONINSIGHTS_CONNECTION_STRING$|^APPINSIGHTS_INSTRUMENTATIONKEY$",
        ),
        (
            "tracing",
            r"^OTEL_TRACES_EXPORTER$|^OTEL_EXPORTER_OTLP_(?:TRACES_)?ENDPOINT$|^APPLICATIONINSIGHTS_CONNECTION_STRING$",
        ),
        (
            "login",
            r"(?:^|_)(?:NEXT)?AUTH_(?:SECRET|URL|CLIENT_(?:ID|SECRET)|SERVER_URL)$"
            r"|(?:^|_)(?:OIDC|OAUTH2?|OPENID|SAML|LDAP|SSO|KEYCLOAK|AUTH0|COGNITO)(?:_\w+)?_"
            r"(?:CLIENT_?(?:ID|SECRET)|ISSUER\w*|DISCOVERY\w*|METADATA\w*|PROVIDER\w*|SERVER\w*|REALM|USER_POOL\w*|BIND_DN)$"
            r"|(?:^|_)(?:JWT|SESSION)_(?:\w+_)?(?:SECRET|KEY|PRIVATE_KEY|PUBLIC_KEY)(?:_\w+)?$"
            r"|(?:^|_)(?:ADMIN|SUPERUSER|INIT_USER|INITIAL_USER)_(?:\w+_)?PASSWORD$",
        ),
    )
)


def told_by_settings(settings: Iterable[tuple[str, str, Evidence]]) -> tuple[Fact, ...]:
    """Return what the names of a service's settings say, each with its first place: that it limits its callers, say.

    >>> place = Evidence("c.yaml", 1, 1, "RATE_LIMIT: 100")
    >>> [f.name for f in told_by_settings([("RATE_LIMIT", "100", place), ("OIDC_CLIENT_ID", "shop", place)])]
    ['rate_limit', 'login']
    >>> [f.name for f in told_by_settings([("APP__ADMIN__PASSWORD", "${ADMIN_PASSWORD}", place)])]
    ['login']
    >>> told_by_settings([("RATE_LIMIT", "off", place), ("SENTRY_DSN", "", place), ("OTEL_TRACES_EXPORTER", "none", place)])
    ()
    >>> [f.name for f in told_by_settings([("APPLICATIONINSIGHTS_CONNECTION_STRING", "set", place)])]
    ['monitoring', 'tracing']
    """
    there = [(_NESTED.sub("_", k), p) for k, v, p in settings if not _OFF.fullmatch(v.strip())]
    found = ((fact, next((p for k, p in there if name.search(k)), None)) for fact, name in _TOLD)
    return tuple(Fact(fact, True, "stated", (place,)) for fact, place in found if place is not None)
