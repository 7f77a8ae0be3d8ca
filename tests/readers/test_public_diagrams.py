"""What public drawings and models taught, each in a small text of its own."""

from __future__ import annotations

import pytest
from tests.readers.small import drawn, flows, kinds, workspace

from buttress.model import Fragment, Source
from buttress.readers import READERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[A] -[hidden]-> [B]\n[A] -[hidden]down-> [B]\n[A] --> [C]", {"a calls c"}),
        ("[A] -r[#green,dashed]-> [B]", {"a calls b"}),
        ("node \"EC2\" as n {\n[App]\n}\nactor User\nUser --> \"EC2\" : HTTPS", {"user calls app"}),
        ("note \"Why\" as N1\nN1 .. [A]\n[A] --> [B]", {"a calls b"}),
        ("note as N1\n[X] --> [Y]\nend note\nN1 .. [A]\n[A] --> [B]", {"a calls b"}),
        ("node \"S3\" {\nfolder Media\n}\n[App] --> Media : Store", {"app writes s3"}),
        ("A -> B ++ : ask\nB -> C : ask\nC --> B : yes\nreturn done", {"a calls b", "b calls c"}),
        ("A -> B : getUser()\nB -> A : the user", {"a calls b"}),
        ("A -> B : order\nB -> A : notifies of it", {"a calls b", "b calls a"}),
        ("A -> B\n& A -> C\n{start} A -> D : x\n||45||\n? -> A : hook", {"a calls b", "a calls c", "a calls d"}),
    ],
)  # fmt: skip
def test_what_is_drawn_only_for_the_eye_is_no_flow_in_plantuml(text: str, expected: set[str]) -> None:
    fragment = drawn("plantuml", f"@startuml\n{text}\n@enduml")
    assert flows(fragment) == expected
    assert not fragment.diagnostics


def test_calls_of_pictures_in_names_of_plantuml_are_left_out() -> None:
    text = '@startuml\nrectangle "$LambdaIMG()\\nAWS Lambda" as f\nrectangle "$APIGatewayIMG()\\nAmazon API\\nGateway" as g\ng --> f\n@enduml'
    assert {c.name: c.technology for c in drawn("plantuml", text).components} == {
        "AWS Lambda": "lambda", "Amazon API Gateway": "aws-api-gateway",
    }  # fmt: skip


def test_an_icon_of_people_is_people() -> None:
    text = (
        '@startuml\n!include <awslib/General/Users>\nUsers(u, "Events")\nLambda(f, "Vote")\nu --> f\n@enduml'
    )
    assert kinds(drawn("plantuml", text))["events"] == "actor"


def test_deployment_nodes_of_one_name_stay_apart_and_say_how_often_they_stand() -> None:
    nodes = (
        'Deployment_Node(a, "api*** x8") {\nDeployment_Node(t, "Tomcat") {\nContainer(x, "API", "Java")\n}\n}\n'
        'Deployment_Node(b, "web") {\nDeployment_Node(u, "Tomcat") {\nContainer(y, "Site", "Java")\n}\n}'
    )
    fragment = drawn("plantuml", f"@startuml\n{nodes}\nRel(y, x, 'Calls')\n@enduml")
    parts = {c.id: c for c in fragment.components}
    assert (parts["api"].boundaries, parts["site"].boundaries) == (("host-tomcat-api",), ("host-tomcat-web",))
    assert [(f.name, f.value) for f in parts["api"].facts] == [("replicas", 8)]


def test_one_of_each_zone_is_one_component_in_two_zones() -> None:
    zone = 'package "Availability Zone {0}" {{\npackage "Public subnet" as s{0} {{\n[NAT] as n{0}\n}}\n}}\n'
    fragment = drawn("plantuml", f"@startuml\n{zone.format(1)}{zone.format(2)}[App] --> n1\n@enduml")
    nat = next(c for c in fragment.components if c.id == "nat")
    assert {f.name: f.value for f in nat.facts} == {"replicas": 2, "multi_zone": True}


