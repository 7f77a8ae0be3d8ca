"""PlantUML, Structurizr, D2, Graphviz and draw.io: from small texts to flows, components and remarks."""

from __future__ import annotations

import html
import re

import pytest
from tests.readers.fragments import is_taken
from tests.readers.small import drawn, flows, kinds, workspace

from buttress.model import Source
from buttress.readers import READERS, read_all


@pytest.mark.parametrize(
    ("reader", "source"),
    [
        ("plantuml", Source("a.puml", "")),
        ("plantuml", Source("a.md", "", language="plantuml")),
        ("plantuml", Source("a.md", "@startuml\nA -> B\n@enduml", language="java")),
        ("structurizr", Source("a.dsl", "workspace {\n}")),
        ("structurizr", Source("workspace.json", '{"model": {"softwareSystems": []}}')),
        ("structurizr", Source("a.md", "", language="structurizr")),
        ("dot", Source("a.gv", "")),
        ("dot", Source("a.md", "", language="graphviz")),
        ("d2", Source("a.md", "", language="d2")),
        ("drawio", Source("a.drawio.svg", "")),
        ("drawio", Source("a.xml", "<mxfile></mxfile>")),
        ("backstage", Source("x.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\n")),
        ("otm", Source("x.yaml", "otmVersion: 0.1.0\n")),
        ("threagile", Source("x.yaml", "technical_assets:\n")),
        ("calm", Source("x.json", '{"nodes": [{"unique-id": "a", "node-type": "service"}]}')),
        ("asyncapi", Source("x.json", '{"asyncapi": "3.0.0"}')),
        ("openapi", Source("x.yml", "swagger: '2.0'\npaths: {}\n")),
        ("cloudformation", Source("x.yml", "---\n  # indented throughout\n  Resources:\n    Jobs:\n      Type: AWS::SQS::Queue\n")),
        ("cloudformation", Source("x.yml", "Resources:\n  A:\n    Type: AWS::Serverless::Api\n    Properties:\n      B:\n"
                                           "        openapi: 3.0.1\n        paths: {}\n")),
    ],
)  # fmt: skip
def test_a_source_goes_to_its_reader(reader: str, source: Source) -> None:
    assert is_taken(reader, source)
    assert next(r.name for r in READERS if r.takes(source)) == reader


@pytest.mark.parametrize(
    "source",
    [
        Source("deploy.yaml", "apiVersion: apps/v1\nkind: Deployment\n"),
        Source("a.dsl", "layout direction=TB\ncomponent user {\n}\n"),
        Source("settings.json", '{"openapi": true}'),
        Source("pom.xml", "<project/>"),
    ],
)
def test_other_files_go_to_none_of_them(source: Source) -> None:
    mine = {
        "plantuml",
        "structurizr",
        "dot",
        "d2",
        "drawio",
        "backstage",
        "otm",
        "threagile",
        "calm",
        "asyncapi",
        "openapi",
    }
    assert not {r.name for r in READERS if r.takes(source)} & mine


