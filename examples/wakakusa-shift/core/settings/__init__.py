"""base.py for all, development.py and production.py for one each."""
