"""The API's own description: OpenAPI with posecheck's form of errors, tags in words, and the page that shows it offline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

DESCRIPTION = (
    "Everything that the pages do is a route here: JSON in, JSON out, names with their units (`_s` seconds, `_deg` degrees, "
    "`_px` pixels). Ids are opaque. No route changes anything by GET. A refused request answers with "
    '`{"error": {"code", "message"}}`: the code is stable, the message is for people. '
    "What is said to people, such as titles, reasons and messages, is in the first language of `Accept-Language` that "
    "posecheck speaks (en, de, es, fr), in English without that header; everything else is the same in all languages."
)
TAGS = {
    "About": "What the program knows: the method, whether it works.",
    "Tests": "The tests that can be chosen, and movement files of your own.",
    "People": "A name or a code each.",
    "Sessions": "One visit of a person: tests, steps, what was felt, and changes as they happen.",
    "Jobs": "Work in the background.",
    "Uploads": "Videos that come in: in pieces, resumable, then read in the background.",
    "Filming": "With a camera: pictures to the live engine and its answers, and the recording while it grows.",
    "Recordings": "A video that was confirmed to be one test, side and block: its repetitions and corrections.",
    "Results": "Pre-test against re-test, left against right; the same numbers as the command line's.",
    "Stretches": "What was done between pre-test and re-test.",
    "Archive": "Everything as one ZIP, out and in again.",
    "Settings": "What new sessions start with.",
}
ERROR_SCHEMA = {
    "title": "Error",
    "description": "Why a request was refused.",
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "Stable word for programs."},
                "message": {"type": "string", "description": "What happened and what to do, for people."},
            },
        }
    },
}
ERROR_REF = "#/components/schemas/Error"
METHODS = ("get", "post", "put", "patch", "delete")


class DescribedApp(FastAPI):
    """A FastAPI app whose description tells how posecheck refuses."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _describe(self)
        return self.openapi_schema


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    used = {tag for _, _, operation in _operations(document) for tag in operation.get("tags", ())}
    document["tags"] = [{"name": name, "description": words} for name, words in TAGS.items() if name in used]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Error"] = ERROR_SCHEMA
    refused = {"application/json": {"schema": {"$ref": ERROR_REF}}}
    for _, _, operation in _operations(document):
        operation["responses"].pop("422", None)
        operation["responses"]["4XX"] = {"description": "Refused, with the reason in words.", "content": refused}
        operation["responses"]["5XX"] = {"description": "Not possible now, with the reason.", "content": refused}
    return document


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, item[method]) for path, item in document["paths"].items() for method in METHODS if method in item
    ]


# --- the page


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a type's words; ``link`` names the form it stands for, or is empty."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a name in a form."""

    name: str
    kind: tuple[Piece, ...]
    required: bool
    words: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class RouteView:
    """A route as the page shows it."""

    method: str
    path: str
    summary: str
    words: str
    parameters: tuple[Row, ...]
    body: tuple[Piece, ...]
    answers: tuple[tuple[str, tuple[Piece, ...]], ...]


@dataclass(frozen=True, slots=True)
class TagView:
    """Routes of one kind."""

    name: str
    words: str
    routes: tuple[RouteView, ...]


@dataclass(frozen=True, slots=True)
class FormView:
    """A form of JSON, name by name."""

    name: str
    words: str
    rows: tuple[Row, ...]


def tag_views(document: dict[str, Any]) -> tuple[TagView, ...]:
    """Every route, by tag."""
    return tuple(
        TagView(
            tag["name"],
            tag["description"],
            tuple(
                _route(method, path, operation)
                for method, path, operation in _operations(document)
                if tag["name"] in operation.get("tags", ())
            ),
        )
        for tag in document["tags"]
    )


def form_views(document: dict[str, Any]) -> tuple[FormView, ...]:
    """Every form of JSON, by name."""
    schemas = document["components"]["schemas"]
    return tuple(
        FormView(name, schema.get("description", ""), _rows(schema)) for name, schema in sorted(schemas.items())
    )


def _route(method: str, path: str, operation: dict[str, Any]) -> RouteView:
    return RouteView(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        words=operation.get("description", ""),
        parameters=tuple(
            Row(
                item["name"],
                kind_of(item["schema"]),
                item.get("required", False),
                item.get("description", ""),
                item["in"],
            )
            for item in operation.get("parameters", ())
        ),
        body=_content(operation.get("requestBody", {})),
        answers=tuple((status, _content(answer)) for status, answer in operation["responses"].items()),
    )


def _content(holder: dict[str, Any]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for media, content in holder.get("content", {}).items():
        if media == "application/json":
            pieces += kind_of(content.get("schema", {}))
        else:
            pieces.append(Piece(media))
    return tuple(pieces)


def _rows(schema: dict[str, Any]) -> tuple[Row, ...]:
    required = schema.get("required", ())
    return tuple(
        Row(name, kind_of(item), name in required, item.get("description", ""))
        for name, item in schema.get("properties", {}).items()
    )


def kind_of(schema: dict[str, Any]) -> tuple[Piece, ...]:
    """What kind of value a schema asks for, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return (Piece(name, name),)
    if "anyOf" in schema:
        return _either([kind_of(part) for part in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return (Piece(" or ".join(f'"{value}"' for value in values)),)
    if schema.get("type") == "array":
        return (Piece("list of "), *kind_of(schema["items"])) if "items" in schema else (Piece("list"),)
    return (Piece(_plain_kind(schema)),)


def _either(kinds: list[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for kind in kinds:
        pieces += [Piece(" or "), *kind] if pieces else kind
    return tuple(pieces)


def _plain_kind(schema: dict[str, Any]) -> str:
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    name = schema.get("format") or names.get(schema.get("type", ""), schema.get("type", "anything"))
    return str(name) + "".join(f", {words} {schema[key]}" for key, words in _LIMITS if key in schema)


_LIMITS = (
    ("minimum", "at least"),
    ("maximum", "at most"),
    ("minLength", "length at least"),
    ("maxLength", "length at most"),
    ("pattern", "like"),
)