# --- PlantUML


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Shop] --> [Orders]", {"shop calls orders"}),
        ("[Shop] <-- [Orders]", {"orders calls shop"}),
        ("[Shop] -up-> [Orders] : calls", {"shop calls orders"}),
        ("[Shop] -[#red,dashed]-> [Orders]", {"shop calls orders"}),
        ('[Shop] "1" --> "n" [Orders]', {"shop calls orders"}),
        ('component "Web shop" as w\ndatabase "Orders DB" as d\nw ..> d : writes', {"web-shop writes orders-db"}),
        ("component w as \"Web shop\"\nqueue Jobs\nJobs <-- w : publishes", {"web-shop publishes jobs"}),
        ("() Pay\n[Billing] - Pay\n[Shop] ..> Pay", {"shop calls billing"}),
        ("database DB {\n[orders table] as t\n}\n[Shop] --> t : reads", {"shop reads db"}),
        ("component x [\nWeb shop\n--\nsells books\n]\n[Orders] --> x", {"orders calls web-shop"}),
        ("package \"Back\" {\n[A]\n[B]\n}\n[A] --> [B]", {"a calls b"}),
        ("!define SHOP Web\n[SHOP] --> [B]", {"web calls b"}),
        ("!$n = \"Web\"\n[$n] --> [B]", {"web calls b"}),
        ("!procedure $use($a, $b=\"B\")\n[$a] --> [$b]\n!endprocedure\n$use(\"A\")", {"a calls b"}),
        ("!define Uses(a, b) [a] --> [b]\nUses(A, B)", {"a calls b"}),
        ("' why\n[A] --> [B]\n/' [B] --> [C] '/", {"a calls b"}),
        ("skinparam component {\nA-->B\n}\nnote left of A\n[X] --> [Y]\nend note\n[A] --> [B]", {"a calls b"}),
        ("Container(a, \"Shop\", \"Django\")\nContainerDb(b, \"Orders\", \"MySQL\")\nRel(a, b, \"Reads\")", {"shop reads orders"}),
        ("System_Ext(a, \"Bank\")\nSystem(b, \"Shop\")\nRel_Back(a, b, \"Asks\")", {"shop calls bank"}),
        ("A -> B : GET /x\nB --> A : 200", {"a calls b"}),
        ("A -> B ++ : ask\nreturn done", {"a calls b"}),
        ("participant \"Web shop\" as w\nw -> w : think\nw -> DB : SELECT 1\nDB --> w", {"web-shop reads db"}),
        ("[-> A : start\nA -> B : go\nA ->]", {"a calls b"}),
        ("box \"Inside\" #blue\nparticipant A\nend box\nA -> B", {"a calls b"}),
    ],
)  # fmt: skip
def test_plantuml_flows(text: str, expected: set[str]) -> None:
    fragment = drawn("plantuml", f"@startuml\n{text}\n@enduml")
    assert flows(fragment) == expected


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("class A {\n}\nA <|-- B", "class"),
        ("state A\n[*] --> A", "state"),
        ("start\n:Check it;\nif (ok?) then (yes)\n:Go;\nendif\nstop", "activity"),
        ('usecase "Buy" as B\n:User: --> B', "use case"),
        ("entity E {\n* id\n}\nentity F {\n}\nE ||--o{ F", "entity"),
        ("object A\nobject B", "object"),
    ],
)
def test_other_plantuml_is_named_and_nothing_is_read_from_it(text: str, sort: str) -> None:
    fragment = drawn("plantuml", f"@startuml\n{text}\n@enduml")
    assert fragment.components == ()
    assert [d.level for d in fragment.diagnostics] == ["info"]
    assert f"({sort})" in fragment.diagnostics[0].reason


def test_a_mind_map_is_told_and_the_diagram_behind_it_is_read() -> None:
    fragment = drawn("plantuml", "@startmindmap\n* a\n@endmindmap\n@startuml\n[A] --> [B]\n@enduml")
    assert flows(fragment) == {"a calls b"}
    assert "mind map" in fragment.diagnostics[0].reason


def test_an_include_among_the_files_brings_names() -> None:
    reader = next(r for r in READERS if r.name == "plantuml")
    parts = Source("c4/parts.iuml", 'component "Web shop" as web\ndatabase "Orders DB" as db\n')
    main = Source(
        "c4/main.puml", "@startuml\n!include parts.iuml\nweb --> db : reads\n[Other] --> web\n@enduml"
    )
    assert flows(reader.read((main, parts))) == {"web-shop reads orders-db", "other calls web-shop"}


def test_stereotypes_and_frames_say_what_things_are() -> None:
    elements = 'node "EKS cluster" {\n[Orders] <<FastAPI>>\n}\n[Pay] <<external>>\nqueue Jobs <<RabbitMQ>>'
    text = f"@startuml\n{elements}\n[Orders] --> Jobs\n[Orders] --> [Pay]\n@enduml"
    fragment = drawn("plantuml", text)
    assert kinds(fragment) == {"orders": "service", "pay": "external_service", "jobs": "message_broker"}
    assert {c.id: c.technology for c in fragment.components}["jobs"] == "rabbitmq"
    assert [(b.kind, b.name) for b in fragment.boundaries] == [("cluster", "EKS cluster")]


