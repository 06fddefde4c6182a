"""The shared worked examples of the circular, where they are at hand."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from services.gradebook.rules import tt22_2021 as law
from services.gradebook.rules.tt22_2021 import CommentResult, Level, Marks, Promotion, SubjectKind, Switches

LEVEL_OF = {level.vi: level for level in Level}
PROMOTION_OF = {
    "LÊN LỚP": Promotion.PROMOTED,
    "KHÔNG LÊN LỚP": Promotion.NOT_PROMOTED,
    "KIỂM TRA LẠI": Promotion.RETEST,
    "RÈN LUYỆN HÈ": Promotion.SUMMER_TRAINING,
}


@pytest.fixture(scope="module")
def examples():
    path = Path(os.environ.get("HOCBA_SHARED", "../shared")) / "domain" / "worked-examples.json"
    if not path.exists():
        pytest.skip(f"no worked examples at {path}")
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def test_every_worked_example_of_the_circular_comes_out_as_written(examples):
    for case in examples["tt22_level"]:
        scores = [Decimal(score) for score in case["scores"]]
        pupil = {str(index): result for index, result in enumerate([*scores, *map(CommentResult, case["comments"])])}
        assert law.general_level(pupil).vi == case["base"], case
        assert law.level_after_adjustment(pupil, Switches()).vi == case["result"], case
    for case in examples["tt22_rl"]:
        assert law.conduct_of_year(LEVEL_OF[case["hk1"]], LEVEL_OF[case["hk2"]]).vi == case["year"], case
    for case in examples["tt22_average"]:
        marks = Marks(regular=tuple(map(Decimal, case["tx"])), midterm=Decimal(case["gk"]), final=Decimal(case["ck"]))
        assert str(law.term_average(marks)) == case["result"], case
    for case in examples["tt22_year"]:
        assert str(law.year_average(Decimal(case["hk1"]), Decimal(case["hk2"]))) == case["result"], case
    for case in examples["n_tx"]:
        count = law.regular_assessments(SubjectKind.SCORED, case["periods"], has_cluster=bool(case["cluster"]))
        assert count == case["result"], case
    for case in examples["promotion"]:
        promotion = law.promotion_of(LEVEL_OF[case["ht"]], LEVEL_OF[case["rl"]], case["absent"])
        assert promotion is PROMOTION_OF[case["result"].partition(" (")[0]], case
