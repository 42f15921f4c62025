import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Misuse
from dojang.wire.forwarded import NAMES, Proxies, Told

ONE = Proxies(["10.0.0.1"], host=True)
TWO = Proxies(["10.0.0.0/24", "2001:db8::/32"], hops=2)
STANDARD = Proxies(["10.0.0.0/24"], hops=2, host=True, header="Forwarded")


HTTPS = Told(scheme="https", client="192.0.2.7")


def x(**values: str) -> dict[str, str]:
    return {f"x-forwarded-{name}": value for name, value in values.items()}


def test_a_trusted_peer_is_believed() -> None:
    headers = x(**{"for": "192.0.2.7", "proto": "https", "host": "app.example.com:8443"})
    assert ONE.told("10.0.0.1", headers) == Told(
        scheme="https", host="app.example.com:8443", client="192.0.2.7"
    )


@pytest.mark.parametrize("peer", ["10.0.0.2", "192.0.2.7", "", "unix", "::1", "10.0.0.1.evil"])
def test_nobody_else_is_believed(peer: str) -> None:
    """Django CVE-2019-12781: a header of the client's own was taken for the proxy's."""
    headers = x(**{"for": "1.2.3.4", "proto": "https", "host": "evil.example"})
    assert ONE.told(peer, headers | {"forwarded": "for=1.2.3.4;proto=https"}) == Told()


@pytest.mark.parametrize(
    ("came", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("6.6.6.6,10.0.0.9, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("6.6.6.6, 10.0.0.8, 10.0.0.9", "10.0.0.8"),
        ("10.0.0.9", "10.0.0.9"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", None),
        ("192.0.2.7, garbage", None),
        ("", None),
        ("192.0.2.7,", None),
        (", " * 9_000, None),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_no_proxy_of_ours(
    came: str, client: str | None
) -> None:
    """Flask-Login #700: the left end of the list is whatever the client wrote there."""
    assert TWO.told("10.0.0.1", x(**{"for": came})).client == client


@pytest.mark.parametrize(
    ("came", "protos", "scheme"),
    [
        ("192.0.2.7", "https", "https"),
        ("192.0.2.7", "HTTPS", "https"),
        ("192.0.2.7", "https, http", "http"),
        ("192.0.2.7, 10.0.0.9", "https, http", "https"),
        ("192.0.2.7, 10.0.0.9", "https", "https"),
        ("192.0.2.7, 10.0.0.9", "http, https, http", "https"),
        ("192.0.2.7", "gopher", None),
        ("192.0.2.7", "https\r\nx", None),
        ("192.0.2.7", "", None),
    ],
)
def test_scheme_and_host_are_those_of_the_outermost_proxy_that_is_trusted(
    came: str, protos: str, scheme: str | None
) -> None:
    assert TWO.told("10.0.0.1", x(**{"for": came, "proto": protos})).scheme == scheme


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("app.example.com", True),
        ("[2001:db8::1]:8443", True),
        ("localhost:3000", True),
        ("evil.example/path", False),
        ("evil.example@good.example", False),
        ("a b", False),
        ("app.example.com:x", False),
        ("", False),
        ("x" * 300, False),
        ("evil\r\nset-cookie: x", False),
    ],
)
def test_a_host_is_a_host(host: str, *, kept: bool) -> None:
    assert ONE.told("10.0.0.1", x(host=host)).host == (host if kept else None)


def test_a_host_that_the_proxy_does_not_write_is_the_clients_and_not_believed() -> None:
    """Django CVE-2011-4139: links to wherever the client said."""
    assert Proxies(["10.0.0.1"]).told("10.0.0.1", x(host="evil.example")) == Told()
    plain = Proxies(["10.0.0.1"], header="Forwarded")
    assert plain.told("10.0.0.1", {"forwarded": "host=evil.example"}) == Told()


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            'for=192.0.2.7;proto=https;host="app.example.com:8443"',
            Told(scheme="https", host="app.example.com:8443", client="192.0.2.7"),
        ),
        ('For="[2001:db8:cafe::17]:4711"', Told(client="2001:db8:cafe::17")),
        ("for=6.6.6.6;proto=http, for=192.0.2.7;proto=https", HTTPS),
        ("for=192.0.2.7;proto=https, for=10.0.0.9;proto=http", HTTPS),
        ('for="_gazonk"', Told()),
        ("for=unknown;proto=https", Told(scheme="https")),
        ('for="a,b;c\\"d";proto=https', Told(scheme="https")),
        ("for=192.0.2.7;proto=https, junk", Told()),
        ("", Told()),
        ("for=1.2.3.4;" * 2_000, Told()),
    ],
)  # fmt: skip
def test_forwarded_is_read_as_rfc_7239_has_it(header: str, told: Told) -> None:
    assert STANDARD.told("10.0.0.1", {"forwarded": header}) == told


def test_of_the_two_kinds_only_the_chosen_one_is_looked_at() -> None:
    assert ONE.told("10.0.0.1", {"forwarded": "for=1.2.3.4;proto=https"}) == Told()
    assert STANDARD.told("10.0.0.1", x(**{"for": "1.2.3.4", "proto": "https"})) == Told()


def test_a_unix_socket_is_a_peer_by_name() -> None:
    proxies = Proxies(["unix"])
    assert proxies.told("", x(proto="https")).scheme == "https"
    assert proxies.told("127.0.0.1", x(proto="https")).scheme is None


@pytest.mark.parametrize("peer", ["::ffff:10.0.0.1", "10.0.0.1"])
def test_an_address_is_the_same_in_both_its_forms(peer: str) -> None:
    assert ONE.trusts(peer)


def test_who_is_trusted_is_said_and_said_rightly() -> None:
    nobody: list[str] = []
    for trusted in (nobody, "10.0.0.1"):
        with pytest.raises(Misuse, match="name the proxies"):
            Proxies(trusted)
    with pytest.raises(Misuse, match="has host bits set"):
        Proxies(["10.0.0.1/8"])
    with pytest.raises(Misuse, match="address or a network"):
        Proxies(["nginx"])
    with pytest.raises(Misuse, match="hops is 0"):
        Proxies(["10.0.0.1"], hops=0)
    with pytest.raises(Misuse, match="X-Forwarded or Forwarded"):
        Proxies(["10.0.0.1"], header="Via")  # type: ignore[arg-type] # what a caller may still write


@given(st.dictionaries(st.sampled_from(NAMES), st.text()), st.text())
def test_any_text_is_safe(headers: dict[str, str], peer: str) -> None:
    for proxies in (ONE, TWO, STANDARD):
        assert isinstance(proxies.told(peer, headers), Told)
        assert isinstance(proxies.told("10.0.0.1", headers), Told)
