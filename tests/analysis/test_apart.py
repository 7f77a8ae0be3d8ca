"""A large graph is analysed by two processes, with the result of one."""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
import time

import pytest

from buttress import analysis
from buttress.analysis import apart
from buttress.model import Component, Derived, Fact, Flow, SystemGraph

two = pytest.mark.skipif(not apart.is_possible(), reason="needs fork and a second processor")


def drawn(seed: int) -> SystemGraph:
    draw = random.Random(seed)
    kinds = ("service", "service", "worker", "relational_db", "cache", "message_broker", "gateway")
    parts = tuple(Component(f"c{n}", f"part {n}", draw.choice(kinds)) for n in range(40))
    facts = ((), (Fact("timeout", 1.5),), (Fact("retry", 3), Fact("timeout", 0.5)))
    return SystemGraph(
        components=parts,
        flows=tuple(
            Flow(f"f{n}", f"c{draw.randrange(40)}", f"c{draw.randrange(40)}", facts=draw.choice(facts))
            for n in range(150)
        ),
    )


@two
@pytest.mark.parametrize("seed", range(3))
def test_two_processes_find_what_one_finds_in_the_same_order(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = analysis.analyse(drawn(seed)).derived
    started: list[apart.Work] = []
    beside = apart.beside

    def watched(work: apart.Work, here: apart.Work) -> tuple[tuple[Derived, ...], tuple[Derived, ...]]:
        started.append(work)
        return beside(work, here)

    monkeypatch.setattr(analysis, "LARGE", 1)
    monkeypatch.setattr(apart, "beside", watched)
    assert analysis.analyse(drawn(seed)).derived == alone
    assert started and {type(d) for d in alone} == {Derived}


@two
def test_the_work_of_a_child_that_is_killed_is_done_again() -> None:
    parent = os.getpid()

    def work() -> tuple[Derived, ...]:
        if os.getpid() != parent:
            os._exit(9)
        return (Derived("a", "x"),)

    assert apart.beside(work, tuple) == ((Derived("a", "x"),), ())


@two
def test_an_error_in_a_child_is_raised_here() -> None:
    def work() -> tuple[Derived, ...]:
        raise ZeroDivisionError("of the child")

    with pytest.raises(ZeroDivisionError, match="of the child"):
        apart.beside(work, tuple)


@two
def test_an_error_here_leaves_no_child_behind() -> None:
    def here() -> tuple[Derived, ...]:
        raise ZeroDivisionError("here")

    def work() -> tuple[Derived, ...]:
        threading.Event().wait(60)
        return ()

    with pytest.raises(ZeroDivisionError, match="here"):
        apart.beside(work, here)


def test_a_process_with_other_threads_starts_no_child() -> None:
    wait = threading.Event()
    other = threading.Thread(target=wait.wait)
    other.start()
    try:
        assert not apart.is_possible()
    finally:
        wait.set()
        other.join()


@two
def test_the_work_of_a_child_that_is_killed_while_it_answers_is_done_again() -> None:
    found = tuple(Derived("a", "x" * 60, value=n) for n in range(20_000))  # more than a pipe takes at once

    def here() -> tuple[Derived, ...]:
        (child,) = multiprocessing.active_children()
        time.sleep(0.5)  # until the pipe is full
        child.kill()
        return ()

    assert apart.beside(lambda: found, here) == (found, ())


@two
def test_where_no_process_can_be_started_everything_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert apart.beside(lambda: (Derived("a", "x"),), tuple) == ((Derived("a", "x"),), ())
