"""The mail that proves whose an address is."""

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import Language, words_in

__all__ = ["verify_address"]


def verify_address(*, language: Language, to: str, url: str, link: str, minutes: int) -> Mail:
    """Return the mail.

    Args:
        language: Of whoever asked for it.
        to: The address that is to be proven.
        url: The public address of the site.
        link: Opens the page that verifies it.
        minutes: For which that is good.
    """
    _ = words_in(language)
    return letter(
        to=to,
        url=url,
        subject=_("Verify your e-mail address at %(site)s", site=site_of(url)),
        paragraphs=[
            _("This address was entered for an account at %(site)s.", site=site_of(url)),
            _(
                "If that was you, open this link within %(minutes)d minutes to verify it:",
                minutes=minutes,
            ),
            link,
            _("If it was not you, do nothing. The address stays unverified."),
        ],
    )
