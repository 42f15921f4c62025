"""Sending mail through an SMTP server."""

import smtplib
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import partial
from typing import Any, Literal, Protocol

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

from dojang.auth.errors import InvalidInput
from dojang.auth.identifiers import parse_email
from dojang.auth.threads import off_loop
from dojang.errors import Misuse, Unavailable
from dojang.wire import entropy

__all__ = ["Mail", "Mailer", "Security", "SmtpMailer", "Write"]

#: How the connection is kept from others: TLS from the first byte, after STARTTLS, or not at all.
Security = Literal["tls", "starttls", "none"]

#: Threads of one event loop that speak with mail servers: those of the databases stay free.
_THREADS = 4
_LIMITERS = RunVar[CapacityLimiter]("dojang-mail")

_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person, of text alone: nothing in it is read as markup.

    Attributes:
        to: An address, as in `User.email`.
        subject: On one line.
        text: Lines end with line feeds.
    """

    to: str
    subject: str
    text: str


#: Writes a mail, or decides that there is none to send.
Write = Callable[[], Coroutine[Any, Any, Mail | None]]


class Mailer(Protocol):
    """Sends mail, whichever way."""

    async def send(self, mail: Mail, *, now: int) -> None:
        """Send one mail.

        Raises:
            Unavailable: It was not taken; nobody got it.
        """
        ...


class SmtpMailer:
    """Hands mail to one server, with a connection for each."""

    def __init__(
        self,
        host: str,
        *,
        sender: str,
        sender_name: str = "",
        port: int | None = None,
        security: Security = "starttls",
        login: tuple[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        seconds: float = 10,
    ) -> None:
        """Take where it is. Nothing is asked of it yet.

        Args:
            host: A name, or an address.
            sender: The address mail comes from.
            sender_name: What people read before that address.
            port: 465 for `tls`, 587 for `starttls` and 25 for `none`, unless given.
            security: A password and mail of others' accounts do not belong on a wire in the clear:
                `none` is for a server on this machine.
            login: A user and a password, where the server asks for them.
            context: Whom to trust; the authorities of the system by default.
            seconds: How long each step may take.

        Raises:
            Misuse: There is a password, and nothing keeps it from others; or `sender` is none.
        """
        if security == "none" and login:
            raise Misuse(
                f"the password for {host} would be sent in the clear; write security='starttls'"
            )
        self._sender = _address("sender", sender, name=sender_name)
        self._host = host
        self._port = _PORTS[security] if port is None else port
        self._security: Security = security
        self._login = login
        self._context = context
        self._seconds = seconds

    async def send(self, mail: Mail, *, now: int) -> None:
        """Send one mail.

        Args:
            mail: To one person.
            now: Unix milliseconds.

        Raises:
            Misuse: Its address or its subject is none that a header can hold.
            Unavailable: The server did not answer or did not take it; nobody got it.
        """
        message = self._message(mail, now)
        try:
            await off_loop(partial(self._hand_over, message), limiter=_limiter())
        except (smtplib.SMTPException, OSError) as error:
            why = f"the mail server {self._host} did not take it: {_why(error)}"
            raise Unavailable(why) from None

    def _message(self, mail: Mail, now: int) -> EmailMessage:
        to = _address("to", mail.to)
        plain = f"{to.addr_spec}{self._sender.addr_spec}".isascii()
        message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
        try:
            message["Subject"] = mail.subject
        except ValueError:
            raise Misuse("a subject is on one line") from None
        message["From"] = self._sender
        message["To"] = to
        message["Date"] = format_datetime(datetime.fromtimestamp(now // 1000, UTC))
        message["Message-ID"] = f"<{entropy.token(16)}@{self._sender.domain}>"
        # Nobody's holiday answers it: RFC 3834 section 5.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="quoted-printable")
        return message

    def _hand_over(self, message: EmailMessage) -> None:
        context = self._context or ssl.create_default_context()
        opening = (
            partial(smtplib.SMTP_SSL, context=context) if self._security == "tls" else smtplib.SMTP
        )
        with opening(self._host, self._port, timeout=self._seconds) as server:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._login:
                server.login(*self._login)
            server.send_message(message)


def _limiter() -> CapacityLimiter | None:
    try:
        found = _LIMITERS.get(None)
    except RuntimeError:  # no loop runs, and no thread is needed
        return None
    if found is None:
        found = CapacityLimiter(_THREADS)
        _LIMITERS.set(found)
    return found


def _address(what: str, text: str, *, name: str = "") -> Address:
    try:
        parsed = parse_email(text)
    except InvalidInput:
        raise Misuse(f"{what} is one address, as ada@example.org") from None
    local, domain = parsed.text.rpartition("@")[0], parsed.key.rpartition("@")[2]
    return Address(name, local, domain)


def _why(error: Exception) -> str:
    # The server's words may hold the address it was given, which is the person's business.
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answers {error.smtp_code}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it refuses the recipient"
    return type(error).__name__
