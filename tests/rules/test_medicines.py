"""What a message says of a medicine: which, for how long, where; and how urgent that makes it."""

import pytest

from dispatch import medicine
from dispatch.jobs import Priority
from dispatch.medicine import Medicine
from dispatch.stops import Good
from handlers import medicines

GUIDE = Medicine(critical=("胰岛素", "insulin"), soon=3, used_up=Priority.LIFE)


@pytest.mark.parametrize(
    ("text", "drug", "days", "hospital"),
    [
        ("胰岛素用完 中山医院", "胰岛素", 0, "中山医院"),
        ("去中山医院配降压药 还剩3天", "降压药", 3, "中山医院"),
        ("降压药吃完了 要配药", "降压药", 0, ""),
        ("配药 华山医院 医保卡在门口", "", None, "华山医院"),
        ("陈阿婆胰岛素只有两天了去瑞金医院", "胰岛素", 2, "瑞金医院"),
        ("陈阿婆中山医院配药", "", None, "中山医院"),
        ("他克莫司胶囊明天吃完 第六医院", "他克莫司胶囊", 1, "第六医院"),
        ("胰岛素还能打一周", "胰岛素", 7, ""),
        ("胰岛素快用完了", "胰岛素", None, ""),
        ("降压药还没用完", "降压药", None, ""),
        ("降糖药后天就没了，附近医院就行", "降糖药", 2, ""),
        ("out of insulin, Zhongshan hospital", "insulin", 0, "Zhongshan Hospital"),
        ("From Zhongshan Hospital: insulin, 2 days left", "insulin", 2, "Zhongshan Hospital"),
        ("metformin used up, Riverside Clinic", "metformin", 0, "Riverside Clinic"),
        ("insulin lasts for one week", "insulin", 7, ""),
        ("pills run out in 5 days", "", 5, ""),
        ("药", "", None, ""),
        ("", "", None, ""),
    ],
)
def test_medicine_days_and_hospital_are_read_where_they_stand(
    text: str, drug: str, days: int | None, hospital: str
) -> None:
    found = medicines.read(text, GUIDE, Priority.URGENT)
    assert (found.drug, found.days, found.hospital) == (drug, days, hospital)


def test_what_goes_along_is_read_and_who_prescribes_it() -> None:
    found = medicines.read("王医生开的处方 医保卡和现金在门口", GUIDE, Priority.URGENT)
    assert found.goods == (Good.PRESCRIPTION, Good.CARD, Good.CASH)
    assert "医生" in found.doctor


@pytest.mark.parametrize("text", ["医院" * 5000, "剩" * 9000, "药药药" * 3000, "out of " * 1200, "A " * 5000])
def test_nothing_that_somebody_types_is_too_much(text: str) -> None:
    assert len(medicines.read(text, GUIDE, Priority.URGENT).hospital) < 60


@pytest.mark.parametrize(
    ("drug", "days", "wanted"),
    [
        ("胰岛素", 0, Priority.LIFE),
        ("胰岛素", 3, Priority.URGENT),
        ("胰岛素", 4, Priority.NORMAL),
        ("胰岛素", None, Priority.URGENT),
        ("降压药", 0, Priority.URGENT),
        ("降压药", 3, Priority.URGENT),
        ("降压药", 4, Priority.NORMAL),
        ("", None, Priority.URGENT),
    ],
)
def test_the_days_that_are_left_make_it_urgent(drug: str, days: int | None, wanted: Priority) -> None:
    assert medicine.priority(GUIDE, drug, days, Priority.URGENT) is wanted


@pytest.mark.parametrize(
    ("drug", "days", "alone"),
    [
        ("胰岛素", 0, True),
        ("胰岛素", None, True),
        ("胰岛素", 9, False),
        ("降压药", 0, False),
        ("", None, False),
    ],
)
def test_only_what_cannot_wait_goes_alone(drug: str, days: int | None, alone: bool) -> None:
    urgency = medicine.priority(GUIDE, drug, days, Priority.URGENT)
    assert medicine.alone(GUIDE, drug, days, urgency) is alone
