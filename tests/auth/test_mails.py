"""What people are told by mail, in both languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from dojang.auth import mails
from dojang.auth.mail import Mail
from dojang.words import LANGUAGES, Language

URL = "https://login.example.org:8443"
LINK = f"{URL}/somewhere?token=4RbIp3V0m8sdP0gH"
COMMON = {"to": "ada@example.org", "url": URL}
FACTS: dict[str, dict[str, Any]] = {
    "account_changed": {
        "change": "second-factor-added",
        "at": 1_767_225_600_000,
        "link": LINK,
        "days": 7,
    },
    "address_changed": {"link": LINK, "days": 7},
    "known_address": {"link": LINK},
    "new_device": {
        "device": "Chrome on macOS",
        "address": "192.0.2.7",
        "at": 1_767_225_600_000,
        "link": LINK,
        "days": 7,
    },
    "reset_password": {"link": LINK, "minutes": 10},
    "sign_in_code": {"code": "123456", "minutes": 10},
    "sign_in_link": {"link": LINK, "code": "123456", "minutes": 10},
    "verify_address": {"link": LINK, "minutes": 10},
}


def made(name: str, language: Language, **others: Any) -> Mail:
    make: Callable[..., Mail] = getattr(mails, name)
    return make(language=language, **{**COMMON, **FACTS[name], **others})


def test_every_mail_is_here() -> None:
    assert set(mails.__all__) == set(FACTS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FACTS)
def test_a_mail_says_who_sends_it_and_what_to_do(name: str, language: Language) -> None:
    mail = made(name, language)
    assert mail.to == "ada@example.org"
    assert "login.example.org:8443" in mail.subject
    assert mail.text.endswith(f"-- \n{URL}\n")
    for given in ("link", "code", "device", "address", "minutes", "days"):
        assert str(FACTS[name].get(given, "")) in mail.text


@pytest.mark.parametrize("name", FACTS)
def test_a_link_or_a_code_stands_on_a_line_of_its_own_and_not_in_the_subject(name: str) -> None:
    mail = made(name, "ko")
    secret = FACTS[name].get("link", FACTS[name].get("code"))
    assert secret in mail.text.splitlines()
    assert "token" not in mail.subject
    assert "123456" not in mail.subject


@pytest.mark.parametrize("name", FACTS)
def test_a_mail_is_in_one_language(name: str) -> None:
    english, korean = made(name, "en"), made(name, "ko")
    hangul = re.compile("[가-힣]")
    assert not hangul.search(english.subject + english.text)
    assert hangul.search(korean.subject)
    spoken = [line for line in korean.text.splitlines() if line and "http" not in line]
    assert all(
        hangul.search(line) or re.fullmatch(r"-- |\d{6}|.*192.0.2.7", line) for line in spoken
    )


def test_one_day_is_no_days() -> None:
    assert "within 1 day:" in made("new_device", "en", days=1).text


@pytest.mark.parametrize(
    "device",
    [
        "Chrome\r\nTo: everybody@example.org\n\nYour account is closed",
        "http://evil.example/?now",
        "win at www.evil.example",
        "evil.example",
        "mailto:x@evil.example",
        "\u202egro.elpmaxe.live",
        "%(link)s %s",
        "x" * 5000,
    ],
)
def test_the_name_of_a_device_adds_no_line_and_no_link(device: str) -> None:
    plain, given = made("new_device", "en"), made("new_device", "en", device=device)
    assert (given.to, given.subject) == (plain.to, plain.subject)
    before, after = plain.text.splitlines(), given.text.splitlines()
    assert len(before) == len(after)
    (changed,) = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed.startswith("Device: ")
    assert len(changed) <= 70
    assert not re.search(r"[./:@%\u202e]", changed.removeprefix("Device: "))
