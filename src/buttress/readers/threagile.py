"""Threagile.

YAML with `threagile_version` or `technical_assets`.

- **Reads** technical assets with their type and technology, communication links with protocol, authentication and authorization, trust
  boundaries, shared runtimes (hosts), `internet`, `owner`, `redundant`, and the encryption of data stores. What the model says to be `none`
  is denied.
- **Complete about** nothing: what its fields say counts.
- **Doesn't read** data assets, risks, questions, abuse cases and requirements.
"""

from __future__ import annotations

from buttress.drawings import Drawing, Edge, Group, Place, assemble_models
from buttress.drawings.facts import facts_of
from buttress.evidence.lines import Node as Value
from buttress.model import Fact, Fragment, Source

MAX_DEPTH = 30
_PROTOCOLS = {"http": "HTTP", "https": "HTTPS", "ws": "WebSocket", "wss": "WSS", "reverse-proxy-web-protocol": "HTTP",
              "reverse-proxy-web-protocol-encrypted": "HTTPS", "jdbc": "JDBC", "odbc": "ODBC", "sql-access-protocol": "SQL", "mqtt": "MQTT",
              "jms": "JMS", "smtp": "SMTP", "imap": "IMAP", "ldap": "LDAP", "ldaps": "LDAPS", "ssh": "SSH", "sftp": "SFTP",
              "grpc": "gRPC", "xmpp": "XMPP", "ftp": "FTP", "nfs": "NFS"}  # fmt: skip
# Protocols that Threagile also has in an encrypted form: the plain one is a choice.
_PLAIN = frozenset(("http", "ws", "jdbc", "odbc", "sql-access-protocol", "nosql-access-protocol", "ldap", "smtp", "pop3", "imap", "ftp",
                    "reverse-proxy-web-protocol", "binary", "text"))  # fmt: skip
