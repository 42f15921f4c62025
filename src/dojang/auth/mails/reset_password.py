"""The mail to somebody who forgot their password."""

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import Language, words_in

__all__ = ["reset_password"]


def reset_password(*, language: Language, to: str, url: str, link: str, minutes: int) -> Mail:
    """Return the mail.

    Args:
        language: Of whoever asked for it.
        to: The address of the account.
        url: The public address of the site.
        link: Opens the page where they choose another one.
        minutes: For which that is good.
    """
    _ = words_in(language)
    return letter(
        to=to,
        url=url,
        subject=_("Choose a new password for %(site)s", site=site_of(url)),
        paragraphs=[
            _("Somebody asked for a new password for your account at %(site)s.", site=site_of(url)),
            _(
                "If that was you, open this link within %(minutes)d minutes and choose one:",
                minutes=minutes,
            ),
            link,
            _("If it was not you, do nothing. Your password stays as it is."),
        ],
    )
