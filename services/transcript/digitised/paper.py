"""The copy on paper: particulars and places to sign, then the scanned pages, as PDF/A-3a with the data attached."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import typst

from services.chassis.typesetting import compiler_of, forget_layouts
from services.transcript.digitised.data import DigitisedData, to_canonical
from services.transcript.render import FORMS, STANDARD, NotPrintableError, Rendered, boxes_of


def render(data: DigitisedData, pictures: Sequence[bytes]) -> Rendered:
    """The unsigned PDF/A-3a of these pages (JPEG), and the boxes of CBQL and KY_PHAT_HANH.

    Raises NotPrintableError for a letter that no font of ours has.
    """
    with TemporaryDirectory() as folder:  # typst reads pictures from files below the form's own folder
        forms = Path(shutil.copytree(FORMS, Path(folder) / FORMS.name))
        for number, picture in enumerate(pictures, 1):
            (forms / f"{number}.jpg").write_bytes(picture)
        try:
            return _rendered(compiler_of(forms / "ban_sao.typ"), data)
        except typst.TypstError as error:
            raise NotPrintableError(error.message) from error
        finally:
            forget_layouts()


def _rendered(compiler: typst.Compiler, data: DigitisedData) -> Rendered:
    inputs = {"data": to_canonical(data).decode()}
    pdf = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=data.frozen_at, sys_inputs=inputs)
    boxes = boxes_of(compiler.query("<signature-box>", field="value"))
    return Rendered(pdf=cast("bytes", pdf), boxes=boxes)  # a list only for pictures, None only for output to a file
