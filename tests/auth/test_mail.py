"""Mail, through a real SMTP server."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from dojang import blocking
from dojang.auth.mail import Mail, SmtpMailer
from dojang.errors import Misuse, Unavailable
from tests.certificates import certify
from tests.cli.kit import free_port
from tests.smtp import Box, serving

NOW = 1_767_225_600_000
MAIL = Mail(to="ada@example.org", subject="Your code", text="It is 123456.\n")
SENDER = "no-reply@login.example.org"


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server for a box, and return its port."""
    with ExitStack() as running:

        def served(box: Box, **options: Any) -> int:
            return running.enter_context(serving(box, **options))

        yield served


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    certify(tmp_path)
    return tmp_path


def of_server(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=folder / "cert.pem")


def send(mailer: SmtpMailer, mail: Mail = MAIL) -> None:
    blocking.run(mailer.send(mail, now=NOW))


def plain(port: int, **options: Any) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", port=port, security="none", sender=SENDER, **options)


def test_a_mail_arrives_as_it_was_written(serve: Serve) -> None:
    box = Box()
    send(plain(serve(box), sender_name="Login"))
    message = box.last()
    assert message["To"] == "ada@example.org"
    assert message["From"] == "Login <no-reply@login.example.org>"
    assert message["Subject"] == "Your code"
    assert message["Date"] == "Thu, 01 Jan 2026 00:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@login.example.org>")
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "It is 123456.\r\n"


def test_korean_and_long_lines_arrive_as_they_are(serve: Serve) -> None:
    box = Box()
    text = f"안녕하세요, 코드는 123456입니다.\n\n{'긴 줄 ' * 300}\n"
    mailer = plain(serve(box, enable_SMTPUTF8=True), sender_name="도장")
    send(mailer, Mail(to="홍길동@example.org", subject="로그인 코드", text=text))
    assert box.envelopes[0].rcpt_tos == ["홍길동@example.org"]
    content = box.envelopes[0].content
    assert isinstance(content, bytes)
    written = content.decode()
    assert "Subject: 로그인 코드\r\n" in written
    assert f"From: 도장 <{SENDER}>\r\n" in written
    assert box.last().get_content() == text.replace("\n", "\r\n")


def test_starttls_comes_before_anything_else(serve: Serve, certificate: Path) -> None:
    box = Box()
    port = serve(box, tls_context=of_server(certificate), require_starttls=True)
    send(SmtpMailer("localhost", port=port, sender=SENDER, context=trusting(certificate)))
    assert box.encrypted == [True]


def test_tls_from_the_first_byte_with_a_password(serve: Serve, certificate: Path) -> None:
    box, seen = Box(), list[object]()

    def authenticator(*arguments: Any) -> AuthResult:
        seen.append(arguments[-1])
        return AuthResult(
            success=arguments[-1] == LoginPassword(b"dojang", b"a password"), handled=False
        )

    port = serve(
        box,
        ssl_context=of_server(certificate),
        authenticator=authenticator,
        auth_require_tls=False,  # it does not see the TLS that is there from the first byte
    )
    options: dict[str, Any] = {
        "port": port, "sender": SENDER, "security": "tls", "context": trusting(certificate),
    }  # fmt: skip
    send(SmtpMailer("localhost", login=("dojang", "a password"), **options))
    assert len(box.envelopes) == 1
    with pytest.raises(Unavailable, match="it answers 535") as told:
        send(SmtpMailer("localhost", login=("dojang", "not it"), **options))
    assert "not it" not in str(told.value)


def test_a_server_that_nobody_vouches_for_gets_nothing(serve: Serve, certificate: Path) -> None:
    box = Box()
    port = serve(box, tls_context=of_server(certificate))
    with pytest.raises(Unavailable, match="SSLCertVerificationError"):
        send(SmtpMailer("localhost", port=port, sender=SENDER))
    assert box.envelopes == []


def test_a_server_without_starttls_gets_nothing(serve: Serve) -> None:
    box = Box()
    with pytest.raises(Unavailable, match="SMTPNotSupportedError"):
        send(SmtpMailer("127.0.0.1", port=serve(box), sender=SENDER))
    assert box.envelopes == []


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match=r"the mail server 127\.0\.0\.1 did not take it"):
        send(plain(free_port()))


def test_a_recipient_that_is_refused_is_said_without_the_address(serve: Serve) -> None:
    with pytest.raises(Unavailable, match="it refuses the recipient") as told:
        send(plain(serve(Box("550 no ada@example.org here"))))
    assert "ada@" not in str(told.value)


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.org, eve@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "Ada <ada@example.org>",
        "",
        "ada",
    ],
)
def test_next_auth_cve_2022_35924_one_mail_goes_to_one_address(serve: Serve, to: str) -> None:
    box = Box()
    with pytest.raises(Misuse, match="one address"):
        send(plain(serve(box)), Mail(to=to, subject="x", text="x"))
    assert box.envelopes == []


@pytest.mark.parametrize("subject", ["a\r\nBcc: eve@example.org", "a\nb", "a\rb"])
def test_a_subject_makes_no_second_header(serve: Serve, subject: str) -> None:
    box = Box()
    with pytest.raises(Misuse, match="one line"):
        send(plain(serve(box)), Mail(to="ada@example.org", subject=subject, text="x"))
    assert box.envelopes == []


def test_a_password_is_not_sent_in_the_clear() -> None:
    with pytest.raises(Misuse, match="security='starttls'"):
        SmtpMailer("mail.example.org", sender=SENDER, security="none", login=("u", "p"))


@pytest.mark.parametrize("sender", ["", "nobody", "a@b, c@d", "a@b\nc"])
def test_a_sender_is_one_address(sender: str) -> None:
    with pytest.raises(Misuse, match="sender is one address"):
        SmtpMailer("mail.example.org", sender=sender)
