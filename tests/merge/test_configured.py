"""What a proxy finds on its own machine is the container that opens that port there."""

from __future__ import annotations

from buttress import pipeline
from buttress.model import Source, SystemGraph

PROXY = "server {\n  listen 443 ssl;\n  location / { proxy_pass http://127.0.0.1:9100; }\n}\n"
SERVICES = """services:
  desk:
    build: .
    ports: ["9100:80"]
  stock:
    build: ./stock
    ports: ["9200:80"]
"""


def read(compose: str) -> SystemGraph:
    return pipeline.read([Source("site.conf", PROXY), Source("compose.yaml", compose)])


def routes(graph: SystemGraph) -> list[tuple[str, str]]:
    return [(f.source, f.target) for f in graph.flows if f.kind == "routes"]


def test_a_port_that_a_container_opens_on_the_machine_leads_to_it() -> None:
    graph = read(SERVICES)
    assert {c.id for c in graph.components if c.kind == "service"} == {"desk", "stock"}
    assert routes(graph) == [("nginx", "desk")]
    assert any("opens the port" in m.reason for m in graph.merges)


def test_another_port_leads_nowhere() -> None:
    assert ("nginx", "desk") not in routes(read(SERVICES.replace("9100:80", "9300:80")))


def test_a_proxy_in_a_container_finds_only_itself_on_its_machine() -> None:
    own = (
        SERVICES
        + "  edge:\n    image: nginx:1.27\n    volumes: ['./site.conf:/etc/nginx/conf.d/site.conf']\n"
    )
    assert not any(target == "desk" for _, target in routes(read(own)))
