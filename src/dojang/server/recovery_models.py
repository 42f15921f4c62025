"""The bodies of the API for people who have no password, or have forgotten it."""

from pydantic import BaseModel

from dojang.adapters.auth_api.models import Form, Password

__all__ = ["MailCode", "MailLink", "ResetPassword", "TellCode", "TicketAnswer"]


class MailLink(Form):
    """Whose password was forgotten. With an `@` the login is an e-mail address."""

    login: str


class ResetPassword(Form):
    """The token of the link, and the password from now on."""

    token: Password
    password: Password
    end_sessions: bool = True


class MailCode(Form):
    """Who wants to sign in. With an `@` the login is an e-mail address."""

    login: str


class TicketAnswer(BaseModel):
    """What the code is told with; it is there whether or not a code was mailed."""

    ticket: Password


class TellCode(Form):
    """The six digits of the mail, with the ticket of whoever asked for it."""

    ticket: Password
    code: Password
    remember: bool = True
