"""An IOC with one image group, QSRV:image: uint16 mono, a new frame each 100 ms. The argument says whose QSRV serves it,
`epicscorelibs` or `pvxslibs`. Prints `ready`. Ports come from EPICS_PVA[S]_*. Ends with its standard input.
"""
import sys
import threading

from images import make
import qsrv

FRAMES = 4
frames = [make("uint16", "mono", n) for n in range(FRAMES)]
qsrv.start(sys.argv[1], "P=QSRV")
qsrv.put("QSRV:pixels", frames[0])
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
print("ready", flush=True)
n = 0
while not ended.wait(0.1):
    n += 1
    qsrv.put("QSRV:pixels", frames[n % FRAMES])
