"""Who visits, and how many messages are taken in an hour: counted under hashes of addresses."""

from ipaddress import ip_address, ip_network

from django.conf import settings

from network_site.counts import count

HOUR = 3600
MOST_FROM_ONE, MOST = 20, 100


def seconds_to_wait(address, at):
    """Counts one more message from the address; 0 if it may be sent.

    An unknown address is only counted among all.
    """
    limits = [("all", MOST)]
    if address:
        limits.insert(0, (f"from {household(address)}", MOST_FROM_ONE))
    full = any(count(f"contact {name}", period=HOUR, at=at) > most for name, most in limits)
    return HOUR - int(at) % HOUR if full else 0


def client_address(request):
    """As the proxy tells it, where the settings say that there is one; else the other end's."""
    if settings.CLIENT_ADDRESS_HEADER:
        return request.headers.get(settings.CLIENT_ADDRESS_HEADER, "")
    return request.META.get("REMOTE_ADDR", "")


def household(address):
    """What one visitor can change at will counts as one: the second half of an IPv6 address."""
    try:
        ip = ip_address(address)
        if ip.version == 4 or ip.ipv4_mapped:
            return str(getattr(ip, "ipv4_mapped", None) or ip)
        return str(ip_network((ip.packed, 64), strict=False))
    except ValueError:
        return address
