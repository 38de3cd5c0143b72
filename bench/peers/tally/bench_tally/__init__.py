"""Counts what was really executed: a line for each event in a file beside this module, whoever started the program.

The file is found from here and not from the environment, since not every tool hands its environment on.
"""
import os

_LOG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "executed.log")


def record(event):
    """Adds the event as a line; many processes may do so at once."""
    descriptor = os.open(_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{event}\n".encode())
    os.close(descriptor)
