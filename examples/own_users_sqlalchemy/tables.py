"""The application's own tables, as SQLAlchemy maps them."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Yours, with everything else that you have."""


class WayIn(Base):
    """Who somebody is at a provider."""

    __tablename__ = "ways_in"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    user: Mapped["User"] = relationship(back_populates="ways_in")


class User(Base):
    """Somebody; a provider lets them in, or a password, or both."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str | None] = mapped_column(unique=True)  # folded, as `Login.key` is
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    ways_in: Mapped[list[WayIn]] = relationship(back_populates="user")
