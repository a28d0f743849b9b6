"""Phrases: English text that knows what it was made of, and is said in another language."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import pickle

import pytest

from posecheck.language import (
    Phrase,
    chosen_language,
    counted,
    day,
    filled,
    first_lower,
    first_upper,
    joined,
    language_set,
    listed,
    mapped,
    number,
    phrase,
    phrase_in,
    restored,
    spoken,
    translated,
    translated_values,
    with_messages,
    without_lead,
    without_stop,
)

WORDS = {
    ("", "The camera is tilted by {angle:.1f} degrees."): "Die Kamera ist um {angle:.1f} Grad geneigt.",
    ("", "left"): "links",
    ("", "Leg {side}."): "Bein {side}.",
    ("", "{count} person"): ("{count} Person", "{count} Personen"),
    ("", "{first} and {last}"): "{first} und {last}",
    ("", "Hold"): "Halten",
    ("the end position", "Hold"): "Haltephase",
    ("", "It moved."): "Es hat sich bewegt.",
    ("", "50 % of {what}"): "50 % von {what}",
    ("", "{file}: is empty."): "{file}: ist leer.",
}


@pytest.fixture(autouse=True)
def german_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoken, "catalogue", lambda code: WORDS if code == "de" else {})


def in_german(text: str) -> str:
    with language_set("de"):
        return translated(text)


def test_a_phrase_is_english_text_and_says_itself_in_german_with_a_decimal_comma() -> None:
    made = phrase("The camera is tilted by {angle:.1f} degrees.", angle=3.21)

    assert made == "The camera is tilted by 3.2 degrees."
    assert in_german(made) == "Die Kamera ist um 3,2 Grad geneigt."
    assert translated(made) == made


def test_phrases_within_a_phrase_are_translated_and_other_text_is_not() -> None:
    assert in_german(phrase("Leg {side}.", side=phrase("left"))) == "Bein links."
    assert in_german(phrase("Leg {side}.", side="left")) == "Bein left."
    assert in_german("left") == "left"


def test_what_is_in_no_catalogue_stays_english() -> None:
    assert in_german(phrase("Nobody knows {what}.", what=phrase("left"))) == "Nobody knows links."


def test_one_and_many_are_told_apart_in_both_languages() -> None:
    people = [counted("{count} person", "{count} people", count=count) for count in (0, 1, 2)]

    assert people == ["0 people", "1 person", "2 people"]
    assert [in_german(text) for text in people] == ["0 Personen", "1 Person", "2 Personen"]


def test_french_counts_none_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        spoken, "catalogue", lambda _: {("", "{count} person"): ("{count} personne", "{count} personnes")}
    )
    with language_set("fr"):
        said = [translated(counted("{count} person", "{count} people", count=count)) for count in (0, 1, 2)]
    assert said == ["0 personne", "1 personne", "2 personnes"]


def test_a_context_tells_two_meanings_of_one_english_word() -> None:
    assert in_german(phrase("Hold")) == "Halten"
    assert in_german(phrase_in("the end position", "Hold")) == "Haltephase"


def test_sentences_are_joined_and_things_listed() -> None:
    sentences = joined([phrase("Leg {side}.", side=phrase("left")), "", phrase("It moved.")])
    things = listed(["knee", "hip", phrase("left")])

    assert (sentences, things) == ("Leg left. It moved.", "knee, hip and left")
    assert in_german(sentences) == "Bein links. Es hat sich bewegt."
    assert in_german(things) == "knee, hip und links"
    assert (joined([]), listed([]), listed(["knee"])) == ("", "", "knee")


def test_a_sentence_goes_on_within_another_one_and_german_keeps_its_capital() -> None:
    within = without_stop(first_lower(phrase("It moved.")))

    assert within == "it moved"
    assert in_german(within) == "Es hat sich bewegt"
    assert in_german(first_upper(phrase("left"))) == "Links"


def test_what_a_sentence_is_about_is_left_out_where_it_is_named_beside_it() -> None:
    empty = phrase("{file}: is empty.", file="/a/b.mp4")
    alone = without_lead(empty, "/a/b.mp4")
    with_advice = first_upper(without_lead(joined([empty, phrase("It moved.")]), "/a/b.mp4"))

    assert (alone, in_german(alone)) == ("is empty.", "ist leer.")
    assert (with_advice, in_german(with_advice)) == ("Is empty. It moved.", "Ist leer. Es hat sich bewegt.")
    assert in_german(without_lead(empty, "b.mp4")) == "/a/b.mp4: ist leer."
    assert without_lead("/a/b.mp4: is empty.", "/a/b.mp4") == "is empty."


def test_open_places_are_filled_later_and_values_changed() -> None:
    table = {"which_side": phrase("Leg {side}.")}
    said = filled(table["which_side"], side="/home/ann/left")

    assert in_german(said) == "Bein /home/ann/left."
    assert in_german(mapped(said, lambda text: text.replace("/home/ann/", ""))) == "Bein left."
    assert mapped("/home/ann/a", lambda text: text.replace("/home/ann/", "")) == "a"


def test_braces_in_a_message_without_values_are_ordinary_letters() -> None:
    assert phrase("Write {name} there.") == "Write {name} there."


def test_a_phrase_survives_copies_and_other_processes() -> None:
    made = first_upper(joined([phrase("left"), counted("{count} person", "{count} people", count=2)]))

    for again in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert again == made
        assert in_german(again) == "Links 2 Personen"


def test_stored_json_keeps_english_text_for_every_reader_and_its_phrases_for_posecheck() -> None:
    tilted = phrase("The camera is tilted by {angle:.1f} degrees.", angle=3.21)
    tree = {"notes": [tilted, "a note of one's own"], "side": {"words": phrase("Leg {side}.", side=phrase("left"))}}

    stored = json.loads(json.dumps(with_messages(tree), allow_nan=False))
    read = restored(stored)

    assert stored["notes"] == ["The camera is tilted by 3.2 degrees.", "a note of one's own"]
    assert read == tree
    with language_set("de"):
        assert translated_values(read) == {
            "notes": ["Die Kamera ist um 3,2 Grad geneigt.", "a note of one's own"],
            "side": {"words": "Bein links."},
        }


def test_values_that_json_has_no_word_for_are_stored_too() -> None:
    made = phrase("On {day} it was {value:.1f} of {whole}.", day=dt.date(2026, 11, 29), value=math.nan, whole=7)

    stored = json.dumps(with_messages({"words": made}), allow_nan=False)
    again = restored(json.loads(stored))["words"]

    assert isinstance(again, Phrase)
    assert again == "On 2026-11-29 it was nan of 7."


@pytest.mark.parametrize(
    "messages",
    [
        5,
        {"The camera leans.": 5},
        {"The camera leans.": {"message": "Another {thing}."}},
        {"The camera leans.": {"message": "{a.b}", "values": {"a": 1}}},
        {"The camera leans.": {"message": "The camera leans.", "values": {"date": {"date": "never"}}}},
        {"The camera leans.": {"message": "One", "plural": "The camera leans."}},
        {"The camera leans.": {"message": "{a:>9999999999}", "values": {"a": "x"}}},
        {"The camera leans.": {"message": "{a.__class__}", "values": {"a": "x"}}},
        {"The camera leans.": {"message": "{a!r}", "values": {"a": "x"}}},
        {"The camera leans.": {"message": "{a:.1f}", "values": {"a": 10**400}}},
        {"The camera leans.": {"message": "The camera leans.", "context": ["a list"]}},
        {"The camera leans.": {"message": "The camera leans.", "plural": 5, "values": {"count": 1}}},
        {"The camera leans.": {"message": "The camera leans.", "changes": ["no stop"] * 100_000}},
        {"The camera leans.": {"message": "{a}The camera leans.", "values": {"a": {"message": "", "context": []}}}},
    ],
)
def test_damaged_messages_leave_the_english_text(messages: object) -> None:
    read = restored({"words": "The camera leans.", "messages": messages})

    assert read == {"words": "The camera leans."}
    assert in_german(read["words"]) == "The camera leans."


def test_a_stored_phrase_that_grows_with_each_of_its_parts_takes_no_memory() -> None:
    made_of: dict[str, object] = {"message": "haha"}
    for _ in range(60):
        made_of = {"message": "{a}{a}", "values": {"a": made_of}}

    assert restored({"words": "haha", "messages": {"haha": made_of}}) == {"words": "haha"}


def nested(message: str, innermost: object, changes: tuple[str, ...] = (), times: int = 60) -> object:
    made_of = innermost
    for _ in range(times):
        made_of = {"message": message, "values": {"a": made_of}, "changes": list(changes)}
    return made_of


@pytest.mark.parametrize(
    "made_of",
    [
        {"message": "haha{a}", "values": {"a": nested("{a}{a}", {"message": ""})}},
        nested("haha ({a}{a})", "b", ("no brackets",)),
        {"message": "{a}" * 1000, "plural": "haha", "values": {"a": "b" * 100_000, "count": 0}},
        nested("{a}", "haha"),
    ],
    ids=["calls", "brackets", "the form of another language", "depth"],
)
def test_a_stored_phrase_that_would_be_huge_in_another_language_stays_english(made_of: object) -> None:
    assert type(restored({"words": "haha", "messages": {"haha": made_of}})["words"]) is str


def test_values_nested_deeper_than_python_goes_are_read_without_phrases() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]

    read = restored({"words": "haha", "deep": deep, "messages": {"haha": {"message": "haha"}}})

    assert read["words"] == "haha"


def test_half_a_letter_that_no_page_can_be_sent_with_is_in_no_stored_phrase() -> None:
    made_of = {"message": "{count} one {a}", "plural": "haha", "values": {"a": "\ud800", "count": 0}}
    assert type(restored({"words": "haha", "messages": {"haha": made_of}})["words"]) is str


def test_a_phrase_within_others_and_changed_again_is_read_back() -> None:
    made = phrase("Leg {side}.", side=phrase("left"))
    for _ in range(5):
        made = first_upper(without_stop(joined([made, counted("{count} person", "{count} people", count=2)])))

    again = restored(json.loads(json.dumps(with_messages({"words": made}))))["words"]

    assert isinstance(again, Phrase)
    assert in_german(again) == in_german(made)


@pytest.mark.parametrize("translation", ["Bein {seite}.", "Bein {side:.1f}.", "Bein {side", "Bein {}."])
def test_a_translation_that_the_values_do_not_fit_leaves_the_english_text(
    translation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "catalogue", lambda _: {("", "Leg {side}."): translation})
    assert in_german(phrase("Leg {side}.", side=phrase("left"))) == "Leg left."


def test_what_was_stored_before_there_were_phrases_is_read_as_it_is() -> None:
    assert restored({"words": "The camera leans."}) == {"words": "The camera leans."}
    assert with_messages({"words": "The camera leans."}) == {"words": "The camera leans."}


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("it,fr;q=0.5,es;q=0.7", "es"),
        ("en-GB,de;q=0.9", "en"),
        ("de;q=0,fr", "fr"),
        ("ja", "en"),
        ("", "en"),
        ("de;q=high,es", "es"),
        ("*", "en"),
        ("en;q=0.5, de; q=0.9", "de"),
        ("en; Q=0.5 , fr ;q=0.9", "fr"),
        ("en;q=0.5,de;q=nan,es;q=0.7", "es"),
        ("DE-at;level=1", "de"),
    ],
)
def test_the_first_of_a_browsers_languages_that_posecheck_speaks_is_taken(accepted: str, code: str) -> None:
    assert chosen_language(accepted) == code


def test_dates_and_decimals_are_written_as_the_language_does() -> None:
    said = {}
    for code in ("en", "de", "es", "fr"):
        with language_set(code):
            said[code] = (day("2026-11-29"), number(2.5, ".1f"))

    assert said == {
        "en": ("2026-11-29", "2.5"),
        "de": ("29.11.2026", "2,5"),
        "es": ("29 nov 2026", "2,5"),
        "fr": ("29 nov. 2026", "2,5"),
    }
    assert day("some day") == "some day"


def test_the_marked_language_shows_what_is_a_phrase() -> None:
    with language_set("zxx"):
        assert translated(phrase("Leg {side}.", side="x")) == "⟦Leg x.⟧"
        assert translated(joined([phrase("left"), "Ann"])) == "⟦left⟧ Ann"
