"""Who is asking, before anybody has said who he is."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network


@dataclass(frozen=True)
class Visitor:
    address: str
    language: str = 'sl'

    @property
    def network(self) -> str:
        """What is counted as one client: an IPv4 address, or the /64 that one household or phone gets of IPv6."""
        try:
            parsed = ip_address(self.address)
        except ValueError:
            return self.address
        if not isinstance(parsed, IPv6Address):
            return str(parsed)
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
