"""`make bench`: interleaved rounds, medians, and a table of ratios."""

import statistics
import sys
import time
from collections.abc import Callable

from bench import asgi, seals

ROUNDS = 9
SLICE_SECONDS = 0.05

Work = Callable[[], object]


def main() -> int:
    """Measure every class of work and print it."""
    for title, peers in [*seals.classes(), *asgi.classes()]:
        sys.stdout.write(f"\n{title}\n")
        medians = measure(peers)
        yardstick = next(reversed(medians.values()))
        for name, (microseconds, spread) in medians.items():
            ratio = microseconds / yardstick[0]
            sys.stdout.write(f"  {name:<44}{microseconds:9.2f} us  +-{spread:4.0%}{ratio:8.2f}x\n")
    return 0


def measure(peers: dict[str, Work]) -> dict[str, tuple[float, float]]:
    """Return the median microseconds of each peer, and how far half of its rounds are from it."""
    samples: dict[str, list[float]] = {name: [] for name in peers}
    for work in peers.values():
        one_slice(work)
    for _ in range(ROUNDS):
        # Round by round, so that whatever else the machine does falls on all of them.
        for name, work in peers.items():
            samples[name].append(one_slice(work))
    return {name: summary(values) for name, values in samples.items()}


def one_slice(work: Work) -> float:
    """Return microseconds per call over one slice of time."""
    calls, start = 0, time.perf_counter()
    end = start + SLICE_SECONDS
    while (now := time.perf_counter()) < end:
        for _ in range(20):
            work()
        calls += 20
    return (now - start) / max(calls, 1) * 1e6


def summary(values: list[float]) -> tuple[float, float]:
    """Return the median, and the half width of the middle half as a share of it."""
    low, median, high = statistics.quantiles(values, n=4)
    return median, (high - low) / 2 / median


if __name__ == "__main__":
    sys.exit(main())