def test_a_primary_that_copies_to_a_secondary_is_not_that() -> None:
    hosts = 'node "db01" {\ndatabase Data as a\n}\nnode "db02" {\ndatabase Data as b\n}\na --> b : replicates'
    assert flows(drawn("plantuml", f"@startuml\n{hosts}\n@enduml")) == {"data-db01 replicates data-db02"}


def test_numbers_with_an_n_say_no_number() -> None:
    issuers = "".join(f"[Issuer {n}] --> [Hub]\n" for n in ("1", "2", "N"))
    assert [c.facts for c in drawn("plantuml", f"@startuml\n{issuers}@enduml").components] == [(), ()]


def test_what_instances_and_infrastructure_are_tied_to_is_read_from_a_deployment() -> None:
    model = """s = softwareSystem "S" {
        c = container "Shop"
        d = container "Orders schema"
        c -> d "Reads" "MySQL protocol/SSL"
      }
      deploymentEnvironment "Live" {
        deploymentNode "eu-west-1" {
          lb = infrastructureNode "Balancer" "" "Elastic Load Balancer"
          deploymentNode "VM" {
            containerInstance c {
              lb -> this "Forwards to"
            }
          }
          deploymentNode "MySQL" {
            containerInstance d
          }
        }
      }
      deploymentEnvironment "Dev" {
        deploymentNode "Laptop" {
          proxy = infrastructureNode "Proxy"
          containerInstance c {
            proxy -> this
          }
        }
      }"""
    fragment = workspace(model)
    assert flows(fragment) == {"balancer routes shop", "shop reads orders-schema"}
    parts = {c.id: c for c in fragment.components}
    assert parts["balancer"].boundaries == ("region-eu-west-1",)
    assert (parts["orders-schema"].technology, parts["orders-schema"].kind) == ("mysql", "relational_db")
    assert {f.name for flow in fragment.flows for f in flow.facts} == {"encryption_in_transit"}


def test_what_an_included_file_says_is_shown_there() -> None:
    reader = next(r for r in READERS if r.name == "structurizr")
    base = Source("base.dsl", 'workspace {\nmodel {\nbuyer = person "Buyer"\n}\n}\n')
    more = Source(
        "shop.dsl", 'workspace extends base.dsl {\nmodel {\ns = softwareSystem "Shop"\nbuyer -> s\n}\n}'
    )
    fragment = reader.read((more, base))
    assert {(e.source, e.line) for c in fragment.components if c.id == "buyer" for e in c.evidence} == {
        ("base.dsl", 3)
    }
    assert flows(fragment) == {"buyer calls shop"}


def test_a_tag_of_the_future_is_a_plan() -> None:
    fragment = workspace('a = softwareSystem "A" "" "Future State"\nb = softwareSystem "B"\nb -> a')
    assert [(f.name, f.value) for c in fragment.components if c.id == "a" for f in c.facts] == [
        ("status", "planned")
    ]


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("...@shared\na -> b", {"a", "b"}),
        ("a -> b\nc: null\nb -> c: null", {"a", "b"}),
        ("A -> b\na: Shop", {"Shop", "b"}),
        ("a -> b\nnote: |md\n  # Why\n  c -> d\n|", {"a", "b"}),
        ("a: |md\n  # Orders API\n|\na -> b", {"Orders API", "b"}),
        ("a -> b\nspacer: \"\"", {"a", "b"}),
        ("x: \"\" {\na -> b\n}", {"a", "b"}),
        ("a -> b\nlegend: Legend {\nnear: bottom-right\nsync -> async\n}", {"a", "b"}),
        ("s: {\nshape: sequence_diagram\na -> b\nretries: {\na -> b: again\n}\n}", {"a", "b"}),
        ("n: m5.large {icon: https://icons/aws%2FCompute%2FEC2.svg}\na -> n", {"m5.large", "a"}),
    ],
)  # fmt: skip
def test_d2_components(text: str, components: set[str]) -> None:
    fragment = drawn("d2", text)
    assert {c.name for c in fragment.components} == components
    assert not [b for b in fragment.boundaries if b.name.lower() in ("legend", "x")]


