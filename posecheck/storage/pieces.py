"""Pieces of a video that comes in to several servers: each is an object of the store, as nothing can be added to one there.

The next piece may come to another server; whoever needs the video so far joins the pieces that its working copy lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.files import storage_errors, sync_descriptor

if TYPE_CHECKING:
    from posecheck.storage.files import DataFolder

DIGITS = 15
"""Of an offset in a piece's name, so that names are in order."""


def keep_piece(folder: DataFolder, upload_id: str, offset: int, data: bytes) -> None:
    """Keep a piece in the store, before it is added to what lies here.

    Raises
    ------
    StorageError
    """
    if data:
        folder.store.write(f"uploads/{upload_id}/pieces/{offset:0{DIGITS}}", data)


def join_pieces(folder: DataFolder, upload_id: str) -> bool:
    """Make the partial file here what all servers have received; whether that was more than lay here.

    Raises
    ------
    StorageError
    """
    if not folder.store.shared:
        return False
    partial, pieces = folder.partial(upload_id), _pieces(folder, upload_id)
    with storage_errors(partial):
        partial.parent.mkdir(parents=True, exist_ok=True)
        here = partial.stat().st_size if partial.exists() else 0
        end = 0
        for offset, size in sorted(pieces.items()):
            if offset > end:
                break
            end = max(end, offset + size)
        if end == here:
            return False
        with partial.open("r+b" if partial.exists() else "w+b") as file:
            file.truncate(min(here, end))  # what was not kept was never said to be here
            for offset, size in sorted(pieces.items()):
                if here < offset + size <= end:
                    file.seek(offset)
                    file.write(folder.store.read(f"uploads/{upload_id}/pieces/{offset:0{DIGITS}}"))
            file.flush()
            sync_descriptor(file.fileno())
    return end > here


def drop_pieces(folder: DataFolder, upload_id: str) -> None:
    """Forget what came in piece by piece, once the video is in its place.

    Raises
    ------
    StorageError
    """
    with storage_errors(folder.partial(upload_id)):
        folder.partial(upload_id).unlink(missing_ok=True)
    folder.store.drop(f"uploads/{upload_id}/pieces")


def _pieces(folder: DataFolder, upload_id: str) -> dict[int, int]:
    """Bytes of each piece, by its offset."""
    held = folder.store.held(f"uploads/{upload_id}").get("pieces", {})
    return {int(name): size for name, size in held.items() if name.isdecimal()}
