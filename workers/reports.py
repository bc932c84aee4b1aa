"""Tells other systems what happened to the jobs that they posted: rows that are owed, sent until they arrive.

One loop for each webhook, so that one which hangs keeps nothing from anybody else; of each job one report
after the other, in the order of its versions. How a request is made is the caller's business.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from dispatch.errors import DispatchError, UnknownJobError
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.ports import Clock
from dispatch.service import Service
from dispatch.sources import Report, Sources, Webhook
from handlers import sources
from workers import faults

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two looks at what is owed: as the sweep of everything else."""

AT_MOST = 50
"""Reports to one webhook in a row; then it is looked anew what is due."""

IN_HAND: Micros = 30 * SECOND
"""How long a report is one process's own: three times what a request may take (`bot.api.calling`). After that
it counts as lost on its way, and is sent again."""

LONGEST_WAIT: Micros = 10 * MINUTE
"""Between two tries: an hour's outage is over for everybody ten minutes after its end, at the latest."""

GIVEN_UP_AFTER: Micros = 24 * HOUR
"""A system that was away for a day asks how things stand; it wants no history."""

GONE = 410
"""The status that says: never again."""

SECRET = "whsec_"  # noqa: S105 - how a secret begins, not one
"""How Standard Webhooks writes a secret: this, then base64."""


class Caller(Protocol):
    """What makes the requests."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send it; the status of the answer, 0 for none in time. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent."""

    headers: Mapping[str, str]
    body: bytes


class Reporter:
    """Sends reports. Several processes may do so at once: a report is in one's hand at a time."""

    def __init__(self, store: Sources, service: Service, caller: Caller, clock: Clock, base_url: str) -> None:
        self._store = store
        self._service = service
        self._caller = caller
        self._clock = clock
        self._base_url = base_url
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def forever(self) -> None:
        """Send what is due, until cancelled."""
        try:
            while True:
                await self.begin()
                await self._clock.sleep(EVERY_S)
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def once(self) -> None:
        """Begin what is due and wait until all of it was tried."""
        await self.begin()
        await asyncio.gather(*self._under_way.values())

    async def begin(self) -> None:
        """Begin to send what is due, each webhook beside the others; one that is still busy is left alone."""
        self._under_way = {key: task for key, task in self._under_way.items() if not task.done()}
        try:
            for webhook in await self._store.due_webhooks(self._clock.now()):
                if webhook.source.id not in self._under_way:
                    self._under_way[webhook.source.id] = asyncio.create_task(self._tell(webhook))
        except DispatchError as error:
            log.warning("reports could not be looked for (%s); trying again", error.key)

    def busy(self, source_id: int) -> bool:
        """Something is on its way to this source, or waits behind what is."""
        task = self._under_way.get(source_id)
        return task is not None and not task.done()

    async def _tell(self, webhook: Webhook) -> None:
        """What is due to one webhook, until something does not arrive: then all of it waits a little."""
        try:
            while due := await self._store.due_reports(webhook, self._clock.now(), AT_MOST):
                for report in due:
                    if not await self._sent(webhook, report):
                        return
        except DispatchError as error:
            log.warning("source %s: reports must wait (%s)", webhook.source.key, error.key)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            faults.tell(log, error, "a report to source %d was not sent", webhook.source.id)

    async def _sent(self, webhook: Webhook, report: Report) -> bool:
        now = self._clock.now()
        if not await self._store.begin_report(report, now, now + IN_HAND):
            return True  # another process has it
        try:
            view = await self._service.view_from(webhook.source, report.job_id)
        except UnknownJobError:
            await self._store.finish_report(report, "given_up", now)
            return True
        state = sources.state(view.situation, self._base_url)
        said = letter(report, state, webhook.secret, now)
        status = await self._caller.post(webhook.url, said.headers, said.body)
        return await self._settle(webhook, report, status)

    async def _settle(self, webhook: Webhook, report: Report, status: int) -> bool:
        now = self._clock.now()
        if 200 <= status < 300:
            await self._store.finish_report(report, "delivered", now)
            return True
        if status == GONE or now - report.created_at >= GIVEN_UP_AFTER:
            log.error(
                "source %s: what happened to job %d (version %d, %s) was given up after %d tries; the last "
                "answer was %s: see to its webhook, then ask GET /api/jobs/%d",
                webhook.source.key,
                report.job_id,
                report.version,
                report.event,
                report.tries + 1,
                status or "none",
                report.job_id,
            )
            await self._store.finish_report(report, "given_up", now)
            return False
        await self._store.postpone_report(report, now + wait(report.tries))
        log.warning(
            "source %s: job %d: its webhook answered %s; trying again",
            webhook.source.key,
            report.job_id,
            status or "nothing",
        )
        return False


def wait(tries: int) -> Micros:
    """How long to wait after so many tries that failed before this one: a second, two, four, ..."""
    return min(LONGEST_WAIT, SECOND << min(tries, 20))


def letter(report: Report, state: Mapping[str, object], secret: str, now: Micros) -> Letter:
    """The report with the job as it stands now, signed (Standard Webhooks, symmetric, version 1)."""
    told = {
        "type": f"job.{report.event}",
        "timestamp": sources.moment(report.created_at),
        "data": {"event": report.event, "version": report.version, "job": state},
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    name, seconds = f"job-{report.job_id}-v{report.version}", str(now // SECOND)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "suidao",
        "webhook-id": name,
        "webhook-timestamp": seconds,
        "webhook-signature": signature(secret, name, seconds, body),
    }
    return Letter(headers=headers, body=body)


def signature(secret: str, name: str, seconds: str, body: bytes) -> str:
    """What proves that it is from us: HMAC-SHA256 over name, time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET))
    signed = hmac.new(key, f"{name}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"
