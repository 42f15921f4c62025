"""What stores promise that can do more than keep records, as tests; see `store_contract`."""

from dataclasses import replace
from typing import Protocol

import pytest

from dojang import blocking
from dojang.errors import Misuse
from dojang.session.fence import Revocation
from dojang.stores.catalogue import Catalogue
from dojang.stores.contract import Store
from dojang.stores.counters import Counters, Hit
from dojang.stores.documents import Document, Documents
from dojang.stores.leases import Leases
from dojang.stores.names import LONGEST
from dojang.stores.revocation_log import RevocationLog
from dojang.testing.store_contract import (
    HOUR,
    NOW,
    Driven,
    Driver,
    StoreContract,
    a_record,
    in_threads,
    of_user,
)
from dojang.wire import base64url
from dojang.wire.entropy import random_bytes

__all__ = [
    "CatalogueContract",
    "CountersContract",
    "DocumentsContract",
    "LeasesContract",
    "RevocationLogContract",
    "WholeContract",
]


#: Of one byte more than every store has room for.
TOO_LONG = "2,049 bytes, and stores keep at most 2,048"


def longest_name() -> str:
    """Return one that cannot be made any shorter, as PostgreSQL tries."""
    return base64url.encode(random_bytes(LONGEST))[:LONGEST]


class Whole(Store, Catalogue, Protocol):
    """A store whose sessions can be gone through."""


class CatalogueContract(Driven):
    """Sessions gone through, counted and ended altogether."""

    def test_all_live_sessions_are_met_page_by_page(self, store: Whole, run: Driver) -> None:
        there = {f"h{n}" for n in range(25)}
        for handle in there:
            run(store.insert(of_user(handle, user=handle), now=NOW))
        run(store.insert(a_record("anonymous"), now=NOW))
        run(store.insert(a_record("over", expires=NOW), now=NOW))
        met, cursor, pages = [], "", 0
        while True:
            page = run(store.scan(after=cursor, limit=10, now=NOW))
            met += [record.handle for record in page.records]
            cursor, pages = page.cursor, pages + 1
            if not cursor:
                break
            assert pages < 100
        assert set(met) == there | {"anonymous"}

    def test_a_page_holds_whole_records(self, store: Whole, run: Driver) -> None:
        record = of_user("h1")
        run(store.insert(record, now=NOW))
        assert list(run(store.scan(now=NOW)).records) == [record]

    def test_a_retired_handle_is_neither_met_nor_counted(self, store: Whole, run: Driver) -> None:
        run(store.insert(of_user("h1"), now=NOW))
        run(store.replace(of_user("h1"), of_user("h2"), now=NOW, retire_until=NOW + HOUR))
        assert [record.handle for record in run(store.scan(now=NOW)).records] == ["h2"]
        assert run(store.count(now=NOW)) == 1

    def test_live_sessions_are_counted(self, store: Whole, run: Driver) -> None:
        assert run(store.count(now=NOW)) == 0
        for n in range(5):
            run(store.insert(a_record(f"h{n}"), now=NOW))
        assert run(store.count(now=NOW)) == 5

    def test_everything_can_be_ended(self, store: Whole, run: Driver) -> None:
        for n in range(5):
            run(store.insert(of_user(f"h{n}"), now=NOW))
        run(store.insert(a_record("anonymous"), now=NOW))
        assert run(store.clear()) == 6
        assert run(store.find("h1")) is None
        assert list(run(store.list("ada", now=NOW))) == []
        assert run(store.count(now=NOW)) == 0


