"""The memory of one process that renders, signs and checks thousands of transcripts."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import psutil

from deploy.bench.figures import Figure
from deploy.bench.papers import invent, office

GROWTH = 1.10  # at most, of what the process held after the first tenth
AIM = f"at most {GROWTH:.2f}"
MEGABYTE = 1 << 20


def measure(documents: int) -> list[Figure]:
    """Raises when the process grew; it is a new one, which nothing else has filled."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        early, late = pool.submit(_work, documents).result()
    if late > GROWTH * early:
        raise RuntimeError(
            f"Memory grew from {early:.0f} MB after {documents // 10:,} transcripts to {late:.0f} MB after "
            f"{documents:,}: something keeps what it has made. Look at what is remembered between documents."
        )
    return [
        Figure(
            name=f"memory after {documents:,} transcripts rendered, signed and checked by one process",
            value=late,
            unit="MB",
            limit=early,
            limit_name=f"after {documents // 10:,}",
            aim=AIM,
        )
    ]


def _work(documents: int) -> tuple[float, float]:
    """Megabytes held after a tenth and after all."""
    early = 0.0
    for number in range(1, documents + 1):
        _one(number)
        if number == documents // 10:
            early = _held()
    return early, _held()


def _one(seed: int) -> None:
    for file in office().issue(invent(seed)):
        office().check(file)


def _held() -> float:
    return psutil.Process().memory_info().rss / MEGABYTE
