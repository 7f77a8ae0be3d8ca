"""How charts are worked out: what templates give for values, what stays unknown, and how hostile ones end."""

from __future__ import annotations

import time

import pytest
from tests.readers.fragments import fact

from buttress.model import Component, Fragment, Source
from buttress.readers import helm, read_all

CONTAINER = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n"


def chart(template: str, values: str = "a: 1\n", about: str = "name: shop\n", **more: str) -> Fragment:
    texts = {"Chart.yaml": about, "values.yaml": values, "templates/t.yaml": template, **more}
    return helm.read(tuple(Source(p, t) for p, t in texts.items()))


def given(template: str, values: str = "a: 1\n") -> str:
    """Return what a template gives, without the break at its end."""
    return "".join(s.text for s in chart(template, values).nested)[:-1]


def workload(body: str, values: str = "a: 1\n", **more: str) -> Component:
    """Return the workload of a template whose container has some more lines."""
    texts = {
        "Chart.yaml": "name: shop\n",
        "values.yaml": values,
        "templates/t.yaml": CONTAINER + body,
        **more,
    }
    fragments, _ = read_all([Source(p, t) for p, t in texts.items()])
    return next(c for f in fragments if f.reader == "kubernetes" for c in f.components)


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("{{ .Values.a.b }}", "a: {b: c}", "c"),
        ("x{{- .Values.a -}} y", "a: 1", "x1y"),
        ("{{ .Values.a | quote }}", "a: 'say \"x\"'", '"say \\"x\\""'),
        ("{{ .Values.a | squote }}", 'a: "it\'s"', "'it''s'"),
        ("{{ .Values.a | default 3 }}", "a: 0", "3"),
        ("{{ .Values.b.c | default `d` }}", "a: 1", "d"),
        ("{{ .Values.a | upper | trunc 2 }}", "a: shop", "SH"),
        ("{{ if eq .Values.a 1 }}y{{ else }}n{{ end }}", "a: 1", "y"),
        ("{{ if and .Values.a (not .Values.b) }}y{{ end }}", "a: 1", "y"),
        ("{{ if .Values.a }}1{{ else if .Values.b }}2{{ else }}3{{ end }}", "b: x", "2"),
        ("{{ with .Values.a }}{{ .b }}{{ $.Release.Name }}{{ end }}", "a: {b: c}", "cshop"),
        ("{{ with .Values.b }}y{{ else }}n{{ end }}", "a: 1", "n"),
        ("{{ range .Values.a }}{{ . }};{{ end }}", "a: [1, 2]", "1;2;"),
        ("{{ range $k, $v := .Values.a }}{{ $k }}={{ $v }} {{ end }}", "a: {y: 2, x: 1}", "x=1 y=2 "),
        ("{{ range .Values.a }}x{{ else }}none{{ end }}", "a: []", "none"),
        ("{{ range $i := until 3 }}{{ $i }}{{ end }}", "a: 1", "012"),
        ("{{ $n := 1 }}{{ range .Values.a }}{{ $n = add $n . }}{{ end }}{{ $n }}", "a: [1, 2]", "4"),
        ("{{ define `f` }}<{{ .x }}>{{ end }}{{ include `f` (dict `x` 1) }}", "a: 1", "<1>"),
        ("{{ block `f` .Values }}{{ .a }}{{ end }}", "a: 1", "1"),
        ("{{ toYaml .Values.a | nindent 2 }}", "a: {c: [1, {d: e}], b: no}", "\n  b: false\n  c:\n  - 1\n  - d: e"),
        ("{{ toJson .Values.a }}", "a: [x, true]", '["x", true]'),
        ("{{ tpl .Values.a . }}", "a: '{{ .Release.Name }}-db'", "shop-db"),
        ("{{ printf `%s-%d` .Values.a 3 }}", "a: x", "x-3"),
        ("{{ index .Values.a 1 }}{{ (index .Values `b-c`).d }}", "a: [1, 2]\nb-c: {d: 3}", "23"),
        ("{{ hasKey .Values `b` | ternary `y` `n` }}", "a: 1", "n"),
        ("{{ semverCompare `>=1.19-0` .Capabilities.KubeVersion.GitVersion }}", "a: 1", "true"),
        ("{{ omit .Values.a `b` | toJson }}", "a: {b: 1, c: 2}", '{"c": 2}'),
        ("{{ (merge (dict) .Values.a .Values.b).x.y }}", "a: {x: {y: 1}}\nb: {x: {y: 2, z: 3}}", "1"),
        ("{{/* {{ not this }} */}}x", "a: 1", "x"),
        ("{{ .Chart.Name }} {{ .Template.BasePath }}", "a: 1", "shop templates"),
        ("{{ randAlphaNum 5 }}: x", "a: 1", "$unknown: x"),
    ],
)  # fmt: skip
def test_a_template_gives(template: str, values: str, text: str) -> None:
    assert given("#" + template, values) == "#" + text


