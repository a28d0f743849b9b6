"""Columns of phrases: what is read back, whatever lies in them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from posecheck.language import Phrase, phrase
from posecheck.storage.phrase_columns import PhrasesJson, PhraseText

TABLE = sa.Table("said", sa.MetaData(), sa.Column("reason", PhraseText), sa.Column("info", PhrasesJson))


def read_back(**stored: str) -> dict[str, Any]:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        TABLE.create(connection)
        connection.execute(sa.text("insert into said values (:reason, :info)"), {"reason": "", "info": "{}", **stored})
        return dict(connection.execute(sa.select(TABLE)).mappings().one())


def test_a_phrase_is_a_phrase_again() -> None:
    engine = sa.create_engine("sqlite://")
    made = phrase("Leg {side}.", side=phrase("left"))
    with engine.begin() as connection:
        TABLE.create(connection)
        connection.execute(TABLE.insert().values(reason=made, info={"notes": [made, "a note"]}))
        row = connection.execute(sa.select(TABLE)).one()

    assert (row.reason, row.info) == ("Leg left.", {"notes": ["Leg left.", "a note"]})
    assert isinstance(row.reason, Phrase)
    assert isinstance(row.info["notes"][0], Phrase)


@pytest.mark.parametrize(
    "reason",
    [
        '{"text": 5}',
        '{"text": ["a"]}',
        '{"text": "\\ud800"}',
        '{"text": "a", "messages": {"a": {"message": "a", "context": {}}}}',
        '{"text": ',
        '{"text": "a"} and more',
    ],
)
def test_what_nobody_could_show_is_the_text_as_it_lies_there(reason: str) -> None:
    found = read_back(reason=reason)["reason"]
    assert type(found) is str
    assert found.encode()


def test_json_that_is_nested_by_the_hundred_is_read() -> None:
    deep = "[" * 600 + "]" * 600
    stored = f'{{"words": "a", "deep": {deep}, "messages": {{"a": {{"message": "a"}}}}}}'
    assert read_back(info=stored)["info"]["words"] == "a"
