"""Who did what: log-ins, log-outs, changes."""

import logging

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

log = logging.getLogger("audit")


@receiver(user_logged_in)
def logged_in(sender, request, user, **kwargs):
    log.info("login user=%s", user.get_username())


@receiver(user_logged_out)
def logged_out(sender, request, user, **kwargs):
    log.info("logout user=%s", user.get_username() if user else "-")


@receiver(user_login_failed)
def login_failed(sender, credentials, **kwargs):
    log.info("login failed user=%r", credentials.get("username", ""))
