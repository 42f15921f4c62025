"""Applications are told who asks in every header, safely."""

from dojang.auth import User
from dojang.server.forward_auth import identity

ADA = User(
    id="A" * 22,
    email="ada@example.org",
    username="ada",
    name="Ada Lovelace",
    created=0,
    roles=("admin", "하나,둘"),
    email_verified=True,
)


def told(user: User | None) -> dict[str, str]:
    return dict(identity.headers(user))


def test_nobody_is_told_by_every_header_and_empty() -> None:
    assert told(None) == dict.fromkeys(identity.NAMES, "")


def test_somebody_is_told_by_every_header() -> None:
    found = told(ADA)
    assert tuple(found) == identity.NAMES
    assert found["Remote-User"] == found["X-Auth-Request-Preferred-Username"] == "ada"
    assert found["Remote-Sub"] == found["X-Auth-Request-User"] == ADA.id
    assert found["Remote-Name"] == "Ada Lovelace"
    assert found["Remote-Email"] == found["X-Auth-Request-Email"] == "ada@example.org"


def test_what_is_not_ascii_is_percent_encoded() -> None:
    found = told(User(id="B" * 22, email=None, username="도장", name="도 장%\r\nX: y", created=0))
    assert found["Remote-User"] == "%EB%8F%84%EC%9E%A5"
    assert found["Remote-Name"] == "%EB%8F%84 %EC%9E%A5%25%0D%0AX: y"
    assert all(value.isascii() and value.isprintable() for value in found.values())


def test_the_name_of_a_role_does_not_make_two() -> None:
    assert told(ADA)["Remote-Groups"] == "admin,%ED%95%98%EB%82%98%2C%EB%91%98"


def test_an_address_that_nobody_has_proven_is_not_told() -> None:
    found = told(User(id="C" * 22, email="ada@example.org", username=None, name=None, created=0))
    assert "ada@example.org" not in found.values()
    assert found["Remote-User"] == "~" + "C" * 22


def test_only_an_id_begins_with_a_tilde() -> None:
    """Whatever DOJANG_USERNAME_PATTERN lets people call themselves."""
    nameless = told(User(id="C" * 22, email=None, username=None, name=None, created=0))
    called_so = told(User(id="D" * 22, email=None, username="~" + "C" * 22, name=None, created=0))
    for header in ("Remote-User", "X-Auth-Request-Preferred-Username"):
        assert (nameless[header], called_so[header]) == ("~" + "C" * 22, "%7E" + "C" * 22)
