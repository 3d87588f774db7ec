"""numpy's reading of NPY files. A line of base64 in; a line of JSON out: `{"shape", "dtype", "fortran", "values"}`."""
import base64
import io
import json
import sys

import numpy as np

for line in sys.stdin:
    array = np.load(io.BytesIO(base64.b64decode(line)), allow_pickle=False)
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    facts = {"shape": array.shape, "dtype": array.dtype.str, "fortran": fortran, "values": array.ravel().tolist()}
    print(json.dumps(facts), flush=True)
