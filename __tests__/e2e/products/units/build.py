"""Stands for collectstatic: makes files on the host, with the release's variables."""

import os
import shutil

shutil.copytree("static", "built", dirs_exist_ok=True)
with open("built/version.txt", "w", encoding="utf-8") as file:
    file.write(f"{os.environ['KAWASEMI_VERSION']} {os.environ['SECRET']}")
