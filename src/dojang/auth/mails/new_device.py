"""The mail about a device that an account was not signed in on before."""

import re
from datetime import UTC, datetime

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import Language, words_in

__all__ = ["new_device"]

#: All but letters, digits and blanks: nothing in the name of a device becomes a link.
_SIGNS = re.compile(r"[^\w ]+")

_LONGEST = 60  # characters


def new_device(
    *,
    language: Language,
    to: str,
    url: str,
    device: str,
    address: str,
    at: int,
    link: str,
    days: int,
) -> Mail:
    """Return the mail.

    Args:
        language: Of whoever signed in.
        to: The address of the account.
        url: The public address of the site.
        device: What it calls itself, as `Chrome on macOS`; any text is safe to pass.
        address: Where it came from, as a proxy that is believed has it; may be empty.
        at: Unix milliseconds.
        link: Opens the page that ends that session.
        days: For which that is good.
    """
    _ = words_in(language)
    when = datetime.fromtimestamp(at / 1000, UTC)
    return letter(
        to=to,
        url=url,
        subject=_("New sign-in to your account at %(site)s", site=site_of(url)),
        paragraphs=[
            _(
                "Somebody signed in to your account at %(site)s on a device that was not used "
                "for it before.",
                site=site_of(url),
            ),
            _("Device: %(device)s", device=_SIGNS.sub(" ", device)[:_LONGEST]),
            _("Time: %(when)s UTC", when=f"{when:%Y-%m-%d %H:%M}"),
            *([_("Address: %(address)s", address=address)] if address else []),
            _("If that was you, there is nothing to do."),
            _.many(
                "If it was not you, open this link within %(count)d day: it signs that device "
                "out. Then choose a new password.",
                "If it was not you, open this link within %(count)d days: it signs that device "
                "out. Then choose a new password.",
                days,
            ),
            link,
        ],
    )
