"""The official git server. Knows nothing of other servers."""

import os

from peer import Peer
from world import World

ADDRESS = "katherine.johnson@example.org"
AUTHOR = "dorothy.vaughan@example.org"


def drive(checks, aegis, kit, at):
    world = World(at("git"), kit, ["git"])
    os.makedirs(world.path("repository"))
    world.git("init", "-q", "-b", "main")
    world.git("config", "user.name", "Dorothy")
    world.git("config", "user.email", AUTHOR)
    world.put("repository/README.md", "for %s\n" % ADDRESS)
    world.put("repository/src/main.py", "print(1)\n")
    world.git("add", ".")
    world.git("commit", "-q", "-m", "first, asked by %s" % ADDRESS)
    world.put("repository/src/main.py", "print(2)  # %s\n" % ADDRESS)
    world.put("repository/.env", "TOKEN=abc\n")
    os.makedirs(world.path("elsewhere"))
    world.git("clone", "-q", world.path("repository"), world.path("elsewhere"))

    direct = Peer(world.command("git"), world.place)
    checks.allowed("without the kernel the addresses leave", direct.call("git_show", repo_path="repository", revision="HEAD"), ADDRESS, AUTHOR)
    direct.end()

    agent = world.agent(aegis)
    call = lambda tool, **arguments: agent.call("git__git_" + tool, **{"repo_path": "repository", **arguments})
    checks.that("twelve tools are listed", len(agent.tools()) == 12, agent.tools())
    checks.allowed("status", call("status"), "src/main.py")
    shown = call("diff_unstaged", context_lines=1)
    checks.allowed("what is not staged", shown, "print(2)")
    checks.masked("masked", shown, ADDRESS)
    checks.allowed("staging", call("add", files=["src/main.py"]), "staged")
    shown = call("diff_staged")
    checks.allowed("what is staged", shown, "print(2)")
    checks.masked("masked too", shown, ADDRESS)
    checks.allowed("unstaging", call("reset"))
    checks.allowed("a branch", call("create_branch", branch_name="agent/more", base_branch="main"), "agent/more")
    checks.allowed("switching", call("checkout", branch_name="agent/more"), "agent/more")
    call("add", files=["src/main.py"])
    checks.allowed("a commit", call("commit", message="main: two"), "committed")
    checks.that("and there it is", world.git("log", "-1", "--format=%s", "agent/more") == "main: two")
    shown = call("diff", target="main")
    checks.allowed("against a branch", shown, "print(2)")
    checks.masked("masked as well", shown, ADDRESS)
    shown = call("log", max_count=5, start_timestamp="2020-01-01")
    checks.allowed("the history", shown, "main: two")
    checks.masked("without addresses", shown, ADDRESS, AUTHOR)
    shown = call("show", revision="HEAD~1")
    checks.allowed("a commit is shown", shown, "first, asked by")
    checks.masked("without addresses", shown, ADDRESS, AUTHOR)
    shown = call("show", revision="HEAD:README.md")
    checks.allowed("a file of it", shown, "for ")
    checks.masked("masked", shown, ADDRESS)
    checks.allowed("branches", call("branch", branch_type="local", contains="main"), "agent/more")

    output = world.path("written-by-git")
    for tool, argument in [("diff", "target"), ("show", "revision"), ("checkout", "branch_name")]:
        for option in ["--output=" + output, "-O" + output, "--upload-pack=touch " + output, "--ext-diff"]:
            checks.denied("%s %s as an option" % (tool, argument), call(tool, **{argument: option}), "kernel.bad-argument")
    for arguments in [{"start_timestamp": "--output=" + output}, {"end_timestamp": "-1"}, {"max_count": 0}]:
        checks.denied("log %s" % list(arguments)[0], call("log", **arguments), "kernel.bad-argument")
    checks.denied("a branch as an option", call("create_branch", branch_name="--force"), "kernel.bad-argument")
    checks.denied("a base as an option", call("create_branch", branch_name="agent/x", base_branch="-D"), "kernel.bad-argument")
    checks.denied("a commit as an option", call("branch", branch_type="all", contains="--delete=main"), "kernel.bad-argument")
    checks.denied("a branch of others' names", call("create_branch", branch_name="release"), "git-branches-of-its-own")
    checks.that("no option reached git", not os.path.exists(output))
    checks.denied("another repository", call("status", repo_path="elsewhere"), "git-one-repository")
    checks.denied("one above", call("status", repo_path="repository/../elsewhere"), "path.dot-component")
    checks.denied("one by its place", call("status", repo_path=world.path("elsewhere")), "path.not-relative")
    checks.denied("a file outside", call("add", files=["../elsewhere/README.md"]), "path.dot-component")
    checks.denied("a key", call("add", files=[".env"]), "git-keys-are-not-staged")
    refused = call("add", files=["*"])
    checks.that("a pattern of names is none", ".env" not in world.git("diff", "--cached", "--name-only"), refused)
    checks.denied("a tool that there is not", call("push"), "kernel.unknown-tool")
    agent.end()
    return world
