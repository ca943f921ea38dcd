"""The metadata at the top of a README.md."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

_FRONT_MATTER: Final = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LISTS_OF_TEXT: Final = ("tags", "language", "datasets", "metrics", "base_model", "license")
_TEXTS: Final = ("library_name", "pipeline_tag", "license_name", "license_link", "title", "emoji", "app_file")
_SDKS: Final = ("gradio", "docker", "static", "streamlit")
_LICENSES: Final = """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
    bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc
    cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0
    cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0
    cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1
    eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c
    ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa
    unlicense zlib pddl lgpl-lr deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1
    llama3.2 llama3.3 llama4 gemma grok2-community unknown other
"""


class CardInvalid(Exception):
    """The metadata cannot be read; says where."""


def read_card(readme: str) -> dict[str, Any] | None:
    """The metadata as a mapping, None when there is none.

    Raises:
        CardInvalid: it is not YAML, or no mapping.
    """
    match = _FRONT_MATTER.match(readme)
    if match is None:
        return None
    try:
        card = _json_ready(yaml.load(match[1], Loader=_PlainLoader), _Budget())  # noqa: S506 - a SafeLoader, see there
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" (line {mark.line + 2}, column {mark.column + 1})" if mark else ""
        raise CardInvalid(f"YAML metadata error: {error.problem or error.context}{where}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CardInvalid(f"YAML metadata error: {error}") from None
    if card is None:
        return None
    if not isinstance(card, dict):
        raise CardInvalid("YAML metadata must be a mapping of names to values (line 2, column 1)")
    return card


def card_data(readme: str | None) -> dict[str, Any]:
    """The metadata as the Hub shows it in `cardData`; empty for none, and for one that cannot be read."""
    try:
        return (read_card(readme) if readme else None) or {}
    except CardInvalid:
        return {}


def validate(readme: str, repo_type: str) -> tuple[list[str], list[str]]:
    """Warnings and errors about a README.md."""
    try:
        card = read_card(readme)
    except CardInvalid as error:
        return [], [str(error)]
    if not card:
        return ["empty or missing yaml metadata in repo card"], []
    return list(_warnings(card, repo_type)), list(_errors(card, repo_type))


def tags_of(card: dict[str, Any]) -> list[str]:
    """Tags by which a repo is found."""
    tags = [*_texts(card.get("tags")), *_texts(card.get("language"))]
    tags += [card[key] for key in ("library_name", "pipeline_tag") if isinstance(card.get(key), str)]
    tags += [f"license:{name}" for name in _texts(card.get("license"))]
    return list(dict.fromkeys([*tags, "region:us"]))


def _warnings(card: dict[str, Any], repo_type: str) -> Iterator[str]:
    for name in _texts(card.get("license")):
        if name not in _LICENSES.split():
            yield f'"license" has an unknown value: {name}'
    if repo_type == "space" and "sdk" not in card:
        yield '"sdk" is missing: the Space will not start'


def _errors(card: dict[str, Any], repo_type: str) -> Iterator[str]:
    for key in _LISTS_OF_TEXT:
        if key in card and card[key] is not None and _texts(card[key]) != _listed(card[key]):
            yield f'"{key}" must be a string or a list of strings'
    for key in _TEXTS:
        if card.get(key) is not None and not isinstance(card[key], str):
            yield f'"{key}" must be a string'
    if repo_type == "space" and card.get("sdk") is not None and card["sdk"] not in _SDKS:
        yield f'"sdk" must be one of {", ".join(_SDKS)}'
    if card.get("model-index") is not None and not isinstance(card["model-index"], list):
        yield '"model-index" must be a list'


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [text for text in _listed(value) if isinstance(text, str)]


class _PlainLoader(yaml.SafeLoader):
    """SafeLoader that leaves "no" (Norwegian) and the like alone, as the Hub's YAML 1.2 parser does."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF")
)


class _Budget:
    """How many values a card may hold: a few lines of YAML aliases can stand for billions."""

    def __init__(self) -> None:
        self._left = 100_000

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many values")


def _json_ready(value: Any, budget: _Budget) -> Any:
    """Plain JSON values: dates become text, keys become text, what is no number becomes text."""
    budget.spend()
    if isinstance(value, dict):
        return {str(key): _json_ready(item, budget) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_json_ready(item, budget) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)
