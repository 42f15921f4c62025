"""A refresh token is good once, for whoever races; and a copy of it gives itself away."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, Rejected, Reused, Unavailable
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.tokens import Tokens
from tests.conftest import SECRET
from tests.counts import scaled
from tests.tokens.kit import GRACE, begin, process, refresh, why, why_access

DAY = 24 * 3600


def test_a_use_gives_a_new_pair_and_the_same_device_goes_on(open_store: Any, clock: Clock) -> None:
    tokens = process(open_store(), clock)
    first = begin(tokens)
    clock.tick(600)
    second = refresh(tokens, first.refresh)
    assert (second.handle, second.refresh_expires) == (first.handle, first.refresh_expires)
    assert second.refresh != first.refresh
    assert why_access(tokens, first.access) == "expired"
    assert why_access(tokens, second.access) == "ada"
    (device,) = blocking.run(tokens.list("ada"))
    assert (device.handle, device.seen.timestamp()) == (first.handle, clock() / 1000)


def test_within_the_grace_every_use_gets_the_same_successor(open_store: Any, clock: Clock) -> None:
    here, there = process(open_store(), clock), process(open_store(), clock)
    first = begin(here)
    second = refresh(here, first.refresh)
    clock.tick(GRACE - 0.001)
    assert refresh(there, first.refresh).refresh == second.refresh
    assert refresh(here, first.refresh).refresh == second.refresh
    assert (here.tally.rotated, here.tally.raced, there.tally.raced) == (1, 1, 1)


def test_a_late_racer_gets_what_lives_and_not_a_token_that_was_used_up_meanwhile(
    open_store: Any, clock: Clock
) -> None:
    tokens = process(open_store(), clock)
    first = begin(tokens)
    second = refresh(tokens, first.refresh)
    clock.tick(10)
    third = refresh(tokens, second.refresh)
    clock.tick(10)
    assert refresh(tokens, first.refresh).refresh == third.refresh


def test_a_reuse_ends_its_family_within_the_same_request_and_no_other(
    open_store: Any, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = process(open_store(), clock)
    first, other = begin(tokens), begin(tokens)
    second = refresh(tokens, first.refresh)
    clock.tick(GRACE)
    assert why(tokens, first.refresh) == "reused"
    assert why(tokens, second.refresh) == "revoked"
    assert why_access(tokens, second.access) == "revoked"
    assert why(tokens, first.refresh) == "revoked"
    assert why(tokens, other.refresh) == "refreshed"
    assert tokens.tally.reused == 1
    logged = [record for record in caplog.records if record.name == "dojang.tokens"]
    (line,) = [record.getMessage() for record in logged]
    assert line == f"refresh-token-reused family={first.handle} user=ada"
    assert not any(part in line for part in first.refresh.split(".")[2:])


def test_a_reuse_is_shown_to_the_user(open_store: Any, clock: Clock) -> None:
    tokens = process(open_store(), clock)
    first = begin(tokens)
    refresh(tokens, first.refresh)
    clock.tick(GRACE)
    assert why(tokens, first.refresh) == "reused"
    (device,) = blocking.run(tokens.list("ada"))
    assert device.reused is not None
    assert device.reused.timestamp() == clock() / 1000


def test_rotating_never_extends_the_absolute_end(open_store: Any, clock: Clock) -> None:
    tokens = process(open_store(), clock, absolute=DAY, life=3600)
    pair, end = begin(tokens), clock() + DAY * 1000
    for _ in range(23):
        clock.tick(3600)
        pair = refresh(tokens, pair.refresh)
        assert pair.refresh_expires == end
    clock.tick(3599)
    pair = refresh(tokens, pair.refresh)
    assert pair.expires == end
    clock.tick(1)
    assert why(tokens, pair.refresh) == "unknown"
    assert why_access(tokens, pair.access) == "expired"


def test_a_device_that_was_signed_out_stays_out_within_the_grace_too(
    open_store: Any, clock: Clock
) -> None:
    """better-auth #11073: an in-flight refresh made a revoked session anew."""
    tokens = process(open_store(), clock)
    first = begin(tokens)
    second = refresh(tokens, first.refresh)
    assert blocking.run(tokens.end(first.handle)) is True
    assert [why(tokens, pair.refresh) for pair in (first, second)] == ["unknown", "unknown"]
    assert blocking.run(tokens.end(first.handle)) is False


def test_signing_out_everywhere_reaches_every_refresh_token_in_every_process(
    open_store: Any, clock: Clock
) -> None:
    here, there = process(open_store(), clock), process(open_store(), clock)
    pairs, eve = [begin(here), begin(there)], begin(here, "eve")
    raced = refresh(there, pairs[0].refresh)
    clock.tick(1)
    assert blocking.run(here.end_all("ada")) == 2
    for pair in [*pairs, raced]:
        assert why(there, pair.refresh) in {"unknown", "revoked"}
        assert why_access(here, pair.access) == "revoked"
    clock.tick(1)
    assert {why_access(there, pair.access) for pair in [*pairs, raced]} == {"revoked"}
    assert (why(there, eve.refresh), why_access(there, eve.access)) == ("refreshed", "eve")
    assert why(there, begin(there).refresh) == "refreshed"


def test_a_login_that_began_before_everything_was_ended_gets_no_pair(
    open_store: Any, clock: Clock
) -> None:
    """A password reset while the old password is being checked."""
    tokens = process(open_store(), clock)
    began = clock()
    clock.tick(1)
    blocking.run(tokens.end_all("ada"))
    with pytest.raises(Rejected) as caught:
        blocking.run(tokens.begin("ada", at=began))
    assert caught.value.code == "revoked"
    assert blocking.run(tokens.list("ada")) == []


