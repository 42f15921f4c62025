"""Who comes in, and how: passwords by Django's hashers, and GitHub."""

import os

from django.conf import settings

from dojang.adapters.django import sessions
from dojang.adapters.django.passwords import DjangoHasher
from dojang.auth import OwnUsers, Throttle
from dojang.auth.providers import Attempts, Credentials, Linking, RelyingParty, SignInWith, github
from people.users import Users

store = sessions().strategy.shared
hub = github().at(os.environ["GITHUB"]) if "GITHUB" in os.environ else github()

throttle = Throttle.beside(sessions())
passwords = OwnUsers(Users(), throttle, hasher=DjangoHasher())
providers = SignInWith(
    [RelyingParty(hub, Credentials(**settings.GITHUB))],
    attempts=Attempts(store, secret=settings.SECRET_KEY, cookie=sessions().cookie),
    linking=Linking(users=Users()),
    throttle=throttle,
)
