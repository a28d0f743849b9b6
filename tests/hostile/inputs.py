"""Hostile inputs, each the same for the same seed and number: requests, raw bytes, movement files, archives, videos."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KINDS = {"request": 0.90, "raw bytes": 0.04, "movement file": 0.04, "archive": 0.013, "video": 0.007}
"""How often each comes; archives and videos take a process each."""
TEXTS = (
    *(
        "",
        " ",
        "a",
        "../../etc/passwd",
        "..\\..\\x",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "%00",
        "\u0000",
        "\r\nX: y",
    ),
    *("💥" * 50, "a" * 5000, "\u202eabc", "'; DROP TABLE person; --", "NaN", "null", "0", "-1", "http://evil.example/"),
)
NUMBERS: tuple[Any, ...] = (
    0,
    -1,
    1,
    2**31,
    2**63,
    10**300,
    -(10**4000),
    1e308,
    float("nan"),
    float("inf"),
    0.1,
    True,
    None,
)
KEYS = (
    "name",
    "title",
    "date",
    "tests",
    "movement",
    "side",
    "phase",
    "step",
    "felt",
    "size_bytes",
    "version",
    "framing",
    "x",
)
HEADERS = (
    ("Host", "[::1].evil.example"),
    ("Host", ""),
    ("Origin", "http://evil.example"),
    ("Range", "bytes=9999999999-"),
    ("Range", "bytes=-0,-1,1-0,a-b"),
    ("Content-Type", "text/plain"),
    ("Content-Type", "multipart/form-data"),
    ("Cookie", "posecheck_token=" + "x" * 3000),
    ("Accept-Language", "x" * 7000),
    ("If-None-Match", "*"),
    ("Transfer-Encoding", "chunked, chunked"),
)
RAW = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"POST /api/people HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
    b"POST /api/people HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
    b"POST /api/people HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"X" * 70_000,
)


@dataclass(frozen=True)
class Input:
    """One input: its kind, and what is sent where. ``body`` None: no body; ``path`` empty: the bytes go out as they are."""

    kind: str
    method: str = "POST"
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Target:
    """What the inputs can be about: routes as ``(method, path)``, ids that exist, and an archive of the server's own."""

    routes: Sequence[tuple[str, str]]
    ids: dict[str, str]
    archive: bytes


def input_number(number: int, target: Target, *, seed: int) -> Input:
    """The input of that number."""
    chance = random.Random(f"{seed}:{number}")
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    return MAKERS[kind](chance, target)


def hostile_request(chance: random.Random, target: Target) -> Input:
    """A route asked with ids, words, headers and a body that may be anything."""
    method, path = chance.choice(target.routes)
    parts = []
    for part in path.split("/"):
        name = part.strip("{}")
        if part.startswith("{"):
            known = target.ids.get(name, "0" * 24)
            part = known if chance.random() < 0.6 else chance.choice(TEXTS)
        parts.append(part)
    query = (
        f"?{chance.choice(KEYS)}={chance.choice(TEXTS)}&offset={chance.choice(NUMBERS)!s:.400}"
        if chance.random() < 0.3
        else ""
    )
    headers = dict(chance.choices(HEADERS, k=chance.choice((0, 0, 0, 1, 2))))
    body = None if method in ("GET", "HEAD") else hostile_json(chance)
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
    return Input("request", method, "/".join(parts) + query, headers, body)


def hostile_json(chance: random.Random) -> bytes:
    """JSON that fits no form, or is none."""
    made = chance.random()
    if made < 0.1:
        return chance.choice(
            (b"", b"{", b"[" * 50_000, b'{"a":' * 20_000, b"\xff\xfe", b'"\\ud800"', b"nul", b"1" * 5000)
        )
    value = {chance.choice(KEYS): _value(chance, 0) for _ in range(chance.randrange(6))}
    try:
        return json.dumps(value).encode()
    except ValueError:  # a number of more digits than Python writes
        return b'{"size_bytes": ' + b"9" * 4000 + b"}"


