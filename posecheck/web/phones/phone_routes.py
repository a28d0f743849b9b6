"""A phone as the camera: its invitation, how it comes in, and the page that shows and says what it sees."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from posecheck.errors import StorageError
from posecheck.language import phrase, translated
from posecheck.storage.phones import invited_phones
from posecheck.web.api.schemas import PhaseWord
from posecheck.web.phones.forms import (
    DoorOut,
    InvitationForm,
    InvitationOut,
    JoinForm,
    JoinOut,
    PhoneOut,
    SaidForm,
    SaidOut,
)
from posecheck.web.phones.invitations import VALID_S
from posecheck.web.phones.passes import PHONES, device_name
from posecheck.web.phones.qr_code import qr_svg
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.errors import ConflictError, NotFoundError
from posecheck.web.server.rendering import render
from posecheck.web.server.security import JOIN_PAGE, remember_phone
from posecheck.web.server.site import Site, SiteDep, session_or_404
from posecheck.web.sessions.page_data import session_title

router = APIRouter(tags=["Filming"])

FirstBlock = Annotated[PhaseWord, Query(alias="from", description="The filmed block to begin with.")]
NO_LAN_WORDS = phrase("No phone can come in yet: open the door for phones first.")
QR_TITLE = phrase("QR code: scan it with the phone's camera")


@router.get("/sessions/{session_id}/phone", response_class=HTMLResponse, include_in_schema=False)
def phone_page(request: Request, site: SiteDep, session_id: str, begin: FirstBlock = "pre") -> HTMLResponse:
    """How a phone comes in as the camera."""
    door = site.phone_door
    return _page(request, site, session_id, "phone.html.j2", begin=begin, lan=door.access, can_be_shut=door.can_be_shut)


@router.get("/sessions/{session_id}/watch", response_class=HTMLResponse, include_in_schema=False)
def watch_page(request: Request, site: SiteDep, session_id: str) -> HTMLResponse:
    """Shows large, and says, what another device is filming."""
    return _page(request, site, session_id, "watch.html.j2")


@router.get(JOIN_PAGE, response_class=HTMLResponse, include_in_schema=False)
def join_page(request: Request) -> HTMLResponse:
    """Where the QR code leads: sends the code on and opens the page it is for."""
    return render(request, "join.html.j2")


@router.post("/api/sessions/{session_id}/invitations", status_code=201, summary="Invite a phone to film")
def invite(site: SiteDep, session_id: str, form: InvitationForm) -> InvitationOut:
    """One use, 15 minutes; the door for phones has to be open."""
    with site.database.read() as transaction:
        session_or_404(transaction, session_id)
    door = site.phone_door.access
    if door is None:
        raise ConflictError(NO_LAN_WORDS)
    code = site.invitations.invite(f"/sessions/{session_id}/film?from={form.begin}&phone=1", session_id)
    address = door.invitation(code)
    return InvitationOut(
        address=address, qr_svg=qr_svg(address, translated(QR_TITLE)), valid_s=VALID_S, fingerprint=door.fingerprint
    )


@router.post("/api/phones/door", status_code=201, summary="Open the door for phones")
def open_phone_door(site: SiteDep) -> DoorOut:
    """By https, at this machine's address in the local network, until it is shut or the server stops.

    Whoever comes by it needs the code of an invitation. Refused (409) where this machine is in no network.
    """
    try:
        access = site.phone_door.open(site)
    except StorageError as error:
        raise ConflictError(error.said(ADVICE)) from error
    return DoorOut(address=access.address, fingerprint=access.fingerprint)


@router.delete("/api/phones/door", status_code=204, summary="Shut the door for phones")
def shut_phone_door(site: SiteDep) -> None:
    """Refused (409) where the server was started with it."""
    site.phone_door.shut()


@router.post("/api/join", summary="Use an invitation")
def join(request: Request, response: Response, site: SiteDep, form: JoinForm) -> JoinOut:
    """The only route that needs no token: the code of an invitation takes its place, once.

    The phone may film the session that it was invited to for two days, and may do nothing else.
    """
    address = request.client.host if request.client else ""
    invitation = site.invitations.use(form.code, address)
    with site.database.read() as transaction:
        session_or_404(transaction, invitation.session_id)
    token = site.phones.admit(invitation.session_id, device_name(request.headers.get("user-agent", "")))
    remember_phone(response, invitation.session_id, token, request.url.scheme)
    site.events.tell_servers(PHONES)
    site.events.tell(invitation.session_id, "phone", {"joined": True})
    return JoinOut(path=invitation.path)


@router.get("/api/phones", summary="The phones that may film")
def list_phones(site: SiteDep) -> list[PhoneOut]:
    """Each with the session that it was invited to, the newest first; one ends by itself after two days."""
    with site.database.read() as transaction:
        return [PhoneOut.of(row, site.phones.last_used(row)) for row in invited_phones(transaction)]


@router.delete("/api/phones/{phone_id}", status_code=204, summary="Shut a phone out")
def revoke_phone(site: SiteDep, phone_id: str) -> None:
    """At once and for good: what it is filming live is ended too. It can be invited again."""
    if not site.phones.revoke(phone_id):
        raise NotFoundError(phrase("There is no such phone; it may have been shut out already."))
    site.rooms.close_of_phone(phone_id)
    site.events.tell_servers(PHONES)


@router.post("/api/sessions/{session_id}/said", summary="Say something aloud on the pages that watch")
def say_elsewhere(site: SiteDep, session_id: str, form: SaidForm) -> SaidOut:
    """The phone that films lies out of hearing: whoever watches with sound says its words."""
    with site.database.read() as transaction:
        session_or_404(transaction, session_id)
    heard = site.events.is_heard(session_id, form.language)
    if heard:
        site.events.tell(session_id, "said", {"words": form.words, "language": form.language})
    return SaidOut(heard=heard)


def _page(request: Request, site: Site, session_id: str, template: str, **context: Any) -> HTMLResponse:
    with site.database.read() as transaction:
        row = session_or_404(transaction, session_id)
        return render(request, template, active="/", session=row, session_title=session_title(row), **context)
