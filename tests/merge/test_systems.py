"""The name of the whole system is none of its parts."""

from __future__ import annotations

import pytest
from tests.merge.mentions import flow, fragment, part, text

from buttress.merge import merge
from buttress.model import Boundary, Flow, Fragment, Source
from buttress.pipeline import read


def kind_of(name: str, *fragments: Fragment) -> str:
    return next(c.kind for c in merge(fragments).components if c.name == name)


def parts(*flows: Flow) -> Fragment:
    return fragment(
        "prose", *(part("prose", n) for n in ("Depot", "Planner", "Router", "Loader")), flows=flows
    )


@pytest.mark.parametrize(
    "title", ["Depot", "Depot architecture", "The Depot: system overview", "Architecture of Depot"]
)
def test_a_title_names_the_system_whose_parts_the_text_tells(title: str) -> None:
    assert kind_of("Depot", parts(flow("prose", "Planner", "Router")), text("Words.", title=title)) == "other"


def test_a_title_names_a_service_that_calls_the_others() -> None:
    calls = tuple(flow("prose", "Depot", n) for n in ("Planner", "Router", "Loader"))
    assert kind_of("Depot", parts(*calls), text("Words.", title="Depot architecture")) == "service"


def test_another_title_says_nothing() -> None:
    assert kind_of("Depot", parts(), text("Words.", title="Transport platform")) == "service"


@pytest.mark.parametrize("frame", ["Depot", "Depot & neighbours"])
def test_a_frame_around_parts_names_the_system(frame: str) -> None:
    drawn = fragment(
        "mermaid",
        part("mermaid", "Depot"),
        part("mermaid", "Planner", boundaries=("f",)),
        part("mermaid", "Loader", boundaries=("f",)),
        boundaries=(Boundary("f", frame, "system"),),
    )
    assert kind_of("Depot", drawn) == "other"


def test_a_service_that_runs_in_a_container_is_a_part_whatever_the_title() -> None:
    deployed = fragment("compose", part("compose", "depot"))
    assert kind_of("depot", deployed, parts(), text("Words.", title="Depot")) == "service"


def test_a_frame_that_runs_and_at_which_arrows_end_is_a_part_and_its_threads_are_how_it_is_made() -> None:
    drawn = (
        "flowchart TD\n  hub[Meter hub] --> intake\n  subgraph intake [Intake service]\n"
        "    reader[Reader thread] --> sender[Kafka producer]\n  end\n  sender --> kafka[(Kafka)]\n"
    )
    kinds = {c.name: c.kind for c in read([Source("a.mmd", drawn)]).components}
    assert kinds["Intake service"] == "service"
    assert kinds["Reader thread"] == kinds["Kafka producer"] == "library_or_module"


def test_who_only_uses_pages_is_a_person_and_two_drawings_of_one_document_mean_one_part() -> None:
    text = (
        "# Rowing\n\n```mermaid\nflowchart LR\n  athlete[Athlete] --> web[Web app] --> jobs[Import jobs]\n```\n\n"
        "```mermaid\nflowchart LR\n  job[Import job] --> db[(Results PostgreSQL)]\n```\n"
    )
    kinds = {c.name: c.kind for c in read([Source("a.md", text)]).components}
    assert kinds["Athlete"] == "actor"
    assert [name for name in kinds if name.startswith("Import job")] == ["Import job"]
