#!/usr/bin/env python3
"""Which functions a start and the calls of the demo touch, written down for the linker: tools/order/order.ld.

    python3 tools/order/write.py

Builds the release with its symbols under target/order and runs it in the demo's world twice, once up to the list
of tools and once through the scenario, with a trap on each function that tells of its first call (Linux, x86-64).
Nothing depends on the file but where functions stand: one that it does not name is placed as before, a name that
is gone is nothing. Run it again after a change of dependencies or a large change.
"""

import collections
import ctypes
import json
import os
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ORDER = ROOT / "tools/order/order.ld"
# Of a name that stands for many functions (a generic one), so much must have run for it to stand with the rest.
DENSE = 0.1
# <sys/ptrace.h>
TRACEME, CONT, GETREGS, SETREGS, DETACH, SETOPTIONS = 0, 7, 12, 13, 17, 0x4200
FORKS, EXEC, EXITKILL = 0x2 | 0x4 | 0x8, 0x10, 0x100000
EVENT_EXEC, WALL, SIGTRAP, SIGSTOP, RIP = 4, 0x40000000, 5, 19, 16

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def build(package, binary):
    """The release as it is shipped, but with names."""
    target = ROOT / "target/order"
    env = os.environ | {"CARGO_TARGET_DIR": str(target), "CARGO_PROFILE_RELEASE_STRIP": "none"}
    command = ["cargo", "build", "--release", "--locked", "-p", package, "--bin", binary]
    subprocess.run(command, cwd=ROOT, env=env, check=True)
    return target / "release" / binary


def functions(binary):
    """Address in the file's own terms, name and bytes of each function."""
    listing = subprocess.run(["nm", "-S", binary], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in listing.splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in "tT":
            found.setdefault(int(fields[0], 16), (fields[3], int(fields[1], 16)))
    return found


class Traced(threading.Thread):
    """A program whose functions each trap once. One thread starts it and follows it, as ptrace wants."""

    def __init__(self, command, addresses):
        super().__init__()
        self.command, self.addresses = command, addresses
        self.first_calls, self.pipes = [], queue.Queue()
        self.start()
        self.stdin, self.stdout = self.pipes.get()

    def run(self):
        (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(theirs_in, 0)
            os.dup2(theirs_out, 1)
            libc.ptrace(TRACEME, 0, None, None)
            os.execv(self.command[0], self.command)
        for end in (theirs_in, theirs_out):
            os.close(end)
        os.waitpid(child, 0)
        libc.ptrace(SETOPTIONS, child, None, FORKS | EXEC | EXITKILL)
        with open(f"/proc/{child}/maps") as maps:
            base = int(maps.readline().split("-")[0], 16)
        bytes_before = {}
        with open(f"/proc/{child}/mem", "r+b", 0) as memory:
            for address in self.addresses:
                memory.seek(base + address)
                bytes_before[address] = memory.read(1)
                memory.seek(base + address)
                memory.write(b"\xcc")
        libc.ptrace(CONT, child, None, None)
        self.pipes.put((open(ours_in, "w"), open(ours_out)))
        self.follow(child, base, bytes_before)

    def follow(self, child, base, bytes_before):
        registers, seen = (ctypes.c_ulonglong * 27)(), set()
        while True:
            task, status = os.waitpid(-1, WALL)
            if not os.WIFSTOPPED(status):
                if task == child:
                    return
                continue
            signal, event = os.WSTOPSIG(status), status >> 16
            if event == EVENT_EXEC:  # another program: what it calls is its own
                libc.ptrace(DETACH, task, None, None)
                continue
            if signal == SIGTRAP and not event:
                libc.ptrace(GETREGS, task, None, registers)
                address = registers[RIP] - 1 - base
                if address in bytes_before:
                    if address not in seen:
                        seen.add(address)
                        self.first_calls.append(address)
                    with open(f"/proc/{task}/mem", "r+b", 0) as memory:
                        memory.seek(base + address)
                        memory.write(bytes_before[address])
                    registers[RIP] -= 1
                    libc.ptrace(SETREGS, task, None, registers)
            libc.ptrace(CONT, task, None, 0 if signal in (SIGTRAP, SIGSTOP) else signal)


class Agent:
    """One agent over pipes; `ask` waits for its answer."""

    def __init__(self, process):
        self.process, self.asked = process, 0

    def send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0"} | message) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self.asked:
                return answer
        sys.exit(f"no answer to {method}")

    def begin(self):
        who = {"name": "order", "version": "1"}
        self.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": who})
        self.send({"method": "notifications/initialized"})
        self.ask("tools/list", {})

    def take(self, step):
        if "tool" not in step:
            return
        answer = self.ask("tools/call", {"name": step["tool"], "arguments": step["arguments"]})
        if answer.get("result", {}).get("isError", True):
            for follow_up in step.get("if_denied", []):
                self.take(follow_up)


def touched(binary, world, steps, addresses):
    process = Traced([str(binary), "serve", "--config", str(world / "aegis.toml")], addresses)
    agent = Agent(process)
    agent.begin()
    for step in steps:
        agent.take(step)
    process.stdin.close()
    process.join()
    return process.first_calls


def pattern(symbol):
    """A name without what changes from build to build: hashes, the number of a copy."""
    symbol = re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", symbol)
    symbol = re.sub(r"(\.llvm)?\.\d+$", "*", symbol)
    return re.sub(r"Cs[0-9A-Za-z]{8,12}_", "Cs*_", symbol)


def script(programs):
    """The linker's script, of each program's functions, those of a start, and those of the whole scenario."""
    of_name, ran_of_name = collections.Counter(), collections.Counter()
    for functions, start, whole in programs:
        ran = set(start) | set(whole)
        for address, (symbol, size) in functions.items():
            of_name[pattern(symbol)] += size
            ran_of_name[pattern(symbol)] += size * (address in ran)

    sections = {"start": [], "call": [], "shared": []}
    placed = set()

    for section, which in (("start", 1), ("call", 2)):
        for program in programs:
            for address in program[which]:
                name = pattern(program[0][address][0])
                if name not in placed:
                    placed.add(name)
                    dense = ran_of_name[name] >= DENSE * of_name[name]
                    sections[section if dense else "shared"].append(name)

    lines = ["/* Written by tools/order/write.py: what a start touches, what calls touch, names of which little is touched. */"]
    lines.append("SECTIONS\n{")
    for section, names in sections.items():
        lines.append(f"  .text.{section} :\n  {{")
        lines += [f"    *(.text.{name})" for name in names]
        if section == "start":
            lines.append("    *(.text.unlikely.*)")
        lines.append("  }")
    lines.append("}\nINSERT BEFORE .text;")
    print(f"{len(placed)} names, {sum(ran_of_name.values())} of {sum(of_name.values())} bytes in functions that ran")
    return "\n".join(lines) + "\n"


def main():
    steps = tomllib.loads((ROOT / "demo/scenario.toml").read_text())["step"]
    programs = []
    # The tests build the program once more, with more features of what it depends on: what is inlined differs.
    for package, name in (("aegis-host", "aegis"), ("aegis-tests", "aegis-under-test")):
        binary = build(package, name)
        known = functions(binary)
        with tempfile.TemporaryDirectory() as directory:
            world = pathlib.Path(directory) / "world"
            subprocess.run([binary, "demo", "--prepare", world], check=True, stdout=subprocess.DEVNULL)
            start = touched(binary, world, [], known)
            programs.append((known, start, touched(binary, world, steps, known)))
    ORDER.write_text(script(programs))


main()
