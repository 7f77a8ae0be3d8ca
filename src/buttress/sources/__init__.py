"""Finds and decodes the files that a review reads. The only module below the command line that touches the user's disk.

Nothing outside the named paths is opened: links that lead out are left alone and reported. Limits keep hostile trees harmless.
"""

from __future__ import annotations

import fnmatch
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from buttress.errors import SourceError
from buttress.model import Diagnostic, Source
from buttress.sources.conversion import MAX_CONVERTED, converted, is_converted
from buttress.sources.pages import left_out
from buttress.workloads.folders import CADDY_FILE, IMAGE_FILE

MAX_FILE_BYTES = 10_000_000
MAX_FILES = 20_000
MAX_TOTAL_BYTES = 200_000_000
ADDITIONS = "buttress.additions.yaml"
SETTINGS = "buttress.yaml"  # how to read, not what to read
SUFFIXES = frozenset(
    ".md .markdown .mdx .rst .txt .adoc .asciidoc .asc .html .htm .xhtml .docx .pdf .yml .yaml .json .mmd .mermaid .env "
    ".puml .plantuml .iuml .pu .wsd .dsl .d2 .dot .gv .drawio .dio .otm .tf .tfvars .py".split()
)
DRAWN = (".drawio.svg", ".drawio.xml")
# Files that are known by their name: they have no ending, or one that would open far too many others.
NAMED = re.compile(
    IMAGE_FILE + "|" + CADDY_FILE + r"|procfile([._-][\w-]+)?|_[\w.-]+\.tpl"
    r"|pyproject\.toml|setup\.cfg|pipfile(\.lock)?|(uv|poetry|pdm)\.lock|pylock(\.[\w-]+)?\.toml|\.python-version|.*requirements[\w.-]*\.(in|lock)"
    r"|[\w.-]+\.(conf|vhost)(\.template|\.tmpl)?|[\w.-]+\.nginx"
    r"|\.?ruff\.toml|\.?mypy\.ini|(pytest|tox)\.ini|\.coveragerc|\.flake8|\.?pylintrc",
    re.IGNORECASE,
)
NEVER = frozenset(
    "node_modules __pycache__ venv .venv .git .hg .svn .tox .nox .mypy_cache .pytest_cache .ruff_cache vendor "
    "site-packages .terraform .idea .vscode htmlcov _build _site javadoc".split()
)
# Pages in such folders are parts of a web application, not documents about it.
PAGES = frozenset("templates static public views partials layouts www assets".split())
# What changed from one version to the next, and the words of translations.
_HISTORY = frozenset(
    "changelog changelogs changelog.d changes release-notes release_notes releasenotes locale locales translations i18n".split()
)
# Texts of licences, each in a file of its own (REUSE): whom they name are no parts.
_LICENCES = frozenset("license licenses licence licences".split())
MADE = frozenset(
    ("build", "dist", "target")
)  # mostly what a build leaves behind, but some keep their deployment there
TESTS = re.compile(r"test_.*\.py|.*_tests?\.py|tests?\.py|conftest\.py")  # read wherever they are, as tests
TEST_DATA = frozenset("test tests __tests__ testdata test_data test-data fixtures __fixtures__ e2e".split())
# What Buttress itself wrote, and what is to be given back to it: of a system both say only what its sources say.
_OURS = re.compile(
    r"# Architecture review: .*\n\n\*Read: |Architecture review: .*\n(no findings|\d+ (HIGH|MEDIUM|LOW)\b).*, \d+ questions?\b"
    r"|<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Architecture review: "
    r"|# Fleet ranking\n\n\| # \||\W*schema\W+https://buttress\.dev/schema/(review|additions)-"
)
_KEPT = re.compile(r"docker|compose|k8s|kube|helm|deploy|manifest|\.md$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Collected:
    """The texts to read, the files left unopened, and what went wrong on the way."""

    sources: tuple[Source, ...]
    skipped: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    name: str


def collect(paths: Sequence[str | Path], *, ignore: Iterable[str] = ()) -> Collected:
    """Return the sources under `paths`: files, folders, or `-` for standard input.

    A single folder's files are named relative to it, all others as given. `ignore` holds glob patterns of these names or of
    absolute paths. Raises SourceError when a path doesn't exist or nothing readable is found.
    """
    if not paths:
        raise SourceError("(no path)", "name a file or folder to read, or - for standard input")
    sources: list[Source] = []
    skipped: list[str] = []
    diagnostics: list[Diagnostic] = []
    budget = MAX_TOTAL_BYTES
    patterns = tuple(ignore)
    single = len(paths) == 1
    opened: set[Path] = set()
    conversions = 0
    for given in _with_additions(paths):
        if str(given) == "-":
            sources += _standard_input(diagnostics)
            continue
        path = Path(given)
        if not _exists(path):
            raise SourceError(str(given), "no such file or folder")
        found_files = list(_files(path, single, diagnostics))
        beside = _beside(path, found_files, diagnostics)
        for file, shown in found_files:
            if shown in beside:
                skipped.append(shown)
                continue
            if _is_called(file, SETTINGS) or any(_is_ignored(file, shown, p) for p in patterns):
                continue
            if path.is_dir() and not _readable(file.relative_to(path)):
                skipped.append(shown)
                continue
            if file.resolve() in opened:
                continue
            opened.add(file.resolve())
            content = content_of(file, shown, diagnostics, budget=budget)
            if content is not None and is_converted(shown):
                conversions += 1
                if conversions > MAX_CONVERTED:
                    reason = (
                        f"more than {MAX_CONVERTED} Word files and PDFs; not read. Name the ones that count"
                    )
                    diagnostics.append(Diagnostic(shown, 0, reason))
                    content = None
            found = [] if content is None else texts(content, shown, diagnostics)
            if path.is_dir() and any(_OURS.match(s.text) for s in found) and not _is_called(file, ADDITIONS):
                reason = "written by Buttress or for it; not read. Name the file to have it read"
                diagnostics.append(Diagnostic(shown, 0, reason, "info"))
                continue
            if not found:
                skipped.append(shown)
            budget -= sum(len(s.text) for s in found)
            sources += found
    if not sources:
        reasons = "; ".join(d.reason if d.source == str(paths[0]) else str(d) for d in diagnostics[:3])
        kinds = "documents, drawings as code, API contracts, manifests, infrastructure code, a Python project or graph JSON"
        raise SourceError(str(paths[0]), reasons or f"nothing that can be read here; expected {kinds}")
    return Collected(tuple(sources), tuple(sorted(skipped)), tuple(diagnostics), _name(paths))


def _is_called(file: Path, name: str) -> bool:
    return file.name.replace(".yml", ".yaml") == name


def _is_ignored(file: Path, shown: str, pattern: str) -> bool:
    name = (file.parent.resolve() / file.name).as_posix() if Path(pattern).is_absolute() else shown
    return fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(name, pattern.rstrip("/") + "/*")


def _beside(path: Path, files: Sequence[tuple[Path, str]], diagnostics: list[Diagnostic]) -> frozenset[str]:
    """Return what isn't read because of what stands around it, and tell of each folder of such files once."""
    if path.is_file():
        return frozenset()
    within = {file.relative_to(path).as_posix(): (file, shown) for file, shown in files}

    def text_of(page: str) -> str:
        content = content_of(within[page][0], page, [], budget=MAX_FILE_BYTES)
        return "" if content is None else content.decode("utf-8", errors="replace")

    out = left_out(list(within), text_of)
    told: dict[tuple[str, str], list[str]] = {}
    for page, reason in sorted(out.items()):
        told.setdefault((page.rpartition("/")[0], reason), []).append(page)
    for (_, reason), pages in told.items():
        first = within[pages[0]][1]
        more = f" (and {len(pages) - 1} more in this folder)" if len(pages) > 1 else ""
        diagnostics.append(Diagnostic(first, 0, f"not read{more}: {reason}", "info"))
    return frozenset(within[page][1] for page in out)


def _with_additions(paths: Sequence[str | Path]) -> list[str | Path]:
    """Return the paths, the additions beside each file with it: a folder's are found in it."""
    out = list(paths)
    for path in (Path(p) for p in paths if str(p) != "-"):
        beside = path.with_name(ADDITIONS) if path.name else path
        if (
            _exists(path)
            and path.is_file()
            and beside != path
            and beside.is_file()
            and not beside.is_symlink()
        ):
            out.append(beside)
    return list(dict.fromkeys(out))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise SourceError(f"{str(path)[:80]}…", f"can't be opened: {error.strerror or error}") from error


def _standard_input(diagnostics: list[Diagnostic]) -> list[Source]:
    content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        reason = f"more than {MAX_FILE_BYTES / 1e6:.0f} MB; name the files instead"
        diagnostics.append(Diagnostic("<stdin>", 0, reason, "error"))
        return []
    text = decode(content, "<stdin>", diagnostics)
    return [] if text is None else [Source("<stdin>", text)]


def _name(paths: Sequence[str | Path]) -> str:
    first = Path("stdin" if str(paths[0]) == "-" else paths[0])
    resolved = first.resolve()
    return printable(resolved.stem if resolved.is_file() else resolved.name or "system")


def printable(name: str) -> str:
    r"""Return a name of a file as text that can be printed on one line; each character that can't is marked.

    >>> printable("caf\udce9\n.md")
    'caf\ufffd\ufffd.md'
    """
    return name if name.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in name)