# --- Structurizr


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ('a = softwareSystem "A"\nb = softwareSystem "B"\na -> b "Asks"', {"a calls b"}),
        ('u = person "U"\ns = softwareSystem "S" {\nc = container "Shop"\n}\nu -> c', {"u calls shop"}),
        ('s = softwareSystem "S" {\nc = container "Shop"\nd = container "Orders DB"\nc -> d "Reads"\n}', {"shop reads orders-db"}),
        ('s = softwareSystem "S" {\nc = container "Shop" {\nk = component "Cart"\n}\nd = container "Orders DB"\nk -> d "Reads"\n}',
         {"shop reads orders-db"}),
        ('s = softwareSystem "S" {\nc = container "Shop" {\n-> d "Reads"\n}\nd = container "Orders DB"\n}', {"shop reads orders-db"}),
        ('s = softwareSystem "S" {\nc = container "Shop"\nd = container "Orders DB" {\nc -> this "Writes"\n}\n}', {"shop writes orders-db"}),
        ('group "G" {\na = softwareSystem "A"\n}\nb = softwareSystem "B"\na -> b', {"a calls b"}),
        ('archetypes {\ndb = container {\ntechnology "MySQL"\n}\n}\ns = softwareSystem "S" {\nc = container "Shop"\nd = db "Orders"\nc -> d "Reads"\n}',
         {"shop reads orders"}),
        ('u = person "U"\ns = softwareSystem "S" {\na = container "A"\nb = container "B"\n}\nu -> s', set()),
    ],
)  # fmt: skip
def test_structurizr_flows(model: str, expected: set[str]) -> None:
    assert flows(workspace(model)) == expected


def test_hierarchical_names_constants_and_includes_are_resolved() -> None:
    text = """workspace {
      !identifiers hierarchical
      !const DB "Orders DB"
      model {
        !include parts/people.dsl
        shop = softwareSystem "Shop" {
          web = container "Web"
          db = container "${DB}" "" "PostgreSQL"
        }
        buyer -> shop.web
        shop.web -> shop.db "Reads from"
      }
    }"""
    reader = next(r for r in READERS if r.name == "structurizr")
    fragment = reader.read((Source("a.dsl", text), Source("parts/people.dsl", 'buyer = person "Buyer"\n')))
    assert flows(fragment) == {"buyer calls web", "web reads orders-db"}


def test_an_include_that_is_not_there_is_told_with_its_line() -> None:
    fragment = drawn("structurizr", 'workspace {\nmodel {\n!include more.dsl\na = person "A"\n}\n}')
    assert [(d.line, "more.dsl" in d.reason) for d in fragment.diagnostics] == [(3, True)]


def test_a_deployment_says_replicas_zones_and_hosts() -> None:
    model = """s = softwareSystem "S" {
        c = container "Shop"
        d = container "Orders DB"
        c -> d "Reads"
      }
      deploymentEnvironment "Dev" {
        deploymentNode "Laptop" {
          containerInstance c
        }
      }
      deploymentEnvironment "Production" {
        deploymentNode "eu-west-1" {
          deploymentNode "eu-west-1a" {
            deploymentNode "VM" "" "" "" 2 {
              containerInstance c
            }
          }
          deploymentNode "eu-west-1b" {
            containerInstance c
          }
        }
      }"""
    fragment = workspace(model)
    shop = next(c for c in fragment.components if c.id == "shop")
    assert {f.name: f.value for f in shop.facts} == {"replicas": 3, "multi_zone": True}
    assert shop.boundaries == ("region-eu-west-1", "system-s")


def test_shapes_of_tags_say_kinds() -> None:
    model = 's = softwareSystem "S" {\na = container "Ledger" "" "" "Store"\nb = container "Shop"\nb -> a "Reads"\n}'
    fragment = workspace(model, 'styles {\nelement "Store" {\nshape Cylinder\n}\n}')
    assert kinds(fragment) == {"ledger": "data_store", "shop": "service"}


