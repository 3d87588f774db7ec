"""An IOC with the image group of image_group.db, served by one of the two QSRVs."""
import ctypes
import os
import sys

from epicscorelibs import ioc

DBR_USHORT = 4


def start(library, macros):
    """Starts as `python -m <library>.ioc -d image_group.db -m <macros>` does: `epicscorelibs` is QSRV1 (old C++ stack, found by
    UDP alone), `pvxslibs` QSRV2 (pvxs)."""
    if library == "pvxslibs":
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
        ioc.start_ioc(os.path.join(os.path.dirname(__file__), "image_group.db"), macros, **libraries)
    finally:
        os.dup2(outputs[0], 1)
        os.dup2(outputs[1], 2)


def put(record, array):
    """Writes an array of uint16 to a waveform record, as a driver would."""
    address = ctypes.create_string_buffer(256)  # room for a DBADDR
    if ioc.dbCore.dbNameToAddr(record.encode(), address):
        sys.exit(f"no record {record}")
    pixels = array.ctypes.data_as(ctypes.c_void_p)
    if ioc.dbCore.dbPutField(address, DBR_USHORT, pixels, ctypes.c_long(array.size)):
        sys.exit(f"{record} takes no pixels")
