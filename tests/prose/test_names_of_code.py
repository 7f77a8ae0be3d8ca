"""A document beside a Python project names classes, functions and folders: those are no parts that run."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read

CODE = (
    Source("pyproject.toml", "[project]\nname = 'ferry'\ndependencies = ['fastapi']\n"),
    Source("ferry/__init__.py", ""),
    Source(
        "ferry/main.py", "import fastapi\nfrom ferry.booking import BerthPlanner\napp = fastapi.FastAPI()\n"
    ),
    Source(
        "ferry/booking.py",
        "class BerthPlanner:\n    pass\n\nclass TariffBook:\n    pass\n\nclass Announcer:\n    pass\n\ndef settle_fares():\n    pass\n",
    ),
)
OTHER = (CODE[0], CODE[1], Source("ferry/main.py", "import fastapi\napp = fastapi.FastAPI()\n"))
LIST = """# Architecture

- BerthPlanner: assigns each ship a berth and asks the TariffBook.
- TariffBook: reads all prices from PostgreSQL.
- Announcer: notifies passengers. The Announcer calls the Harbour service.
"""
TABLE = """# Architecture

| Planner | What it does |
| --- | --- |
| BerthPlanner | The BerthPlanner service assigns berths by calling the tariffs service |
| dock-allocator | The dock-allocator service assigns berths by calling the tides service |
"""


def names(code: tuple[Source, ...], document: str) -> set[str]:
    return {c.name for c in read([*code, Source("docs/architecture.md", document)]).components}


def test_classes_that_a_page_describes_are_parts_without_their_code_and_none_beside_it() -> None:
    assert {"BerthPlanner", "Announcer"} <= names(OTHER, LIST)
    beside = names(CODE, LIST)
    assert not {"BerthPlanner", "TariffBook", "Announcer"} & beside
    assert {"PostgreSQL", "ferry"} <= beside


def test_a_table_of_plug_ins_in_which_one_is_a_class_of_the_code_names_no_parts() -> None:
    assert any("dock-allocator" in n for n in names(OTHER, TABLE))
    assert not any("dock-allocator" in n or n == "BerthPlanner" for n in names(CODE, TABLE))


@pytest.mark.parametrize(
    "runs",
    [
        "The BerthPlanner worker consumes from RabbitMQ and writes to PostgreSQL.",
        "The Announcer service calls the Harbour service over gRPC. The Announcer service writes to PostgreSQL.",
    ],
    ids=["a class with a word for a process", "a class of one plain word"],
)
def test_a_name_of_the_code_that_a_page_says_to_run_is_a_part(runs: str) -> None:
    part = "BerthPlanner" if "BerthPlanner" in runs else "Announcer"
    assert any(part in n for n in names(CODE, f"# Architecture\n\n{runs}\n"))


def test_a_drawing_of_a_name_of_the_code_is_a_part() -> None:
    drawing = "# Architecture\n\n```mermaid\nflowchart LR\n  BerthPlanner -->|calls| Harbour\n```\n"
    assert {"BerthPlanner", "Harbour"} <= names(CODE, drawing)


def test_folders_of_the_code_that_a_page_lists_are_no_parts() -> None:
    page = "# Architecture\n\n- `registry/` - the registry of services, called by the gateway\n- `planner/` - planner service that writes to PostgreSQL\n"
    assert names(CODE, page) == {"ferry"}
    assert len(names((), page)) > 1


TABLES = "from django.db import models\n\nclass Cabin(models.Model):\n    pass\n\nclass Crane(models.Model):\n    pass\n"


@pytest.mark.parametrize(
    ("page", "part"),
    [
        ("This Cabin is sent to the harbour server. The cabins are read from PostgreSQL.", "Cabin"),
        ("The harbour server calls the Crane service. The Crane service writes to PostgreSQL.", "Crane service"),
    ],
    ids=["a row of a table", "a service of the same name"],
)  # fmt: skip
def test_what_the_code_keeps_in_tables_is_no_part_unless_a_word_says_that_it_runs(
    page: str, part: str
) -> None:
    kept = (*OTHER, Source("ferry/models.py", TABLES))
    runs = " " in part
    assert (part in names(kept, f"# Ferry\n\n{page}\n")) is runs
    assert part in names(OTHER, f"# Ferry\n\n{page}\n")
