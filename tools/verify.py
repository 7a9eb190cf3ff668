#!/usr/bin/env python3
"""Verifies a log of Aegis with nothing but Python's standard library, by docs/AUDIT.md.

A second implementation beside `aegis-verify`: other language, other author of every line, the same answers. It is
slow, so that it can be read: some ten thousand records a second. It knows nothing of the kernel, trusts no key that
lies beside the log and writes nothing.

    python3 tools/verify.py DIR [--key VKEY|FILE]... [--witness VKEY|FILE]... [--quorum N] [--anchor FILE]...
                            [--receipts DIR]... [--require LEVEL] [--tail N] [--from-size N --root HEX] [--json]

Exit codes: 0 it holds to the required level, 1 it does not, 2 usage, 3 it holds below the required level, 4 a torn
tail, 5 unreadable. With --batch it reads one JSON list of arguments a line and answers with a JSON object a line.
"""
import base64
import collections
import fcntl
import functools
import hashlib
import io
import json
import os
import re
import stat
import sys
import unicodedata

RECORD_MAX, NOTE_MAX, SIGNATURES_MAX, NAME_MAX = 65_535, 64 * 1024, 64, 256
CALLS_MAX, EPOCHS_MAX, CATALOGS_MAX, STONES_MAX = 1_024, 16, 2_048, 65_536
FILES_MAX, ANCHORS_MAX, HEAD_MAX, TIME_MAX = 65_536, 64 * 1024 * 1024, 4_096, 2**63 - 1
LEVELS = ["parsed", "chained", "signed", "anchored", "witnessed"]

# ---- the form of records: docs/AUDIT.md, "The members, one by one", word for word -------------------------------
GRAMMAR = """
record anchor:anchor? args:args? basis:basis? boot:id call:id? capabilities:[text]? catalog:hash? cause:text? clock:clock? count:int? cut:cut? decision:allow/deny/fail? dur_us:int? epoch:text? errand:text? facts:[fact]? findings:[finding]? kind:text log:id masked_columns:int? mono:text obligations:obligations? open:[id]? prev:hash prune:prune? receipt:receipt? redaction:redaction? result:result? rotate:rotate? rules:[rule]? salt_key:salt_key? salts:text? seal:seal? sent:yes/no/maybe? seq:int server:text? spent:[text]? start:start? status:ok/tool-error/denied/withheld/failed/unknown? texts:[rule_text]? tool:text? tool_commit:hash? torn:[torn]? ts:text v:int who:who?
anchor name:text? receipt:hash? root:hash size:int
args commit:hash keys:[text] len:int
basis clock_back:true? earlier:[text]+? now_ms:int outputs:[output]+? receipts:[considered]+? shadow:[rule]+? spending:spending? writes:[write]+?
output bare:bool index:int labels:[text] source:text? summed:[text]+?
considered all_passed:bool dataset:text epoch:text expires_s:int flaws:[flaw]+? id:text kind:text minted_s:int position:int principal:text run:text spent:bool subject:text suite:text
flaw rule:text why:text
spending at_ms:int slots:[slot]+?
slot account:text amount:int slot_ms:int
write position:int subject:text
clock back:bool ms:int
cut capabilities:int? columns:int? facts:int? findings:int? keys:int? outputs:int? receipts:int? rules:int? slots:int? sources:int? spent:int? writes:int?
fact access:text? argument:text? commit:hash? kind:text subject:text?
finding count:int pointer:text? source:text? type:text
obligations byte_max:int? change_max:int? columns:[column]+? detect:text? dropped:[text]+? limit:int? renamed:[text]+? restored:[restored]+? row_max:int? sources:[source]+?
column index:int label:text operator:text rule:text
restored pointer:text type:text
source column:text label:text operator:text
prune from:int leaf:hash root:hash to:int
receipt dataset:text digest:text expires_s:int id:text kind:text passed:int rows:int subject:text suite:text
redaction approver:text leaf:hash reason:text seq:int
result delivered:hash delivered_len:int upstream:hash? upstream_len:int
rotate cert:text
rule phase:text rule:text severity:text?
rule_text kind:text name:text sha256:hash
salt_key id:hash name:text
seal bytes:int count:int root:hash
start captures:text? purpose:text sync:bool version:text
torn file:text good_len:int len:int sha256:hash
who principal:text proof:text run:text?
kind log.open open start |
kind segment.open open |
kind recovery torn |
kind log.close | cause
kind policy.load epoch | texts
kind catalog.load catalog cause server |
kind intent args call capabilities decision epoch facts obligations server tool who | basis catalog cut salts spent
kind decision args call decision dur_us who | basis capabilities catalog cause cut epoch facts rules salts server tool tool_commit
kind outcome call sent status | cause cut dur_us findings masked_columns result rules salts
kind listing count who |
kind refused cause count |
kind errand errand server |
kind tool.standing cause server tool |
kind receipt.mint receipt |
kind segment.seal seal |
kind salt.key salt_key |
kind shred salt_key | cause
kind key.rotate rotate |
kind anchor anchor | cause dur_us
kind redaction redaction |
kind retention.prune prune | cause
kind clock.step clock |
"""


def read_grammar(text):
    objects, kinds = {}, {}
    for line in text.strip().splitlines():
        name, _, rest = line.partition(" ")
        rest = rest.strip()
        if name == "kind":
            kind, _, members = rest.partition(" ")
            must, _, may = members.partition("|")
            kinds[kind] = (set(must.split()), set(may.split()))
        else:
            objects[name] = dict(member.split(":", 1) for member in rest.split())
    return objects, kinds


OBJECTS, KINDS = read_grammar(GRAMMAR)
ALWAYS = {"boot", "kind", "log", "mono", "prev", "seq", "ts", "v"}
HASH = re.compile(r"[0-9a-f]{64}\Z")
ID = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}\Z")
TS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z\Z")
MONO = re.compile(r"[0-9]{1,20}\Z")
STONE = re.compile(rb'\{"tombstone":\{"auth":(0|[1-9][0-9]*),"leaf":"([0-9a-f]{64})","seq":(0|[1-9][0-9]*)\}\}\Z')
SAFE = 2**53 - 1


