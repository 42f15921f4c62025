"""What is kept of what an issuer says of a person."""

import pytest

from dojang.auth.providers.identity import MAX_EMAIL, email_address, text


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@gmail.com", "a" * MAX_EMAIL])
def test_an_address_is_what_came(email: str) -> None:
    assert email_address(email) == email


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        7,
        ["ada@example.org"],
        "ad\u200ba@example.org",
        "ada@example.org\n",
        " ada@example.org",
        "ad\x00a@example.org",
        "ad\ud800a@example.org",
        # Cut off it would be of another domain.
        "a" * 64 + "@" + "b" * 190 + ".evil.example",
    ],
)
def test_an_address_is_never_made_another_one(value: object) -> None:
    assert email_address(value) is None


def test_a_name_is_made_to_fit_its_line() -> None:
    assert text("Ada\n Lovelace\u200b" + "!" * 300) == "Ada Lovelace" + "!" * 188