class LeasesContract(Driven):
    """One owner at a time, and never for good."""

    def test_a_name_is_lent_to_one_owner_at_a_time(self, store: Leases, run: Driver) -> None:
        assert run(store.acquire("refresh:7", "a", until=NOW + 1000, now=NOW)) is True
        assert run(store.acquire("refresh:7", "b", until=NOW + 1000, now=NOW)) is False
        assert run(store.acquire("refresh:8", "b", until=NOW + 1000, now=NOW)) is True

    def test_its_owner_may_hold_it_for_longer(self, store: Leases, run: Driver) -> None:
        run(store.acquire("refresh:7", "a", until=NOW + 1000, now=NOW))
        assert run(store.acquire("refresh:7", "a", until=NOW + 5000, now=NOW + 500)) is True
        assert run(store.acquire("refresh:7", "b", until=NOW + 9000, now=NOW + 4999)) is False

    def test_at_its_end_it_is_free_again(self, store: Leases, run: Driver) -> None:
        run(store.acquire("refresh:7", "a", until=NOW + 1000, now=NOW))
        assert run(store.acquire("refresh:7", "b", until=NOW + 2000, now=NOW + 1000)) is True

    def test_only_its_owner_gives_it_back(self, store: Leases, run: Driver) -> None:
        run(store.acquire("refresh:7", "a", until=NOW + 1000, now=NOW))
        assert run(store.release("refresh:7", "b")) is False
        assert run(store.release("refresh:7", "a")) is True
        assert run(store.release("refresh:7", "a")) is False
        assert run(store.acquire("refresh:7", "b", until=NOW + 1000, now=NOW)) is True

    def test_a_name_is_as_long_as_in_every_store(self, store: Leases, run: Driver) -> None:
        assert run(store.acquire(longest_name(), "a", until=NOW + 1000, now=NOW)) is True
        with pytest.raises(Misuse, match=TOO_LONG):
            run(store.acquire(longest_name() + "x", "a", until=NOW + 1000, now=NOW))

    def test_of_many_at_once_one_gets_it(self, store: Leases) -> None:
        got = []

        def acquire(n: int) -> None:
            if blocking.run(store.acquire("refresh:7", f"owner{n}", until=NOW + 1000, now=NOW)):
                got.append(n)

        in_threads(acquire, 20)
        assert len(got) == 1


class CountersContract(Driven):
    """Events in a window that slides."""

    def test_events_are_allowed_up_to_the_limit(self, store: Counters, run: Driver) -> None:
        hits = [run(store.hit("login:ip", limit=3, window=1000, now=NOW + n)) for n in range(5)]
        assert hits == [
            Hit(True, 1, 0), Hit(True, 2, 0), Hit(True, 3, 0),
            Hit(False, 3, 997), Hit(False, 3, 996),
        ]  # fmt: skip

    def test_the_window_slides_event_by_event(self, store: Counters, run: Driver) -> None:
        for at in (0, 400, 800):
            run(store.hit("login:ip", limit=3, window=1000, now=NOW + at))
        assert run(store.hit("login:ip", limit=3, window=1000, now=NOW + 999)).allowed is False
        assert run(store.hit("login:ip", limit=3, window=1000, now=NOW + 1000)) == Hit(True, 3, 0)
        assert run(store.hit("login:ip", limit=3, window=1000, now=NOW + 1001)).retry_after == 399

    def test_what_is_refused_is_not_counted(self, store: Counters, run: Driver) -> None:
        for at in range(0, 900, 100):
            run(store.hit("login:ip", limit=1, window=1000, now=NOW + at))
        assert run(store.hit("login:ip", limit=1, window=1000, now=NOW + 1000)).allowed is True

    def test_keys_are_counted_apart_and_can_be_forgotten(
        self, store: Counters, run: Driver
    ) -> None:
        run(store.hit("a", limit=1, window=1000, now=NOW))
        assert run(store.hit("b", limit=1, window=1000, now=NOW)).allowed is True
        assert run(store.forget("a")) is True
        assert run(store.forget("a")) is False
        assert run(store.hit("a", limit=1, window=1000, now=NOW)).allowed is True

    def test_an_event_can_be_taken_back_the_newest_first(
        self, store: Counters, run: Driver
    ) -> None:
        for at in (0, 400):
            run(store.hit("login:ip", limit=2, window=1000, now=NOW + at))
        assert run(store.take_back("login:ip")) is True
        assert run(store.hit("login:ip", limit=2, window=1000, now=NOW + 500)) == Hit(True, 2, 0)
        assert run(store.hit("login:ip", limit=2, window=1000, now=NOW + 600)).retry_after == 400
        assert [run(store.take_back("login:ip")) for _ in range(3)] == [True, True, False]
        assert run(store.hit("login:ip", limit=2, window=1000, now=NOW + 700)) == Hit(True, 1, 0)

    def test_a_key_is_as_long_as_in_every_store(self, store: Counters, run: Driver) -> None:
        key = longest_name()
        assert run(store.hit(key, limit=1, window=1000, now=NOW)).allowed is True
        assert run(store.hit(key, limit=1, window=1000, now=NOW)).allowed is False
        with pytest.raises(Misuse, match=TOO_LONG):
            run(store.hit(key + "x", limit=1, window=1000, now=NOW))

    def test_of_many_at_once_no_more_than_the_limit_are_allowed(self, store: Counters) -> None:
        allowed = []

        def hit(n: int) -> None:
            if blocking.run(store.hit("login:ip", limit=7, window=1000, now=NOW)).allowed:
                allowed.append(n)

        in_threads(hit, 30)
        assert len(allowed) == 7


