"""The gate before every graph: what a reader forgot, and what only the lines above show to be a secret, doesn't get through."""

from __future__ import annotations

import pytest

from buttress.evidence.quotes import misquoted
from buttress.evidence.secrets import HIDDEN
from buttress.evidence.secrets.gate import kept_out
from buttress.model import (
    Boundary,
    Component,
    Contradiction,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Form,
    Merge,
    Rejection,
    Source,
    Stance,
    SystemGraph,
)

SECRET = "rosebud77x"


def shown(text: str, line: int, quote: str = "", *, form: Form = "config", path: str = "a.yaml") -> str:
    """Return what is left of the quote of a line, all of it unless told otherwise."""
    source = Source(path, text)
    place = Evidence(path, line, line, quote or text.split("\n")[line - 1].strip(), form)
    graph = kept_out(SystemGraph(components=(Component("a", "a", evidence=(place,)),)), [source])
    assert misquoted(graph, [source]) == []
    return graph.components[0].evidence[0].quote


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"command:\n  - desk\n  - --password\n  - {SECRET}", 4),
        (f"command:\n  - desk\n  - -p\n  - {SECRET}", 4),
        (f"env:\n  - name: DESK_PASSWORD\n    value: {SECRET}", 3),
        (f"env:\n  - value: {SECRET}\n    name: DESK_PASSWORD", 2),
        (f'[\n  "--token",\n  "{SECRET}"\n]', 3),
        (f"mysql -uroot \\\n  -h db \\\n  -p{SECRET} desk", 3),
        (f"password: |\n  {SECRET}\n", 2),
        (
            "key: |\n  -----BEGIN PRIVATE KEY-----\n  MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKc\n  q0rosebud77xq0rosebud77x==",
            4,
        ),
    ],
)
def test_the_lines_above_show_a_secret(text: str, line: int) -> None:
    assert SECRET not in shown(text, line)


def test_a_variable_that_is_named_on_the_line_above_in_code_shows_a_secret() -> None:
    text = f'key = os.environ.get(\n    "DESK_TOKEN",\n    "{SECRET}",\n)'
    assert SECRET not in shown(text, 3, form="code", path="a.py")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("command:\n  - desk\n  - --port\n  - eighty80", 4),
        ("env:\n  - name: DESK_COLOUR\n    value: azure77", 3),
        (
            "env:\n  - name: DESK_PASSWORD\n    value: ${PASSWORD}\n  - name: DESK_COLOUR\n    value: azure77",
            5,
        ),
        ("crt: |\n  -----BEGIN CERTIFICATE-----\n  MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa", 3),
        ("password:\n  secretKeyRef: desk", 2),
        ('fields = [\n    "password",\n    "colour",\n]', 3),
    ],
)
def test_other_lines_stay_whole_under_their_own(text: str, line: int) -> None:
    assert shown(text, line) == text.split("\n")[line - 1].strip()


def test_a_quote_that_is_a_piece_of_its_line_ends_only_before_a_secret_in_it() -> None:
    line = f"header X-Api-Key {SECRET}; pass http://desk:80; note {SECRET}"
    assert shown(line, 1, "pass http://desk:80") == "pass http://desk:80"
    assert shown(line, 1, SECRET) == HIDDEN


def test_running_text_is_judged_by_what_its_values_look_like() -> None:
    assert shown(f"The password: {SECRET}, the token: JWT.", 1, form="prose", path="a.md") == "The password:"
    assert (
        shown("Its password: bcrypt, its token: JWT.", 1, form="prose", path="a.md")
        == "Its password: bcrypt, its token: JWT."
    )


def test_nothing_of_a_graph_holds_a_secret_be_it_a_name_or_an_id() -> None:
    url = f"amqp://desk:{SECRET}@mq"
    place = Evidence("a.yaml", 1, 1, f"url: {url}", "config")
    one = Component(
        f"desk-{SECRET}", f"desk password={SECRET}", aliases=(url,), boundaries=(f"team-{SECRET}",), evidence=(place,),
        facts=(Fact("url", url, evidence=(place,)), Fact("args", ("run", url), evidence=(place,))),
    )  # fmt: skip
    two = Component("mq", "mq", evidence=(place,))
    flow = Flow(f"desk-{SECRET}--calls--mq", one.id, "mq", protocol=url, evidence=(place,))
    graph = SystemGraph(
        components=(one, two),
        flows=(flow,),
        boundaries=(Boundary(f"team-{SECRET}", f"token={SECRET}", "team", evidence=(place,)),),
        stances=(Stance("backups", "addressed", (place,)),),
        diagnostics=(
            Diagnostic("a.yaml", 1, f"{url} is no address"),
            Diagnostic("a.yaml", 1, f"'{SECRET[:7]}' isn't understood"),
        ),
        merges=(Merge(one.id, (one.name, url), f"both say {url}"),),
        rejections=(Rejection((url,), reason=url, evidence=(place,)),),
        contradictions=(Contradiction(one.id, "url", ((url, place), ("none", place))),),
        facts=(Fact("url", url, evidence=(place,)),),
    )
    hidden = kept_out(graph, [Source("a.yaml", f"url: {url}")])
    assert SECRET[:6] not in repr(hidden)
    assert (
        hidden.flows[0].source
        == hidden.components[0].id
        == hidden.merges[0].component
        == hidden.contradictions[0].subject
    )
    assert hidden.components[0].boundaries == (hidden.boundaries[0].id,)
    assert hidden.flows[0].id == f"{hidden.components[0].id}--calls--mq"


def test_a_graph_without_secrets_is_the_same_one() -> None:
    place = Evidence("a.yaml", 1, 1, "image: postgres:16", "config")
    graph = SystemGraph(components=(Component("postgres", "postgres", evidence=(place,)),))
    assert kept_out(graph, [Source("a.yaml", "image: postgres:16")]) is graph


def test_a_password_that_is_a_name_too_leaves_the_name() -> None:
    line = "url: postgres://desk1:desk1@desk1:5432/desk1"
    place = Evidence("a.yaml", 1, 1, line, "config")
    graph = SystemGraph(components=(Component("desk1", "desk1", evidence=(place,)),))
    assert kept_out(graph, [Source("a.yaml", line)]).components[0].name == "desk1"
