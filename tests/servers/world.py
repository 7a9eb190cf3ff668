"""A folder set up as docs/SERVERS.md tells: its very blocks are the configuration. Knows nothing of calls."""

import os
import re
import shutil
import subprocess

from cluster import OWNER_PASSWORD, READER_PASSWORD
from peer import Peer

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SERVERS = ["filesystem", "memory", "git", "postgres-reference", "dbhub"]


def blocks(language):
    page = open(os.path.join(ROOT, "docs", "SERVERS.md"), encoding="utf-8").read()
    return re.findall(r"```%s\n(.*?)```" % language, page, re.S)


def reader_script():
    """The role that the page tells to make, with this run's password."""
    script = next(block for block in blocks("sql") if "CREATE ROLE" in block)
    return script.replace("'PASSWORD'", "'%s'" % READER_PASSWORD)


class World:
    """One kernel's folder with some of the servers."""

    def __init__(self, place, kit, servers=SERVERS, port=5432, login="agent_reader"):
        os.makedirs(place)
        self.place = place
        os.symlink(kit, os.path.join(place, "servers"))
        for kind in ["manifests", "policies"]:
            shutil.copytree(os.path.join(ROOT, kind, "third-party"), os.path.join(place, kind, "third-party"))
        os.makedirs(os.path.join(place, "shared"))
        os.makedirs(os.path.join(place, "secrets"), mode=0o700)
        password = OWNER_PASSWORD if login == "owner" else READER_PASSWORD
        self.secret("pg-password", password)
        url = "postgres://%s:%s@127.0.0.1:%d/customers?sslmode=disable" % (login, password, port)
        self.secret("dbhub-dsn", url)
        text = next(block for block in blocks("toml") if "[kernel]" in block)
        files = ["policies/third-party/%s.toml" % name for name in ["common", *servers]]
        text = re.sub(r"policies *= *\[.*?\]", "policies = %s" % str(files).replace("'", '"'), text, flags=re.S)
        for server in servers:
            text += "\n" + next(block for block in blocks("toml") if "[south.%s]" % server in block)
        text = text.replace("/srv/agent", place).replace(":5432", ":%d" % port).replace("agent_reader@", login + "@")
        with open(os.path.join(place, "aegis.toml"), "w") as file:
            file.write(text)

    def secret(self, name, value):
        path = os.path.join(self.place, "secrets", name)
        with open(path, "w") as file:
            file.write(value)
        os.chmod(path, 0o600)

    def path(self, name):
        return os.path.join(self.place, name)

    def put(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def change(self, name, old, new):
        text = self.read(name)
        assert old in text, (name, old)
        self.put(name, text.replace(old, new))

    def git(self, *arguments):
        env = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        done = subprocess.run(["git", *arguments], cwd=self.path("repository"), env=env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def agent(self, aegis):
        return Peer([aegis, "serve", "--config", self.path("aegis.toml")], self.place)

    def command(self, server):
        """Program and arguments as the configuration has them, for a direct call."""
        text = self.read("aegis.toml").split("[south.%s]" % server)[1]
        listed = re.search(r"command *= *\[(.*?)\]", text, re.S).group(1)
        return re.findall(r'"([^"]*)"', listed)
