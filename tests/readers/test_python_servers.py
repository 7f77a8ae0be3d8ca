"""What the code of servers shows that look guilty at first sight and aren't, or the other way round."""

from __future__ import annotations

import pytest

from buttress.model import Component, Fragment, Source
from buttress.readers import python


def project(files: dict[str, str]) -> Fragment:
    return python.read(tuple(Source(f"desk/{path}", text) for path, text in files.items()))


def service(code: str, **modules: str) -> Component:
    files = {f"{name}.py": text for name, text in modules.items()}
    app = "import fastapi\napp = fastapi.FastAPI()\n"
    found = project({"requirements.txt": "fastapi\n", "main.py": app + code} | files)
    return next(c for c in found.components if c.id == "desk")


def value(part: Component, name: str) -> object:
    fact = part.fact(name)
    return None if fact is None else fact.value if fact.status == "stated" else False


LOADERS = "import yaml\ndef settings(text):\n    class Loader(yaml.{base}):\n        pass\n    return yaml.load(text, Loader=Loader)\n"


@pytest.mark.parametrize(
    ("code", "count"),
    [
        (LOADERS.format(base="SafeLoader"), None),
        (LOADERS.format(base="UnsafeLoader"), 1),
        ("import yaml\ndef settings(text):\n    return yaml.load(text, yaml.Loader)\n", 1),
        ("import yaml\nfrom yaml import CLoader as Fast\ndef f(text):\n    return yaml.load(text, Fast)\n", 1),
        (
            "import yaml\ntry:\n    from yaml import CSafeLoader as Loader\nexcept ImportError:\n    from yaml import SafeLoader as Loader\n"
            "def settings(text):\n    return yaml.load(text, Loader=Loader)\n",
            None,
        ),
    ],
    ids=["derived from the safe one", "derived from the unsafe one", "the unsafe one", "the unsafe one renamed", "the safe one renamed"],
)  # fmt: skip
def test_a_loader_of_yaml_is_as_safe_as_what_it_derives_from(code: str, count: int | None) -> None:
    assert value(service(code), "unsafe_deserialization") == count


GUARDED = (
    "from fastapi import APIRouter, Depends\nfrom accounts import existing_person\nrouter = APIRouter()\n"
    "@router.get('/notes', dependencies=[Depends(current_user)])\ndef notes():\n    return 1\n"
    "@router.put('/notes', dependencies=[Depends(existing_person)])\ndef change(text: str):\n    return text\n"
)
ACCOUNTS = "from fastapi import Depends\ndef existing_person(token=Depends({})):\n    return token\n"


@pytest.mark.parametrize(("checker", "open_routes"), [("check_access_token", None), ("colour_of_page", 1)])
def test_a_dependency_of_a_route_is_followed_to_what_checks_the_caller(
    checker: str, open_routes: int | None
) -> None:
    assert value(service(GUARDED, accounts=ACCOUNTS.format(checker)), "open_changing_routes") == open_routes


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("import forms\n@app.post('/x')\ndef f(body: forms.Note):\n    return body\n", None),
        ("import requests\n@app.post('/x')\ndef f(url: str):\n    return requests.get(url, timeout=3).json()\n", None),
        ("from fastapi import Request\n@app.post('/x')\nasync def f(request: Request):\n    return await request.json()\n", 1),
        ("from fastapi import Request\n@app.post('/x')\nasync def f(incoming: Request):\n    return await incoming.json()\n", 1),
    ],
    ids=["a model of another module", "the answer of somebody else", "the body", "the body under another name"],
)  # fmt: skip
def test_a_body_is_taken_as_it_comes_where_the_request_itself_is_read(code: str, raw: int | None) -> None:
    forms = "from pydantic import BaseModel\nclass Note(BaseModel):\n    text: str\n"
    assert value(service(code, forms=forms), "raw_body_routes") == raw


ASKING = "from sqlalchemy.orm import Session, joinedload\nfrom sqlalchemy import select, text, update\n"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("for key in keys:\n        db.execute(select(Note).where(Note.key == key))", 1),
        (
            "for key in keys:\n        change = update(Note).where(Note.key == key)\n        db.execute(change)",
            None,
        ),
        ("for key in keys:\n        db.execute(text(f'NOTIFY changed, {key}'))", None),
        ("while keys:\n        db.execute(select(Note).limit(keys.pop()))", None),
    ],
    ids=["a query for each", "a change put into a variable", "a word to listeners", "page after page"],
)
def test_a_query_for_each_row_asks_and_goes_through_rows(body: str, count: int | None) -> None:
    code = f"{ASKING}def find(keys, engine):\n    db = Session(engine)\n    {body}\n"
    assert value(service(code), "queries_in_loops") == count


