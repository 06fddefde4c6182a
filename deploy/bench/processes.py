"""Transcripts rendered and signed by one process and by two, beside typst and raw RSA in as many, by turns."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from deploy.bench.figures import Figure
from deploy.bench.papers import ON_XML, SIGNATURES, invent, office
from services.transcript.render import inputs_of

PROCESSES = 2
ROUNDS = 8
EACH = 20  # documents of a process in a round
AIM = "0.8 of the limit"
SCALING_AIM = "0.9 of the limit"
WAITING = 120.0  # seconds until both are ready
_OURS, _RAW = "ours", "raw"
_TURNS = ((_OURS, PROCESSES), (_RAW, PROCESSES), (_OURS, 1), (_RAW, 1))


def measure() -> list[Figure]:
    """Wall-clock time: what else the machine does meanwhile falls on ours and on the limit alike."""
    taken = dict.fromkeys(_TURNS, 0.0)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        _all_at_once(pool, _warm_up, PROCESSES, 0)
        for number in range(ROUNDS):
            for turn, (work, processes) in enumerate(_TURNS):
                seed = 1 + (number * len(_TURNS) + turn) * PROCESSES * EACH
                taken[work, processes] += _all_at_once(pool, _WORK[work], processes, seed)
    rate = {(work, processes): ROUNDS * EACH * processes / spent for (work, processes), spent in taken.items()}
    return _figures(rate)


def _figures(rate: dict[tuple[str, int], float]) -> list[Figure]:
    scaled = rate[_RAW, PROCESSES] / (PROCESSES * rate[_RAW, 1])
    return [
        Figure(
            name=f"rendered, {ON_XML} signatures on the XML and 3 on the PDF, {PROCESSES} processes",
            value=rate[_OURS, PROCESSES],
            unit="documents/s",
            limit=rate[_RAW, PROCESSES],
            limit_name=f"typst alone and {SIGNATURES} raw RSA-2048 in {PROCESSES} processes",
            aim=AIM,
        ),
        Figure(
            name=f"the same, {PROCESSES} processes against one",
            value=rate[_OURS, PROCESSES],
            unit="documents/s",
            limit=PROCESSES * rate[_OURS, 1],
            limit_name=f"{PROCESSES} times one process; typst and RSA alone reach {scaled:.2f} of theirs",
            aim=SCALING_AIM,
        ),
    ]


def _all_at_once(pool: ProcessPoolExecutor, work: object, processes: int, seed: int) -> float:
    """Seconds from the first start to the last end; inventing the papers comes before."""
    seeds = [range(seed + EACH * place, seed + EACH * (place + 1)) for place in range(processes)]
    spans: list[tuple[float, float]] = list(pool.map(work, seeds, timeout=WAITING))  # type: ignore[arg-type]  # below
    return max(end for _, end in spans) - min(start for start, _ in spans)


def _warm_up(seeds: Sequence[int]) -> tuple[float, float]:
    """Long enough that each process takes one."""
    started = time.monotonic()
    _ours(seeds)
    _raw(seeds)
    return started, time.monotonic()


def _ours(seeds: Sequence[int]) -> tuple[float, float]:
    papers, started = [invent(seed) for seed in seeds], time.monotonic()
    for paper in papers:
        office().issue(paper)
    return started, time.monotonic()


def _raw(seeds: Sequence[int]) -> tuple[float, float]:
    given, started = [inputs_of(invent(seed)) for seed in seeds], time.monotonic()
    for one in given:
        office().raw(one)
    return started, time.monotonic()


_WORK = {_OURS: _ours, _RAW: _raw}
