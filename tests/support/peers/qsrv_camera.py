"""An IOC with one image group, QSRV:image: uint16 mono, a new frame each 100 ms. The argument says which QSRV serves it:
`epicscorelibs` (QSRV1, old C++ stack, found by UDP alone) or `pvxslibs` (QSRV2, pvxs).

Starts as `python -m <argument>.ioc -d image_group.db -m P=QSRV` does, then writes the pixels as a driver would.
Prints `ready`. Ports come from EPICS_PVA[S]_*. Ends with its standard input.
"""
import ctypes
import os
import sys
import threading

from epicscorelibs import ioc

from images import make

DBR_USHORT = 4
FRAMES = 4
frames = [make("uint16", "mono", n) for n in range(FRAMES)]

if sys.argv[1] == "pvxslibs":
    import pvxslibs.path

    os.environ["PVXS_QSRV_ENABLE"] = "YES"
    libraries = {
        "extra_dbd_load": (("pvxsIoc.dbd", pvxslibs.path.dbd_path),),
        "extra_dso_load": ("pvxslibs.lib.pvxsIoc",),
    }
else:
    libraries = {"extra_dbd_load": ioc.pva_dbd_load, "extra_dso_load": ioc.pva_dso_load}

# The banners of an IOC, on both of its outputs, are not for our reader: set aside until it runs.
outputs = [os.dup(1), os.dup(2)]
with open(os.devnull, "w") as nowhere:
    os.dup2(nowhere.fileno(), 1)
    os.dup2(nowhere.fileno(), 2)
try:
    ioc.start_ioc("image_group.db", "P=QSRV", **libraries)
finally:
    os.dup2(outputs[0], 1)
    os.dup2(outputs[1], 2)
pixels = ctypes.create_string_buffer(256)  # room for a DBADDR
if ioc.dbCore.dbNameToAddr(b"QSRV:pixels", pixels):
    sys.exit("no record QSRV:pixels")


def write(n):
    frame = frames[n % FRAMES]
    ioc.dbCore.dbPutField(pixels, DBR_USHORT, frame.ctypes.data_as(ctypes.c_void_p), ctypes.c_long(frame.size))


write(0)
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
print("ready", flush=True)
n = 0
while not ended.wait(0.1):
    n += 1
    write(n)
