"""Names that an author sets apart: in bold where something acts, as items of what is needed, as labels side by side."""

from __future__ import annotations

from buttress import pipeline
from buttress.model import Passage, Source, SystemGraph
from buttress.prose.mentions import Finder
from buttress.prose.text import sentences

PIPELINE = """\
# Parcel pipeline

The **label printer** takes orders from Kafka. The **weight checker** weighs parcels before the **route picker** asks PostgreSQL.

Later the weight checker writes its findings to Redis. This is **very important** for the **first time** only.
"""
NEEDS = """\
# Parcel desk

## External dependencies

This service is dependent on:

- [Customs Forms](https://example.org/customs) (paper)
- [Address Book](https://example.org/addresses)
- [Tariffs](https://example.org/tariffs)

These things depend upon this service:

- Counter Terminals (in shops)
"""
LIBRARIES = """\
# Parcel desk

## Dependencies

This project depends on:

- requests
- attrs 23
- Flask
"""


def read(text: str) -> SystemGraph:
    return pipeline.read([Source("design.md", text)])


def names(graph: SystemGraph) -> set[str]:
    return {c.name for c in graph.components}


def flows(graph: SystemGraph) -> set[tuple[str, str]]:
    return {(graph.label(f.source), graph.label(f.target)) for f in graph.flows}


def test_bold_names_that_act_are_components_and_emphasis_is_none() -> None:
    graph = read(PIPELINE)
    assert {"label printer", "weight checker", "route picker"} <= names(graph)
    assert not {"very important", "first time"} & names(graph)


def test_a_name_set_apart_once_is_found_everywhere() -> None:
    assert ("weight checker", "Redis") in flows(read(PIPELINE))


def test_items_of_what_a_service_depends_on_are_needed_by_it_and_its_users_need_it() -> None:
    assert flows(read(NEEDS)) == {
        ("Parcel desk", "Customs Forms"),
        ("Parcel desk", "Address Book"),
        ("Parcel desk", "Tariffs"),
        ("Counter Terminals", "Parcel desk"),
    }


def test_a_list_of_libraries_names_no_components() -> None:
    assert not {"requests", "attrs"} & names(read(LIBRARIES))


def test_what_to_install_on_an_operating_system_is_no_system_that_one_depends_on() -> None:
    for title in ("System dependencies", "Runtime dependencies"):
        text = f"# Parcel desk\n\n## {title}\n\nThe labels need `fonttool`.\n\n- On Slackware get it by:\n- On Haiku get it by:\n"
        assert not any(n.startswith("On ") for n in names(read(text)))
    text = "# Parcel desk\n\n## System dependencies\n\n- Compiler Suite\n- Font Tools\n"
    assert not names(read(text))


def test_what_only_shortens_words_is_one_component() -> None:
    text = "# Shop\n\nThe orders app writes to PostgreSQL. The orders application reads from Redis.\n"
    assert flows(read(text)) == {("orders app", "PostgreSQL"), ("orders app", "Redis")}


def test_an_interface_is_whoever_offers_it() -> None:
    text = "# Shop\n\nThe billing service exposes a REST API. The web frontend calls the REST API of the billing service.\n"
    graph = read(text)
    assert not any("API" in name for name in names(graph))
    assert ("web frontend", "billing service") in flows(graph)


def test_lines_that_begin_with_labels_are_read_as_a_list() -> None:
    text = (
        "# Alerts\n\nEvent Takers: Publish events to Kafka.\nRate Limiter: Uses Redis to keep limits.\n"
        "Mail Workers: Consume events from Kafka and store them in PostgreSQL.\n"
    )
    assert ("Rate Limiter", "Redis") in flows(read(text))


def test_labelled_lines_of_a_section_say_what_it_needs_and_who_needs_it() -> None:
    text = (
        "# Parcels\n\n## Components\n\n- **Desk**: the web frontend.\n- **Tracker**: the service for parcels.\n\n## Tracker\n\n"
        "- Depends on: PostgreSQL, Redis (for sessions)\n- Used by: Desk\n- Output: Kafka\n- Uses: whatever Redis offers\n"
    )
    assert flows(read(text)) == {
        ("Tracker", "PostgreSQL"),
        ("Tracker", "Redis"),
        ("Desk", "Tracker"),
        ("Tracker", "Kafka"),
    }


def test_labels_of_one_long_paragraph_are_looked_at_once() -> None:
    text = "\n".join(f"Part Nr{n}: stores orders." for n in range(50))
    passage = Passage("a.md", 1, 50, "prose", text)
    texts = sentences([passage])
    finder = Finder(texts, ())
    for number in range(len(texts)):
        finder.find(number)
    assert finder.listings == {0: True}


def test_a_word_for_any_service_set_apart_is_no_name_and_cuts_none_short() -> None:
    told = """\
# Parcel desk

* **Service** weighs parcels

The **Label Printer** does the following:

* Asks the **Parcel Route Service** for the way
* Uses the **Tariff Service** to find the price
"""
    assert {"Parcel Route Service", "Tariff Service"} <= names(read(told))
    assert "Service" not in names(read(told))


def test_what_one_sentence_lets_act_upon_each_other_is_two() -> None:
    told = """\
# Parcel desk

The Tariff API calls the Tariff Service. The Tariff Service reads from PostgreSQL. The Tariff API logs to Loki.
"""
    assert ("Tariff API", "Tariff Service") in flows(read(told))
