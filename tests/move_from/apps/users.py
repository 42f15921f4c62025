"""The model, the manager and the database that an application with fastapi-users has."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from fastapi_users import BaseUserManager, UUIDIDMixin
from fastapi_users.db import BaseUserDatabase
from fastapi_users.password import PasswordHelper

PASSWORD = "correct horse"
HASH = PasswordHelper().hash(PASSWORD)


@dataclass
class User:
    email: str
    id: UUID = field(init=False)
    hashed_password: str = HASH
    is_active: bool = True
    is_superuser: bool = False
    is_verified: bool = True

    def __post_init__(self) -> None:
        self.id = uuid5(UUID(int=0), self.email)


USERS = {user.id: user for user in (User("ada@example.com"), User("eve@example.com"))}


class Database(BaseUserDatabase[User, UUID]):
    async def get(self, id: UUID) -> User | None:
        return USERS.get(id)

    async def get_by_email(self, email: str) -> User | None:
        return next((user for user in USERS.values() if user.email == email), None)

    async def update(self, user: User, update_dict: dict[str, Any]) -> User:
        del update_dict
        return user


class UserManager(UUIDIDMixin, BaseUserManager[User, UUID]):
    reset_password_token_secret = verification_token_secret = "the secret of its other tokens"


async def get_user_manager() -> AsyncIterator[UserManager]:
    yield UserManager(Database())
