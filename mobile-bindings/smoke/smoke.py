"""The smoke story in Python: a day without signal, through the generated binding. Arguments: the office example."""

import subprocess
import sys

from jangkau_ffi import ApplicantKind, Channel, Enrolment, NewCase, NewVisit, VaultError, VisitPlace

enrolment = Enrolment.begin("ABCD-EFGH")
office = subprocess.run([sys.argv[1]], input=enrolment.request(), capture_output=True, check=True)
vault = enrolment.finish_in_memory(office.stdout)

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
assert len(vault.next_request()) > 200
assert "Kenari" not in f"{form} {visit} {vault.timeline(case_id)}", "personal data in a text for logs"

try:
    vault.record_visit("no id", visit)
    raise SystemExit("an id was made of nothing")
except VaultError.NotAnId:
    pass
print("smoke: a case, a visit and a request through the Python binding")
