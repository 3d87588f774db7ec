"""p4p (pvxs stack): `number`, which clients may write up to 100, `constant`, which they may not, and `shout`, a call.

Prints `ready <tcp port>`. Ends with its standard input.
"""
import sys

from p4p.nt import NTScalar
from p4p.server import Server
from p4p.server.thread import SharedPV

number = SharedPV(nt=NTScalar("d"), initial=1.5)
constant = SharedPV(nt=NTScalar("d"), initial=1.5)
shout = SharedPV(nt=NTScalar("s"), initial="")


@number.put
def write(pv, operation):
    if operation.value() > 100:
        operation.done(error="above 100")
        return
    pv.post(operation.value())
    operation.done()


@shout.rpc
def call(pv, operation):
    operation.done(NTScalar("s").wrap(operation.value().query.text.upper()))


with Server(providers=[{"number": number, "constant": constant, "shout": shout}]) as server:
    print("ready", server.conf()["EPICS_PVAS_SERVER_PORT"], flush=True)
    sys.stdin.read()
