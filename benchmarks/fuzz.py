"""Whether damaged, cut, spliced and blown up fixtures make a reader raise, hang, take memory or misquote.

Each reader's own fixtures under tests/readers are mutated by line, word and bracket, and read again beside their neighbours, in bounds of
memory and time. What goes wrong is kept once a place in the code, made as small as line by line removal makes it, and printed with
where its input lies. With atheris installed (it is in no extra of ours: an instrumented Python is heavy) `--guided` lets the coverage choose.

Usage: fuzz.py [--seconds N] [--seed N] [--guided] [--out DIR] [READER ...]     every reader for 60 seconds unless told otherwise
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # tests/ holds the fixtures and the properties

from buttress.evidence.quotes import misquoted
from buttress.model import Source
from buttress.pipeline import read
from buttress.readers import READERS, Reader

STUCK_S = 15.0  # of the processor: what takes so long is broken off
SLOW_S = 2.0  # of the processor, for an input below 100 KB
LARGEST = 60_000
GROWTH_KB = 300_000  # of the largest memory that the process ever had, by one input
BYTES = 6 * 2**30
WEIRD = (
    "\0", "\\ud800", "\\uDFFF\\uD800", "\x85", "\u2028", "\x0b", "\x0c", "\ufeff", "\r", "\x1b[0m", "é", "İ", "ß", "٣", "²", "\U0001f600", "\u202e", "9" * 400,
    "1e999", "-1", "0", "null", "~", "true", "[]", "{}", "''", '""', "*a", "&a", "<<: *a", "!!python/object:os.system x", "${a}", "${", "{{ . }}", "{{",
    "}}", "%s", "\\", "/" * 40, "../", "://", "@", "://a:b@c:99999/d", "http://[::1", "http://[/", "$ref: '#/'", "<![CDATA[", "&#0;", "&#xD800;", "`", "```",
    "|",
)  # fmt: skip
OPENERS = "([{<"
Mutation = Callable[[str, random.Random, tuple[str, ...]], str]


class Stuck(BaseException):
    """Breaks off what doesn't come to an end."""


def broken_off(*_: object) -> None:
    raise Stuck


def line_of(text: str, chance: random.Random) -> tuple[list[str], int]:
    lines = text.split("\n")
    return lines, chance.randrange(len(lines))


