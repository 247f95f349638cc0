"""The smoke story in Python: a day without signal, then the office. Its program is the argument."""

import subprocess
import sys

from jangkau_ffi import ApplicantKind, Channel, Enrolment, NewCase, NewVisit, VaultError, VisitPlace

office = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def post(route, body):
    """What an app does over HTTP."""
    office.stdin.write(f"{route} {body.hex()}\n")
    office.stdin.flush()
    word, answer = office.stdout.readline().split()
    assert word == "ok", answer
    return bytes.fromhex(answer)


enrolment = Enrolment.begin(office.stdout.readline().strip())
vault = enrolment.finish_in_memory(post("enrol", enrolment.request()))

form = NewCase(channel=Channel.WALK_IN, applicant=ApplicantKind.FAMILY, name="Kenari",
               problem=None, place=None, phone=None, danger=None)
case_id = vault.register_case(form)
visit = NewVisit(place=VisitPlace.HOME, met=True, observation="Kenari ditemui di rumah.",
                 danger=None, next_step=None, occurred_at_ms=1_700_000_000_000)
vault.record_visit(case_id, visit)

assert vault.unsent() == 2
assert [line.id for line in vault.cases()] == [case_id]
kinds = sorted(line.kind for line in vault.timeline(case_id))
assert kinds == ["record_visit", "register"], kinds
assert all(line.fate.is_ON_DEVICE() for line in vault.timeline(case_id))
assert "Kenari" not in f"{form} {visit} {vault.timeline(case_id)}", "personal data in a text for logs"

while vault.take_reply(post("sync", vault.next_request())).again:
    pass
assert vault.unsent() == 0
fates = {line.kind: line.fate for line in vault.timeline(case_id)}
assert fates["record_visit"].is_RECORDED(), fates

try:
    vault.record_visit("no id", visit)
    raise SystemExit("an id was made of nothing")
except VaultError.NotAnId:
    pass
office.stdin.close()
print("smoke: a case and a visit, recorded, sent and judged, through the Python binding")
