"""The mail about a change of what opens an account."""

from datetime import UTC, datetime

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import N_, Language, words_in

__all__ = ["CHANGES", "account_changed"]

_FACTOR = "second-factor-added"

#: What is told, by what the record of events calls it.
CHANGES = {
    "password-changed": N_("Its password was changed."),
    "password-reset": N_("Its password was set anew, by a link that was mailed to this address."),
    _FACTOR: N_("An authenticator app was added, whose codes are asked for from now on."),
    "second-factor-removed": N_(
        "Its authenticator app was removed. No code is asked for any more."
    ),
    "recovery-codes-renewed": N_(
        "It has new recovery codes. Those of before are good for nothing."
    ),
    "linked": N_("One more provider opens it."),
    "unlinked": N_("One provider less opens it."),
}


def account_changed(
    *, language: Language, to: str, url: str, change: str, at: int, link: str, days: int
) -> Mail:
    """Return the mail.

    Args:
        language: Of whoever changed it.
        to: The address of the account.
        url: The public address of the site.
        change: Of `CHANGES`.
        at: Unix milliseconds.
        link: Opens the page that signs out whoever did it.
        days: For which that is good.
    """
    _ = words_in(language)
    when = datetime.fromtimestamp(at / 1000, UTC)
    return letter(
        to=to,
        url=url,
        subject=_("Your account at %(site)s was changed", site=site_of(url)),
        paragraphs=[
            _("Something was changed about how your account at %(site)s opens.", site=site_of(url)),
            _(CHANGES[change]),
            _("Time: %(when)s UTC", when=f"{when:%Y-%m-%d %H:%M}"),
            _("If that was you, there is nothing to do."),
            _.many(
                "If it was not you, open this link within %(count)d day: it signs out whoever "
                "did it. Then choose a new password.",
                "If it was not you, open this link within %(count)d days: it signs out whoever "
                "did it. Then choose a new password.",
                days,
            ),
            link,
            *([_help(language, url)] if change == _FACTOR else []),
        ],
    )


def _help(language: Language, url: str) -> str:
    _ = words_in(language)
    return _(
        "No mail removes an authenticator app, so that nobody who reads yours can. If it is not "
        "yours, tell whoever runs %(site)s.",
        site=site_of(url),
    )
