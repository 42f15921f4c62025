"""Many requests at once, of which three in ten are cancelled at a random moment.

Whoever was answered before their moment was not cancelled: somebody after them is, in their stead.
"""

import asyncio
import random
from dataclasses import dataclass

from dojang.session.record import Record
from dojang.stores.whole import WholeStore
from dojang.testing.store_contract import NOW, a_record

__all__ = ["Seen", "storm"]

#: Sessions, and requests under way at once.
PEOPLE, AT_ONCE = 500, 100


@dataclass
class Seen:
    """What became of the requests.

    Attributes:
        own: Answered, with what they had asked for.
        foreign: Answered with anything else.
        cancelled: Before they were answered.
        wanted: So many should have been.
    """

    wanted: int
    own: int = 0
    foreign: int = 0
    cancelled: int = 0

    @property
    def is_real(self) -> bool:
        """Whether three in ten were cancelled, but for those that the last of them left owing."""
        return self.wanted - AT_ONCE <= self.cancelled <= self.wanted

    def judge(self, right: bool) -> None:
        self.own += right
        self.foreign += not right


async def storm(store: WholeStore, requests: int) -> Seen:
    """Ask for sessions, and count events, and ask for everything once more in the end."""
    await asyncio.gather(*(store.insert(of(n), now=NOW) for n in range(PEOPLE)))
    seen, chance = Seen(wanted=requests * 3 // 10), random.Random(7)
    loop, took = asyncio.get_running_loop(), 0.0
    for turn in range(1, requests // AT_ONCE + 1):
        owing = turn * AT_ONCE * 3 // 10 - seen.cancelled
        began = loop.time()
        tasks = [asyncio.ensure_future(ask(store, chance, seen)) for _ in range(AT_ONCE)]
        for task in chance.sample(tasks, min(owing, AT_ONCE)):
            loop.call_later(chance.random() * took, task.cancel)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(one) for one in outcomes} <= {type(None), asyncio.CancelledError}
        took = loop.time() - began
        seen.cancelled += sum(isinstance(one, asyncio.CancelledError) for one in outcomes)
    for n in range(PEOPLE):
        seen.judge(await store.find(f"h{n}") == of(n))
    assert seen.own + seen.foreign + seen.cancelled == requests // AT_ONCE * AT_ONCE + PEOPLE
    return seen


async def ask(store: WholeStore, chance: random.Random, seen: Seen) -> None:
    n = chance.randrange(PEOPLE)
    if n % 10:
        seen.judge(await store.find(f"h{n}") == of(n))
    else:
        # A key of its own, so that the answer is known.
        hit = await store.hit(f"k{chance.random()}", limit=1, window=60_000, now=NOW + n)
        seen.judge(hit.allowed and hit.count == 1)


def of(n: int) -> Record:
    return a_record(f"h{n}", user=f"u{n}", data=f'{{"n":{n}}}')