_ACCESS = {"true": "reads", "false": "reads, writes"}
_NO_LINKS = frozenset(("data_flows", "dataflows", "flows", "links", "connections"))
_PAGES = frozenset(("browser", "mobile-app"))
_FILES = frozenset(("file-server", "local-file-system"))
_CLIENTS = frozenset(("browser", "client-system", "mobile-app", "desktop", "devops-client"))


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the components, flows and boundaries of all Threagile models of one system.

    >>> text = "technical_assets:\n  Shop:\n    id: shop\n    type: process\n    technology: web-server\n"
    >>> [c.name for c in read((Source("threagile.yaml", text),)).components]
    ['Shop']
    """
    return assemble_models(sources, "threagile", lambda root: _Model(root).run())


class _Model:
    def __init__(self, root: Value) -> None:
        self.root = root
        self.path = root.source.path
        self.out = Drawing(self.path, "model", root.line)

    def run(self) -> Drawing:
        within = self._boundaries()
        for title, asset in self.root.items("technical_assets"):
            id_ = asset.text("id") or title
            node = self.out.node(id_, Place.of(asset))
            node.label = title
            sort = asset.text("type").lower()
            words = [asset.text("technology"), *(t.raw for t in asset.list("technologies"))]
            said = [w.replace("-", " ") for w in words if w and w != "unknown-technology"]
            node.technology = ", ".join((*said, *(t.raw for t in asset.list("tags") if t.raw)))
            node.shape = (
                "cylinder" if sort == "datastore" and not any("queue" in w for w in words) else "rect"
            )
            client = set(words) & _CLIENTS and asset.text("used_as_client_by_human") == "true"
            node.external = sort == "external-entity" and not client
            node.kind = "actor" if client and sort == "external-entity" else None
            if sort == "process" and not client and set(words) & _PAGES:
                node.kind = "web_frontend"
            if sort == "datastore" and set(words) & _FILES:
                node.kind = "data_store"
            if "web-server" in words and asset.text("custom_developed_parts") == "true":
                node.kind = "service"
            node.facts = tuple(self._facts(asset, sort))
            node.group = within.get(id_)
        for title, asset in self.root.items("technical_assets"):
            for key, value in asset.items():
                if key in _NO_LINKS and any(value.items()):
                    reason = f"{key!r} of {title[:60]!r} is no key of Threagile, expected communication_links; nothing was read from it"
                    self.out.note(value.key_line, reason)
            for name, link in asset.items("communication_links"):
                self._link(asset.text("id") or title, name, link)
        return self.out

    def _boundaries(self) -> dict[str, str]:
        """Draw trust boundaries and shared runtimes; return the innermost frame of each asset."""
        within: dict[str, str] = {}
        ids: dict[str, str] = {}
        for title, boundary in self.root.items("trust_boundaries"):
            id_ = boundary.text("id") or title
            ids[id_] = f"trust {id_}"
            place = Place.of(boundary)
            self.out.groups[ids[id_]] = Group(ids[id_], title, place, None, "trust")
            for asset in boundary.list("technical_assets_inside"):
                within[asset.raw] = ids[id_]
        for title, boundary in self.root.items("trust_boundaries"):
            outer = ids[boundary.text("id") or title]
            for inner in boundary.list("trust_boundaries_nested"):
                if inner.raw in ids and ids[inner.raw] != outer:
                    self.out.groups[ids[inner.raw]].parent = outer
        for title, runtime in self.root.items("shared_runtimes"):
            for asset in runtime.list("technical_assets_running"):
                key = f"runtime {title} in {within.get(asset.raw, '')}"
                self.out.groups.setdefault(
                    key, Group(key, title, Place.of(runtime), within.get(asset.raw), "host")
                )
                within[asset.raw] = key
        return within

    def _facts(self, asset: Value, sort: str) -> list[Fact]:
        facts = [
            fact for tag in asset.list("tags")
            for fact in facts_of(tag.raw, Place.of(tag).evidence(self.path), owner="component")
        ]  # fmt: skip

        def say(name: str, key: str, value: object = True, *, denied: bool = False) -> None:
            here = Place.of(asset.get(key)).evidence(self.path)
            facts.append(Fact(name, None if denied else value, "denied" if denied else "stated", (here,)))  # type: ignore[arg-type]

        if asset.text("owner"):
            say("owner", "owner", asset.text("owner"))
        if asset.text("internet") == "true" and sort != "external-entity":
            say("exposed_to_internet", "internet")
        if asset.text("redundant") == "true":
            say("single_instance", "redundant", denied=True)
        encryption = asset.text("encryption")
        if sort == "datastore" and encryption:
            say("encryption_at_rest", "encryption", denied=encryption == "none")
        return facts

    def _link(self, source: str, name: str, link: Value) -> None:
        target = link.text("target")
        if target not in self.out.nodes:
            self.out.note(
                link.key_line, f"a communication link to {target[:60]!r}, which is no technical asset"
            )
            return
        protocol = link.text("protocol").lower()
        facts = []
        for key in ("authentication", "authorization"):
            if said := link.text(key):
                here = (Place.of(link.get(key)).evidence(self.path),)
                facts.append(
                    Fact(key, None, "denied", here) if said == "none" else Fact(key, said, "stated", here)
                )
        spoken = (Place.of(link.get("protocol") or link).evidence(self.path),)
        if protocol.endswith(("-encrypted", "-encrypted-tls")) or link.text("vpn") == "true":
            said_by = (
                link.get("protocol")
                if protocol.endswith(("-encrypted", "-encrypted-tls"))
                else link.get("vpn")
            )
            here = (Place.of(said_by, link).evidence(self.path),)
            facts.append(Fact("encryption_in_transit", True, "stated", here))
        elif protocol in _PLAIN:
            facts.append(Fact("encryption_in_transit", None, "denied", spoken))
        base = protocol.removesuffix("-encrypted")
        written = _PROTOCOLS.get(protocol) or _PROTOCOLS.get(base, "")
        label = name
        if (
            self.out.nodes[target].shape == "cylinder"
            and (access := link.text("readonly").lower()) in _ACCESS
        ):
            label = f"{name}, {_ACCESS[access]}"
        place = Place.of(link)
        self.out.edges.append(Edge(source, target, place, label, written, facts=tuple(facts)))
