"""What a quote or a name may show: no secret in any spelling, and no less than stands there where none is."""

from __future__ import annotations

import pytest

from buttress.evidence.secrets import HIDDEN, quotable, secret_places, veiled, without_secret
from buttress.evidence.secrets.shapes import PREFIXES

SECRET = "hunter2x9"
# Lines in which something beside a secret says that it is one; `§` stands for it.
NAMED = r"""
| DB_PASSWORD | § |
| desk | `API key` | § | of the desk |
["app","-p","§"]
app --password §
mysql -uroot -p§ shop
mysql --user=root --password=§ shop
curl -u a:§ http://api
curl --user a:§ http://api
curl -H "Authorization: Bearer §" http://api
curl -H 'X-Api-Key: §' http://api
redis-cli -a § ping
["redis-cli", "-a", "§"]
PGPASSWORD=§ psql -h db
export DB_PASSWORD=§
docker login -u me -p § reg
sshpass -p § ssh a@b
sshpass -p§ ssh a@b
mongosh -u root -p § --host db
amqp://u:§@mq:5672/v
jdbc:mysql://db/shop?user=a&password=§
jdbc:sqlserver://h;user=sa;password=§;
jdbc:oracle:thin:shop/§@db:1521/x
Driver={ODBC Driver 18};Server=db;UID=sa;PWD=§;
DefaultEndpointsProtocol=https;AccountName=a;AccountKey=§abcDEF==;
Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=§abc=
https://a.blob.core.windows.net/c?sv=2020&sig=§
https://b.s3.amazonaws.com/k?X-Amz-Signature=§aaa&x=1
https://hooks.slack.com/services/T0AAAA/B0AAA/§
https://discord.com/api/webhooks/123456789/§
https://api.telegram.org/bot123456:§/sendMessage
Authorization: Basic §==
{"password": "§"}
{"name":"DB_PASSWORD","value":"§"}
{name: DB_PASSWORD, value: §}
password = "§"
db_password: §
<password>§</password>
os.environ.get("DB_PASSWORD", "§")
client = Client(api_key="§")
password: str = "§"
password: SecretStr = Field("§")
ENV DB_PASSWORD §
proxy_set_header X-Api-Key "§";
ALTER USER a IDENTIFIED BY '§'
CREATE USER a WITH PASSWORD '§'
redis-server --requirepass §
requirepass §
vault login -token=§
kubectl create secret generic x --from-literal=password=§
-Dspring.datasource.password=§
nats-server --pass §
flower --basic-auth=ops:§
rediss://:§@cache:6379
https://§aaaaaaaaaaaaaaaa@sentry.example/1
-----BEGIN PRIVATE KEY-----MIIEvQIBAD§
NEO4J_AUTH=neo4j/§
"""
# What tells by its own form that it opens something; none of them opens anything.
TOKENS = (
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0123456789_abcdefghijklmnop",
    "glpat-AbCd1234EfGh5678IjKl",
    "xoxb-123456789012-123456789012-AbCdEfGhIjKl",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "npm_abcdefghij0123456789ABCDEFGHIJ123456",
    "pypi-AgEIcHlwaS5vcmcCJDU3NjM0MDQ5LTM5ZWMtNGU4Ni1hMTk1LTI2ZjY0ZmM2OWUxNgACKlszLCJiYTIwM",
    "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",
    "SK0123456789abcdef0123456789abcdef",
    "sk-proj-abcd1234efgh5678ijkl",
    "sk-ant-api03-abcd1234efgh5678",
    "dapi0123456789abcdef0123456789abcdef",
    "hvs.CAESIJ1234567890abcdefgh",
    "dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "https://hooks.slack.com/services/T0DESK/B0DESK/f00dfeedf00dfeed",
    "-----BEGIN RSA PRIVATE KEY-----MIIEowIBAAKCAQEA7f00dfeed",
)
# What is long, mixed or named alike, and may be read by anybody.
PLAIN = r"""
image: redis@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
rev: 3f786850e387550fdab836ed7e6dc881de23001b
id: 123e4567-e89b-12d3-a456-426614174000
arn:aws:iam::123456789012:role/shop-task
arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf
sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==
certificate: MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAGA1UE
-----BEGIN CERTIFICATE-----
checksum/config: 5f4dcc3b5aa765d61d8327deb882cf99
secretName: shop-db
existingSecret: shop-db
passwordSecretRef: x
key: password
tokenUrl: https://id.example/token
token_ttl: 3600
max_tokens = 4096
POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
password = var.db_password
api_key=settings.API_KEY
token = get_token(request)
DB_PASSWORD_FILE: /run/secrets/db
mkdir -p /data/x && app
docker compose -p shop up
psql -p 5432 -h db -U shop
gunicorn -p pid app
docker run -p 80:8080 nginx
--no-password shop
password: str
password: Optional[str] = None
secrets: inherit
secret: true
ssh://git@github.com/acme/x.git
git+https://github.com/acme/x@3f786850e387550fdab836ed7e6dc881de23001b
public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ"
kms_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
cache-key: pip-abc
partition_key = "user_id"
range_key = "sort"
primary_key=True
foreign_key: orders.id
auth: none
authentication: jwt
authorization: rbac
auth_type = "basic"
uses: docker/login-action@v3
ssl_certificate_key /etc/tls/key.pem;
if user.password != password:
check_password(password, user.password)
password_hashers = ["argon2"]
PASSWORD_HASHERS = [
verify_token(token)
sub: eyJ
s3://bucket/key
https://shop.example/login?next=/a&code=200
account_id = "123456789012"
sk-learn-based-estimators-2
hash_key = "id"
image: ghcr.io/acme/app:1.2.3
bootstrap.servers=kafka:9092
uses: actions/checkout@8f4b7f84864484a7bf31766abe9204da3cbe65b3
volumes: [pgpass:/x]
user: "1000:1000"
--user 1000:1000
secretKeyRef: {name: a, key: password}
secrets: [db_password]
depends_on: [db, secrets]
"password", "email"
class PasswordAuth(Auth): pass
passwords are hashed
path("token/", obtain)
url(r"^token/$", x)
"""


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


