"""A real SMTP server, and what it took."""

import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.cli.kit import free_port


class Box:
    """What a server took, or why it takes nothing."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.envelopes: list[Envelope] = []
        self.encrypted: list[bool] = []

    async def handle_RCPT(  # noqa: N802 - of aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - of aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def messages(self) -> list[EmailMessage]:
        """All mails, oldest first."""
        parser = BytesParser(EmailMessage, policy=email.policy.SMTPUTF8)
        contents = [envelope.content for envelope in self.envelopes]
        return [parser.parsebytes(text) for text in contents if isinstance(text, bytes)]

    def last(self) -> EmailMessage:
        """The only mail since the box was emptied."""
        (message,) = self.messages()
        return message

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to one address."""
        return [message for message in self.messages() if message["To"] == address]

    def empty(self) -> None:
        """Forget what came."""
        self.envelopes.clear()
        self.encrypted.clear()


def link_in(message: EmailMessage) -> str:
    """Return the one link of a mail, which stands on a line of its own."""
    (found,) = re.findall(r"^(https?://\S+[?]\S+)\r?$", message.get_content(), re.MULTILINE)
    return str(found)


@contextmanager
def serving(box: Box, **options: Any) -> Iterator[int]:
    """Run a server for a box on this machine; yield its port."""
    server = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    server.start()
    try:
        yield int(server.port)
    finally:
        server.stop()
