"""Videos that come in: in pieces, resumable."""

from fastapi import APIRouter

router = APIRouter(prefix="/api", tags=["Uploads"])
