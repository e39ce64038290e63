"""Runs a command with what a unit forbids its service, where there is no systemd to do so.

    python tests/deploy/sandbox.py UNIT COMMAND...

Of the unit it takes the system calls, memory that is written and run, and new privileges: what
breaks a program at a moment when nobody looks.
"""

import ctypes
import ctypes.util
import os
import subprocess
import sys
from pathlib import Path

# Refused with EPERM, as SystemCallErrorNumber has it.
REFUSE, ALLOW = 0x00050001, 0x7FFF0000
NO_NEW_PRIVILEGES, NO_WRITTEN_CODE = 38, 65


def settings(unit):
    pairs = [line.partition("=")[::2] for line in Path(unit).read_text().splitlines()]
    filters = [value for key, value in pairs if key == "SystemCallFilter"]
    return filters, dict(pairs)


def members(name):
    """The system calls of a group of systemd's, as it lists them itself."""
    if not name.startswith("@"):
        return {name}
    command = ["systemd-analyze", "syscall-filter", name]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [line.strip() for line in answer.stdout.splitlines()[1:]]
    return set().union(*(members(line) for line in lines if line and not line.startswith("#")))


def allowed(filters):
    """What the lines leave, one after the other: "~" takes away."""
    calls = set(members("@default"))
    for line in filters:
        group = set().union(*(members(name) for name in line.lstrip("~").split()))
        calls = calls - group if line.startswith("~") else calls | group
    return calls


def confine(unit):
    filters, values = settings(unit)
    libc = ctypes.CDLL(None, use_errno=True)
    if values.get("NoNewPrivileges") == "yes" and libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no new privileges")
    calls = allowed(filters)
    seccomp = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(REFUSE)))
    for name in calls:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add(rules, ctypes.c_uint32(ALLOW), number, 0)
    if values.get("MemoryDenyWriteExecute") == "yes":
        libc.prctl(NO_WRITTEN_CODE, 1, 0, 0, 0)  # a kernel from before 6.3 cannot
    if seccomp.seccomp_load(rules):
        raise OSError("The filter of system calls was not taken.")


if __name__ == "__main__":
    confine(sys.argv[1])
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606
