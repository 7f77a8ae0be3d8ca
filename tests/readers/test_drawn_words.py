"""What labels of drawings hold beside names, and which arrows only answer: the same in every syntax."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.readers.small import drawn, flows, kinds, workspace

from buttress.evidence.quotes import every_evidence, misquoted
from buttress.model import Fragment, Source
from buttress.readers import READERS


def read(reader: str, name: str, text: str) -> Fragment:
    return next(r for r in READERS if r.name == reader).read((Source(name, text),))


def mermaid(text: str) -> Fragment:
    return read("mermaid", "a.mmd", f"flowchart LR\n{text}")


SECRETS = {
    "a password in an address": ("mermaid", "a.mmd", "flowchart LR\n  till[Till API] -->|postgres://till:b1rdcage@db/till| db[(Ledger DB)]", "b1rdcage"),
    "a password beside a name": ("dot", "a.dot", 'digraph {\n till [label="Till API"]\n db [label="Ledger\\npassword=b1rdcage"]\n till -> db\n}', "b1rdcage"),
    "an address as the name": ("d2", "a.d2", "till: Till API\ndb: 'redis://:b1rdcage@cache:6379'\ntill -> db: reads", "b1rdcage"),
    "a key of a cloud": ("plantuml", "a.puml", "@startuml\n[Till API] --> [Bucket] : AKIA" + "Q2W3" * 4 + "\n@enduml", "Q2W3"),
    "a title of a frame": ("plantuml", "a.puml", '@startuml\npackage "Cellar token=b1rdcage-77" {\n [Till API]\n}\n[Shop] --> [Till API]\n@enduml', "b1rdcage"),
    "a line that isn't understood": ("plantuml", "a.puml", "@startuml\n[Till API] --> [Shop]\nblurb password=b1rdcage7 ???\n@enduml", "b1rdcage"),
}  # fmt: skip


@pytest.mark.parametrize(("reader", "name", "text", "secret"), SECRETS.values(), ids=SECRETS)
def test_a_secret_in_a_drawing_is_neither_quoted_nor_part_of_a_name(
    reader: str, name: str, text: str, secret: str
) -> None:
    fragment = read(reader, name, text)
    assert fragment.components
    assert secret not in repr(fragment)
    assert misquoted(fragment, [Source(name, text)]) == []


def test_words_that_only_look_like_secrets_are_quoted() -> None:
    fragment = mermaid("  shop[Shop] -->|token: JWT, password: bcrypt, https://till:8080| till[Till API]")
    quotes = {e.quote for e in every_evidence(fragment)}
    assert any("https://till:8080| till[Till API]" in quote for quote in quotes)


ANSWERS = {
    "what returns": ("shop[Shop] -->|loads prices| till[Till]\ntill -->|returns prices| shop", {"shop calls till", "shop reads till"}),
    "a later number": ("shop[Shop] -->|1| till[Till]\ntill -->|4| shop\ntill -->|2| safe[(Safe DB)]", {"shop calls till", "till reads safe-db"}),
    "no word, and nothing else to do": ("shop[Shop] --> till[Till]\ntill --> shop\nshop --> safe[(Safe DB)]", {"shop calls till", "shop reads safe-db"}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_an_arrow_back_that_only_answers_starts_nothing(text: str, expected: set[str]) -> None:
    found = flows(mermaid(text))
    assert found <= expected
    assert any(f.startswith("shop ") for f in found)
    assert not any(f.startswith("till") and f.endswith("shop") for f in found)


CALLS_BACK = {
    "each asks the other": "shop[Shop] -->|calls| till[Till]\ntill -->|calls| shop",
    "nothing was asked before": "till[Till] -->|returns parcels| shop[Shop]",
    "no words, and both have more to do": "web[Web] --> shop[Shop]\nshop --> till[Till]\ntill --> shop\ntill --> mint[Mint]",
}


@pytest.mark.parametrize("text", CALLS_BACK.values(), ids=CALLS_BACK)
def test_an_arrow_back_that_says_something_is_a_flow(text: str) -> None:
    assert "till calls shop" in flows(mermaid(text))


def test_an_arrow_without_a_word_in_a_sequence_answers_the_one_before() -> None:
    text = "@startuml\nparticipant shop\nparticipant till\nshop -> till : list_coins()\ntill -> shop\n@enduml"
    assert flows(drawn("plantuml", text)) == {"shop calls till"}


NAMES = {
    "word by word": ("Parcel<br/>Data<br/>Connector", "Parcel Data Connector"),
    "its noun in small letters": ("Vault<br/>driver", "Vault driver"),
    "its noun behind a hyphen": ("Kubernetes<br/>infra-driver", "Kubernetes infra-driver"),
    "a language below it": ("Parcel<br/>Adapter<br/>(NodeJS)", "Parcel Adapter"),
    "a product below it": ("Parcel<br/>FastAPI", "Parcel"),
    "what it is packed in": ("Docker Container: Parcel Master API", "Parcel Master API"),
    "where it runs": ("Remote Host: Parcel API", "Parcel API"),
    "what it is written in": ("Parcel simulator, local Python", "Parcel simulator"),
}


@pytest.mark.parametrize(("label", "name"), NAMES.values(), ids=NAMES)
def test_the_name_in_a_label_is_what_the_part_is_called(label: str, name: str) -> None:
    found = mermaid(f'a["{label}"] --> db[(Stamps DB)]\nshop[Shop] --> a')
    assert name in {c.name for c in found.components}


def test_parts_with_one_first_line_and_other_words_below_are_several() -> None:
    text = (
        'digraph {\n a [label="MTX\\nAdapter\\n(Go)"]\n b [label="MTX\\nAgent\\n(C++)"]\n'
        ' c [label="MTX\\nApplication\\n(Go)"]\n a -> b -> c\n}'
    )
    assert {c.name for c in drawn("dot", text).components} == {"MTX Adapter", "MTX Agent", "MTX Application"}


KINDS = {
    "what signs people in": ("web[Web proxy] --> OIDC", "oidc", "identity_provider"),
    "a program that speaks a protocol": ("mq[MQTT broker] --> c[MQTT Client<br/>Go]", "mqtt-client", "service"),
    "what makes something work": ("stage[Stage driver] --> db[(Props DB)]\nweb[Web] --> stage", "stage-driver", "library_or_module"),
    "who drives": ("taxi[Taxi driver] --> web[Web app]", "taxi-driver", "actor"),
    "who drives for somebody": ("u[Uber driver] --> web[Web app]", "uber-driver", "actor"),
    "a command line that a program starts": ("job[Nightly job] --> cli[Parcel CLI]\ncli --> db[(Parcel DB)]", "parcel-cli", "service"),
    "a command line of a person": ("cli[Parcel CLI] --> api[Parcel API]", "parcel-cli", "actor"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "part", "kind"), KINDS.values(), ids=KINDS)
def test_a_part_is_of_the_kind_that_its_words_and_arrows_say(text: str, part: str, kind: str) -> None:
    assert kinds(mermaid(text))[part] == kind


def test_a_legend_says_what_shapes_mean() -> None:
    text = "legend: Legend {\n  c: Compute {shape: queue}\n}\nshop: Omelette {shape: queue}\ntill: Till {shape: queue}\nshop -> till\n"
    assert kinds(drawn("d2", text)) == {"omelette": "service", "till": "service"}
    assert (
        kinds(drawn("d2", "shop: Shop\njobs: Jobs {shape: queue}\nshop -> jobs"))["jobs"] == "message_broker"
    )


def test_remarks_and_addresses_in_a_graph_are_no_parts() -> None:
    text = (
        'digraph {\n proxy [label="Metadata proxy"]\n vm [label="Guest agent"]\n agent [label="Metadata agent"]\n'
        ' lla [label="169.254.0.7/32\\nset in the namespace"]\n note [label="the answer is left out here" shape=plaintext]\n'
        " vm -> lla -> proxy -> agent\n agent -> note\n}"
    )
    fragment = drawn("dot", text)
    assert {c.name for c in fragment.components} == {"Metadata proxy", "Guest agent", "Metadata agent"}
    assert "guest-agent calls metadata-proxy" in {f"{f.source} calls {f.target}" for f in fragment.flows}


def test_a_script_that_is_started_and_starts_others_is_a_part() -> None:
    found = kinds(
        mermaid("api[Scan API] --> run[scan_run.py]\nrun --> db[(Scan DB)]\napi --> out[report.py]")
    )
    assert "scan-run-py" in found
    assert "report-py" not in found


def test_a_webhook_isnt_waited_for() -> None:
    fragment = mermaid(
        "forge[Forge] -->|Webhook is triggered, HTTPS| ci[CI server]\nci -->|registers webhook, HTTPS| forge"
    )
    assert {f.source: f.sync for f in fragment.flows} == {"forge": False, "ci-server": True}


def test_a_relation_with_a_system_of_one_container_is_one_with_that() -> None:
    fragment = workspace(
        'dev = person "Developer"\ndb = softwareSystem "Hash DB" "" "Database"\n'
        'sys = softwareSystem "Reckoner" {\n  server = container "Server"\n  -> db "stores hashes in"\n}\ndev -> sys "starts"',
        'styles {\nelement "Database" {\nshape Cylinder\n}\n}',
    )
    assert flows(fragment) == {"developer calls server", "server writes hash-db"}
    assert next(c for c in fragment.components if c.id == "server").aliases == ("Reckoner",)


def test_a_threat_model_in_the_spelling_of_the_first_drafts_has_flows_and_zones() -> None:
    text = (
        "otmVersion: 0.1.0\ntrustzones:\n  - id: cellar\n    name: Cellar\ncomponents:\n  - id: web\n    name: Web\n    type: webapp\n"
        "  - id: db\n    name: Ledger\n    type: postgres\n    parent: cellar\ndataflows:\n  - id: q\n    name: query\n    from: web\n    to: db\n"
    )
    fragment = read("otm", "a.otm", text)
    assert [(f.source, f.target) for f in fragment.flows] == [("web", "ledger")]
    assert next(c for c in fragment.components if c.id == "ledger").boundaries == ("trust-cellar",)


def test_calm_names_the_product_of_a_store_in_its_metadata_or_at_the_start_of_its_description() -> None:
    nodes = [
        {"unique-id": "a", "node-type": "database", "name": "Order Store", "metadata": {"database-type": "MariaDB"}},
        {"unique-id": "b", "node-type": "database", "name": "Stock Store", "description": "PostgreSQL database of all stock"},
        {"unique-id": "c", "node-type": "database", "name": "Toy Store", "description": "All toys, which come here from PostgreSQL at night"},
    ]  # fmt: skip
    found = read("calm", "a.calm.json", json.dumps({"nodes": nodes, "relationships": []}, indent=1))
    assert {c.id: (c.kind, c.technology) for c in found.components} == {
        "order-store": ("relational_db", "mariadb"),
        "stock-store": ("relational_db", "postgresql"),
        "toy-store": ("data_store", None),
    }


def test_browsers_and_file_servers_of_threagile_are_pages_and_stores() -> None:
    text = (
        "technical_assets:\n  Desk:\n    id: desk\n    type: process\n    technology: browser\n"
        "  Contract Fileserver:\n    id: files\n    type: datastore\n    technology: file-server\n"
    )
    assert kinds(read("threagile", "t.yaml", text)) == {
        "desk": "web_frontend",
        "contract-fileserver": "data_store",
    }


def test_a_title_as_wide_as_the_drawing_and_the_corner_of_another_frame_are_nothing() -> None:
    text = (
        "┌──────────────────────────────────┐\n│      The cellar of the shop       │\n└──────────────────────────────────┘\n\n"
        "┌────────────┐      ┌──────────────┐\n│  Till API  │─────▶│  Ledger DB   │\n└────────────┘      └──────────────┘\n"
    )
    fragment = next(r for r in READERS if r.name == "mermaid").read(
        (Source("a.md", text, language="ascii-drawing"),)
    )
    assert {c.name for c in fragment.components} == {"Till API", "Ledger DB"}
    assert len(fragment.flows) == 1


@pytest.mark.parametrize(
    ("name", "text", "level"),
    [
        ("a.json", '{"components": [{"id": "till", "name": "Till", "kind": "service"}]}', "warning"),
        ("b.json", '{"components": [{"name": "left-pad", "version": "1.0"}]}', "info"),
    ],
    ids=["ours", "of something else"],
)
def test_components_without_flows_are_no_graph_and_it_says_what_was_expected(
    name: str, text: str, level: str
) -> None:
    assert next(r.name for r in READERS if r.takes(Source(name, text))) == "graph_json"
    fragment = read("graph_json", name, text)
    assert [d.level for d in fragment.diagnostics] == [level]
    assert level == "info" or 'expected "flows"' in fragment.diagnostics[0].reason


@pytest.mark.parametrize("key", ["bomFormat", "dataflows"])
def test_lists_of_parts_in_other_formats_are_left_to_others(key: str) -> None:
    text = f'{{"{key}": "x", "components": [{{"name": "left-pad"}}]}}'
    assert all(r.name != "graph_json" for r in READERS if r.takes(Source("x.json", text)))


def test_graph_says_why_a_drawing_was_not_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from typer.testing import CliRunner

    from buttress.cli import app

    path = tmp_path / "orders.mmd"
    path.write_text("erDiagram\n  ORDERS ||--o{ LINES : has\n", encoding="utf-8")
    for command in ("graph", "review"):
        done = CliRunner().invoke(app, [command, str(path)])
        assert done.exit_code == 0
        assert "not an architecture diagram (erDiagram)" in done.output + capfd.readouterr().err


BLOCKS = {
    "several ends, both ways and back": (
        "blockdiag {\n  lb [label=\"Load Balancer\", stacked];\n  db [label=\"Database Servers\", shape=flowchart.database]\n"
        "  group stamps {\n    label = \"Stamp servers\";\n    s1 [label=\"Stamp Server 1\", width=256];\n    s2 [label=\"Stamp Server 2\"];\n  }\n"
        "  lb -> s1, s2;\n  s1, s2 <- mail [label=\"asks\"];\n  s1, s2 <-> db;\n}\n",
        {"load-balancer routes stamp-server", "mail calls stamp-server", "stamp-server reads database-servers"},
    ),
    "without a word around it": ("diagram {\n  group { web; shop }\n  web -> shop -> \"Shop DB\";\n}", {"web calls shop", "shop reads shop-db"}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_of_blockdiag_are_read_as_graphs(text: str, expected: set[str]) -> None:
    assert flows(read("dot", "a.blockdiag", text)) == expected


def test_blockdiag_in_a_document_is_read_and_its_kin_are_told() -> None:
    text = (
        "Shop\n====\n\n.. blockdiag::\n\n   blockdiag {\n     till -> ledger\n   }\n\n"
        ".. seqdiag::\n\n   seqdiag {\n     till -> ledger\n   }\n"
    )
    fragment = read("documents", "a.rst", text)
    assert [n.language for n in fragment.nested] == ["blockdiag"]
    assert ["seqdiag diagram" in d.reason for d in fragment.diagnostics] == [True]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Database Servers", "data_store"), ("AMQP servers", "message_broker"), ("DNS servers", "dns")],
)
def test_servers_of_a_store_are_the_store(name: str, kind: str) -> None:
    assert {c.name: c.kind for c in mermaid(f"web[Web] --> x[{name}]").components}[name] == kind


def test_names_in_other_scripts_are_parts_of_their_own() -> None:
    text = (
        '@startuml\nPerson(a, "Администратор")\nPerson(b, "Модератор")\nContainer(c, "Сервис услуг", "Go")\n'
        'ContainerDb(d, "数据库", "MySQL")\nRel(a, c, "x")\nRel(b, c, "y")\nRel(c, d, "SQL")\n@enduml'
    )
    fragment = drawn("plantuml", text)
    assert {c.name: (c.kind, c.technology) for c in fragment.components} == {
        "Администратор": ("actor", None),
        "Модератор": ("actor", None),
        "Сервис услуг": ("service", None),
        "数据库": ("relational_db", "mysql"),
    }
    assert len(fragment.flows) == 3


FRAMES = {
    "topics of a broker": ("subgraph t[Kafka Topics]\nx[parcel-sent<br/>3 partitions]\nend\na[Post API] -->|produce| x", "parcel-sent", "stream"),
    "queues": ("subgraph t[Work queues]\nx[parcels]\nend\na[Post API] --> x", "parcels", "message_broker"),
    "databases of a server": ("subgraph t[SQL Server]\nx[(Parcel data)]\nend\na[Post API] --> x", "parcel-data", "relational_db"),
    "a service beside queues": ("subgraph t[Work queues]\nx[Parcel service]\nend\na[Post API] --> x", "parcel-service", "service"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "part", "kind"), FRAMES.values(), ids=FRAMES)
def test_a_frame_tells_what_is_in_it_where_nothing_else_does(text: str, part: str, kind: str) -> None:
    assert kinds(mermaid(text))[part] == kind


@pytest.mark.parametrize(
    "text",
    [
        "a[ParcelServiceTests] -->|calls| b[PostServiceTests]\nc[ParcelProviderTests<br/>verifies the contract] --> a",
        "pr[Push / PR] --> Build\nBuild --> ContractTests --> Deploy[Deploy to Staging]\nBuild --> ApiTests",
    ],
    ids=["tests", "a pipeline of stages"],
)
def test_tests_and_stages_are_no_parts_and_it_says_so(text: str) -> None:
    fragment = mermaid(text)
    assert fragment.components == ()
    assert fragment.diagnostics[0].level == "info"


def test_a_cast_isnt_waited_for() -> None:
    text = "@startuml\nparticipant server\nparticipant agent\nserver -> agent : RPC.cast(fanout) : port_update\n@enduml"
    assert [f.sync for f in drawn("plantuml", text).flows] == [False]


def test_a_graph_in_blockdiag_may_have_a_name() -> None:
    text = 'blockdiag shop-parts {\n  web -> shop [label="calls"];\n  x [label="..."];\n  shop -> x;\n}'
    assert kinds(read("dot", "a.blockdiag", text)).keys() == {"web", "shop"}


def test_links_under_another_key_than_threagiles_are_told() -> None:
    text = "technical_assets:\n  Till:\n    id: till\n    type: process\n    data_flows:\n      a:\n        destination: safe\n"
    told = read("threagile", "t.yaml", text).diagnostics
    assert [(d.line, d.level) for d in told] == [(5, "warning")]
    assert "expected communication_links" in told[0].reason
