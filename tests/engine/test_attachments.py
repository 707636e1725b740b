"""Attachments: drafts of an open task, kept when it is completed, seen by who sees the case, removed with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import attachments, deployments, history, instances, jobs, tasks
from engine.attachments.rows import Attachment, AttachmentChunk
from engine.errors import (
    Conflict,
    EngineError,
    FileError,
    FileRefused,
    FileTooLarge,
    InvalidAnswers,
    NotAllowed,
    NotFound,
)
from engine.tables import Job, UserTask
from engine.work import Bounds, UnitOfWork
from tests.engine import plans
from tests.engine.conftest import ADMINISTRATOR, COLLEAGUE, DIRECTOR, OFFICER, OUTSIDER, House

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n" + b"\0" * 40

PLAN = plans.diagram(
    "proving",
    plans.start(),
    plans.user_task("prove", name="取证", form="proving_prove"),
    plans.user_task("look", name="复核", form="proving_look"),
    plans.end(),
    plans.flow("begin", "prove"),
    plans.flow("prove", "look"),
    plans.flow("look", "done"),
    lanes={"专员": "begin prove look done"},
)
FORM = """{"id": "proving_prove", "type": "default", "schemaVersion": 18, "components": [
  {"type": "filepicker", "key": "photos", "label": "照片", "multiple": true, "accept": "image/*",
   "validate": {"required": true}, "properties": {"max_files": "2"}},
  {"type": "filepicker", "key": "report", "label": "报告", "accept": ".pdf"},
  {"type": "group", "path": "site", "components": [{"type": "filepicker", "key": "plan", "label": "平面图"}]},
  {"type": "dynamiclist", "path": "objects", "defaultRepetitions": 0, "components": [
    {"type": "filepicker", "key": "scan", "label": "扫描件"}]}]}""".encode()
LOOK = """{"id": "proving_look", "type": "default", "schemaVersion": 18, "components": [
  {"type": "filepicker", "key": "photos", "label": "照片", "multiple": true}]}""".encode()
FILES = {"proving.bpmn": PLAN, "proving_prove.form": FORM, "proving_look.form": LOOK}


class Scene:
    """A case whose task asks for evidence."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, FILES))
        self.case, self.task = self.begin()

    def begin(self) -> tuple[int, int]:
        """Start a case; return it and its task."""
        case = self.house.start("proving")
        return case, self.open_task(case)

    def open_task(self, case: int) -> int:
        """Return the case's open task."""
        return self.house.act(
            ADMINISTRATOR,
            lambda work: work.session.scalars(
                select(UserTask.id).where(UserTask.instance_id == case, UserTask.closed_at.is_(None))
            ).one(),
        )

    def attach(
        self,
        content: bytes = PNG,
        path: str = "photos",
        *,
        by: Any = OFFICER,
        task: int | None = None,
        name: str = "现场.png",
    ) -> str:
        """Attach a file to the task; return its id."""
        file = attachments.examine(io.BytesIO(content), name, 10 * 1024 * 1024)
        return self.house.act(by, lambda work: tasks.attach(work, task or self.task, path, file)).id

    def complete(self, **answers: Any) -> None:
        """Complete the first task."""
        self.house.act(OFFICER, lambda work: tasks.complete(work, self.task, answers))

    def seen(self, by: Any = OFFICER) -> list[attachments.AttachmentInfo]:
        """Return what somebody sees of the case's attachments."""
        return self.house.act(by, lambda work: attachments.of_instance(work, self.case))

    def count(self, table: Any) -> int:
        """Return how many rows a table has."""
        return (
            self.house.act(ADMINISTRATOR, lambda work: work.session.scalar(select(func.count()).select_from(table)))
            or 0
        )


@pytest.fixture
def scene(house: House) -> Scene:
    """Give a case whose task asks for evidence, on each kind of database."""
    return Scene(house)


def refused(verb: Callable[[], object]) -> dict[str, tuple[str, str]]:
    """Return the faults with which `verb` is refused."""
    with pytest.raises(InvalidAnswers) as raised:
        verb()
    return raised.value.faults


