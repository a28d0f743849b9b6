"""Everything as one ZIP: out and in again."""

from fastapi import APIRouter

router = APIRouter(prefix="/api", tags=["Archive"])
