"""pvapy (old C++ stack: segments, cached types) cameras: PVAPY:<type>:<colour>, a new frame each 100 ms.

Prints `ready`. The port is EPICS_PVA_SERVER_PORT. Ends with its standard input.
"""
import sys
import threading

import numpy as np
import pvaccess as pva
from pvapy.utility.adImageUtility import AdImageUtility

from images import COLOURS, TYPES, make, planes_of


def wrap(kind, colour, n):
    """pvapy takes colour pictures as [y, x, colour] and moves the axis itself."""
    planes = planes_of(make(kind, colour, n), colour)
    picture = planes[0] if colour == "mono" else np.moveaxis(planes, 0, 2)
    return AdImageUtility.generateNtNdArray(n, picture, colorMode=COLOURS[colour])


FRAMES = 4
pictures = {f"PVAPY:{k}:{c}": [wrap(k, c, n) for n in range(FRAMES)] for k in TYPES for c in COLOURS}
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
server = pva.PvaServer()
for name, frames in pictures.items():
    server.addRecord(name, frames[0], None)
print("ready", flush=True)
n = 0
while not ended.wait(0.1):
    n += 1
    for name, frames in pictures.items():
        server.update(name, frames[n % FRAMES])
