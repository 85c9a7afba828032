"""The tables, and `python models.py` that brings a database to them: run before each release goes live."""

import os
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, String, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://localhost/meeting_rooms")

engine = create_engine(DATABASE_URL, pool_pre_ping=True, pool_size=2, max_overflow=3)


class Base(DeclarativeBase):
    pass


class Room(Base):
    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    capacity: Mapped[int]


class Reservation(Base):
    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="reservation_has_length"),
        Index("idx_reservations_room_start", "room_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    title: Mapped[str] = mapped_column(String(200))
    organizer: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime] = mapped_column(DateTime)
    ends_at: Mapped[datetime] = mapped_column(DateTime)


ROOMS = [("会議室A", 6), ("会議室B", 10), ("大会議室", 30)]

# Changes to tables that are there already. Each is tried on every run, so each has to be able to run again.
CHANGES = [
    "ALTER TABLE reservations ADD COLUMN IF NOT EXISTS note VARCHAR(500) NOT NULL DEFAULT ''",
]


def migrate() -> None:
    """One transaction: all of it or nothing. The lock keeps two of them apart."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(20250821)"))
        Base.metadata.create_all(connection)
        for change in CHANGES:
            connection.execute(text(change))
        for name, capacity in ROOMS:
            connection.execute(
                text("INSERT INTO rooms (name, capacity) VALUES (:name, :capacity) ON CONFLICT (name) DO NOTHING"),
                {"name": name, "capacity": capacity},
            )
        fail = os.path.join(os.path.dirname(os.path.abspath(__file__)), "FAULT")
        if os.path.exists(fail) and open(fail).read().strip() == "migration":
            connection.execute(text("ALTER TABLE reservations ADD COLUMN half_done INTEGER"))
            connection.execute(text("SELECT * FROM a_table_that_is_not_there"))


if __name__ == "__main__":
    migrate()
    print("the database has every table")