@pytest.mark.parametrize(("loading", "count"), [("", 1), (".options(joinedload(Note.author))", None)])
def test_what_a_query_loads_by_an_option_isnt_loaded_row_by_row(loading: str, count: int | None) -> None:
    code = (
        f"{ASKING}from sqlalchemy.orm import declarative_base, relationship\nBase = declarative_base()\n"
        "class Note(Base):\n    __tablename__ = 'notes'\n    author = relationship('Author')\n"
        f"def names(db: Session):\n    for note in db.query(Note){loading}.all():\n        print(note.author.name)\n"
    )
    assert value(service(code), "lazy_loads_in_loops") == count


@pytest.mark.parametrize(
    ("end", "vanishes"), [("raise", None), ("if note:\n            raise", None), ("log.info('no')", 1)]
)
def test_an_error_on_the_way_to_tell_another_doesnt_vanish(end: str, vanishes: int | None) -> None:
    code = (
        "def send(log, note):\n    try:\n        post(note)\n    except OSError:\n        try:\n            log.warning(note['text'])\n"
        f"        except Exception:\n            pass\n        {end}\n"
    )
    assert value(service(code), "swallowed_exceptions") == vanishes


@pytest.mark.parametrize(
    ("secure", "told"), [("", False), ("if key:\n        server.add_secure_port('a', key)\n    else:\n        ", None)]
)  # fmt: skip
def test_a_port_of_grpc_that_settings_choose_is_no_fault_of_the_code(secure: str, told: object) -> None:
    code = f"import grpc\ndef serve(key):\n    server = grpc.server(None)\n    {secure}server.add_insecure_port('a')\n"
    assert value(service(code), "grpc_tls") == told


def test_a_channel_of_grpc_that_settings_choose_isnt_told_as_plain() -> None:
    plain = "import grpc\ndef stub():\n    return grpc.insecure_channel('stock:50051')\n"
    chosen = plain.replace(
        "    return", "    if key:\n        return grpc.secure_channel('stock:50051', key)\n    return"
    ).replace("stub()", "stub(key)")
    for code, status in ((plain, "denied"), (chosen, "stated")):
        found = project({"main.py": "import fastapi\napp = fastapi.FastAPI()\n" + code})
        (flow,) = (f for f in found.flows if f.target == "stock")
        fact = flow.fact("encryption_in_transit")
        assert fact is not None
        assert fact.status == status


@pytest.mark.parametrize(("waits", "count"), [("timeout = 9", None), ("retries = 9", 1)])
def test_a_session_that_is_handed_in_waits_as_long_as_its_adapter_says(waits: str, count: int | None) -> None:
    clients = (
        f"import requests\nfrom requests.adapters import HTTPAdapter\nclass Patient(HTTPAdapter):\n    def send(self, request, **more):\n        {waits}\n"
        "        return super().send(request, **more)\n"
        "def session() -> requests.Session:\n    made = requests.Session()\n    made.mount('https://', Patient())\n    return made\n"
    )
    code = "import requests\ndef ask(session: requests.Session, url):\n    return session.get(url)\n"
    assert value(service(code, clients=clients), "calls_without_timeout") == count


@pytest.mark.parametrize(("given", "count"), [("'now()'", None), ("self.asked", 1)])
def test_a_property_that_gives_text_of_the_codes_own_is_no_value_from_outside(
    given: str, count: int | None
) -> None:
    store = f"class Store:\n    @property\n    def moment(self):\n        return {given}\ndb = Store()\n"
    code = (
        "from store import db\ndef clean():\n    db.execute(f'delete from notes where till < {db.moment}')\n"
    )
    assert value(service(code, store=store), "sql_built_from_strings") == count


def test_a_fake_secret_is_none() -> None:
    assert value(service("FAKE_PAYER_SECRET = 'Tr0ub4dor&3'\n"), "secrets_in_code") is None
    assert value(service("PAYER_SECRET = 'Tr0ub4dor&3'\n"), "secrets_in_code") == 1


WHEEL = "Metadata-Version: 2.4\nName: writing-desk\nRequires-Python: >=3.11\nLicense: Mine\n        \n        all of it\nRequires-Dist: uvicorn>=1\n"
WHEEL += "Requires-Dist: redis>=5; extra == 'cache'\n\nRequires-Dist: none of these\n"


def test_a_wheel_tells_its_name_its_dependencies_and_its_commands() -> None:
    wheel = {
        "desk/__init__.py": "",
        "desk/cli.py": "import uvicorn\ndef main():\n    uvicorn.run('desk.app:app')\n",
        "writing_desk-1.0.dist-info/METADATA": WHEEL,
        "writing_desk-1.0.dist-info/entry_points.txt": "[console_scripts]\ndesk = desk.cli:main\n",
        "desk_base-1.0.dist-info/METADATA": "Name: desk-base\n",
    }
    (part,) = python.read(tuple(Source(path, text) for path, text in wheel.items())).components
    assert (part.id, part.kind) == ("writing-desk", "service")
    assert value(part, "python_required") == "3.11"
    assert value(part, "dependencies") == 1


