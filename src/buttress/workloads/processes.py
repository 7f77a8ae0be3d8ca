"""What kind of process a command line starts: a worker of a task queue, its clock, a program of the team's own."""

from __future__ import annotations

import re

from buttress.model import Component, Evidence, Fact

MAX_COMMAND = 20_000
# Official images that others build on. Their process is root's as long as nobody says otherwise, and what it runs comes from elsewhere.
OFFICIAL = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:python|debian|ubuntu|alpine|node|golang|ruby|php|openjdk|eclipse-temurin|amazoncorretto"
    r"|maven|gradle|rust|perl|scratch|busybox|centos|fedora|amazonlinux|rockylinux|almalinux|buildpack-deps|nginx|httpd|caddy"
    r"|erlang|elixir|swift|dart|pypy|tomcat)(?:[:@].*)?"
    r"|(?:mcr\.microsoft\.com/(?:dotnet|devcontainers)|ghcr\.io/astral-sh/uv|nvidia/cuda|oven/bun|denoland/deno)(?:[/:@].*)?"
)
_STARTED_AS = (
    ("worker", re.compile(
        r"\bcelery\b.*(?<!-A)(?<!--app)\sworker\b|(?<!-A )(?<!--app[= ])\bcelery[_-]?worker\b"
        r"|\brq\s+worker|\brqworker\b|\barq\s+[\w.]+|\bdramatiq\s|\bhuey_consumer|\btaskiq\s+worker"
        r"|\bprocrastinate\b.*\bworker\b|\bsaq\s+[\w.]+|\bfaust\b.*\bworker\b"
        r"|\bmanage\.py\s+(?:runworker|rqworker|qcluster|process_tasks|celery\s+worker|run_huey)"
        r"|^[^\w./-]*(?:exec\s+)?[\w./-]+\s+(?:run\s+)?workers?(?=\s|$)"
        r"|\bsidekiq\b|\bresque\b|\bqueue:work\b|\bartisan\s+horizon\b|\bdelayed_job\b|\bgood_job\b"
    )),
    ("scheduler", re.compile(
        r"^[^\w./-]*(?:exec\s+)?[\w./-]+\s+(?:run\s+)?schedule[rs]?(?=\s|$)"
        r"|\bcelery\b.*(?<!-A)(?<!--app)\sbeat\b|(?<!-A )(?<!--app[= ])\bcelery[_-]?beat\b"
        r"|\brqscheduler\b|\brq-?scheduler\b|\bschedule:(?:work|run)\b|\bclockwork\b|\bairflow\s+scheduler\b"
    )),
    ("monitoring", re.compile(r"\bcelery\b.*(?<!-A)(?<!--app)\sflower\b|^\s*flower\s|\brq-dashboard\b|(?<!-A )(?<!--app[= ])\bcelery[_-]?flower\b")),
)  # fmt: skip
_WITH_CLOCK = re.compile(r"\bcelery\b.*\sworker\b.*\s(?:-B|--beat|-\w*B)(?:\s|$)")
# What a team's own program is started with: an interpreter, or a server of code.
_PROGRAM = re.compile(
    r"(?:^|[\s;&/'\"])(?:python[\d.]*|poetry|pipenv|pdm|uv|gunicorn|uvicorn|hypercorn|granian|daphne|uwsgi|flask|fastapi|django-admin|celery"
    r"|node|npm|yarn|pnpm|npx|bun|deno|ruby|bundle|rails|php|java|dotnet|mix)(?=\s)|\bmanage\.py\s"
)

