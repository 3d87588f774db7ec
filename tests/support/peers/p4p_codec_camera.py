"""p4p cameras whose frames other people's compressors have packed: P4P:<how>:<type>, a new frame each 100 ms.

`how` is a codec of ADCore's or a form of it (see PACK). codec.parameters is pvData's ScalarType, in an `any` as long, as
p4p has it; with `-int` behind `how` it is an int field. JPEG cameras are P4P:jpeg:uint8 (grey) and P4P:jpeg-colour:uint8.
Prints `ready <tcp port>`. The port is EPICS_PVAS_SERVER_PORT (0 = any). Ends with its standard input.
"""
import io
import struct
import sys
import threading
import time
import zlib

import bitshuffle
import blosc
import h5py
import hdf5plugin
import lz4.block
import numpy as np
from p4p import Type, Value
from p4p.nt import NTNDArray
from p4p.server import Server
from p4p.server.thread import SharedPV
from PIL import Image

from images import make

FRAMES = 4
SCALAR_TYPE = {"uint8": 5, "uint16": 6, "int32": 3, "float64": 10}  # pvIntrospect.h


def hdf5(array, **filters):
    """The one chunk that an HDF5 file has of the array."""
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        flat = array.ravel()
        return file.create_dataset("d", data=flat, chunks=flat.shape, **filters).id.read_direct_chunk((0,))[1]


def lz4hdf5(array):
    plain = array.tobytes()
    payload = struct.pack(">QI", len(plain), 1 << 14)
    for at in range(0, len(plain), 1 << 14):
        packed = lz4.block.compress(plain[at : at + (1 << 14)], store_size=False)
        payload += struct.pack(">I", len(packed)) + packed
    return payload


def blosc_of(cname, shuffle):
    return lambda array: blosc.compress(array.tobytes(), array.itemsize, 5, shuffle, cname)


def jpeg(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "JPEG", quality=95)
    return file.getvalue()


PACK = {
    "lz4": ("lz4", lambda array: lz4.block.compress(array.tobytes(), store_size=False)),
    "lz4-of-hdf5": ("lz4", lambda array: hdf5(array, **hdf5plugin.LZ4())),
    "lz4hdf5": ("lz4hdf5", lz4hdf5),
    "bslz4": ("bslz4", lambda array: bytes(bitshuffle.compress_lz4(array.ravel()))),
    "bslz4-of-hdf5": ("bslz4", lambda array: hdf5(array, **hdf5plugin.Bitshuffle(cname="lz4"))),
    "zlib": ("zlib", lambda array: zlib.compress(array.tobytes())),
    "blosc-blosclz": ("blosc", blosc_of("blosclz", blosc.SHUFFLE)),
    "blosc-lz4": ("blosc", blosc_of("lz4", blosc.BITSHUFFLE)),
    "blosc-lz4hc": ("blosc", blosc_of("lz4hc", blosc.NOSHUFFLE)),
    "blosc-zlib": ("blosc", blosc_of("zlib", blosc.SHUFFLE)),
    "blosc-zstd": ("blosc", blosc_of("zstd", blosc.BITSHUFFLE)),
    "blosc-snappy-of-hdf5": ("blosc", lambda array: hdf5(array, **hdf5plugin.Blosc("snappy", 5, 1))),
}

LONG = NTNDArray.buildType()
CODEC = ("S", "codec_t", [("name", "s"), ("parameters", "i")])
INT = Type([(name, CODEC if name == "codec" else kind) for name, kind in LONG.aspy()[2]], LONG.getID())


def frame(form, codec, payload, array, kind, colour):
    """`array` is [y, x], or [y, x, 3] in colour."""
    return Value(form, {
        "value": ("ubyteValue", np.frombuffer(payload, "u1")),
        "codec": {"name": codec, "parameters": SCALAR_TYPE[kind]},
        "compressedSize": len(payload),
        "uncompressedSize": array.nbytes,
        "dimension": [{"size": n, "offset": 0, "fullSize": n, "binning": 1, "reverse": False} for n in reversed(array.shape)],
        "attribute": [{"name": "ColorMode", "value": 2 if colour else 0}],
    })


cameras = {}
for kind in SCALAR_TYPE:
    arrays = [make(kind, "mono", n) for n in range(FRAMES)]
    for how, (codec, pack) in PACK.items():
        if how == "blosc-snappy-of-hdf5" and kind == "uint8":
            continue  # the filter writes no Snappy for elements of one byte
        for suffix, form in {"": LONG, "-int": INT}.items():
            cameras[f"P4P:{how}{suffix}:{kind}"] = [frame(form, codec, pack(a), a, kind, False) for a in arrays]
for suffix, form in {"": LONG, "-int": INT}.items():
    grey, colour = ([make("uint8", c, n) for n in range(FRAMES)] for c in ("mono", "rgb1"))
    cameras[f"P4P:jpeg{suffix}:uint8"] = [frame(form, "jpeg", jpeg(a), a, "uint8", False) for a in grey]
    cameras[f"P4P:jpeg-colour{suffix}:uint8"] = [frame(form, "jpeg", jpeg(a), a, "uint8", True) for a in colour]

pvs = {name: SharedPV(initial=frames[0]) for name, frames in cameras.items()}
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
with Server(providers=[pvs]) as server:
    print("ready", server.conf()["EPICS_PVAS_SERVER_PORT"], flush=True)
    n = 0
    while not ended.wait(0.1):
        n += 1
        seconds = time.time()
        for name, pv in pvs.items():
            value = cameras[name][n % FRAMES]
            value.uniqueId = n
            value.timeStamp.secondsPastEpoch = int(seconds)
            value.timeStamp.nanoseconds = int(seconds % 1 * 1e9)
            value.mark()
            pv.post(value)
