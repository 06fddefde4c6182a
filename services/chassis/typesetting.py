"""Forms on paper: typst with our own fonts alone, so that the same data gives the same bytes on every machine."""

from pathlib import Path

import typst

FONTS = Path(__file__).parent / "fonts"
REMEMBERED = 10  # compilations after which typst forgets what it has not met again


def compiler_of(form: Path) -> typst.Compiler:
    """A compiler of one form, not to be shared between threads; it reads no file but the form's own."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(input=form, root=form.parent, font_paths=fonts)


def forget_layouts() -> None:
    """Give back the memory of long papers: typst keeps all that it laid out, in one cache of the whole process."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[])
    nothing = typst.Compiler(font_paths=fonts)
    for _ in range(REMEMBERED + 1):
        nothing.compile(input=b" ", format="pdf")
