"""A book on paper (PDF), set by the form beside this module."""

import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import cast

import typst

from services.chassis.typesetting import compiler_of, forget_layouts
from services.gradebook.books.layout import Book
from services.gradebook.errors.files import LetterMissing

NO_SUCH_LETTER = re.compile(r'the text `"(.+)"` could not be displayed')
FORM = Path(__file__).parent / "forms" / "book.typ"


def write(book: Book, *, printed_at: datetime) -> bytes:
    """The PDF's bytes; the same book and moment give the same bytes. Raises LetterMissing."""
    try:
        pdf = compiler_of(FORM).compile(
            format="pdf",
            pdf_standards="a-2b",
            pdf_tags=False,  # level b asks for none
            timestamp=printed_at,
            sys_inputs={"book": json.dumps(asdict(book), ensure_ascii=False)},
        )
    except typst.TypstError as error:
        missing = NO_SUCH_LETTER.search(error.message)
        if missing is None:
            raise
        raise LetterMissing(text=missing[1]) from error
    finally:
        forget_layouts()  # a teacher's book is long, and prints are rare
    return cast("bytes", pdf)  # a list only for pictures, None only for output to a file
