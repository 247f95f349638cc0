"""The office that scripts/office.sh opened, and a phone's platform as Python has it."""

import hashlib
import hmac
import os
import subprocess
import time
import urllib.error
import urllib.request

from jangkau_ffi import ClockReading, HttpReply, HttpTransport, KeyStoreFault, LogSink, PlatformClock, PlatformKeyStore, TransportFault


def admin(*words):
    """Asks the server as its administrator; gives what follows each name on a line."""
    command = [os.environ["JANGKAU_SERVER"], "admin", *words, "--institution", os.environ["JANGKAU_INSTITUTION"]]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def after(text, word):
    return text.split(word, 1)[1].split("\n", 1)[0].strip()


def hire(name, role):
    """Adds a person; gives their id and a one-time code."""
    person = after(admin("add-staff", "--name", name, "--role", role), "person: ")
    return person, after(admin("invite", "--person", person), "code: ")


def retire(name):
    """Retires the only device of a person."""
    seat = after(admin("list").split(name, 1)[1], "seat ").split()[0]
    admin("revoke", "--seat", seat, "--how", "retired")


class Transport(HttpTransport):
    """A line that can be cut."""

    online = True

    def send(self, request):
        if not self.online:
            raise TransportFault.Offline()
        asked = urllib.request.Request(os.environ["JANGKAU_URL"] + request.path, request.body, method=request.method)
        try:
            with urllib.request.urlopen(asked) as answer:
                return HttpReply(status=answer.status, body=answer.read())
        except urllib.error.HTTPError as refused:
            return HttpReply(status=refused.code, body=refused.read())
        except OSError:
            raise TransportFault.Offline() from None

    def abort(self, request_id):
        pass


class Clock(PlatformClock):
    def read(self):
        return ClockReading(wall_ms=time.time_ns() // 1_000_000, monotonic_ms=time.monotonic_ns() // 1_000_000, zone="Asia/Jakarta")


class Log(LogSink):
    def log(self, level, code, number):
        pass


class Keys(PlatformKeyStore):
    def __init__(self):
        self.keys, self.marks = set(), {}

    def create(self, label):
        self.keys.add(label)

    def entangle(self, label, input):
        if label not in self.keys:
            raise KeyStoreFault.NoKey()
        return hmac.digest(label.encode(), input, hashlib.sha256)

    def forget(self, label):
        self.keys.remove(label)

    def mark(self, label):
        return self.marks.get(label)

    def set_mark(self, label, bytes):
        self.marks[label] = bytes
