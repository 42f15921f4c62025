"""The bodies of the API for e-mail addresses."""

from typing import Annotated

from pydantic import Field

from dojang.adapters.auth_api.models import Form, Password

__all__ = ["ChangeEmail", "MailedToken", "VerifyEmail"]


class ChangeEmail(Form):
    """The address that is wanted, and the password, unless the login is fresh."""

    email: str
    password: Annotated[str, Field(repr=False, json_schema_extra={"format": "password"})] = ""


class MailedToken(Form):
    """The token of a link that was mailed."""

    token: Password


class VerifyEmail(Form):
    """The token of a link, and a password where another browser asked for it, or none.

    User name and name go with the password, for a new account.
    """

    token: Password
    password: Annotated[str | None, Field(repr=False, json_schema_extra={"format": "password"})] = (
        None
    )
    username: str | None = None
    name: str | None = None
