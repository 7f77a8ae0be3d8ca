"""What a Compose file for developers says about production: nothing about sizes, all about parts and connections."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.merge.mentions import flow, fragment, part, said, text

from buttress.merge import merge
from buttress.model import Component, Fact, Fragment, SystemGraph

ONE = said("compose", "replicas", 1, "image: acme/orders:2.1")
NO_LIMIT = said("compose", "resource_limits", None, "image: acme/orders:2.1", "denied")
NO_VOLUME = said("compose", "persistent_volume", None, "image: postgres:16", "denied")
PORT = said("compose", "published_ports", ("5432",), '- "5432:5432"')


def compose(*facts: Fact, **rest: object) -> Fragment:
    return fragment("compose", part("compose", "orders", facts=facts), part("compose", "stock"), **rest)


def facts_of(graph: SystemGraph, name: str = "orders") -> dict[str, object]:
    component = graph.component(name)
    assert component is not None
    return {f.name: f.value if f.status == "stated" else None for f in component.facts}


def test_compose_alone_is_what_runs() -> None:
    assert facts_of(merge([compose(ONE, NO_LIMIT)])) == {"replicas": 1, "resource_limits": None}


def test_beside_manifests_compose_implies_nothing_about_production() -> None:
    manifests = fragment("kubernetes", part("kubernetes", "orders"), part("kubernetes", "stock"))
    graph = merge([manifests, compose(ONE, NO_LIMIT, NO_VOLUME, PORT)])
    assert facts_of(graph) == {"published_ports": ("5432",)}


def test_beside_manifests_the_sizes_that_compose_writes_out_are_its_own_too() -> None:
    manifests = fragment(
        "kubernetes",
        part("kubernetes", "orders", facts=(said("kubernetes", "resource_limits", "memory 2Gi", "limits:"),)),
        part("kubernetes", "stock"),
    )
    written = (
        said("compose", "replicas", 1, "replicas: 1"),
        said("compose", "resource_limits", "memory 1G", "mem_limit: 1G"),
    )
    assert facts_of(merge([manifests, compose(*written)])) == {"resource_limits": "memory 2Gi"}


def test_a_login_that_developers_turn_off_is_not_off_where_manifests_run_it() -> None:
    manifests = fragment("kubernetes", part("kubernetes", "orders"), part("kubernetes", "stock"))
    off = said("compose", "authentication", None, 'DISABLE_SECURITY_PLUGIN: "true"', "denied")
    assert facts_of(merge([manifests, compose(off)])) == {}
    assert facts_of(merge([compose(off)])) == {"authentication": None}


def test_what_only_the_local_file_has_keeps_what_it_says_but_not_what_it_implies() -> None:
    manifests = fragment("kubernetes", part("kubernetes", "orders"), part("kubernetes", "stock"))
    local = fragment(
        "compose",
        part("compose", "orders"),
        part("compose", "stock"),
        part("compose", "mailbox", facts=(ONE, PORT)),
    )
    assert facts_of(merge([manifests, local]), "mailbox") == {"published_ports": ("5432",)}


def test_one_service_in_common_does_not_make_a_whole_file_local() -> None:
    manifests = fragment("kubernetes", part("kubernetes", "orders"))
    file = fragment(
        "compose", *(part("compose", n, facts=(ONE,)) for n in ("orders", "stock", "mail", "search"))
    )
    assert facts_of(merge([manifests, file]), "stock") == {"replicas": 1}


@pytest.mark.parametrize(
    ("sentence", "local"),
    [
        ("Docker Compose is for local development only.", True),
        ("Run `docker compose up` on your laptop.", True),
        (
            "`compose.yaml` starts everything locally; production is elsewhere and isn't described there.",
            True,
        ),
        ("We run the whole shop with Docker Compose on one server.", False),
        ("Docker Compose runs it locally and in production.", False),
        ("We use Compose locally; in production, too.", False),
        ("Docker Compose isn't for local use.", False),
        ("Docker Compose creates a local network.", False),
        ("Local taxes are computed by Orders.", False),
    ],
)
def test_a_sentence_says_that_compose_is_for_developing(sentence: str, local: bool) -> None:
    drawn = fragment("mermaid", part("mermaid", "Orders"), part("mermaid", "Stock"))
    graph = merge([compose(ONE), drawn, text(sentence)])
    assert ("replicas" not in facts_of(graph)) is local


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("docker-compose.dev.yml", True),
        ("deploy/local/compose.yaml", True),
        ("compose.yaml", False),
        ("device/compose.yaml", False),
        ("/home/me/dev/compose.yaml", False),
    ],
)
def test_a_path_says_that_compose_is_for_developing(path: str, local: bool) -> None:
    drawn = fragment("mermaid", part("mermaid", "Orders"))
    evidence = tuple(replace(e, source=path) for e in ONE.evidence)
    orders = Component("orders", "orders", facts=(replace(ONE, evidence=evidence),), evidence=evidence)
    found = facts_of(merge([fragment("compose", orders), drawn]))
    assert found == ({"environment": "development"} if local else {"replicas": 1})


def test_what_another_file_starts_too_is_not_for_developing_only() -> None:
    drawn = fragment("mermaid", part("mermaid", "Orders"))
    here = tuple(replace(e, source="docker-compose.dev.yml") for e in ONE.evidence)
    orders = Component("orders", "orders", facts=(replace(ONE, evidence=here),), evidence=here)
    files = fragment("compose", orders), fragment("compose", part("compose", "orders", facts=(PORT,)))
    assert "environment" not in facts_of(merge([*files, drawn]))


def test_what_a_text_says_counts_more_than_what_compose_implies() -> None:
    told = fragment("prose", part("prose", "Orders", facts=(said("prose", "replicas", 3, "three replicas"),)))
    graph = merge([compose(ONE), told])
    assert facts_of(graph) == {"replicas": 3}
    assert graph.contradictions == ()


def test_an_image_without_a_version_is_told_of_its_environment() -> None:
    manifests = fragment(
        "kubernetes",
        part(
            "kubernetes",
            "orders",
            facts=(said("kubernetes", "image_tag_pinned", True, "image: acme/orders:2.1"),),
        ),
        part("kubernetes", "stock"),
    )
    loose = said("compose", "image_tag_pinned", None, "image: acme/orders:latest", "denied")
    graph = merge([manifests, compose(loose, flows=(flow("compose", "orders", "stock"),))])
    assert facts_of(graph) == {"image_tag_pinned": True}
    (note,) = graph.diagnostics
    assert (note.source, note.level) == ("compose.yaml", "info")
    assert "image: acme/orders:latest" in note.reason


def test_a_text_that_describes_few_of_its_services_leaves_compose_the_only_source() -> None:
    file = fragment(
        "compose", *(part("compose", n, facts=(ONE,)) for n in ("orders", "stock", "mail", "search"))
    )
    told = fragment("prose", part("prose", "Orders"))
    graph = merge([file, told, text("Run `docker compose up` on your laptop.")])
    assert facts_of(graph) == {"replicas": 1}


def test_a_sentence_about_two_files_is_about_the_first() -> None:
    drawn = fragment("mermaid", part("mermaid", "Orders"), part("mermaid", "Stock"))
    about = text("`compose.extra.yaml` adds to `compose.yaml` what is needed locally.")
    assert facts_of(merge([compose(ONE), drawn, about])) == {"replicas": 1}
