"""A frozen object with some fields changed is what the standard library would make of it."""

from dataclasses import dataclass, replace

import pytest

from dispatch.frozen import changed
from dispatch.jobs import Calling, JobStatus
from tests.rules.builders import situation


def test_a_copy_is_the_one_that_the_standard_library_makes() -> None:
    job = situation().job
    wanted = replace(job, status=JobStatus.FILLED, calling=Calling(loop=3), look_at=None)
    assert changed(job, status=JobStatus.FILLED, calling=Calling(loop=3), look_at=None) == wanted


def test_the_original_stays_as_it_was() -> None:
    job = situation().job
    before = replace(job)
    changed(job, status=JobStatus.CLOSED)
    assert job == before


def test_a_field_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(TypeError, match="Job has no field statsu"):
        changed(situation().job, statsu=JobStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class _Single:
    word: str


def test_a_class_of_one_field_is_no_exception() -> None:
    assert changed(_Single("早")) == _Single("早")
    assert changed(_Single("早"), word="晚") == _Single("晚")
