"""p4p (pvxs stack) as a client. Lines of JSON in, one line of JSON out each:

`{"op": "make", "type", "colour", "n"}`: the bytes of that test picture, base64.
`{"op": "equal", "pv", "type", "colour", "n"}`: gets an image; is it that picture, in numpy's eyes?
`{"op": "get", "pv", "request"}`: the value as JSON, and the names of the fields that the server marked.
`{"op": "put", "pv", "value"}`: null, or what the server said against it.
`{"op": "call", "pv", "query"}`: what the service answers.
`{"op": "monitor", "pv", "request", "count"}`: of so many updates the fields marked, uniqueId and SHA-256 of the pixels.
"""
import base64
import hashlib
import json
import queue
import sys

import numpy as np
from p4p.client.thread import Context, RemoteError
from p4p.nt import NTURI

from images import make

unwrapped = Context("pva")
plain = Context("pva", nt=False)
TIMEOUT = 5


def equal(question):
    got = unwrapped.get(question["pv"], timeout=TIMEOUT)
    want = make(question["type"], question["colour"], question["n"])
    return bool(got.dtype == want.dtype and np.array_equal(got, want))


def get(question):
    value = plain.get(question["pv"], request=question.get("request"), timeout=TIMEOUT)
    return {"value": value.todict(), "marked": sorted(value.changedSet())}


def put(question):
    try:
        plain.put(question["pv"], question["value"], timeout=TIMEOUT)
    except RemoteError as error:
        return str(error)


def call(question):
    query = question["query"]
    argument = NTURI([(name, "s") for name in query]).wrap(question["pv"], kws=query)
    return plain.rpc(question["pv"], argument, timeout=TIMEOUT).todict()


def monitor(question):
    updates = queue.Queue()
    subscription = plain.monitor(question["pv"], updates.put, request=question.get("request"))
    try:
        return [told(updates.get(timeout=TIMEOUT)) for _ in range(question["count"])]
    finally:
        subscription.close()


def told(value):
    marked = sorted(value.changedSet())
    if "value" not in marked or not isinstance(value["value"], np.ndarray):
        return {"marked": marked, "uniqueId": value.get("uniqueId")}
    digest = hashlib.sha256(value["value"].tobytes()).hexdigest()
    return {"marked": marked, "uniqueId": value["uniqueId"], "sha256": digest}


def made(question):
    return base64.b64encode(make(question["type"], question["colour"], question["n"]).tobytes()).decode()


answers = {"make": made, "equal": equal, "get": get, "put": put, "call": call, "monitor": monitor}
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(answers[asked["op"]](asked)), flush=True)
