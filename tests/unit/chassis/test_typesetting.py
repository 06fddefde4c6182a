"""Forms are set in our own fonts, which come with their licence."""

from services.chassis.typesetting import FONTS, compiler_of


def test_the_vendored_fonts_come_with_their_licence():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text("utf-8")
    assert sum(file.stat().st_size for file in FONTS.iterdir()) < 2_500_000


def test_a_form_is_set_in_our_fonts_and_compiles_to_the_same_bytes_again(tmp_path):
    form = tmp_path / "form.typ"
    form.write_text('#set document(date: none)\n#set text(font: "Noto Serif")\nHọc bạ', encoding="utf-8")

    papers = {compiler_of(form).compile(format="pdf") for _ in range(2)}

    assert len(papers) == 1
    assert b"NotoSerif" in papers.pop()
