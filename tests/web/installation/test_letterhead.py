"""Name and logo of reports: set on the settings page, checked, drawn anew, on every report, in every export."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of, serious_violations
from made_session import add_block, add_person, add_session
from PIL import Image, PngImagePlugin
from pypdf import PdfReader
from webapp import Served, serve

from posecheck.storage.tables import Setting
from posecheck.web.installation import letterhead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

NO_PICTURE = "This is not a picture that can be read"
NOTHING: dict[str, Any] = {"name": "", "has_logo": False}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data") as running:
        yield running


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), mode: str = "RGB", **how: Any) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size).save(target, kind, **how)
    return target.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A small file that unpacks to a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def put_logo(served: Served, data: bytes) -> Any:
    return served.client.put("/api/settings/logo", content=data, headers={"Content-Type": "image/png"})


@pytest.mark.parametrize("kind", letterhead.KINDS)
def test_a_logo_is_kept_as_a_small_png(served: Served, kind: str) -> None:
    assert put_logo(served, picture(kind)).json() == {"name": "", "has_logo": True}
    answer = served.client.get("/api/settings/logo")
    assert answer.headers["content-type"] == "image/png"
    kept = Image.open(io.BytesIO(answer.content))
    assert (kept.format, kept.size) == ("PNG", (600, 200))


def test_nothing_but_the_picture_is_kept_of_the_file(served: Served) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "where it was taken")
    put_logo(served, picture(pnginfo=info) + b"<script>alert(1)</script>")
    kept = served.client.get("/api/settings/logo").content
    assert b"where it was taken" not in kept
    assert b"<script>" not in kept


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 422, NO_PICTURE),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, 422, NO_PICTURE),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 422, NO_PICTURE),
        (picture("GIF", mode="P"), 422, NO_PICTURE),
        (picture()[:200], 422, NO_PICTURE),
        (png_that_claims(50_000, 50_000), 413, "too many pixels"),
        (png_that_claims(4000, 4000), 422, NO_PICTURE),
        (picture("BMP", (600, 570)), 413, "takes more than 1 MB"),
        (b"x" * 2_000_000, 413, "too"),
    ],
    ids=["empty", "damaged", "svg", "gif", "cut off", "bomb", "short rows", "large", "larger"],
)
def test_what_is_no_small_picture_is_refused_in_words(served: Served, data: bytes, status: int, words: str) -> None:
    answer = put_logo(served, data)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert served.client.get("/api/settings/letterhead").json() == NOTHING
    assert served.client.get("/api/settings/logo").status_code == 404


def test_the_name_keeps_the_logo_and_the_logo_the_name(served: Served) -> None:
    put_logo(served, picture())
    served.client.put("/api/settings/letterhead", json={"name": "  Park Practice\nTel. 1  "}).raise_for_status()
    assert served.client.get("/api/settings/letterhead").json() == {"name": "Park Practice\nTel. 1", "has_logo": True}
    assert served.client.delete("/api/settings/logo").status_code == 204
    assert served.client.get("/api/settings/letterhead").json() == {"name": "Park Practice\nTel. 1", "has_logo": False}
    assert served.client.put("/api/settings/letterhead", json={"name": "x" * 201}).status_code == 422


def test_both_stand_on_every_report(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    add_block(served.site, session, "pre")
    files = f"/api/sessions/{session}/files"
    before = PdfReader(io.BytesIO(served.client.get(f"{files}/report.pdf").content)).pages[0]
    put_logo(served, picture())
    served.client.put("/api/settings/letterhead", json={"name": "Park Practice"})
    first = PdfReader(io.BytesIO(served.client.get(f"{files}/report.pdf").content)).pages[0]
    assert "Park Practice" in first.extract_text()
    assert len(first.images) == len(before.images) + 1
    assert "Park Practice" in served.client.get(f"{files}/report.html").text
    whole = zipfile.ZipFile(io.BytesIO(served.client.get(f"{files}/session.zip").content))
    assert "Park Practice" in whole.read("report.html").decode()


def test_an_export_takes_them_along_and_what_is_here_stays(served: Served, tmp_path: Path) -> None:
    put_logo(served, picture())
    served.client.put("/api/settings/letterhead", json={"name": "Park Practice"})
    exported = served.client.get("/api/export").content
    with serve(tmp_path / "other") as other:
        other.client.post("/api/import", content=exported).raise_for_status()
        assert other.client.get("/api/settings/letterhead").json() == {"name": "Park Practice", "has_logo": True}
        other.client.put("/api/settings/letterhead", json={"name": "Another"})
        other.client.post("/api/import", content=exported).raise_for_status()
        assert other.client.get("/api/settings/letterhead").json()["name"] == "Another"


def test_a_person_exported_alone_goes_without_them(served: Served) -> None:
    put_logo(served, picture())
    person = add_person(served.site)
    exported = zipfile.ZipFile(io.BytesIO(served.client.get(f"/api/people/{person}/export").content))
    assert json.loads(exported.read("posecheck.json"))["tables"]["setting"] == []


@pytest.mark.parametrize("logo", [base64.b64encode(b"no picture").decode(), "no base64!", "x" * 899_999])
def test_a_logo_that_came_in_hostile_is_left_out(served: Served, logo: str) -> None:
    """As an archive of somebody else's may hold it."""
    with served.site.database.begin() as transaction:
        transaction.merge(Setting(name=letterhead.NAME, value={"value": True, "name": "Park", "logo_png": logo}))
    assert served.client.get("/api/settings/letterhead").json() == {"name": "Park", "has_logo": False}
    assert served.client.get("/settings").status_code == 200


def test_an_archive_with_a_logo_of_any_size_is_refused(served: Served, tmp_path: Path) -> None:
    put_logo(served, picture())
    listing = json.loads(zipfile.ZipFile(io.BytesIO(served.client.get("/api/export").content)).read("posecheck.json"))
    next(row for row in listing["tables"]["setting"] if row["name"] == letterhead.NAME)["value"]["logo_png"] = (
        "x" * 10**6
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("posecheck.json", json.dumps(listing))
    with serve(tmp_path / "other") as other:
        assert other.client.post("/api/import", content=made.getvalue()).status_code >= 400
        assert other.client.get("/api/settings/letterhead").json() == NOTHING


def test_the_settings_page_takes_name_and_logo(browser: Browser, served: Served, tmp_path: Path) -> None:
    good, bad = tmp_path / "logo.png", tmp_path / "logo.svg"
    good.write_bytes(picture())
    bad.write_text("<svg/>")
    with page_of(browser, served.url) as page:
        page.goto("/settings")
        page.get_by_label("Name, in up to three lines").fill("Park Practice")
        page.get_by_role("button", name="Save the name").click()
        page.get_by_text("Saved. It stands on the reports from now on.").wait_for()
        page.set_input_files("#logo", bad)
        page.locator("#logo-error", has_text=NO_PICTURE).wait_for()
        page.set_input_files("#logo", good)
        page.get_by_role("img", name="The logo as it is now").wait_for()
        assert page.locator("#logo-error").is_hidden()
        assert serious_violations(page) == []
        page.reload()
        assert page.get_by_label("Name, in up to three lines").input_value() == "Park Practice"
        page.get_by_role("button", name="Remove the logo").click()
        page.get_by_role("img", name="The logo as it is now").wait_for(state="hidden")
    assert served.client.get("/api/settings/letterhead").json() == {"name": "Park Practice", "has_logo": False}
