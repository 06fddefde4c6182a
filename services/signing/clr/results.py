"""The results in a transcript's canonical data as CLR's, each value as it is printed; what is not there is left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contracts.transcript.words import QUALITIES
from services.signing.summary import PROMOTIONS

Fields = dict[str, Any]

MARK: Fields = {"resultType": "RawScore", "valueMin": "0", "valueMax": "10"}
PASS_OR_FAIL = ("CĐ", "Đ")
LEVELS = {"PRIMARY": ("C", "H", "T")}  # of other kinds of subject: PASS_OR_FAIL
QUALITY = ("C", "Đ", "T")
OF_SUBJECT = {
    "term1": "Học kỳ I",
    "term2": "Học kỳ II",
    "year": "Cả năm",
    "test": "Bài kiểm tra cuối năm",
    "retest": "Đánh giá lại",
}
OF_CLUSTER = {"term1": "Cụm chuyên đề, học kỳ I", "term2": "Cụm chuyên đề, học kỳ II"}
OF_PERIOD = {"level": "Kết quả học tập", "conduct": "Kết quả rèn luyện"}
OF_YEAR = {
    **OF_PERIOD,
    "level_after": "Kết quả học tập sau đánh giá lại",
    "conduct_after": "Kết quả rèn luyện sau khi rèn luyện trong hè",
    "title": "Danh hiệu",
}
COMPLETIONS = {"COMPLETED": "Hoàn thành", "NOT_COMPLETED": "Chưa hoàn thành"}
DECISIONS = (("promotion", "Kết luận cuối năm", PROMOTIONS), ("completion", "Chương trình của cấp học", COMPLETIONS))
STATUS = {"PROMOTED": "Completed", "NOT_PROMOTED": "Failed", "COMPLETED": "Completed", "NOT_COMPLETED": "Failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A result under its key; `scale` is what CLR wants to know of how such results are given."""

    key: str
    name: str
    value: str
    scale: Fields = field(default_factory=lambda: {"resultType": "Result"})
    status: str | None = None

    def description(self, achievement: str) -> Fields:
        return {"id": f"{achievement}#{self.key}", "type": ["ResultDescription"], "name": self.name, **self.scale}

    def result(self, achievement: str) -> Fields:
        told = {"type": ["Result"], "resultDescription": f"{achievement}#{self.key}", "value": self.value}
        return told | ({"status": self.status} if self.status else {})


def of_subject(subject: Mapping[str, Any]) -> list[Found]:
    """By period, and of the study-topic cluster."""
    levels = LEVELS.get(subject["kind"], PASS_OR_FAIL)
    cluster = subject["cluster"] or {}
    named = [(key, name, subject[key]) for key, name in OF_SUBJECT.items()]
    named += [(f"cluster-{key}", name, cluster.get(key)) for key, name in OF_CLUSTER.items()]
    return [Found(key=key, name=name, value=value, scale=_scale(value, levels)) for key, name, value in named if value]


def of_year(data: Mapping[str, Any]) -> list[Found]:
    """Levels of terms and year, qualities and competences, and what was decided of the pupil."""
    return [*_of_periods(data), *_of_qualities(data), *_decided(data["year"])]


def _scale(value: str, levels: tuple[str, ...]) -> Fields:
    return MARK if value[0].isdigit() else {"resultType": "LetterGrade", "allowedValue": list(levels)}


def _of_periods(data: Mapping[str, Any]) -> Iterator[Found]:
    for term in data["terms"]:
        for key, name in OF_PERIOD.items():
            if term[key]:
                yield Found(
                    key=f"term{term['term']}-{key}", name=f"{name}, học kỳ {'I' * term['term']}", value=term[key]
                )
    for key, name in OF_YEAR.items():
        if data["year"][key]:
            yield Found(key=key, name=f"{name}, cả năm", value=data["year"][key])


def _of_qualities(data: Mapping[str, Any]) -> Iterator[Found]:
    scale = {"resultType": "LetterGrade", "allowedValue": list(QUALITY)}
    for one in data["qualities"]:
        name, _ = QUALITIES.get(one["code"], (one["code"], ""))
        for key, suffix in (("level", ""), ("retest", "-retest")):
            if one[key]:
                yield Found(key=f"quality-{one['code']}{suffix}", name=name, value=one[key], scale=scale)


def _decided(year: Mapping[str, Any]) -> Iterator[Found]:
    for key, name, words in DECISIONS:
        if value := year[key]:
            scale = {"resultType": "Status"}
            yield Found(key=key, name=name, value=words[value], scale=scale, status=STATUS[value])
