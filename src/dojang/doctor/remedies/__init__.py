"""What to write instead, as lines one can paste."""

from dojang.doctor.remedies.around import (
    cors,
    credentials,
    crossorigin,
    forward_auth,
    hand_on_cookies,
    same_origin,
    trust_proxy,
)
from dojang.doctor.remedies.elsewhere import ask_again, one_by_one, read_it, server_sessions
from dojang.doctor.remedies.setting import attributes, deletion, lifetime
from dojang.doctor.remedies.signing_in import hand_off, hand_over, one_host, one_state

__all__ = [
    "ask_again",
    "attributes",
    "cors",
    "credentials",
    "crossorigin",
    "deletion",
    "forward_auth",
    "hand_off",
    "hand_on_cookies",
    "hand_over",
    "lifetime",
    "one_by_one",
    "one_host",
    "one_state",
    "read_it",
    "same_origin",
    "server_sessions",
    "trust_proxy",
]
