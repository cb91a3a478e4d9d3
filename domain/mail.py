"""One letter to one recipient over SMTP; how the server's answers are to be understood."""

from email.message import EmailMessage

import aiosmtplib

from domain.settings import settings


class Refused(Exception):
    """The server will never take this letter for this recipient."""


class NotNow(Exception):
    """The letter may be taken later: the server is away, busy, or does not know us (yet)."""


async def send(message: EmailMessage, recipient: str) -> str:
    """The server's reply to DATA. The recipient is passed explicitly: headers may name what they like.

    5xx to the recipient or to the text is final; anything about us or the connection (sign-in, sender, TLS) is not.
    """
    client = _client(settings().smtp_timeout.total_seconds())
    try:
        await client.connect()
        await client.mail(settings().mail_from)
        await client.rcpt(recipient)
        response = await client.data(message.as_bytes())
    except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as problem:
        reply = f'{problem.code} {problem.message}'
        raise (Refused if problem.code >= 500 else NotNow)(reply) from problem
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        raise NotNow(f'{type(problem).__name__}: {problem}') from problem
    finally:
        client.close()  # without QUIT: once the letter is taken, nothing that follows may make us send it again
    return f'{response.code} {response.message}'


async def greet() -> None:
    """For the start-up check: connects, secures and signs in; raises what goes wrong."""
    client = _client(timeout=5)
    try:
        await client.connect()
    finally:
        client.close()


def _client(timeout: float) -> aiosmtplib.SMTP:
    server = settings().mail_server
    return aiosmtplib.SMTP(
        hostname=server.host, port=server.port, username=server.user, password=server.password, timeout=timeout,
        use_tls=server.tls == 'tls', start_tls=server.tls == 'starttls',
    )  # fmt: skip
