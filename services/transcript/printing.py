"""Printouts of issued transcripts, without signatures: a pupil's record, a year's extract, a class in one file."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import typst

from services.chassis.codec import encode, to_json
from services.chassis.typesetting import compiler_of, forget_layouts
from services.contracts.gradebook.given import GivenYearV1
from services.contracts.transcript.copies import CopyKind
from services.transcript.canonical import TranscriptData, to_fields
from services.transcript.render import FORMS, STANDARD, NotPrintableError, form_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Printout:
    """What is printed, the oldest year first; `note` stands below every page."""

    kind: CopyKind
    note: str
    years: tuple[TranscriptData, ...]
    given: tuple[GivenYearV1, ...]
    printed_at: datetime


def print_out(printout: Printout) -> bytes:
    """The PDF; NotPrintableError for a letter that no font of ours has."""
    asked = {
        "kind": printout.kind,
        "note": printout.note,
        "years": [{"form": form_of(data), "data": to_fields(data)} for data in printout.years],
        "given": encode(list(printout.given)),
    }
    try:
        pdf = compiler_of(FORMS / "ban_in.typ").compile(
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=printout.printed_at,
            sys_inputs={"data": to_json(asked).decode()},
        )
    except typst.TypstError as error:
        raise NotPrintableError(error.message) from error
    finally:
        forget_layouts()
    return cast("bytes", pdf)  # a list only for pictures, None only for output to a file