@pytest.mark.parametrize(
    ("body", "name", "value"),
    [
        pytest.param("          image: a/b:{{ .Values.a }}\n", "image_tag_pinned", True, id="a value is filled in"),
        pytest.param("          image: a/b:1\n", "readiness", "denied", id="what a whole template leaves out isn't there"),
        pytest.param("          image: a/b:1\n{{ if .Files.Get `x` }}x{{ end }}", "readiness", "unknown", id="an open condition may hold it"),
        pytest.param("          image: a/b:1\n{{ range .Files.Glob `x` }}x{{ end }}", "readiness", "unknown", id="so may an open loop"),
        pytest.param("          image: a/b:1\n          {{- include `nowhere` . | nindent 10 }}\n", "readiness", "unknown", id="a missing template"),
        pytest.param("          image: a/b:1\n          resources: {{ toYaml (getThing) | nindent 12 }}\n", "resource_limits", "unknown", id="an open block"),
        pytest.param("          image: a/b:latest\n{{ if .Files.Get `x` }}x{{ end }}", "image_tag_pinned", "denied", id="what a line says stays said"),
        pytest.param("          image: a/b:{{ .Files.Get `x` }}\n", "image_tag_pinned", "unknown", id="an open value is no tag"),
        pytest.param("          image: a/b:1\n{{ if lookup `v1` `Secret` `` `x` }}x{{ end }}", "readiness", "unknown", id="only a cluster knows"),
        pytest.param("          image: a/b:{{ .Files.Get `x` }}\n", "readiness", "denied", id="a value within a line hides nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_unknown_and_never_denied(body: str, name: str, value: object) -> None:
    assert fact(workload(body), name) == value


def test_evidence_names_the_value_and_the_template() -> None:
    found = workload(
        "          image: a/b:1\n",
        "n: 3\n",
        **{
            "templates/u.yaml": CONTAINER.replace("web", "b").replace(
                "spec:\n  t", "spec:\n  replicas: {{ .Values.n }}\n  t"
            )
            + "          image: x/y:1\n"
        },
    )
    assert found.name == "web"
    fragments, _ = read_all(
        [
            Source("Chart.yaml", "name: s\n"),
            Source("values.yaml", "n: 3\n"),
            Source(
                "templates/u.yaml",
                CONTAINER.replace("spec:\n  t", "spec:\n  replicas: {{ .Values.n }}\n  t")
                + "          image: x/y:1\n",
            ),
        ]
    )
    one = next(c for f in fragments if f.reader == "kubernetes" for c in f.components).fact("replicas")
    assert one is not None and [f"{e} {e.quote}" for e in one.evidence] == ["values.yaml:1 n: 3", "templates/u.yaml:5 replicas: {{ .Values.n }}"]  # fmt: skip


def test_a_secret_of_the_values_is_named_only() -> None:
    body = "          image: a/b:1\n          env:\n            - name: API_TOKEN\n              value: {{ .Values.token }}\n"
    found = workload(body, "token: 4f1e9c2a7b\n")
    assert fact(found, "secrets_in_plaintext") is True
    assert "4f1e9c2a7b" not in repr(found)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ("postgresql: {enabled: true}", ["shop-postgresql"]),
        ("postgresql: {enabled: false}", []),
        ("a: 1", ["shop-postgresql"]),
        ("postgresql: {fullnameOverride: db}", ["db"]),
    ],
)
def test_a_dependency_is_a_component_when_its_condition_holds(values: str, found: list[str]) -> None:
    about = (
        "name: shop\ndependencies:\n  - {name: postgresql, condition: postgresql.enabled}\n  - name: common\n"
    )
    assert [c.name for c in chart("# nothing", values, about).components] == found


def test_a_chart_within_has_the_values_that_the_one_above_gives_it() -> None:
    more = {
        "charts/inner/Chart.yaml": "name: inner\n",
        "charts/inner/values.yaml": "x: 1\ny: 2\n",
        "charts/inner/templates/a.yaml": "{{ .Values.x }}{{ .Values.y }}{{ .Values.global.z }}",
    }
    assert [s.text for s in chart("# {{ .Values.a }}", "inner: {x: 9}\nglobal: {z: 5}\n", **more).nested][
        -1
    ] == "925\n"


def test_a_chart_without_values_is_told_and_left_out() -> None:
    about, template = (
        Source("Chart.yaml", "name: shop\n"),
        Source("templates/a.yaml", CONTAINER + "          image: {{ .Values.a }}\n"),
    )
    found = helm.read((about, template))
    assert not found.nested and "values.yaml" in found.diagnostics[0].reason


def test_an_object_whose_name_nobody_knows_is_left_out() -> None:
    named = CONTAINER.replace("web}", "x}").replace(
        "metadata: {name: x}", "metadata:\n  name: {{ .Files.Get `n` }}"
    )
    text = chart(named + "          image: a\n---\n" + CONTAINER + "          image: b\n").nested[0].text
    assert "image: a" not in text and text.count("\n") == 20 and "image: b" in text


def test_a_template_without_its_chart_is_told() -> None:
    found = helm.read((Source("x/templates/a.yaml", "kind: {{ .Values.a }}\n"),))
    assert [d.level for d in found.diagnostics] == ["info"] and not found.nested


@pytest.mark.parametrize(
    "template",
    [
        '{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        "{{ $d := dict }}"
        + "{{ $d = dict `a` $d `b` $d }}" * 60
        + "{{ toYaml $d }}{{ toJson $d }}{{ $d }}{{ merge $d $d | len }}",
        "{{ $s := `xx` }}" + "{{ $s = printf `%s%s` $s $s }}" * 60 + "{{ $s | quote | quote | quote | len }}",
        "{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}x\n{{ end }}{{ end }}{{ end }}",
        "{{ set .Values `a` .Values | toYaml }}{{ .Values }}",
        "{{ if " + "(" * 500 + "1" + ")" * 500 + " }}{{ end }}",
        "{{ if 1 }}" * 500,
        "{{" * 1000,
        "{{ tpl .Values.t . }}",
    ],
)
def test_a_hostile_template_ends(template: str) -> None:
    started = time.monotonic()
    chart(template, "a: 1\nt: '{{ tpl .Values.t . }}{{ tpl .Values.t . }}'\n")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("line", "manifest"),
    [('note: "{{ .Labels.pod }} is down"', True), ("note: {{ .Values.note }}", False)],
)
def test_a_manifest_that_quotes_a_template_is_no_template(line: str, manifest: bool) -> None:
    text = CONTAINER.replace("metadata: {name: web}", f"metadata:\n  name: web\n  annotations:\n    {line}")
    (fragment, *_), _ = read_all([Source("web.yaml", text + "          image: acme/web:1\n")])
    assert bool(fragment.nested or fragment.components) is manifest


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ .Files.Get `conf/a.yml` | indent 2 }}", "  URL: http://tills\n  B: 1"),
        ("{{ $.Files.Get `conf/a.yml` | nindent 1 }}", "\n URL: http://tills\n B: 1"),
        (
            "{{ (.Files.Glob `conf/*`).AsConfig | indent 2 }}",
            "  a.yml: |\n    URL: http://tills\n    B: 1\n",
        ),
        ("{{ range $p, $_ := .Files.Glob `conf/*.yml` }}{{ $p }}{{ end }}", "conf/a.yml"),
        ("{{ range .Files.Lines `conf/a.yml` }}{{ . }};{{ end }}", "URL: http://tills;B: 1;"),
        ("{{ range $p, $_ := .Files.Glob `*` }}{{ $p }}{{ end }}", ""),
        ("x: {{ .Files.Get `conf/other.properties` }}", "x: $unknown"),
    ],
)
def test_a_template_takes_in_files_of_its_chart(template: str, text: str) -> None:
    made = chart(template, **{"conf/a.yml": "URL: http://tills\nB: 1"}).nested
    assert "".join(s.text for s in made)[:-1].rstrip("\n") == text.rstrip("\n")


def test_what_a_file_of_the_chart_says_is_shown_where_it_stands() -> None:
    template = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n  a.yml: |\n{{ .Files.Get `conf/a.yml` | indent 4 }}\n---\n"
        + CONTAINER
        + "          image: a/web:1\n          volumeMounts: [{name: c, mountPath: /c}]\n      volumes: [{name: c, configMap: {name: conf}}]\n"
        + "---\n"
        + CONTAINER.replace("web", "tills")
        + "          image: a/tills:1\n"
    )
    texts = {"Chart.yaml": "name: shop\n", "values.yaml": "a: 1\n", "templates/t.yaml": template}
    fragments, skipped = read_all(
        [Source(p, t) for p, t in {**texts, "conf/a.yml": "b: 1\nurl: http://tills/x\n"}.items()]
    )
    (flow,) = (f for fragment in fragments for f in fragment.flows)
    assert (flow.id, [str(e) for e in flow.evidence]) == ("web--calls--tills", ["conf/a.yml:2"])
    assert skipped == ()
