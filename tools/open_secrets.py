#!/usr/bin/env python3
"""Reads a store of secrets without Aegis, written from docs/SECRETS.md: for the day when Aegis cannot be run.

    pip install argon2-cffi pynacl
    tools/open_secrets.py secrets.json < passphrase        # prints every name and value

Knows nothing of the kernel. What it prints is secret.
"""
import base64, hashlib, hmac, json, sys
from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt
store, b64 = json.load(open(sys.argv[1])), base64.b64decode
framed = lambda *parts: b"".join(len(p).to_bytes(8, "big") + p for p in parts)
kdf, u32 = store["kdf"], lambda n: n.to_bytes(4, "big")
master = hash_secret_raw(sys.stdin.readline().rstrip("\n").encode(), b64(kdf["salt"]), kdf["passes"],
                         kdf["memory_kib"], kdf["lanes"], 32, Type.ID)
mac = lambda key, *parts: hmac.new(key, framed(*parts), hashlib.sha256).digest()
values, seals = mac(master, b"aegis secret-store/1 values"), mac(master, b"aegis secret-store/1 seals")
head = framed(b"secret-store/1", store["id"].encode(), kdf["name"].encode(), u32(kdf["memory_kib"]), u32(kdf["passes"]),
              u32(kdf["lanes"]), b64(kdf["salt"]))
assert hmac.compare_digest(mac(seals, b"check", head), b64(store["check"])), "another passphrase"
u64 = lambda n: n.to_bytes(8, "big")
whole = framed(head, u64(store["generation"])) + b"".join(
    framed(s["name"].encode(), u64(s["set_s"]), s["value"].encode()) for s in store["secrets"])
assert hmac.compare_digest(mac(seals, b"whole", whole), b64(store["seal"])), "damaged"
for s in store["secrets"]:
    sealed = b64(s["value"])
    text = decrypt(sealed[24:], framed(b"value", head, s["name"].encode(), u64(s["set_s"])), sealed[:24], values)
    print(s["name"], text[4:4 + int.from_bytes(text[:4], "big")].decode())