class RevocationLogContract(Driven):
    """An ordered log that a reader can tell it has missed nothing of."""

    def test_what_was_revoked_comes_in_order_and_once(
        self, store: RevocationLog, run: Driver
    ) -> None:
        entries = [Revocation(handle=f"h{n}", expires=NOW + HOUR) for n in range(5)]
        for entry in entries[:3]:
            run(store.revoke(entry, now=NOW))
        first = run(store.revocations(after=0, now=NOW))
        assert (list(first.entries), first.live) == (entries[:3], 3)
        for entry in entries[3:]:
            run(store.revoke(entry, now=NOW))
        second = run(store.revocations(after=first.entries[-1].number, now=NOW))
        assert (list(second.entries), second.live) == (entries[3:], 5)
        numbers = [entry.number for entry in (*first.entries, *second.entries)]
        assert numbers == sorted(set(numbers))
        assert not run(store.revocations(after=numbers[-1], now=NOW)).entries
        again = run(store.revocations(after=numbers[1], now=NOW)).entries
        assert [(entry.number, entry.handle) for entry in again] == [
            (numbers[n], f"h{n}") for n in range(2, 5)
        ]

    def test_every_field_of_an_entry_is_kept(self, store: RevocationLog, run: Driver) -> None:
        entries = [
            Revocation(user="ada", not_before=NOW - 5, exempt="h1", expires=NOW + HOUR),
            Revocation(handle="h2", exempt="h3", expires=NOW + HOUR),
        ]
        for entry in entries:
            run(store.revoke(entry, now=NOW))
        assert list(run(store.revocations(after=0, now=NOW)).entries) == entries

    def test_an_entry_is_gone_once_nothing_it_ends_can_be_alive(
        self, store: RevocationLog, run: Driver
    ) -> None:
        run(store.revoke(Revocation(handle="short", expires=NOW + 1000), now=NOW))
        long = Revocation(handle="long", expires=NOW + HOUR)
        run(store.revoke(long, now=NOW))
        pulled = run(store.revocations(after=0, now=NOW + 1000))
        assert (list(pulled.entries), pulled.live) == ([long], 1)

    def test_a_log_begins_once(self, store: RevocationLog, run: Driver) -> None:
        run(store.begin(now=NOW))
        first = run(store.revocations(after=0, now=NOW + 5))
        run(store.begin(now=NOW + 10))
        second = run(store.revocations(after=0, now=NOW + 20))
        assert (first.begun, first.generation) == (NOW, second.generation)
        assert second.begun == NOW

    def test_of_many_writers_every_entry_is_seen_by_a_reader_that_goes_on_from_the_last(
        self, store: RevocationLog
    ) -> None:
        blocking.run(store.begin(now=NOW))
        seen: list[str] = []
        written: list[int] = []

        def revoke_or_read(n: int) -> None:
            if n:
                entry = Revocation(handle=f"h{n}", expires=NOW + HOUR)
                blocking.run(store.revoke(entry, now=NOW))
                written.append(n)
                return
            cursor = 0
            for _ in range(100_000):
                everything = len(written) == 20
                pulled = blocking.run(store.revocations(after=cursor, now=NOW))
                cursor = max((entry.number for entry in pulled.entries), default=cursor)
                seen.extend(str(entry.handle) for entry in pulled.entries)
                if everything:
                    return

        in_threads(revoke_or_read, 21)
        assert sorted(seen) == sorted(f"h{n}" for n in range(1, 21))


def a_document(text: str = "one", name: str = "d1") -> Document:
    return Document(name=name, text=text, owner="ada", expires=NOW + HOUR)


