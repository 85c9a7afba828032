"""Upkeep of the database, as the product's guide calls it."""

from django.db import connection


class DatabaseOptimization:
    """Indexes are in the models and come with migrations; what is left is to renew what the planner knows."""

    tables = ("shift_management_shift", "shift_management_staff")

    @classmethod
    def analyse(cls) -> None:
        with connection.cursor() as cursor:
            for table in cls.tables:
                cursor.execute(f"ANALYZE TABLE {table}" if connection.vendor == "mysql" else f"ANALYZE {table}")
                cursor.fetchall() if cursor.description else None
