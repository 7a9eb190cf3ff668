"""A private PostgreSQL, gone with this program. Knows nothing of what is asked of it."""

import glob
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time

OWNER_PASSWORD = secrets.token_hex(16)
READER_PASSWORD = secrets.token_hex(16)


class Cluster:
    """Listens on a port of this machine alone; passwords are made for this run."""

    def __init__(self, folder):
        found = shutil.which("initdb")
        places = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = os.path.dirname(os.path.realpath(found)) if found else (places or [""])[-1]
        if not os.path.exists(os.path.join(self.bin, "initdb")):
            raise SystemExit("no PostgreSQL here: install the package `postgresql`")
        self.folder = os.path.join(folder, "pg")
        os.mkdir(self.folder)
        # The server refuses to run as root.
        self.who = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chmod(folder, 0o711)
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self.who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        with open(os.path.join(self.folder, "password"), "w") as file:
            file.write(OWNER_PASSWORD)
        os.chmod(file.name, 0o644)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        data = os.path.join(self.folder, "data")
        self._run("initdb", "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", file.name, "-N", "-E", "UTF8", "--locale=C")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": self.folder,
            "fsync": "off",
        }
        command = [os.path.join(self.bin, "postgres"), "-D", data]
        for name, value in settings.items():
            command += ["-c", "%s=%s" % (name, value)]
        null = subprocess.DEVNULL
        self.server = subprocess.Popen(command, cwd=self.folder, stdin=null, stdout=null, stderr=null, **self.who)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                self.psql("SELECT 1", "postgres")
                break
            except (OSError, subprocess.CalledProcessError):
                time.sleep(0.1)
        else:
            raise SystemExit("PostgreSQL does not start")
        self.psql("CREATE DATABASE customers", "postgres")

    def _run(self, program, *arguments):
        command = [os.path.join(self.bin, program), *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True, **self.who)

    def psql(self, sql, database="customers"):
        """What a superuser gets."""
        command = [os.path.join(self.bin, "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port)]
        command += ["-U", "owner", "-d", database, "-c", sql]
        env = {"PATH": os.environ["PATH"], "PGPASSWORD": OWNER_PASSWORD}
        return subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.strip()

    def end(self):
        self.server.send_signal(2)  # at once, whoever is connected
        self.server.wait(20)
