"""The mails that people get, each a function of what it says.

Nothing that a stranger typed is in one, so that nobody can make us say something.
"""

from dojang.auth.mails.account_changed import account_changed
from dojang.auth.mails.address_changed import address_changed
from dojang.auth.mails.known_address import known_address
from dojang.auth.mails.new_device import new_device
from dojang.auth.mails.reset_password import reset_password
from dojang.auth.mails.sign_in_code import sign_in_code
from dojang.auth.mails.sign_in_link import sign_in_link
from dojang.auth.mails.verify_address import verify_address

__all__ = [
    "account_changed",
    "address_changed",
    "known_address",
    "new_device",
    "reset_password",
    "sign_in_code",
    "sign_in_link",
    "verify_address",
]
