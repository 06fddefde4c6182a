"""The condition that a row of an interval table holds at a moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def valid_at(table: Any, at: datetime) -> ColumnElement[bool]:
    return and_(table.c.valid_from <= at, or_(table.c.valid_to.is_(None), table.c.valid_to > at))
