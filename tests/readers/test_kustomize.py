"""Kustomizations are built: what the overlay that runs makes of the manifests, with the lines that say it."""

from __future__ import annotations

import pytest

from buttress.evidence.quotes import misquoted
from buttress.model import Component, Fragment, Source
from buttress.readers.kubernetes import read

_WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: till, labels: {tier: front}}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: till}}
    spec:
      containers:
        - name: till
          image: acme/till:latest
        - name: proxy
          image: acme/proxy:2
"""
_BASE = {"base/till.yaml": _WEB, "base/kustomization.yaml": "resources: [till.yaml]\n"}


def built(texts: dict[str, str]) -> Fragment:
    sources = tuple(Source(path, text) for path, text in texts.items())
    fragment = read(sources)
    assert misquoted(fragment, sources) == []
    return fragment


def till(over: str, **more: str) -> Component:
    texts = {
        **_BASE,
        "live/kustomization.yaml": f"resources: [../base]\n{over}",
        **{k.replace("__", "/").replace("_yaml", ".yaml"): v for k, v in more.items()},
    }
    return built(texts).components[0]


def value(component: Component, name: str) -> object:
    fact = component.fact(name)
    return None if fact is None else fact.value


@pytest.mark.parametrize(
    ("over", "image"),
    [
        ("images: [{name: acme/till, newTag: v7}]", "acme/till:v7"),
        ("images: [{name: acme/till, newName: reg.example/till}]", "reg.example/till:latest"),
        ("images: [{name: acme/till, digest: 'sha256:abc'}]", "acme/till@sha256:abc"),
        ("images: [{name: acme/other, newTag: v7}]", "acme/till:latest"),
        ("images: [{name: till, newTag: v7}]", "acme/till:latest"),
    ],
)
def test_an_image_is_the_one_that_the_overlay_names(over: str, image: str) -> None:
    assert value(till(over), "image") == image


def test_what_an_overlay_says_has_its_line_and_the_rest_keeps_its_own() -> None:
    shop = till("images:\n  - name: acme/till\n    newTag: v7\n")
    pinned, ready = shop.fact("image_tag_pinned"), shop.fact("readiness")
    assert pinned is not None and ready is not None
    assert [(e.source, e.line, e.quote) for e in pinned.evidence] == [
        ("live/kustomization.yaml", 4, "newTag: v7")
    ]
    assert [(e.source, e.quote) for e in ready.evidence] == [("base/till.yaml", "name: till")]


@pytest.mark.parametrize(
    "over",
    [
        "replicas: [{name: till, count: 4}]",
        "patches:\n  - patch: |\n      kind: Deployment\n      metadata: {name: till}\n      spec: {replicas: 4}\n",
        "patches:\n  - target: {kind: Deployment, name: t.*}\n    patch: |-\n      - op: replace\n        path: /spec/replicas\n        value: 4\n",
        "patches:\n  - target: {labelSelector: tier=front}\n    patch: |-\n      - {op: add, path: /spec/replicas, value: 4}\n",
        "patchesStrategicMerge:\n  - |-\n    kind: Deployment\n    metadata: {name: till}\n    spec: {replicas: 4}\n",
        "patches: [{path: more.yaml}]",
        "patchesStrategicMerge: [more.yaml]",
        "patches: [{path: steps.yaml, target: {kind: Deployment}}]",
        "patchesJson6902: [{path: steps.yaml, target: {kind: Deployment, name: till}}]",
        "components: [../four]",
    ],
)
def test_a_patch_counts_whichever_way_it_is_written(over: str) -> None:
    shop = till(
        over,
        live__more_yaml="kind: Deployment\napiVersion: apps/v1\nmetadata: {name: till}\nspec: {replicas: 4}\n",
        live__steps_yaml="# more of it\n- op: replace\n  path: /spec/replicas\n  value: 4\n",
        four__kustomization_yaml="kind: Component\nreplicas: [{name: till, count: 4}]\n",
    )
    assert value(shop, "replicas") == 4
    assert value(shop, "image") == "acme/till:latest"


@pytest.mark.parametrize(
    "over",
    [
        "patches: [{patch: '[{op: replace, path: /spec/replicas, value: 4}]', target: {kind: Service}}]",
        "patches:\n  - target: {name: 'till(y)?+'}\n    patch: |-\n      - op: replace\n        path: /spec/replicas\n        value: 4\n",
        "patches:\n  - target: {name: till}\n    patch: |-\n      - op: replace\n        path: /spec/many/9/x\n        value: 4\n",
        "patches: [{path: gone.yaml}]",
        "components: [../four]",
    ],
)
def test_a_patch_that_meets_nothing_changes_nothing(over: str) -> None:
    assert value(till(over), "replicas") == 1


def test_a_patch_adds_to_the_container_of_its_name_and_takes_others_away() -> None:
    over = (
        "patches:\n  - patch: |\n      kind: Deployment\n      metadata: {name: till}\n      spec:\n        template:\n          spec:\n"
        "            containers:\n              - {name: proxy, $patch: delete}\n"
        "              - name: till\n                readinessProbe: {httpGet: {path: /up, port: 80}}\n"
    )
    shop = till(over)
    ready = shop.fact("readiness")
    assert value(shop, "image") == "acme/till:latest"
    assert ready is not None and [e.source for e in ready.evidence] == ["live/kustomization.yaml"]
    assert [e.line for e in ready.evidence] == [12]


def test_a_workload_that_an_overlay_deletes_is_gone() -> None:
    over = (
        "patches:\n  - patch: |\n      $patch: delete\n      kind: Deployment\n      metadata: {name: till}\n"
    )
    texts = {**_BASE, "live/kustomization.yaml": f"resources: [../base]\n{over}"}
    assert built(texts).components == ()


def test_settings_of_a_patched_map_are_those_of_both() -> None:
    stores = "\n---\n".join(
        f"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: {n}}}\nspec: {{serviceName: {n}, template: {{metadata: {{labels: {{app: {n}}}}},"
        f" spec: {{containers: [{{name: {n}, image: '{i}'}}]}}}}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: {n}}}\n"
        f"spec: {{selector: {{app: {n}}}}}"
        for n, i in (("tills", "postgres:17"), ("spare", "postgres:17"), ("quick", "redis:8"))
    )
    keep = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: till}\ndata: {DATABASE_URL: 'postgresql://spare/x', CACHE_URL: 'redis://quick'}\n"
    taken = _WEB.replace(
        "image: acme/till:latest",
        "image: acme/till:latest\n          envFrom: [{configMapRef: {name: till}}]",
    )
    made = built(
        {
            "base/all.yaml": f"{taken}---\n{stores}\n---\n{keep}",
            "base/kustomization.yaml": "resources: [all.yaml]\n",
            "live/kustomization.yaml": "resources: [../base]\npatches: [{path: map.yaml}]\n",
            "live/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: till}\ndata:\n  DATABASE_URL: postgresql://tills/x\n",
        }
    )
    assert sorted((f.source, f.target) for f in made.flows) == [("till", "quick"), ("till", "tills")]


def test_a_namespace_is_the_overlays() -> None:
    made = built({**_BASE, "live/kustomization.yaml": "namespace: shop\nresources: [../base]\n"})
    assert [b.name for b in made.boundaries] == ["shop"]
    assert made.components[0].boundaries == ("namespace-shop",)


@pytest.mark.parametrize(
    ("overlays", "replicas"),
    [
        (("eu", "us"), 1),
        (("eu", "prod"), 4),
        (("dev", "prod"), 4),
        (("prod",), 4),
        (("prod", "prod-eu"), 4),
        (("prod-us", "prod-eu"), 1),
    ],
)
def test_of_several_overlays_productions_counts_or_none(overlays: tuple[str, ...], replicas: int) -> None:
    texts = dict(_BASE)
    for name in overlays:
        count = 4 if name == "prod" else 9
        texts[f"{name}/kustomization.yaml"] = (
            f"resources: [../base]\nreplicas: [{{name: till, count: {count}}}]\n"
        )
    assert value(built(texts).components[0], "replicas") == replicas


def test_overlays_that_take_each_other_come_to_an_end() -> None:
    texts = {
        **_BASE,
        "a/kustomization.yaml": "resources: [../b, ../base]\n",
        "b/kustomization.yaml": "resources: [../a]\n",
        "c/kustomization.yaml": "resources: [../a]\nreplicas: [{name: till, count: 2}]\n",
    }
    assert value(built(texts).components[0], "replicas") == 2


def test_a_web_of_overlays_and_patches_is_built_in_good_time() -> None:
    texts = {**_BASE}
    for n in range(40):
        below = ", ".join([f"../k{n + 1}"] * 5) if n < 39 else "../base"
        texts[f"k{n}/kustomization.yaml"] = f"resources: [{below}]\n"
    many = "  - {target: {name: '.*'}, patch: '[{op: test, path: /x}]'}\n" * 4000
    texts["k0/kustomization.yaml"] += f"patches:\n{many}replicas: [{{name: till, count: 2}}]\n"
    assert value(built(texts).components[0], "replicas") == 2


def test_the_folder_of_all_is_a_base_too() -> None:
    texts = {
        "till.yaml": _WEB,
        "kustomization.yaml": "resources: [till.yaml]\n",
        "overlays/live/kustomization.yaml": "resources: [../..]\nreplicas: [{name: till, count: 3}]\n",
    }
    assert value(built(texts).components[0], "replicas") == 3


def test_settings_that_an_overlay_merges_into_a_generated_map_join_the_others() -> None:
    store = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: tills}\nspec: {selector: {app: tills}}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: quick}\nspec: {selector: {app: quick}}\n"
    )
    taken = _WEB.replace("/till:latest", "/till:latest\n          envFrom: [{configMapRef: {name: till}}]")
    made = built(
        {
            "base/all.yaml": f"{taken}---\n{store}",
            "base/kustomization.yaml": "resources: [all.yaml]\nconfigMapGenerator: [{name: till, literals: ['CACHE_URL=redis://quick']}]\n",
            "live/kustomization.yaml": "resources: [../base]\nconfigMapGenerator:\n  - name: till\n    behavior: merge\n"
            "    literals:\n      - DATABASE_URL=postgresql://tills/x\n",
        }
    )
    assert sorted((f.source, f.target) for f in made.flows) == [("till", "quick"), ("till", "tills")]


def test_a_component_takes_away_what_an_overlay_takes_twice() -> None:
    gone = "patches:\n  - target: {kind: Deployment}\n    patch: |-\n      $patch: delete\n      kind: Deployment\n      metadata: {name: till}\n"
    texts = {
        **_BASE,
        "less/kustomization.yaml": f"kind: Component\n{gone}",
        "live/kustomization.yaml": "resources: [../base, ../base]\ncomponents: [../less]\n",
    }
    assert built(texts).components == ()
