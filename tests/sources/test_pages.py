"""Documents beside a Python project that tell of its inside or of its use: which are left out, which are read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from buttress.sources import collect
from buttress.sources.pages import HANDBOOK_PAGES, left_out

CODE = ("pyproject.toml", "shop/__init__.py", "shop/pay/__init__.py", "shop/pay/models.py")
CHAPTERS = ("tutorial", "howto", "faq", "reference", "explanation")
HANDBOOK = (
    *CODE,
    "docs/conf.py",
    "docs/index.md",
    *(f"docs/{c}/page-{n}.md" for c in CHAPTERS for n in range(HANDBOOK_PAGES // 4)),
)


def read(*files: str, texts: dict[str, str] | None = None) -> set[str]:
    """Return the documents among some files that are read."""
    out = left_out(files, lambda page: (texts or {}).get(page, ""))
    return {f for f in files if f.endswith((".md", ".rst", ".yml")) and f not in out}


def test_pages_inside_of_a_package_are_about_its_code() -> None:
    assert read(
        *CODE, "README.md", "docs/design.md", "shop/README.md", "shop/pay/README.md", "shop/pay/fsm/notes.md"
    ) == {
        "README.md",
        "docs/design.md",
        "shop/README.md",
    }


def test_texts_beside_code_are_what_the_code_reads() -> None:
    files = (
        *CODE,
        "shop/README.md",
        "shop/words.txt",
        "shop/data/sample.pdf",
        "docs/design.txt",
        "notes.txt",
    )
    assert set(left_out(files, str)) == {"shop/words.txt", "shop/data/sample.pdf"}


def test_what_is_written_for_agents_inside_of_a_package_is_about_its_code() -> None:
    files = (*CODE, "AGENTS.md", "shop/AGENTS.md", "shop/ui/CLAUDE.md", "shop/README.md")
    assert read(*files) == {"AGENTS.md", "shop/README.md"}


def test_compose_files_of_an_inner_package_are_for_trying_it_out_unless_it_is_built_there() -> None:
    tried = (*CODE, "compose.yml", "shop/compose.yml", "shop/pay/docker-compose-no-auth.yml")
    assert read(*tried) == {"compose.yml", "shop/compose.yml"}
    assert "shop/pay/docker-compose-no-auth.yml" in read(*tried, "shop/pay/Dockerfile")


def test_pages_that_a_package_holds_in_a_folder_of_data_are_what_its_code_reads() -> None:
    files = (
        "pyproject.toml",
        "src/shop/agents/__init__.py",
        "src/shop/agents/prompts/router.md",
        "src/shop/agents/prompts/architecture.md",
        "src/shop/agents/docs/overview.md",
        "src/shop/agents/README.md",
    )
    assert set(read(*files)) == set(files[3:])


def test_texts_beside_scripts_are_their_data() -> None:
    files = (*CODE, "scripts/names.txt", "scripts/README.md", "docs/names.txt")
    assert set(left_out(files, str)) == {"scripts/names.txt", "scripts/README.md"}


def test_templates_in_a_package_are_filled_by_its_code() -> None:
    files = (*CODE, "nginx.conf.template", "shop/cfg/nginx.conf.template", "shop/cfg/nginx.conf")
    assert set(left_out(files, str)) == {"shop/cfg/nginx.conf.template"}


def test_services_of_one_repository_arent_inside_of_each_other() -> None:
    files = (
        "pyproject.toml",
        "services/orders/__init__.py",
        "services/orders/README.md",
        "services/pay/app/__init__.py",
        "services/pay/README.md",
    )
    assert read(*files) == {"services/orders/README.md", "services/pay/README.md"}


def test_what_has_no_packaging_at_the_top_is_read_whole() -> None:
    files = tuple(f for f in HANDBOOK if f != "pyproject.toml")
    assert left_out((*files, "shop/pay/README.md", "examples/compose.yml"), str) == {}


def test_of_a_handbook_the_pages_about_the_architecture_and_those_with_drawings_are_read() -> None:
    drawn = {"docs/howto/page-1.md": "# Proxy\n\n```mermaid\nflowchart LR\n  a --> b\n```\n"}
    more = (
        "README.md",
        "docs/README.md",
        "docs/reference/technical-overview.md",
        "docs/adr/0001-queue.md",
        "docs/howto/design-a-theme.md",
    )
    assert read(*HANDBOOK, *more, texts=drawn) == {
        "README.md",
        "docs/README.md",
        "docs/reference/technical-overview.md",
        "docs/adr/0001-queue.md",
        "docs/howto/page-1.md",
    }


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(tuple(f for f in HANDBOOK if f != "docs/conf.py"), id="no site is made of it"),
        pytest.param(HANDBOOK[:30], id="few pages"),
        pytest.param(
            (*CODE, "mkdocs.yml", *(f"docs/services/part-{n}.md" for n in range(90))),
            id="no chapters for users",
        ),
    ],
)
def test_a_teams_own_documentation_is_no_handbook(files: tuple[str, ...]) -> None:
    assert left_out(files, str) == {}


def test_examples_of_a_project_are_no_part_of_it() -> None:
    files = (
        *CODE,
        "compose.yml",
        "examples/compose.yml",
        "examples/kafka/README.md",
        "deploy/examples.md",
        "examples/app.py",
    )
    assert set(left_out(files, str)) == {"examples/compose.yml", "examples/kafka/README.md"}


def test_what_is_left_out_is_told_once_a_folder_and_read_when_it_is_named(tmp_path: Path) -> None:
    for name in (*HANDBOOK, "shop/pay/a.md", "shop/pay/b.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Text\n")
    collected = collect([tmp_path])
    assert "shop/pay/a.md" in collected.skipped
    told = {d.source: d.reason for d in collected.diagnostics}
    assert told["shop/pay/a.md"].startswith(
        "not read (and 1 more in this folder): a page inside of the package shop/pay"
    )
    assert "docs/faq/page-0.md" in told
    assert "shop/pay/b.md" not in told
    assert [s.path for s in collect([tmp_path / "shop" / "pay"]).sources if s.path.endswith(".md")] == [
        "a.md",
        "b.md",
    ]


@pytest.mark.parametrize(
    "name", ["docs/changelogs/2024.md", "shop/locale/de/words.txt", "CHANGES-2020.md", "app.LICENSE.txt"]
)
def test_changes_and_translations_are_no_documents(tmp_path: Path, name: str) -> None:
    from buttress.readers import read_all

    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("The Shop service calls the Orders service over HTTP.\n")
    (tmp_path / "a.md").write_text("# A\n")
    collected = collect([tmp_path])
    _, skipped = read_all(collected.sources)
    assert name in (*skipped, *collected.skipped)


def test_what_was_to_be_made_once_is_no_design_of_what_is_there() -> None:
    files = (
        *CODE,
        "specs/version1/failover.rst",
        "specs/version1/failover.dot",
        "docs/template.md",
        "docs/adr/0001-queue.md",
    )
    assert set(left_out(files, str)) == {
        "specs/version1/failover.rst",
        "specs/version1/failover.dot",
        "docs/template.md",
    }
    assert not left_out((*CODE, "specs/openapi.yaml", "specs/orders.json"), str), "contracts of interfaces"
    assert "template.yaml" not in left_out((*CODE, "template.yaml", "deploy/template.yaml"), str), (
        "a stack of CloudFormation"
    )


def test_a_readme_is_left_out_that_is_of_a_tool_or_one_of_a_collection() -> None:
    roles = tuple(f"roles/{n}/README.md" for n in "abcd")
    other = ("README.md", "k8s/README.md", "mailer/README.md", "mailer/Dockerfile", "tools/bench/README.md")
    files = (*CODE, *other, *roles)
    assert read(*files) == {"README.md", "k8s/README.md", "mailer/README.md"}
    assert "roles/a/README.md" in read(*files, "roles/a/Dockerfile")


def test_containers_beside_tools_are_for_developing() -> None:
    assert read(*CODE, "compose.yml", "tools/docker-compose.yml", "deploy/compose.yml") == {
        "compose.yml",
        "deploy/compose.yml",
    }


GRID = "+------+-------+\n| name | value |\n+======+=======+\n| a    | 1     |\n+------+-------+\n"
BOXES = "  +-------+      +-------+\n  |  Shop |----->| Stock |\n  +-------+      +-------+\n"


def test_a_table_of_a_handbook_is_no_drawing() -> None:
    page, drawn = "docs/tutorial/page-1.md", "docs/tutorial/page-2.md"
    assert read(*HANDBOOK, texts={page: GRID, drawn: BOXES}) >= {drawn}
    assert page not in read(*HANDBOOK, texts={page: GRID, drawn: BOXES})


def test_steps_to_install_a_project_are_left_out_unless_they_are_drawn() -> None:
    tree = ["pyproject.toml", "shop/__init__.py", "INSTALL.md", "docs/installation.rst", "docs/installer.md"]
    assert sorted(left_out(tree, lambda page: "")) == ["INSTALL.md", "docs/installation.rst"]
    assert left_out(tree, lambda page: "```mermaid\nflowchart LR\n```\n") == {}
    assert left_out(tree[2:], lambda page: "") == {}


PAGES = (
    "docs/conf.py",
    *(f"docs/{p}.rst" for p in ("faq", "usage", "troubleshooting", *(f"topic-{n}" for n in range(9)))),
)


@pytest.mark.parametrize(
    ("packaging", "read_"),
    [("[project]\nname = 'shop'\n", True), ("[project]\nclassifiers = ['License :: OSI Approved']\n", False)],
    ids=["a team's", "found in an index"],
)
def test_what_others_find_in_an_index_has_a_handbook_sooner(packaging: str, read_: bool) -> None:
    found = read("pyproject.toml", *PAGES, texts={"pyproject.toml": packaging})
    assert ("docs/topic-3.rst" in found) is read_


def test_pages_of_a_manual_tell_how_commands_are_used() -> None:
    assert read("setup.py", "docs/man_pages/shop-shell.rst", "docs/manual.rst") == {"docs/manual.rst"}


def test_the_readmes_of_many_packages_side_by_side_are_about_each_of_them() -> None:
    few = [f"extras/p{n}/{f}" for n in range(5) for f in ("__init__.py", "README.md")]
    many = [f"extras/p{n}/{f}" for n in range(9) for f in ("__init__.py", "README.md")]
    assert read("setup.py", *few) == {f for f in few if f.endswith(".md")}
    assert read("setup.py", *many) == set()


@pytest.mark.parametrize("image", [(), ("core/Dockerfile",)], ids=["a module", "an image runs it"])
def test_pages_of_a_module_in_another_language_are_about_its_code(image: tuple[str, ...]) -> None:
    files = (
        "setup.py",
        "shop/__init__.py",
        "core/Cargo.toml",
        "core/STATUS.md",
        "core/ARCHITECTURE.md",
        *image,
    )
    assert ("core/STATUS.md" in read(*files)) is bool(image)
    assert "core/ARCHITECTURE.md" in read(*files)


@pytest.mark.parametrize(
    ("path", "read_"),
    [
        ("shop/compose.yml", True),
        ("shop/data/starter/compose.yml", False),
        ("starters/sample_shop/compose.yml", False),
        ("starters/own/compose.yml", True),
    ],
    ids=["of the package", "among its data", "a sample", "beside it"],
)
def test_compose_files_among_a_packages_data_or_of_a_sample_are_for_trying_it_out(
    path: str, read_: bool
) -> None:
    assert (path in read("setup.py", "shop/__init__.py", "shop/data/words.csv", path)) is read_
