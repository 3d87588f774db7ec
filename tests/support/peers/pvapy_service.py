"""pvapy (old C++ stack): `number`, which clients may write. Prints `ready`. The port is EPICS_PVA_SERVER_PORT. Ends with its
standard input.
"""
import sys

import pvaccess as pva

server = pva.PvaServer()
server.addRecord("number", pva.NtScalar(pva.DOUBLE, 1.5), None)
print("ready", flush=True)
sys.stdin.read()
