"""The sheets of what residents need: again and again, or before it runs out."""

from dispatch.headings import Kind, Sheet
from dispatch.sheet_columns import BROUGHT, CARED, KEY, column

CARE = Sheet(
    table="care",
    chinese=("照护计划", "照护"),
    columns=(
        KEY,
        column(
            "resident",
            "居民编号 居民",
            ("the key of a resident; empty for a round", "“居民”表中的编号，楼号门牌要填好；巡访不填"),
        ),
        column(
            "kind",
            "事项 类型",
            ("a kind of job, such as oxygen_refill", "任务类型，例如 制氧机加水"),
            Kind.CHOICE,
            18,
            choices=CARED,
        ),
        column(
            "at",
            "几点 时间",
            ("when it is usually done, such as 08:00, 20:00", "平时几点做，例如 08:00、20:00"),
            Kind.WORDS,
        ),
        column(
            "rrule",
            "哪些天 规则",
            (
                "the days, RFC 5545; empty: every day",
                "哪些天，RFC 5545，例如 FREQ=WEEKLY;BYDAY=MO,TH；不填为每天",
            ),
            width=24,
        ),
        column("anchor", "起始日", ("the days are counted from this one on", "从这一天算起"), Kind.DAY),
        column(
            "ahead",
            "提前分钟",
            (
                "minutes before that time at which the job is opened; empty: 60",
                "提前多少分钟发布任务；不填为 60",
            ),
            Kind.WHOLE,
            10,
        ),
        column(
            "within",
            "最迟分钟",
            (
                "minutes after that time until when it must be done; empty: 60",
                "过点多少分钟内必须做完；不填为 60",
            ),
            Kind.WHOLE,
            10,
        ),
        column(
            "carers",
            "平时谁做 照护人",
            ("keys of people who usually do it", "平时由谁做：人员编号，用逗号分开"),
            Kind.WORDS,
            24,
        ),
        column(
            "device",
            "设备",
            ("what it is and where it stands", "什么设备，放在哪里，最多 200 个字"),
            width=30,
        ),
        column(
            "words",
            "怎么做 说明",
            ("what to do, in words; at most 2,000 characters", "怎么做，最多 2000 个字"),
            width=36,
        ),
        column(
            "alone",
            "巡访独居",
            ("yes: a round to all who live alone", "是：巡访所有独居的居民"),
            Kind.FLAG,
            10,
        ),
        column(
            "buildings",
            "巡访楼栋",
            (
                "a round to these buildings only: keys; empty: all",
                "只巡访这些楼：楼栋编号，用逗号分开；不填为全部",
            ),
            Kind.WORDS,
            18,
        ),
        column(
            "residents",
            "巡访居民",
            ("a round to these residents as well: keys", "另外巡访这些居民：编号，用逗号分开"),
            Kind.WORDS,
            24,
        ),
        column(
            "relay",
            "由传话户通知",
            (
                "yes: the relay household of each building tells them",
                "是：由每栋楼的传话户通知",
            ),
            Kind.FLAG,
            12,
        ),
    ),
)

MEDICINES = Sheet(
    table="medicines",
    chinese=("常用药", "药品"),
    columns=(
        KEY,
        column("resident", "居民编号 居民", ("the key of a resident", "“居民”表中的编号，楼号门牌要填好")),
        column("medicine", "药名", ("which medicine, such as 胰岛素", "什么药，例如 胰岛素"), width=20),
        column("hospital", "医院", ("where it is to be had", "去哪家医院配"), width=20),
        column("doctor", "医生", ("where only one gives it", "只有某位医生能开时填写")),
        column(
            "until",
            "用到哪天 够用到",
            ("the last day for which there is enough", "手里的药够用到哪一天"),
            Kind.DAY,
        ),
        column(
            "box",
            "一盒几天 一次几天",
            (
                "days that what is fetched at once lasts; empty: asked each time",
                "一次配的药能用几天；不填就每次来问",
            ),
            Kind.WHOLE,
            10,
        ),
        column(
            "ahead",
            "提前几天",
            ("days before that day at which it is asked for; empty: 5", "提前几天发起配药；不填为 5"),
            Kind.WHOLE,
            10,
        ),
        column(
            "brings",
            "要带什么",
            ("what has to go along: prescription, card, cash", "要带：处方、医保卡、现金，用逗号分开"),
            Kind.WORDS,
            18,
            choices=BROUGHT,
        ),
    ),
)
