"""Locked results leave as records of the national dictionary, and its answers are kept record by record."""

import json
from dataclasses import dataclass, field

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.exchange import (
    ExportResults,
    FindExchange,
    FindExchanges,
    HubAnswer,
    HubError,
    RecordAnswers,
    RecordState,
)
from services.contracts.gradebook.results import Period
from services.contracts.identity import FindPeople, FindUnits, People, PersonV1, UnitKind, Units, UnitV1
from tests.integration.gradebook.small_school import MATHS, SPORT, YEAR


@dataclass(slots=True)
class Hub:
    """The national database as its dictionary describes it: of a record the greatest version counts."""

    records: dict = field(default_factory=dict)

    def receive(self, lines):
        """How many records were taken; those of the same or a lower version are ignored."""
        taken = 0
        for line in lines.splitlines():
            record = json.loads(line)
            known = self.records.get(record["idbanghi"])
            if known is None or known["phienban"] < record["phienban"]:
                self.records[record["idbanghi"]] = record
                taken += 1
        return taken


def known_to_identity(*, without_id=(), nationality="Việt Nam"):
    """Identity's answer: everybody has a personal ID but these, who are of that nationality."""

    def person(person_id):
        lacks = person_id in without_id
        return PersonV1(
            id=person_id, code="", name="", born_on=None, gender=None, ethnicity=None,
            nationality=nationality if lacks else "Việt Nam", personal_id=None if lacks else "000314000011",
        )  # fmt: skip

    return lambda asked: People(people=tuple(person(one) for one in asked.person_ids))


@pytest.fixture
def hub():
    return Hub()


@pytest.fixture
def school(school):
    """The small school with term 1 locked, its code known to identity."""
    unit = UnitV1(
        id=school.unit_id, kind=UnitKind.SCHOOL, code="00100001", name="THCS", parent_id=None,
        commune="", province="", department="",
    )  # fmt: skip
    school.gradebook.others.answers[FindUnits] = Units(units=(unit,))
    school.gradebook.others.answers[FindPeople] = known_to_identity()
    school.fill(1)
    school.lock(Period.TERM_1)
    return school


def export(school, period=Period.TERM_1, by=None):
    command = ExportResults(school_year=YEAR, unit_id=school.unit_id, period=period)
    return school.gradebook.ask(command, by or school.principal)


def lines(school, head):
    return school.gradebook.objects.get(head.file).decode()


def answer(school, head, *answers):
    command = RecordAnswers(school_year=YEAR, export_id=head.id, answers=answers)
    return school.gradebook.ask(command, school.principal)


def found(school, head, by=None):
    return school.gradebook.ask(FindExchange(school_year=YEAR, export_id=head.id), by or school.principal)


def judge_again(school, pupil_id, times=1):
    """The pupil's result of term 1 has newer versions."""
    for _ in range(times):
        school.gradebook.sql(
            """
            INSERT INTO results (school_year, class_id, period, pupil_id, version, regulation, inputs_digest, result)
            SELECT school_year, class_id, period, pupil_id, max(version) OVER () + 1, regulation, inputs_digest, result
            FROM results WHERE class_id = :id AND pupil_id = :pupil AND period = 'TERM_1' LIMIT 1
            """,
            id=school.class_id,
            pupil=pupil_id,
        )


def test_a_locked_result_leaves_in_the_shape_of_the_dictionary(school):
    first = json.loads(lines(school, export(school)).splitlines()[0])

    assert first["matruong"] == "00100001"
    assert first["mahocsinh"] in {pupil.code for pupil in school.paper.pupils}
    assert (first["sukien"], first["phienban"], first["manhomcaphoc"], first["namhoc"]) == ("NEW", 1, "03", "2025-2026")
    assert first["diemmon"] == [{"mamonhoc": SPORT, "diem": "Đ"}, {"mamonhoc": MATHS, "diem": "8.0"}]
    assert (first["ketquahoctap"]["mahanhkiem"], first["ketquahoctap"]["songaynghi"]) == (1, 2)


def test_the_same_results_give_the_same_file_and_the_hub_ignores_the_second(school, hub):
    first, second = export(school), export(school)

    assert first.file == second.file
    assert [hub.receive(lines(school, head)) for head in (first, second)] == [3, 0]


def test_a_newer_version_is_taken_and_an_older_one_that_comes_late_is_ignored(school, hub):
    first = export(school)
    judge_again(school, school.pupils[0])
    second = export(school)

    assert [hub.receive(lines(school, head)) for head in (second, first)] == [3, 0]
    assert sorted(record["phienban"] for record in hub.records.values()) == [1, 1, 2]
    assert {record["sukien"] for record in hub.records.values()} == {"NEW", "UPDATE"}


def test_every_record_shows_what_the_hub_answered_in_its_own_words(school):
    head = export(school)
    sent = found(school, head).records
    refusal = HubError(code="E07", words="Mã học sinh không tồn tại")

    answer(
        school, head, HubAnswer(record_id=sent[0].record_id, errors=(refusal,)), HubAnswer(record_id=sent[1].record_id)
    )

    shown = found(school, head).records
    assert [one.state for one in shown] == [RecordState.REFUSED, RecordState.ACCEPTED, RecordState.SENT]
    assert shown[0].errors == (refusal,)


def test_what_has_a_newer_version_than_was_sent_is_shown(school):
    head = export(school)
    judge_again(school, school.pupils[0])

    behind = [one.pupil_id for one in found(school, head).records if one.newest_version > one.version]

    assert behind == [school.pupils[0]]


def test_an_answer_to_a_record_that_was_not_sent_is_refused(school):
    head = export(school)
    sent = found(school, head).records[0]

    with pytest.raises(Invalid, match="unknown_records"):
        answer(school, head, HubAnswer(record_id=sent.record_id), HubAnswer(record_id=new_id()))
    assert found(school, head).records[0].state is RecordState.SENT


def test_what_is_not_locked_does_not_leave(school):
    with pytest.raises(Refused, match="not_locked"):
        export(school, Period.YEAR)


def test_exchange_is_for_the_leaders_of_the_school(school):
    head = export(school)

    with pytest.raises(Forbidden):
        export(school, by=school.teacher)
    with pytest.raises(NotFound):
        found(school, head, by=school.teacher)
    query = FindExchanges(school_year=YEAR, unit_id=school.unit_id)
    assert school.gradebook.ask(query, school.principal).exchanges == (head,)


def test_a_pupil_without_personal_id_is_parked_and_goes_out_once_there_is_one(school, hub):
    answers = school.gradebook.others.answers
    answers[FindPeople] = known_to_identity(without_id=school.pupils[:1])
    first = export(school)
    answers[FindPeople] = known_to_identity()

    second = export(school)

    parked = next(one for one in found(school, first).records if one.pupil_id == school.pupils[0])
    assert (first.records, first.parked, second.records, second.parked) == (2, 1, 3, 0)
    assert (parked.state, [error.code for error in parked.errors]) == (RecordState.PARKED, ["NO_PERSONAL_ID"])
    assert (hub.receive(lines(school, first)), hub.receive(lines(school, second))) == (2, 1)
    with pytest.raises(Invalid):
        answer(school, first, HubAnswer(record_id=parked.record_id))


def test_a_foreigner_is_sent_without_a_personal_id(school):
    school.gradebook.others.answers[FindPeople] = known_to_identity(without_id=school.pupils[:1], nationality="Lào")

    assert (export(school).records, export(school).parked) == (3, 0)
