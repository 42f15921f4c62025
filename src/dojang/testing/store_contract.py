"""What every store promises, as tests; the test file of a store is this and a fixture.

    from dojang.testing.store_contract import StoreContract

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self) -> MyStore:
            return MyStore(...)

What a store can do beyond this has contracts of its own, in `capability_contracts`.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import pytest

from dojang import blocking
from dojang.errors import Conflict, Gone, Misuse, TooManySessions
from dojang.session import principal
from dojang.session.limit import Limit
from dojang.session.record import Device, Login, Record
from dojang.stores.contract import Store

T = TypeVar("T")

NOW = 1_767_225_600_000
HOUR = 3_600_000


class Driver(Protocol):
    def __call__(self, coroutine: Coroutine[Any, Any, T], /) -> T: ...


def a_record(handle: str = "h1", **changes: Any) -> Record:
    plain = Record(handle=handle, data='{"a":1}', created=NOW, expires=NOW + HOUR, seen=NOW)
    return replace(plain, **changes)


def of_user(handle: str, age: int = 0, user: str = "ada") -> Record:
    return a_record(handle, user=user, created=NOW - age, login=Login(NOW - age, ("pwd",)))


class Driven:
    """Each test drives the store from a coroutine and from synchronous code alike."""

    @pytest.fixture
    def store(self) -> Any:
        raise NotImplementedError("write a fixture `store` that returns an empty one")

    @pytest.fixture(params=["async", "sync"])
    def run(self, request: pytest.FixtureRequest) -> Iterator[Driver]:
        if request.param == "sync":
            yield blocking.run
            return
        with asyncio.Runner() as runner:
            yield runner.run


class StoreContract(Driven):
    """Four verbs, all or nothing."""

    def test_what_was_inserted_is_found_whole(self, store: Store, run: Driver) -> None:
        record = Record(
            handle="h1",
            data='{"이름":"김철수","n":[1,2.5,null]}',
            user=42,
            created=NOW,
            expires=None,
            login=Login(NOW - 5, ("pwd", "otp")),
            remember=False,
            seen=NOW,
            device=Device("203.0.113.9", "Mozilla/5.0 \xe9"),
        )
        run(store.insert(record, now=NOW))
        assert run(store.find("h1")) == record

    def test_a_miss_is_an_answer(self, store: Store, run: Driver) -> None:
        assert run(store.find("nobody")) is None

    def test_an_insert_refuses_a_taken_handle_and_leaves_what_is_there(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        with pytest.raises(Conflict):
            run(store.insert(a_record(data='{"a":2}'), now=NOW))
        assert run(store.find("h1")) == a_record()

    def test_a_replace_writes_what_changed(self, store: Store, run: Driver) -> None:
        run(store.insert(a_record(), now=NOW))
        after = a_record(data='{"a":2}', expires=NOW + 2 * HOUR)
        run(store.replace(a_record(), after, now=NOW))
        assert run(store.find("h1")) == after

    def test_a_replace_after_a_remove_does_not_revive(self, store: Store, run: Driver) -> None:
        run(store.insert(a_record(), now=NOW))
        run(store.remove("h1"))
        with pytest.raises(Gone):
            run(store.replace(a_record(), a_record(data="{}"), now=NOW))
        assert run(store.find("h1")) is None

    def test_a_replace_of_changed_data_is_a_conflict_and_changes_nothing(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        theirs = a_record(data='{"a":2}')
        run(store.replace(a_record(), theirs, now=NOW))
        with pytest.raises(Conflict):
            run(store.replace(a_record(), a_record(data='{"a":3}'), now=NOW))
        assert run(store.find("h1")) == theirs

    def test_a_touch_in_between_is_no_conflict(self, store: Store, run: Driver) -> None:
        run(store.insert(a_record(), now=NOW))
        run(store.touch(a_record(expires=NOW + 2 * HOUR), now=NOW))
        run(store.replace(a_record(), a_record(data='{"a":2}'), now=NOW))
        found = run(store.find("h1"))
        assert found is not None
        assert found.data == '{"a":2}'

    @pytest.mark.parametrize("handle", ["h1", "h2"])
    @pytest.mark.parametrize("retire_until", [None, NOW + 5_000])
    @pytest.mark.parametrize("end", [NOW + HOUR, NOW + 2 * HOUR], ids=["as it was", "renewed"])
    def test_a_write_that_began_before_a_touch_takes_nothing_back_from_it(
        self, store: Store, run: Driver, handle: str, retire_until: int | None, end: int
    ) -> None:
        before = of_user("h1")
        run(store.insert(before, now=NOW))
        run(store.touch(replace(before, expires=NOW + 3 * HOUR, seen=NOW + 9), now=NOW))
        after = replace(of_user(handle), data='{"a":2}', expires=end)
        run(store.replace(before, after, now=NOW, retire_until=retire_until))
        kept = replace(after, expires=NOW + 3 * HOUR, seen=NOW + 9)
        assert run(store.find(handle)) == kept
        assert list(run(store.list("ada", now=NOW + 2 * HOUR))) == [kept]

    def test_a_session_without_an_end_stays_without_one_whatever_began_before(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        run(store.touch(a_record(expires=None), now=NOW))
        run(store.replace(a_record(), a_record(data='{"a":2}'), now=NOW))
        assert run(store.find("h1")) == a_record(data='{"a":2}', expires=None)

    @pytest.mark.parametrize("handle", ["h1", "h2"])
    @pytest.mark.parametrize(
        "terms", [{}, {"remember": False, "expires": NOW + HOUR}], ids=["shorter", "other terms"]
    )
    def test_an_end_that_is_meant_takes_a_touch_back(
        self, store: Store, run: Driver, handle: str, terms: dict[str, Any]
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        run(store.touch(a_record(expires=NOW + 3 * HOUR), now=NOW))
        after = replace(a_record(handle, data='{"a":2}', expires=NOW + HOUR // 2), **terms)
        run(store.replace(a_record(), after, now=NOW))
        assert run(store.find(handle)) == after

    def test_a_shorter_life_that_was_meant_is_not_renewed_by_a_write_that_began_before(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        shorter = a_record(expires=NOW + HOUR // 2)
        run(store.replace(a_record(), shorter, now=NOW))
        run(store.replace(a_record(), a_record(data='{"a":2}'), now=NOW))
        assert run(store.find("h1")) == replace(shorter, data='{"a":2}')

    def test_a_replace_under_a_new_handle_ends_the_old_one_in_the_same_step(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        run(store.replace(a_record(), a_record("h2"), now=NOW))
        assert run(store.find("h1")) is None
        assert run(store.find("h2")) == a_record("h2")

    def test_a_rotation_that_fails_leaves_the_old_one_as_it_was(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        run(store.insert(a_record("h2"), now=NOW))
        with pytest.raises(Conflict):
            run(store.replace(a_record(), a_record("h2", data="{}"), now=NOW))
        assert run(store.find("h1")) == a_record()
        assert run(store.find("h2")) == a_record("h2")

    def test_a_retired_handle_is_rotated_holds_nothing_and_cannot_be_written(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(of_user("h1"), now=NOW))
        until = NOW + 5_000
        run(store.replace(of_user("h1"), of_user("h2"), now=NOW, retire_until=until))
        retired = run(store.find("h1"))
        assert retired is not None
        assert (retired.rotated, retired.user, retired.data) == (True, None, "{}")
        assert retired.expires == until
        with pytest.raises(Gone):
            run(store.replace(retired, replace(retired, data='{"x":1}'), now=NOW))
        assert run(store.touch(replace(retired, expires=NOW + HOUR), now=NOW)) is False

    def test_a_touch_moves_expiry_and_seen_and_never_data(self, store: Store, run: Driver) -> None:
        run(store.insert(a_record(), now=NOW))
        touched = a_record(data='{"lost":1}', expires=NOW + 2 * HOUR, seen=NOW + 9)
        assert run(store.touch(touched, now=NOW)) is True
        assert run(store.find("h1")) == a_record(expires=NOW + 2 * HOUR, seen=NOW + 9)

    def test_a_touch_never_moves_the_expiry_back(self, store: Store, run: Driver) -> None:
        run(store.insert(a_record(), now=NOW))
        run(store.touch(a_record(expires=NOW + 1, seen=0), now=NOW))
        assert run(store.find("h1")) == a_record()

    def test_a_touch_of_what_is_gone_revives_nothing(self, store: Store, run: Driver) -> None:
        assert run(store.touch(a_record(), now=NOW)) is False
        assert run(store.find("h1")) is None

    def test_a_remove_says_whether_there_was_something(self, store: Store, run: Driver) -> None:
        run(store.insert(a_record(), now=NOW))
        assert run(store.remove("h1")) is True
        assert run(store.remove("h1")) is False

    def test_a_users_live_sessions_are_listed_newest_first(self, store: Store, run: Driver) -> None:
        run(store.insert(of_user("old", age=2_000), now=NOW))
        run(store.insert(of_user("new", age=1_000), now=NOW))
        run(store.insert(of_user("other", user="eve"), now=NOW))
        run(store.insert(a_record("anonymous"), now=NOW))
        over = replace(of_user("over"), expires=NOW)
        run(store.insert(over, now=NOW))
        listed = run(store.list("ada", now=NOW))
        assert [record.handle for record in listed] == ["new", "old"]

    def test_an_integer_user_is_the_same_as_its_text_in_a_list_and_keeps_its_type(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(user=7), now=NOW))
        (record,) = run(store.list("7", now=NOW))
        assert record.user == 7
        assert isinstance(record.user, int)

    def test_who_a_session_is_of_is_named_as_briefly_in_every_store(
        self, store: Store, run: Driver
    ) -> None:
        longest = "é" * (principal.LONGEST // 2)
        run(store.insert(of_user("h1", user=longest), now=NOW))
        assert len(run(store.list(longest, now=NOW))) == 1
        too_long = of_user("h2", user=longest + "x")
        with pytest.raises(Misuse, match=r"1,025 bytes, and at most 1,024"):
            run(store.insert(too_long, now=NOW))
        with pytest.raises(Misuse, match=r"1,025 bytes, and at most 1,024"):
            run(store.replace(of_user("h1", user=longest), too_long, now=NOW))
        assert run(store.find("h2")) is None
        assert run(store.find("h1")) == of_user("h1", user=longest)

    def test_ending_all_of_a_user_spares_the_one_and_everybody_else(
        self, store: Store, run: Driver
    ) -> None:
        for handle in ("h1", "h2", "h3"):
            run(store.insert(of_user(handle), now=NOW))
        run(store.insert(of_user("h4", user="eve"), now=NOW))
        assert run(store.remove_all("ada", now=NOW, but="h2")) == 2
        assert [record.handle for record in run(store.list("ada", now=NOW))] == ["h2"]
        assert len(run(store.list("eve", now=NOW))) == 1
        assert run(store.remove_all("ada", now=NOW)) == 1

    def test_what_was_over_already_is_not_counted_as_ended(self, store: Store, run: Driver) -> None:
        run(store.insert(replace(of_user("h1"), expires=NOW), now=NOW))
        run(store.insert(of_user("h2"), now=NOW))
        assert run(store.remove_all("ada", now=NOW)) == 1
        assert run(store.find("h1")) is None

    def test_beyond_the_limit_the_oldest_goes(self, store: Store, run: Driver) -> None:
        limit = Limit(2)
        for age in (30, 20, 10):
            run(store.insert(of_user(f"h{age}", age=age), now=NOW, limit=limit))
        assert [record.handle for record in run(store.list("ada", now=NOW))] == ["h10", "h20"]

    def test_beyond_the_limit_a_new_one_is_refused_and_nobody_ended(
        self, store: Store, run: Driver
    ) -> None:
        limit = Limit(1, "refuse")
        run(store.insert(of_user("h1"), now=NOW, limit=limit))
        with pytest.raises(TooManySessions):
            run(store.insert(of_user("h2"), now=NOW, limit=limit))
        assert [record.handle for record in run(store.list("ada", now=NOW))] == ["h1"]

    def test_a_login_that_replaces_the_users_own_session_fits_a_full_limit(
        self, store: Store, run: Driver
    ) -> None:
        limit = Limit(1, "refuse")
        run(store.insert(of_user("h1"), now=NOW, limit=limit))
        run(store.replace(of_user("h1"), of_user("h2"), now=NOW, limit=limit))
        assert [record.handle for record in run(store.list("ada", now=NOW))] == ["h2"]

    def test_a_login_the_limit_refuses_leaves_the_session_before_it(
        self, store: Store, run: Driver
    ) -> None:
        limit = Limit(1, "refuse")
        run(store.insert(of_user("h1"), now=NOW, limit=limit))
        run(store.insert(a_record("anonymous"), now=NOW))
        with pytest.raises(TooManySessions):
            run(store.replace(a_record("anonymous"), of_user("h2"), now=NOW, limit=limit))
        assert run(store.find("anonymous")) == a_record("anonymous")
        assert run(store.find("h2")) is None

    def test_an_expired_session_does_not_count_towards_the_limit(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(replace(of_user("h1"), expires=NOW), now=NOW))
        run(store.insert(of_user("h2"), now=NOW, limit=Limit(1, "refuse")))
        assert run(store.find("h2")) is not None

    def test_a_sweep_deletes_what_is_over_in_bounded_batches(
        self, store: Store, run: Driver
    ) -> None:
        for n in range(5):
            run(store.insert(a_record(f"over{n}", expires=NOW + 10), now=NOW))
        run(store.insert(a_record("live"), now=NOW))
        run(store.insert(a_record("endless", expires=None), now=NOW))
        assert run(store.sweep(now=NOW + 9, limit=3)) == 0
        assert run(store.sweep(now=NOW + 10, limit=3)) == 3
        assert run(store.sweep(now=NOW + 10, limit=3)) == 2
        assert run(store.find("live")) is not None
        assert run(store.find("endless")) is not None

    def test_parallel_logins_never_exceed_the_limit(self, store: Store) -> None:
        limit = Limit(3)

        def log_in(n: int) -> None:
            blocking.run(store.insert(of_user(f"h{n}", age=n), now=NOW, limit=limit))

        in_threads(log_in, 50)
        assert len(blocking.run(store.list("ada", now=NOW))) == 3

    def test_parallel_logins_of_tasks_never_exceed_the_limit(self, store: Store) -> None:
        async def log_in_at_once() -> None:
            records = [of_user(f"h{n}", age=n) for n in range(50)]
            await asyncio.gather(
                *(store.insert(record, now=NOW, limit=Limit(3)) for record in records)
            )

        asyncio.run(log_in_at_once())
        assert len(blocking.run(store.list("ada", now=NOW))) == 3

    def test_of_parallel_logins_a_limit_that_refuses_lets_in_as_many_as_it_says(
        self, store: Store
    ) -> None:
        limit, refused = Limit(3, "refuse"), list[int]()

        def log_in(n: int) -> None:
            try:
                blocking.run(store.insert(of_user(f"h{n}"), now=NOW, limit=limit))
            except TooManySessions:
                refused.append(n)

        in_threads(log_in, 50)
        assert len(refused) == 47
        assert len(blocking.run(store.list("ada", now=NOW))) == 3

    def test_event_loops_and_plain_threads_share_a_store(self, store: Store) -> None:
        def work(n: int) -> None:
            if n % 2:
                asyncio.run(store.insert(a_record(f"h{n}"), now=NOW))
            else:
                blocking.run(store.insert(a_record(f"h{n}"), now=NOW))

        in_threads(work, 20)
        assert all(blocking.run(store.find(f"h{n}")) is not None for n in range(20))

    def test_two_event_loops_that_take_turns_share_a_store(self, store: Store) -> None:
        with asyncio.Runner() as one, asyncio.Runner() as other:
            for n in range(5):
                one.run(store.insert(a_record(f"one{n}"), now=NOW))
                other.run(store.insert(a_record(f"other{n}"), now=NOW))
                assert one.run(store.find(f"other{n}")) == other.run(store.find(f"other{n}"))
                assert one.run(store.find(f"one{n}")) == a_record(f"one{n}")

    def test_a_store_that_was_closed_opens_when_it_is_used_again(
        self, store: Store, run: Driver
    ) -> None:
        run(store.insert(a_record(), now=NOW))
        store.close()
        assert run(store.find("h1")) == a_record()

    def test_closing_while_others_read_and_write_loses_no_answer(self, store: Store) -> None:
        blocking.run(store.insert(a_record("there"), now=NOW))
        answered = [0] * 6

        def work(n: int) -> None:
            if n == 0:
                for _ in range(30):
                    store.close()
                return
            for turn in range(30):
                blocking.run(store.insert(a_record(f"h{n}-{turn}"), now=NOW))
                assert blocking.run(store.find("there")) is not None
                answered[n - 1] += 1

        in_threads(work, 7)
        assert answered == [30] * 6

    def test_of_parallel_inserts_of_one_handle_exactly_one_succeeds(self, store: Store) -> None:
        inserted = []

        def insert(n: int) -> None:
            try:
                blocking.run(store.insert(a_record(data=f'{{"n":{n}}}'), now=NOW))
            except Conflict:
                return
            inserted.append(n)

        in_threads(insert, 20)
        assert len(inserted) == 1


def in_threads(work: Any, count: int) -> None:
    """Run `work(0)` to `work(count - 1)` at the same time, and raise what any of them raised."""
    problems: list[BaseException] = []
    barrier = threading.Barrier(count)

    def one(n: int) -> None:
        try:
            barrier.wait()
            work(n)
        except BaseException as problem:  # noqa: BLE001 - raised below, in the test's thread
            problems.append(problem)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
