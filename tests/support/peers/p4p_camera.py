"""p4p (pvxs stack) cameras: P4P:<type>:<colour> for every sample type and colour mode, a new frame each 100 ms; with an
argument, e.g. `uint8:mono`, that camera alone.

Prints `ready <tcp port>`. The port is EPICS_PVAS_SERVER_PORT (0 = any). Ends with its standard input.
"""
import sys
import threading
import time

import numpy as np
from p4p.nt import NTNDArray, NTScalar
from p4p.server import Server
from p4p.server.thread import SharedPV

from images import COLOURS, TYPES, make


def tagged(array, colour):
    """p4p takes the colour mode from an `attrib` of the array; without it it guesses from the shape."""
    array = array.view(NTNDArray.ntndarray)
    array.attrib = {"ColorMode": COLOURS[colour]}
    return array


FRAMES = 4
wanted = [tuple(word.split(":")) for word in sys.argv[1:]] or [(k, c) for k in TYPES for c in COLOURS]
pictures = {(k, c): [tagged(make(k, c, n), c) for n in range(FRAMES)] for k, c in wanted}
cameras = {key: SharedPV(nt=NTNDArray(), initial=frames[0]) for key, frames in pictures.items()}
pvs = {f"P4P:{k}:{c}": pv for (k, c), pv in cameras.items()}
pvs["P4P:scalar"] = SharedPV(nt=NTScalar("d"), initial=1.5)
pvs["P4P:empty"] = SharedPV(nt=NTNDArray(), initial=np.zeros((0, 0), np.uint8))

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
with Server(providers=[pvs]) as server:
    print("ready", server.conf()["EPICS_PVAS_SERVER_PORT"], flush=True)
    n = 0
    while not ended.wait(0.1):
        n += 1
        for key, pv in cameras.items():
            pv.post(pictures[key][n % FRAMES], timestamp=time.time())
