"""Answers about rooms. With OPENAI_API_KEY a language model could answer; the rules below need none."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Reservation, Room


def answer(session: Session, message: str, now: datetime) -> str:
    rooms = session.scalars(select(Room).order_by(Room.id)).all()
    asked = next((room for room in rooms if room.name in message), None)
    if asked is None:
        return "会議室: " + "、".join(f"{room.name}（{room.capacity}名）" for room in rooms)
    busy = session.scalars(
        select(Reservation).where(
            Reservation.room_id == asked.id, Reservation.starts_at <= now, Reservation.ends_at > now
        )
    ).first()
    return f"{asked.name}は{'使用中です' if busy else '空いています'}。"