def fits(value, form):
    """Whether a value has a form of the grammar."""
    if form.startswith("["):
        filled = form.endswith("+")
        item = form.rstrip("+")[1:-1]
        return isinstance(value, list) and (value or not filled) and all(fits(v, item) for v in value)
    if form in OBJECTS:
        members = OBJECTS[form]
        return (
            isinstance(value, dict)
            and all(name in members for name in value)
            and all(fits(value[n], f.rstrip("?")) if n in value else f.endswith("?") for n, f in members.items())
        )
    if form == "int":
        return type(value) is int and 0 <= value <= SAFE
    if form == "bool":
        return type(value) is bool
    if form == "true":
        return value is True
    if not isinstance(value, str):
        return False
    if form == "text":
        return True
    if form == "hash":
        return bool(HASH.match(value))
    if form == "id":
        return bool(ID.match(value))
    return value in form.split("/")


def once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def never(text):
    raise ValueError(f"{text} is no integer")


def natural(text):
    if text.startswith("-"):
        raise ValueError("below zero")
    return int(text)


STRICT = json.JSONDecoder(object_pairs_hook=once, parse_float=never, parse_constant=never, parse_int=natural)


def read_record(line):
    """The record in a line, or None: the very bytes that a writer of these values writes, and no others."""
    if len(line) > RECORD_MAX:
        return None
    try:
        text = line.decode("utf-8")
        record = STRICT.decode(text)
        again = json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except (ValueError, RecursionError):
        return None
    if again != text or not fits(record, "record") or record["kind"] not in KINDS:
        return None
    must, may = KINDS[record["kind"]]
    present = set(record) - ALWAYS
    good = record["v"] == 2 and must <= present <= must | may
    return record if good and TS.match(record["ts"]) and MONO.match(record["mono"]) else None


def read_line(line):
    """("record", value), ("stone", (auth, leaf, seq)) or None."""
    stone = STONE.match(line)
    if stone and int(stone[1]) <= SAFE and int(stone[3]) <= SAFE:
        return "stone", (int(stone[1]), bytes.fromhex(stone[2].decode()), int(stone[3]))
    record = read_record(line)
    return None if record is None else ("record", record)


