"""make.py: packs arrays with other people's writers, as test vectors beside this file.

codecs.bin holds the payloads one behind the other; codecs.json tells of each where it lies, its codec (as NDCodec.cpp of
ADCore names it), the bytes of a sample, and the length and SHA-256 of what it must become. pictures.json is the same for
JPEG files, with what Pillow decodes them to. Writers: python-lz4, bitshuffle, python-blosc (c-blosc 1.21), HDF5's filters
of hdf5plugin, zlib, Pillow. Wants lz4 bitshuffle blosc<2 h5py hdf5plugin pillow numpy. The same versions write the same
bytes: seeds are fixed.
"""
import hashlib
import importlib.metadata
import io
import json
import os
import struct
import zlib

import bitshuffle
import blosc
import h5py
import hdf5plugin
import lz4.block
import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {1: "u1", 2: "u2", 4: "u4", 8: "u8"}


def detector(sample_bytes, count, seed=5):
    """A ring of photons over a dark ground with a few hot pixels: what the field compresses."""
    rng = np.random.default_rng(seed)
    x = np.arange(count)
    photons = rng.poisson(0.2 + 30 * np.exp(-(((x % 251) - 120) ** 2) / 300)).astype(TYPES[sample_bytes])
    photons[rng.integers(0, count, max(1, count // 200))] = np.iinfo(TYPES[sample_bytes]).max
    return photons


def sparse(sample_bytes, count, seed=8):
    """Dark but for a few photons: much for little."""
    rng = np.random.default_rng(seed)
    photons = np.zeros(count, TYPES[sample_bytes])
    photons[rng.integers(0, count, 150)] = rng.integers(1, 9, 150)
    return photons


def noise(sample_bytes, count, seed=6):
    return np.random.default_rng(seed).integers(0, 256, sample_bytes * count, "u1").view(TYPES[sample_bytes])


def steps(sample_bytes, count):
    """Repeats at every distance from 1 to 40 and far ones: what the copies of LZ decoders stumble over."""
    parts, rng = [], np.random.default_rng(7)
    for distance in [*range(1, 41), 255, 256, 257, 4000]:
        pattern = rng.integers(0, 256, distance, "u1").tobytes()
        parts.append((pattern * (40 // distance + 4))[: distance * 3 + distance % 7 + 11])
    whole = b"".join(parts) * 3
    return np.resize(np.frombuffer(whole, "u1"), sample_bytes * count).view(TYPES[sample_bytes])


class Set:
    def __init__(self):
        self.bytes, self.entries = b"", []

    def add(self, name, codec, array, payload):
        plain = array.tobytes()
        self.entries.append(
            {
                "name": name,
                "codec": codec,
                "sampleBytes": array.itemsize,
                "offset": len(self.bytes),
                "bytes": len(payload),
                "decodedBytes": len(plain),
                "sha256": hashlib.sha256(plain).hexdigest(),
            }
        )
        self.bytes += payload


def hdf5_chunk(array, **filters):
    """The bytes that HDF5 would store for the array as one chunk."""
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        data = file.create_dataset("data", data=array, chunks=array.shape, **filters)
        skipped, chunk = data.id.read_direct_chunk((0,))
        assert skipped == 0, "the filter was not applied"
        return chunk


def lz4hdf5(array, block_bytes):
    """ADCore's codec lz4hdf5: written as lz4hdf5.c does, around blocks of liblz4."""
    plain = array.tobytes()
    payload = struct.pack(">QI", len(plain), block_bytes)
    for at in range(0, len(plain), block_bytes):
        block = plain[at : at + block_bytes]
        packed = lz4.block.compress(block, store_size=False)
        packed = packed if len(packed) < len(block) else block
        payload += struct.pack(">I", len(packed)) + packed
    return payload


def add_lz4(vectors):
    for size in TYPES:
        array = detector(size, 6007 // size)
        plain = array.tobytes()
        vectors.add(f"lz4 of {size} bytes", "lz4", array, lz4.block.compress(plain, store_size=False))
        vectors.add(f"lz4hdf5 of {size} bytes", "lz4hdf5", array, lz4hdf5(array, 1 << 30))
        vectors.add(f"HDF5's LZ4 of {size} bytes as lz4", "lz4", array, hdf5_chunk(array, **hdf5plugin.LZ4(2048)))
        vectors.add(f"HDF5's LZ4 of {size} bytes as lz4hdf5", "lz4hdf5", array, hdf5_chunk(array, **hdf5plugin.LZ4(0)))
    pack = lambda array, **how: lz4.block.compress(array.tobytes(), store_size=False, **how)
    for name, array in {
        "steps": steps(1, 9001),
        "noise": noise(2, 1003),
        "one byte": detector(1, 1),
        "eleven bytes": detector(1, 11),
        "thirteen zeros": np.zeros(13, "u1"),
        "a million zeros": np.zeros(1_000_003, "u1"),
        "a far repeat": np.concatenate([noise(1, 900), np.zeros(60_000, "u1"), noise(1, 900)]),
    }.items():
        vectors.add(f"lz4 of {name}", "lz4", array, pack(array))
        if name not in ("steps", "noise"):
            vectors.add(f"lz4hc of {name}", "lz4", array, pack(array, mode="high_compression", compression=12))
    vectors.add("lz4hdf5 with stored blocks", "lz4hdf5", noise(2, 1001), lz4hdf5(noise(2, 1001), 512))


def add_bslz4(vectors):
    for size in TYPES:
        for count in [1, 7, 8, 9, 127, 128, 1031]:
            array = detector(size, count, seed=count)
            vectors.add(f"bslz4 of {count} × {size} bytes", "bslz4", array, bytes(bitshuffle.compress_lz4(array)))
        array = detector(size, 12_000 // size + 13)
        vectors.add(f"bslz4 of {array.size} × {size} bytes", "bslz4", array, bytes(bitshuffle.compress_lz4(array)))
        chunk = hdf5_chunk(array, **hdf5plugin.Bitshuffle(nelems=0, cname="lz4"))
        vectors.add(f"HDF5's bitshuffle of {array.size} × {size} bytes", "bslz4", array, chunk)
        chunk = hdf5_chunk(array[:901], **hdf5plugin.Bitshuffle(nelems=264, cname="lz4"))
        vectors.add(f"HDF5's bitshuffle in blocks of 264 × {size} bytes", "bslz4", array[:901], chunk)
    array = noise(2, 4501)
    vectors.add("bslz4 of noise", "bslz4", array, bytes(bitshuffle.compress_lz4(array)))
    array = np.zeros(50_001, "u2")
    vectors.add("bslz4 of zeros", "bslz4", array, bytes(bitshuffle.compress_lz4(array)))


SHUFFLES = {"none": blosc.NOSHUFFLE, "byte": blosc.SHUFFLE, "bit": blosc.BITSHUFFLE}


def add_blosc(vectors):
    def pack(array, cname, shuffle, block=0, split="FORWARD_COMPAT", level=5, type_size=None):
        os.environ["BLOSC_SPLITMODE"] = split
        blosc.set_blocksize(block)
        packed = blosc.compress(array.tobytes(), type_size or array.itemsize, level, SHUFFLES[shuffle], cname)
        assert blosc.decompress(packed) == array.tobytes()
        return packed

    for cname in ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]:
        for shuffle in SHUFFLES:
            for size in TYPES:
                # Unsplit: some blocks and a short one, whose samples are no multiple of 8. Split: c-blosc makes it one.
                array = detector(size, {1: 2999, 2: 1801, 4: 1003, 8: 517}[size])
                packed = pack(array, cname, shuffle, 1024, "ALWAYS" if shuffle == "byte" else "NEVER")
                vectors.add(f"blosc {cname}, {shuffle} shuffle, {size} bytes", "blosc", array, packed)
        array = detector(4, 1700)
        vectors.add(f"blosc {cname}, unsplit", "blosc", array, pack(array, cname, "byte", 2048, "NEVER"))
        array = sparse(2, 150_001)
        packed = pack(array, cname, "byte", 0, "ALWAYS", 1)
        vectors.add(f"blosc {cname}, split into many blocks", "blosc", array, packed)
        if cname != "lz4hc":
            array = steps(1, 9001)
            vectors.add(f"blosc {cname} of steps", "blosc", array, pack(array, cname, "none", 8192, level=9))
        array = detector(2, 3001)
        vectors.add(f"blosc {cname} in one block", "blosc", array, pack(array, cname, "bit"))
    for shuffle in SHUFFLES:
        # The filter cannot write Snappy for elements of 1 byte.
        for size in [2, 4, 8]:
            array = detector(size, {2: 1800, 4: 1000, 8: 520}[size])
            chunk = hdf5_chunk(array, **hdf5plugin.Blosc("snappy", 5, ["none", "byte", "bit"].index(shuffle)))
            vectors.add(f"HDF5's blosc snappy, {shuffle} shuffle, {size} bytes", "blosc", array, chunk)
    chunk = hdf5_chunk(steps(2, 4501), **hdf5plugin.Blosc("snappy", 9, 0))
    vectors.add("HDF5's blosc snappy of steps", "blosc", steps(2, 4501), chunk)
    # Repeats beyond 8191 bytes take blosclz's far form, beyond 2047 another of Snappy's.
    far = np.concatenate([noise(1, 700), np.zeros(14_000, "u1"), noise(1, 700), np.zeros(40_000, "u1"), noise(1, 700)])
    vectors.add("blosc blosclz of a far repeat", "blosc", far, pack(far, "blosclz", "none", 65536, level=9))
    chunk = hdf5_chunk(far.view("u2"), **hdf5plugin.Blosc("snappy", 9, 0))
    vectors.add("HDF5's blosc snappy of a far repeat", "blosc", far.view("u2"), chunk)
    vectors.add("blosc of noise, plain", "blosc", noise(2, 777), pack(noise(2, 777), "lz4", "byte"))
    vectors.add("blosc at level 0, plain", "blosc", detector(4, 300), pack(detector(4, 300), "lz4", "bit", level=0))
    vectors.add("blosc of few bytes", "blosc", detector(2, 13), pack(detector(2, 13), "zstd", "byte"))
    for type_size in [3, 12, 17, 255]:
        for shuffle in ["byte", "bit"]:
            array = detector(1, 2040)
            packed = pack(array, "lz4", shuffle, 1020, type_size=type_size)
            vectors.add(f"blosc of elements of {type_size} bytes, {shuffle} shuffle", "blosc", array, packed)


def add_zlib(vectors):
    for size in TYPES:
        array = detector(size, 3001 // size)
        vectors.add(f"zlib of {size} bytes", "zlib", array, zlib.compress(array.tobytes(), 6))
    vectors.add("zlib of noise", "zlib", noise(1, 501), zlib.compress(noise(1, 501).tobytes(), 0))


def pictures():
    """JPEG files and what Pillow (libjpeg-turbo) decodes them to."""
    y, x = np.mgrid[0:33, 0:17]
    grey = (127 + 60 * np.sin(x / 3) + 40 * np.cos(y / 5)).astype("u1")
    colour = np.stack([grey, grey[::-1], 255 - grey], axis=-1)
    vectors = Set()
    for name, array, mode, how in [
        ("grey", grey, "L", {}),
        ("colour 4:2:0", colour, "RGB", {}),
        ("colour 4:4:4", colour, "RGB", {"subsampling": 0}),
        ("progressive colour", colour, "RGB", {"progressive": True}),
        ("one pixel", grey[:1, :1], "L", {}),
        ("cmyk", np.concatenate([colour, grey[..., None]], axis=-1), "CMYK", {}),
    ]:
        file = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(array), mode).save(file, "JPEG", quality=85, **how)
        decoded = np.asarray(Image.open(io.BytesIO(file.getvalue())))
        vectors.add(name, "jpeg", decoded, file.getvalue())
        vectors.entries[-1] |= {
            "width": array.shape[1],
            "height": array.shape[0],
            "components": 1 if array.ndim == 2 else array.shape[2],
            "samples": decoded.tobytes().hex() if array.ndim == 2 or array.shape[2] == 3 else "",
        }
    return vectors


def write(name, vectors):
    packages = ["lz4", "bitshuffle", "blosc", "hdf5plugin", "h5py", "pillow", "numpy"]
    writers = {package: importlib.metadata.version(package) for package in packages}
    with open(os.path.join(HERE, f"{name}.bin"), "wb") as file:
        file.write(vectors.bytes)
    with open(os.path.join(HERE, f"{name}.json"), "w") as file:
        rows = ",\n".join(json.dumps(entry) for entry in vectors.entries)
        file.write('{ "writers": ' + json.dumps(writers) + ',\n"vectors": [\n' + rows + "\n] }\n")
    print(name, len(vectors.entries), "vectors,", len(vectors.bytes), "bytes")


if __name__ == "__main__":
    blosc.set_nthreads(1)
    packed = Set()
    for add in (add_lz4, add_bslz4, add_blosc, add_zlib):
        add(packed)
    write("codecs", packed)
    write("pictures", pictures())
