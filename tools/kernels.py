#!/usr/bin/env python3
"""Loads, attaches and runs the datapath on Debian's kernels, each in a virtual machine of its own (qemu without KVM), and prints a table.

    kernels.py --init artifacts/kernels/netweir-kernels [--object artifacts/bpf/netweir.bpf.o] [--cache artifacts/kernels] [SUITE...]

A kernel comes from Debian's archive as the package that `linux-image-cloud-amd64` stands for in that suite, by apt with the machine's own mirror and
proxy, but with a configuration of its own: nothing is installed. Packages are kept in the cache. The first process of the machine is --init.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from image_elf import ElfError
from kernel_archive import Archive, ArchiveError
from kernel_initramfs import build

# Suite -> the kernel that it is here for, and whether it must work or be refused by the agent before anything is touched.
SUITES = {"bullseye": ("5.10", "refused"), "bookworm": ("6.1", "runs"), "trixie": ("6.12", "runs")}
STEPS = ("loads", "attaches", "runs")
MEMORY = "512M"
LIMIT = 240  # seconds a machine may take; usual are thirty


class Machine:
    """One boot: prints what the machine says, and keeps what it says about its steps."""

    def __init__(self, version, kernel, initramfs):
        self.steps = {}
        self.refused = False
        self.seconds = 0.0
        self._version = version
        self._command = ["timeout", str(LIMIT), "qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-m", MEMORY, "-accel", "tcg", "-nodefaults",
                         "-no-user-config", "-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", str(kernel.image), "-initrd", str(initramfs),
                         "-append", "console=ttyS0 quiet panic=-1"]

    def run(self):
        started = time.monotonic()
        process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        for line in process.stdout:
            self._hear(line.decode(errors="replace").rstrip())
        if process.wait() != 0:
            self._hear(f"error: qemu ended with status {process.returncode}" + (f": not done after {LIMIT} s" if process.returncode == 124 else ""))
            self.steps = {}
        self.seconds = time.monotonic() - started

    @property
    def outcome(self):
        if self.refused:
            return "refused"
        return "runs" if all(self.steps.get(step) == "yes" for step in STEPS) else "fails"

    def _hear(self, line):
        print(f"{self._version:>5} | {line}", flush=True)
        words = line.split()
        if len(words) > 2 and words[0] == "step":
            self.steps[words[1].rstrip(":")] = "yes" if words[2] == "ok" else "NO"
        self.refused |= line.startswith("refused: ")


def prepare(suite, archive, options):
    """The machine, or None after an error has been told."""
    version = SUITES[suite][0]
    print(f"{version:>5} | {suite}", flush=True)
    try:
        kernel = archive.kernel(suite)
        if not kernel.release.startswith(version + "."):
            raise ArchiveError(f"{suite} has Linux {kernel.release}, not {version}: correct SUITES in tools/kernels.py")
        return Machine(version, kernel, build(kernel, options.init, options.object))
    except (ArchiveError, ElfError, OSError, subprocess.CalledProcessError) as e:
        print(f"error: {e}", file=sys.stderr)
        return None


def row(suite, machine):
    version, wanted = SUITES[suite]
    if machine is None:
        return (version, *("-" for _ in STEPS), "-", "NOT TESTED")
    outcome = machine.outcome
    return (version, *(machine.steps.get(step, "-") for step in STEPS), f"{machine.seconds:.1f}", outcome if outcome == wanted else f"WRONG: {outcome}")


def table(rows):
    rows = [("kernel", *STEPS, "seconds", "outcome"), *rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}; all by default")
    parser.add_argument("--init", type=pathlib.Path, required=True)
    parser.add_argument("--object", type=pathlib.Path, default=pathlib.Path("artifacts/bpf/netweir.bpf.o"))
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("artifacts/kernels"))
    options = parser.parse_args()
    if unknown := [suite for suite in options.suites if suite not in SUITES]:
        parser.error(f"unknown suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    archive = Archive(options.cache)
    suites = options.suites or list(SUITES)
    machines = {suite: prepare(suite, archive, options) for suite in suites}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(Machine.run, filter(None, machines.values())))
    print(table([row(suite, machines[suite]) for suite in suites]))
    return 0 if all(machine and machine.outcome == SUITES[suite][1] for suite, machine in machines.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
