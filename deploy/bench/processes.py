"""Transcripts rendered and signed by one process and by two, beside typst and raw RSA in as many, by turns."""

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.queues import Queue

from deploy.bench.figures import Figure
from deploy.bench.papers import ON_XML, SIGNATURES, invent, office
from services.transcript.render import inputs_of

PROCESSES = 2
ROUNDS = 8
EACH = 20  # documents for each process in a round, which takes the next one whenever it has done one
AIM = "0.8 of the limit"
SCALING_AIM = "0.9 of the limit"
WAITING = 120.0  # seconds for a round, and until all are ready
Work = Callable[[int], None]  # on the paper invented from this seed


def measure() -> list[Figure]:
    """Wall-clock time: what else the machine does meanwhile falls on ours and on the limit alike."""
    turns: list[tuple[Work, int]] = [(work, processes) for processes in (PROCESSES, 1) for work in (_ours, _raw)]
    taken = dict.fromkeys(turns, 0.0)
    with ExitStack() as stack:
        pools = {processes: stack.enter_context(_pool(processes)) for processes in (PROCESSES, 1)}
        for number in range(ROUNDS + 1):
            for place, (work, processes) in enumerate(turns):
                first = 1 + (number * len(turns) + place) * PROCESSES * EACH
                spent = _seconds(pools[processes], work, range(first, first + EACH * processes))
                taken[work, processes] += spent if number else 0.0  # the first round only warms up
    rate = {(work, processes): ROUNDS * EACH * processes / spent for (work, processes), spent in taken.items()}
    return _figures(rate)


def _figures(rate: dict[tuple[Work, int], float]) -> list[Figure]:
    scaled = rate[_raw, PROCESSES] / (PROCESSES * rate[_raw, 1])
    return [
        Figure(
            name=f"rendered, {ON_XML} signatures on the XML and 3 on the PDF, {PROCESSES} processes",
            value=rate[_ours, PROCESSES],
            unit="documents/s",
            limit=rate[_raw, PROCESSES],
            limit_name=f"typst alone and {SIGNATURES} raw RSA-2048 in {PROCESSES} processes",
            aim=AIM,
        ),
        Figure(
            name=f"the same, {PROCESSES} processes against one",
            value=rate[_ours, PROCESSES],
            unit="documents/s",
            limit=PROCESSES * rate[_ours, 1],
            limit_name=f"{PROCESSES} times one process; typst and RSA alone reach {scaled:.2f} of theirs",
            aim=SCALING_AIM,
        ),
    ]


def _pool(processes: int) -> ProcessPoolExecutor:
    """Each on a core of its own: typst uses all that it is given, and one process alone would borrow the other's."""
    context = get_context("spawn")
    cores: Queue[int] = context.Queue()
    for core in sorted(os.sched_getaffinity(0))[:processes]:
        cores.put(core)
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_keep_to_one, initargs=(cores,))


def _keep_to_one(cores: "Queue[int]") -> None:
    os.sched_setaffinity(0, {cores.get()})


def _seconds(pool: ProcessPoolExecutor, work: Work, seeds: Iterable[int]) -> float:
    started = time.monotonic()
    for _ in pool.map(work, seeds, timeout=WAITING):
        pass
    return time.monotonic() - started


def _ours(seed: int) -> None:
    office().issue(invent(seed))


def _raw(seed: int) -> None:
    office().raw(inputs_of(invent(seed)))
