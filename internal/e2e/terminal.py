"""Runs a program on a terminal of its own and types as told: terminal.py SCRIPT PROGRAM ARGUMENTS…

SCRIPT is JSON, a list of [text to wait for, keys to type then]. Prints {"said": all that was shown, "status": the exit status}.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

script, program = json.loads(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
    os.execvp(program[0], program)

said = ""
ended = False


def listen(until):
    """Reads until a text is shown that was not before, the program ends, or a minute is over."""
    global said, ended
    begun, deadline = len(said), time.monotonic() + 60
    while not ended and until not in said[begun:] and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                said += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                ended = True


for shown, keys in script:
    listen(shown)
    time.sleep(0.3)  # a program turns its terminal over before it prompts, or after
    os.write(terminal, keys.encode())
listen("\0")
print(json.dumps({"said": said, "status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}))
