"""Pillow's verdict on JPEGs. A line of JSON in, `{"type", "colour", "jpeg": base64}`; a line of JSON out,
`{"frame", "meanError", "size", "mode"}`: the frame number read from the picture, and the mean difference in grey levels
from that frame as the camera sent it, after the documented range (uint8 0..255, all others data min..max) is applied.
"""
import base64
import io
import json
import sys

import numpy as np
from PIL import Image

from images import BITS, make, planes_of


def number(grey):
    return sum(1 << bit for bit in range(BITS) if grey[8, bit * 16 + 8] > 127)


def expected(kind, colour, n):
    planes = planes_of(make(kind, colour, n), colour).astype(float)
    if kind == "uint8":
        return planes
    return (planes - planes.min()) * (255 / (planes.max() - planes.min()))


for line in sys.stdin:
    request = json.loads(line)
    image = Image.open(io.BytesIO(base64.b64decode(request["jpeg"])))
    image.load()
    frame = number(np.asarray(image.convert("L")))
    got = np.asarray(image).astype(float)
    got = got[None] if got.ndim == 2 else np.moveaxis(got, 2, 0)
    want = expected(request["type"], request["colour"], frame)
    error = float(np.abs(got - want).mean()) if got.shape == want.shape else 255.0
    print(json.dumps({"frame": frame, "meanError": error, "size": image.size, "mode": image.mode}), flush=True)
