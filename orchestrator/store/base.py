"""What all tables share: how columns are typed and constraints named."""

from datetime import datetime

from sqlalchemy import MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from orchestrator.store.columns import Document, UtcDateTime

JsonObject = dict[str, object]
JsonArray = list[object]

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all rows: every text is unbounded, every time is an instant, every structure is JSON."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text(),
        datetime: UtcDateTime(),
        JsonObject: Document,
        JsonArray: Document,
    }
