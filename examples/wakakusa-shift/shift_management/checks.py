"""The security check list of the product, as checks that `manage.py check --deploy` runs and that can fail."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def before_a_deploy(app_configs, **kwargs):
    middleware = settings.MIDDLEWARE
    password = settings.DATABASES["default"].get("PASSWORD", "")
    rules = [
        ("E001", settings.SECRET_KEY in ("", "your-super-secret-key", "for development only"), "SECRET_KEY is not one for production"),
        ("E002", settings.DEBUG, "DEBUG is on"),
        ("E003", not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS names no hosts, or all"),
        ("E004", len(password) < 8 or password == "secure-password", "the database's password is missing or weak"),
        ("E005", not settings.SECURE_SSL_REDIRECT, "HTTPS is not enforced"),
        ("E006", "shift_management.middleware.SecurityHeadersMiddleware" not in middleware, "security headers are not set"),
        ("E007", "shift_management.middleware.RateLimitMiddleware" not in middleware, "there is no rate limit"),
        ("E008", not settings.AUDIT_LOG, "the audit log is off"),
    ]
    return [Error(text, id=f"shift_management.{number}") for number, failed, text in rules if failed]
