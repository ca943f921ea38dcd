"""Publish to the Hugging Face Hub from a notebook by clicking, and see what happens.

import hubwidgets as hw
hw.publish("out/my-model")         # the whole way: login, repo, files, card, check, publish

p = hw.Publisher("out/my-model", repo_id="me/my-model")
p.plan()                           # exactly what would be sent, and why
p.publish("First version").result().url

hub = hw.practice_hub()            # no account, no internet: a real Hub on this machine
hw.publish("out/my-model", session=hub)
"""

from __future__ import annotations

from hubwidgets._version import __version__
from hubwidgets.core.errors import Cancelled, HubwidgetsError
from hubwidgets.core.status import CommitLanded, CommitPlan
from hubwidgets.jobs.context import Job
from hubwidgets.session import Session, open_session, practice_hub
from hubwidgets.widgets.panels import CardEditor, FilePicker, LoginPanel, RepoPanel, StagingPanel
from hubwidgets.widgets.publisher import Publisher, login, publish

__all__ = [
    "Cancelled",
    "CardEditor",
    "CommitLanded",
    "CommitPlan",
    "FilePicker",
    "HubwidgetsError",
    "Job",
    "LoginPanel",
    "Publisher",
    "RepoPanel",
    "Session",
    "StagingPanel",
    "__version__",
    "login",
    "open_session",
    "practice_hub",
    "publish",
]
