"""Every XML that we write fits the schema that we publish, before and after signing; what bends it does not."""

from dataclasses import replace

import pytest
from lxml import etree

from services.transcript.document_xml import SCHEMA, write
from tests.unit.transcript.papers import lower, papers, primary


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def faults(schema: etree.XMLSchema, xml: bytes) -> list[str]:
    schema.validate(etree.fromstring(xml))
    return [str(entry.message) for entry in schema.error_log]


@pytest.mark.parametrize("stage", list(papers()))
def test_the_transcript_of_each_stage_fits_the_published_schema(schema: etree.XMLSchema, stage: str) -> None:
    assert faults(schema, write(papers()[stage])) == []


def test_what_is_not_known_or_came_after_the_summer_fits_too(schema: etree.XMLSchema) -> None:
    young, old = primary(), lower()
    unknown = replace(old.subjects[0], term1=None, year=None, comment=None, teacher=None)
    helped = replace(young.subjects[1], retest="H 6")
    sparse = replace(
        old,
        pupil=replace(old.pupil, personal_id=None, nationality="Lào", passport="P0000001", programme="Quốc tế"),
        subjects=(unknown, *old.subjects[1:]),
        terms=(replace(old.terms[1], absences=None, unexcused=None),),
        year=replace(old.year, conduct_after="Đạt", level_after="Khá"),
    )

    assert faults(schema, write(sparse)) == []
    assert faults(schema, write(replace(young, subjects=(young.subjects[0], helped, *young.subjects[2:])))) == []


@pytest.mark.parametrize(
    ("written", "bent"),
    [
        (b"<CA_NAM>8.3</CA_NAM>", b"<CA_NAM>8.33</CA_NAM>"),
        (b"<LEN_LOP>PROMOTED</LEN_LOP>", b"<LEN_LOP>RETEST</LEN_LOP>"),
        (b'Id="dtk-toan"', b'Id="dtk-ngu_van"'),
        (b"<CAP_HOC>THCS</CAP_HOC>", b"<CAP_HOC>MN</CAP_HOC>"),
        (b"<VAI_TRO>GVCN</VAI_TRO>", b"<VAI_TRO>THU_KY</VAI_TRO>"),
        (b"<PHIEN_BAN>1</PHIEN_BAN>", b""),
        (b"</LY_LICH>", b"<GHI_CHU></GHI_CHU></LY_LICH>"),
    ],
)
def test_what_no_transcript_may_say_does_not_fit(schema: etree.XMLSchema, written: bytes, bent: bytes) -> None:
    xml = write(lower())
    assert written in xml

    assert faults(schema, xml.replace(written, bent, 1))
