"""The columns of a new sheet, as the law of its class and subject asks. Pure."""

from typing import Any, Protocol

from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnKind, Scale
from services.gradebook.rules import tt22_2021, tt27_2020
from services.gradebook.rules.named_subjects import named
from services.gradebook.rules.switches import PrimarySwitches
from services.gradebook.rules.tt27_2020 import Moment
from services.gradebook.rules.vocabulary import SubjectKind as AssessedBy

Spec = dict[str, Any]
POINTS = {"gk": (ColumnKind.MIDTERM, Moment.MID_TERM_1), "ck": (ColumnKind.FINAL, Moment.END_TERM_1)}
"""When primary pupils are assessed: key, kind of column, and the moment of term 1, whose tests term 2 repeats."""


class Taught(Protocol):
    """A subject of the plan in one grade."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def periods(self) -> int: ...
    @property
    def has_cluster(self) -> bool: ...


def columns_for(grade: int, taught: Taught) -> list[Spec]:
    """Key, kind, scale and whether for the cluster alone, in the order of the sheet."""
    if taught.kind == SubjectKind.QUALITIES:
        return _qualities(grade)
    return _primary(grade, taught.code) if taught.kind == SubjectKind.PRIMARY else _secondary(taught)


def _secondary(taught: Taught) -> list[Spec]:
    """tx1… as many as TT22/2021 Art. 6 asks, one more for the cluster, then gk, then ck."""
    scale = Scale.MARK if taught.kind == SubjectKind.SCORED else Scale.PASS
    count = tt22_2021.regular_assessments(AssessedBy(taught.kind.lower()), taught.periods)
    plain = [_spec(f"tx{number}", ColumnKind.REGULAR, scale) for number in range(1, count + 1)]
    cluster = [_spec(f"tx{count + 1}", ColumnKind.REGULAR, scale, is_cluster=True)] if taught.has_cluster else []
    return [*plain, *cluster, _spec("gk", ColumnKind.MIDTERM, scale), _spec("ck", ColumnKind.FINAL, scale)]


def _primary(grade: int, code: str) -> list[Spec]:
    """A level at mid-term and at the term's end, each with its test where TT27/2020 Art. 7 asks for one."""
    specs = []
    for key, (kind, moment) in POINTS.items():
        specs.append(_spec(f"{key}_muc", kind, Scale.LEVEL))
        if named(code) in tt27_2020.tested_subjects(grade, moment):
            specs.append(_spec(f"{key}_kt", kind, Scale.TEST))
    return specs


def _qualities(grade: int) -> list[Spec]:
    """Each quality and competence at mid-term and at the term's end (TT27/2020 Art. 8)."""
    codes = tt27_2020.required_qualities(grade, PrimarySwitches())
    return [_spec(f"{key}_{code}", kind, Scale.QUALITY) for key, (kind, _) in POINTS.items() for code in codes]


def _spec(key: str, kind: ColumnKind, scale: Scale, *, is_cluster: bool = False) -> Spec:
    return {"key": key, "kind": kind, "scale": scale, "is_cluster": is_cluster}