def test_a_draft_is_seen_by_who_uploaded_it_and_by_nobody_else(scene: Scene):
    draft = scene.attach()

    assert [(one.id, one.name, one.state) for one in scene.seen()] == [(draft, "现场.png", "draft")]
    assert scene.seen(COLLEAGUE) == []
    assert scene.seen(ADMINISTRATOR) == []


def test_completing_keeps_the_files_and_variables_hold_ids_only(scene: Scene):
    draft = scene.attach()

    scene.complete(photos=[draft])

    assert [(one.id, one.state, one.step) for one in scene.seen(COLLEAGUE)] == [(draft, "kept", "取证")]
    variables = scene.house.act(OFFICER, lambda work: instances.variables(work, scene.case))
    assert variables["photos"] == [draft]


def test_the_history_holds_name_and_digest_of_what_was_kept(scene: Scene):
    draft = scene.attach()
    scene.complete(photos=[draft])

    entries = scene.house.act(ADMINISTRATOR, lambda work: history.read(work, scene.case))
    (kept,) = [entry for entry in entries if entry.what == "attached"]

    assert kept.element == "prove"
    assert kept.data["files"][0] | {"id": ""} == {
        "id": "",
        "field": "photos",
        "name": "现场.png",
        "media_type": "image/png",
        "size": len(PNG),
        "digest": scene.seen()[0].digest,
    }
    assert scene.house.act(ADMINISTRATOR, lambda work: instances.verify(work, scene.case))


def test_the_bytes_come_back_in_pieces_as_they_were(scene: Scene):
    content = PNG + bytes(range(256)) * 4096
    draft = scene.attach(content)

    size = attachments.CHUNK
    pieces = scene.house.act(OFFICER, lambda work: [attachments.piece(work, draft, number) for number in range(6)])

    assert b"".join(pieces) == content
    assert [len(piece) for piece in pieces[:4]] == [size] * 4


def test_files_stand_in_groups_and_rows_too(scene: Scene):
    photo, plan, scan = scene.attach(), scene.attach(path="site.plan"), scene.attach(path="objects[0].scan")

    scene.complete(**{"photos": [photo], "site.plan": plan, "objects[0].scan": [scan]})

    assert {one.id: one.field for one in scene.seen()} == {
        photo: "photos",
        plan: "site.plan",
        scan: "objects[0].scan",
    }


def test_a_field_that_needs_a_file_is_not_complete_without(scene: Scene):
    assert refused(lambda: scene.complete(photos=[]))["photos"][0] == "请添加附件。"


def test_a_field_says_how_many_files_it_takes(scene: Scene):
    three = [scene.attach(PNG + bytes([number])) for number in range(3)]

    assert "最多 2 个附件" in refused(lambda: scene.complete(photos=three))["photos"][0]


def test_the_field_decides_which_kinds_it_takes(scene: Scene):
    with pytest.raises(FileRefused, match="不是此项要求的类型"):
        scene.attach(PDF, name="报告.pdf")

    assert scene.attach(PDF, "report", name="报告.pdf")


def test_a_draft_of_one_field_is_not_smuggled_into_another(scene: Scene):
    report = scene.attach(PDF, "report", name="报告.pdf")

    assert "不是此项要求的类型" in refused(lambda: scene.complete(photos=[report]))["photos"][0]


def test_there_is_no_upload_to_what_is_no_file_field(scene: Scene):
    for path in ("nothing", "objects", "objects.scan", "site"):
        with pytest.raises(FileError) as raised:
            scene.attach(path=path)
        assert raised.value.code == "no-file-field"


def test_the_same_file_sent_twice_is_there_once(scene: Scene):
    assert scene.attach() == scene.attach()
    assert scene.count(Attachment) == 1


def test_an_id_of_another_case_is_refused(scene: Scene):
    _, other_task = scene.begin()
    foreign = scene.attach(task=other_task)

    assert "photos" in refused(lambda: scene.complete(photos=[foreign]))


def test_a_draft_of_somebody_else_is_refused(scene: Scene):
    draft = scene.attach()
    scene.house.act(OFFICER, lambda work: tasks.release(work, scene.task))

    def other() -> None:
        scene.house.act(COLLEAGUE, lambda work: tasks.complete(work, scene.task, {"photos": [draft]}))

    assert "photos" in refused(other)


