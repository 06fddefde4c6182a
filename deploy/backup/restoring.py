"""Restoring a backup into a new installation: beside the final place first, and in it only once it is proven."""

import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from deploy.backup import databases, folder, sealing
from deploy.backup import objects as kept_objects
from deploy.backup.contents import examine, first_difference
from deploy.backup.databases import connected, draft_of
from deploy.backup.errors import DamagedError
from deploy.backup.making import place_of, place_of_secret
from deploy.backup.manifest import Manifest
from deploy.local import platform
from deploy.local.errors import InstallationError
from deploy.local.files import write_private
from deploy.local.instance import Instance
from services.contracts.platform import SERVICES

OFFER_AGAIN = "UPDATE outbox SET settled_at = NULL WHERE settled_at >= %s"
"""The databases were seen one after another. What a publisher knew to be delivered since the first look, a consumer's
database may not hold yet; the relay asks each consumer for what is unsettled, and sends what it lacks."""


def restore(backup: Path, instance: Instance, *, key: bytes) -> Manifest:
    """The backup as a new installation, its servers running, everything equal to what the manifest says.

    Raises InstallationError and leaves no database and no file when the backup is damaged or the installation in use.
    """
    manifest = folder.verify(backup, key=key)
    _refuse_unknown_migrations(manifest, instance)
    secrets = _secrets(backup, manifest, instance, key=key)
    _refuse_running(instance)
    with _own_servers(instance) as administrator:
        _refuse_data(administrator, instance)
        with _draft_of_objects(instance) as files, _drafts(administrator, instance, manifest):
            kept_objects.bring_back(backup, manifest, files, key=key)
            _load_all(backup, manifest, instance, key=key)
            for name, secret in secrets.items():
                write_private(instance.home / "secrets" / name, secret.decode())
            files.rename(platform.objects_folder(instance))
            _give_final_names(administrator, manifest)
    return manifest


def _refuse_unknown_migrations(manifest: Manifest, instance: Instance) -> None:
    for service, contents in manifest.databases.items():
        known = instance.root / "services" / service / "migrations" / "versions"
        if not list(known.glob(f"{contents.revision}_*.py")):
            raise InstallationError(
                f"The backup's database of {service} is at migration {contents.revision}, which this version of the "
                "platform does not know: restore it with the version that made it, or a newer one."
            )


def _secrets(backup: Path, manifest: Manifest, instance: Instance, *, key: bytes) -> dict[str, bytes]:
    """The keys that the installation worked with: the backup's, or those that somebody has laid ready."""
    found = {name: _secret(backup, manifest, instance, key=key, name=name) for name in manifest.secrets}
    if wrong := [
        name for name, secret in found.items() if hashlib.sha256(secret).hexdigest() != manifest.secrets[name]
    ]:
        raise InstallationError(
            f"{', '.join(wrong)} of this backup's installation must lie in {instance.home / 'secrets'} before it is "
            f"restored: the backup was made without keys, and with others no signature would hold."
        )
    return found


def _secret(backup: Path, manifest: Manifest, instance: Instance, *, key: bytes, name: str) -> bytes:
    place, laid_ready = place_of_secret(name), instance.home / "secrets" / name
    if place in manifest.files:
        return b"".join(sealing.unseal(backup / place, key=key, name=place))
    return laid_ready.read_bytes() if laid_ready.exists() else b""


def _refuse_running(instance: Instance) -> None:
    if any(line.pid for line in instance.status()):
        raise InstallationError(f"{instance.name} is running; a backup is restored into a new installation only.")


@contextmanager
def _own_servers(instance: Instance) -> Iterator[psycopg.Connection]:
    """Started for the restore, and left running only when it ends well."""
    try:
        address = make_url(instance.start_servers().postgres_url)
        with connected(address, autocommit=True) as administrator:
            yield administrator
    except BaseException:
        instance.stop()
        raise


def _refuse_data(administrator: psycopg.Connection, instance: Instance) -> None:
    wanted = [f"hocba_{service}" for service in SERVICES]
    taken = administrator.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", [wanted]).fetchall()
    if taken or platform.objects_folder(instance).exists():
        raise InstallationError(f"{instance.name} holds data; a backup is restored into a new installation only.")


@contextmanager
def _draft_of_objects(instance: Instance) -> Iterator[Path]:
    draft = platform.objects_folder(instance).with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _drafts(administrator: psycopg.Connection, instance: Instance, manifest: Manifest) -> Iterator[None]:
    """Empty databases that no service knows, gone when the block ends unless they got another name."""
    _drop_drafts(administrator, manifest)
    try:
        for service in manifest.databases:
            platform.make_role(administrator, instance, service)
            platform.make_database(administrator, draft_of(service), owner=f"hocba_{service}")
        yield
    finally:
        _drop_drafts(administrator, manifest)


def _drop_drafts(administrator: psycopg.Connection, manifest: Manifest) -> None:
    for service in manifest.databases:
        administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft_of(service))))


def _load_all(backup: Path, manifest: Manifest, instance: Instance, *, key: bytes) -> None:
    def load(service: str) -> None:
        _load(backup, manifest, instance, key=key, service=service)

    with ThreadPoolExecutor() as pool:
        list(pool.map(load, manifest.databases))


def _load(backup: Path, manifest: Manifest, instance: Instance, *, key: bytes, service: str) -> None:
    """One database, proven equal to what the manifest says of it."""
    url, place = databases.url_of(instance, service, draft=True), place_of(service)
    databases.load(url, sealing.unseal(backup / place, key=key, name=place))
    with connected(url) as conn:
        if difference := first_difference(manifest.databases[service], examine(conn, service)):
            raise DamagedError(f"The restored database of {service} differs from the manifest: {difference}.")
        conn.execute(OFFER_AGAIN, [manifest.seen_at])


def _give_final_names(administrator: psycopg.Connection, manifest: Manifest) -> None:
    """All or none; from here on the installation is one that holds data."""
    with administrator.transaction():
        for service in manifest.databases:
            names = sql.Identifier(draft_of(service)), sql.Identifier(f"hocba_{service}")
            administrator.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
