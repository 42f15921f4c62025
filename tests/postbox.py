"""Mails as those see them who get them, from a real SMTP server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from dojang.auth.mail import SmtpMailer
from tests.smtp import Box, link_in, serving

__all__ = ["Letter", "Postbox", "postbox"]

SENDER = "no-reply@login.example.org"


@dataclass(frozen=True)
class Letter:
    """One mail."""

    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return str(self.message.get_content())

    @property
    def link(self) -> str:
        return link_in(self.message)

    @property
    def code(self) -> str:
        (found,) = re.findall(r"(?m)^([0-9]{6})\r?$", self.text)
        return str(found)


@dataclass(frozen=True)
class Postbox:
    """What a server took, and how to send it something."""

    box: Box
    port: int

    @property
    def mailer(self) -> SmtpMailer:
        return SmtpMailer("127.0.0.1", port=self.port, security="none", sender=SENDER)

    @property
    def settings(self) -> dict[str, Any]:
        """What a server is started with that sends its mail here."""
        return {
            "mail_host": "127.0.0.1",
            "mail_port": self.port,
            "mail_security": "none",
            "mail_sender": SENDER,
        }

    @property
    def letters(self) -> list[Letter]:
        """All, oldest first."""
        return [Letter(message) for message in self.box.messages()]

    @property
    def last(self) -> Letter:
        return self.letters[-1]

    def empty(self) -> None:
        self.box.empty()


@contextmanager
def postbox() -> Iterator[Postbox]:
    """Run a server for a while."""
    box = Box()
    with serving(box, enable_SMTPUTF8=True) as port:
        yield Postbox(box, port)
