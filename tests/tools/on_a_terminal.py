"""Runs a program with a terminal for stderr, and prints all that the terminal was sent.

    on_a_terminal.py COLUMNS FOLDER PROGRAM [ARGUMENT ...]

The terminal is COLUMNS wide; with 0 it does not say how wide it is. FOLDER is kept locked, as another run of tenantry would: for a second and a half from when the program says that it
waits, or for four seconds if it says nothing. The program's own exit status is the script's; what it prints to stdout is thrown away.
"""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

columns, folder, *command = sys.argv[1:]
lock = os.open(folder, os.O_RDONLY)
fcntl.flock(lock, fcntl.LOCK_EX)
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
process = subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
os.close(theirs)
said = b""
started = time.monotonic()
while True:
    if lock is not None:
        waits = b"waiting" in said
        if waits or time.monotonic() - started > 4:
            time.sleep(1.5 if waits else 0)
            os.close(lock)
            lock = None
        elif not select.select([ours], [], [], 0.1)[0]:
            continue
    try:
        chunk = os.read(ours, 65536)
    except OSError:  # how Linux says that nobody has the other end any more
        break
    if not chunk:
        break
    said += chunk
sys.stdout.buffer.write(said)
sys.exit(process.wait())
