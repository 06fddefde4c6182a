"""Cases of the law on the command line: what a parent, an inspector or another program can ask without a database."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from deploy.hocba.cli import CHECKOUT, hocba
from deploy.law.stream import LONGEST_LINE
from services.gradebook.rules.tt27_2020 import PrimarySwitches, required_qualities

SCORED = ("toan", "van", "nn1", "lsdl", "khtn", "gdcd", "cn", "tin")
COMMENT = ("gdtc", "nt", "hdtn", "gddp")


def term(mark="8.5", conduct="Tốt", **other):
    """A whole term with the same mark everywhere, but for the subjects named."""
    marks = dict.fromkeys(SCORED, mark) | other
    return {
        "scored": {code: {"regular": [one, one], "midterm": one, "final": one} for code, one in marks.items()},
        "comment": {code: ["Đ"] * 4 for code in COMMENT},
        "conduct": conduct,
    }


def case(**given):
    return {"regulation": "TT22/2021", "stage": "THCS", "terms": {"1": term(), "2": term()}, "absences": 3} | given


def year_case(scored="8.5", *, conduct="Tốt", regulation="TT22/2021", others=None, **given):
    year = {
        "scored": dict.fromkeys(SCORED, scored) | (others or {}),
        "comment": dict.fromkeys(COMMENT, "Đ"),
        "conduct": conduct,
    }
    return {"regulation": regulation, "year": year} | given


def primary(level="T", test=9, quality="T", grade=4, **given):
    tested = ("toan", "tieng_viet", "ngoai_ngu", "lich_su_dia_li", "khoa_hoc", "tin_hoc_cong_nghe")
    subjects = {code: {"level": level, "test": test} for code in tested} | {"gdtc": {"level": level}}
    qualities = dict.fromkeys(required_qualities(grade, PrimarySwitches()), quality)
    return {"regulation": "TT27/2020", "grade": grade, "subjects": subjects, "qualities": qualities} | given


@pytest.fixture
def law():
    """A function from cases (or raw lines) to their answers."""

    def ask(*cases):
        lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in cases]
        said = CliRunner().invoke(hocba, ["law"], input="\n".join(lines))
        assert said.exit_code == 0, said.output
        return [json.loads(line) for line in said.stdout.splitlines()]

    return ask


@pytest.fixture
def answer(law):
    """A function from one case to its answer."""
    return lambda one: law(one)[0]


@pytest.fixture
def error(answer):
    """A function from one case to the code and the place of what is wrong with it."""

    def of(one):
        found = answer(one)["error"]
        assert found["detail"]
        assert found["vi"]
        return found["code"], found["place"]

    return of


def test_a_pupil_is_judged_from_the_marks_of_two_terms(answer):
    found = answer(case())

    assert found["term_averages"]["1"] == dict.fromkeys(sorted(SCORED), "8.5")
    assert found["year_averages"]["toan"] == "8.5"
    assert found["term_comments"]["2"] == found["year_comments"] == dict.fromkeys(sorted(COMMENT), "Đ")
    assert found["term_levels"] == {"1": "Tốt", "2": "Tốt"}
    assert (found["year_level"], found["year_conduct"]) == ("Tốt", "Tốt")
    assert (found["promotion"], found["title"]) == ("PROMOTED", "Học sinh Giỏi")
    assert found["regulation"] == "TT22/2021"
    assert found["switches"]["single_subject_mode"] == "removal"
    assert len(found["inputs_digest"]) == 64
    assert {"code", "clause", "vi", "en"} == set(found["reasons"][0])


def test_a_parent_reads_why_a_child_is_not_promoted(answer):
    found = answer(year_case("5.0", others={"toan": "3.4", "tin": "4.8"}))

    assert found["promotion"] == "RETEST"
    assert found["to_reassess"] == ["tin", "toan"]
    assert "Mức Đạt cần mọi môn từ 3,5; còn thấp hơn: Toán 3,4." in [reason["vi"] for reason in found["reasons"]]


def test_marks_may_be_numbers_and_are_read_exactly(answer):
    line = json.dumps(case(terms={"2": term("8.25")})).replace('"8.25"', "4.95").replace("4.95", "4.9")

    assert answer(line)["year_averages"]["toan"] == "4.9"
    assert answer(json.dumps(case()).replace('"8.5"', "8"))["year_averages"]["toan"] == "8.0"
    assert answer(json.dumps(case()).replace('"8.5"', '"8,5"'))["year_averages"]["toan"] == "8.5"


def test_answers_come_in_the_order_of_the_cases_whatever_is_wrong_with_one(law):
    found = law(case(id="a"), "not json", "", case(id=2, absences=46))

    assert [one.get("id") for one in found] == ["a", None, None, 2]
    assert [one.get("error", {}).get("code") for one in found[1:3]] == ["law.case_malformed"] * 2
    assert found[3]["promotion"] == "NOT_PROMOTED"


BAD = [
    ({"regulation": "TT99/2030"}, "law.unknown_regulation", "regulation"),
    ({"regulation": "TT30/2014"}, "law.unknown_regulation", "regulation"),
    ({"terms": None}, "law.case_malformed", "terms"),
    ({"terms": {}}, "law.nothing_to_judge", "terms"),
    ({"year": {}}, "law.nothing_to_judge", "terms"),
    ({"absences": -1}, "law.case_malformed", "absences"),
    ({"absenses": 1}, "law.case_malformed", ""),
    ({"stage": "TH"}, "law.case_malformed", "stage"),
    ({"terms": {"3": term()}}, "law.case_malformed", "terms"),
    ({"terms": {"1": term(toan="10.1"), "2": term()}}, "law.bad_mark", "terms.1.scored.toan.regular[0]"),
    ({"terms": {"2": term(tin="7.25")}}, "law.bad_mark", "terms.2.scored.tin.regular[0]"),
    ({"terms": {"2": term(tin="-1")}}, "law.bad_mark", "terms.2.scored.tin.regular[0]"),
    ({"terms": {"2": term(tin=True)}}, "law.bad_mark", "terms.2.scored.tin.regular[0]"),
    ({"terms": {"2": term(tin="tám")}}, "law.bad_mark", "terms.2.scored.tin.regular[0]"),
    ({"terms": {"2": term(tin=[8])}}, "law.case_malformed", "terms.2.scored.tin.regular[0]"),
    ({"terms": {"2": term(conduct="Giỏi")}}, "law.bad_level", "terms.2.conduct"),
    ({"switches": {"both_fall": True}}, "law.unknown_switch", "switches.both_fall"),
    ({"switches": {"both_fail": "never"}}, "law.case_malformed", "switches.both_fail"),
    ({"switches": {"gdtx_subjects_at_bar": 0}}, "law.case_malformed", "switches"),
    ({"reassessed": {"toan": "5.0"}}, "gradebook.summer_not_open", ""),
    ({"reassessed": {"toan": "x"}}, "law.bad_comment", "reassessed.toan"),
    ({"conduct_after_summer": "Tốt"}, "gradebook.summer_not_open", ""),
]


@pytest.mark.parametrize(("given", "code", "place"), BAD)
def test_a_wrong_case_says_what_is_wrong_and_where(error, given, code, place):
    assert error(case(**given)) == (code, place)


def test_single_marks_of_a_subject_are_found_by_their_place(error):
    one = term()
    one["scored"]["toan"] |= {"final": "11"}
    other = term()
    other["comment"]["nt"][3] = "T"

    assert error(case(terms={"1": one})) == ("law.bad_mark", "terms.1.scored.toan.final")
    assert error(case(terms={"1": other})) == ("law.bad_comment", "terms.1.comment.nt[3]")


@pytest.mark.parametrize(
    ("periods", "cluster", "regular", "average"),
    [(35, False, 2, "8.5"), (36, False, 2, None), (70, True, 4, "8.5"), (70, True, 3, None)],
)
def test_the_number_of_marks_is_checked_where_the_periods_are_given(answer, periods, cluster, regular, average):
    one = term()
    one["scored"]["toan"] |= {"regular": ["8.5"] * regular, "periods": periods, "cluster": cluster}

    assert answer(case(terms={"2": one}))["term_averages"]["2"]["toan"] == average


def test_more_marks_than_the_law_foresees_are_refused(error):
    one = term()
    one["scored"]["toan"] |= {"regular": ["8.5"] * 3, "periods": 35}
    other = term()
    other["comment"]["nt"].append("Đ")

    assert error(case(terms={"2": one})) == ("law.too_many_marks", "terms.2.scored.toan.regular")
    assert error(case(terms={"2": other})) == ("law.too_many_marks", "terms.2.comment.nt")


def test_one_comment_of_four_is_no_result(answer):
    one = term()
    one["comment"]["nt"] = ["Đ"]

    assert answer(case(terms={"2": one}))["term_comments"]["2"]["nt"] is None


def test_term_one_alone_is_judged_and_the_year_left_open(answer):
    found = answer(case(terms={"1": term()}))

    assert found["term_levels"] == {"1": "Tốt"}
    assert found["year_level"] is found["promotion"] is found["reasons"] is None


@pytest.mark.parametrize(
    ("state", "average"), [("missed_unexcused", "4.9"), ("missed_excused", None), ("exempt", None), (None, None)]
)
def test_a_cell_may_say_why_it_has_no_mark(answer, state, average):
    one = term()
    one["scored"]["toan"]["final"] = state

    assert answer(case(terms={"2": one}))["year_averages"]["toan"] == average


def test_an_exempt_subject_leaves_the_level_alone_and_the_principal_decides(answer):
    found = answer(case(exempt=["gdtc", "van", "tieng_dan_toc"]))

    assert "van" not in found["year_averages"]
    assert "gdtc" not in found["year_comments"]
    assert (found["year_level"], found["promotion"]) == ("Tốt", "PROMOTED")
    assert found["reasons"][-2]["code"] == "principal_decides"


def test_a_year_given_by_its_results_can_be_exempt_too(answer):
    found = answer(year_case(exempt=["toan", "tieng_dan_toc"], others={"van": "exempt"}))

    assert sorted(found["year_averages"]) == sorted(set(SCORED) - {"toan", "van"})
    assert "Tiếng dân tộc thiểu số" in str(found["reasons"])


def test_a_summer_re_assessment_promotes(answer):
    found = answer(year_case("5.0", others={"toan": "3.4"}, reassessed={"toan": "3.5"}))

    assert (found["year_level"], found["year_level_after"]) == ("Chưa đạt", "Đạt")
    assert (found["promotion"], found["year_averages"]["toan"]) == ("PROMOTED", "3.4")


def test_a_failed_comment_subject_is_assessed_again_by_comments(answer):
    one = year_case("5.0")
    one["year"]["comment"] |= {"nt": "CĐ", "gdtc": "Chưa đạt"}

    assert answer(one)["to_reassess"] == ["gdtc", "nt"]
    assert answer(one | {"reassessed": {"nt": "Đ"}})["promotion"] == "PROMOTED"


@pytest.mark.parametrize(("grade", "completion"), [(8, None), (9, True), (12, True)])
def test_the_last_grade_is_told_of_completion(answer, grade, completion):
    assert answer(year_case(grade=grade))["completion"] is completion


def test_completion_heeds_the_switches(answer):
    switches = {"completion_oldest_age": 21}

    assert answer(year_case(grade=9, age=22, switches=switches))["completion"] is False
    assert answer(year_case(grade=9, age=21, switches=switches))["completion"] is True
    assert answer(year_case("3.0", grade=9))["completion"] is None


def test_a_switch_changes_the_result_and_is_told_with_it(answer):
    others = dict.fromkeys(("toan", "van"), "7.0") | {"tin": "4.0"}
    plain = answer(year_case("8.0", others=others))
    switched = answer(year_case("8.0", others=others, switches={"single_subject_mode": "replacement"}))

    assert (plain["year_level"], switched["year_level"]) == ("Đạt", "Khá")
    assert switched["switches"]["single_subject_mode"] == "replacement"
    assert plain["inputs_digest"] != switched["inputs_digest"]


def test_continuing_education_has_a_figure_of_its_own(answer):
    few = {"scored": dict.fromkeys(SCORED[:5], "8.5"), "comment": {}, "conduct": "Tốt"}
    one = {"regulation": "TT43/2021", "stage": "GDTX", "year": few}

    assert answer(one)["year_level"] is None
    found = answer(one | {"switches": {"gdtx_subjects_at_bar": 5}})
    assert (found["regulation"], found["year_level"], found["title"]) == ("TT43/2021", "Tốt", "Học sinh Giỏi")


def older_term(toan="8.5", **given):
    one = {"regular": ["8", "7", "9"], "periodic": ["7", "8"], "final": toan}
    return {
        "scored": {"toan": one, "van": one, "vat_li": one},
        "comment": {"the_duc": ["Đ", "Đ", "Đ"]},
        "conduct": "Tốt",
    } | given


def test_an_older_year_is_judged_with_its_overall_average(answer):
    found = answer({"regulation": "TT58/2011", "terms": {"1": older_term(), "2": older_term()}})

    assert found["term_averages"]["1"]["toan"] == "8.0"  # 7.95
    assert (found["term_overall_averages"]["1"], found["year_overall_average"]) == ("8.0", "8.0")
    assert (found["year_level"], found["year_conduct"], found["promotion"]) == ("Giỏi", "Tốt", "PROMOTED")
    assert (found["title"], found["term_titles"]) == ("Học sinh giỏi", {"1": "Học sinh giỏi", "2": "Học sinh giỏi"})


def test_an_older_year_may_be_given_by_its_results_or_by_one_term(answer):
    first = answer({"regulation": "TT58/2011", "terms": {"1": older_term()}})
    given = {"scored": {"toan": "7.9", "van": "7.0", "nn1": "8.0", "li": "8.3"}, "comment": {}, "conduct": "Khá"}
    before = answer({"regulation": "TT58/2011", "year": given})
    since = answer({"regulation": "TT58/2011+TT26/2020", "year": given | {"scored": given["scored"] | {"van": "8.0"}}})
    amended = answer({"regulation": "TT58/2011+TT26/2020", "year": given | {"scored": given["scored"] | {"li": "9.1"}}})

    assert first["year_level"] is None
    assert before["year_level"] == "Khá"
    assert since["year_level"] == amended["year_level"] == "Giỏi"  # English reaches 8.0
    assert amended["title"] == "Học sinh tiên tiến"


def test_an_older_year_since_2020_has_the_columns_of_today(answer, error):
    one = {"regulation": "TT58/2011+TT26/2020", "terms": {"1": term(), "2": term(conduct="Khá")}}
    more = term()
    more["scored"]["toan"] |= {"regular": ["9"] * 3, "periods": 35}
    fewer = term()
    fewer["scored"]["toan"] |= {"regular": ["9"], "periods": 35}

    assert answer(one)["year_conduct"] == "Khá"
    assert answer(one | {"conduct_of_year": "Tốt"})["year_conduct"] == "Tốt"
    assert error(one | {"terms": {"1": more}}) == ("law.too_many_marks", "terms.1.scored.toan.regular")
    assert answer(one | {"terms": {"1": fewer}})["term_averages"]["1"]["toan"] is None


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        ({"conduct_of_year": "Đạt"}, "law.bad_level", "conduct_of_year"),
        ({"terms": {"1": older_term("12")}}, "law.bad_mark", "terms.1.scored.toan.final"),
        ({"terms": {"1": older_term(comment={"the_duc": ["Đ", 5]})}}, "law.bad_comment", "terms.1.comment.the_duc[1]"),
    ],
)
def test_a_wrong_older_case_says_where(error, given, code, place):
    one = {"regulation": "TT58/2011", "terms": {"1": older_term(), "2": older_term()}}

    assert error(one | given) == (code, place)


def test_an_older_exempt_subject_and_a_retest(answer):
    scored = {"toan": "5.0", "van": "5.0", "vat_li": "3.0", "hoa_hoc": "4.0"}
    one = {"regulation": "TT58/2011", "year": {"scored": scored, "conduct": "Tốt"}}

    assert answer(one)["to_reassess"] == ["hoa_hoc", "vat_li"]
    found = answer(one | {"reassessed": {"vat_li": "6.0"}})
    assert (found["year_overall_average"], found["year_overall_average_after"]) == ("4.3", "5.0")
    assert (found["year_level"], found["year_level_after"], found["promotion"]) == ("Yếu", "Trung bình", "PROMOTED")
    assert answer(one | {"exempt": ["vat_li"]})["year_overall_average"] == "4.7"


def test_a_primary_year_is_judged_with_completion_and_commendation(answer):
    found = answer(primary(grade=5))

    assert (found["year_level"], found["promotion"]) == ("Hoàn thành xuất sắc", "PROMOTED")
    assert (found["title"], found["completes_primary"]) == ("Học sinh Xuất sắc", True)
    assert found["regulation"] == "TT27/2020"


def test_a_primary_commendation_waits_for_the_class(answer):
    one = primary(test=7)

    assert (answer(one)["title"], answer(one | {"acknowledged": True})["title"]) == (
        None,
        "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
    )
    assert answer(one)["title_candidate"].startswith("Học sinh Tiêu biểu")


def test_primary_help_in_the_summer_and_the_schools_decision(answer):
    one = primary(test=4, level="H")
    again = {"subjects": {code: {"level": "H", "test": 5} for code in one["subjects"]}, "qualities": {}}

    assert answer(one)["promotion"] == "ADDITIONAL_ASSESSMENT"
    assert answer(one)["warnings"][0]["code"] == "abnormal_test"
    assert answer(one | {"reassessed": again})["promotion"] == "PROMOTED"
    assert answer(one | {"reassessed": {"subjects": {"toan": {"level": "C"}}}})["year_level_after"] == "Chưa hoàn thành"
    assert answer(one | {"reassessed": {"qualities": {"yeu_nuoc": "Đ"}}})["promotion"] == "SCHOOL_DECIDES"


def test_a_primary_moment_before_the_end_of_the_year_is_checked_for_what_is_missing(answer):
    found = answer(primary(moment="mid_term_1"))
    lacking = answer({"regulation": "TT27/2020", "grade": 4, "moment": "mid_term_1", "subjects": {"toan": {}}})

    assert (found["is_complete"], lacking["is_complete"]) == (True, False)
    assert len(found["inputs_digest"]) == 64


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        ({"grade": 6}, "law.case_malformed", "grade"),
        ({"subjects": {"toan": {"level": "T", "test": "7,5"}}}, "law.bad_test", "subjects.toan.test"),
        ({"subjects": {"toan": {"level": "T", "test": 11}}}, "law.bad_test", "subjects.toan.test"),
        ({"subjects": {"toan": {"level": "Đ"}}}, "law.bad_level", "subjects.toan.level"),
        ({"qualities": {"yeu_nuoc": "H"}}, "law.bad_level", "qualities.yeu_nuoc"),
        ({"reassessed": {"qualities": {"yeu_nuoc": "T"}}}, "gradebook.summer_not_open", ""),
    ],
)
def test_a_wrong_primary_case_says_where(error, given, code, place):
    assert error(primary(**given)) == (code, place)


def test_an_exempt_primary_subject_stays_out(answer):
    one = primary()
    one["subjects"]["gdtc"] = {"level": "C"}

    assert answer(one)["year_level"] == "Chưa hoàn thành"
    assert answer(one | {"exempt": ["gdtc"]})["year_level"] == "Hoàn thành xuất sắc"


def test_letters_typed_apart_or_with_a_look_alike_are_read_as_meant(answer):
    one = term(conduct="To\u0302\u0301t")
    one["comment"] |= {"nt": ["\u00d0", "Đạt", "Đ", "Đ"], "gdtc": ["C\u00d0", "C Đ", "Chưa đạt", "CĐ"]}
    found = answer(case(terms={"2": one}))

    assert (found["term_comments"]["2"]["nt"], found["term_comments"]["2"]["gdtc"]) == ("Đ", "CĐ")
    assert found["year_conduct"] == "Tốt"


def test_the_same_case_has_the_same_digest_whatever_the_order_of_its_subjects(answer):
    one, other = case(), case()
    for number in ("1", "2"):
        other["terms"][number]["scored"] = dict(reversed(one["terms"][number]["scored"].items()))
    changed = case(terms={"1": term(), "2": term(toan="8.6")})

    assert answer(one) == answer(other)
    assert answer(one)["inputs_digest"] != answer(changed)["inputs_digest"]


def test_a_line_beyond_all_measure_is_refused_and_the_next_is_answered(law):
    endless = '{"regulation": "' + "x" * (2 * LONGEST_LINE)

    found = law(endless, case(id=7))

    assert found[0]["error"]["code"] == "law.case_malformed"
    assert found[1]["id"] == 7


def test_cases_come_from_files_too(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(case()) + "\n")

    said = CliRunner().invoke(hocba, ["law", str(path), str(path)])

    assert len(said.stdout.splitlines()) == 2
    assert CliRunner().invoke(hocba, ["law", str(tmp_path / "none")]).exit_code == 2


def test_a_program_that_asks_case_by_case_is_answered_case_by_case():
    line = json.dumps(case()) + "\n"
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.hocba", "law", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    ) as process:
        for _ in range(2):
            process.stdin.write(line)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["promotion"] == "PROMOTED"
        process.stdin.close()

        assert process.wait(timeout=60) == 0


def test_a_reader_who_leaves_early_causes_no_complaint(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text((json.dumps(case()) + "\n") * 500)
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.hocba", "law", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=CHECKOUT,
    ) as process:
        process.stdout.readline()
        process.stdout.close()

        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""
