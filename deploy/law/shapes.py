"""The shapes of cases; a field that is not listed here is refused, so that a slip of the pen is not overlooked."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

Count: TypeAlias = Annotated[int, Meta(ge=0)]
Cells: TypeAlias = tuple[Any, ...]  # marks as text or numbers, comments, states


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a case: a msgspec struct, as a case is read by the regulation it names."""


class ScoredTerm(Shape, frozen=True):
    """One scored subject's term; with ``periods`` of the year the number of regular assessments is checked."""

    regular: Cells = ()
    midterm: Any = None
    final: Any = None
    periods: Count | None = None
    cluster: bool = False


class ScoredTerm58(Shape, frozen=True):
    """One scored subject's term before TT26/2020: any number of tests of a period or more."""

    regular: Cells = ()
    periodic: Cells = ()
    final: Any = None


class Term(Shape, frozen=True):
    """One term under TT22/2021, TT43/2021 and TT26/2020."""

    scored: Mapping[str, ScoredTerm] = {}
    comment: Mapping[str, Cells] = {}
    conduct: str | None = None


class Term58(Shape, frozen=True):
    """One term before TT26/2020."""

    scored: Mapping[str, ScoredTerm58] = {}
    comment: Mapping[str, Cells] = {}
    conduct: str | None = None


class Year(Shape, frozen=True):
    """A year by its results alone."""

    scored: Mapping[str, Any] = {}
    comment: Mapping[str, Any] = {}
    conduct: str | None = None


TermNumber: TypeAlias = Literal["1", "2"]
Stage: TypeAlias = Literal["THCS", "THPT", "GDTX"]


class Secondary(Shape, frozen=True, tag_field="regulation", kw_only=True):
    """What cases of all secondary regulations share."""

    stage: Stage | None = None
    year: Year | None = None
    absences: Count = 0  # of the year
    reassessed: Mapping[str, Any] = {}
    conduct_after_summer: str | None = None
    exempt: tuple[str, ...] = ()
    switches: Mapping[str, Any] = {}
    id: str | int | None = None  # given back with the answer


class Case22(Secondary, frozen=True, tag="TT22/2021", kw_only=True):
    """A case of TT22/2021; ``grade`` 9 or 12 asks about completion too."""

    terms: Mapping[TermNumber, Term] = {}
    grade: Annotated[int, Meta(ge=6, le=12)] | None = None
    age: Count | None = None


class Case43(Case22, frozen=True, tag="TT43/2021", kw_only=True):
    """A case of TT43/2021."""


class Case58(Secondary, frozen=True, tag="TT58/2011", kw_only=True):
    """A case of TT58/2011 before TT26/2020."""

    terms: Mapping[TermNumber, Term58] = {}
    conduct_of_year: str | None = None
    specialised: str | None = None


class Case26(Secondary, frozen=True, tag="TT58/2011+TT26/2020", kw_only=True):
    """A case of TT58/2011 since TT26/2020."""

    terms: Mapping[TermNumber, Term] = {}
    conduct_of_year: str | None = None
    specialised: str | None = None


class PrimaryValue(Shape, frozen=True):
    """One primary subject at one moment."""

    level: str | None = None
    test: Any = None


class PrimaryAgain(Shape, frozen=True):
    """What was assessed again after help."""

    subjects: Mapping[str, PrimaryValue] = {}
    qualities: Mapping[str, str] = {}


class Case27(Shape, frozen=True, tag_field="regulation", tag="TT27/2020", kw_only=True):
    """A case of TT27/2020; without ``moment`` the end of the year is judged."""

    grade: Annotated[int, Meta(ge=1, le=5)]
    subjects: Mapping[str, PrimaryValue]
    qualities: Mapping[str, str] = {}
    moment: Literal["mid_term_1", "end_term_1", "mid_term_2", "year_end"] = "year_end"
    stage: Literal["TH"] | None = None
    reassessed: PrimaryAgain = PrimaryAgain()
    acknowledged: bool = False
    exempt: tuple[str, ...] = ()
    switches: Mapping[str, Any] = {}
    id: str | int | None = None


Case: TypeAlias = Case22 | Case43 | Case58 | Case26 | Case27