def test_an_icon_says_what_a_shape_of_d2_is() -> None:
    fragment = drawn("d2", "n: m5.large {icon: https://icons/aws%2FCompute%2FEC2.svg}\na -> n")
    assert {c.id: c.technology for c in fragment.components}["m5-large"] == "ec2"


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("digraph { api -> db; t [shape=plaintext label=\"Version 2\"] }", {"api", "db"}),
        ("digraph { subgraph cluster_a { api } api -> db }", {"api", "db"}),
        ("digraph { lb [label=\"Elastic\\nLoad\\nBalancer\"]; lb -> api }", {"Elastic Load Balancer", "api"}),
        ("digraph { gw [label=\"API\\nGateway\"]; gw -> db }", {"API Gateway", "db"}),
        ("digraph { a [label=\"Orders\\nFastAPI\"]; a -> db }", {"Orders", "db"}),
    ],
)  # fmt: skip
def test_dot_components(text: str, components: set[str]) -> None:
    fragment = drawn("dot", text)
    assert {c.name for c in fragment.components} == components
    assert fragment.boundaries == ()


def page(*cells: str) -> Fragment:
    return drawn(
        "drawio",
        f"<mxfile><diagram><mxGraphModel><root>{''.join(cells)}</root></mxGraphModel></diagram></mxfile>",
    )


def cell(id_: str, value: str, style: str, x: int, y: int, w: int, h: int) -> str:
    box = f'<mxGeometry x="{x}" y="{y}" width="{w}" height="{h}" as="geometry"/>'
    return f'<mxCell id="{id_}" value="{value}" style="{style}" vertex="1" parent="1">{box}</mxCell>'


def test_frames_of_drawio_that_overlap_all_count() -> None:
    fragment = page(
        cell("z1", "Availability Zone 1", "dashed=1", 0, 0, 200, 400),
        cell("z2", "Availability Zone 2", "dashed=1", 300, 0, 200, 400),
        cell("g", "Auto Scaling group", "dashed=1", -20, 100, 540, 100),
        cell("a", "Web server 1", "rounded=1", 50, 120, 60, 60),
        cell("b", "Web server 2", "rounded=1", 350, 120, 60, 60),
    )
    (web,) = fragment.components
    assert {f.name: f.value for f in web.facts} == {"replicas": 2, "multi_zone": True}
    assert web.boundaries == ("group-auto-scaling-group",)


def test_the_text_below_an_icon_of_drawio_is_its_name() -> None:
    icon = "shape=mxgraph.aws4.resourceIcon;resIcon=mxgraph.aws4.lambda;"
    fragment = page(
        cell("l", "", icon, 100, 100, 50, 50),
        cell("n", "Resize images", "text;html=1", 80, 152, 90, 20),
        cell("t", "Version 2", "text;html=1", 400, 10, 90, 20),
    )
    assert [(c.name, c.technology) for c in fragment.components] == [("Resize images", "lambda")]


def test_a_person_of_c4_and_an_empty_group_of_aws_are_no_services() -> None:
    fragment = page(
        cell("p", "Clerk", "html=1;shape=mxgraph.c4.person2;", 0, 0, 50, 50),
        cell(
            "s",
            "Private subnet",
            "shape=mxgraph.aws4.group;grIcon=mxgraph.aws4.group_security_group",
            200,
            0,
            90,
            90,
        ),
        cell("d", "Orders DB", "shape=cylinder3", 400, 0, 50, 50),
    )
    assert kinds(fragment) == {"clerk": "actor", "orders-db": "data_store"}
    assert [(b.kind, b.name) for b in fragment.boundaries] == [("network", "Private subnet")]


def test_contracts_by_small_texts() -> None:
    text = """openapi: 3.1.0
info: {title: Pay}
servers: [{url: "https://pay.example.org/{v}", variables: {v: {default: v2}}}]
security: [{cert: []}]
paths:
  /refunds:
    get:
      responses:
        "200": {headers: {Link: {}, Sunset: {}}, content: {application/json: {schema: {$ref: "#/components/schemas/All"}}}}
        default: {content: {application/problem+json: {}}}
  /bare:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/All"}}}}}}
components: {schemas: {All: {type: array}}, securitySchemes: {cert: {type: mutualTLS}}}
"""
    fragment = next(r for r in READERS if r.name == "openapi").read((Source("a.yaml", text),))
    said = {f.name: f.value for f in fragment.components[0].facts}
    assert (said["url"], said["mutual_tls"]) == ("https://pay.example.org/v2", True)
    assert {s.topic for s in fragment.stances if s.status == "addressed"} >= {
        "api-versioning", "pagination", "error-handling", "api-stability",
    }  # fmt: skip


