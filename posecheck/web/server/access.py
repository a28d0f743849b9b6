"""Who may come in: the server's own names and pages, and, where a token is set, whoever has it."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import socket
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})
TOKEN_BYTES = 24
MIN_TOKEN_LENGTH = 16
"""A token of one's own may be guessed if it is shorter (chosen by us)."""
MAX_WRONG, WRONG_WINDOW_S = 10, 300.0
"""So many wrong tokens in so many seconds bar an address for as long (chosen by us)."""
MAX_ADDRESSES = 10_000
HOST_HEADER = re.compile(r"(?:\[(?P<address>[0-9a-fA-F:.]+)\]|(?P<name>[^\s:\[\]@/?#\\]+))(?::[0-9]{1,5})?")


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_loopback(host: str) -> bool:
    """Whether a server that listens there can be reached from this machine alone."""
    return host.lower() in LOOPBACK_NAMES or _is_loopback_address(host)


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(network_of(host)).is_loopback
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether it says scheme and name of a server, and nothing that belongs to one of its pages: ``https://clinic.example``."""
    try:
        parts = urlsplit(text)
        known = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    return known and plain and parts.scheme in ("http", "https") and bool(_host_of(parts.netloc))


def host_allowed(header: str, served: str, public: str = "") -> bool:
    """Whether a ``Host`` header names this server: against pages elsewhere whose name is made to point here.

    Parameters
    ----------
    header : str
        ``localhost:8000``.
    served : str
        The host that the server was told to listen at. Where that is every address, any address and the machine's own
        name will do: an address cannot be made to point elsewhere.
    public : str
        The address at which a balancer in front shows it; empty: nothing is in front.
    """
    name = _host_of(header)
    if name in LOOPBACK_NAMES or name == served.lower() or _is_named(name, public):
        return True
    return served in EVERY_ADDRESS and (_is_address(name) or name in _own_names())


def browser_scheme(header: str, scheme: str, public: str) -> str:
    """How the browser asked: a balancer in front may have taken the TLS off that its address stands for."""
    return urlsplit(public).scheme if _is_named(_host_of(header), public) else scheme


def _is_named(name: str, public: str) -> bool:
    return bool(public) and name == _host_of(urlsplit(public).netloc)


def _host_of(header: str) -> str:
    """The name or address in a ``Host`` header; empty for what is none: nothing may stand after a ``]`` but a port."""
    found = HOST_HEADER.fullmatch(header)
    return (found["address"] or found["name"]).lower().rstrip(".") if found else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_names() -> tuple[str, ...]:
    name = socket.gethostname().lower()
    return name, f"{name}.local"


def origin_allowed(headers: Mapping[str, str], scheme: str) -> bool:
    """Whether a request that changes something comes from one of our own pages, or from no page at all (a script).

    Parameters
    ----------
    headers : mapping
        Names in lower case.
    scheme : str
        ``http``, ``https``, ``ws`` or ``wss``: how the request came.
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    own = "https" if scheme in ("https", "wss") else "http"
    return origin.lower() == f"{own}://{headers.get('host', '')}".lower()


def embedded_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether a page from elsewhere asks for this to use it inside itself; following a link to us is no such thing."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") != "document"


class GuessLimit:
    """Bars an address that gave too many wrong tokens; whoever has the right one is let in all the same.

    Parameters
    ----------
    clock : callable
        Seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, deque[tuple[float, str]]] = OrderedDict()

    def blocked(self, address: str) -> bool:
        """Whether this address may not try now."""
        wrong = self._wrong.get(network_of(address))
        if wrong is None:
            return False
        self._forget(wrong)
        return len(wrong) >= MAX_WRONG

    def wrong(self, address: str, given: str) -> None:
        """Take note of a wrong token; the same one again is no other guess: a page left open goes on with its old one."""
        group = network_of(address)
        wrong = self._wrong.setdefault(group, deque(maxlen=MAX_WRONG))
        self._forget(wrong)
        kept = hashlib.sha256(given.encode()).hexdigest()
        if all(kept != earlier for _, earlier in wrong):
            wrong.append((self._clock(), kept))
        self._wrong.move_to_end(group)
        if len(self._wrong) > MAX_ADDRESSES:
            self._wrong.popitem(last=False)

    def _forget(self, wrong: deque[tuple[float, str]]) -> None:
        while wrong and self._clock() - wrong[0][0] > WRONG_WINDOW_S:
            wrong.popleft()


def network_of(address: str) -> str:
    """Who counts as one: an IPv6 user has a whole network of addresses, but those of one link belong to many devices."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    if known.ipv4_mapped is not None:  # of a server that listens for both kinds
        return str(known.ipv4_mapped)
    return str(known) if known.is_link_local else str(ipaddress.ip_network((known, 64), strict=False))


def same_token(given: str, token: str) -> bool:
    """Compare without telling by the time taken how much was right."""
    return secrets.compare_digest(given.encode(), token.encode())
