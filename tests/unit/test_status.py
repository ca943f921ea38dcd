from hubwidgets.core.repo import RepoRef
from hubwidgets.core.status import Stage, Status, StatusRow, make_plan, section_of

REPO = RepoRef("alice/m")
NEW = StatusRow("new.bin", "?", 10, None, "lfs")
CHANGED = StatusRow("README.md", "M", 4, 3, "regular")
GONE = StatusRow("old.txt", "D", None, 7, "regular")
ONLY_THERE = StatusRow("web.txt", "D", None, 7, "regular", only_on_hub=True)
SAME = StatusRow("same.txt", "=", 5, 5, "regular")
LINK = StatusRow("link", "?", None, refused="a link out of the folder")
IGNORED = StatusRow("x.log", "!", 9)
ALL = (CHANGED, GONE, IGNORED, LINK, NEW, ONLY_THERE, SAME)


def test_by_default_all_new_and_changed_is_staged_and_no_deletion():
    staged = [row.path_in_repo for row in ALL if Stage().is_staged(row)]
    assert staged == ["README.md", "new.bin"]


def test_each_row_has_its_section():
    stage = Stage()
    assert [section_of(row, stage) for row in ALL] == [
        "staged",
        "changes",
        "ignored",
        "refused",
        "staged",
        "only_on_hub",
        "up_to_date",
    ]
    unstaged = stage.with_staged(ALL, staged=False)
    assert section_of(NEW, unstaged) == "untracked"
    assert section_of(CHANGED, unstaged) == "changes"


def test_staging_everything_leaves_out_what_cannot_be_staged():
    stage = Stage().with_staged(ALL, staged=True)
    assert stage.deletions == {"old.txt", "web.txt"}
    assert not any(stage.is_staged(row) for row in (SAME, LINK, IGNORED))


def test_staging_and_unstaging_come_back_to_the_same_stage():
    stage = Stage(excluded=frozenset({"new.bin"}))
    assert stage.with_staged([NEW, GONE], staged=True).with_staged([NEW, GONE], staged=False) == stage


def test_a_plan_holds_exactly_what_is_staged():
    stage = Stage().with_staged([GONE], staged=True).with_staged([CHANGED], staged=False)
    plan = make_plan(Status(REPO, "a" * 40, ALL), stage, "http")
    assert [row.path_in_repo for row in plan.additions] == ["new.bin"]
    assert [row.path_in_repo for row in plan.deletions] == ["old.txt"]
    assert (plan.parent_commit, plan.total_bytes, plan.unchanged, plan.left_out) == ("a" * 40, 10, 1, 2)


def test_a_plan_reads_well_and_hides_no_name():
    rows = (StatusRow("<img src=x onerror=alert(1)>.bin", "?", 2_000_000, None, "lfs", "matches *.bin"), CHANGED)
    plan = make_plan(Status(REPO, None, rows, repo_exists=False), Stage(), "http")
    text = repr(plan)
    assert "alice/m" in text
    assert "2.0 MB" in text
    assert "<img src=x" in text
    html = plan._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;.bin" in html
