"""The vocabulary: large enough, fresh, complete by area, and every name in it leads back to what it names."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from buttress import data
from buttress.errors import StaleIndex, UnknownName
from buttress.model import COMPONENT_KINDS
from buttress.rules import AREAS
from buttress.vocabulary import build, load, lookup

WORDS = load()
TOPIC_IDS = (Path(__file__).parent / "topic-ids.txt").read_text().split()
TECHNOLOGIES = list(WORDS.technologies.values())


# --- the built file


def test_the_built_file_is_fresh() -> None:
    assert build.digest(data.ontology_dir()) == WORDS.digest, f"run: {lookup.BUILD_COMMAND}"


@pytest.mark.parametrize("name", build.FILES)
def test_a_change_of_any_source_file_makes_it_stale(name: str, tmp_path: Path) -> None:
    for file in build.FILES:
        shutil.copy(data.ontology_dir() / file, tmp_path / file)
    before = build.digest(tmp_path)
    assert before == build.digest(data.ontology_dir())
    with (tmp_path / name).open("a") as file:
        file.write("\n# one more remark\n")
    assert build.digest(tmp_path) != before


def test_the_built_file_is_what_the_sources_say() -> None:
    built = (data.indexes_dir() / "vocabulary.json").read_text(encoding="utf-8")
    assert built == build.rendered(data.ontology_dir()), f"run: {lookup.BUILD_COMMAND}"


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "isn't built"), ('{"schema": 99}', "has form 99, expected 1")],
    ids=["missing", "of another form"],
)
def test_a_file_that_cant_be_used_names_the_command(
    content: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "vocabulary.json").write_text(content)
    monkeypatch.setattr(data, "indexes_dir", lambda: tmp_path)
    with pytest.raises(StaleIndex, match=told) as caught:
        lookup.load.__wrapped__()
    assert str(caught.value).endswith(f"run {lookup.BUILD_COMMAND}")


# --- how much there is


def test_there_are_technologies_of_every_sort() -> None:
    assert len(TECHNOLOGIES) >= 250
    kinds = Counter(t.kind for t in TECHNOLOGIES)
    for kind in (
        "relational_db",
        "document_db",
        "cache",
        "message_broker",
        "stream",
        "search_index",
        "gateway",
        "monitoring",
    ):
        assert kinds[kind] >= 3, kind
    assert sum(bool(t.images) for t in TECHNOLOGIES) >= 80
    assert sum(bool(t.packages) for t in TECHNOLOGIES) >= 80


def test_the_topics_are_exactly_the_agreed_ones() -> None:
    assert len(TOPIC_IDS) == len(set(TOPIC_IDS)) == 223
    assert sorted(WORDS.topics) == TOPIC_IDS


def test_every_area_has_topics() -> None:
    assert tuple(WORDS.areas) == AREAS
    topics = Counter(t.area for t in WORDS.topics.values())
    assert set(topics) == set(AREAS) and min(topics.values()) >= 5
    assert 30 <= sum(t.core for t in WORDS.topics.values()) <= 70


def test_every_topic_has_phrases_a_meaning_and_a_question() -> None:
    wanting = [
        t.id for t in WORDS.topics.values() if not (t.phrases and t.definition and t.question.endswith("?"))
    ]
    assert wanting == []


def test_every_kind_of_component_is_defined() -> None:
    assert set(COMPONENT_KINDS) == {
        k.id for k in WORDS.kinds.values() if not k.abstract and k.id in COMPONENT_KINDS
    }
    assert all(WORDS.kind(k).definition and WORDS.ancestors(k)[-1] == "Component" for k in COMPONENT_KINDS)


# --- names lead back


def test_every_technology_is_of_a_kind_and_below_technologies_that_exist() -> None:
    assert [t.id for t in TECHNOLOGIES if t.kind not in WORDS.kinds] == []
    assert [t.id for t in TECHNOLOGIES for b in t.broader if b not in WORDS.technologies] == []
    assert [t.id for t in TECHNOLOGIES if t.id in WORDS.broader(t.id)] == []


def test_every_label_and_alias_names_one_technology() -> None:
    wrong = [
        (t.id, name)
        for t in TECHNOLOGIES
        for name in (t.label, *t.aliases, *t.exact)
        if (found := WORDS.technology(name)) is None or found.id != t.id
    ]
    assert wrong == []


@pytest.mark.parametrize("field", ["images", "packages", "schemes", "ports"])
def test_no_two_technologies_share_an_image_package_scheme_or_port(field: str) -> None:
    owners = Counter(value for t in TECHNOLOGIES for value in getattr(t, field))
    assert [value for value, count in owners.items() if count > 1] == []


def test_images_packages_schemes_and_ports_lead_to_their_technology() -> None:
    asked = {"images": WORDS.technology_of_image, "packages": WORDS.technology_of_package,
             "schemes": WORDS.technology_of_scheme, "ports": WORDS.technology_of_port}  # fmt: skip
    wrong = [
        (t.id, value)
        for t in TECHNOLOGIES
        for field, ask in asked.items()
        for value in getattr(t, field)
        if (found := ask(value)) is None or found.id != t.id
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("image", "id_"),
    [
        ("postgres", "postgresql"),
        ("docker.io/library/postgres:16-alpine", "postgresql"),
        ("localhost:5000/team/redis@sha256:abc", "redis"),
        ("${REGISTRY}/bitnami/rabbitmq:${TAG:-3.12}", "rabbitmq"),
        ("registry.example.com:5000/orders:1.2", None),
        ("", None),
        (":::", None),
    ],
)
def test_an_image_is_known_whatever_its_registry_tag_digest_or_variables(image: str, id_: str | None) -> None:
    found = WORDS.technology_of_image(image)
    assert (found.id if found else None) == id_


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("We use Postgres and Redis.", ["postgresql", "redis"]),
        ("Amazon RDS for PostgreSQL", ["amazon-rds-postgresql"]),
        ("postgresqls are fine", []),
        ("", []),
    ],
)
def test_technologies_are_found_in_texts_the_longest_name_first(text: str, ids: list[str]) -> None:
    assert [m.id for m in WORDS.find_technologies(text)] == ids


def test_every_phrase_of_a_topic_is_found_as_that_topic() -> None:
    missed = [
        (t.id, phrase)
        for t in WORDS.topics.values()
        for phrase in t.phrases
        if t.id not in {m.id for m in WORDS.find_topics(f"Here is {phrase} for you.")}
    ]
    assert missed == []


def test_an_unknown_kind_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'relational_db'"):
        WORDS.kind("relational_bd")
    assert not WORDS.is_kind("nothing", "component")


def test_facts_have_a_type_and_someone_who_can_have_them() -> None:
    types = {f.type for f in WORDS.facts.values()}
    assert len(WORDS.facts) >= 80
    assert all(f.domain and set(f.domain) <= {"component", "flow", "system"} for f in WORDS.facts.values())
    assert {"duration_s", "integer", "boolean", "text"} <= types and "" not in types


def test_the_built_file_has_one_entry_a_line() -> None:
    text = (data.indexes_dir() / "vocabulary.json").read_text(encoding="utf-8")
    assert len(text.splitlines()) > len(TECHNOLOGIES) + len(WORDS.topics)
    assert json.loads(text)["digest"] == WORDS.digest


def test_an_acronym_of_two_letters_in_the_plural_is_found_as_in_the_singular() -> None:
    assert "correlation-id" in {m.id for m in load().find_topics("Logs carry request IDs.")}
