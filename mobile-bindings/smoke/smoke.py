"""The smoke story in Python: a day without signal, then the office. Its program is the argument."""

import asyncio
import hashlib
import hmac
import os
import secrets
import subprocess
import sys
import tempfile
import time

from jangkau_ffi import (ApplicantKind, CaseCommand, Channel, ClockReading, HttpReply, HttpTransport, KeyStoreFault, Language,
                         ListAsk, LogSink, PlatformClock, PlatformKeyStore, RecordStamp, RecordVisit, Register, TransportFault,
                         VaultError, VaultFolder, VaultObserver, VisitPlace)

office = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class Transport(HttpTransport):
    """What an app does over HTTP."""

    has_signal = True

    def send(self, request):
        if not self.has_signal:
            raise TransportFault.Offline()
        office.stdin.write(f"{request.path.removeprefix('/v1/')} {request.body.hex()}\n")
        office.stdin.flush()
        word, answer = office.stdout.readline().split()
        return HttpReply(status=200 if word == "ok" else 400, body=bytes.fromhex(answer))

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
        self.keys, self.marks = {}, {}

    def create(self, label):
        self.keys[label] = secrets.token_bytes(32)

    def entangle(self, label, input):
        if label not in self.keys:
            raise KeyStoreFault.NoKey()
        return hmac.digest(self.keys[label], input, hashlib.sha256)

    def forget(self, label):
        self.keys.pop(label)

    def mark(self, label):
        return self.marks.get(label)

    def set_mark(self, label, bytes):
        self.marks[label] = bytes


class Observer(VaultObserver):
    def __init__(self):
        self.cases = set()

    def changed(self, change):
        self.cases.update(case.case_id for case in change.cases)


async def story(path):
    transport, language = Transport(), Language.INDONESIAN
    folder = VaultFolder.open(path, Keys(), Clock(), transport, Log())
    code = office.stdout.readline().strip()
    vault = await folder.enrol(folder.enrolment(code), "271828", "R.")
    observer = Observer()
    vault.observe(observer)
    transport.has_signal = False

    form = Register(channel=Channel.WALK_IN, applicant=ApplicantKind.FAMILY, name="Kenari")
    case_id = await vault.record(None, CaseCommand.REGISTER(form), RecordStamp())
    visit = RecordVisit(place=VisitPlace.HOME, met=True, observation="Kenari ditemui di rumah.")
    await vault.record(case_id, CaseCommand.RECORD_VISIT(visit), RecordStamp())
    assert "Kenari" not in f"{form} {visit} {CaseCommand.RECORD_VISIT(visit)}", "personal data in a text for logs"

    standing = await vault.standing(language)
    assert standing.unsent.count == 2, standing
    page = await vault.list(ListAsk(), 0, language)
    assert [line.case_id for line in page.lines] == [case_id]
    told = await vault.timeline(case_id, 0, language)
    assert [line.kind for line in told.lines] == ["record_visit", "register"], told
    assert all(line.sync_words == "di HP saja" for line in told.lines)
    try:
        await vault.start_sync().finished()
        raise SystemExit("an exchange without signal")
    except VaultError.Offline:
        pass

    transport.has_signal = True
    outcome = await vault.start_sync().finished()
    assert outcome.complete and not outcome.turned_away, outcome
    standing = await vault.standing(language)
    assert standing.unsent is None and standing.lease_until is not None, standing
    told = await vault.timeline(case_id, 0, language)
    assert {line.sync for line in told.lines} <= {"accepted", "in_review"}, [line.sync for line in told.lines]
    try:
        await vault.record("no id", CaseCommand.RECORD_VISIT(visit), RecordStamp())
        raise SystemExit("an id was made of nothing")
    except VaultError.NotAnId:
        pass
    assert observer.cases == {case_id}, observer.cases

    await vault.hide()
    try:
        await vault.list(ListAsk(), 0, language)
        raise SystemExit("a hidden vault was read")
    except VaultError.Hidden:
        pass
    again = await folder.unlock((await folder.list())[0].id, "271828")
    assert (await again.list(ListAsk(), 0, language)).total == 1


with tempfile.TemporaryDirectory() as path:
    asyncio.run(story(path))
office.stdin.close()
print("smoke: a case and a visit, recorded, sent and judged, hidden and opened again, through the Python binding")
# Threads of the library let go of Python's objects a little later, which an interpreter on its way out does not survive.
sys.stdout.flush()
os._exit(0)
