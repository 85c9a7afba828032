from django.apps import AppConfig


class ShiftManagementConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "shift_management"

    def ready(self) -> None:
        from . import audit, checks  # noqa: F401
