"""What is old and still comes, beside the numbers of the server."""

from collections.abc import Iterable, Mapping

from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from dojang.strategies.sightings import Sightings

__all__ = ["WithCirculation"]


class WithCirculation(Collector):
    """Shows other numbers, and what all processes saw of old sessions."""

    def __init__(self, others: Collector, seen: Mapping[str, Sightings]) -> None:
        """Take both.

        Args:
            others: Shown first.
            seen: What `Circulation.everywhere` returned.
        """
        self._others = others
        self._seen = seen

    def collect(self) -> Iterable[Metric]:
        """Return all of them."""
        yield from self._others.collect()
        old = CounterMetricFamily(
            "dojang_old_sessions",
            "Sessions of another kind, or of a retired secret, that were made anew, by kind.",
            labels=["kind"],
        )
        for kind, sightings in self._seen.items():
            old.add_metric([kind], sum(sightings.days.values()))
        yield old
