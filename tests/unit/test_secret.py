import pickle

import pytest

from hubwidgets.core.errors import HubSaidNo
from hubwidgets.core.failure import Failure
from hubwidgets.core.secret import Secret, redact

TOKEN = "hf_practice_abcdefghijkl"


def test_a_secret_does_not_show_itself():
    secret = Secret(TOKEN)
    assert TOKEN not in f"{secret!r} {secret} {[secret]} {secret.__class__.__dict__}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret.reveal() == TOKEN
    assert secret == Secret(TOKEN)


@pytest.mark.parametrize(
    "text",
    [
        f"remote: bad token {TOKEN}",
        f"https://user:{TOKEN}@hub/alice/m",
        f"> Authorization: Bearer {TOKEN}",
        "authorization: Basic dXNlcjpoZl9wcmFjdGljZV9h",
    ],
)
def test_what_a_tool_printed_is_redacted(text):
    shown = redact(text)
    assert TOKEN not in shown
    assert "dXNlcjpo" not in shown


def test_a_failure_holds_no_token_whatever_raised_it():
    try:
        raise ValueError(f"token {TOKEN} is bad")
    except ValueError as exc:
        failure = Failure.of(exc)
    assert failure.code == "internal"
    assert TOKEN not in repr(failure)
    assert "ValueError" in failure.detail
    assert TOKEN not in repr(Failure.of(HubSaidNo(f"no {TOKEN}", detail=TOKEN)))
