"""Secrets that something beside them names: a key, an option of a command, a user in an address, a header.

Whoever writes a value that something else fills in (`$TOKEN`, `{{ password }}`, `var.token`) writes no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS = (
    r"passw(?:or)?ds?|passwd|passphrase|passcode|pwd|secret|token|credentials?|requirepass|masterauth|userpass|storepass|keypass|keypair"
    r"|(?:api|access|private|signing|encryption|account|master|jwt|session|cookie|fernet|storage|primary|secondary|auth|service"
    r"|secret|hmac|shared|license|app|data|sharedaccess)[ _.-]?key"
)
# The name of a setting that is a secret: it ends so, whatever stands before, and at most says of which stage or sort it is.
NAMED = re.compile(
    rf"(?:{_WORDS}|(?:^|[_.-])(?:pass|pw|auth|salt|pepper|sas)|sharedaccesssignature)(?:[_.-]?(?:base|value|plain|prod|dev|test|old|new|default|live|\d{{1,2}}))?\Z",
    re.IGNORECASE,
)
# Names that end like one and mean something else: names of Secrets, marks of pages, counts of words, what is only turned on.
_NO_NAME = re.compile(
    r"(?:existing|pull|tls|cert|image|external|k8s|kubernetes)[ _.-]?secrets?\Z|(?:^|[_.-])no[_-]|public"
    r"|(?:page|next|continuation|pagination|eos|bos|pad|unk|max|min|num|total|mask|sep|cls|stop|special|prompt|completion|input|output|per|cancellation|sync|csrf|xsrf|cursor)"
    r"[_-]?tokens?\Z|^(?:allow|use|with|has|is|enable|require|random|generate|ask|skip|check|validate|verify|reset|forgot|change)(?:[_-]|(?-i:[A-Z]))",
    re.IGNORECASE,
)
_LITERAL = r"[^\s\"'`,;&)\]}|][^\s\"'`,;&)\]}]{0,400}"
_PAIR = re.compile(
    r"(?<![\w.])(?P<key>(?:(?:api|access|private|secret|account|encryption|signing|primary|secondary) )?[A-Za-z_][\w.-]{0,80})"
    r"(?P<close>\\?[\"'`]?\]?|\*{2})[ \t]{0,4}(?::\s{0,3}[\w.\[\]| ]{1,40}(?=\s?=[^=]))?"
    r"(?P<sign>=>|:=|[:=])[ \t]{0,4}(?:[rbuf]{1,2}(?=[\"']))?(?P<open>\\?[\"'`]|\*{2}\s?)?(?P<value>"
    + _LITERAL
    + ")",
    re.IGNORECASE,
)
# A key in one line and its value in the next: a block of text, or a value that didn't fit.
_BELOW = re.compile(
    r"(?<![\w.])(?P<key>[A-Za-z_][\w.-]{0,80})[\"']?\s{0,4}[:=]\s{0,4}[(|>]?[-+]?\s{0,4}\n\s{0,80}"
    r"[\"']?(?P<value>[^\s\"':=-][^\s\"':]{2,400})[\"']?[ ,)]{0,3}(?=\n|\Z)"
)
# A setting's name and value, each with a key of its own, in either order.
_KEYED = re.compile(
    r"\b(?:parameter)?(?:name|key)[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<key>[A-Za-z_][\w.-]{0,80})[\"']?[\s,;}{-]{1,80}"
    r"[\"']?(?:parameter)?(?:value|default)[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<value>[^\s\"',}][^\"',}\n]{0,400})"
    r"|\bvalue[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<first>[^\s\"',}][^\"',}\n]{0,400})[\"']?[\s,]{1,80}[\"']?name[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<after>[A-Za-z_][\w.-]{0,80})",
    re.IGNORECASE,
)
# A name that is told to a function, a command or an element of XML, and what it is set to.
_TOLD = re.compile(
    r"[\"'](?P<key>[A-Za-z_][\w.-]{0,80})[\"']\s{0,4},\s{0,80}(?:\w{1,30}\s?=\s?)?[rbuf]?[\"'](?P<value>[^\"'\n]{1,400})"
    r"|\b(?:env|setx?|export|add_header|proxy_set_header)\s+[\"']?\$?(?P<set>[A-Za-z_][\w.-]{0,80})[\"']?\s+[\"']?(?P<to>[^\s\"';=]{1,400})"
    r"|<(?P<element>[A-Za-z_][\w.:-]{0,80})>(?P<inner>[^<>\s]{1,400})</"
    r"|\b(?P<wrapped>[A-Za-z_][\w.-]{0,80})[\"']?\]?\s{0,4}(?::\s?[\w.\[\]| ]{1,40}?)?=\s?(?:\w+\.)?"
    r"(?:Field|SecretStr|SecretBytes|Secret|str|bytes|Param|Option|Query)"
    r"\(\s{0,40}(?:default\s?=\s?)?(?:SecretStr\()?[rbuf]?[\"'](?P<within>[^\"'\n]{1,400})",
    re.IGNORECASE,
)
# Two cells of a row: "| DB_PASSWORD | hunter2 |".
_CELLS = re.compile(
    r"(?:^|\|)\s{0,4}[`*\"']{0,2}(?P<key>[A-Za-z_][\w. -]{0,80}?)[`*\"']{0,2}\s{0,4}"
    r"\|\s{0,4}[`*\"']{0,2}(?P<value>[^\s|`*\"']{4,400})[`*\"']{0,2}\s{0,4}(?=\||$)"
)
_SAID = re.compile(
    r"\b(?:identified\s+(?:with\s+\w+\s+)?by|(?:with\s+)?(?:encrypted\s+)?password)\s+[\"'](?P<sql>[^\"'\s]{1,400})"
    r"|\bpass(?:word|phrase|code)\s+(?:is|was)\s+[\"'`]?(?P<told>(?!\d+-)(?=[^\s\d]{0,60}\d)(?=[\W\d_]{0,60}[A-Za-z])[^\s\"'`,;()]{5,400}[\w!@#$%^&*+=])"
    r"|\becho\s+(?:-n\s+)?[\"']?(?P<piped>[^\s\"'|]{1,400})[\"']?\s{0,4}\|[^|\n]{0,80}?--password-stdin"
    r"|\b(?:requirepass|masterauth|masterpass)\s+[\"']?(?P<redis>[^\s\"']{1,400})"
    r"|\blogin\s+\S{1,80}\s+password\s+(?P<netrc>\S{1,400})"
    r"|\b(?:proxy-)?authorization[\"']?\s{0,4}[:=,]?\s{0,4}[\"']?(?:(?:basic|bearer|token|apikey|digest|bot)\s+)(?P<header>[^\s\"'`,;)]{4,4000})"
    r"|\b(?:bearer|basic)\s+(?P<bearer>(?=[\w.+/~-]{0,4000}\d)[\w.+/=~-]{8,4000})"
    r"|\b(?:x-(?:api-?key|auth(?:-token)?|access-token|vault-token|token|functions-key|consul-token)|private-token|job-token|apikey|api-key|ocp-apim-subscription-key)"
    r"[\"']?\s{0,4}[:=,\s]\s{0,4}[\"']?(?P<named>[^\s\"'`,;:=)][^\s\"'`,;)]{3,4000})",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(
    r"://(?P<user>[^\s:/@|\"'<>]{0,80}):(?:\$\{\w{1,80}:?-)?(?P<url>[^\s@/\"'<>|{}]{1,300}(?:/[^\s@/\"'<>|{}]{1,100})?)(?=\}?@)"
    r"|://(?P<alone>(?=[\w-]*\d)[\w-]{20,400})(?=@)"
    r"|\bjdbc:oracle:\w+:[\w.-]{1,80}/(?P<oracle>[^\s@/\"']{1,200})(?=@)"
)
_AFTER = r"[\"']?(?:\s{0,3},\s{0,80}|\s{1,80})(?:-\s{1,4})?[\"']?"
_OPTION = re.compile(
    rf"(?<![\w-])-{{1,2}}(?P<option>[A-Za-z][\w.-]{{0,60}})(?:[\"']?\s?=\s?[\"']?|{_AFTER})(?P<value>{_LITERAL})",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    rf"(?<![\w-])-(?:u|-user|-basic[-_]auth|-http-?auth|-creds?|-credentials|-proxy-user|-auth|-http-user)(?:=|{_AFTER})(?P<user>[^\s:\"',=]{{1,100}}):(?P<value>[^\s\"',]{{1,400}})"
)
_ASKS_LOGIN = re.compile(
    r"\b(?:curl|etcdctl|https?|wget|elasticdump|nats|flower)\b|basic[-_]auth|http-?auth|creds?\b|proxy-user"
)
_COMMAND = 400  # characters, from a program to its option
_SHORT = re.compile(rf"(?<![\w-])-(?P<option>[pPaw])(?:=|{_AFTER})(?P<value>{_LITERAL})")
_ATTACHED = re.compile(r"(?<![\w-])-p(?P<value>[^\s\"',=-][^\s\"',]{0,400})")
_PROGRAM = re.compile(r"[\w.-]+")
_BY_P = frozenset(
    "mongo mongosh mongodump mongorestore mongoexport mongoimport sshpass docker podman helm az oc twine influx clickhouse".split()
)
# Programs whose short options mean something else.
_OTHERWISE = frozenset(
    """
        mkdir cp docker-compose compose psql pg_dump pg_restore pg_isready createdb pg_dumpall pgbench pytest ssh scp sftp unzip patch install nc
        lsof ps nmap uwsgi celery python python3 gunicorn uvicorn hypercorn java tmux iptables grep tar rsync read export declare test kill
        top xargs watch sed pip pip3 conda make npm yarn npx poetry flask alembic redis-server memcached nginx terraform node cargo go php
        streamlit airflow mlflow jupyter tsc rq dbt perl ruby gcc date ls nice screen
    """.split()
)
_LOGS_IN = re.compile(r"\b(?:login|registry)\b")
_MYSQL = re.compile(
    r"\b(?:mysql|mariadb|mysqldump|mysqladmin|mysqlimport|mysqlcheck|mycli|sshpass|xtrabackup|mariabackup)(?:-\w+)*\b"
)
_OF_PROGRAMS = {
    "a": re.compile(r"\b(?:redis|keydb|valkey)-(?:cli|benchmark)\b"),
    "w": re.compile(r"\bldap\w+\b"),
    "P": re.compile(r"\b(?:sqlcmd|bcp|mosquitto_\w+)\b"),
}
# What stands for a value, or says where one is to be found.
_FILLED_IN = re.compile(
    r"[$<{*\[…%!=@#(].*|\*+|x{3,}.*|\.{2,}.*|(?i:true|false|none|null|nil|undefined|required|optional|yes|no|on|off|read|write|str|string|bytes?|int|bool|any"
    r"|object|number|date|secretstr|secretbytes|secret|varchar|text|char|integer|self|type|func|lambda|not|if|else|return|await|async|and|or|is)"
    r"|(?:\.{0,2}/|[A-Za-z]:\\|https?:|arn:|vault:|ref\+|op:|ssm:|file:|env:|projects/|id=|type=|source=|name:).*"
    r"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:\[.*|\(.*)?|[A-Za-z_][\w.]*[(\[].*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|.*\$\{?\{?[A-Za-z_(].*|.*\{\{.*|.*<[\w -]+>.*",
    re.DOTALL,
)
# In running text, what names how a secret is made stands for none either.
_SORT = re.compile(
    r"(?:argon2|bcrypt|scrypt|pbkdf2|sha-?\d|hs\d|rs\d|es\d|oauth|base64|aes|rsa|jwt|bearer|uuid|ed25519)[\w-]*",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"[a-z_][a-z_]*")


def names_secret(key: str) -> bool:
    """Return whether what a setting of that name is set to is a secret.

    >>> [names_secret(k) for k in ("DB_PASSWORD", "accountKey", "existingSecret", "token_ttl", "next_token", "SECRET_KEY_BASE")]
    [True, True, False, False, False, True]
    """
    return NAMED.search(key) is not None and _NO_NAME.search(key) is None


def named(text: str, *, running: bool = False, quoted: bool = False) -> Iterator[tuple[int, int]]:
    """Yield where values stand that something names as secrets.

    In `running` text a key is often followed by words, so that a value must look like one; where literals are `quoted`, what isn't is
    the name of a variable.

    >>> line = 'app --password hunter2 --port 80, "api_key": "abc", redis-cli -a pw, token: $TOKEN'
    >>> [line[a:b] for a, b in named(line)]
    ['hunter2', 'abc', 'pw']
    >>> [list(named(t, running=True)) for t in ("token: JWT", "the --password option")]
    [[], []]
    """
    yield from sorted(
        {*_addresses(text), *_pairs(text, running, quoted), *_said(text, running), *_options(text, running)}
    )


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    if "://" not in text and "jdbc:" not in text:
        return
    for found in _IN_ADDRESS.finditer(text):
        group = found.lastgroup or ""
        if group != "url" or not _is_filled_in(found[group]):
            yield found.span(group)


def _is_filled_in(value: str) -> bool:
    return value[0] in "$<{*[…%(" or "${" in value or "{{" in value


def _pairs(text: str, running: bool, quoted: bool) -> Iterator[tuple[int, int]]:
    at = 0 if ":" in text or "=" in text else len(text)
    while (found := _PAIR.search(text, at)) is not None:
        at = found.end("key")
        key, value, literal = found["key"], found["value"], bool(found["open"])
        if not names_secret(key) or (found["sign"] == ":" == text[found.start() - 1 : found.start()]):
            continue  # nor is the kind of a resource within its ARN
        if text.startswith("${", max(found.start() - 2, 0)) and re.match(r"[?+]|-\Z", value):
            continue  # what a shell says when it isn't set, or an empty default
        if running:
            secret = _looks_like_value(found["sign"], value, key)
        elif quoted and not literal and not _is_within_quotes(text, found.start()):
            secret = False
        else:
            secret = _is_value(key, value, literal=literal)
        if secret:
            yield found.span("value")
    for found in _CELLS.finditer(text) if "|" in text else ():
        if names_secret(found["key"]) and _looks_like_value(":", found["value"], found["key"]):
            yield found.span("value")
    if running:
        return
    for found in (*_KEYED.finditer(text), *_BELOW.finditer(text)):
        names = found.groupdict()
        name = "value" if names["value"] is not None else "first"
        if names_secret(names["key"] or names["after"]) and _is_value(
            names["key"] or names["after"], found[name]
        ):
            yield found.span(name)
    for found in _TOLD.finditer(text):
        for key_name, name in (("key", "value"), ("set", "to"), ("element", "inner"), ("wrapped", "within")):
            key, value = found[key_name], found[name]
            if key is None or not names_secret(key) or not _is_value(key, value, literal=True):
                continue
            if key_name != "key" or key.isupper() or not _IDENTIFIER.fullmatch(value):
                yield found.span(name)


def _is_within_quotes(text: str, at: int) -> bool:
    return text.count('"', 0, at) % 2 == 1 or text.count("'", 0, at) % 2 == 1


def _is_value(key: str, value: str, *, literal: bool = False) -> bool:
    """Return whether what a secret's name is set to is one."""
    if literal and re.match(r"[!@#(%.=]", value) and not re.match(r"%\(|\.{2,}", value):
        return True  # no sign of a language within quotes
    if _FILLED_IN.fullmatch(value):
        return False
    if re.fullmatch(r"(?:[_.-]|^)?(?:auth|sas)", re.split(r"[_.-]", key)[-1], re.IGNORECASE):
        return re.search(r"\d|[:/]", value) is not None and len(value) > 5
    if value.isdigit() and len(value) < 4:
        return re.search(r"pass|pwd", key, re.IGNORECASE) is not None
    return not (not literal and re.fullmatch(r"credentials?|keypair", key, re.IGNORECASE) and value.isalpha())


