"""Who users of Django are at providers; the users themselves are those of `django.contrib.auth`."""

from django.conf import settings
from django.db import models


class WayIn(models.Model):
    """One identity, which opens one user."""

    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ways_in")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["issuer", "subject"], name="one_user"),)

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"
