"""The doctor for cookies: why is my cookie not there?"""

from dojang.doctor.explain import explain
from dojang.doctor.situation import Cors, Earlier, Exchange, Situation, Transport
from dojang.doctor.verdict import Kept, Reason, Remedy, Verdict

__all__ = [
    "Cors",
    "Earlier",
    "Exchange",
    "Kept",
    "Reason",
    "Remedy",
    "Situation",
    "Transport",
    "Verdict",
    "explain",
]
