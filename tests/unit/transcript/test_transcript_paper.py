import io
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pytest

from services.transcript.canonical import TranscriptData, to_canonical
from services.transcript.render import NotPrintableError, Rendered, Renderer, SignatureBox
from tests.unit.transcript.papers import papers, primary

PAPER = (595.28, 841.89)  # A4 in points
MILLIMETRE = 72 / 25.4

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture(scope="module")
def paper(renderer: Renderer, transcript: TranscriptData) -> Rendered:
    return renderer.render(transcript)


def words(pdf: bytes, *options: str) -> str:
    """The text as a reader would copy it, every run of white space as one space."""
    command = ["pdftotext", *options, "-", "-"]
    return " ".join(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode().split())


def words_at(paper: Rendered, box: SignatureBox) -> str:
    left, top, right, bottom = box.x0, PAPER[1] - box.y1, box.x1, PAPER[1] - box.y0
    area = {"-x": left, "-y": top, "-W": right - left, "-H": bottom - top}
    crop = [argument for option, value in area.items() for argument in (option, str(round(value)))]
    page = str(box.page + 1)
    return words(paper.pdf, "-f", page, "-l", page, *crop)


def test_the_same_data_gives_the_same_bytes_whoever_renders_it(
    renderer: Renderer, paper: Rendered, transcript: TranscriptData
) -> None:
    renderer.render(replace(transcript, remark="Của một bạn khác"))

    assert renderer.render(transcript) == paper
    assert Renderer().render(transcript) == paper


@needs_poppler
def test_every_subject_result_comment_and_name_is_on_paper(paper: Rendered, transcript: TranscriptData) -> None:
    text = words(paper.pdf, "-layout")
    copied = words(paper.pdf)

    for subject in transcript.subjects:
        assert subject.teacher
        assert subject.teacher.name in text
        assert all(word in text.split() for word in (subject.name + " " + (subject.comment or "")).split())
        assert f"{subject.term1} {subject.term2} {subject.year}".replace(".", ",") in copied
    for expected in (transcript.pupil.name, "HỌC BẠ", "000314000017", transcript.code, "Trang 4/4", "Được lên lớp"):
        assert expected in text


@needs_poppler
def test_the_correction_line_names_the_subjects(renderer: Renderer, transcript: TranscriptData) -> None:
    corrections = replace(transcript.corrections, count=2, subjects=("toan", "khtn"))

    text = words(renderer.render(replace(transcript, corrections=corrections)).pdf)

    assert "Trong bảng này có sửa chữa ở: 2 chỗ, thuộc các môn học: Toán, Khoa học tự nhiên." in text


@needs_poppler
@pytest.mark.parametrize(
    ("completion", "on_paper"),
    [
        (None, "Kết luận Được lên lớp"),
        ("COMPLETED", "Kết luận Hoàn thành chương trình giáo dục trung học cơ sở"),
        ("NOT_COMPLETED", "Kết luận Chưa hoàn thành chương trình giáo dục trung học cơ sở"),
    ],
)
def test_after_the_last_grade_of_a_stage_the_conclusion_is_on_its_programme(
    renderer: Renderer, transcript: TranscriptData, completion: str | None, on_paper: str
) -> None:
    year = replace(transcript.year, completion=completion)

    assert on_paper in words(renderer.render(replace(transcript, year=year)).pdf)


@needs_poppler
@pytest.mark.parametrize(("school_year", "is_confirmed"), [(2024, False), (2025, True)])
def test_lower_secondary_completion_is_confirmed_on_the_transcript_since_2026(
    renderer: Renderer, transcript: TranscriptData, school_year: int, *, is_confirmed: bool
) -> None:
    year = replace(transcript.year, completion="COMPLETED")

    text = words(renderer.render(replace(transcript, school_year=school_year, year=year)).pdf)

    assert ("Hiệu trưởng xác nhận:" in text) is is_confirmed


@needs_poppler
@pytest.mark.parametrize(
    ("stage", "on_paper"),
    [
        ("TH", ("TIỂU HỌC", "Mức đạt được", "Không phép: 1", "Hoàn thành chương trình lớp 4")),
        ("THCS", ("TRUNG HỌC CƠ SỞ", "Điểm trung bình môn học", "Được lên lớp", "Trường Tiểu học Hải Xuân")),
        ("THPT", ("TRUNG HỌC PHỔ THÔNG", "cụm chuyên đề: HK I 8,5; HK II 9,0", "môn lựa chọn", "Hiệu trưởng xác nhận")),
        ("GDTX", ("GIÁO DỤC THƯỜNG XUYÊN", "LÝ LỊCH HỌC VIÊN", "GIÁM ĐỐC", "Giám đốc xác nhận")),
    ],
)
def test_every_stage_has_a_form_of_its_own_with_three_places_to_sign(
    renderer: Renderer, stage: str, on_paper: tuple[str, ...]
) -> None:
    rendered = renderer.render(papers()[stage])

    text = words(rendered.pdf)
    assert [one for one in on_paper if one not in text] == []
    assert {box.slot for box in rendered.boxes} == {"GVCN", "CBQL", "KY_PHAT_HANH"}


