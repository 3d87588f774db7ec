"""Answers one line of JSON for each {path}: what numpy or Pillow read in a file, as shape, type and the bytes of the numbers."""

import hashlib
import json
import sys

import numpy
from PIL import Image

print("ready", flush=True)
for line in sys.stdin:
    path = json.loads(line)["path"]
    if path.endswith(".npy"):
        array = numpy.load(path)
        mode = ""
    else:
        with Image.open(path) as picture:
            picture.load()
            mode = picture.mode
            array = numpy.asarray(picture)
    answer = {
        "shape": array.shape,
        "dtype": array.dtype.str,
        "mode": mode,
        "sha256": hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest(),
        "least": float(array.min()),
        "most": float(array.max()),
    }
    print(json.dumps(answer), flush=True)
