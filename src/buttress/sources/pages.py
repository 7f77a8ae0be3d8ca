"""Which documents and settings beside a Python project's code tell of its inside or of its use, and nothing of how the system is built."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from buttress.workloads.folders import COMPOSE_FILE, IMAGE_FILE, is_about_architecture

DOCUMENTS = re.compile(r".*\.(?:md|markdown|mdx|rst|txt|adoc|asciidoc|asc|x?html?|docx|pdf)", re.IGNORECASE)
_DATA = re.compile(r".*\.(?:txt|x?html?|docx|pdf)", re.IGNORECASE)
_PACKAGING = frozenset(("pyproject.toml", "setup.py", "setup.cfg", "manage.py", "pipfile"))
_SITE = re.compile(
    r"(?:mkdocs\.ya?ml|conf\.py|SUMMARY\.md|book\.toml|docusaurus\.config\.\w+|antora\.yml|_quarto\.yml)"
)
HANDBOOK_PAGES = 40  # a team's own documentation is smaller, or has no chapters for users
PUBLISHED_PAGES = 10  # what is published for others to install has pages for users sooner
HANDBOOK_CHAPTERS = 3
SIDE_BY_SIDE = 4  # folders with a README each, from which on they are a collection
_CHAPTERS = re.compile(
    r"(?:tutorials?|how-?tos?|getting-?started|quick-?starts?|faqs?|user-?(?:guide|manual|docs?)s?|users?|usage|install(?:ation|ing)?|"
    r"upgrad(?:e|ing)|troubleshooting|contributing|change-?logs?|release-?notes|references?|cookbooks?|recipes|glossary|api-?reference|plugins?|"
    r"modules|explanations?|admin-?(?:api|guide|manual)?s?)"
)
_DRAWN = re.compile(
    r"^[ \t]*(?:```+|~~~+|:::|\.\. )[ \t{]*(?:mermaid|plantuml|puml|d2|dot|graphviz|c4|structurizr|uml)\b"
    r"|^[ \t]*[|│].*(?:\+-{3,}\+(?![-=+])|┌─{3,}|-{2,}>|─{2,}[>▶►])|^[ \t]*(?:\+-{5,}\+(?![-=+])|┌─{5,}┐)",  # a table's columns touch
    re.MULTILINE,
)
# What says under which headings an index of packages shows something.
_PUBLISHED = re.compile(
    r"^[ \t]*[\"']?(?:classifiers?[\"']?[ \t]*[=:\[(]|Programming Language ::|License ::)", re.MULTILINE
)
_MAN_PAGES = re.compile(r"(?:^|/)man(?:[-_]?pages?|\d)?/", re.IGNORECASE)
_OTHER_CODE = frozenset(("cargo.toml", "go.mod", "package.json"))
_FOR_AGENTS = re.compile(
    r"(?:AGENTS?|CLAUDE|GEMINI|SKILL|copilot-instructions)(?:\.\w+)?\.mdc?", re.IGNORECASE
)
_COMPOSE = re.compile(COMPOSE_FILE, re.IGNORECASE)
_TEMPLATES = re.compile(r".*\.(?:template|tmpl|tpl|j2|jinja2?|mako)", re.IGNORECASE)
_IMAGE = re.compile(IMAGE_FILE, re.IGNORECASE)
_BUILT = re.compile(rf"{IMAGE_FILE}|requirements[\w.-]*\.(?:txt|in)|procfile", re.IGNORECASE)
_TELLS = re.compile(
    r"(?:^|/)(?:docs?|documentation|wiki|notes|spec(?:ification)?s?|deploy\w*|infra\w*)(?:/|$)", re.IGNORECASE
)
_TOOLS = frozenset("scripts script bin tools contrib hack ci utils".split())
# What was proposed once, and forms to be filled in: of a product whose code is at hand they tell little that is so.
# Contracts of interfaces stand in `specs` too, and are what is there.
_PROPOSED = re.compile(
    rf"(?:.*/)?(?:specs|blueprints|enhancements|keps|superseded|archived?|attic)/(?:{DOCUMENTS.pattern}|.*\.(?:dot|gv|puml|plantuml|mmd|mermaid|d2|drawio))",
    re.IGNORECASE,
)
_FORM = re.compile(r"(?:[\w-]+[-_.])?template(?:[-_.][\w-]+)?\.\w+", re.IGNORECASE)
_INSTALLING = re.compile(r"install(?:ation|ing)?(?:[-_.][\w-]+)?\.\w+", re.IGNORECASE)
_EXAMPLE = re.compile(r"(?:^|[_-])(?:examples?|samples?|demos?|tutorials)(?=[_-]|$)", re.IGNORECASE)


def left_out(files: Sequence[str], text_of: Callable[[str], str]) -> dict[str, str]:
    """Return the files among those of one folder that aren't read because of what stands around them, each with the reason.

    Some sorts, and only where a Python project's packaging lies at the top: pages inside of its packages, what its packages hold for
    others to run (Compose files beside a driver, templates that the code fills), examples of its use, specifications of what was to be
    made and forms, READMEs of tools and of collections, pages of modules in other languages that no image runs, containers beside tools, steps to install it,
    pages of a manual for commands, and the pages for users of a handbook, which is a site of many pages with chapters such as `tutorial` and
    `faq`, fewer where the packaging says that others shall find it in an index. A page of a handbook that tells of the architecture, by its name or with a
    drawing, is read; `text_of` returns a page's text.

    >>> tree = ["setup.py", "shop/__init__.py", "shop/pay/__init__.py", "shop/pay/README.md", "docs/a.md"]
    >>> sorted(left_out(tree, lambda page: ""))
    ['shop/pay/README.md']
    """
    folders = {posixpath.dirname(f) for f in files}
    if not any("/" not in f and f.lower() in _PACKAGING for f in files):
        return {}
    packages = {posixpath.dirname(f) for f in files if posixpath.basename(f) == "__init__.py"}
    inner = {p for p in packages if p and posixpath.dirname(p) in packages}
    inside = {f: _above(f, inner) for f in folders}
    names: dict[str, list[str]] = {}
    for file in files:
        names.setdefault(posixpath.dirname(file), []).append(posixpath.basename(file))
    built = {folder for folder, held in names.items() if folder and any(_is_built(n) for n in held)}
    homes = {f for f in built if any(_is_application(n) for n in names[f])}
    of_folders = _of_folders(files, homes, packages | {posixpath.dirname(p) for p in packages} - {""})
    images = {f for f in built if any(_IMAGE.fullmatch(n) for n in names[f])}
    modules = {f for f, held in names.items() if f and _OTHER_CODE & {n.lower() for n in held}} - images
    out = {}
    pages = []
    for file in files:
        folder = posixpath.dirname(file)
        if any(_EXAMPLE.search(part) for part in folder.split("/")) and not file.endswith(".py"):
            out[file] = "an example of how this is used, not a part of it; name the file to have it read"
        elif _PROPOSED.fullmatch(file) and not _above(folder, packages):
            out[file] = "a specification of what was to be made once; name the file to have it read"
        elif (package := _holding(file, inside[folder], packages)) and not _above(folder, built):
            out[file] = f"held by the package {package} for those who run it; name the file to have it read"
        elif _COMPOSE.fullmatch(posixpath.basename(file)) and posixpath.basename(folder) in _TOOLS:
            out[file] = f"containers for the tools in {folder}; name the file to have it read"
        elif (
            _INSTALLING.fullmatch(posixpath.basename(file))
            and DOCUMENTS.fullmatch(file)
            and not _DRAWN.search(text_of(file))
        ):
            out[file] = "steps to install it; name the file to have it read"
        elif DOCUMENTS.fullmatch(file) and folder and "requirements" not in file:
            # In these formats, and in folders of a package that are none themselves, what lies beside code is what the code reads;
            # what is for agents is about the code.
            held = folder not in packages and not _TELLS.search(folder) and not is_about_architecture(file)
            beside = held or _DATA.fullmatch(file) or _FOR_AGENTS.fullmatch(posixpath.basename(file))
            package = inside[folder] or (_above(folder, packages) if beside else "")
            if package:
                out[file] = (
                    f"a page inside of the package {package}, about its code; name the file to have it read"
                )
            elif file.endswith(".txt") and posixpath.basename(folder) in _TOOLS:
                out[file] = f"data of the scripts in {folder}; name the file to have it read"
            elif _FORM.fullmatch(posixpath.basename(file)):
                out[file] = "a form to be filled in; name the file to have it read"
            elif _MAN_PAGES.search(file):
                out[file] = "how a command is used; name the file to have it read"
            elif not is_about_architecture(file) and _above(folder, modules) and not _above(folder, images):
                out[file] = (
                    f"about the code in {_above(folder, modules)}, which no image runs by itself; name the file to have it read"
                )
            elif file in of_folders:
                out[file] = (
                    f"about the folder {folder}, which is no application; name the file to have it read"
                )
            else:
                pages.append(file)
    packaging = (f for f in files if "/" not in f and f.lower() in _PACKAGING)
    if _is_handbook(pages, files, published=any(_PUBLISHED.search(text_of(f)) for f in packaging)):
        for page in pages:
            if (
                not is_about_architecture(page)
                and not posixpath.basename(page).lower().startswith("readme")
                and not _DRAWN.search(text_of(page))
            ):
                out[page] = (
                    "a page of a handbook for users; only pages about the architecture and those with drawings are read, name the file to have it read"
                )
    return out


def _is_application(name: str) -> bool:
    return _is_built(name) and not name.lower().startswith("requirements")


def _of_folders(files: Sequence[str], homes: set[str], packages: set[str]) -> set[str]:
    """Return the READMEs of tools' folders, and of many folders side by side, that aren't homes of applications or documents.

    A package has a README of its own, unless it is one of twice as many.
    """
    found: dict[str, list[str]] = {}
    for file in files:
        folder = posixpath.dirname(file)
        if (
            posixpath.basename(file).lower().startswith("readme")
            and folder
            and not _TELLS.search(folder)
            and not _above(folder, homes)
        ):
            found.setdefault(posixpath.dirname(folder), []).append(file)
    out = set()
    for above, pages in found.items():
        outside = {f for f in pages if not _above(posixpath.dirname(f), packages)}
        out |= {f for f in outside if _TOOLS.intersection(posixpath.dirname(f).split("/"))}
        if above and len(pages) >= 2 * SIDE_BY_SIDE:
            out |= set(pages)
        elif above and len(outside) >= SIDE_BY_SIDE:
            out |= outside
    return out


def _is_built(name: str) -> bool:
    return name.lower() in _PACKAGING or _BUILT.fullmatch(name) is not None


def _holding(file: str, inner: str, packages: set[str]) -> str:
    """Return the package that holds a file for those who run it: a template of any package, a Compose file of an inner one or of its data."""
    name = posixpath.basename(file)
    if _TEMPLATES.fullmatch(name) and not name.endswith(".py"):
        return _above(posixpath.dirname(file), packages)
    if not _COMPOSE.fullmatch(name):
        return ""
    folder = posixpath.dirname(file)
    return inner or ("" if folder in packages else _above(posixpath.dirname(folder), packages))


def _above(folder: str, packages: set[str]) -> str:
    """Return the one of some folders that a folder is or lies in, nothing when it lies in none."""
    while folder:
        if folder in packages:
            return folder
        folder = posixpath.dirname(folder)
    return ""


def _is_handbook(pages: Sequence[str], files: Sequence[str], *, published: bool) -> bool:
    if len(pages) < (PUBLISHED_PAGES if published else HANDBOOK_PAGES) or not any(
        _SITE.fullmatch(posixpath.basename(f)) for f in files
    ):
        return False
    parts = {posixpath.splitext(part.lower())[0] for page in pages for part in page.split("/")}
    return sum(_CHAPTERS.fullmatch(part) is not None for part in parts) >= HANDBOOK_CHAPTERS
