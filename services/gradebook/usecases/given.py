"""Earlier years of a pupil, kept as the papers of that time give them."""

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.contracts.gradebook.given import FindGivenYears, GivenYears, GivenYearV1, KeepGivenYear, PupilGivenYears
from services.contracts.gradebook.results import Period
from services.contracts.identity import Role
from services.gradebook.errors.school import YearIsOurs
from services.gradebook.judging.given import warnings_of
from services.gradebook.repository import enrolment, given, results
from services.gradebook.rules.regulation import GRADES, Stage, regulation_of
from services.gradebook.usecases.evidence import require_kept


def keep_given_year(tx: Tx, command: KeepGivenYear, actor: Actor) -> GivenYearV1:
    """By an admin of the school where the pupil is now; a year that was locked here is never given from outside."""
    active = enrolment.active_enrolments(tx, [command.pupil_id]).get(command.pupil_id)
    if active is None:
        raise NotFound(pupil_id=command.pupil_id)
    authority.require(tx, actor, (Role.ADMIN,), active.unit_id)
    _check(command, active.school_year)
    require_kept(tx, active.unit_id, command.evidence)
    _refuse_ours(tx, command)
    regulation = regulation_of(command.stage, command.grade, command.school_year)
    before = given.given_years_of(tx, command.pupil_id).get(command.school_year)
    names = (
        "school_year", "stage", "grade", "school_name", "class_name", "subjects", "level", "conduct", "absences",
        "promotion", "title", "remark", "evidence",
    )  # fmt: skip
    year = GivenYearV1(
        **{name: getattr(command, name) for name in names},
        version=before.version + 1 if before else 1,
        regulation=regulation.value if regulation else None,
        warnings=warnings_of(command, regulation),
    )
    given.add_given_year(tx, command.pupil_id, year, kept_by=actor.person_id)
    return year


def find_given_years(tx: Tx, query: FindGivenYears, _actor: Actor) -> GivenYears:
    found = given.given_years_of_all(tx, query.pupil_ids)
    return GivenYears(
        pupils=tuple(PupilGivenYears(pupil_id=one, years=tuple(years.values())) for one, years in found.items())
    )


def _check(command: KeepGivenYear, current_year: int) -> None:
    if command.stage not in set(Stage) or command.grade not in GRADES[Stage(command.stage)]:
        raise Invalid(reason=f"{command.stage} has no grade {command.grade}")
    if command.school_year >= current_year:
        raise Invalid(reason="a given year lies before the one in which the pupil is enrolled")
    if command.absences < 0:
        raise Invalid(reason="absences are not negative")


def _refuse_ours(tx: Tx, command: KeepGivenYear) -> None:
    for class_id in enrolment.classes_attended(tx, command.school_year, command.pupil_id):
        if Period.YEAR in results.locked_periods(tx, command.school_year, class_id):
            raise YearIsOurs(school_year=command.school_year)