@needs_poppler
def test_every_page_but_the_cover_bears_the_code_and_its_number(renderer: Renderer) -> None:
    for data in papers().values():
        pdf = renderer.render(data).pdf
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            count = len(opened.pages)
        for page in map(str, range(2, count + 1)):
            assert f"Mã học bạ: {data.code} Phiên bản 1 Trang {page}/{count}" in words(
                pdf, "-layout", "-f", page, "-l", page
            )


@needs_poppler
@pytest.mark.parametrize(
    ("change", "on_paper"),
    [
        ({}, "Hoàn thành chương trình lớp 4, được lên lớp 5"),
        ({"promotion": "NOT_PROMOTED"}, "Chưa hoàn thành chương trình lớp 4, không được lên lớp"),
        ({"level": "Chưa hoàn thành", "level_after": "Hoàn thành"}, "Sau đánh giá bổ sung Hoàn thành"),
        ({"level_after": "Chưa hoàn thành"}, "Được lên lớp theo quyết định của nhà trường"),
    ],
)
def test_a_primary_year_ends_with_the_class_completed_or_what_the_school_decided(
    renderer: Renderer, change: dict[str, str], on_paper: str
) -> None:
    data = primary()

    assert on_paper in words(renderer.render(replace(data, year=replace(data.year, **change))).pdf)


@needs_poppler
def test_grade_five_ends_with_the_confirmation_of_primary_school(renderer: Renderer) -> None:
    data = replace(primary(), grade=5)

    text = words(renderer.render(replace(data, year=replace(data.year, completion="COMPLETED"))).pdf)

    assert "Hiệu trưởng xác nhận: Trần Nguyễn Phương Uyên, sinh ngày 01/09/2014, đã hoàn thành chương trình" in text


@needs_poppler
def test_after_help_both_results_of_a_primary_subject_and_quality_are_shown(renderer: Renderer) -> None:
    data = primary()
    again = replace(data.subjects[1], year="C", test="4", retest="H 6")
    effort = replace(data.qualities[2], level="C", retest="Đ")

    helped = replace(
        data,
        subjects=(data.subjects[0], again, *data.subjects[2:]),
        qualities=(*data.qualities[:2], effort, *data.qualities[3:]),
    )

    text = words(renderer.render(helped).pdf, "-layout")

    assert "Toán C 4 H" in text
    assert "Chăm chỉ C Đ" in text


@needs_poppler
@pytest.mark.parametrize(
    "name",
    [
        "#sys.inputs",
        "*x* _y_ `z`",
        "$a^2$ \\ #[b]",
        "== Tiêu đề",
        "#panic()",
        "1. B -- C...",
        '"D" // E /* F',
        "<g> @h [i]",
    ],
)
def test_a_name_is_printed_as_written_and_never_run(renderer: Renderer, transcript: TranscriptData, name: str) -> None:
    pdf = renderer.render(replace(transcript, pupil=replace(transcript.pupil, name=name), remark=name)).pdf

    assert words(pdf).count(name) >= 4


def test_the_attachment_is_the_canonical_data(paper: Rendered, transcript: TranscriptData) -> None:
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
        (attached,) = pdf.attachments.values()

        assert attached.filename == "transcript.json"
        assert attached.get_file().read_bytes() == to_canonical(transcript)
        assert attached.obj.AFRelationship == "/Data"


def test_the_file_declares_itself_for_long_keeping(paper: Rendered) -> None:
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"


def test_a_screen_reader_is_told_the_language_the_headings_and_the_tables(renderer: Renderer) -> None:
    for data in papers().values():
        with pikepdf.open(io.BytesIO(renderer.render(data).pdf)) as pdf:
            kinds = {str(one.S) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one}

            assert pdf.Root.Lang == "vi"
            assert pdf.Root.MarkInfo.Marked
            assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= kinds


def test_the_unsigned_paper_carries_no_picture(paper: Rendered) -> None:
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
        assert not any(list(page.get_images()) for page in pdf.pages)


