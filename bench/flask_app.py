"""The least a Flask app can do: it echoes a POST, and says which slot it is."""

import os

from flask import Flask, Response, request

slot = os.environ["SLOT"]
app = Flask(__name__, static_folder=None)


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def answer(path):
    body = request.get_data() if request.method == "POST" else f"{slot}\n"
    return Response(body, headers={"X-Slot": slot})
