"""What all of gradebook's tables share."""

from sqlalchemy import MetaData

from services.chassis.tables import NAMING

metadata = MetaData(naming_convention=NAMING)

BY_YEAR = "LIST (school_year)"
TERM = "term IN (1, 2)"
PERIOD = "period IN ('TERM_1', 'TERM_2', 'YEAR')"
CELL_STATE = "state IN ('EMPTY', 'VALUE', 'MISSED_EXCUSED', 'MISSED_UNEXCUSED', 'EXEMPT')"
CELL_VALUE = "(state = 'VALUE') = (value IS NOT NULL)"