# ---- hashes ------------------------------------------------------------------------------------------------------
def sha(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


class Tree:
    """The right edge of an RFC 6962 tree."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, leaf):
        bits = self.size
        while bits & 1:
            leaf = sha(b"\1", self.peaks.pop(), leaf)
            bits >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha()
        node = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            node = sha(b"\1", left, node)
        return node


# ---- Ed25519, RFC 8032: only verification, strict (no small orders, s below the order) ----------------------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z, t = 2 * a[2] * b[2] % P, 2 * a[3] * b[3] * D % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, (y & (2**255 - 1)) % P
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    if x & 1 != sign:
        x = -x % P
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def weak(spot):
    return spot is None or equal(times(8, spot), (0, 1, 1, 0))


@functools.lru_cache(maxsize=4096)
def ed25519(public, message, signature):
    if len(signature) != 64:
        return False
    key, mark = point(public), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if weak(key) or weak(mark) or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return equal(times(scalar, BASE), add(mark, times(challenge, key)))


# ---- notes, keys, checkpoints, certificates ----------------------------------------------------------------------
def unbase64(text):
    """Bytes of the one form of base64 that they have; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_key_name(name):
    stray = any(c.isspace() or c == "+" or unicodedata.category(c) == "Cc" for c in name)
    return bool(name) and len(name.encode()) <= NAME_MAX and not stray


def decimal(text):
    good = re.match(r"(0|[1-9][0-9]*)\Z", text)
    return int(text) if good and int(text) < 2**64 else None


class Key:
    """A verifier key, `name+id+base64`."""

    def __init__(self, text):
        parts = text.split("+", 2)
        data = unbase64(parts[2]) if len(parts) == 3 else None
        if data is None or len(data) != 33 or data[0] not in (1, 4) or not is_key_name(parts[0]):
            raise ValueError("no key")
        self.name, self.cosigns, self.public = parts[0], data[0] == 4, data[1:]
        self.id = sha(self.name.encode(), b"\n", data)[:4]
        if parts[1] != self.id.hex() or weak(point(self.public)):
            raise ValueError("no key")
        self.text = text

    def __eq__(self, other):
        return isinstance(other, Key) and self.text == other.text

    def time_of(self, text, signature):
        """None where the signature does not hold; else the time that it states, 0 where it states none."""
        if not self.cosigns:
            return 0 if ed25519(self.public, text.encode(), signature) else None
        moment = int.from_bytes(signature[:8], "big")
        if len(signature) != 72 or moment > TIME_MAX:
            return None
        message = f"cosignature/v1\ntime {moment}\n{text}".encode()
        return moment if ed25519(self.public, message, signature[8:]) else None


class Fault(Exception):
    """Something does not hold."""

    def __init__(self, kind, seq, detail, file="", offset=0):
        super().__init__(detail)
        self.kind, self.seq, self.detail, self.file, self.offset = kind, seq, detail, file, offset


class Note:
    """A text and the signatures under it."""

    def __init__(self, data):
        if len(data) > NOTE_MAX:
            raise ValueError("the note is too long")
        note = data.decode("utf-8")
        if any(c < " " and c != "\n" for c in note):
            raise ValueError("the note is not plain text")
        text, gap, lines = note.rpartition("\n\n")
        if not gap or not text or not lines.endswith("\n"):
            raise ValueError("the note is not a text, an empty line and signatures")
        self.text, self.signatures = text + "\n", []
        for line in lines[:-1].split("\n"):
            head, _, rest = line.partition("\u2014 ")
            name, space, encoded = rest.partition(" ")
            data = unbase64(encoded)
            if head or not space or not is_key_name(name) or data is None or len(data) < 5:
                raise ValueError("a signature line is none")
            self.signatures.append((name, data[:4], data[4:]))
        if len(self.signatures) > SIGNATURES_MAX:
            raise ValueError("too many signatures")

    def signed_by(self, key):
        """None: not signed. False: forged. Else the time, 0 where none is stated."""
        signed = None
        for name, number, signature in self.signatures:
            if name == key.name and number == key.id:
                moment = key.time_of(self.text, signature)
                if moment is None:
                    return False
                signed = (moment,) if signed is None else signed
        return signed


class Claim:
    """A checkpoint and where it was found."""

    def __init__(self, note, file, offset, outside):
        lines = note.text[:-1].split("\n")
        root = unbase64(lines[2]) if len(lines) > 2 else None
        self.size = decimal(lines[1]) if len(lines) > 2 else None
        if self.size is None or root is None or len(root) != 32 or not lines[0] or "" in lines[3:]:
            raise Fault("MALFORMED", 0, "a note that is no checkpoint", file, offset)
        self.note, self.origin, self.root = note, lines[0], root
        self.file, self.offset, self.outside, self.given = file, offset, outside, False

    @staticmethod
    def verified(size, root):
        claim = Claim.__new__(Claim)
        claim.note, claim.origin, claim.size, claim.root = None, "", size, root
        claim.file, claim.offset, claim.outside, claim.given = "--root", 0, True, True
        return claim

    def log(self):
        name, gap, log = self.origin.rpartition("/aegis/")
        return log if gap and name and ID.match(log) else None

    def fault(self, kind, detail):
        return Fault(kind, max(self.size - 1, 0), detail, self.file, self.offset)


class Certificate:
    """Which key signs from which size on."""

    WORDS = ["origin", "epoch", "from", "since", "key", "previous"]

    def __init__(self, text):
        lines = text.split("\n")
        if lines[0] != "aegis/epoch-key/v1" or len(lines) != 8 or lines[7]:
            raise ValueError("no certificate")
        pairs = [line.split(" ", 1) for line in lines[1:7]]
        if any(len(pair) != 2 for pair in pairs) or [pair[0] for pair in pairs] != self.WORDS:
            raise ValueError("no certificate")
        values = {word: value for word, value in pairs}
        self.origin, self.text = values["origin"], text
        self.epoch, self.start = decimal(values["epoch"]), decimal(values["from"])
        self.key = Key(values["key"])
        self.previous = None if values["previous"] == "none" else Key(values["previous"])
        ours = [key for key in (self.key, self.previous) if key]
        odd = any(key.name != self.origin or key.cosigns for key in ours)
        if odd or None in (self.epoch, self.start, decimal(values["since"])):
            raise ValueError("no certificate")
        if (self.previous is None) != (self.epoch == 0) or self.previous == self.key:
            raise ValueError("no certificate")


class Trust:
    """Which keys may have signed, from the keys given and certificates found anywhere."""

    def __init__(self, origin, given, notes):
        keys = [key for key in given if not key.cosigns]
        roots = [key for key in keys if key.name != origin]
        direct = [key for key in keys if key.name == origin]
        read = []
        for note in notes:
            try:
                certificate = Certificate(note.text)
            except ValueError:
                continue
            if certificate.origin == origin:
                read.append((note, certificate))
        read.sort(key=lambda pair: pair[1].epoch)
        numbered = {}
        for note, certificate in read:
            believed = self.vouched(note, certificate, roots, direct, numbered)
            if not believed:
                continue
            other = numbered.get(certificate.epoch)
            if other and other[0].text != certificate.text:
                raise Fault("BAD_SIG", 0, "two certificates of one epoch differ", "keys")
            numbered.setdefault(certificate.epoch, (certificate, believed))
        self.epochs, last = [], None
        for number in sorted(numbered):
            certificate, believed = numbered[number]
            if last:
                if certificate.start < last["from"]:
                    raise Fault("BAD_SIG", 0, "an epoch begins before the one that it follows", "keys")
                if last["number"] + 1 == number and certificate.previous != last["key"]:
                    raise Fault("BAD_SIG", 0, "an epoch names another key before it than there was", "keys")
                last["until"] = certificate.start
            last = {"number": number, "key": certificate.key, "from": certificate.start, "until": None,
                    "believed": believed}
            self.epochs.append(last)
        ends = [(c.previous, c.start) for c, _ in (numbered[n] for n in sorted(numbered)) if c.previous]
        for key in direct:
            if all(epoch["key"] != key for epoch in self.epochs):
                until = next((at for before, at in ends if before == key), None)
                self.epochs.append({"number": None, "key": key, "from": 0, "until": until, "believed": "given"})

    @staticmethod
    def vouched(note, certificate, roots, direct, numbered):
        signed = [note.signed_by(root) for root in roots]
        if False in signed:
            raise Fault("BAD_SIG", 0, "a certificate bears a forged signature", "keys")
        if any(signed):
            return "root"
        if roots or certificate.previous is None:
            return None
        known = certificate.previous in direct or any(c.key == certificate.previous for c, _ in numbered.values())
        found = note.signed_by(certificate.previous)
        if known and found is False:
            raise Fault("BAD_SIG", 0, "a certificate bears a forged signature", "keys")
        return "before" if known and found else None

    def judge(self, claim):
        """The epoch of the key that signed a checkpoint, or None where no known key did."""
        judged = None
        for epoch in self.epochs:
            signed = claim.note.signed_by(epoch["key"])
            if signed is None:
                continue
            if signed is False:
                raise claim.fault("BAD_SIG", f"a signature of {epoch['key'].text} does not hold")
            if claim.size < epoch["from"] or (epoch["until"] is not None and claim.size > epoch["until"]):
                raise claim.fault("BAD_SIG", f"signed by {epoch['key'].text} outside its epoch")
            judged = epoch
        return judged


# ---- files: regular ones alone, and no more bytes than are wanted --------------------------------------------------
def open_regular(path):
    try:
        named = os.lstat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(named.st_mode):
        raise OSError(f"{path} is no regular file")
    file = open(path, "rb")
    held = os.fstat(file.fileno())
    if (held.st_dev, held.st_ino) != (named.st_dev, named.st_ino):
        raise OSError(f"{path} is no regular file")
    return file


def read_bounded(path, most):
    """The bytes, None where there is no such file; ValueError where it is longer."""
    file = open_regular(path)
    if file is None:
        return None
    with file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError("too long")
    return data


def read_anchor(data):
    """A head or receipt: (seq, log, leaf)."""
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    value = STRICT.decode(text.strip(" \t\r\n"))
    right = isinstance(value, dict) and set(value) | {"checkpoint"} == {"checkpoint", "leaf", "log", "seq"}
    if not right or not fits(value["leaf"], "hash") or not fits(value["log"], "id"):
        raise ValueError("not an object with leaf, log and seq")
    # What a receipt says of checkpoints proves nothing by itself.
    for number in (value["seq"], value.get("checkpoint") or 0):
        if type(number) is not int or number >= 2**64:
            raise ValueError("not an object with leaf, log and seq")
    return (value["seq"], value["log"], bytes.fromhex(value["leaf"]))


class Segment:
    def __init__(self, directory, name):
        self.first, self.name, self.path = int(name[:20]), name, os.path.join(directory, name)


class Folder:
    """The files of one log, in order."""

    NAME = re.compile(r"([0-9]{20})\.(.*)\Z", re.S)

    def __init__(self, directory):
        self.segments, self.tiles, self.torn = [], [], []
        for name in sorted(os.listdir(directory)):
            found = self.NAME.match(name)
            if not found or int(found[1]) >= 2**64:
                continue
            if found[2] == "tiles":
                self.tiles.append(int(found[1]))
            elif found[2] == "jsonl":
                self.segments.append(Segment(directory, name))
            elif found[2].startswith("torn-"):
                self.torn.append(Segment(directory, name))


def lines_of(segment, offset):
    """(offset, end, line) of each line; a line without its newline, or endless, is (offset, None, None) and ends it."""
    file = open_regular(segment.path)
    if file is None:
        raise OSError(f"{segment.name} went away while it was read")
    with file:
        file.seek(offset)
        while True:
            line = file.readline(RECORD_MAX * 4)
            if not line:
                return
            if not line.endswith(b"\n"):
                yield offset, None, None
                return
            yield offset, offset + len(line), line[:-1]
            offset += len(line)


def find(segment, offset, wanted):
    for _, end, line in lines_of(segment, offset):
        if end is None or len(line) > RECORD_MAX:
            return False
        record = read_record(line)
        if record is not None and wanted(record):
            return True
    return False


def measure(segment, offset):
    """The bytes from an offset on, and whether a crash explains them: half a line, or runs of NUL before nothing whole."""
    file = open_regular(segment.path)
    if file is None:
        raise OSError(f"{segment.name} went away while it was read")
    digest, length, nul, newline = hashlib.sha256(), 0, False, False
    with file:
        file.seek(offset)
        while chunk := file.read(65_536):
            digest.update(chunk)
            length += len(chunk)
            nul, newline = nul or b"\0" in chunk, newline or b"\n" in chunk
    followed = nul and newline and find(segment, offset, lambda _: True)
    torn = {"file": segment.name, "good_len": offset, "len": length, "sha256": digest.hexdigest()}
    return torn, (nul and not followed) if newline else True


class Tiles:
    """The leaves of one file, 32 bytes each."""

    def __init__(self, directory, first):
        self.file, self.read = open_regular(os.path.join(directory, f"{first:020}.tiles")), 0

    def advance(self):
        leaf = self.file.read(32)
        if len(leaf) < 32:
            return None
        self.read += 1
        return leaf


# ---- what follows from line to line --------------------------------------------------------------------------------
class Chain:
    """The state of a log between two records."""

    def __init__(self, tree=None, last=None):
        self.tree, self.last = tree or Tree(), last
        self.next, self.whole = self.tree.size, tree is None
        self.log = self.boot = self.pruned = None
        self.begun = None if tree is None else (tree.size, tree.root().hex())
        self.file_begins, self.file_first, self.closed, self.sealed = True, 0, False, False
        self.open, self.stale, self.epochs = set(), 0, collections.deque(maxlen=EPOCHS_MAX)
        self.catalogs, self.stones, self.removed, self.excused = [], {}, 0, 0

    def fault(self, kind, detail):
        return Fault(kind, self.next, detail)

    def begin_file(self, first):
        self.file_begins, self.file_first = True, first
        if first != self.next:
            raise self.fault("GAP" if first > self.next else "REORDER", f"the next file begins with record {first}")

    def numbered(self, seq):
        if seq != self.next:
            raise self.fault("GAP" if seq > self.next else "REORDER", f"record {seq} stands here")

    def step(self, leaf):
        self.tree.push(leaf)
        self.last, self.next, self.file_begins = leaf, self.next + 1, False

    def stone(self, auth, leaf, seq):
        self.numbered(seq)
        if self.last is None or self.file_begins or self.closed or self.sealed:
            raise self.fault("UNAUTH_REDACTION", "a tombstone in the place of a beginning")
        if auth <= seq or len(self.stones) >= STONES_MAX:
            raise self.fault("UNAUTH_REDACTION", "a tombstone that nothing can authorise")
        self.removed += 1
        self.stones[seq] = (auth, leaf)
        self.step(leaf)

    def record(self, record, leaf):
        if self.log is None:
            self.log = record["log"]
        if self.log != record["log"]:
            raise self.fault("SPLICE", "a record of another log")
        self.numbered(record["seq"])
        expected = self.last
        if expected is None and self.next == 0:
            expected = sha(b"aegis/genesis/v1\n", record["log"].encode())
        if expected is not None and record["prev"] != expected.hex():
            raise Fault("EDIT", max(record["seq"] - 1, 0), "`prev` is not the hash of the line before")
        self.meaning(record)
        self.step(leaf)
        kind = record["kind"]
        self.closed = kind == "log.close" or (kind == "segment.seal" and self.closed)
        self.sealed = kind == "segment.seal"

    def meaning(self, record):
        kind = record["kind"]
        opens, seals = kind == "log.open", kind == "segment.seal"
        if (self.next == 0 or self.closed) and not opens and not (seals and self.closed and not self.sealed):
            raise self.fault("SPLICE", "only a start may stand here")
        if self.sealed and not self.file_begins:
            raise self.fault("SPLICE", "a record behind its file's seal")
        if self.file_begins and not opens and kind != "segment.open":
            raise self.fault("SPLICE", "a file begins in the middle")
        if kind == "segment.open" and not self.file_begins:
            raise self.fault("SPLICE", "a file's beginning in its middle")
        if "open" in record:
            self.in_flight(record["open"])
        if opens:
            self.boot, self.whole, self.stale = record["boot"], True, len(self.open)
            self.epochs.clear()
            self.catalogs.clear()
        else:
            self.boot = self.boot or record["boot"]
            if self.boot != record["boot"]:
                raise self.fault("SPLICE", "a record of another start")
        self.catalogue(record)
        judge = getattr(self, "on_" + kind.replace(".", "_"), None)
        if judge:
            judge(record)

    def in_flight(self, said):
        named = set(said)
        differ = len(named ^ self.open)
        if (not self.whole and self.boot is None) or 0 < differ <= self.removed:
            self.open = named
        elif differ or len(said) != len(self.open):
            raise self.fault("UNPAIRED", "the calls in flight are not those that are named")

    def catalogue(self, record):
        named = record.get("catalog")
        if named is None:
            return
        if record["kind"] == "catalog.load":
            self.catalogs = [known for known in self.catalogs if known != named][-(CATALOGS_MAX - 1):] + [named]
        elif self.whole and named not in self.catalogs and self.removed == 0:
            raise self.fault("UNRESOLVED", "the catalogue was never read")

    def on_intent(self, record):
        if self.stale > 0 and self.removed == 0:
            raise self.fault("UNPAIRED", "calls of the start before have no end")
        if record["decision"] != "allow":
            raise self.fault("MALFORMED", "an intent that was not allowed")
        fresh = record["call"] not in self.open
        self.open.add(record["call"])
        if not fresh or len(self.open) > CALLS_MAX:
            raise self.fault("UNPAIRED", "a second intent of one call, or too many in flight")
        if self.whole and record["epoch"] not in self.epochs and self.removed == 0:
            raise self.fault("UNRESOLVED", "the policy epoch was never loaded")

    def on_decision(self, record):
        if record["decision"] == "allow":
            raise self.fault("MALFORMED", "a call that was allowed and never made")

    def on_outcome(self, record):
        if record["call"] in self.open:
            self.open.remove(record["call"])
        elif self.excused < self.removed:
            self.excused += 1
        else:
            raise self.fault("UNPAIRED", "an end without an intent, or a second end")
        self.stale = max(self.stale - 1, 0)

    def on_segment_seal(self, record):
        seal = record["seal"]
        if seal["count"] != max(self.next - self.file_first, 0) or seal["root"] != self.tree.root().hex():
            raise self.fault("EDIT", "a seal that names another count or root than its file has")

    def on_redaction(self, record):
        said = record["redaction"]
        if self.stones.get(said["seq"]) == (record["seq"], bytes.fromhex(said["leaf"])):
            del self.stones[said["seq"]]

    def on_retention_prune(self, record):
        # Said before it is done: a newer record may name files that are still there.
        explains = self.pruned and (self.pruned["to"], self.pruned["root"]) == self.begun
        self.pruned = self.pruned if explains else record["prune"]

    def on_log_close(self, _):
        if self.open and self.removed == 0:
            raise self.fault("UNPAIRED", "the log closes on calls in flight")

    def on_policy_load(self, record):
        self.epochs.append(record["epoch"])


# ---- what is claimed of a log beside its records -------------------------------------------------------------------
class History:
    """Notes and empty lines, in a file that only grows."""

    def __init__(self, file, name):
        self.file, self.name, self.offset, self.torn, self.claim, self.ended = file, name, 0, False, None, False

    def peek(self):
        if self.claim is None and not self.ended:
            entry, empty = b"", 0
            while empty < 2:
                line = self.file.readline(NOTE_MAX + 2)
                entry += line
                empty += line == b"\n"
                if len(entry) > NOTE_MAX + 1 or (not line.endswith(b"\n") and len(entry) > NOTE_MAX):
                    raise Fault("MALFORMED", 0, "a note that is too long", self.name, self.offset)
                if not line.endswith(b"\n"):
                    self.torn, self.ended = bool(entry), True
                    return None
            begun, self.offset = self.offset, self.offset + len(entry)
            try:
                note = Note(entry[:-1])
            except ValueError as fault:
                raise Fault("MALFORMED", 0, str(fault), self.name, self.offset) from None
            self.claim = Claim(note, self.name, begun, False)
        return self.claim

    def take(self):
        claim, self.claim = self.claim, None
        return claim


class Claims:
    """Everything that is claimed of a log, and how far it was confirmed."""

    def __init__(self, directory, request):
        self.request, self.kept, newest = request, list(request.outside), None
        for name in ("checkpoint", "cosigned"):
            try:
                data = read_bounded(os.path.join(directory, name), NOTE_MAX)
                if data is None:
                    continue
                claim = Claim(Note(data), name, 0, False)
            except ValueError as fault:
                raise Fault("MALFORMED", 0, str(fault), name) from None
            newest = newest or claim.origin
            self.kept.append(claim)
        file = open_regular(os.path.join(directory, "checkpoints.log"))
        self.history = History(file, "checkpoints.log") if file else None
        if self.history and (claim := self.history.peek()):
            newest = newest or claim.origin
        self.origin = newest or next((claim.origin for claim in self.kept if not claim.given), None)
        self.trust = Trust(self.origin or "", request.keys, self.certificates(os.path.join(directory, "keys")))
        self.kept.sort(key=lambda claim: -claim.size)
        self.log = self.fork = self.agreed = None
        self.last_size = self.seen = self.unknown = self.signed = self.anchored = self.witnessed = 0

    @staticmethod
    def certificates(directory):
        try:
            names = sorted(os.listdir(directory)[:FILES_MAX])
        except FileNotFoundError:
            return []
        notes = []
        for name in names:
            try:
                notes.append(Note(read_bounded(os.path.join(directory, name), NOTE_MAX) or b""))
            except (OSError, ValueError):
                continue
        return notes

    def skip_to(self, size):
        self.kept = [claim for claim in self.kept if claim.size >= size]
        while self.history and (claim := self.history.peek()) and claim.size < size:
            self.history.take()

    def at(self, size, root, log):
        """Compares everything that is claimed of trees up to this size."""
        while True:
            claim = self.history.peek() if self.history else None
            if claim is None or claim.size > size:
                break
            self.log = log or self.log
            self.history.take()
            if claim.size < self.last_size:
                raise claim.fault("REORDER", "the history of checkpoints goes backwards")
            self.last_size = claim.size
            self.judge(claim, size, root)
        while self.kept and self.kept[-1].size <= size:
            self.log = log or self.log
            self.judge(self.kept.pop(), size, root)

    def judge(self, claim, size, root):
        self.seen += not claim.given
        epoch = self.signature(claim)
        if claim.size != size:
            raise claim.fault("REORDER", "a checkpoint of a size that was passed already")
        if claim.root != root():
            if epoch is None:
                raise claim.fault("EDIT", f"the first {size} records have another root")
            if self.agreed == size:
                raise claim.fault("FORK", "two checkpoints signed by the log's keys are of two logs")
            self.fork = self.fork or claim
            return
        if epoch is not None:
            if self.fork:
                raise self.fork.fault("FORK", "two checkpoints signed by the log's keys are of two logs")
            self.agreed, self.signed = size, size
        if claim.outside:
            self.anchored = size
        self.cosigned(claim, size)

    def signature(self, claim):
        if claim.given:
            return None
        named = claim.log()
        if claim.origin != self.origin or named is None or (self.log and named != self.log):
            raise claim.fault("SPLICE", "a checkpoint of another log")
        epoch = self.trust.judge(claim)
        self.unknown += epoch is None
        return epoch

    def cosigned(self, claim, size):
        count = 0
        for witness in self.request.witnesses if claim.note else []:
            signed = claim.note.signed_by(witness)
            if signed is False:
                raise claim.fault("BAD_SIG", f"a cosignature of {witness.text} does not hold")
            count += signed is not None
        if 0 < self.request.quorum <= count:
            self.anchored = self.witnessed = size

    def finish(self, records):
        if self.fork:
            raise self.fork.fault("EDIT", "the records have another root than this signed checkpoint names")
        rest = [self.history.take()] if self.history and self.history.peek() else []
        for claim in rest + self.kept:
            self.signature(claim)
            raise claim.fault("TRUNCATED", f"a checkpoint names {claim.size} records, {records} are there")
        if self.request.keys and self.signed == 0 and self.unknown > 0:
            detail = "checkpoints are there, and none is signed by a key that was given"
            raise Fault("UNKNOWN_KEY", records, detail, "checkpoints.log")


# ---- the whole folder ----------------------------------------------------------------------------------------------
class Walk:
    """Reads a folder from its first byte to its last."""

    def __init__(self, directory, request, head):
        self.directory, self.chain, self.broken, self.odd = directory, Chain(), None, None
        self.torn, self.good, self.files, self.first, self.pruned = [], ("", 0), 0, 0, False
        self.claims, self.present, self.last_begun, self.must_be_pruned = None, None, None, False
        self.anchors = request.anchors + ([head] if head else [])
        try:
            self.claims = Claims(directory, request)
            self.folder = Folder(directory)
            self.begin(request)
        except Fault as fault:
            self.broken = fault
            return
        self.root_before = self.chain.tree.root()
        self.anchors.sort(key=lambda anchor: -anchor[0])
        self.read()

    def begin(self, request):
        """Where judging begins: at record 0, or behind what was pruned or verified earlier and is known by its leaves."""
        self.segments = self.folder.segments
        there = self.segments[0].first if self.segments else 0
        begin = there
        if request.resume is not None:
            before = [s.first for s in self.segments if s.first <= request.resume]
            begin = max(max(before, default=0), there)
        if begin > 0:
            known = self.prefix(begin)
            if known is None:
                begin = 0
            else:
                self.chain = Chain(*known)
                self.anchors = [anchor for anchor in self.anchors if anchor[0] >= begin]
        self.claims.skip_to(begin)
        self.segments = [segment for segment in self.segments if segment.first >= begin]
        self.first, self.must_be_pruned = begin, begin > 0 and begin == there

    def prefix(self, until):
        firsts = sorted({segment.first for segment in self.folder.segments} | set(self.folder.tiles))
        said = collections.defaultdict(set)
        for seq, _, leaf in self.anchors:
            said[seq].add(leaf)
        tree, last = Tree(), None
        for at, first in enumerate(firsts):
            if first >= until:
                break
            if first != tree.size:
                return None
            end = min(firsts[at + 1] if at + 1 < len(firsts) else until, until)
            tiles = Tiles(self.directory, first)
            while tree.size < end:
                leaf = tiles.advance() if tiles.file else None
                if leaf is None or said.get(tree.size, {leaf}) != {leaf}:
                    return None
                tree.push(leaf)
                last = leaf
        return (tree, last) if last is not None and tree.size == until else None

    def read(self):
        try:
            self.claimed()
            for segment in self.segments:
                self.present = segment
                self.file(segment)
            self.present = None
            self.finish()
            self.broken = self.odd
        except Fault as fault:
            self.broken = fault
            if self.present and fault.kind == "GAP" and not isinstance(fault, Elsewhere):
                self.reordered(fault)

    def reordered(self, fault):
        """What is missing here stands further on: not missing, but out of order."""
        ahead = self.segments[self.segments.index(self.present):]
        offset = fault.offset
        for segment in ahead:
            if find(segment, offset, lambda record: record["seq"] == fault.seq):
                fault.kind = "REORDER"
                return
            offset = 0

    def placed(self, fault, segment, offset):
        fault.file, fault.offset = segment.name, offset
        return fault

    def file(self, segment):
        self.in_file, self.last_begun, self.shortened = 0, segment.first, False
        self.files += 1
        self.tiles = Tiles(self.directory, segment.first)
        try:
            self.chain.begin_file(segment.first)
        except Fault as fault:
            raise self.placed(fault, segment, 0)
        for aside in self.folder.torn:
            if aside.first == segment.first:
                self.torn.append(measure(aside, 0)[0])
        for offset, end, line in lines_of(segment, 0):
            try:
                read = None if line is None else read_line(line)
                if read is None:
                    raise self.chain.fault("MALFORMED", "not a record")
                self.line(read, line, segment, offset)
            except Fault as fault:
                if isinstance(fault, Elsewhere):
                    raise
                if fault.kind == "MALFORMED":
                    torn, crash = measure(segment, offset)
                    if crash:
                        self.torn.append(torn)
                        break
                raise self.placed(fault, segment, offset)
            self.good = (segment.name, end)
            self.in_file += 1
            self.claimed()
        tiles = self.tiles
        if tiles.file and self.in_file > 0 and tiles.read == self.in_file and tiles.advance():
            detail = "the file's tiles hold more records than the file"
            self.odd = self.odd or self.placed(self.chain.fault("TRUNCATED", detail), segment, self.good[1])

    def line(self, read, line, segment, offset):
        kind, value = read
        first_seen = self.chain.last is None
        if kind == "stone":
            auth, leaf, seq = value
            self.chain.stone(auth, leaf, seq)
            self.shortened = True
        else:
            leaf, seq = sha(b"\0", line), value["seq"]
            self.chain.record(value, leaf)
        self.good = (segment.name, self.good[1])
        tiles = self.tiles
        if tiles.file and tiles.read == self.in_file:
            tile = tiles.advance()
            if tile is not None and tile != leaf:
                fault = Fault("TILES", seq, f"the tile of record {seq} is not its leaf")
                self.odd = self.odd or self.placed(fault, segment, offset)
        if first_seen and seq > 0 and kind == "record":
            self.vouch(seq - 1, bytes.fromhex(value["prev"]))
        self.vouch(seq, leaf)
        if kind == "record":
            self.recovered(value)
            self.by_itself(value, offset, self.shortened)

    def recovered(self, record):
        """Bytes that a crash left must be declared by the second record of the file that follows."""
        declares = record["kind"] == "recovery"
        if not declares and (not self.torn or self.in_file == 0):
            return
        if self.in_file != 1 or not declares:
            raise Fault("EDIT", record["seq"], "bytes after a file's last record that no recovery declares")
        unseen = self.files == 1 and self.first > 0
        if not unseen and record["torn"] != self.torn:
            raise Fault("EDIT", record["seq"], "a recovery that declares other bytes than are there")
        self.torn.clear()

    @staticmethod
    def by_itself(record, offset, shortened):
        # A tombstone is shorter than its record: the seal speaks of the file as it was.
        said = record["seal"]["bytes"] if "seal" in record else offset
        if said != offset and not (shortened and said > offset):
            raise Fault("EDIT", record["seq"], "a seal that names another length than its file has")
        if "rotate" in record:
            try:
                start = Certificate(Note(record["rotate"]["cert"].encode()).text).start
            except ValueError:
                start = None
            if start is None or start > record["seq"] + 1:
                raise Fault("MALFORMED", record["seq"], "a rotation without a certificate of this place")

    def vouch(self, seq, leaf):
        while self.anchors and self.anchors[-1][0] <= seq:
            at, log, said = self.anchors[-1]
            if log != self.chain.log:
                raise Fault("SPLICE", at, "the head or an anchor names another log")
            if at == seq and said != leaf:
                raise Fault("EDIT", at, "the record is not the one that the head or an anchor names")
            self.anchors.pop()

    def claimed(self):
        try:
            self.claims.at(self.chain.next, self.chain.tree.root, self.chain.log)
        except Fault as fault:
            raise Elsewhere(fault) from None

    def finish(self):
        size, chain = self.chain.next, self.chain
        for aside in self.folder.torn:
            if aside.first == size and (self.last_begun is None or self.last_begun < size):
                self.torn.append(measure(aside, 0)[0])
        beyond = next((aside for aside in self.folder.torn if aside.first > size), None)
        if self.anchors:
            fault = Fault("TRUNCATED", size, f"the head or an anchor names record {self.anchors[0][0]}")
        elif beyond:
            fault = Fault("GAP", size, f"{beyond.name} belongs to no file of the log")
        elif chain.stones:
            fault = Fault("UNAUTH_REDACTION", min(chain.stones), "a tombstone that no redaction record authorises")
        elif self.must_be_pruned and not self.was_pruned():
            fault = Fault("GAP", 0, "records are missing, and no record says that they were removed")
        else:
            self.claims.finish(size)
            return
        fault.file, fault.offset = self.good
        raise fault

    def was_pruned(self):
        said = self.chain.pruned
        self.pruned = bool(said) and said["to"] == self.first and said["root"] == self.root_before.hex()
        return self.pruned


class Elsewhere(Fault):
    """A fault of a checkpoint: its place is the file that the checkpoint stands in."""

    def __init__(self, fault):
        super().__init__(fault.kind, fault.seq, fault.detail, fault.file, fault.offset)


# ---- the command line ------------------------------------------------------------------------------------------------
class Usage(Exception):
    pass


class Request:
    def __init__(self, arguments):
        self.keys, self.witnesses, self.anchors, self.outside = [], [], [], []
        self.dir = self.require = self.quorum = size = root = None
        self.tail, self.json, self.heads, self.known = 0, False, 0, False
        rest = list(arguments)
        while rest:
            word = rest.pop(0)
            if word == "--json":
                self.json = True
            elif not word.startswith("--"):
                if self.dir is not None:
                    raise Usage("one folder at a time")
                self.dir = word
            elif not rest:
                raise Usage(f"{word} wants a value")
            else:
                value = rest.pop(0)
                if word == "--key":
                    self.keys.append(self.key(value))
                elif word == "--witness":
                    self.witnesses.append(self.key(value))
                elif word in ("--quorum", "--tail", "--from-size"):
                    if not re.match(r"[0-9]{1,19}\Z", value):
                        raise Usage(f"{value} is no number")
                    number = int(value)
                    if word == "--quorum":
                        self.quorum = number
                    elif word == "--tail":
                        self.tail = number
                    else:
                        size = number
                elif word == "--root":
                    if not HASH.match(value):
                        raise Usage("--root is not 64 lower-case hex digits")
                    root = bytes.fromhex(value)
                elif word == "--require":
                    if value not in LEVELS:
                        raise Usage("--require names no level")
                    self.require = value
                elif word == "--anchor":
                    self.add_file(value)
                elif word == "--receipts":
                    self.add_folder(value)
                else:
                    raise Usage(f"unknown option {word}")
        if self.dir is None or (size is None) != (root is None):
            raise Usage("the log's folder is missing, or --from-size without --root")
        self.quorum = len(self.witnesses) if self.quorum is None else self.quorum
        self.resume = size
        self.known = bool(self.anchors or self.outside or size is not None)
        self.heads = max((anchor[0] + 1 for anchor in self.anchors), default=0)
        if size is not None:
            self.outside.append(Claim.verified(size, root))
        self.require = self.require or ("signed" if self.keys else "chained")

    @staticmethod
    def key(text):
        try:
            return Key(text)
        except ValueError:
            pass
        try:
            return Key((read_bounded(os.path.realpath(text), NOTE_MAX) or b"").decode("utf-8").strip())
        except (ValueError, OSError):
            raise Usage(f"{text} holds no key (name+id+base64)") from None

    def add_file(self, path):
        """Heads and receipts, a JSON object a line, or signed checkpoints: one, or a history."""
        try:
            data = read_bounded(os.path.realpath(path, strict=True), ANCHORS_MAX)
            if data.lstrip(b" \t\n\r\x0c").startswith(b"{"):
                for line in data.decode("utf-8").split("\n"):
                    if line.strip():
                        self.anchors.append(read_anchor(line))
                return
            try:
                self.outside.append(Claim(Note(data), path, 0, True))
                return
            except (ValueError, Fault):
                history = History(io.BytesIO(data), path)
            while claim := history.peek():
                claim.outside = True
                self.outside.append(history.take())
            if history.torn:
                raise ValueError("neither heads nor signed checkpoints")
        except (ValueError, OSError, Fault) as problem:
            raise Usage(f"{path}: {problem}") from None

    def add_folder(self, directory):
        try:
            names = sorted(entry.name for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False))
        except OSError as problem:
            raise Usage(str(problem)) from None
        for name in names:
            self.add_file(os.path.join(directory, name))


