"""pvapy (old C++ stack) as a client; it finds its servers by UDP. Lines of JSON in, one line of JSON out each; the questions
`equal`, `get`, `put` and `monitor` of p4p_client.py (nothing is told of the fields marked, which pvapy keeps to itself).
"""
import hashlib
import json
import queue
import sys

import numpy as np
import pvaccess as pva

from images import make

TIMEOUT = 5


def pixels(image):
    (array,) = image["value"][0].values()
    return np.asarray(array)


def shape(image):
    return [dimension["size"] for dimension in reversed(image["dimension"])]


def equal(question):
    image = pva.Channel(question["pv"]).get("field()")
    want = make(question["type"], question["colour"], question["n"])
    got = pixels(image)
    return bool(got.dtype == want.dtype and np.array_equal(got.reshape(shape(image)), want))


def get(question):
    return {"value": pva.Channel(question["pv"]).get(question.get("request", "field()")).toDict()}


def put(question):
    try:
        pva.Channel(question["pv"]).put(question["value"])
    except pva.PvaException as error:
        return str(error)


def monitor(question):
    updates = queue.Queue()
    channel = pva.Channel(question["pv"])
    channel.subscribe("here", lambda value: updates.put(told(value)))
    channel.startMonitor(question.get("request", "field()"))
    try:
        return [updates.get(timeout=TIMEOUT) for _ in range(question["count"])]
    finally:
        channel.stopMonitor()


def told(image):
    return {"uniqueId": image["uniqueId"], "sha256": hashlib.sha256(pixels(image).tobytes()).hexdigest()}


answers = {"equal": equal, "get": get, "put": put, "monitor": monitor}
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(answers[asked["op"]](asked)), flush=True)
