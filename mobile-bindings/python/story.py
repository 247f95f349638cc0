"""The story that is told in every language; story.txt names its steps."""

import asyncio
import os
import sys
import tempfile
from datetime import datetime, timedelta, timezone

import office
from jangkau_ffi import (ApplicantKind, Assign, AttachmentKind, CaseCommand, Channel, Close, Language, ListAsk, Purpose, RecordStamp, RecordVisit, Register,
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


async def attached(vault, case):
    line, = (await vault.attachments(case, 0, ID)).lines
    return line


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
    visited = await rina.record(case, CaseCommand.RECORD_VISIT(visit), before)

    step("photo")
    photo, taken = rina.new_id(), os.environ["JANGKAU_PHOTO"]
    for repeated in (False, True):
        once = await rina.attach_file_once(photo, case, visited, AttachmentKind.PHOTO, taken)
        assert (once.ids, once.repeated) == ([photo], repeated), once
    told = await attached(rina, case)
    assert (told.id, told.says) == (photo, "di HP saja"), told
    kept = await rina.open_attachment(case, photo)
    assert kept.startswith(b"\xff\xd8") and b"GPS" not in kept, "where it was taken stays out"

    step("consent")
    consent = SignConsent(purposes=[Purpose.SERVICE], text_version="2026-1", after_withdrawals=[], signed_by=Signatory.CLIENT)
    await rina.record(case, CaseCommand.SIGN_CONSENT(consent), NOW)
    closing = await rina.record(case, CaseCommand.CLOSE(Close(survey_offered=True)), NOW)

    step("come online")
    assert (await rina.standing(ID)).unsent.count == 5
    line.online = True
    run = rina.start_sync()
    assert (await run.finished()).complete
    assert run.progress().attachment_steps > told.parts // 3, "in steps of three parts at most"
    assert (await rina.standing(ID)).unsent is None
    told = await attached(rina, case)
    assert (told.sent, told.says) == (told.parts, "diterima"), told

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
    assert (await attached(budi, case)).says == "diterima; isinya belum ada di HP ini"
    assert await budi.want_attachment(case, photo)
    await sync(budi)
    assert (await attached(budi, case)).says == "diterima"
    assert await budi.open_attachment(case, photo) == kept

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
