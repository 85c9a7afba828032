from django.core.management.base import BaseCommand

from shift_management.utils.cache import DatabaseOptimization


class Command(BaseCommand):
    help = "Renews what the database's planner knows of the tables."

    def handle(self, *args, **options) -> None:
        DatabaseOptimization.analyse()
        self.stdout.write("optimised")