@pytest.mark.parametrize("line", lines(NAMED))
def test_a_line_of_configuration_ends_before_what_is_named_a_secret(line: str) -> None:
    shown = without_secret(line.replace("§", SECRET))
    assert SECRET not in shown
    assert shown == line[: len(shown)]
    assert any(c.isalnum() for c in shown)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("line", ["x: §", "- §", 'f("§")', "see § there", "§"])
def test_a_token_is_known_without_a_name(line: str, token: str) -> None:
    written = line.replace("§", token)
    assert token not in without_secret(written)
    assert token not in without_secret(written, quoted=True)
    assert token not in quotable(written)
    assert token not in veiled(written)


@pytest.mark.parametrize("line", lines(PLAIN))
def test_what_anybody_may_read_stays_readable(line: str) -> None:
    assert without_secret(line) == line
    assert without_secret(line, quoted=True) == line
    assert quotable(line) == veiled(line) == line


def test_whose_token_a_prefix_is_stands_beside_it() -> None:
    assert len(PREFIXES) >= 45
    assert all(maker and prefix and rest for prefix, maker, rest in PREFIXES)


def test_a_hostile_line_takes_no_time() -> None:
    for piece in (
        "password=",
        "-p ",
        "://a:",
        "name: x_token, ",
        "a-",
        "eyJ",
        "BEGIN A PRIVATE KEY",
        '"',
        "token: str | ",
    ):
        without_secret(piece * 500)
        quotable(piece * 2000)


@pytest.mark.parametrize(
    ("before", "secret", "behind"),
    [
        ("the desk's password: `", "rosebud77", "`"),
        ("**Password**: ", "rosebud77x", ""),
        ("export DESK_TOKEN=", "f00dfeed", " and go"),
        ("amqp://desk:", "rosebud", "@mq:5672"),
        ("AKIA", "ROSEBUD7ROSEBUD7", " is the key"),
        ("x " * 2000 + "password=", "rosebud77", ""),
    ],
)
def test_a_secret_is_not_shown(before: str, secret: str, behind: str) -> None:
    assert quotable(before + secret + behind) == before
    assert veiled(before + secret + behind) == before + HIDDEN + behind


@pytest.mark.parametrize(
    "plain",
    [
        "Images come from asia-northeast1-docker.pkg.dev/desk.",
        "Asia-southeast1-letters2 is the second region.",
        "The token: `oauth2`, the password: ******",
    ],
)
def test_what_is_no_secret_stays(plain: str) -> None:
    assert secret_places(plain) == []
    assert quotable(plain) == veiled(plain) == plain


@pytest.mark.parametrize(
    "line",
    [
        "permissions: {id-token: write, contents: read}",
        "DB_PASSWORD: ${DB_PASSWORD:-}",
        "DB_PASSWORD: ${DB_PASSWORD:?must be set}",
        "run: echo ${{ secrets.TOKEN }} | docker login -u ci --password-stdin",
        "run: echo $TOKEN | docker login -u ci --password-stdin",
        "The password is SHA256-hashed",
        "The password is argon2id-hashed",
        "The password is 12 characters long",
        "The password is 32-byte random",
        "The password is required",
    ],
)
def test_what_grants_asks_for_or_describes_a_secret_is_none(line: str) -> None:
    assert (without_secret(line), quotable(line)) == (line, line)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("The database password is hunter2x9.", "The database password is "),
        ("The passphrase was `hunter2x9`", "The passphrase was `"),
        ("echo hunter2x9 | docker login -u ci --password-stdin", "echo "),
        ("api -->|DB_PW=hunter2x9| db", "api -->|DB_PW="),
    ],
)
def test_secrets_that_a_sentence_or_a_pipe_tells_are_cut_everywhere(line: str, shown: str) -> None:
    assert (without_secret(line), quotable(line)) == (shown, shown)


@pytest.mark.parametrize(
    "text",
    [
        "admin:$$apr1$$ab12cd$$K3jd8sLkq.",
        "bob:$2y$10$abcdefghijklmnopqrstuv",
        "bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    ],
)
def test_hashes_in_files_for_logins_are_kept_out(text: str) -> None:
    assert without_secret(text) != text and without_secret(text) in text


@pytest.mark.parametrize(
    "text",
    ["| token | JWT |", "| Password | Keycloak |", "| Service | password | notes |", "costs $5 and $6 each"],
)
def test_cells_that_describe_stay(text: str) -> None:
    assert without_secret(text) == text
