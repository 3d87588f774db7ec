"""Digests of files that libjpeg-turbo writes, by way of Pillow, for jpeg.test.ts to hold the encoder to.

    python tests/wasm/jpeg-digests.py > tests/wasm/jpeg-digests.json

The pictures are those of jpeg-pictures.ts. One digest a size and kind of colour: SHA-256 over the files of all kinds of
picture in all qualities, one after another. The pinned ones are of libjpeg-turbo 3.2.0 in Pillow 13.0.
"""

import hashlib
import io
import json
import sys

from PIL import Image, features

KINDS = ["flat", "gradient", "text", "noise", "extreme"]
SIZES = [(1, 1), (2, 3), (7, 9), (8, 8), (9, 8), (15, 16), (16, 16), (16, 17), (17, 33), (24, 25), (33, 17), (100, 1),
         (1, 100), (258, 40), (400, 9)]
QUALITIES = [1, 10, 50, 75, 92, 100]
# libjpeg's own default for grey: Pillow would write 4:2:0 into a grey file's header if it were told so.
COLOURS = {"grey": (1, {}), "420": (3, {"subsampling": 2}), "422": (3, {"subsampling": 1}), "444": (3, {"subsampling": 0})}


def picture(kind: str, width: int, height: int, channels: int) -> bytes:
    state = width * 65536 + height
    samples = bytearray()
    for y in range(height):
        for x in range(width):
            for c in range(channels):
                if kind in ("noise", "extreme"):
                    state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
                random = state >> 24
                samples.append({
                    "flat": 50 + 60 * c,
                    "gradient": (3 * x + 5 * y + 40 * c + ((x * y) >> 4)) & 255,
                    "text": 20 if ((x >> 1) * 7 + (y >> 2) * 13) & 31 < 9 + c else 230,
                    "noise": ((2 * x + y + 30 * c) & 127) + (random >> 1),
                    "extreme": 255 if random > 127 else 0,
                }[kind])
    return bytes(samples)


def digest(width: int, height: int, channels: int, options: dict) -> str:
    sha = hashlib.sha256()
    for kind in KINDS:
        samples = picture(kind, width, height, channels)
        image = Image.frombytes("L" if channels == 1 else "RGB", (width, height), samples)
        for quality in QUALITIES:
            file = io.BytesIO()
            image.save(file, "JPEG", quality=quality, **options)
            sha.update(file.getvalue())
    return sha.hexdigest()


if not features.check_feature("libjpeg_turbo") or features.check_feature("mozjpeg"):
    sys.exit("this Pillow has no libjpeg-turbo, and others write other files")
digests = {
    f"{colour} {width}x{height}": digest(width, height, channels, options)
    for colour, (channels, options) in COLOURS.items()
    for width, height in SIZES
}
print(json.dumps(digests, indent=2))
