"""`posecheck serve`: the web app on this machine, or for others with a token."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli import options as opt
from posecheck.cli.console import errors_console, output_console, said
from posecheck.cli.serve_phones import PhoneOptions, open_browser, serve_with_phones
from posecheck.language import phrase, translated
from posecheck.settings import load_settings
from posecheck.web.phones.network import DEFAULT_LAN_PORT

if TYPE_CHECKING:
    from posecheck.web.server.settings import WebSettings

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
TOKEN_VARIABLE = "POSECHECK_TOKEN"

WARNING = phrase("Warning:")
OPEN_WORDS = phrase(
    "without --tls-cert and --tls-key anybody on the network path can read videos, names and the token. Use it only in a "
    "network you trust."
)

Host = Annotated[
    str,
    typer.Option(
        "--host",
        help=phrase("Where to listen. Anything but this machine itself needs a token, and should have TLS files."),
    ),
]
Lan = Annotated[
    bool,
    typer.Option(
        "--lan",
        help=phrase(
            "Let phones in the same network film: https with its own certificate, and a QR code to connect. --host then "
            "is this machine's address in that network."
        ),
    ),
]
LanPort = Annotated[
    int, typer.Option("--lan-port", min=0, max=65535, help=phrase("Port for phones; 0 takes any that is free."))
]
Port = Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help=phrase("Port; 0 takes any that is free."))]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help=phrase("Folder of the database, videos and results. Default: the user's data folder, or POSECHECK_DATA."),
        show_default=False,
    ),
]
NoOpen = Annotated[bool, typer.Option("--no-open", help=phrase("Do not open a browser."))]
Public = Annotated[
    str | None,
    typer.Option(
        "--public",
        help=phrase(
            "Where browsers find it, if a balancer or proxy is in front: https://posecheck.clinic.example. That has to hand "
            "on the header Host."
        ),
        show_default=False,
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar=TOKEN_VARIABLE,
        show_envvar=False,
        help=phrase(
            "Ask everybody but invited phones for this token (16 characters or more). Default: none on this machine "
            "itself, else a new one at each start."
        ),
        show_default=False,
    ),
]
Certificate = Annotated[
    Path | None,
    typer.Option("--tls-cert", help=phrase("Certificate for https (PEM), with --tls-key."), show_default=False),
]
Key = Annotated[
    Path | None, typer.Option("--tls-key", help=phrase("Private key of the certificate (PEM)."), show_default=False)
]
PutBack = Annotated[
    bool,
    typer.Option(
        "--put-back",
        help=phrase("Where the database is damaged, put its newest backup in its place; the damaged file is kept."),
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, help=phrase("Videos analysed at once. Default: one per core."), show_default=False
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help=phrase(
            "Address of a Dask scheduler (tcp://host:8786): its workers read and measure. Default: processes here."
        ),
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve",
        help=phrase(
            "Run the web app: people, sessions, uploads and results in the browser. Ctrl-C stops it (exit code 0)."
        ),
        epilog="Example: posecheck serve",
    )(serve)


def serve(
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
    data: Data = None,
    no_open: NoOpen = False,
    public: Public = None,
    token: Token = None,
    tls_cert: Certificate = None,
    tls_key: Key = None,
    workers: Workers = None,
    cluster: Cluster = None,
    model: opt.ModelPath = None,
    lan: Lan = False,
    lan_port: LanPort = DEFAULT_LAN_PORT,
    put_back: PutBack = False,
) -> None:
    """`posecheck serve`."""
    from posecheck.web.server.app import open_site
    from posecheck.web.server.serve import WebServer, address_of, listen

    _check_files(tls_cert, tls_key)
    if cluster is not None and workers is not None:
        words = translated(phrase("a cluster has as many workers as it has; give one of the two."))
        raise typer.BadParameter(words, param_hint="--cluster, --workers")
    if lan and public is not None:
        words = translated(phrase("phones come by this machine's own address; leave one of the two out."))
        raise typer.BadParameter(words, param_hint="--lan, --public")
    if lan:
        settings = _settings(DEFAULT_HOST, port, data, None, workers, model)
        serve_with_phones(
            replace(settings, put_back=put_back, cluster=cluster or ""),
            PhoneOptions(None if host == DEFAULT_HOST else host, lan_port, _checked(token), tls_cert, tls_key),
            show=not no_open,
        )
        _say_stopped()
        return
    settings = _settings(host, port, data, token, workers, model, public=_checked_public(public))
    settings = replace(settings, put_back=put_back, cluster=cluster or "")
    with listen(host, port) as listener, open_site(settings) as site:
        address = settings.public or address_of(listener, host, tls=tls_cert is not None)
        server = WebServer(
            settings,
            site,
            certificate=tls_cert,
            key=tls_key,
            on_ready=lambda: _announce(settings, address, tls=tls_cert is not None, show=not no_open),
        )
        with suppress(KeyboardInterrupt):  # how a server is meant to end
            server.run([listener])
    _say_stopped()


def _say_stopped() -> None:
    words = phrase("Stopped. What was being analysed goes on at the next start.")
    errors_console().print(words, highlight=False)


def _settings(
    host: str,
    port: int,
    data: Path | None,
    token: str | None,
    workers: int | None,
    model: Path | None,
    *,
    public: str = "",
) -> WebSettings:
    from posecheck.storage.database import URL_VARIABLE
    from posecheck.storage.files import DATA_VARIABLE, default_data_folder
    from posecheck.storage.store import STORE_VARIABLE
    from posecheck.web.server.access import is_loopback, new_token
    from posecheck.web.server.settings import WebSettings

    named = os.environ.get(DATA_VARIABLE, "")
    folder = data or (Path(named).expanduser() if named else default_data_folder())
    return WebSettings(
        data=folder.resolve(),
        database_url=os.environ.get(URL_VARIABLE, ""),
        store=os.environ.get(STORE_VARIABLE, ""),
        host=host,
        port=port,
        public=public,
        token=_checked(token) or ("" if is_loopback(host) and not public else new_token()),
        workers=workers,
        model_path=model or load_settings().model_path,
    )


def _checked(token: str | None) -> str:
    from posecheck.web.server.access import MIN_TOKEN_LENGTH

    if token is None:
        return ""
    if len(token) < MIN_TOKEN_LENGTH or not token.isascii() or not token.isprintable() or set(token) & set(' ";,\\'):
        raise typer.BadParameter(
            translated(
                phrase(
                    "a token has at least {least} letters and digits; leave it out to be given one.",
                    least=MIN_TOKEN_LENGTH,
                )
            ),
            param_hint="--token",
        )
    return token


def _checked_public(address: str | None) -> str:
    from posecheck.web.server.access import is_address

    if address and not is_address(address):
        words = translated(phrase("an address like https://posecheck.clinic.example, without a path."))
        raise typer.BadParameter(words, param_hint="--public")
    return (address or "").rstrip("/").lower()


def _check_files(certificate: Path | None, key: Path | None) -> None:
    if (certificate is None) != (key is None):
        words = translated(phrase("a certificate and its key go together."))
        raise typer.BadParameter(words, param_hint="--tls-cert, --tls-key")
    for path, name in ((certificate, "--tls-cert"), (key, "--tls-key")):
        if path is not None and not path.is_file():
            raise typer.BadParameter(translated(phrase("{path} is not a file.", path=path)), param_hint=name)


def _announce(settings: WebSettings, address: str, *, tls: bool, show: bool) -> None:
    from posecheck.places import without_password
    from posecheck.web.server.access import is_loopback

    console = output_console()
    whole = f"{address}/?token={settings.token}" if settings.token else f"{address}/"
    console.print(phrase("posecheck serves {address}", address=whole), highlight=False, markup=False, soft_wrap=True)
    console.print(phrase("Data: {folder}", folder=settings.data), highlight=False, markup=False, soft_wrap=True)
    if settings.store:
        words = phrase("Videos and results: {address}", address=without_password(settings.store))
        console.print(words, highlight=False, markup=False, soft_wrap=True)
    if settings.token:
        words = phrase("The token is shown once: keep the whole address. Press Ctrl-C to stop.")
    else:
        words = phrase("Only this machine can reach it. Press Ctrl-C to stop.")
    console.print(words, highlight=False)
    if not tls and not is_loopback(settings.host) and not settings.public.startswith("https:"):
        errors_console().print(
            f"[yellow]{said(WARNING)}[/] {said(OPEN_WORDS)}",
            highlight=False,
            soft_wrap=True,
        )
    if show:
        open_browser(whole)
