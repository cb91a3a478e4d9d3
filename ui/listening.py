"""The sockets that the portal listens on, bound before anything else, so that a taken port is one sentence."""

import socket
from contextlib import suppress

from domain.settings import Settings, SettingsProblem


def listening(chosen: Settings) -> list[socket.socket]:
    """For the default host every name of loopback: localhost, 127.0.0.1 and [::1], where the machine has it."""
    sockets = [_bound(chosen.host, chosen.port)]
    if chosen.host == '127.0.0.1':
        with suppress(OSError, SettingsProblem):
            sockets.append(_bound('::1', chosen.port))
    return sockets


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()
    except OSError as problem:
        bound.close()
        advice = 'Stop what runs there, or choose another port, for example EPORTAL_PORT=8090'
        raise SettingsProblem(f'port {port} on {host} cannot be used ({problem.strerror}). {advice}') from None
    return bound


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(('127.0.0.1', 0))
        return int(trial.getsockname()[1])
