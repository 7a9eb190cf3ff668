"""Every check of servers that others wrote, one after another: drive.py AEGIS KIT FOLDER. Knows nothing of single servers."""

import os
import subprocess
import sys

import databases
import files
import memory
import repository
from cluster import OWNER_PASSWORD, READER_PASSWORD, Cluster
from peer import Checks


def no_password(checks, world, peers):
    """Neither password is in anything that an agent heard or that the kernel kept."""
    heard = "".join(line for peer in peers for line in peer.heard)
    places = [os.path.join(world.path(".aegis"), name) for name in os.listdir(world.path(".aegis"))]
    kept = b""
    for place in places:
        for folder, _, names in os.walk(place) if os.path.isdir(place) else [(os.path.dirname(place), [], [os.path.basename(place)])]:
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    kept += file.read()
    for password in [OWNER_PASSWORD, READER_PASSWORD]:
        checks.that("the password is in no answer and no file of the kernel", password not in heard and password.encode() not in kept)


def pinned(checks, aegis, world):
    """What the servers list is what was accepted, tool by tool."""
    done = subprocess.run([aegis, "pins", "diff", "--config", world.path("aegis.toml")], capture_output=True, text=True)
    checks.that("every definition is as accepted", done.returncode == 0, done.stdout + done.stderr)


def verified(checks, aegis, world):
    done = subprocess.run([aegis, "audit", "verify", world.path(".aegis/audit")], capture_output=True, text=True)
    checks.that("the log verifies", done.returncode == 0, done.stdout + done.stderr)


def main():
    aegis, kit, temporary = sys.argv[1:4]
    # As they are, so that a link in the path is not taken for another folder.
    kit, temporary = os.path.realpath(kit), os.path.realpath(temporary)
    checks = Checks()

    def at(name):
        return os.path.join(temporary, name)

    for part in [files, memory, repository]:
        print("-- " + part.__name__)
        world = part.drive(checks, aegis, kit, at)
        pinned(checks, aegis, world)
        verified(checks, aegis, world)
    cluster = Cluster(temporary)
    try:
        for server in databases.SERVERS:
            print("-- " + server)
            world, peers = databases.drive(checks, aegis, kit, at, cluster, server)
            pinned(checks, aegis, world)
            verified(checks, aegis, world)
            no_password(checks, world, peers)
    finally:
        cluster.end()
    print("%d checks hold, %d do not" % (checks.held, checks.failed))
    return 1 if checks.failed else 0


sys.exit(main())
