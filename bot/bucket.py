"""The bucket that the settings name."""

from config.settings import Settings
from store.bucket import Bucket


def chosen(settings: Settings) -> Bucket | None:
    """The bucket for pictures; None where they lie in the database. Nothing is asked of it yet."""
    s3 = settings.storage.s3
    if s3.bucket is None or s3.access_key is None or s3.secret_key is None:
        return None
    from store.s3 import Place, S3Bucket  # noqa: PLC0415 - only where one is set

    place = Place(
        bucket=s3.bucket,
        access_key=s3.access_key.get_secret_value(),
        secret_key=s3.secret_key.get_secret_value(),
        endpoint=s3.endpoint or "",
        region=s3.region,
        prefix=s3.prefix,
    )
    return S3Bucket(place)
