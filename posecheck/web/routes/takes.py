"""Recordings: a test, side and block each."""

from fastapi import APIRouter

router = APIRouter(prefix="/api", tags=["Takes"])
