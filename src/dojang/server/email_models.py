"""The bodies of the API for e-mail addresses."""

from typing import Annotated

from pydantic import Field

from dojang.adapters.auth_api.models import Form, Password

__all__ = ["ChangeEmail", "MailedToken"]


class ChangeEmail(Form):
    """The address that is wanted, and the password, unless the login is fresh."""

    email: str
    password: Annotated[str, Field(repr=False, json_schema_extra={"format": "password"})] = ""


class MailedToken(Form):
    """The token of a link that was mailed."""

    token: Password
