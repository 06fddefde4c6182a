"""Forms on paper: typst with our own fonts alone, so that the same data gives the same bytes on every machine."""

from pathlib import Path

import typst

FONTS = Path(__file__).parent / "fonts"


def compiler_of(form: Path) -> typst.Compiler:
    """A compiler of one form with its caches, not to be shared between threads; it reads no file but the form's own."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(input=form, root=form.parent, font_paths=fonts)
