"""The page that shows the API's description, without any other host."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.web.api.openapi import form_views, tag_views
from posecheck.web.server.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/api-docs", response_class=HTMLResponse)
def show_api(request: Request) -> HTMLResponse:
    """Every route by kind, and every form of JSON."""
    document = request.app.openapi()
    return render(
        request,
        "api_docs.html.j2",
        description=document["info"]["description"],
        tags=tag_views(document),
        forms=form_views(document),
        address=str(request.base_url).rstrip("/"),
    )
