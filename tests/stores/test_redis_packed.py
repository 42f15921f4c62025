from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dojang.errors import Malformed, Misuse
from dojang.session.record import Device, Login, Record
from dojang.stores.redis import packed

INSTANTS = st.integers(0, 2**48 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)

RECORDS = st.builds(
    Record,
    handle=st.just("h"),
    data=st.dictionaries(TEXT, st.integers(), max_size=3).map(lambda _: '{"a":1}'),
    user=st.none() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT.filter(bool),
    created=INSTANTS,
    expires=st.none() | st.integers(1, 2**48 - 1),
    login=st.none() | st.builds(Login, INSTANTS, st.lists(TEXT, max_size=3).map(tuple)),
    remember=st.booleans(),
    seen=INSTANTS,
    device=st.builds(Device, TEXT, TEXT),
    rotated=st.booleans(),
)


@given(RECORDS)
@example(Record(handle="h", created=5, expires=None, user=0))
@example(Record(handle="h", created=5, expires=None, data="", device=Device("", "agent")))
def test_what_was_packed_is_unpacked_whole_and_packs_to_the_same(record: Record) -> None:
    text = packed.pack(record)
    assert packed.unpack(text, "h") == record
    assert packed.pack(packed.unpack(text, "h")) == text


@given(st.binary(max_size=400))
@example(b"")
def test_any_bytes_are_a_record_or_malformed(noise: bytes) -> None:
    with suppress(Malformed):
        packed.unpack(noise, "h")


@given(RECORDS, st.data())
def test_a_byte_that_changed_is_a_record_or_malformed(record: Record, data: st.DataObject) -> None:
    text = bytearray(packed.pack(record))
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(Malformed):
        packed.unpack(bytes(text), "h")


def test_what_was_packed_by_an_earlier_release_is_read() -> None:
    """The words it is packed with are a part of the format: they may never change."""
    text = bytes.fromhex("0400000000000000000000000000000000000000078b06fa245109288a1e6fa8f15c0b00")
    assert packed.unpack(text, "h") == Record(
        handle="h", created=0, expires=None, user="ada", data='{"theme":"dark","locale":"en-US"}'
    )
    assert len(text) < 60


def test_a_user_whose_name_is_a_book_is_refused() -> None:
    with pytest.raises(Misuse, match="at most 65535 are kept"):
        packed.pack(Record(created=0, expires=None, user="x" * 70_000))