def test_of_the_devices_of_a_user_one_may_stay(open_store: Any, clock: Clock) -> None:
    tokens = process(open_store(), clock)
    mine, other = begin(tokens), begin(tokens)
    clock.tick(1)
    assert blocking.run(tokens.end_all("ada", but=mine.handle)) == 1
    assert why_access(tokens, mine.access) == "ada"
    assert (why(tokens, mine.refresh), why(tokens, other.refresh)) == ("refreshed", "unknown")


def test_rotation_survives_a_restart(open_store: Any, clock: Clock) -> None:
    """better-auth GHSA-392p-2q2v-4372, Keycloak CVE-2026-9802: a used token good again."""
    before = process(open_store(), clock)
    first = begin(before)
    second = refresh(before, first.refresh)
    clock.tick(GRACE)
    after = process(open_store(), clock)
    assert why(after, first.refresh) == "reused"
    assert why(after, second.refresh) == "revoked"


class CrashingOnce(MemoryStore):
    """Loses the answer to a write that was done, as a process does that is killed."""

    crashing = False

    async def put(self, *arguments: Any, **options: Any) -> bool:
        done = await super().put(*arguments, **options)
        if self.crashing:
            self.crashing = False
            raise Unavailable("killed after the step and before the answer")
        return done


def test_a_crash_between_consuming_and_answering_leaves_a_retry_that_works(clock: Clock) -> None:
    store = CrashingOnce()
    tokens = process(store, clock)
    first = begin(tokens)
    store.crashing = True
    with pytest.raises(Unavailable):
        refresh(tokens, first.refresh)
    clock.tick(5)
    second = refresh(tokens, first.refresh)
    clock.tick(60)
    assert why(tokens, second.refresh) == "refreshed"


def test_a_new_secret_in_front_signs_nobody_out_and_a_retired_one_does(
    open_store: Any, clock: Clock
) -> None:
    store = open_store()
    old = process(store, clock)
    new = process(store, clock, secret=["n" * 31 + "1", SECRET])
    alone = process(store, clock, secret="n" * 31 + "1")
    first = begin(old)
    second = refresh(old, first.refresh)
    assert refresh(new, first.refresh).refresh.split(".")[:3] == second.refresh.split(".")[:3]
    assert why(alone, second.refresh) == "bad-signature"
    third = refresh(new, second.refresh)
    assert why(alone, second.refresh) == "bad-signature"
    assert why(alone, third.refresh) == "refreshed"


def test_nothing_is_asked_for_a_token_that_no_key_made(clock: Clock) -> None:
    class Silent(MemoryStore):
        async def document(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("asked")

    tokens = process(Silent(), clock)
    other = begin(process(MemoryStore(), clock, secret="o" * 31 + "1"))
    for text in ("", "drt.x", other.refresh, other.access, "é" * 93):
        with pytest.raises(Rejected):
            refresh(tokens, text)


def test_no_token_is_in_the_store(clock: Clock) -> None:
    store = MemoryStore()
    tokens = process(store, clock)
    pair = begin(tokens)
    for _ in range(5):
        pair = refresh(tokens, pair.refresh)
        _, family, secret, tag = pair.refresh.split(".")
        kept = repr(vars(store))
        assert family in kept
        assert secret not in kept
        assert tag not in kept


@pytest.mark.parametrize("options", [{"life": 0}, {"absolute": -1}, {"grace": -1}])
def test_times_that_mean_nothing_are_refused(options: dict[str, int], clock: Clock) -> None:
    with pytest.raises(Misuse, match="above 0"):
        process(MemoryStore(), clock, **options)


def test_64_parallel_uses_of_one_token_get_one_successor_and_then_a_reuse_ends_it(
    open_store: Any, clock: Clock
) -> None:
    store = open_store()
    tokens = process(store, clock)
    others = process(open_store(), clock)
    with loops(2) as threads:
        for _ in range(scaled(1_000)):
            storm(tokens, others, clock, threads)
    total = scaled(1_000)
    assert tokens.tally.rotated + others.tally.rotated == 2 * total
    assert tokens.tally.reused + others.tally.reused == total


Loop = tuple[ThreadPoolExecutor, asyncio.Runner]


@contextmanager
def loops(count: int) -> Iterator[list[Loop]]:
    """Event loops that run in threads of their own and know nothing of each other."""
    running = [(ThreadPoolExecutor(1), asyncio.Runner()) for _ in range(count)]
    yield running
    for thread, runner in running:
        thread.submit(runner.close).result()
        thread.shutdown()


def storm(tokens: Tokens, others: Tokens, clock: Clock, threads: Sequence[Loop]) -> None:
    """One round: as many uses in each loop as together are 64."""
    first = begin(tokens)

    async def use_at_once(mine: Tokens) -> list[str]:
        pairs = await asyncio.gather(*(mine.refresh(first.refresh) for _ in range(32)))
        return [pair.refresh for pair in pairs]

    racing = [
        thread.submit(lambda r=runner, m=mine: r.run(use_at_once(m)))  # type: ignore[misc]
        for mine, (thread, runner) in zip((tokens, others), threads, strict=True)
    ]
    got: list[str] = [token for future in racing for token in future.result()]
    assert len(got) == 64
    assert len(set(got)) == 1
    second = refresh(tokens, got[0])
    clock.tick(GRACE)
    with pytest.raises(Reused):
        refresh(others, first.refresh)
    assert why(tokens, second.refresh) == "revoked"
    assert why_access(others, second.access) == "revoked"