def _is_looked_into(folder: Path) -> bool:
    """Return whether a folder may hold sources; one named like a build's output does when something in it deploys."""
    name = folder.name
    if name in NEVER or (name.startswith(".") and name != ".github"):
        return False
    if name.endswith(".egg-info"):
        return False
    if name not in MADE or folder.is_symlink():
        return True
    try:
        return any(_KEPT.search(entry.name) for entry in folder.iterdir())
    except OSError:
        return True  # the walk tells that it can't be opened


def _readable(path: Path) -> bool:
    name, ending = path.name.lower(), path.suffix.lower()
    if any(p.endswith(".dist-info") for p in path.parts[:-1]):
        return path.parent.name.endswith(".dist-info") and name in ("metadata", "entry_points.txt")
    if ending in (".html", ".htm", ".xhtml", ".txt") and not PAGES.isdisjoint(path.parts):
        return False
    if ending in (".md", ".rst", ".txt", ".html") and not _HISTORY.isdisjoint(
        p.lower() for p in path.parts[:-1]
    ):
        return False
    if ending == ".txt" and path.parent.name.lower() in _LICENCES:
        return False
    if ending == ".md" and any(p == "static" or p.startswith("static.") for p in path.parts[:-2]):
        return False  # what comes with a font or a script that is served
    if ending in SUFFIXES or name.startswith(".env") or name.endswith(DRAWN):
        return True
    return NAMED.fullmatch(name) is not None


