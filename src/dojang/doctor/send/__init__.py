"""What keeps a stored cookie from being sent: the checks S0, S6, S19, S22, S23 and X1 to X10."""

from collections.abc import Callable

from dojang.doctor.finding import Case, Finding
from dojang.doctor.send import departure, jar_state, partition, reach, same_site

__all__ = ["CHECKS"]

CHECKS: tuple[Callable[[Case], Finding | None], ...] = (
    departure.is_asked_by_a_browser,
    departure.is_asked_for,
    departure.is_let_through,
    departure.lives_on,
    jar_state.is_not_evicted,
    jar_state.has_no_double,
    jar_state.deletes_what_is_there,
    reach.is_of_this_host,
    reach.is_of_this_path,
    reach.is_on_https,
    reach.goes_with_credentials,
    same_site.is_asked_by_its_own_site,
    same_site.needs_none,
    partition.is_of_this_partition,
    reach.is_looked_for_where_it_is,
)
