"""Issued transcripts as files for other programs, for the leaders of the schools that keep them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.signing.credentials import MakeCredential
from services.contracts.transcript import Origin, ReadTranscript, TranscriptState
from services.contracts.transcript.files import (
    FileForm,
    ReadTranscriptFile,
    ReadXmlSchema,
    TranscriptFile,
    XmlSchema,
)
from services.transcript import elmo, repository, usecases
from services.transcript.canonical import from_canonical
from services.transcript.document_xml import SCHEMA
from services.transcript.errors import NoResults, NotInForce


class Exporting:
    """The files say at which address they can be checked."""

    def __init__(self, *, public_url: str) -> None:
        self._public_url = public_url

    def make(self, query: ReadTranscriptFile, outside: Outside) -> TranscriptFile:
        """The form of a transcript in force; NotFound for who may not have it, NoResults or NotInForce for others."""
        with outside.db.transaction() as tx:
            row = _issued(tx, query, outside.actor)
        if row.origin != Origin.BORN_DIGITAL and query.form is not FileForm.JSON:
            raise NoResults
        return TranscriptFile(code=row.code, version=row.version, file=self._file(query.form, row, outside))

    def _file(self, form: FileForm, row: Row[Any], outside: Outside) -> str:
        match form:
            case FileForm.JSON:
                return str(row.canonical)
            case FileForm.CLR:
                made = MakeCredential(school_year=row.school_year, transcript_id=row.id, version=row.version)
                return replace(outside, actor=None).ask(made, timeout=30).file
            case FileForm.ELMO:
                return outside.objects.put(outside.run(elmo.write, self._read(row, outside)))

    def _read(self, row: Row[Any], outside: Outside) -> elmo.Issued:
        return elmo.Issued(
            data=from_canonical(outside.objects.get(row.canonical)),
            pdf=outside.objects.get(row.pdf),
            issued_at=row.issued_at,
            public_url=self._public_url,
        )


def give_file(_tx: Tx, _query: ReadTranscriptFile, _actor: Actor, file: TranscriptFile) -> TranscriptFile:
    return file


def read_xml_schema(_tx: Tx, _query: ReadXmlSchema) -> XmlSchema:
    return XmlSchema(text=SCHEMA.read_text(encoding="utf-8"))


def _issued(tx: Tx, query: ReadTranscriptFile, actor: Actor | None) -> Row[Any]:
    if actor is None:
        raise NotFound
    asked = ReadTranscript(school_year=query.school_year, transcript_id=query.transcript_id)
    found = usecases.read_transcript(tx, asked, actor)
    row = repository.find_by_code(tx, found.code) if found.code else None
    if row is None or found.state is not TranscriptState.ISSUED:
        raise NotInForce(state=found.state)
    return row
