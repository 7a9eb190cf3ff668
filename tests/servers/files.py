"""The official filesystem server. Knows nothing of other servers."""

import os

from peer import Peer
from world import World

ADDRESS = "ada.lovelace@example.org"
TOOLS = ["create_directory", "directory_tree", "edit_file", "get_file_info", "list_directory", "list_directory_with_sizes"]
TOOLS += ["move_file", "read_multiple_files", "read_text_file", "search_files", "write_file"]


def drive(checks, aegis, kit, at):
    world = World(at("files"), kit, ["filesystem"])
    world.put("shared/notes/week.md", "first line\nAsk %s, card 4111 1111 1111 1111\n" % ADDRESS)
    world.put("shared/notes/plain.md", "nothing of anybody\n")
    world.put("shared/gold/orders.csv", "id,amount\n1,9.5\n")
    world.put("shared/app/.env", "TOKEN=abc\n")
    world.put("shared/work/draft.md", "draft\n")
    os.makedirs(world.path("shared/app/.git/hooks"))
    world.put("outside/secret.txt", "outside the folder\n")
    os.symlink(world.path("outside"), world.path("shared/out"))
    os.symlink(world.path("outside/secret.txt"), world.path("shared/work/link.txt"))

    direct = Peer(world.command("filesystem"), world.place)
    before = direct.call("read_text_file", path="notes/week.md")
    checks.allowed("without the kernel the address leaves", before, ADDRESS)
    before = direct.call("write_file", path="app/.git/hooks/post-checkout", content="#!/bin/sh\n")
    checks.allowed("without the kernel a hook is written", before)
    direct.end()

    agent = world.agent(aegis)
    call = lambda tool, **arguments: agent.call("filesystem__" + tool, **arguments)
    listed = sorted(name for name in agent.tools())
    checks.that("the declared tools are listed, and no others", listed == ["filesystem__" + name for name in TOOLS], listed)

    read = call("read_text_file", path="notes/week.md")
    checks.allowed("a file is read", read, "first line")
    checks.masked("people in it leave masked", read, ADDRESS, "4111 1111 1111 1111")
    checks.allowed("its first line", call("read_text_file", path="notes/week.md", head=1), "first line")
    read = call("read_multiple_files", paths=["notes/week.md", "notes/plain.md", "gold/orders.csv"])
    checks.allowed("several files", read, "nothing of anybody", "9.5")
    checks.masked("masked too", read, ADDRESS)
    checks.allowed("the folder is listed", call("list_directory", path=""), "[DIR] notes")
    checks.allowed("with sizes", call("list_directory_with_sizes", path="notes", sortBy="size"), "week.md")
    checks.allowed("a tree", call("directory_tree", path="notes", excludePatterns=["plain*"]), "week.md")
    checks.allowed("a search", call("search_files", path="", pattern="**/*.csv"), "orders.csv")
    checks.allowed("what a file is", call("get_file_info", path="gold/orders.csv"), "isFile: true")
    checks.allowed("a folder is made", call("create_directory", path="work/new"))
    checks.allowed("a file is written", call("write_file", path="work/new/a.md", content="one\ntwo\n"))
    edited = call("edit_file", path="work/new/a.md", edits=[{"oldText": "two", "newText": "three"}])
    checks.allowed("edited", edited, "+three")
    checks.allowed("moved", call("move_file", source="work/new/a.md", destination="work/a.md"))
    checks.that("and there it is", world.read("shared/work/a.md") == "one\nthree\n")

    for path in ["../outside/secret.txt", "notes/../../outside/secret.txt", "./notes/week.md"]:
        checks.denied("read " + path, call("read_text_file", path=path), "path.dot-component")
    for path in [world.path("outside/secret.txt"), "/etc/passwd", "~/.ssh/id_rsa", "file:///etc/passwd"]:
        checks.denied("read an absolute path", call("read_text_file", path=path), "path.not-relative")
    checks.denied("one of several", call("read_multiple_files", paths=["notes/plain.md", "../outside/secret.txt"]), "path.dot-component")
    for path in ["out/secret.txt", "work/link.txt"]:
        refused = call("read_text_file", path=path)
        checks.that("a link out is refused: " + path, refused.get("isError") is True and "outside the folder" not in str(refused), refused)
    refused = call("write_file", path="work/link.txt", content="overwritten")
    checks.that("nothing is written through a link out", world.read("outside/secret.txt") == "outside the folder\n", refused)
    checks.denied("write beside work", call("write_file", path="notes/x.md", content="x"), "kernel.not-granted")
    checks.denied("write into gold", call("write_file", path="gold/orders.csv", content="x"), "files-gold-is-read-only", "kernel.not-granted")
    moved = call("move_file", source="work/draft.md", destination="gold/draft.md")
    checks.denied("move into gold", moved, "files-gold-is-read-only", "kernel.not-granted")
    checks.denied("move gold away", call("move_file", source="gold", destination="work/gold"), "files-gold-is-read-only", "kernel.not-granted")
    checks.that("gold is as it was", world.read("shared/gold/orders.csv") == "id,amount\n1,9.5\n")
    checks.denied("read a key", call("read_text_file", path="app/.env"), "files-keys-stay-closed")
    checks.denied("in other letters", call("read_text_file", path="app/.ENV"), "files-keys-stay-closed")
    checks.denied("among others", call("read_multiple_files", paths=["app/.env"]), "files-keys-stay-closed")
    checks.denied("write a hook", call("write_file", path="work/.git/hooks/post-checkout", content="x"), "files-keys-stay-closed")
    checks.denied("pictures", call("read_media_file", path="notes/week.md"), "kernel.unknown-tool")
    checks.denied("an argument that is not declared", call("list_directory", path="", recursive=True), "kernel.undeclared-argument")
    masked = call("read_text_file", path="notes/week.md")["structuredContent"]["content"]
    checks.denied("a mask that is written back", call("write_file", path="work/copy.md", content=masked), "kernel.masked-value")
    checks.that("no answer held what lies outside", not any("outside the folder" in line for line in agent.heard))
    agent.end()
    return world