def is_locked(directory):
    try:
        with open_regular(os.path.join(directory, "LOCK")) or open(os.devnull, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def verify(request):
    """The report. OSError where the folder cannot be read or holds no log."""
    directory, head, unreadable = request.dir, None, False
    try:
        data = read_bounded(os.path.join(directory, "head"), HEAD_MAX)
        head = None if data is None else read_anchor(data)
    except ValueError:
        unreadable = True
    folder = Folder(directory)
    left = folder.segments or folder.tiles or os.path.exists(os.path.join(directory, "checkpoint"))
    if not (head or unreadable or request.known or left):
        raise OSError(f"there is no log in {directory}")
    walk = Walk(directory, request, head)
    records, claims = walk.chain.next, walk.claims
    live = bool(walk.torn) and is_locked(directory)
    level = None
    if not walk.broken and not unreadable:
        reached = [claims.signed, max(claims.anchored, request.heads), claims.witnessed]
        level = 1
        for size in reached:
            if size == 0 or records - size > request.tail:
                break
            level += 1
    torn = bool(walk.torn) and not live
    code = 1 if level is None else 4 if torn else 3 if level < LEVELS.index(request.require) else 0
    verdict = {0: "VERIFIED", 1: "BROKEN", 3: "BELOW THE REQUIRED LEVEL", 4: "TORN TAIL"}[code]
    broken = walk.broken
    return {
        "result": verdict,
        "exit": code,
        "level": None if level is None else LEVELS[level],
        "required": request.require,
        "log": walk.chain.log,
        "records": records,
        "root": walk.chain.tree.root().hex() if code != 1 else None,
        "good": {"records": records, "file": walk.good[0], "bytes": walk.good[1]},
        "broken": broken and {"class": broken.kind, "seq": broken.seq, "file": broken.file, "offset": broken.offset,
                              "detail": broken.detail},
        "torn": walk.torn,
        "removed": walk.chain.removed,
        "pruned": walk.pruned,
    }


def run(arguments):
    try:
        report = verify(Request(arguments))
        return report["exit"], report
    except Usage as problem:
        return 2, {"exit": 2, "problem": str(problem)}
    except OSError as problem:
        return 5, {"exit": 5, "problem": str(problem)}


def main():
    arguments = sys.argv[1:]
    if arguments == ["--batch"]:
        for line in sys.stdin:
            print(json.dumps(run(json.loads(line))[1]), flush=True)
        return 0
    code, report = run(arguments)
    if "problem" in report:
        print(f"verify.py: {ascii(report['problem'])}", file=sys.stderr)
    elif "--json" in arguments:
        print(json.dumps(report))
    else:
        if report["broken"]:
            broken = report["broken"]
            print(f"{broken['class']} at record {broken['seq']}, {ascii(broken['file'])}:{broken['offset']}: "
                  f"{broken['detail']}")
        print(f"{report['records']} records, root {report['root']}")
        print(f"{report['result']}   level {report['level'] or 'nothing'}, required {report['required']}   exit {code}")
    return code


if __name__ == "__main__":
    sys.exit(main())