def _files(path: Path, single: bool, diagnostics: list[Diagnostic]) -> Iterable[tuple[Path, str]]:
    if path.is_file():
        yield path, printable(path.as_posix())
        return
    root = path.resolve()
    count = 0

    def shown_as(file: Path) -> str:
        return printable((file.relative_to(path) if single else file).as_posix())

    def closed(error: OSError) -> None:
        why = f"can't be opened: {error.strerror or error}"
        diagnostics.append(Diagnostic(shown_as(Path(error.filename)), 0, why, "error"))

    tests: set[str] = set()
    for folder, names, files in os.walk(path, onerror=closed, followlinks=False):
        in_tests = str(Path(folder)) in tests
        for name in sorted(n for n in names if n in TEST_DATA and not in_tests):
            reason = (
                "not looked into, Python tests aside: what tests are made of isn't the system; "
                "name the folder to have it read"
            )
            diagnostics.append(Diagnostic(shown_as(Path(folder) / name), 0, reason, "info"))
        names[:] = sorted(n for n in names if _is_looked_into(Path(folder) / n))
        tests.update(str(Path(folder) / n) for n in names if in_tests or n in TEST_DATA)
        if in_tests:
            files = [n for n in files if TESTS.fullmatch(n)]
        for name in sorted((*files, *(n for n in names if (Path(folder) / n).is_symlink()))):
            file = Path(folder) / name
            shown = shown_as(file)
            if file.is_symlink() and (reason := astray(file, root)):
                diagnostics.append(Diagnostic(shown, 0, reason))
                continue
            if not file.is_file():
                continue
            count += 1
            if count > MAX_FILES:
                diagnostics.append(
                    Diagnostic(shown, 0, f"more than {MAX_FILES} files; the rest was not looked at", "error")
                )
                return
            yield file, shown


def astray(link: Path, root: Path) -> str:
    """Return why a link isn't followed, nothing when it leads to something within the folder."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere; not followed"
    return "" if target.is_relative_to(root) else "a link that leads out of the folder; not followed"


def content_of(
    file: Path, shown: str, diagnostics: list[Diagnostic], *, budget: int = MAX_TOTAL_BYTES
) -> bytes | None:
    """Return a file as it is; None, and why, when it is too large or can't be opened."""
    try:
        size = file.stat().st_size
        if size > MAX_FILE_BYTES:
            reason = f"{size / 1e6:.1f} MB is over the limit of {MAX_FILE_BYTES / 1e6:.0f} MB; split it or leave it out"
            diagnostics.append(Diagnostic(shown, 0, reason, "error"))
            return None
        if size > budget:
            reason = f"the files together are over {MAX_TOTAL_BYTES / 1e6:.0f} MB; not read"
            diagnostics.append(Diagnostic(shown, 0, reason, "error"))
            return None
        return file.read_bytes()
    except OSError as error:
        diagnostics.append(Diagnostic(shown, 0, f"can't be opened: {error.strerror or error}", "error"))
        return None


def texts(content: bytes, shown: str, diagnostics: list[Diagnostic]) -> list[Source]:
    """Return a file as text: one source, one for every page of a PDF, none when there is nothing to read."""
    if is_converted(shown) and content.strip():
        return converted(content, shown, diagnostics)
    text = decode(content, shown, diagnostics)
    return [] if text is None else [Source(shown, text)]


def decode(content: bytes, shown: str, diagnostics: list[Diagnostic]) -> str | None:
    """Return the text of a file in UTF-8, UTF-16 with a mark, or Windows-1252; None when it is binary or empty."""
    if not content.strip() and shown.endswith("__init__.py"):
        return ""  # that it is there says that its folder is a package
    if not content.strip():
        diagnostics.append(Diagnostic(shown, 0, "the file is empty", "info"))
        return None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lines(content.decode("utf-16", errors="replace"))
    if b"\0" in content[:8192]:
        diagnostics.append(Diagnostic(shown, 0, "binary, not text; not read. Save it as UTF-8, or ignore it"))
        return None
    try:
        return _lines(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reason = "not UTF-8; read as Windows-1252. Save it as UTF-8 to be sure of every character"
        diagnostics.append(Diagnostic(shown, line, reason))
        return _lines(content.decode("cp1252", errors="replace"))


def _lines(text: str) -> str:
    r"""Return the text with one kind of line end, so that line numbers mean the same to every reader.

    >>> _lines("a\r\nb\rc")
    'a\nb\nc'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")