def test_only_our_fonts_are_used_and_all_are_embedded(paper: Rendered) -> None:
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
        faces = {str(font.BaseFont).partition("+")[2] for page in pdf.pages for font in page.Resources.Font.values()}

    assert {face.partition("-Identity")[0] for face in faces} == {
        "NotoSerif-Regular",
        "NotoSerif-Bold",
        "NotoSerif-Italic",
    }


def test_three_boxes_wait_on_the_last_page_inside_its_edges(paper: Rendered) -> None:
    assert {box.slot for box in paper.boxes} == {"GVCN", "CBQL", "KY_PHAT_HANH"}
    for box in paper.boxes:
        assert box.page == 3
        assert 0 < box.x0 < box.x1 < PAPER[0]
        assert 0 < box.y0 < box.y1 < PAPER[1]


def test_the_seal_has_room_for_two_codes_of_thirty_millimetres(paper: Rendered) -> None:
    (seal,) = (box for box in paper.boxes if box.slot == "KY_PHAT_HANH")

    assert seal.x1 - seal.x0 >= 2 * 30 * MILLIMETRE
    assert seal.y1 - seal.y0 >= 30 * MILLIMETRE


@needs_poppler
def test_boxes_are_empty_and_the_signers_name_stands_right_below(paper: Rendered, transcript: TranscriptData) -> None:
    names = {slot.slot: slot.name for slot in transcript.slots}

    for box in paper.boxes:
        below = replace(box, x0=box.x0 - 65, x1=box.x1 + 65, y0=box.y0 - 20, y1=box.y0)
        assert not words_at(paper, box)
        assert names[box.slot] in words_at(paper, below)


@needs_poppler
def test_long_comments_and_names_take_more_pages_and_lose_nothing(
    renderer: Renderer, transcript: TranscriptData
) -> None:
    comment = "Em có nhiều cố gắng, hoàn thành nhiệm vụ; cần cẩn thận hơn khi trình bày. " * 8 + "Hết."
    subjects = tuple(replace(subject, comment=comment) for subject in transcript.subjects)
    name = "Công Tằng Tôn Nữ Nguyễn Phước Hoàng Ngọc Bảo Trâm Anh Thư"
    long = replace(transcript, subjects=subjects, remark=comment, pupil=replace(transcript.pupil, name=name))

    rendered = renderer.render(long)

    assert words(rendered.pdf).count("Hết.") == len(subjects) + 1
    assert max(box.page for box in rendered.boxes) > 3
    assert all(0 < box.y0 < box.y1 < PAPER[1] for box in rendered.boxes)


def test_what_is_not_known_leaves_its_place_empty(renderer: Renderer, transcript: TranscriptData) -> None:
    pupil = replace(transcript.pupil, personal_id=None, ethnicity=None, nationality=None)
    subjects = tuple(
        replace(subject, term1=None, term2=None, year=None, comment=None, teacher=None)
        for subject in transcript.subjects
    )
    terms = tuple(replace(term, level=None, conduct=None, absences=None) for term in transcript.terms)
    year = replace(transcript.year, level=None, conduct=None, absences=None, promotion=None, reasons=())

    sparse = replace(transcript, pupil=pupil, subjects=subjects, terms=terms, year=year, remark=None)

    assert renderer.render(sparse).pdf.startswith(b"%PDF-1.7")


@pytest.mark.parametrize("stranger", [{"stage": "TH"}, {"regulation": "TT58/2011"}])
def test_a_form_is_not_lent_to_another_stage_or_regulation(
    renderer: Renderer, transcript: TranscriptData, stranger: dict[str, str]
) -> None:
    with pytest.raises(NotPrintableError):
        renderer.render(replace(transcript, **stranger))  # type: ignore[arg-type] # only text fields are replaced


@pytest.mark.parametrize("name", ["王小明", "An 😀", "Bình\x07"])
def test_a_letter_no_font_has_is_refused_instead_of_left_out(
    renderer: Renderer, transcript: TranscriptData, name: str
) -> None:
    with pytest.raises(NotPrintableError):
        renderer.render(replace(transcript, pupil=replace(transcript.pupil, name=name)))


def test_an_unknown_conclusion_is_refused_and_the_next_transcript_still_prints(
    renderer: Renderer, paper: Rendered, transcript: TranscriptData
) -> None:
    with pytest.raises(NotPrintableError):
        renderer.render(replace(transcript, year=replace(transcript.year, promotion="MAYBE")))

    assert renderer.render(transcript) == paper
