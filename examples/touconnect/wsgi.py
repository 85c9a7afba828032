"""What gunicorn loads."""

from app_simple import create_app

app = create_app()
