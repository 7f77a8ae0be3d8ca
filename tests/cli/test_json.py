"""The JSON that others rely on: in its schema, nothing beside it, and read back without loss."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from buttress.model import COMPONENT_KINDS, FLOW_KINDS
from buttress.model.schema import rendered
from buttress.report.checklist import State
from buttress.report.review import Rank
from buttress.rules import AREAS, SEVERITIES

Run = Callable[..., Any]
SCHEMAS = {
    name: json.loads((files("buttress") / "schemas" / f"{name}-1.json").read_text(encoding="utf-8"))
    for name in ("graph", "review")
}
REGISTRY = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in SCHEMAS.values())
BOOKSHOP = Path(__file__).parents[2] / "examples" / "bookshop"
SYSTEMS = pytest.mark.parametrize(
    ("words", "stdin"),
    [
        pytest.param(["shop"], "", id="a document and a Compose file"),
        pytest.param([str(BOOKSHOP)], "", id="the example system"),
        pytest.param(["-"], "# Nothing\n", id="a document without a system"),
        pytest.param(["-"], '{"components": [{"id": "a"}], "flows": []}', id="one component"),
    ],
)


def wrong(name: str, value: object) -> list[str]:
    errors = Draft202012Validator(SCHEMAS[name], registry=REGISTRY).iter_errors(value)
    return [f"{e.json_path}: {e.message}" for e in errors]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == f"https://buttress.dev/schema/{name}-1.json"


def test_the_schema_of_the_graph_is_that_of_its_form() -> None:
    path = files("buttress") / "schemas" / "graph-1.json"
    assert path.read_text(encoding="utf-8") == rendered(), "run: python -m buttress.model.schema"


def test_the_schemas_know_every_kind_and_area() -> None:
    definitions = SCHEMAS["graph"]["$defs"]
    assert tuple(definitions["Component"]["properties"]["kind"]["enum"]) == COMPONENT_KINDS
    assert tuple(definitions["Flow"]["properties"]["kind"]["enum"]) == FLOW_KINDS
    definitions = SCHEMAS["review"]["$defs"]
    assert tuple(definitions["area"]["enum"]) == AREAS
    assert tuple(definitions["severity"]["enum"]) == SEVERITIES
    assert set(definitions["Check"]["properties"]["state"]["enum"]) == set(get_args(State))
    assert set(definitions["Step"]["properties"]["rank"]["enum"]) == set(get_args(Rank))


@SYSTEMS
@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_written_fits_the_schema(
    name: str, words: list[str], stdin: str, shop: Path, buttress: Run
) -> None:
    ran = buttress(name, *words, "--format", "json", stdin=stdin)
    assert ran.code == 0
    assert wrong(name, json.loads(ran.out)) == []


def test_a_wrong_review_or_graph_does_not_fit_the_schema(shop: Path, buttress: Run) -> None:
    """Every change that would break somebody's program is seen."""
    review = json.loads(buttress("review", shop, "--format", "json").out)
    assert review["findings"] and review["graph"]["flows"]
    places = {
        "a key is gone": lambda r: r["findings"][0].pop("id"),
        "a key is new": lambda r: r["findings"][0].update(code="B1"),
        "a severity is new": lambda r: r["findings"][0].update(severity="CRITICAL"),
        "a number became text": lambda r: r["graph"]["components"][0]["evidence"][0].update(line="3"),
        "a kind is new": lambda r: r["graph"]["flows"][0].update(kind="talks"),
        "the version is another": lambda r: r["graph"].update(schema="https://buttress.dev/schema/graph-2.json"),
    }  # fmt: skip
    for what, change in places.items():
        changed = copy.deepcopy(review)
        change(changed)
        assert wrong("review", changed), what


@SYSTEMS
def test_the_graph_read_back_is_the_same_graph(
    words: list[str], stdin: str, shop: Path, buttress: Run, tmp_path: Path
) -> None:
    first = buttress("graph", *words, "--format", "json", stdin=stdin).out
    (tmp_path / "again.json").write_text(first, encoding="utf-8")
    assert buttress("graph", "again.json", "--format", "json").out == first
    assert buttress("graph", "-", "--format", "json", stdin=first).out == first


def test_reviewing_the_graph_is_reviewing_its_sources(shop: Path, buttress: Run) -> None:
    direct = json.loads(buttress("review", shop, "--format", "json").out)
    graph = buttress("graph", shop, "--format", "json").out
    again = json.loads(buttress("review", "-", "--format", "json", stdin=graph).out)
    assert again == direct


@pytest.mark.parametrize("name", SCHEMAS)
def test_two_runs_give_the_same_bytes(name: str, buttress: Run) -> None:
    runs = {buttress(name, BOOKSHOP, "--format", "json").out for _ in range(2)}
    assert len(runs) == 1
