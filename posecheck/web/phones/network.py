"""The addresses under which other devices of the same network reach this machine; nothing is sent to find them."""

from __future__ import annotations

import ipaddress
import socket

FAR_ENDS = ("192.168.255.254", "10.255.255.254", "172.31.255.254")
"""One address of each private range (RFC 1918), in the order in which home and practice networks use them."""
ANY_PORT = 9
DEFAULT_LAN_PORT = 8443
"""Of the door for phones."""


def lan_addresses() -> tuple[str, ...]:
    """IPv4 addresses of this machine in private networks, the likeliest first; empty without a network."""
    found = (source_address(end) for end in FAR_ENDS)
    return tuple(dict.fromkeys(address for address in found if is_lan_address(address)))


def is_lan_address(address: str) -> bool:
    """Whether it is an IPv4 address of a private network, and not this machine's own loop."""
    try:
        known = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return known.is_private and not (known.is_loopback or known.is_unspecified)


def source_address(destination: str) -> str:
    """From which of its addresses this machine would send to another one; empty where no way leads there.

    Connecting a UDP socket only asks the system's routing table: no packet leaves the machine.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((destination, ANY_PORT))
        except OSError:
            return ""
        return str(probe.getsockname()[0])
