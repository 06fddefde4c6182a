"""A transcript as ELMO (EMREX, v1): what universities abroad take transcripts of records in. Pure, and not signed.

The proof is the signed PDF inside. The personal id and other numbers of the pupil are left out: the format does not
ask for them, and its readers take name, birth date and PDF to find a person.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from services.contracts.identity import VIETNAM
from services.contracts.transcript.words import QUALITIES, SUBJECTS
from services.transcript.canonical import Gender, Kind, Pupil, School, Subject, TranscriptData

Element = etree._Element  # noqa: SLF001 - lxml gives its class no public name

NAMESPACE = "https://github.com/emrex-eu/elmo-schemas/tree/v1"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
GENDERS = {Gender.MALE: "1", Gender.FEMALE: "2"}  # ISO/IEC 5218
REACHED = 5.0  # marks below may be assessed again (TT22/2021 Art. 14, TT43/2021 Art. 13)
FAILED = ("CĐ", "C", "Chưa đạt", "Yếu", "Kém")
MARK, LEVEL, QUALITY = "MARK", "LEVEL", "QUALITY"
SCHEMES = {
    MARK: ("Điểm số từ 0 đến 10", "Marks from 0 to 10"),
    LEVEL: ("Mức đánh giá bằng lời", "Levels in words"),
    Kind.COMMENT: ("Đ: đạt; CĐ: chưa đạt", "Đ: reached; CĐ: not reached"),
    Kind.PRIMARY: (
        "T: hoàn thành tốt; H: hoàn thành; C: chưa hoàn thành",
        "T: well completed; H: completed; C: not completed",
    ),
    QUALITY: ("T: tốt; Đ: đạt; C: cần cố gắng", "T: good; Đ: reached; C: needs effort"),
}
_PREFIXES: Any = {None: NAMESPACE}  # the stubs know no empty prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An issued transcript with its signed PDF, and the address at which anybody can check it."""

    data: TranscriptData
    pdf: bytes
    issued_at: datetime
    public_url: str

    @property
    def address(self) -> str:
        return f"{self.public_url}/verify/{self.data.code}"


def write(issued: Issued) -> bytes:
    """The file in UTF-8; the same transcript gives the same."""
    at = issued.issued_at.replace(microsecond=0).isoformat()
    elmo = _made(
        "elmo",
        _made("generatedDate", at),
        _learner(issued.data.pupil),
        _made(
            "report",
            _issuer(issued.data.school, issued.public_url),
            _year(issued),
            _made("issueDate", at),
            *(_made("gradingScheme", *_words("description", *both), localId=name) for name, both in SCHEMES.items()),
            _attachment(issued),
        ),
    )
    return etree.tostring(elmo, encoding="UTF-8", xml_declaration=True)


def _learner(pupil: Pupil) -> Element:
    """The family name is the first word, as Vietnamese names are written; the whole name stands in the PDF."""
    family, _, given = pupil.name.partition(" ")
    citizenship = [_made("citizenship", "VN")] if pupil.nationality == VIETNAM else []
    return _made(
        "learner",
        *citizenship,
        _made("givenNames", given),
        _made("familyName", family),
        _made("bday", pupil.born_on.isoformat()),
        _made("gender", GENDERS[pupil.gender]),
    )


def _issuer(school: School, url: str) -> Element:
    return _made(
        "issuer",
        _made("country", "VN"),
        _made("identifier", school.code, type="vn-school"),
        _made("title", school.name, lang="vi"),
        _made("url", url),
    )


def _year(issued: Issued) -> Element:
    data, school_year = issued.data, f"{issued.data.school_year}–{issued.data.school_year + 1}"
    failed = data.year.promotion == "NOT_PROMOTED" or data.year.completion == "NOT_COMPLETED"
    return _made(
        "learningOpportunitySpecification",
        _made("identifier", f"{data.stage}-{data.grade}", type="local"),
        *_words("title", f"Lớp {data.grade}, năm học {school_year}", f"Grade {data.grade}, school year {school_year}"),
        _made("type", "Module"),
        _made("url", issued.address),
        *_words("description", data.remark),
        _instance(
            _made("identifier", data.code, type="vn-transcript"),
            *_graded(LEVEL, data.year.level_after or data.year.level, failed=failed),
        ),
        *(_made("hasPart", part) for part in _parts(data)),
    )


def _parts(data: TranscriptData) -> Iterator[Element]:
    """Subjects, then conduct, or in primary qualities and competences."""
    for subject in data.subjects:
        yield _subject(subject)
    if conduct := data.year.conduct_after or data.year.conduct:
        yield _specification("conduct", ("Rèn luyện", "Conduct"), *_result(LEVEL, conduct))
    for one in data.qualities:
        names = QUALITIES.get(one.code, (one.code,))
        yield _specification(f"quality-{one.code}", names, *_result(QUALITY, one.retest or one.level))


def _subject(subject: Subject) -> Element:
    """Its last result counts: that after the summer where there is one. An exempted subject has none."""
    names = (subject.name, *((SUBJECTS[subject.name],) if subject.name in SUBJECTS else ()))
    result = subject.retest or subject.year
    scheme = MARK if result and result[0].isdigit() else str(subject.kind)
    return _specification(subject.code, names, *_result(scheme, result), kind="Course", comment=subject.comment)


def _specification(
    code: str, names: tuple[str, ...], *found: Element, kind: str | None = None, comment: str | None = None
) -> Element:
    return _made(
        "learningOpportunitySpecification",
        _made("identifier", code, type="local"),
        *_words("title", *names),
        *([_made("type", kind)] if kind else []),
        *_words("description", comment),
        _instance(*found),
    )


def _instance(*found: Element) -> Element:
    return _made("specifies", _made("learningOpportunityInstance", *found))


def _result(scheme: str, result: str | None) -> list[Element]:
    if not result:
        return []
    failed = float(result) < REACHED if scheme == MARK else result in FAILED
    return _graded(scheme, result, failed=failed)


def _graded(scheme: str, result: str | None, *, failed: bool) -> list[Element]:
    """A status is always said, as readers take none for passed."""
    label = [_made("gradingSchemeLocalId", scheme), _made("resultLabel", result)] if result else []
    return [_made("status", "failed" if failed else "passed"), *label]


def _words(tag: str, *words: str | None) -> list[Element]:
    """The words as elements, in Vietnamese and, where known, in English."""
    return [_made(tag, text, lang=lang) for text, lang in zip(words, ("vi", "en"), strict=False) if text]


def _attachment(issued: Issued) -> Element:
    return _made(
        "attachment",
        *_words("title", "Học bạ số có chữ ký", "Signed school transcript"),
        _made("type", "Transcript of Records"),
        *_words(
            "description",
            f"Bản PDF có chữ ký số là bằng chứng; kiểm tra tại {issued.address}",
            f"The digitally signed PDF is the proof; check it at {issued.address}",
        ),
        _made("content", f"data:application/pdf;base64,{b64encode(issued.pdf).decode()}"),
    )


def _made(tag: str, *within: Element | str, lang: str | None = None, **attributes: str) -> Element:
    language = {LANGUAGE: lang} if lang else {}
    element = etree.Element(f"{{{NAMESPACE}}}{tag}", attributes | language, nsmap=_PREFIXES)
    element.text = "".join(part for part in within if isinstance(part, str)) or None
    element.extend(part for part in within if not isinstance(part, str))
    return element
