"""Codes of an authenticator: six digits that are good for half a minute."""

import base64
import re
from dataclasses import dataclass, field

from pyotp import TOTP

from dojang.wire import entropy

__all__ = ["DRIFT", "STEP", "Authenticator"]

#: Seconds of one code. Source: RFC 6238 section 5.2.
STEP = 30

#: Codes before and after the one of now that are taken too: clocks are wrong, people are slow.
DRIFT = 1

_CODE = re.compile(r"[0-9]{6}")
_SECRET = 20  # bytes. Source: RFC 4226 section 4, requirement R6


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What somebody's app and the server both know.

    Attributes:
        secret: 32 characters of base32, for people who type it.
    """

    secret: str = field(
        default_factory=lambda: base64.b32encode(entropy.random_bytes(_SECRET)).decode("ascii"),
        repr=False,
    )

    def step(self, code: str, *, now: int, after: int) -> int | None:
        """Return the step that a code is of; None for one that is wrong, too old, or was used.

        Args:
            code: Six ASCII digits; any text is safe to pass.
            now: Unix milliseconds.
            after: The last step that was used: it and those before it are good no more.

        Source: RFC 6238 section 5.2.
        """
        if not _CODE.fullmatch(code):
            return None
        totp, here = TOTP(self.secret), now // 1000 // STEP
        steps = range(max(0, here - DRIFT), here + DRIFT + 1)
        # All are compared, so that the time it takes says nothing about which one it is.
        right = [step for step in steps if totp.verify(code, for_time=step * STEP)]
        return next((step for step in right if step > after), None)

    def code(self, *, now: int) -> str:
        """Return the code of now.

        Args:
            now: Unix milliseconds.
        """
        return TOTP(self.secret).at(now // 1000)

    def address(self, *, account: str, issuer: str) -> str:
        """Return what a QR code tells an app: `otpauth://totp/...`.

        Args:
            account: Shown in the app: an e-mail address, or a user name.
            issuer: Shown in the app: the name of the site.

        Source: google-authenticator wiki, "Key Uri Format".
        """
        # A colon divides the two in the label, and apps read it however it is spelled.
        name, site = account.replace(":", " "), issuer.replace(":", " ")
        return TOTP(self.secret).provisioning_uri(name=name, issuer_name=site)
