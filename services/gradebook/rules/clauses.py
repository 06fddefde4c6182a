"""Rules that know the clause they come from, and reasons that quote it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Rule(Protocol[P, R_co]):
    """A function of the law; ``clause`` is the place in the circular that it restates."""

    clause: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


def clause(reference: str) -> Callable[[Callable[P, R_co]], Rule[P, R_co]]:
    """Mark a function as the rule of one clause, written article(paragraph)(point): ``9(1)(b)``."""

    def mark(apply: Callable[P, R_co]) -> Rule[P, R_co]:
        rule = cast("Rule[P, R_co]", apply)
        rule.clause = reference
        return rule

    return mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One step of a judgement in words a parent can read; ``code`` is for programs and never changes."""

    code: str
    clause: str
    vi: str
    en: str
