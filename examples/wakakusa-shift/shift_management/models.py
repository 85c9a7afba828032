from django.db import models


class Staff(models.Model):
    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["is_active"], name="idx_staff_active")]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    date = models.DateField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        indexes = [
            models.Index(fields=["date", "staff"], name="idx_shift_date_staff"),
            models.Index(fields=["date"], name="idx_shift_date_range"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.staff}"
