#!/usr/bin/env python
"""Django's commands with the settings of production."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings.production")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
