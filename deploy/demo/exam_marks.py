"""Real marks of a public examination lent to invented pupils: figures only, no candidate is carried over."""

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path

from services.gradebook.rules.arithmetic import half_up

NOT_SAT = Decimal(-1)
SOURCES = {  # subject code: the examination's headings, the nearest first
    "TOAN": ("TOAN",),
    "VAN": ("VAN",),
    "NN1": ("NGOAI_NGU", "VAN"),
    "LSDL": ("SU", "DIA", "VAN"),
    "KHTN": ("LI", "SINH", "HOA", "TOAN"),
    "GDCD": ("GDKT_PL", "GIAO_DUC_CONG_DAN", "VAN"),
    "CN": ("CN_CONG_NGHIEP", "CN_NONG_NGHIEP", "TOAN"),
    "TIN": ("TIN_HOC", "TOAN"),
}
COMPULSORY = ("TOAN", "VAN")


def finals_from_exam_csv(path: Path, pupil_codes: Sequence[str]) -> dict[tuple[str, str], Decimal]:
    """Final marks by (pupil code, subject code), one candidate per pupil in the file's order.

    Candidates who missed a compulsory paper are passed over; raises ValueError when the file has too few others.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        sat = (marks for marks in map(_sat, csv.DictReader(file)) if all(paper in marks for paper in COMPULSORY))
        candidates = list(islice(sat, len(pupil_codes)))
    return {
        (pupil_code, subject): half_up(_final(subject, marks))
        for pupil_code, marks in zip(pupil_codes, candidates, strict=True)
        for subject in SOURCES
    }


def _sat(candidate: Mapping[str, str]) -> dict[str, Decimal]:
    """The papers that a candidate sat."""
    papers = {paper: Decimal(candidate[paper]) for papers in SOURCES.values() for paper in papers}
    return {paper: mark for paper, mark in papers.items() if mark != NOT_SAT}


def _final(subject: str, marks: Mapping[str, Decimal]) -> Decimal:
    if subject == "KHTN" and {"LI", "SINH"} <= marks.keys():
        return (marks["LI"] + marks["SINH"]) / 2
    return next(marks[paper] for paper in SOURCES[subject] if paper in marks)