def _value(chance: random.Random, depth: int) -> Any:
    made = chance.random()
    if made < 0.4:
        return chance.choice(TEXTS)
    if made < 0.7 or depth > 3:
        return chance.choice(NUMBERS)
    if made < 0.85:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(KEYS): _value(chance, depth + 1) for _ in range(chance.randrange(4))}


def hostile_bytes(chance: random.Random, _target: Target) -> Input:
    """What is no HTTP."""
    return Input("raw bytes", body=_bent(chance, chance.choice(RAW)))


def hostile_movement(chance: random.Random, _target: Target) -> Input:
    """A movement file: nested, huge, or one of ours that was bent."""
    texts = (
        "a = " + "[" * 5000,
        "a = " + "9" * 5000,
        "[a" + ".a" * 2000 + "]",
        'name = "' + chance.choice(TEXTS).replace('"', "") + '"\nversion = 1\ntitle = "x"',
        "\n".join(f"{chance.choice(KEYS)}{number} = {number}" for number in range(chance.randrange(500))),
    )
    data = _bent(chance, chance.choice(texts).encode("utf-8", "replace"))
    body = json.dumps({"text": data.decode("utf-8", "replace")}).encode()
    return Input("movement file", "POST", "/api/movements", {"Content-Type": "application/json"}, body)


def hostile_archive(chance: random.Random, target: Target) -> Input:
    """An archive of ours with a value changed, files that do not belong there, or bits flipped."""
    made = chance.random()
    if made < 0.3:
        data = _bent(chance, target.archive)
    elif made < 0.4:
        data = _zip(
            {
                "posecheck.json": b'{"format": "posecheck archive", "format_version": 1, "database_version": "0001", "tables": {"person": ['
                + b"{}," * 2_000_000
                + b"{}]}}"
            }
        )
    else:
        data = _changed_archive(chance, target.archive)
    return Input("archive", "POST", "/api/import", {"Content-Type": "application/zip"}, data)


def _changed_archive(chance: random.Random, archive: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    listing = json.loads(members["posecheck.json"])
    rows = [row for table in listing["tables"].values() for row in table]
    for row in chance.sample(rows, min(len(rows), chance.randrange(1, 4))):
        row[chance.choice(list(row))] = _value(chance, 0)
    with_nan = json.dumps(listing).encode() if chance.random() < 0.9 else b"[" * 100_000
    members["posecheck.json"] = with_nan
    if chance.random() < 0.3:
        members[
            chance.choice(("../evil", "/evil", "uploads/../../evil", "takes/x/y", "C:\\evil", "movements/a.1.toml"))
        ] = b"x"
    return _zip(members)


def _zip(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return made.getvalue()


def hostile_video(chance: random.Random, target: Target) -> Input:
    """A file that says it is a video; sent as one piece of an upload."""
    heads = (
        b"\0\0\0\1ftyp" + b"\xff" * 8,
        b"\x7f" + b"\xff" * 30,
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + struct.pack(">I", 2**31) + b"moov",
        b"\x1a\x45\xdf\xa3" + b"\xff" * 40,
        b"RIFF\xff\xff\xff\xffAVI LIST",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 30,
        b"#EXTM3U\nhttp://evil.example/a.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    )
    data = _bent(chance, chance.choice(heads) + chance.randbytes(chance.randrange(4000)))
    return Input("video", "UPLOAD", f"/api/sessions/{target.ids['session_id']}/uploads", {}, data)


def _bent(chance: random.Random, data: bytes) -> bytes:
    """The bytes, a few of which may be others, missing or double."""
    bent = bytearray(data)
    for _ in range(chance.choice((0, 1, 1, 3, 20))):
        at = chance.randrange(len(bent) + 1)
        bent[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
    return bytes(bent)


MAKERS: dict[str, Callable[[random.Random, Target], Input]] = {
    "request": hostile_request,
    "raw bytes": hostile_bytes,
    "movement file": hostile_movement,
    "archive": hostile_archive,
    "video": hostile_video,
}
