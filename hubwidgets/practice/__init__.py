"""A small real Hub on this machine: for classes without accounts, notebooks without internet, and tests.

Needs the extra `hubwidgets[practice]`. It is no mock: git, git-lfs and huggingface_hub work against it unmodified.
"""

from __future__ import annotations

from hubwidgets.practice.accounts import PracticeUser
from hubwidgets.practice.hub import PracticeHub
from hubwidgets.practice.state import RequestRecord

__all__ = ["PracticeHub", "PracticeUser", "RequestRecord"]