# Commands that change the schema step by step, with the tool that keeps the steps.
_STEPS = (
    ("Django", r"manage\.py\s+migrate"), ("Alembic", r"alembic\b[^;&|]*\supgrade|flask\s+db\s+upgrade"), ("Aerich", r"aerich\s+upgrade"),
    ("yoyo", r"yoyo\s+apply"), ("Flyway", r"flyway\b[^;&|]*\bmigrate"), ("Liquibase", r"liquibase\b[^;&|]*\bupdate"),
    ("Rails", r"(?:rails|rake)\s+db:migrate"), ("Laravel", r"artisan\s+migrate"), ("Prisma", r"prisma\s+migrate\s+deploy"),
    ("Knex", r"knex\s+migrate:(?:latest|up)"), ("TypeORM", r"typeorm\b[^;&|]*migration:run"), ("Sequelize", r"sequelize\S*\s+db:migrate"),
    ("goose", r"goose\b[^;&|]*\sup"), ("Entity Framework", r"dotnet\s+ef\s+database\s+update"),
)  # fmt: skip
_MIGRATES = tuple(
    (tool, re.compile(rf"(?:^|[\s;&|'\"/])(?:{pattern})\b"))
    for tool, pattern in (("Django", r"django-admin\s+migrate"), *_STEPS)
)
# What ends when its work is done: clients that set something up, migrations, trials of the code.
_ENDS = re.compile(
    r"(?:(?:exec|time|poetry run|pipenv run|uv run|pdm run|bundle exec|npx|yarn|pnpm|npm run|python[\d.]* -m|python[\d.]*)\s+)*(?:\S*/)?(?:"
    r"kafka-(?:topics|configs|acls)(?:\.sh)?\s|kafka-storage\S* format|mc\s+(?:alias|config|mb|admin|policy|anonymous|cp|mirror|ready|ls|version)\b"
    r"|rabbitmqadmin\s|rabbitmqctl\s"
    r"|psql\s|pg_isready\b|createdb\s|mysql\s|mysqladmin\s|mongosh?\s|mongoimport\s|cqlsh\s|redis-cli\s|influx\s+(?:setup|bucket)|clickhouse-client\s|aws(?:local)?\s|curl\s|wget\s"
    rf"|(?:{'|'.join(pattern for _, pattern in _STEPS)})\b|migrate\s.*\bup\b"
    r"|manage\.py\s+(?:collectstatic|loaddata|createsuperuser|test)\b|(?:rails|rake)\s+db:\w+|artisan\s+db:seed\b|prisma\s+(?:migrate|db)\b|knex\s+migrate"
    r"|true\s|exit\s|pytest\b|tox\b|go\s+test\b|(?:npm|yarn|pnpm)\s+(?:run\s+)?test\b|chown\s|chmod\s|mkdir\s|cp\s"
    r"|[\w.-]+\s+(?:(?:db|database)[ :_-])?(?:init|migrate|create|seed|setup|bootstrap|upgrade)(?:[-_]?(?:db|database|schema|tables?))?(?=\s)"
    r")"
)
_SHELL = re.compile(
    r"(?:echo|printf|set|export|cd|sleep|exit|true|test|if|then|fi|else|for|until|do|done|(?:\S*/)?wait[-_]for\S*|dockerize|\[|[A-Za-z_]\w*=)(?=$|\W|(?<==))"
)
_WRAPPER = re.compile(r"""^\W*(?:(?:/usr)?/bin/)?(?:ba|a)?sh\s+(?:-\w*c\b|-[elx]+\b)?\W*""")
# What stands before a program without being one, and the servers of code, which name what they serve themselves.
_STARTER = re.compile(
    r"^(?:(?:exec|time|nice|env|tini|dumb-init|catchsegv|--|-g|(?:poetry|pipenv|uv|pdm|rye|hatch) run|ddtrace-run|opentelemetry-instrument"
    r"|newrelic-admin run-program|(?:/usr)?(?:/local)?/s?bin/(?:tini|env|dumb-init)|/tini|[A-Z_]+=\S*)\s+){1,8}"
)
_SERVER = re.compile(
    r"\b(?:gunicorn|uvicorn|hypercorn|granian|daphne|uwsgi|waitress-serve|runserver|flask|fastapi|streamlit)\b"
)
_WORD = re.compile(r"[a-z][\w-]{1,60}")
_PARTED = re.compile(r"&&|\|\||[;|\n]")
_INNER = re.compile(r"(?<!\$)\$+\([^()]*\)")
_KEYWORD = re.compile(r"^(?:do|then|else|until|if|!)\s+")


def ends_by_itself(command: str) -> bool:
    """Return whether a command line does nothing but what ends: it sets something up, migrates, or tries the code.

    >>> ends_by_itself("sh -c 'until pg_isready -h db; do sleep 1; done; alembic upgrade head'"), ends_by_itself("kafka-topics --create --topic a")
    (True, True)
    >>> ends_by_itself("sh -c './wait-for-db.sh && desk init-db /data'"), ends_by_itself("desk db upgrade && desk serve")
    (True, False)
    >>> ends_by_itself("sh -c 'alembic upgrade head && uvicorn app:app'"), ends_by_itself("redis-server"), ends_by_itself("")
    (False, False, False)
    >>> ends_by_itself("/bin/true"), ends_by_itself("sh -c 'exit 0'")
    (True, True)
    """
    told = False
    for part in _PARTED.split(_INNER.sub("", _WRAPPER.sub("", command[:MAX_COMMAND]))):
        bare = part.strip(" \t'\"\\")
        while (rest := _KEYWORD.sub("", bare)) != bare:
            bare = rest
        if not bare:
            continue
        if _ENDS.match(bare + " "):
            told = True
        elif not _SHELL.match(bare):
            return False
    return told


def role_of_command(command: str) -> str | None:
    """Return `worker`, `scheduler` or `monitoring` when a command line starts a consumer of tasks, a clock or a view on them, else None.

    >>> role_of_command("celery -A shop beat -l info"), role_of_command("rq worker high"), role_of_command("gunicorn shop.wsgi")
    ('scheduler', 'worker', None)
    >>> role_of_command("celery -A shop.worker beat"), role_of_command("celery -A celery_worker flower")
    ('scheduler', 'monitoring')
    >>> role_of_command("parcels worker --queue mails"), role_of_command("parcels run scheduler"), role_of_command("uvicorn worker:app")
    ('worker', 'scheduler', None)
    """
    for kind, pattern in _STARTED_AS:
        if pattern.search(command):
            return kind
    return None


