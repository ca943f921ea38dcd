from hubwidgets.core.diff import make_diff
from hubwidgets.core.status import Stage, StatusRow
from hubwidgets.core.tree import FolderTree

ROWS = (
    StatusRow(".hidden", "?", 1),
    StatusRow("b.txt", "?", 2),
    StatusRow("A/x.bin", "?", 3),
    StatusRow("A/y.bin", "?", 4),
    StatusRow("A/deep/z.bin", "=", 5),
    StatusRow("gone.txt", "D", None, 9, only_on_hub=True),
)


def test_folders_come_first_and_count_all_below():
    entries = FolderTree(ROWS, Stage()).list_folder("", show_hidden=False)
    assert [(each.name, each.is_folder, each.n_files, each.size_bytes) for each in entries] == [
        ("A", True, 3, 12),
        ("b.txt", False, 1, 2),
    ]
    assert [each.name for each in FolderTree(ROWS, Stage()).list_folder("A", show_hidden=False)] == [
        "deep",
        "x.bin",
        "y.bin",
    ]


def test_a_folder_is_checked_all_some_or_none():
    def checked(stage):
        return {each.name: each.checked for each in FolderTree(ROWS, stage).list_folder("", show_hidden=True)}

    assert checked(Stage())["A"] == "all"
    assert checked(Stage(excluded=frozenset({"A/x.bin"})))["A"] == "some"
    assert checked(Stage(excluded=frozenset({"A/x.bin", "A/y.bin"})))["A"] == "none"


def test_a_folder_with_nothing_to_publish_cannot_be_checked():
    (deep, *_) = FolderTree(ROWS, Stage()).list_folder("A", show_hidden=False)
    assert (deep.name, deep.can_check, deep.checked) == ("deep", False, "none")


def test_a_folder_that_is_not_there_is_empty_and_so_is_a_way_out():
    tree = FolderTree(ROWS, Stage())
    assert tree.list_folder("nope", show_hidden=True) == []
    assert tree.list_folder("..", show_hidden=True) == []
    assert tree.list_folder("A/../..", show_hidden=True) == []


def test_a_diff_numbers_its_lines():
    diff = make_diff(b"one\ntwo\nthree\n", b"one\n2\nthree\nfour\n")
    assert [(line.tag, line.old, line.new, line.text) for line in diff.lines] == [
        ("@", None, None, "@@ -1,3 +1,4 @@"),
        (" ", 1, 1, "one"),
        ("-", 2, None, "two"),
        ("+", None, 2, "2"),
        (" ", 3, 3, "three"),
        ("+", None, 4, "four"),
    ]


def test_what_is_no_text_is_said_and_not_shown():
    assert make_diff(None, b"\0\1").lines == ()
    assert "binary" in make_diff(None, b"\0\1").note
    assert make_diff(b"same", b"same").note == "No difference."
    assert make_diff(b"a\r\n", b"a\n").note == "Only line endings differ."


def test_a_long_diff_is_cut_and_says_so():
    new = "".join(f"{n}\n" for n in range(5000)).encode()
    diff = make_diff(None, new)
    assert diff.is_truncated
    assert len(diff.lines) == 2000
