"""The test pictures that cameras send and the judge expects: make(type, colour, n) is the same array on both sides.

Smooth waves over most of the type's range, so that JPEG itself costs well under a grey level, with the frame number n in
the first rows: BITS blocks of 16x16, black for 0 and white for 1, least significant first. The size is odd on purpose.
"""
import numpy as np

WIDTH, HEIGHT, BITS = 277, 150, 16
TYPES = {
    "int8": np.int8, "uint8": np.uint8, "int16": np.int16, "uint16": np.uint16, "int32": np.int32, "uint32": np.uint32,
    "int64": np.int64, "uint64": np.uint64, "float32": np.float32, "float64": np.float64,
}
COLOURS = {"mono": 0, "rgb1": 2, "rgb2": 3, "rgb3": 4}  # NDColorMode_t
AXIS = {"rgb1": 2, "rgb2": 1, "rgb3": 0}  # where numpy's [y, x] takes the colour axis


def span(kind):
    """Lowest and highest value of the pictures of one sample type."""
    dtype = np.dtype(TYPES[kind])
    if dtype.kind == "f":
        return -3.5e4, 1.2e5
    info = np.iinfo(dtype)
    return (info.min, info.max) if dtype == np.uint8 else (info.min // 2, info.max - info.max // 3)


def unit(n):
    """Three planes [3, y, x] in 0..1; plane 1 alone is the mono picture."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    wave = lambda a, b, c: (np.sin(x / a + n * 0.7) + np.sin(y / b) + np.sin((x + y) / c) + 3) / 6
    planes = np.stack([wave(61, 83, 97), wave(71, 57, 89), wave(101, 67, 79)])
    planes[:, 0:16, : 16 * BITS] = 0
    for bit in range(BITS):
        if n >> bit & 1:
            planes[:, 0:16, bit * 16 : bit * 16 + 16] = 1
    # All frames have one darkest and one brightest value: automatic ranges ride on those of the frames before.
    planes[:, 0:16, 16 * BITS : 16 * BITS + 8] = 0
    planes[:, 0:16, 16 * BITS + 8 :] = 1
    return planes


def make(kind, colour, n):
    """Frame n as the camera sends it: [y, x] or with the colour axis in its place."""
    low, high = span(kind)
    planes = unit(n)
    # float64 holds 53 bits: 64-bit pictures are quantised to that, which the camera and the judge do alike.
    scaled = (low + planes * (float(high) - float(low)))
    dtype = np.dtype(TYPES[kind])
    if dtype.kind != "f":
        scaled = np.clip(np.rint(scaled), float(low), np.nextafter(float(high), 0) if dtype.itemsize == 8 else high)
    array = scaled.astype(dtype)
    if colour == "mono":
        return np.ascontiguousarray(array[1])
    return np.ascontiguousarray(np.moveaxis(array, 0, AXIS[colour]))


def planes_of(array, colour):
    """Back to [3, y, x], or [1, y, x] for mono."""
    return array[None] if colour == "mono" else np.moveaxis(array, AXIS[colour], 0)