def test_an_invented_id_is_refused(scene: Scene):
    assert "photos" in refused(lambda: scene.complete(photos=["0123456789abcdef"]))


@pytest.mark.parametrize(
    ("who", "error"),
    [(COLLEAGUE, Conflict), (DIRECTOR, NotFound), (OUTSIDER, NotFound)],
    ids=["colleague", "director", "outsider"],
)
def test_only_who_holds_the_task_attaches(scene: Scene, who: Any, error: type[EngineError]):
    scene.house.act(OFFICER, lambda work: tasks.claim(work, scene.task))

    with pytest.raises(error):
        scene.attach(by=who)

    assert scene.count(Attachment) == 0


def test_attaching_leaves_the_task_as_the_page_was_drawn_from_it(scene: Scene):
    before = scene.house.act(OFFICER, lambda work: tasks.get(work, scene.task))

    scene.attach()

    after = scene.house.act(OFFICER, lambda work: tasks.get(work, scene.task))
    assert (after.assignee, after.version) == (before.assignee, before.version)


def test_nothing_is_attached_to_a_closed_or_suspended_task(scene: Scene):
    draft = scene.attach()
    scene.house.act(ADMINISTRATOR, lambda work: instances.suspend(work, scene.case, "核对"))
    with pytest.raises(Conflict) as suspended:
        scene.attach(PNG + b"2")
    scene.house.act(ADMINISTRATOR, lambda work: instances.resume(work, scene.case))
    scene.complete(photos=[draft])

    with pytest.raises(Conflict) as closed:
        scene.attach(PNG + b"3")

    assert (suspended.value.code, closed.value.code) == ("case-suspended", "task-already-closed")


def test_a_draft_is_dropped_with_its_bytes_by_who_uploaded_it(scene: Scene):
    draft = scene.attach()
    scene.house.act(OFFICER, lambda work: tasks.detach(work, scene.task, draft))
    scene.house.act(OFFICER, lambda work: tasks.detach(work, scene.task, draft))

    assert (scene.count(Attachment), scene.count(AttachmentChunk)) == (0, 0)


def test_what_is_kept_is_not_dropped_as_a_draft(scene: Scene):
    photo = scene.attach()
    scene.complete(photos=[photo])
    following = scene.open_task(scene.case)

    scene.house.act(OFFICER, lambda work: tasks.detach(work, following, photo))

    assert [one.state for one in scene.seen()] == ["kept"]


def test_a_later_step_goes_on_with_the_files_of_an_earlier_one(scene: Scene):
    photo = scene.attach()
    scene.complete(photos=[photo])
    following = scene.open_task(scene.case)
    more = scene.attach(PNG + b"2", task=following)

    scene.house.act(OFFICER, lambda work: tasks.complete(work, following, {"photos": [photo, more]}))

    assert {one.id: one.step for one in scene.seen()} == {photo: "取证", more: "复核"}


def test_a_case_holds_so_many_files_and_so_many_bytes(scene: Scene):
    scene.attach()
    scene.house.database.bounds = Bounds(case_files=2, case_bytes=len(PNG) + 20)

    with pytest.raises(FileTooLarge, match="现场"):
        scene.attach(PNG + b"2")
    scene.house.database.bounds = Bounds(case_files=1)
    with pytest.raises(FileError) as raised:
        scene.attach(PNG + b"2")

    assert raised.value.code == "too-many-files"


def test_a_removed_file_leaves_its_name_and_the_reason_and_no_bytes(scene: Scene):
    photo = scene.attach()
    scene.complete(photos=[photo])

    scene.house.act(ADMINISTRATOR, lambda work: attachments.remove(work, scene.case, photo, "含他人隐私"))

    (left,) = scene.seen()
    assert (left.state, left.removed_by, left.reason, left.name) == ("removed", "admin", "含他人隐私", "现场.png")
    assert scene.count(AttachmentChunk) == 0
    entries = scene.house.act(ADMINISTRATOR, lambda work: history.read(work, scene.case))
    assert [entry.data["reason"] for entry in entries if entry.what == "attachment_removed"] == ["含他人隐私"]
    with pytest.raises(Conflict):
        scene.house.act(ADMINISTRATOR, lambda work: attachments.remove(work, scene.case, photo, "再次"))


