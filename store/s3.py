"""A bucket that speaks S3: Amazon's, or that of a server of one's own (MinIO, Garage, Ceph).

Calls are made by threads: the library's own asynchronous calls may end the process with a fault when it
leaves (docs/decisions/0036). No address is ever made that opens an object without our keys.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from dispatch.errors import PicturesUnavailableError

_log = logging.getLogger(__name__)

CONNECT_S, ANSWER_S = 3, 15
"""Seconds until the bucket is there, and for 400 kB on a slow line: a page waits for it."""

TRIES, TRIED_FOR_S = 2, 20
"""More tries of a call, within so many seconds: a server that is started anew is back by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which bucket, and by which keys. `endpoint` empty: Amazon's own of the region."""

    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = ""


class S3Bucket:
    """`store.bucket.Bucket` of a place. Nothing is asked until it is used."""

    def __init__(self, place: Place) -> None:
        given: dict[str, Any] = {"endpoint": place.endpoint} if place.endpoint else {}
        self._store = S3Store(
            place.bucket,
            prefix=place.prefix or None,
            access_key_id=place.access_key,
            secret_access_key=place.secret_key,
            region=place.region,
            virtual_hosted_style_request=False,  # a server of one's own has one name
            client_options={
                "allow_http": place.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT_S),
                "timeout": timedelta(seconds=ANSWER_S),
            },
            retry_config={"max_retries": TRIES, "retry_timeout": timedelta(seconds=TRIED_FOR_S)},
            **given,
        )

    async def put(self, name: str, data: bytes) -> None:
        """See `Bucket.put`."""
        try:
            await asyncio.to_thread(obstore.put, self._store, name, data, use_multipart=False)
        except (BaseError, OSError) as error:
            raise _away(error) from None

    async def get(self, name: str) -> bytes | None:
        """See `Bucket.get`."""
        try:
            return await asyncio.to_thread(self._get, name)
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _away(error) from None

    async def delete(self, name: str) -> None:
        """See `Bucket.delete`."""
        try:
            await asyncio.to_thread(obstore.delete, self._store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _away(error) from None

    def _get(self, name: str) -> bytes:
        return bytes(obstore.get(self._store, name).bytes())


def _away(error: Exception) -> PicturesUnavailableError:
    """Its own words hold addresses and names, so only its kind is told."""
    _log.warning("the bucket of the pictures cannot be used (%s)", type(error).__name__)
    return PicturesUnavailableError(reason="bucket", what=type(error).__name__)
