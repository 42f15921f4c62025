"""The mail to the address that an account had until now."""

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import Language, words_in

__all__ = ["address_changed"]


def address_changed(*, language: Language, to: str, url: str, link: str | None, days: int) -> Mail:
    """Return the mail. The new address is not in it: that is the business of its owner.

    Args:
        language: Of whoever changed it.
        to: The address until now.
        url: The public address of the site.
        link: Opens the page that puts this address back; None where nobody has shown that it was
            theirs, to whom it would open the account.
        days: For which that is good.
    """
    _ = words_in(language)
    return letter(
        to=to,
        url=url,
        subject=_("The e-mail address of your account at %(site)s was changed", site=site_of(url)),
        paragraphs=[
            _(
                "Your account at %(site)s has another e-mail address from now on. Nothing more is "
                "sent to this one.",
                site=site_of(url),
            ),
            _("If that was you, there is nothing to do."),
            *_undoing(language, url, link, days),
        ],
    )


def _undoing(language: Language, url: str, link: str | None, days: int) -> list[str]:
    _ = words_in(language)
    if link is None:
        return [_("If it was not you, tell whoever runs %(site)s.", site=site_of(url))]
    return [
        _.many(
            "If it was not you, open this link within %(count)d day: it puts this address "
            "back and signs out all devices. Then choose a new password.",
            "If it was not you, open this link within %(count)d days: it puts this address "
            "back and signs out all devices. Then choose a new password.",
            days,
        ),
        link,
    ]
