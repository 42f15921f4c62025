"""The mail to somebody who has an account, when their address is used for another one."""

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import Language, words_in

__all__ = ["known_address"]


def known_address(*, language: Language, to: str, url: str, link: str) -> Mail:
    """Return the mail.

    Args:
        language: Of whoever wanted to use the address.
        to: The address of the account there is.
        url: The public address of the site.
        link: Opens the page where people sign in.
    """
    _ = words_in(language)
    return letter(
        to=to,
        url=url,
        subject=_("You already have an account at %(site)s", site=site_of(url)),
        paragraphs=[
            _(
                "Somebody wanted to use this address for another account at %(site)s. It has one "
                "already, and nothing was changed.",
                site=site_of(url),
            ),
            _("If that was you, sign in here, or ask for a new password there:"),
            link,
            _("If it was not you, do nothing. Whoever it was did not learn of your account."),
        ],
    )