def drop(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    lines, at = line_of(text, chance)
    return "\n".join(lines[:at] + lines[at + chance.choice((1, 1, 3, 9)) :])


def move(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    lines, at = line_of(text, chance)
    line = lines.pop(at)
    lines.insert(chance.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def indent(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    lines, at = line_of(text, chance)
    until = at + chance.choice((1, 1, 5))
    by = chance.choice(("  ", " ", "\t", None))
    changed = [by + x if by else x[2:] for x in lines[at:until]]
    return "\n".join(lines[:at] + changed + lines[until:])


def splice(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """Put lines of another fixture of the reader in."""
    lines, at = line_of(text, chance)
    more, start = line_of(chance.choice(others), chance)
    return "\n".join(lines[:at] + more[start : start + chance.choice((1, 4, 30))] + lines[at:])


def say(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """Put something weird in, or in place of a word."""
    at = chance.randrange(len(text) + 1)
    until = at
    if chance.random() < 0.6:
        while until < len(text) and text[until] not in " \n:=,()[]{}\"'":
            until += 1
    return text[:at] + chance.choice(WEIRD) + text[until:]


def swap_words(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """Put a word of this or another fixture in place of a word."""
    words = chance.choice((text, chance.choice(others))).split() or [""]
    mine = text.split(" ")
    mine[chance.randrange(len(mine))] = chance.choice(words)
    return " ".join(mine)


def cut(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] if chance.random() < 0.5 else text[:at] + text[at + chance.choice((1, 2, 10, 200)) :]


def blow_up(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """Repeat a piece of the text, a bracket, a line or a block until the text is large."""
    at = chance.randrange(len(text) + 1)
    lines, where = line_of(text, chance)
    piece = chance.choice(
        (
            text[at : at + chance.choice((1, 2, 3, 7, 20, 80))],
            chance.choice(OPENERS),
            lines[where] + "\n",
            "\n".join(lines[where : where + chance.choice((2, 5))]) + "\n",
            chance.choice(WEIRD),
        )
    )
    size = chance.choice((200, 4_000, LARGEST)) - len(text)
    return text[:at] + piece * max(2, size // max(1, len(piece))) + text[at:]


def deepen(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """Indent line after line, or wrap a value in brackets."""
    lines, at = line_of(text, chance)
    if chance.random() < 0.5:
        depth = chance.choice((5, 50, 150))
        return "\n".join(lines[:at] + ["  " * n + lines[at].strip() for n in range(depth)] + lines[at:])
    opening, closing = chance.choice(
        ("()", "[]", "{}", ("{a: ", "}"), ('{"a":', "}"), ("<a>", "</a>"), ("f(", ")"))
    )
    depth = chance.choice((3, 60, 1_500, 9_000))
    spot = chance.randrange(len(text) + 1)
    end = text.find("\n", spot) if "\n" in text[spot:] else len(text)
    return text[:spot] + opening * depth + text[spot:end] + closing * depth + text[end:]


MUTATIONS: tuple[Mutation, ...] = (drop, move, indent, splice, say, say, swap_words, swap_words, cut, deepen)


def mutated(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """Return a text some steps away from a fixture, and large now and then."""
    for _ in range(chance.choice((1, 1, 2, 3, 6, 12))):
        text = chance.choice(MUTATIONS)(text, chance, others)
    if chance.random() < 0.08:
        text = blow_up(text, chance, others)
    return text[: LARGEST + 20_000]


def trouble(reader: Reader, sources: tuple[Source, ...], *, merged: bool) -> str:
    """Return what goes wrong with sources, as a key of which one is kept, or nothing."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, STUCK_S)
    try:
        fragment = reader.read(sources)
        took = time.process_time() - started
        wrong = () if reader.name == "graph_json" else misquoted(fragment, sources)
        if merged and took < SLOW_S / 4:
            read(sources)
    except (Exception, Stuck) as e:
        frames = traceback.extract_tb(e.__traceback__)
        ours = [f for f in frames if "buttress" in f.filename and "benchmarks" not in f.filename] or frames
        return f"{type(e).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}: {str(e)[:100]!r}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    took = time.process_time() - started
    size = sum(len(s.text) for s in sources)
    if took > SLOW_S * max(1.0, size / 100_000):
        return f"{took:.1f} s for {size} characters"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if grown > GROWTH_KB:
        return f"{grown // 1000} MB for {size} characters"
    return f"misquoted: {wrong[0]}" if wrong else ""


def kind_of(trouble_: str) -> str:
    """Return what makes two troubles one: the place, not the numbers."""
    if trouble_.startswith("misquoted") or not trouble_:
        return trouble_.partition(":")[0]
    return trouble_.split(": ")[0] if " at " in trouble_ else trouble_.split()[1]


def smaller(
    reader: Reader, sources: tuple[Source, ...], which: int, kind: str, *, merged: bool
) -> tuple[Source, ...]:
    """Return the sources with lines left out of one for as long as the same goes wrong, half a minute at most."""
    until = time.monotonic() + 30
    lines = sources[which].text.split("\n")
    size = max(1, len(lines) // 2)
    while size >= 1 and time.monotonic() < until:
        at = 0
        while at < len(lines) and time.monotonic() < until:
            fewer = lines[:at] + lines[at + size :]
            tried = (*sources[:which], replace(sources[which], text="\n".join(fewer)), *sources[which + 1 :])
            if kind_of(trouble(reader, tried, merged=merged)) == kind:
                lines, sources = fewer, tried
            else:
                at += size
        size //= 2
    return sources


class Kept:
    """What went wrong so far, once a kind, with its input in a folder."""

    def __init__(self, out: Path, reader: Reader) -> None:
        self.out, self.reader, self.kinds, self.runs = out, reader, set[str](), 0
        self.slowest = 0.0

    def look(self, sources: tuple[Source, ...], which: int, *, merged: bool) -> None:
        self.runs += 1
        started = time.process_time()
        found = trouble(self.reader, sources, merged=merged)
        self.slowest = max(self.slowest, time.process_time() - started)
        if not found or kind_of(found) in self.kinds:
            return
        kind = kind_of(found)
        self.kinds.add(kind)
        folder = self.out / self.reader.name / str(len(self.kinds))
        small = smaller(self.reader, sources, which, kind, merged=merged)
        for source in small:
            path = folder / source.path.replace("<", "").replace(">", "").replace("#", "_").lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.text.encode("utf-8", "surrogatepass"))
        print(
            f"{self.reader.name}: {found}\n   {folder}  {small[which].path}: {small[which].text[:300]!r}",
            flush=True,
        )

    def tell(self) -> None:
        print(
            f"{self.reader.name}: {self.runs} inputs, {len(self.kinds)} kinds of trouble, slowest {self.slowest:.2f} s",
            flush=True,
        )


def unguided(reader: Reader, cases: tuple[Source, ...], kept: Kept, *, seconds: float, seed: int) -> None:
    chance = random.Random(f"{reader.name}{seed}")
    texts = tuple(s.text for s in cases)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        which = chance.randrange(len(cases))
        sources = beside(cases, which, mutated(texts[which], chance, texts))
        kept.look(sources, len(sources) - 1, merged=chance.random() < 0.1)


def beside(cases: tuple[Source, ...], which: int, text: str) -> tuple[Source, ...]:
    """Return a changed text as the last of its sources: with the others of its folder, which it may point to."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # as the files are read
    top = cases[which].path.split("/")[0]
    others = tuple(
        s for n, s in enumerate(cases) if n != which and "/" in s.path and s.path.split("/")[0] == top
    )
    return (*(others if sum(len(s.text) for s in others) < 40_000 else ()), replace(cases[which], text=text))


def guided(reader: Reader, cases: tuple[Source, ...], kept: Kept, *, seconds: float, seed: int) -> None:
    """Let atheris choose by coverage what to mutate further. It ends the process when its time is over."""
    import atheris

    texts = tuple(s.text for s in cases)

    def one(data: bytes) -> None:
        which = (data[0] * 256 + data[1]) % len(cases) if len(data) > 2 else 0
        sources = beside(
            cases, which, data[2:].decode("utf-8", "surrogatepass" if len(data) % 2 else "replace")
        )
        kept.look(sources, len(sources) - 1, merged=len(data) % 10 == 0)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if len(data) < 3:
            which = chance.randrange(len(cases))
            data = which.to_bytes(2, "big") + texts[which].encode("utf-8", "surrogatepass")
        if chance.random() < 0.1:
            return bytes(atheris.Mutate(data, most))
        text = mutated(data[2:].decode("utf-8", "replace"), chance, texts)
        return (data[:2] + text.encode("utf-8", "surrogatepass"))[:most]

    last = time.monotonic() + seconds - 2

    def safe(data: bytes) -> None:
        nonlocal last
        if time.monotonic() > last:
            kept.tell()
            last += 3600
        try:
            one(data)
        except UnicodeDecodeError:
            return

    corpus = kept.out / reader.name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for n, text in enumerate(texts):
        (corpus / str(n)).write_bytes(n.to_bytes(2, "big") + text.encode("utf-8", "surrogatepass"))
    words = [
        f"-max_total_time={int(seconds)}",
        f"-seed={seed}",
        f"-max_len={LARGEST + 20_000}",
        "-timeout=60",
        "-verbosity=0",
        "-rss_limit_mb=0",
    ]
    atheris.Setup([sys.argv[0], *words, str(corpus)], safe, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("readers", nargs="*", metavar="READER")
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--guided", action="store_true")
    asked.add_argument("--out", type=Path, default=Path("fuzzed"))
    said = asked.parse_args()
    signal.signal(signal.SIGVTALRM, broken_off)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    if said.guided:
        import atheris

        with atheris.instrument_imports(include=["buttress"]):
            run(said)
    else:
        run(said)


def run(said: argparse.Namespace) -> None:
    from tests.readers.test_properties import CASES

    for reader in READERS:
        if said.readers and reader.name not in said.readers:
            continue
        kept = Kept(said.out, reader)
        how = guided if said.guided else unguided
        how(reader, CASES[reader.name], kept, seconds=said.seconds, seed=said.seed)
        kept.tell()


if __name__ == "__main__":
    main()