def test_an_address_whose_scheme_is_open_says_nothing_of_encryption() -> None:
    url = '{url: "{s}://x.example.org", variables: {s: {default: https, enum: [http, https]}}}'
    text = f"openapi: 3.0.0\ninfo: {{title: A}}\nservers: [{url}]\npaths: {{}}\n"
    fragment = next(r for r in READERS if r.name == "openapi").read((Source("a.yaml", text),))
    assert fragment.components[0].facts == ()


def test_replies_brokers_and_guarantees_of_asyncapi() -> None:
    text = """asyncapi: 3.0.0
info: {title: Order events, version: "%VERSION%"}
servers: {prod: {host: "rabbitmq.example.org", protocol: amqp}}
channels: {ask: {address: ask}, told: {address: told}}
operations:
  asked:
    action: receive
    channel: {$ref: "#/channels/ask"}
    reply: {channel: {$ref: "#/channels/told"}}
    bindings: {amqp: {ack: true}}
components: {messages: {m: {correlationId: {location: x}}}}
"""
    fragment = next(r for r in READERS if r.name == "asyncapi").read((Source("a.yaml", text),))
    assert flows(fragment) == {"order-events consumes rabbitmq", "order-events publishes rabbitmq"}
    assert kinds(fragment) == {"order-events": "service", "rabbitmq": "message_broker"}
    assert [f.name for flow in fragment.flows for f in flow.facts] == ["acknowledgement"]
    assert "correlation-id" in {s.topic for s in fragment.stances}


@pytest.mark.parametrize(
    ("reader", "path", "text", "expected"),
    [
        ("calm", "a.json", '{"nodes": [{"unique-id": "s", "node-type": "service", "name": "Storage layer"}], "relationships": []}', "service"),
        ("otm", "a.otm", '{"otmVersion": "0.1.0", "components": [{"id": "c", "name": "Order database", "type": "code-class"}]}', "library_or_module"),
        ("threagile", "a.yaml", "technical_assets:\n  Shop:\n    id: s\n    type: process\n    technology: web-server\n"
         "    custom_developed_parts: true\n", "service"),
    ],
)  # fmt: skip
def test_what_a_model_says_a_part_is_counts(reader: str, path: str, text: str, expected: str) -> None:
    assert [c.kind for c in drawn(reader, text, path).components] == [expected]


def test_numbers_and_pictures_beside_a_drawing_are_no_components() -> None:
    icon = "shape=mxgraph.aws4.{};"
    fragment = page(
        cell("1", "1", "ellipse", 0, 0, 20, 20),
        cell("c", "", icon.format("coffee_pot"), 100, 0, 50, 50),
        cell("d", "", icon.format("dynamodb"), 200, 0, 50, 50),
    )
    assert kinds(fragment) == {"amazon-dynamodb": "key_value_db"}


def test_an_application_called_after_its_broker_is_no_broker() -> None:
    text = """asyncapi: 3.0.0
info: {title: Streetlights Kafka API}
servers:
  a: {host: "x:1", protocol: kafka, security: [{$ref: "#/components/securitySchemes/sasl"}]}
  b: {host: "x:2", protocol: kafka, security: [{$ref: "#/components/securitySchemes/certs"}]}
operations: {on: {action: send}}
components: {securitySchemes: {sasl: {type: scramSha256}, certs: {type: X509}}}
"""
    fragment = drawn("asyncapi", text, "a.yaml")
    assert {c.id: (c.kind, c.technology) for c in fragment.components} == {
        "kafka": ("stream", "kafka"), "streetlights-kafka-api": ("service", None),
    }  # fmt: skip
    assert [f.value for flow in fragment.flows for f in flow.facts] == ["scramSha256, X509"]
