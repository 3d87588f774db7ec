"""Pillow (libjpeg-turbo) judging JPEGs for jpeg-foreign.test.ts: a case as JSON a line in, a verdict a line out.

A case: jpeg, samples (base64), width, height, channels, quality, subsampling (2 is 4:2:0, 1 is 4:2:2, 0 is 4:4:4).
A verdict: bytes and peak signal-to-noise ratio (dB) of the file and of Pillow's own of the same samples, whether all
decoded pixels of the two are equal, and what the file says: comment, dpi.
"""

import base64
import io
import json
import sys
import warnings

import numpy
from PIL import Image

warnings.simplefilter("error")


def decode(file: bytes, channels: int) -> tuple[numpy.ndarray, dict]:
    image = Image.open(io.BytesIO(file))
    image.load()
    assert image.mode == ("L" if channels == 1 else "RGB"), image.mode
    return numpy.asarray(image).reshape(image.height, image.width, channels), image.info


def psnr(pixels: numpy.ndarray, wanted: numpy.ndarray) -> float:
    error = numpy.mean((pixels.astype("f8") - wanted) ** 2)
    return 99.0 if error == 0 else float(10 * numpy.log10(255 * 255 / error))


for line in sys.stdin:
    case = json.loads(line)
    channels = case["channels"]
    wanted = numpy.frombuffer(base64.b64decode(case["samples"]), "u1").reshape(case["height"], case["width"], channels)
    ours = base64.b64decode(case["jpeg"])
    file = io.BytesIO()
    options = {} if channels == 1 else {"subsampling": case["subsampling"]}
    Image.fromarray(wanted[:, :, 0] if channels == 1 else wanted).save(file, "JPEG", quality=case["quality"], **options)
    (pixels, info), (theirs, _) = decode(ours, channels), decode(file.getvalue(), channels)
    print(json.dumps({
        "bytes": [len(ours), len(file.getvalue())],
        "psnr": [psnr(pixels, wanted), psnr(theirs, wanted)],
        "equal": bool(numpy.array_equal(pixels, theirs)),
        "comment": info.get("comment", b"").decode(),
        "dpi": [float(dots) for dots in info.get("dpi", (0, 0))],
    }), flush=True)
