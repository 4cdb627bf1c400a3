"""Counts that are kept from run to run, in one JSON file.

A count depends on the tool, the target, the flags, the module, its arguments and the emulator. The
key holds all of them, so a kept count is never wrong, and the file can be copied to another
checkout: modules are built without the checkout's path.
"""

import hashlib
import json


def digest(path):
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Counts:
    """key -> record. Writes the file after each new record: a run that is stopped loses nothing,
    and runs in several directories can share the file."""

    def __init__(self, path):
        self.path = path
        self.records = self._read()

    def _read(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def get(self, key):
        return self.records.get(key)

    def put(self, key, record):
        self.records = {**self._read(), key: record}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(self.path.name + ".part")
        part.write_text(json.dumps(self.records, indent=1, sort_keys=True) + "\n")
        part.replace(self.path)


def key(name, target, *parts):
    """The name and the target are readable, for people who look into the file."""
    return f"{name} {target} " + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