class DocumentsContract(Driven):
    """Texts that are replaced only by who knows what is there."""

    @pytest.mark.parametrize(
        "document",
        [
            a_document(),
            Document(name="bare", text=""),
            Document(
                name="n a:m}e{", text='{"이름":"1 2 \\u0000 3"}\n', owner="1 2 é", expires=NOW + 1
            ),
        ],
    )
    def test_what_was_put_is_found_whole(
        self, store: Documents, run: Driver, document: Document
    ) -> None:
        assert run(store.put(None, document, now=NOW)) is True
        assert run(store.document(document.name, now=NOW)) == document
        assert run(store.document("another", now=NOW)) is None

    def test_name_and_owner_are_as_long_as_in_every_store(
        self, store: Documents, run: Driver
    ) -> None:
        longest = Document(name=longest_name(), text="1", owner=longest_name())
        assert run(store.put(None, longest, now=NOW)) is True
        assert list(run(store.documents(longest.owner, now=NOW))) == [longest]
        with pytest.raises(Misuse, match=TOO_LONG):
            replace(longest, name=longest.name + "x")
        with pytest.raises(Misuse, match=TOO_LONG):
            replace(longest, owner=longest.owner + "x")

    def test_a_name_that_is_taken_is_not_free(self, store: Documents, run: Driver) -> None:
        run(store.put(None, a_document(), now=NOW))
        assert run(store.put(None, a_document("two"), now=NOW)) is False
        assert run(store.document("d1", now=NOW)) == a_document()

    def test_only_who_knows_what_is_there_replaces_it(self, store: Documents, run: Driver) -> None:
        run(store.put(None, a_document(), now=NOW))
        assert run(store.put(a_document(), a_document("two"), now=NOW)) is True
        assert run(store.put(a_document(), a_document("three"), now=NOW)) is False
        assert run(store.document("d1", now=NOW)) == a_document("two")

    def test_what_is_gone_is_not_brought_back(self, store: Documents, run: Driver) -> None:
        run(store.put(None, a_document(), now=NOW))
        assert run(store.discard(a_document())) is True
        assert run(store.put(a_document(), a_document("two"), now=NOW)) is False
        assert run(store.document("d1", now=NOW)) is None
        assert list(run(store.documents("ada", now=NOW))) == []

    def test_only_who_knows_what_is_there_discards_it(self, store: Documents, run: Driver) -> None:
        run(store.put(None, a_document(), now=NOW))
        assert run(store.discard(a_document("two"))) is False
        assert run(store.discard(a_document())) is True
        assert run(store.discard(a_document())) is False

    def test_at_its_end_it_is_gone_and_its_name_free(self, store: Documents, run: Driver) -> None:
        run(store.put(None, a_document(), now=NOW))
        end = NOW + HOUR
        assert run(store.document("d1", now=end - 1)) == a_document()
        assert run(store.document("d1", now=end)) is None
        assert run(store.put(a_document(), a_document("two"), now=end)) is False
        assert list(run(store.documents("ada", now=end))) == []
        later = Document(name="d1", text="later", owner="ada", expires=end + HOUR)
        assert run(store.put(None, later, now=end)) is True
        assert list(run(store.documents("ada", now=end))) == [later]

    def test_those_of_an_owner_are_listed_by_name(self, store: Documents, run: Driver) -> None:
        for name in ("b", "a", "c"):
            run(store.put(None, a_document(name=name), now=NOW))
        run(store.put(None, Document(name="x", text="1", owner="eve"), now=NOW))
        run(store.put(None, Document(name="y", text="1"), now=NOW))
        run(store.discard(a_document(name="c")))
        assert [one.name for one in run(store.documents("ada", now=NOW))] == ["a", "b"]
        assert [one.name for one in run(store.documents("eve", now=NOW))] == ["x"]
        assert list(run(store.documents("nobody", now=NOW))) == []

    def test_of_many_that_put_at_once_one_does(self, store: Documents) -> None:
        put = []

        def insert(n: int) -> None:
            if blocking.run(store.put(None, a_document(f"v{n}"), now=NOW)):
                put.append(f"v{n}")

        in_threads(insert, 20)
        assert len(put) == 1
        found = blocking.run(store.document("d1", now=NOW))
        assert found is not None
        assert found.text == put[0]

        def change(n: int) -> None:
            if blocking.run(store.put(found, a_document(f"w{n}"), now=NOW)):
                put.append(f"w{n}")

        in_threads(change, 20)
        after = blocking.run(store.document("d1", now=NOW))
        assert after is not None
        assert [after.text] == put[1:]


class WholeContract(
    StoreContract,
    CatalogueContract,
    LeasesContract,
    CountersContract,
    DocumentsContract,
    RevocationLogContract,
):
    """All of it, as every store of dojang does it."""
