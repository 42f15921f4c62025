"""What keeps a cookie from being stored: the checks S0 to S21, in the order of browsers."""

from collections.abc import Callable

from dojang.doctor.finding import Case, Finding
from dojang.doctor.store import arrival, credentials, domain, embedding, prefix, secure, shape

__all__ = ["CHECKS"]

CHECKS: tuple[Callable[[Case], Finding | None], ...] = (
    arrival.arrives,
    arrival.knows_its_scheme,
    arrival.is_asked_for,
    shape.has_no_control_character,
    shape.is_one_cookie,
    shape.is_small,
    shape.has_short_attributes,
    shape.is_something,
    shape.lives,
    shape.has_a_life,
    shape.lives_as_long_as_it_asks,
    domain.has_a_host_as_domain,
    domain.is_of_its_host,
    domain.is_nobodys_domain,
    domain.names_this_machine,
    domain.is_of_this_machine,
    secure.is_secure_where_it_says_so,
    secure.leaves_secure_alone,
    secure.is_secure_for_none,
    embedding.may_be_set_from_there,
    embedding.has_a_known_same_site,
    prefix.keeps_its_prefix,
    secure.is_secure_for_partitioned,
    credentials.has_credentials,
    arrival.is_let_through,
    arrival.is_read_by_its_page,
    embedding.is_kept_when_embedded,
    embedding.is_partitioned_everywhere,
    embedding.is_the_scripts_business,
)