def test_wheels_that_somebody_installed_are_no_project() -> None:
    installed = {f"lib/other{n}-1.0.dist-info/METADATA": f"Name: other{n}\n" for n in range(5)}
    installed |= {"lib/other1/__init__.py": "", "main.py": "import fastapi\napp = fastapi.FastAPI()\n"}
    (part,) = project(installed).components
    assert not part.id.startswith("other")


@pytest.mark.parametrize(
    ("code", "layer"), [("from broadcaster import Broadcast\n", "Broadcaster"), ("", None)]
)
def test_messages_for_sockets_go_through_what_hands_them_on(code: str, layer: str | None) -> None:
    code += "@app.websocket('/room')\nasync def room(socket):\n    await socket.accept()\n"
    assert value(service(code), "channel_layer") == layer


def test_a_variable_that_holds_a_placeholder_is_no_value() -> None:
    code = "def f(db, name):\n    place = {}\n    db.execute(f'update notes set at = {{place}}')\n"
    assert value(service(code.format("db.placeholder('at')")), "sql_built_from_strings") is None
    assert value(service(code.format("name")), "sql_built_from_strings") == 1


@pytest.mark.parametrize(
    ("decorator", "body", "count"),
    [
        ("@click.command()", "requests.get(url)", None),
        ("@click.command()", "while True:\n        requests.get(url)", 1),
        ("@app.get('/x')", "requests.get(url)", 1),
    ],
    ids=["typed", "typed, and goes on", "a route"],
)
def test_who_typed_a_command_sees_that_it_waits(decorator: str, body: str, count: int | None) -> None:
    code = f"import click\nimport requests\n{decorator}\ndef fetch(url):\n    {body}\n"
    assert value(service(code), "calls_without_timeout") == count


PEEK = "jwt.decode(token, options={'verify_signature': False})"


@pytest.mark.parametrize(
    ("use", "count"),
    [
        (f"return {PEEK}['exp'] > now", None),
        (f"claims = {PEEK}\n    return claims.get('exp'), claims['iat']", None),
        (f"logger.warning('not believed: %s', {PEEK})", None),
        (f"claims = {PEEK}\n    return claims.get('exp'), claims['sub']", 1),
        (f"return {PEEK}['sub']", 1),
    ],
    ids=["its end", "its times", "a line in the log", "its times and its subject", "its subject"],
)
def test_what_is_read_of_a_token_without_being_believed_needs_no_check(use: str, count: int | None) -> None:
    code = f"import jwt\nimport logging\nlogger = logging.getLogger()\ndef f(token, now):\n    {use}\n"
    assert value(service(code), "unchecked_tokens") == count


def test_a_check_of_privileges_guards_a_route() -> None:
    code = (
        "from fastapi import Depends\n@app.post('/pens', dependencies=[Depends(current_user)])\ndef add():\n    return 1\n"
        "@app.put('/pens', dependencies=[Depends({})])\ndef change():\n    return 1\n"
    )
    assert value(service(code.format("has_privilege('pens.change')")), "open_changing_routes") is None
    assert value(service(code.format("has_colour('pens.change')")), "open_changing_routes") == 1


@pytest.mark.parametrize(("spec", "count"), [(":d", None), (":>8", 1), ("", 1)])
def test_a_value_that_is_written_as_a_number_opens_no_sql(spec: str, count: int | None) -> None:
    code = f"def f(db, key):\n    db.execute(f'delete from notes where id = {{key{spec}}}')\n"
    assert value(service(code), "sql_built_from_strings") == count


@pytest.mark.parametrize(
    ("name", "before", "count"),
    [("send", "task.cancel()", None), ("close", "pass", None), ("send", "pass", 1)],
)
def test_the_end_of_a_task_that_is_no_longer_wanted_may_be_let_go(
    name: str, before: str, count: int | None
) -> None:
    code = f"async def {name}(task):\n    {before}\n    try:\n        await task\n    except Exception:\n        pass\n"
    assert value(service(code), "swallowed_exceptions") == count


@pytest.mark.parametrize(
    ("base", "count", "kept"), [("OAuthProvider", 3, 0), ("OAuthProvider", 2, 2), ("Carrier", 3, 3)]
)
def test_many_classes_that_ask_who_somebody_is_are_ways_to_choose_from(
    base: str, count: int, kept: int
) -> None:
    ways = "".join(
        f"class Way{n}({base}):\n    def ask(self):\n        return httpx.get('https://api.way{n}.io/me')\n"
        for n in range(count)
    )
    code = f"import fastapi\nimport httpx\napp = fastapi.FastAPI()\nclass {base}:\n    pass\n{ways}"
    found = project({"main.py": code, "requirements.txt": "fastapi\nhttpx\n"})
    assert sum(c.kind == "external_service" for c in found.components) == kept