def program_in(command: str) -> tuple[str, ...]:
    """Return the words by which a command line starts a program of Python, the most exact first; nothing for what isn't one of these forms.

    >>> program_in("sh -c 'alembic upgrade head && exec python -u -m shop.mails --all'"), program_in("python manage.py listen")
    (('python -m shop.mails',), ('manage.py listen',))
    >>> program_in("python /srv/shop/mails.py"), program_in("shop-mails send --all"), program_in("./mails.sh")
    (('python srv/shop/mails.py', 'python shop/mails.py', 'python mails.py'), ('shop-mails send', 'shop-mails'), ())
    """
    last = _PARTED.split(_WRAPPER.sub("", command[:MAX_COMMAND]))[-1].strip(" \t'\"\\")
    words = _STARTER.sub("", last).replace('"', " ").replace("'", " ").split()
    if not words or "://" in words[0]:
        return ()
    first, rest = words[0].rpartition("/")[2], words[1:]
    if re.fullmatch(r"python[\d.]*", first):
        while rest and re.fullmatch(r"-[a-zA-Z]+", rest[0]) and rest[0] != "-m":
            rest = rest[1:]
        if len(rest) > 1 and rest[0] == "-m" and re.fullmatch(r"[\w.]{1,120}", rest[1]):
            return (f"python -m {rest[1].removesuffix('.__main__')}",)
        first, rest = (rest[0], rest[1:]) if rest else ("", [])
        if first.endswith(".py") and not first.endswith("manage.py"):
            return tuple(f"python {path}" for path in ends_of(first))
    name = first.rpartition("/")[2]
    if name in ("manage.py", "django-admin"):
        return (f"manage.py {rest[0]}",) if rest and _WORD.fullmatch(rest[0]) else ()
    if not _WORD.fullmatch(name):
        return ()
    return (*((f"{name} {rest[0]}",) if rest and _WORD.fullmatch(rest[0]) else ()), name)


def ends_of(path: str) -> tuple[str, ...]:
    """Return a path and all of its ends, the longest first, five at most.

    >>> ends_of("./shop/mails.py")
    ('shop/mails.py', 'mails.py')
    """
    parts = [p for p in path.split("/") if p not in ("", ".")][-5:]
    return tuple("/".join(parts[n:]) for n in range(len(parts)))


def process_of(command: str, place: Evidence) -> tuple[Fact, ...]:
    """Return the facts that a command line starts a worker or a clock of a task queue, or both in one, and that it migrates the schema.

    Where it starts a program of Python, one more fact names that.

    >>> e = Evidence("Procfile", 1, 1, "worker: celery -A shop worker -B")
    >>> process_of("celery -A shop worker -B", e)[0].value, process_of("gunicorn shop.wsgi", e)
    ('worker, scheduler', ())
    >>> [f.value for f in process_of("sh -c 'alembic -c a.ini upgrade head && python -m shop.mails'", e)]
    ['Alembic', ('python -m shop.mails',)]
    """
    facts = []
    role = role_of_command(command)
    if role in ("worker", "scheduler"):
        both = role == "worker" and _WITH_CLOCK.search(command) is not None
        facts.append(Fact("task_process", "worker, scheduler" if both else role, "stated", (place,)))
    tool = next((t for t, pattern in _MIGRATES if pattern.search(command[:MAX_COMMAND])), None)
    if tool is not None:
        facts.append(Fact("migrations", tool, "stated", (place,)))
    program = program_in(command) if role is None and not _SERVER.search(command[:MAX_COMMAND]) else ()
    if program:
        facts.append(Fact("program", program, "stated", (place,)))
    return tuple(facts)


def starts_program(command: str) -> bool:
    """Return whether a command line starts code: by an interpreter, by a server of code, or as a worker of tasks.

    >>> starts_program("python -m prices.serve"), starts_program("redis-server --appendonly yes")
    (True, False)
    """
    return role_of_command(command) is not None or _PROGRAM.search(command[:MAX_COMMAND]) is not None


def program_of(component: Component) -> str:
    """Return which program a component runs: its image, whatever its tag, or the file that it is built by; else its id.

    A web server, a worker and a clock out of one image are one program in several processes; an image that only brings a
    language runs a program of its own in each container.

    >>> web, clock = (Component(n, n, facts=(Fact("image", f"acme/shop:{n}"),)) for n in ("web", "clock"))
    >>> program_of(web) == program_of(clock), program_of(Component("etl", "etl", facts=(Fact("image", "python:3.13"),)))
    (True, 'etl')
    """
    image, folder = component.fact("image"), component.fact("build_context")
    if image is not None:
        name = re.sub(r"(?:@.*|:[^/:]*)$", "", str(image.value))
        return component.id if OFFICIAL.fullmatch(name) else name
    built = component.fact("dockerfile") or folder
    return str(built.value) if built is not None else component.id
