"""Rules that know the clause they come from, and reasons that quote it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Rule(Generic[P, R]):
    """A function of the law; ``clause`` is the place in the circular that it restates."""

    clause: str

    def __init__(self, apply: Callable[P, R], *, clause: str) -> None:
        update_wrapper(self, apply)
        self._apply = apply
        self.clause = clause

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._apply(*args, **kwargs)


def clause(reference: str) -> Callable[[Callable[P, R]], Rule[P, R]]:
    """Mark a function as the rule of one clause, written article(paragraph)(point): ``9(1)(b)``."""
    return lambda apply: Rule(apply, clause=reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One step of a judgement in words a parent can read; ``code`` is for programs and never changes."""

    code: str
    clause: str
    vi: str
    en: str
