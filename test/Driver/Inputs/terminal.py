"""Runs a command whose standard error is a terminal and prints what appears there, each rewriting as a line."""

import os
import subprocess
import sys

ours, theirs = os.openpty()
environment = {"TERM": "xterm", **{k: v for k, v in os.environ.items() if k != "TERM" or v == "dumb"}}
child = subprocess.Popen(sys.argv[1:], stderr=theirs, env=environment)
os.close(theirs)
text = b""
while True:
    try:
        part = os.read(ours, 4096)
    except OSError:  # The other end is closed.
        break
    if not part:
        break
    text += part
if child.wait():
    sys.exit(text.decode())
for line in text.decode().split("\r"):
    if line:
        print(line)
