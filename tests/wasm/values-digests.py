"""Digests of pictures that numpy draws, for values.test.ts to hold the core to.

    python tests/wasm/values-digests.py > tests/wasm/values-digests.json

One digest a sample type, range and kind of frame: SHA-256 over the 8-bit levels along all curves, one curve after the
other. Integers are equal to numpy's by definition; floats are, as the arithmetic is that of their type. The pinned ones are
of numpy 2.4.
"""

import hashlib
import json
import sys

import numpy as np

WIDTH, HEIGHT = 23, 17
TYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"]
RANGES = ["auto", "auto:2,97.5", "full", "20,90"]
CURVES = {
    "linear": None,
    "log": lambda t: np.log1p(1000 * t) / np.log1p(1000.0),
    "sqrt": np.sqrt,
    "gamma:2.2": lambda t: t ** (1 / 2.2),
    "gamma:0.4": lambda t: t ** (1 / 0.4),
}


def samples(kind: str, count: int) -> np.ndarray:
    """Random bits of a 64-bit generator; of floats every 29th is no number."""
    state, made = count, []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        made.append(state)
    bits = np.array(made, dtype="u8")
    if kind.startswith("float"):
        values = ((bits >> np.uint64(11)).astype("f8") / 2.0**53 - 0.3) * 1000
        for at in range(28, count, 29):
            values[at] = [np.nan, np.inf, -np.inf][at % 3]
        return values.astype(kind)
    size = np.dtype(kind).itemsize
    return (bits >> np.uint64(64 - 8 * size)).astype(f"u{size}").view(kind)


def bounds(x: np.ndarray, wish: str) -> tuple[float, float]:
    finite = x[np.isfinite(x)]
    if wish == "auto":
        return float(finite.min()), float(finite.max())
    if wish.startswith("auto:"):
        low, high = (float(part) for part in wish[5:].split(","))
        return (float(np.percentile(finite, low, method="lower")), float(np.percentile(finite, high, method="higher")))
    if wish == "full":
        return (0.0, 1.0) if x.dtype.kind == "f" else (float(np.iinfo(x.dtype).min), float(np.iinfo(x.dtype).max))
    low, high = wish.split(",")
    return float(low), float(high)


def levels(x: np.ndarray, low: float, high: float, curve) -> np.ndarray:
    with np.errstate(all="ignore"):
        if curve is not None:
            drawn = 255 * curve(np.clip((x.astype("f8") - low) / (high - low), 0, 1))
        elif x.dtype.kind == "f":
            drawn = (x - x.dtype.type(low)) * x.dtype.type(255 / (high - low))
        else:
            drawn = (x.astype("f8") - low) * 255 / (high - low)
        drawn = np.where(np.isfinite(x.astype("f8")), np.rint(drawn), 0)
    return np.clip(drawn, 0, 255).astype("u1")


def half(a, b, kind):
    return a * kind(0.5) + b * kind(0.5)


def mean(values: list, dtype: np.dtype):
    if dtype.kind == "f":
        with np.errstate(all="ignore"):
            kind = dtype.type
            if len(values) == 2:
                return half(*values, kind)
            return half(half(values[0], values[1], kind), half(values[2], values[3], kind), kind)
    count = len(values)
    return (sum(int(value) for value in values) + count // 2) // count


def demosaic(x: np.ndarray) -> np.ndarray:
    """Bilinear planes of R, G, B from G B over R G; mirrored at the edges."""
    mosaic = np.pad(x.reshape(HEIGHT, WIDTH), 1, mode="reflect")
    planes = np.zeros((3, HEIGHT, WIDTH), x.dtype)
    for y in range(HEIGHT):
        for x0 in range(WIDTH):
            near = mosaic[y : y + 3, x0 : x0 + 3]
            across, along = [near[1, 0], near[1, 2]], [near[0, 1], near[2, 1]]
            corners = [near[0, 0], near[2, 2], near[0, 2], near[2, 0]]
            if (x0 + y) % 2 == 0:  # green: the row's other colour is across
                row, column = (0, 2) if y % 2 else (2, 0)
                found = {1: near[1, 1], row: mean(across, x.dtype), column: mean(along, x.dtype)}
            else:
                own = 0 if y % 2 else 2
                found = {own: near[1, 1], 1: mean(across + along, x.dtype), 2 - own: mean(corners, x.dtype)}
            for colour, value in found.items():
                planes[colour, y, x0] = value
    return planes.reshape(-1)


digests = {}
for kind in TYPES:
    for frame in ("rgb", "bayer"):
        measured = samples(kind, WIDTH * HEIGHT * (3 if frame == "rgb" else 1))
        shown = demosaic(measured) if frame == "bayer" else measured
        for wish in RANGES:
            sha = hashlib.sha256()
            for curve in CURVES.values():
                sha.update(levels(shown, *bounds(measured, wish), curve).tobytes())
            digests[f"{kind} {frame} {wish}"] = sha.hexdigest()[:32]
json.dump(digests, sys.stdout, indent=2)
print()
