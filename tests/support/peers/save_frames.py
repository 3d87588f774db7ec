"""save_frames.py FILE TYPE: four mono test pictures as a NumPy file, for servers that read one. Prints `ready`."""
import sys

import numpy as np

from images import make

np.save(sys.argv[1], np.stack([make(sys.argv[2], "mono", n) for n in range(4)]))
print("ready", flush=True)
