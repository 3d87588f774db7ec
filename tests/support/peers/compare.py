"""Pillow beside another decoder. A line of JSON in, `{"jpeg", "rgba"}`, both base64: a file, and the pixels that the other
made of it. A line of JSON out: `{"size", "worst"}`: Pillow's size, and the largest difference in grey levels between the two. What Pillow warns of is an error.
"""
import base64
import io
import json
import sys
import warnings

import numpy as np
from PIL import Image

warnings.simplefilter("error")

for line in sys.stdin:
    request = json.loads(line)
    image = Image.open(io.BytesIO(base64.b64decode(request["jpeg"])))
    wanted = np.asarray(image.convert("RGB")).astype(int)
    pixels = np.frombuffer(base64.b64decode(request["rgba"]), "u1").reshape(image.height, image.width, 4)
    error = np.abs(pixels[:, :, :3] - wanted)
    verdict = {"size": image.size, "worst": int(error.max())}
    print(json.dumps(verdict), flush=True)
