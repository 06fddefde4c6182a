"""Class sheets: what a subject's teacher signs once for all pupils of a class who were frozen together."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSheetV1:
    """A sheet to be signed by `holder`, who is called `name`.

    `number` is that of the class's freezing, `root` (hex) the Merkle root over its `size` rows, and `statement` the
    file (SHA-256) that the signature covers.
    """

    sheet_id: UUID
    subject: str
    number: int
    holder: UUID
    name: str
    size: int
    root: str
    statement: str
