"""What signing's tables are gathered in."""

from sqlalchemy import MetaData

from services.chassis.tables import NAMING

metadata = MetaData(naming_convention=NAMING)