# --- D2, Graphviz, draw.io


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a -> b", {"a calls b"}),
        ("a <- b", {"b calls a"}),
        ("a -> b -> c: calls", {"a calls b", "b calls c"}),
        ("x: { a -> b }", {"a calls b"}),
        ("x.a -> y.b", {"a calls b"}),
        ("x: {\na\n_.b -> a\n}", {"b calls a"}),
        ("a; b\na -> b # why", {"a calls b"}),
        ('"web shop" -> "orders.api"', {"web-shop calls orders-api"}),
        ("d: Orders {shape: cylinder}\na -> d", {"a reads orders"}),
        ("d: Orders {\nshape: cylinder\nt\n}\na -> d.t: writes", {"a writes orders"}),
        ("a -> b: |md\n  calls\n|", {"a calls b"}),
        ("a -> b\n(a -> b)[0].style.opacity: 0.4", {"a calls b"}),
        ("a -> b: {\nlabel: calls\nstyle.stroke: red\n}", {"a calls b"}),
        ("shape: sequence_diagram\na -> b: ask\nb -> a: returns it", {"a calls b"}),
        ("users: {\nshape: sql_table\nid: int\n}\nposts: {\nshape: sql_table\n}\nusers.id -> posts", set()),
        ("layers: {\nx: {\na -> b\n}\n}", set()),
    ],
)  # fmt: skip
def test_d2_flows(text: str, expected: set[str]) -> None:
    assert flows(drawn("d2", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("digraph { a -> b }", {"a calls b"}),
        ("digraph { a -> b -> c; api [label=\"API\"] }", {"a calls b", "b calls c"}),
        ("digraph { a -> b [dir=back] }", {"b calls a"}),
        ("digraph { a -> b [dir=both] }", {"a calls b"}),
        ("digraph { db -> till [dir=both] }", {"till reads db"}),
        ("digraph { api -> Kafka -> worker [dir=both] }", {"api publishes kafka", "worker consumes kafka"}),
        ('digraph { a [label="Report\\n(daily/weekly)\\nWorker"]; b -> a }', {"b calls report-worker"}),
        ('digraph { a [label="(daily) Report worker"]; b -> a }', {"b calls report-worker"}),
        ("digraph { web -> {db cache} }", {"web reads db", "web reads cache"}),
        ("digraph { subgraph cluster_x { label=\"Backend\"; api; db } web -> api; api -> db }", {"web calls api", "api reads db"}),
        ("digraph { a:p1 -> b:p2:n }", {"a calls b"}),
        ("digraph { a [label=\"Shop|<f> x\" shape=record]; a -> DB }", {"shop reads db"}),
        ("digraph { a -> b [style=invis]; b -> a }", {"b calls a"}),
        ("digraph {\n# c\n// d\n/* e */ a -> b }", {"a calls b"}),
        ("digraph { node [shape=cylinder]; a; node [shape=box]; b; b -> a }", {"b reads a"}),
    ],
)  # fmt: skip
def test_dot_flows(text: str, expected: set[str]) -> None:
    assert flows(drawn("dot", text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            'digraph { a [shape=record label="{A|+ x: int\\l|+ f()\\l}"]; b [shape=record label="{B|- y\\l}"]; a -> b }',
            "class",
        ),
        ("digraph { n1 -> n2; n2 -> n3; n3 -> n4 }", "named like a component"),
        ("digraph { s [shape=point]; q [shape=doublecircle]; s -> q }", "automaton"),
    ],
)
def test_other_graphs_are_named_and_nothing_is_read_from_them(text: str, reason: str) -> None:
    fragment = drawn("dot", text)
    assert fragment.components == ()
    assert [reason in d.reason for d in fragment.diagnostics] == [True]


def test_a_driver_of_something_is_nobody() -> None:
    text = 'digraph { a [label="Storage Driver"]; b [label="Driver"]; shop -> a; b -> shop }'
    assert kinds(drawn("dot", text)) == {
        "storage-driver": "library_or_module",
        "driver": "actor",
        "shop": "service",
    }


def test_a_picture_that_holds_its_drawing_is_read() -> None:
    cell = '<mxCell id="2" value="Orders DB" vertex="1"/>'
    inner = html.escape(
        f"<mxfile><diagram><mxGraphModel><root>{cell}</root></mxGraphModel></diagram></mxfile>"
    )
    fragment = drawn("drawio", f'<svg content="{inner}"></svg>', "a.drawio.svg")
    assert kinds(fragment) == {"orders-db": "data_store"}


def test_a_link_rests_on_the_words_that_hold_it() -> None:
    text = "See\n\n![x](https://mermaid.ink/img/Z3JhcGggTFIKIGFbU2hvcF0gLS0+IGJbKERCKV0=)\n"
    claims = [
        e for f in read_all([Source("a.md", text)])[0] for c in (*f.components, *f.flows) for e in c.evidence
    ]
    assert {(e.line, bool(re.match(r"https://mermaid\.ink/img/", e.quote))) for e in claims} == {(3, True)}


def test_points_at_which_lines_of_a_dot_graph_meet_are_no_parts() -> None:
    for shape, parts in (
        ("point", {"shop-service", "orders-db"}),
        ("box", {"shop-service", "orders-db", "m"}),
    ):
        text = f'digraph {{ a [label="Shop service"]; b [label="Orders DB"]; m [shape={shape}]; a -> m; m -> b; a -> b }}'
        fragments, _ = read_all([Source("a.dot", text)])
        assert {c.id for f in fragments for c in f.components} == parts
