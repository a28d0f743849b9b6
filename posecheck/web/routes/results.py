"""The result of a session, and its files."""

from fastapi import APIRouter

router = APIRouter(prefix="/api", tags=["Results"])
