"""A mail server is set whole, or not at all."""

import pytest

from dojang.server.errors import BadSettings
from dojang.server.settings import Settings

pytestmark = pytest.mark.usefixtures("bare")

SECRET = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw"
MAIL = {"mail_host": "mail.example.org", "mail_sender": "no-reply@example.org"}


def problems(**given: object) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as caught:
        Settings.load(**given)
    return caught.value.problems


def test_a_host_and_a_sender_are_enough() -> None:
    settings = Settings.load(**MAIL)
    assert (settings.mail_security, settings.mail_port) == ("starttls", None)
    assert settings.mail_login is None


def test_a_password_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJANG_MAIL_PASSWORD", "hunter2")
    settings = Settings.load(**MAIL, mail_user="dojang")
    assert settings.mail_login == ("dojang", "hunter2")
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mail_sender": "no-reply@example.org"}, "DOJANG_MAIL_HOST is not: write both"),
        ({"mail_password": "hunter2"}, "DOJANG_MAIL_HOST is not: write both"),
        ({"mail_host": "mail.example.org"}, "DOJANG_MAIL_SENDER is missing"),
        ({**MAIL, "mail_sender": "nobody"}, "such as no-reply@example.org"),
        ({**MAIL, "mail_sender": "Dojang <no-reply@example.org>"}, "DOJANG_MAIL_SENDER is no"),
        ({**MAIL, "mail_sender_name": "a\r\nBcc: b@example.org"}, "on several lines"),
        ({**MAIL, "mail_user": "dojang"}, "write both, or neither"),
        ({**MAIL, "mail_password": "hunter2"}, "write both, or neither"),
        (
            {**MAIL, "mail_security": "none", "mail_user": "u", "mail_password": "hunter2"},
            "write starttls or tls",
        ),
        ({**MAIL, "mail_security": "ssl"}, "write tls, starttls"),
        ({**MAIL, "mail_port": 0}, "a number from 1 to 65535"),
        ({"verified_only": True}, "DOJANG_MAIL_HOST"),
    ],
)
def test_what_is_set_by_halves_is_one_line_with_a_remedy(
    given: dict[str, object], words: str
) -> None:
    [line] = problems(**given)
    assert line.startswith("DOJANG_")
    assert words in line
    assert "hunter2" not in line


def test_cve_2011_4139_links_in_mails_lead_to_an_address_that_was_set() -> None:
    production = {"env": "production", "secret": SECRET}
    [line] = problems(**MAIL, **production)
    assert line.startswith("DOJANG_URL is missing")
    Settings.load(**MAIL, **production, url="https://login.example.org")
