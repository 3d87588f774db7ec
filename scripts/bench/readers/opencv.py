"""Reads a stream with OpenCV for so many seconds: opencv.py URL SECONDS; prints {frames, failures, width, height} as JSON."""

import json
import sys
import time

import cv2

url, seconds = sys.argv[1], float(sys.argv[2])
capture = cv2.VideoCapture(url)
frames = failures = width = height = 0
end = time.monotonic() + seconds
while capture.isOpened() and time.monotonic() < end:
    good, picture = capture.read()
    if good:
        frames += 1
        height, width = picture.shape[:2]
    else:
        failures += 1
        if failures > 100:
            break
opened = capture.isOpened()
capture.release()
print(json.dumps({"frames": frames, "failures": failures, "width": width, "height": height, "opened": opened}))
