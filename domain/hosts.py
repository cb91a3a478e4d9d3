"""Where the portal listens and where it sends: what counts as this machine, and the mail server's address."""

from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit


def is_loopback(host: str) -> bool:
    try:
        return host == 'localhost' or ip_address(host.strip('[]')).is_loopback
    except ValueError:
        return False


def is_origin(url: str) -> bool:
    """`http(s)://name[:port]` and nothing behind it."""
    try:
        parts = urlsplit(url)
        return bool(
            parts.scheme in ('http', 'https')
            and parts.hostname
            and parts.port != 0
            and parts.netloc == url.split('//')[1]
        )
    except ValueError:
        return False


class MailServer:
    """`smtp://user:password@host:port?tls=starttls|tls|none`, taken apart."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.tls = parse_qs(parts.query).get('tls', ['starttls'])[0]
        if parts.scheme != 'smtp' or not parts.hostname or self.tls not in ('starttls', 'tls', 'none'):
            raise ValueError('must look like smtp://user:password@host:port?tls=starttls|tls|none')
        if self.tls == 'none' and not is_loopback(parts.hostname):
            raise ValueError('would send letters unencrypted over the network: use tls=starttls or tls=tls')
        self.host = parts.hostname
        self.port = parts.port or {'starttls': 587, 'tls': 465, 'none': 25}[self.tls]
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password) if parts.password else None