def test_removing_takes_the_permission_and_a_reason(scene: Scene):
    photo = scene.attach()
    scene.complete(photos=[photo])

    with pytest.raises(NotAllowed):
        scene.house.act(OFFICER, lambda work: attachments.remove(work, scene.case, photo, "不要了"))
    with pytest.raises(EngineError, match="理由"):
        scene.house.act(ADMINISTRATOR, lambda work: attachments.remove(work, scene.case, photo, " "))


@pytest.mark.parametrize("who", [OUTSIDER, DIRECTOR], ids=["outsider", "director"])
def test_whoever_does_not_see_the_case_finds_no_attachment(scene: Scene, who: Any):
    photo = scene.attach()
    scene.complete(photos=[photo])

    with pytest.raises(NotFound):
        scene.house.act(who, lambda work: attachments.find(work, scene.case, photo))
    with pytest.raises(NotFound):
        scene.house.act(who, lambda work: attachments.of_instance(work, scene.case))


def test_an_attachment_is_found_in_its_own_case_only(scene: Scene):
    photo = scene.attach()
    other, _ = scene.begin()

    with pytest.raises(NotFound):
        scene.house.act(OFFICER, lambda work: attachments.find(work, other, photo))


def test_a_confidential_case_shows_its_files_to_those_named_and_notes_who_took_one(scene: Scene):
    photo = scene.attach()
    scene.complete(photos=[photo])
    scene.house.act(OFFICER, lambda work: instances.restrict(work, scene.case, [OFFICER.id]))

    scene.house.act(OFFICER, lambda work: attachments.record_download(work, scene.case, photo))

    entries = scene.house.act(OFFICER, lambda work: history.read(work, scene.case))
    assert [(entry.actor, entry.data["files"][0]["name"]) for entry in entries if entry.what == "downloaded"] == [
        (OFFICER.id, "现场.png")
    ]
    with pytest.raises(NotFound):
        scene.house.act(COLLEAGUE, lambda work: attachments.find(work, scene.case, photo))
    with pytest.raises(NotFound):
        scene.house.act(ADMINISTRATOR, lambda work: attachments.find(work, scene.case, photo))


def test_a_download_of_an_ordinary_case_is_not_recorded(scene: Scene):
    photo = scene.attach()
    scene.complete(photos=[photo])
    before = len(scene.house.act(ADMINISTRATOR, lambda work: history.read(work, scene.case)))

    scene.house.act(OFFICER, lambda work: attachments.record_download(work, scene.case, photo))

    assert len(scene.house.act(ADMINISTRATOR, lambda work: history.read(work, scene.case))) == before


def test_a_draft_survives_while_its_task_is_open_and_is_purged_after(scene: Scene):
    kept, forgotten = scene.attach(), scene.attach(PNG + b"2")

    scene.house.clock.set(scene.house.clock.now() + timedelta(days=8))
    jobs.run_due(scene.house.database, {})
    assert scene.count(Attachment) == 2
    scene.complete(photos=[kept])
    scene.house.clock.set(scene.house.clock.now() + timedelta(days=8))
    jobs.run_due(scene.house.database, {})

    assert [one.id for one in scene.seen()] == [kept]
    assert forgotten not in [one.id for one in scene.seen()]
    assert scene.count(AttachmentChunk) == 1
    assert scene.count(Job) == 0


def test_a_failure_after_keeping_leaves_the_draft_a_draft(scene: Scene):
    draft = scene.attach()

    def killed(work: UnitOfWork) -> None:
        tasks.complete(work, scene.task, {"photos": [draft]})
        raise RuntimeError("the process is killed before it commits")

    with pytest.raises(RuntimeError):
        scene.house.act(OFFICER, killed)

    assert [one.state for one in scene.seen()] == ["draft"]
    scene.complete(photos=[draft])
    assert [one.state for one in scene.seen()] == ["kept"]


def test_completing_twice_keeps_once(scene: Scene):
    draft = scene.attach()
    scene.complete(photos=[draft])

    with pytest.raises(Conflict):
        scene.complete(photos=[draft])

    entries = scene.house.act(ADMINISTRATOR, lambda work: history.read(work, scene.case))
    assert [entry.what for entry in entries].count("attached") == 1