def _looks_like_value(sign: str, value: str, key: str = "password") -> bool:
    """Return whether what follows a name in running text is a secret: behind a colon mostly words follow, so that it must have digits in it."""
    if len(value) < 4 or _SORT.fullmatch(value) or not _is_value(key, value):
        return False
    mixed = re.search(r"\d", value) is not None and re.search(r"[A-Za-z]", value) is not None
    return mixed or (sign == "=" and (not value.isalpha() or len(value) > 6))


def _said(text: str, running: bool) -> Iterator[tuple[int, int]]:
    for found in _SAID.finditer(text):
        group = found.lastgroup or ""
        value = found[group]
        if group == "told" and _SORT.match(value):
            continue  # how it is kept
        if _is_value("password", value) and (not running or re.search(r"\d", value)):
            yield found.span(group)


def _options(text: str, running: bool) -> Iterator[tuple[int, int]]:
    if "-" not in text:
        return
    for found in _OPTION.finditer(text):
        if (
            names_secret(found["option"])
            and _is_value(found["option"], found["value"])
            and not found["value"].startswith("-")
            and (not running or _looks_like_value(":", found["value"]))
        ):
            yield found.span("value")
    for found in _LOGIN.finditer(text):
        if (
            _ASKS_LOGIN.search(text)
            and not _is_filled_in(found["value"])
            and not re.fullmatch(r"\d+", found["value"])
            and not found["value"].startswith("//")
        ):
            yield found.span("value")
    for found in _SHORT.finditer(text):
        if _is_given_by(
            text[max(found.start() - _COMMAND, 0) : found.start()], found["option"], found["value"], running
        ):
            yield found.span("value")
    for found in _ATTACHED.finditer(text):
        if _MYSQL.search(text, max(found.start() - _COMMAND, 0), found.start()) and not _is_filled_in(
            found["value"]
        ):
            yield found.span("value")


def _is_given_by(before: str, option: str, value: str, running: bool) -> bool:
    """Return whether a short option is one for a password, by the programs that are called before it on the line."""
    if value[0] in "-$<{*[%" or not _is_value("password", value):
        return False
    if option != "p":
        return _OF_PROGRAMS[option].search(before) is not None
    if re.fullmatch(r"[\d.:/,a-z]*\d{2,5}(?:[:/][\d:a-z/]*)?|\d+", value) and not re.search(
        r"[a-z]{3}", value
    ):
        return False  # a port, or how many
    programs = {w.lower() for w in _PROGRAM.findall(before)}
    if programs & _BY_P:
        return not programs & {"docker", "podman", "helm", "az", "oc"} or _LOGS_IN.search(before) is not None
    return not running and bool(programs) and not programs & _OTHERWISE
