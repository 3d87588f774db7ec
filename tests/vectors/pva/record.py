"""record.py [WRITER…]: records what PVA servers of other stacks send, as test vectors beside this file.

NAME.bin holds all bytes from server to client of one connection: handshake, CREATE CHANNEL, MONITOR INIT, updates.
NAME.json holds who wrote them and, for every update, the value the server was given. Each writer is a process of its own.
Wants p4p (with pvxslibs and epicscorelibs), pvapy, spvirit and numpy; "core-pva" wants java, and in CORE_PVA_JAR the path of its jar:
it is recorded only when asked for by name.
"""
import hashlib
import importlib.metadata
import json
import os
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../support/peers"))

CONNECTION_VALIDATION, CREATE_CHANNEL, CONNECTION_VALIDATED, MONITOR = 1, 7, 9, 13


class Recorder:
    """A client that knows just enough to subscribe, and keeps every byte it gets."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.stream, self.read = b"", 0

    def send(self, command, payload):
        self.socket.sendall(struct.pack("<BBBBI", 0xCA, 2, 0, command, len(payload)) + payload)

    def take(self, count):
        while len(self.stream) < self.read + count:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise EOFError("the server closed the connection")
            self.stream += chunk
        self.read += count
        return self.stream[self.read - count : self.read]

    def await_message(self, wanted):
        """Reads on to the end of the next message of this command, all its segments; returns its payload."""
        payload = b""
        while True:
            _, _, flags, command, length = struct.unpack("<BBBBI", self.take(8))
            if flags & 1:
                continue  # control
            part = self.take(length)
            if command == wanted:
                payload += part
                if not flags & 0x10:
                    return payload

    def subscribe(self, pv):
        self.await_message(CONNECTION_VALIDATION)
        self.send(CONNECTION_VALIDATION, struct.pack("<IHHB", 0x10000, 0x7FFF, 0, 9) + b"anonymous\xff")
        self.await_message(CONNECTION_VALIDATED)
        name = pv.encode()
        self.send(CREATE_CHANNEL, struct.pack("<HIB", 1, 1, len(name)) + name)
        _, sid = struct.unpack("<II", self.await_message(CREATE_CHANNEL)[:8])
        empty_request = b"\x80\x00\x00"
        self.send(MONITOR, struct.pack("<IIB", sid, 1, 0x08) + empty_request)
        self.await_message(MONITOR)
        self.send(MONITOR, struct.pack("<IIB", sid, 1, 0x44))


def record(name, writer, port, pv, first, later=()):
    """`later`: pairs of a value as it will be noted and what makes the server post it. Instead of a value: a function that finds
    in the bytes of an update what the server has chosen by itself.
    """
    client = Recorder(port)
    client.subscribe(pv)
    messages = [client.await_message(MONITOR)]
    for _, post in later:
        post()
        messages.append(client.await_message(MONITOR))
    client.socket.close()
    with open(os.path.join(HERE, f"{name}.bin"), "wb") as file:
        file.write(client.stream[: client.read])
    values = [first, *(value for value, _ in later)]
    updates = [value(message) if callable(value) else value for value, message in zip(values, messages)]
    note = {"writer": writer, "pv": pv, "updates": updates}
    with open(os.path.join(HERE, f"{name}.json"), "w") as file:
        json.dump(note, file, indent=1)
        file.write("\n")
    print(name, client.read)


def versions(*packages):
    return ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)


def picture(width, height, n):
    import numpy as np

    return (np.arange(width * height, dtype=np.uint16) * 7 + n).reshape(height, width)


def noted(array):
    """An image as the test compares it: sizes, and its numbers or their digest."""
    sizes = {"dimension": [{"size": size} for size in reversed(array.shape)]}
    if array.size > 1000:
        return {**sizes, "sha256": hashlib.sha256(array.tobytes()).hexdigest()}
    return {**sizes, "value": array.ravel().tolist()}


def p4p():
    from p4p import Type, Value
    from p4p.nt import NTEnum, NTNDArray, NTScalar, NTTable
    from p4p.server import Server
    from p4p.server.thread import SharedPV

    choice = [("number", "i"), ("texts", "as")]
    kinds = Type(
        [
            ("any", "v"),
            ("anys", "av"),
            ("choice", ("U", "choice_t", choice)),
            ("choices", ("aU", "choice_t", choice)),
            ("points", ("aS", "point_t", [("x", "d"), ("name", "s")])),
            ("flags", "a?"),
            ("big", "L"),
        ],
        id="kinds_t",
    )
    one = {
        "any": 5,
        "anys": [1, "two"],
        "choice": ("texts", ["left", "right"]),
        "choices": [("texts", ["a"]), ("number", 3)],
        "points": [{"x": 0.5, "name": "p"}, {"x": -1.5, "name": "q" * 300}],
        "flags": [True, False],
        "big": 2**53 - 1,
    }
    other = {"any": "text", "choice": ("number", -7), "points": []}
    one_noted = {**one, "choice": ["left", "right"], "choices": [["a"], 3]}
    other_noted = {**one_noted, **other, "choice": -7}
    table = NTTable([("name", "s"), ("x", "d")])
    rows = [[{"name": "a", "x": 0.5}, {"name": "b", "x": -2}], [{"name": "c", "x": 1e300}]]
    rows_noted = [{"value": {key: [row[key] for row in part] for key in ("name", "x")}} for part in rows]
    choices = ["off", "on", "Grüße"]
    images = [picture(24, 10, n) for n in range(2)]
    pvs = {
        "scalar": SharedPV(nt=NTScalar("d", display=True), initial=1.5),
        "table": SharedPV(nt=table, initial=rows[0]),
        "enum": SharedPV(nt=NTEnum(), initial={"index": 1, "choices": choices}),
        "kinds": SharedPV(initial=Value(kinds, one)),
        "image": SharedPV(nt=NTNDArray(), initial=images[0]),
    }
    later = {
        "scalar": [({"value": 2.5, "alarm": {"severity": 1}}, {"value": 2.5, "alarm.severity": 1})],
        "table": [(rows_noted[1], rows[1])],
        "enum": [({"value": {"index": 2, "choices": choices}}, 2)],
        "kinds": [(other_noted, Value(kinds, other))],
        "image": [(noted(images[1]), images[1])],
    }
    first = {
        "scalar": {"value": 1.5, "alarm": {"severity": 0}},
        "table": {"labels": ["name", "x"], **rows_noted[0]},
        "enum": {"value": {"index": 1, "choices": choices}},
        "kinds": one_noted,
        "image": noted(images[0]),
    }
    conf = {"EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1", "EPICS_PVAS_SERVER_PORT": "0", "EPICS_PVAS_BROADCAST_PORT": "0"}
    with Server(providers=[pvs], conf=conf, useenv=False) as server:
        port = int(server.conf()["EPICS_PVAS_SERVER_PORT"])
        for name, pv in pvs.items():
            posts = [(value, lambda pv=pv, posted=posted: pv.post(posted)) for value, posted in later[name]]
            record(f"p4p-{name}", versions("p4p", "pvxslibs"), port, name, first[name], posts)


def pvapy():
    port = free_port()
    os.environ.update(EPICS_PVA_SERVER_PORT=str(port), EPICS_PVAS_INTF_ADDR_LIST="127.0.0.1")
    import pvaccess as pva
    from pvapy.utility.adImageUtility import AdImageUtility

    point = {"x": pva.DOUBLE, "name": pva.STRING}
    kinds = {"any": (), "choice": ({"number": pva.INT, "text": pva.STRING},), "points": [point], "flags": [pva.BOOLEAN], "big": pva.ULONG}

    def kinds_of(number):
        value = pva.PvObject(kinds, "kinds_t")
        value["any"] = pva.PvFloat(number + 0.25)
        value["choice"] = pva.PvObject({"number": pva.INT}, {"number": number})
        value["points"] = [{"x": number + 0.5, "name": "q" * 300}]
        value["flags"] = [True, False]
        value["big"] = 2**53 - number
        return value

    def kinds_noted(number):
        return {
            "any": number + 0.25,
            "choice": number,
            "points": [{"x": number + 0.5, "name": "q" * 300}],
            "flags": [True, False],
            "big": 2**53 - number,
        }

    small, large = [picture(24, 10, n) for n in (1, 2)], [picture(181, 182, n) for n in (1, 2)]
    image = lambda n, array: AdImageUtility.generateNtNdArray(n, array)
    numbered = lambda n, array: {"uniqueId": n, **noted(array)}
    series = {
        "kinds": [(kinds_noted(n), kinds_of(n)) for n in (3, 4)],
        "image": [(numbered(n, array), image(n, array)) for n, array in enumerate(small, 1)],
        "large-image": [(numbered(n, array), image(n, array)) for n, array in enumerate(large[:1], 1)],
    }
    server = pva.PvaServer()
    for name, ((first, value), *more) in series.items():
        server.addRecord(name, value, None)
        later = [(note, lambda posted=posted, name=name: server.update(name, posted)) for note, posted in more]
        record(f"pvapy-{name}", versions("pvapy"), port, name, first, later)


def qsrv(number, library):
    port = free_port()
    os.environ.update(
        EPICS_PVA_SERVER_PORT=str(port), EPICS_PVAS_INTF_ADDR_LIST="127.0.0.1", EPICS_PVA_BROADCAST_PORT=str(free_port())
    )
    import qsrv as ioc

    images = [picture(24, 10, n) for n in (5, 6)]
    colour = {"attribute": [{"name": "ColorMode"}]}
    ioc.start(library, "P=V,W=24,H=10,N=240")
    ioc.put("V:pixels", images[0])
    later = [({**noted(images[1]), **colour}, lambda: ioc.put("V:pixels", images[1]))]
    record(f"qsrv{number}-image", versions(library), port, "V:image", {**noted(images[0]), **colour}, later)


def spvirit():
    port = free_port()
    spdodeca = os.path.join(os.path.dirname(sys.executable), "spdodeca")
    shape = ["--width", "24", "--height", "10", "--rate", "5"]
    where = ["--tcp-port", str(port), "--udp-port", str(free_port()), "--listen-addr", "127.0.0.1"]
    server = subprocess.Popen([spdodeca, *shape, *where], stdout=subprocess.DEVNULL)
    try:
        listening(port)
        sizes = {"dimension": [{"size": 24}, {"size": 10}]}

        def image(update):
            at = 5 + 1 + update[5] + 1 + 1  # ioid and subcommand, BitSet, selector, count (one byte: 240 pixels)
            return {**sizes, "sha256": hashlib.sha256(update[at : at + 240]).hexdigest()}

        record("spvirit-image", versions("spvirit"), port, "DODECA:IMAGE", image, [(image, lambda: None)] * 2)
    finally:
        server.kill()


def core_pva():
    """ServerDemo: the PV "demo" counts up by itself, once a second."""
    port, jar = free_port(), os.environ["CORE_PVA_JAR"]
    os.environ.update(
        EPICS_PVA_SERVER_PORT=str(port),
        EPICS_PVAS_INTF_ADDR_LIST="127.0.0.1",
        EPICS_PVAS_BROADCAST_PORT=str(free_port()),
        EPICS_PVA_ADDR_LIST="127.0.0.1",
        EPICS_PVA_AUTO_ADDR_LIST="NO",
    )
    command = ["java", "-cp", jar, "org.epics.pva.server.ServerDemo"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        listening(port)

        def demo(update):
            (value,) = struct.unpack_from("<d", update, 5 + 1 + update[5])  # the first field of all
            return {"value": value, "tag": "Hello!", "alarm": {"severity": 0, "message": "OK"}}

        version = os.path.basename(jar).removesuffix(".jar").replace("core-pva-", "core-pva ")
        record("core-pva-demo", version, port, "demo", demo, [(demo, lambda: None)] * 2)
    finally:
        server.kill()


def listening(port):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


WRITERS = {
    "p4p": p4p,
    "pvapy": pvapy,
    "qsrv1": lambda: qsrv(1, "epicscorelibs"),
    "qsrv2": lambda: qsrv(2, "pvxslibs"),
    "spvirit": spvirit,
}
BY_HAND = {"core-pva": core_pva}
if len(sys.argv) == 2:
    {**WRITERS, **BY_HAND}[sys.argv[1]]()
    sys.stdout.flush()
    os._exit(0)  # an IOC has no end of its own
for writer in sys.argv[1:] or WRITERS:
    subprocess.run([sys.executable, __file__, writer], check=True)
