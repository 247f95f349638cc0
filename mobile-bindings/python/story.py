"""The story that is told in every language; story.txt names its steps."""

import asyncio
import os
import sys
import tempfile
from datetime import datetime, timedelta, timezone

import office
from jangkau_ffi import (ApplicantKind, Assign, CaseCommand, Channel, Close, Language, ListAsk, Purpose, RecordStamp, RecordVisit, Register,
                         SafetyLevel, SeatStanding, Signatory, SignConsent, VaultError, VaultFolder, VisitPlace)

ID, NOW, EVERY = Language.INDONESIAN, RecordStamp(), ListAsk()
steps = []


def step(name):
    steps.append(name)
    print(f"story: {name}")


async def phone(path, name):
    person, code = office.hire(name, "social_worker")
    line = office.Transport()
    folder = VaultFolder.open(f"{path}/{name}", office.Keys(), office.Clock(), line, office.Log())
    return person, line, await folder.enrol(folder.enrolment(code), "271828", name)


async def sync(vault):
    return await vault.start_sync().finished()


async def story(path):
    step("enrol")
    _, line, rina = await phone(path, "Rina")
    budi_id, _, budi = await phone(path, "Budi")
    await sync(rina)
    await sync(budi)

    step("go offline")
    line.online = False
    try:
        await sync(rina)
        raise SystemExit("an exchange without signal")
    except VaultError.Offline:
        pass

    step("register a family")
    family = Register(channel=Channel.WALK_IN, applicant=ApplicantKind.FAMILY, name="Kenari binti Murai",
                      problem="Sering bertengkar soal nafkah.", place="Jombang Wetan", danger=SafetyLevel.P3)
    assert "Kenari" not in f"{family} {CaseCommand.REGISTER(family)}", "personal data in a text for logs"
    case = await rina.record(None, CaseCommand.REGISTER(family), NOW)
    assert (await rina.list(EVERY, 0, ID)).lines[0].sync == "on_device"

    step("visit")
    visit = RecordVisit(place=VisitPlace.HOME, met=True, observation="Ditemui di rumah, lelah.")
    before = RecordStamp(occurred_at=datetime.now(timezone.utc) - timedelta(minutes=1))
    await rina.record(case, CaseCommand.RECORD_VISIT(visit), before)

    step("consent")
    consent = SignConsent(purposes=[Purpose.SERVICE], text_version="2026-1", after_withdrawals=[], signed_by=Signatory.CLIENT)
    await rina.record(case, CaseCommand.SIGN_CONSENT(consent), NOW)
    closing = await rina.record(case, CaseCommand.CLOSE(Close(survey_offered=True)), NOW)

    step("come online")
    assert (await rina.standing(ID)).unsent.count == 4
    line.online = True
    assert (await sync(rina)).complete
    assert (await rina.standing(ID)).unsent is None

    step("see a refusal and its reason")
    refused, = [told for told in (await rina.timeline(case, 0, ID)).lines if told.id == closing]
    assert refused.sync == "refused", refused.sync
    assert "Keadaan kasus tidak memungkinkan langkah ini." in refused.verdict, refused.verdict

    step("hand the case over")
    assert (await budi.list(EVERY, 0, ID)).total == 0
    await rina.record(case, CaseCommand.ASSIGN(Assign(assignee=budi_id)), NOW)
    await sync(rina)
    await sync(budi)
    assert [row.case_id for row in (await budi.list(EVERY, 0, ID)).lines] == [case]
    assert (await rina.timeline(case, 0, ID)).lines == [], "it is Budi's now"

    step("wipe")
    await rina.record(None, CaseCommand.REGISTER(family), NOW)
    await sync(rina)
    assert (await rina.list(EVERY, 0, ID)).total == 1
    office.retire("Rina")
    await sync(rina)
    assert (await rina.standing(ID)).seat == SeatStanding.RETIRED
    assert (await rina.list(EVERY, 0, ID)).total == 0


with tempfile.TemporaryDirectory() as path:
    asyncio.run(story(path))
with open(os.environ["JANGKAU_STORY"], encoding="utf-8") as told:
    assert steps == told.read().splitlines(), steps
print("1 passed, 0 failed")
# Threads of the library let go of Python's objects a little later, which an interpreter on its way out does not survive.
sys.stdout.flush()
os._exit(0)
