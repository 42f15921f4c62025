import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Misuse, TooLarge
from dojang.wire import chunks
from dojang.wire.chunking import Chunking
from dojang.wire.cookies import Cookie

CUT = Cookie(chunks=Chunking())
BY_VALUE = Chunking(most=16, piece=3_000, reading="every-piece")


def sent_back(lines: list[str]) -> str:
    """Return what a browser sends after these lines, last set first."""
    pairs = [line.partition(";")[0] for line in lines if "Max-Age=0" not in line]
    return "; ".join(reversed(pairs))


def names(lines: list[str]) -> list[str]:
    return [line.partition("=")[0] for line in lines]


def test_a_large_value_is_cut_into_at_most_four_cookies_and_joined_again() -> None:
    value = "".join(chr(97 + n % 26) for n in range(10_000))
    lines = chunks.set_chunks(CUT, value, max_age=60)
    assert names(lines) == ["__Host-session.0", "__Host-session.1", "__Host-session.2"]
    assert max(map(len, lines)) <= 4096
    assert chunks.candidates(sent_back(lines), CUT.name, CUT.chunks) == [value]


def test_a_value_too_large_for_four_cookies_is_refused_with_both_figures() -> None:
    with pytest.raises(TooLarge, match="takes 17000 bytes, and 4 cookies hold"):
        chunks.set_chunks(CUT, "v" * 17_000)


def test_pieces_of_an_older_value_are_deleted() -> None:
    present = ["__Host-session.0", "__Host-session.1"]
    lines = chunks.set_chunks(CUT, "small", present=present)
    assert [line.partition(";")[0] for line in lines] == [
        "__Host-session.0=", "__Host-session.1=", "__Host-session=small",
    ]  # fmt: skip


def test_a_peer_may_cut_by_the_length_of_the_value_alone() -> None:
    cookie = Cookie(name="s", chunks=BY_VALUE)
    assert names(chunks.set_chunks(cookie, "v" * 3_000)) == ["s"]
    lines = chunks.set_chunks(cookie, "v" * 3_001)
    assert [len(line.partition(";")[0]) for line in lines] == [3_004, 5]
    assert len(chunks.set_chunks(cookie, "v" * 48_000)) == 16
    with pytest.raises(TooLarge, match="takes 48001 bytes, and 16 cookies hold 48000"):
        chunks.set_chunks(cookie, "v" * 48_001)


def test_under_a_long_name_and_domain_pieces_shrink_so_that_browsers_keep_them() -> None:
    domain = ".".join(["a" * 60] * 4)
    cookie = Cookie(name="s" * 900, domain=domain, chunks=BY_VALUE)
    value = "v" * 20_000
    lines = chunks.set_chunks(cookie, value, expires="Sun, 16 Mar 2025 01:20:36 GMT")
    assert {len(line) for line in lines[:-1]} <= {4095, 4096}
    assert chunks.candidates(sent_back(lines), cookie.name, cookie.chunks) == [value]


def test_a_name_that_leaves_no_room_for_a_value_is_too_large() -> None:
    cookie = Cookie(name="s" * 4_055, chunks=Chunking())
    with pytest.raises(TooLarge, match="4 cookies hold 0"):
        chunks.set_chunks(cookie, "v")


def test_where_cutting_was_stopped_pieces_are_still_read_and_cleaned_up() -> None:
    cookie = Cookie(chunks=Chunking(writing=False))
    with pytest.raises(TooLarge, match="browsers keep 4096"):
        chunks.set_chunks(cookie, "v" * 5_000)
    assert chunks.candidates("__Host-session.0=v", cookie.name, cookie.chunks) == ["v"]


def test_without_chunks_a_piece_is_another_cookie() -> None:
    assert chunks.candidates("s=whole; s.0=a", "s") == ["whole"]
    assert chunks.stale("s=whole; s.0=a", "s") == ["s"]


@pytest.mark.parametrize(
    ("header", "joined"),
    [
        ("s.0=a; s.1=b", ["ab"]),
        ("s.1=b; s.0=a", ["ab"]),
        ("s.0=a; s.2=c", ["a"]),
        ("s.1=b", []),
        ("s=whole; s.0=a; s.1=b", ["whole"]),
        ("s=; s.0=a; s.1=b", ["ab"]),
        ("s.0=a; s=; s=", ["a"]),
        ("s=; s=whole; s.0=a", ["", "whole"]),
        ("s=", [""]),
        ("s=one; s=other", ["one", "other"]),
        ("s.0=a; s.0=x; s.1=b", ["ab"]),
        ("s.0=a; s-other=x; s.x=y; s.00=z", ["a"]),
        ("s.0=a; s.1=b; s.2=c; s.3=d; s.4=e", ["abcd"]),
    ],
)
def test_pieces_are_joined_up_to_the_first_gap(header: str, joined: list[str]) -> None:
    assert chunks.candidates(header, "s", Chunking()) == joined


@pytest.mark.parametrize(
    ("header", "joined"),
    [
        ("s.0=a; s.1=b", ["ab"]),
        ("s.10=k; s.9=j; s.0=a; s.1=b; s.2=c; s.3=d; s.4=e; s.5=f; s.6=g; s.7=h; s.8=i",
         ["abcdefghijk"]),
        ("s=whole; s.0=a; s.1=b", ["whole", "ab"]),
        ("s.0=a; s.1=b; s=one; s=other", ["one", "other", "ab"]),
        ("s.0=a; s.0=x; s.1=b", ["ab"]),
        ("s.0=a; s-other=x; s.x=y; s.00=z; s.1.1=w; s.-1=v; s.1e0=u; s.٣=t", ["a"]),
        ("s.0=a; s.2=c", ["ac"]),
        ("s=whole; s.1=b", ["wholeb"]),
        ("s.1=b", ["b"]),
        ("s=; s.0=; s.1=", []),
        ("s=whole; s.0=; s.1=", ["whole"]),
        ("s.0=a; s.16=q", ["a"]),
    ],
)  # fmt: skip
def test_where_every_piece_counts_a_gap_spoils_the_value(header: str, joined: list[str]) -> None:
    assert chunks.candidates(header, "s", BY_VALUE) == joined


@given(st.text(), st.sampled_from([Chunking(), BY_VALUE, None]))
def test_any_header_is_read(header: str, chunking: Chunking | None) -> None:
    for text in (header, f"s.0={header}; s={header}; s.1"):
        chunks.candidates(text, "s", chunking)
        assert set(chunks.stale(text, "s", chunking)) <= {"s", *BY_VALUE.names("s")}


@pytest.mark.parametrize("fields", [{"most": 0}, {"piece": 0}, {"piece": -1}])
def test_rules_that_cut_into_nothing_cannot_be_made(fields: dict[str, int]) -> None:
    with pytest.raises(Misuse, match="at least 1 piece"):
        Chunking(most=fields.get("most", 4), piece=fields.get("piece"))
