"""The settings of mail: which server takes it, and from whom it comes."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from dojang.auth.errors import InvalidInput
from dojang.auth.identifiers import parse_email

__all__ = ["MailSettings", "contradictions"]


class MailSettings(BaseSettings):
    """One mail server, or none."""

    mail_host: str | None = Field(
        default=None, description="the name of an SMTP server; nothing is mailed without"
    )
    mail_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="a number from 1 to 65535; what goes with the security where nothing is "
        "written: 465 for tls, 587 for starttls, 25 for none",
    )
    mail_security: Literal["tls", "starttls", "none"] = Field(
        default="starttls",
        description="tls, starttls, or none for a server that nobody listens between",
    )
    mail_user: str | None = Field(default=None, description="the user, where the server asks")
    mail_password: SecretStr | None = Field(
        default=None, description="the password, where the server asks"
    )
    mail_sender: str | None = Field(
        default=None, description="the address mail comes from, such as no-reply@example.org"
    )
    mail_sender_name: str = Field(
        default="", max_length=200, description="what people read before that address"
    )
    mail_spread: float = Field(
        default=2,
        ge=0,
        le=60,
        description="seconds, from 0 to 60: a mail is written some time within them, so that no "
        "load tells who gets one",
    )
    verified_only: bool = Field(
        default=False, description="true: nobody signs in before their e-mail address is verified"
    )

    @property
    def mail_login(self) -> tuple[str, str] | None:
        """The user and the password, where the server asks for them."""
        if self.mail_user is None or self.mail_password is None:
            return None
        return self.mail_user, self.mail_password.get_secret_value()


def contradictions(settings: MailSettings) -> Iterator[str]:
    """Yield a line for whatever does not fit together."""
    if settings.mail_host is None:
        yield from _without_host(settings)
        return
    if settings.mail_sender is None:
        yield "DOJANG_MAIL_SENDER is missing: write the address that mail comes from"
    elif not _is_address(settings.mail_sender):
        yield "DOJANG_MAIL_SENDER is no address: write one, such as no-reply@example.org"
    if not settings.mail_sender_name.isprintable():
        yield "DOJANG_MAIL_SENDER_NAME is on several lines: write it on one"
    if (settings.mail_user is None) != (settings.mail_password is None):
        yield "DOJANG_MAIL_USER and DOJANG_MAIL_PASSWORD belong together: write both, or neither"
    if settings.mail_security == "none" and settings.mail_password is not None:
        yield (
            "DOJANG_MAIL_SECURITY is none, and DOJANG_MAIL_PASSWORD would be sent in the clear: "
            "write starttls or tls"
        )


def _without_host(settings: MailSettings) -> Iterator[str]:
    for name in ("mail_sender", "mail_user", "mail_password"):
        if getattr(settings, name) is not None:
            yield f"DOJANG_{name.upper()} is set, and DOJANG_MAIL_HOST is not: write both"
    if settings.verified_only:
        yield (
            "DOJANG_VERIFIED_ONLY is true, and without DOJANG_MAIL_HOST nothing can be verified: "
            "write both"
        )


def _is_address(text: str) -> bool:
    try:
        parse_email(text)
    except InvalidInput:
        return False
    return True
