"""What runs the pages' commands notices what is wrong with a page."""

import pytest
from convopt.docs import commands


@pytest.fixture
def run(tmp_path):
    """run(page) gives what is wrong with it."""

    def run(page):
        folders = [tmp_path / name for name in ("work", "printed")]
        for folder in folders:
            folder.mkdir()
        return commands.run_page(page, *folders, {"GREETING": "hello"})

    return run


def page(*blocks):
    return "Text.\n\n" + "\n".join(f"```{head}\n{text}\n```\n" for head, text in blocks)


def test_a_page_is_one_shell(run):
    assert (
        run(page(("sh", "x='$GREETING'"), ("sh", "echo $GREETING $x 1.5 ms"), ("output", "hello $GREETING 2 ms"))) == []
    )


def test_files_are_saved_as_they_are(run):
    text = "it's $HOME `and` \\\\ more"
    assert run(page(("c main.c", text), ("sh", "cat main.c"), ("output", text))) == []


def test_other_output_is_found(run):
    wrong = run(page(("sh", "echo hello"), ("output", "good bye")))
    assert len(wrong) == 1 and wrong[0].startswith("line 7:") and "hello" in wrong[0]


def test_output_of_one_block_is_not_that_of_another(run):
    assert run(page(("sh", "echo a"), ("sh", "echo b"), ("output", "a")))


def test_a_command_that_fails_ends_the_page(run):
    wrong = run(page(("sh", "echo first"), ("sh", "echo why >&2\nfalse\ntrue"), ("sh", "touch never")))
    assert wrong == ["line 7: status 1: why"]


def test_an_undefined_variable_is_an_error(run):
    assert run(page(("sh", "echo $NO_SUCH_VARIABLE")))


def test_norun_is_left_out(run):
    assert run(page(("sh norun", "false"), ("text", "false"))) == []
    assert not commands.has_commands(page(("sh norun", "false")))


@pytest.mark.parametrize(
    "expected, printed",
    [
        ("a  b 0.1 ms", "a b 25 ms"),
        ("a ... c", "a b b c"),
        ("a\n...\nc", "a\nb\n\nb\nc"),
        ("a\n...\nc", "a\nc"),
        ("10 runs", "1e-05 runs"),
        ("-1", "2"),
    ],
)
def test_what_matches(expected, printed):
    assert commands.matches(expected, printed)


@pytest.mark.parametrize(
    "expected, printed",
    [
        ("a b", "ab"),
        ("a 1", "a one"),
        ("f4x4", "f6x6"),
        ("a ...", "b c"),
        ("a", "a\nb"),
        ("a\nb", "a"),
        ("a.c", "abc"),
    ],
)
def test_what_does_not_match(expected, printed):
    assert not commands.matches(expected, printed)
