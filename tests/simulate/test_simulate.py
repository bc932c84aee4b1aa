"""`suidao simulate`: the recipes, by the policies that the product uses."""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.complaints import ComplaintError
from bot.playbooks import load_playbooks
from bot.simulate import command, grounds, options, recipes
from bot.simulate.contestants import Contestant, Memory, entered
from bot.simulate.figures import measured
from bot.simulate.recipes import A_05, A_23, PLANS, USUAL, Compound, Fatigue, OneJob, Plan, Recipe
from bot.simulate.runs import _Player, world
from dispatch import aims, seeking
from dispatch.geography import DETOUR
from dispatch.jobs import Priority
from dispatch.moments import SECOND
from dispatch.policies.adaptive import Adaptive
from dispatch.policies.counts import parent
from dispatch.policies.everybody import Everybody
from dispatch.policies.wave import Policy
from dispatch.policies.waves import Waves

ROOT = Path(cli.__file__).parent.parent
FIGURES = {"claimed_5min", "pings", "late_taps", "arrival_s", "coverage"}


def values(recipe: Recipe, contestant: Contestant, *, runs: int = 1, seed: int = 1) -> dict[str, float]:
    """The figures of one contestant alone."""
    found = []
    for run in range(runs):
        there = world(recipe, seed, run)
        player = _Player(contestant, recipe, there.size)
        found.append([player.meets(scene) for scene in there.scenes()])
    return {name: figure.value or 0.0 for name, figure in measured(found).items()}


def one(made: Callable[[], Policy], memory: Memory = Memory.KEPT, *, capped: bool = True) -> Contestant:
    return Contestant(name="one", made=made, memory=memory, capped=capped)


def simulate(*words: str, out: StringIO | None = None) -> int:
    arguments = cli.parser().parse_args(["simulate", *words])
    return command.simulate(arguments, out or StringIO(), StringIO())


def test_the_measured_waves_come_out_as_they_were_measured() -> None:
    # 99.8 %, 9.6 pings, 1.24 late taps, 255 s: another simulation of the same recipe.
    found = values(OneJob(jobs=1200), one(Waves, Memory.NONE))
    assert found["claimed_5min"] == pytest.approx(0.998, abs=0.003)
    assert found["pings"] == pytest.approx(9.6, abs=0.4)
    assert found["late_taps"] == pytest.approx(1.24, abs=0.1)
    assert found["arrival_s"] == pytest.approx(255, abs=12)


def test_asking_everybody_comes_out_as_it_was_measured() -> None:
    found = values(OneJob(jobs=120), one(Everybody, Memory.NONE))
    assert (found["claimed_5min"], found["pings"]) == (1.0, 150.0)
    assert found["late_taps"] == pytest.approx(33.5, abs=1.2)


def test_waves_fail_where_few_accept_as_they_were_measured_to() -> None:
    found = values(OneJob(jobs=400, accept=0.05, refuse=0.1), one(Waves, Memory.NONE))
    assert found["claimed_5min"] == pytest.approx(0.70, abs=0.06)
    assert found["pings"] == pytest.approx(50, abs=5)


def test_the_adaptive_policy_is_surer_than_waves_with_fewer_pings() -> None:
    ours, waves = (values(OneJob(jobs=300), one(made)) for made in (Adaptive, Waves))
    assert ours["claimed_5min"] >= waves["claimed_5min"]
    assert ours["pings"] < waves["pings"] - 0.3
    assert ours["late_taps"] < waves["late_taps"]


def test_it_learns_by_itself_that_few_accept() -> None:
    found = values(OneJob(jobs=200, accept=0.05, refuse=0.1), one(Adaptive))
    assert found["claimed_5min"] >= 0.98
    assert found["pings"] <= 48


@pytest.mark.parametrize("accept", [0.08, 0.35, 0.5])
@pytest.mark.parametrize(("volunteers", "radius"), [(300, 1000.0), (150, 200.0)])
def test_it_holds_where_nobody_tuned_it(accept: float, volunteers: int, radius: float) -> None:
    recipe = OneJob(jobs=120, accept=accept, refuse=0.15, volunteers=volunteers, radius=radius)
    found = values(recipe, one(Adaptive))
    assert found["claimed_5min"] >= 0.98
    assert found["pings"] <= 2.4 / accept


@pytest.mark.parametrize(
    ("accept", "volunteers", "radius"),
    [(0.05, 30, 200.0), (0.05, 30, 1000.0), (0.05, 300, 1000.0), (0.23, 30, 1000.0), (0.5, 30, 200.0)],
)
def test_it_is_as_sure_as_asking_all_where_few_are_there_or_few_accept(
    accept: float, volunteers: int, radius: float
) -> None:
    recipe = OneJob(jobs=60, accept=accept, refuse=min(0.2, 2 * accept), volunteers=volunteers, radius=radius)
    ours, waves, everybody = (
        values(recipe, one(made, memory))
        for made, memory in ((Adaptive, Memory.KEPT), (Waves, Memory.NONE), (Everybody, Memory.NONE))
    )
    assert ours["claimed_5min"] >= waves["claimed_5min"]
    assert ours["claimed_5min"] >= everybody["claimed_5min"] - 1 / 30  # one job of sixty, or two
    assert ours["coverage"] == everybody["coverage"]
    assert ours["late_taps"] < everybody["late_taps"]
    # With thirty, of whom one or two accept, nearly all have to be asked: nobody could do with fewer.
    assert ours["pings"] < everybody["pings"]
    if accept > 0.05 or volunteers > 30:
        assert ours["pings"] < waves["pings"]


def test_who_is_asked_is_away_for_a_while() -> None:
    recipe = Fatigue(volunteers=50, jobs=150, pings=50)
    burnt = values(recipe, one(Everybody, Memory.NONE, capped=False))
    spared = values(recipe, one(Adaptive))
    assert burnt["pings"] == 50
    assert spared["coverage"] > burnt["coverage"]


def test_every_recipe_is_the_same_from_the_same_seed_and_another_from_another() -> None:
    for recipe in (OneJob(jobs=4), Fatigue(jobs=4), Compound(days=1, jobs=4)):
        first, again, other = (
            [(scene.trial.replies, scene.trial.delays) for scene in world(recipe, seed, 0).scenes()]
            for seed in (5, 5, 6)
        )
        assert first == again
        assert first != other


def test_every_policy_meets_the_same_people() -> None:
    recipe = OneJob(jobs=5)
    there = world(recipe, 1, 0)
    players = [_Player(each, recipe, there.size) for each in entered(recipe, ())]
    for scene in there.scenes():
        claimed = {player.name: player.meets(scene).claimed for player in players}
        everybody = claimed["all"]
        assert everybody is not None
        assert all(other is None or other >= everybody for other in claimed.values())


def test_in_a_sealed_compound_nobody_leaves_a_sealed_building() -> None:
    recipe = Compound(days=2, jobs=6, sealed=0.5, gear=0.0)
    sealed = [len(scene.trial.people) for scene in world(recipe, 1, 0).scenes()]
    opened = [len(scene.trial.people) for scene in world(Compound(days=2, jobs=6, sealed=0.0), 1, 0).scenes()]
    assert all(count == 280 for count in opened)
    assert max(sealed) < 240
    assert min(sealed) < 30, "a job in a sealed building is for those who live there"


def test_recipe_c_tells_a_policy_what_the_program_tells_it() -> None:
    books = load_playbooks(None)
    recipe = Compound(days=8, jobs=25)
    met = set()
    for scene in world(recipe, 1, 0).scenes():
        clock, hour, kind = scene.trial.facets
        assert parent(hour) == clock
        book = books[kind.removeprefix("kind:")]
        met.add((clock, book.kind, scene.group))
        if scene.group != Priority.LIFE:
            wanted = aims.aim(book, Priority(scene.group))
            assert (scene.trial.target * SECOND, scene.trial.chance) == (wanted.within, wanted.chance)
    priorities = {
        "welfare_check": ["life"],
        "medicine_run": ["urgent", "normal"],
        "general": ["urgent", "normal"],
    }
    assert met == {
        (clock, kind, each)
        for clock in ("day", "night")
        for kind, those in priorities.items()
        for each in those
    }


def test_recipe_c_plays_the_policy_that_our_playbooks_have() -> None:
    ours = {each.name: each.made() for each in entered(Compound(), ())}["adaptive"]
    for book in load_playbooks(None).values():
        if book.seeking is not None:
            assert seeking.policy(book.seeking) == ours


def test_recipe_c_goes_on_a_committees_own_ground() -> None:
    demo = ROOT / "config" / "demo" / "committee.toml"
    (plan,) = grounds.laid([PLANS["c"][0]], demo)
    recipe = plan.recipe
    assert isinstance(recipe, Compound)
    assert recipe.buildings == len(recipe.ground) == 12
    second, third, fourth = 4, 5, 6  # keys are in order as text: 1, 10, 11, 12, 2
    assert recipe.ground[second][third] > 1.4 * recipe.ground[third][fourth], "a wall is between them"
    scene = next(world(replace(recipe, volunteers=12), 1, 0).scenes())
    walks = {round(each.walk * recipe.speed, 3) for each in scene.trial.people}
    assert walks <= {round(metres, 3) for far in recipe.ground for metres in far}
    with pytest.raises(ValueError, match="recipe c"):
        grounds.laid([PLANS["b"][0]], demo)


def test_recipe_c_goes_by_a_plan_where_nothing_but_its_scale_is_known(tmp_path: Path) -> None:
    file = tmp_path / "committee.toml"
    spots = "".join(f'[[buildings]]\nkey = "{each}"\nspot = [{each * 100}, 50]\n' for each in range(1, 4))
    head = 'key = "here"\nname = "Here"\ntimezone = "Asia/Shanghai"\n'
    numbers = 'emergency = { ambulance = "120", police = "110" }\n'
    file.write_text(f"[committee]\n{head}scale = 0.5\n{numbers}{spots}", encoding="utf-8")
    (plan,) = grounds.laid([PLANS["c"][0]], file)
    assert isinstance(plan.recipe, Compound)
    assert plan.recipe.ground[0] == pytest.approx((0.0, 50 * DETOUR, 100 * DETOUR))
    file.write_text(f"[committee]\n{head}{numbers}{spots}", encoding="utf-8")
    with pytest.raises(ValueError, match="say where they are"):
        grounds.laid([PLANS["c"][0]], file)


def test_the_command_writes_every_figure_with_its_interval_and_the_same_bytes_twice(tmp_path: Path) -> None:
    texts = []
    for name in ("a", "b"):
        file = tmp_path / name / "found.json"
        out = StringIO()
        assert simulate("--short", "--cores", "1", "--json", str(file), out=out) == 0
        texts.append((file.read_bytes(), out.getvalue()))
    assert texts[0] == texts[1]
    found = json.loads(texts[0][0])
    assert set(found) == {"recipe_a_23", "recipe_a_05", "recipe_b", "recipe_c", "about"}
    assert found["about"]["sources"]["recipe_b"]["returning"] == recipes.FATIGUE
    assert found["about"]["sources"]["recipe_b"]["jobs"] == recipes.GIVEN, "--short"
    for key in ("recipe_a_23", "recipe_a_05", "recipe_b", "recipe_c"):
        assert {"adaptive", "waves", "all"} <= set(found[key])
        for figures in found[key].values():
            assert set(figures) == FIGURES | {"intervals"}
            for figure in FIGURES:
                low, high = figures["intervals"][figure]
                assert figures[figure] is None or low <= figures[figure] <= high


@pytest.mark.parametrize("plan", [plan for name in USUAL for plan in PLANS[name]], ids=lambda plan: plan.key)
def test_every_parameter_says_where_it_comes_from(plan: Plan) -> None:
    found = recipes.sources(plan)
    assert set(found) == {each.name for each in fields(plan.recipe)} - {"ground"}
    assert all(source and source != recipes.GIVEN for source in found.values())
    # Whoever changes one is told that it is theirs.
    theirs = recipes.sources(replace(plan, recipe=replace(plan.recipe, volunteers=7)))
    assert [name for name in theirs if theirs[name] != found[name]] == ["volunteers"]
    assert theirs["volunteers"] == recipes.GIVEN


def test_the_figures_of_a_recipe_say_whose_they_are() -> None:
    rates, few = recipes.sources(A_23), recipes.sources(A_05)
    assert rates["accept"] == few["accept"] == recipes.BRIEF, "both are the brief's"
    assert recipes.sources(PLANS["b"][0])["returning"] == recipes.FATIGUE
    assert recipes.sources(PLANS["c"][0])["normal_target"] == recipes.BOOKS


def test_the_pages_have_every_parameter_with_its_source() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name, (_, about) in options._parameters().items():
        row = f"| `--{name.replace('_', '-')}` | {about.replace('%%', '%')} |"
        assert row in page, row


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for cores, file in enumerate(files, start=1):
        words = ("--recipe", "a_23", "--runs", "2", "--jobs", "5", "--cores", str(cores), "--json", str(file))
        assert simulate(*words) == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_parameter_of_a_recipe_is_an_option() -> None:
    out = StringIO()
    words = (
        "--recipe",
        "a_23",
        "--runs",
        "1",
        "--jobs",
        "3",
        "--volunteers",
        "7",
        "--accept",
        "1",
        "--refuse",
        "0",
    )
    assert simulate(*words, out=out) == 0
    everybody = next(line for line in out.getvalue().splitlines() if line.startswith("all "))
    assert "7.00" in everybody


def another(value: object) -> object:
    """A value of the same kind that no recipe has by itself."""
    if isinstance(value, tuple):
        return tuple(each / 2 for each in value)
    return value + 7 if isinstance(value, int) else float(str(value)) / 2


@pytest.mark.parametrize(("name", "recipe"), [("a_23", OneJob), ("b", Fatigue), ("c", Compound)])
def test_every_parameter_of_a_recipe_is_an_option_and_reaches_it(
    name: str, recipe: Callable[..., Recipe]
) -> None:
    usual = recipe()
    known = {each.name: getattr(usual, each.name) for each in fields(usual) if each.name != "ground"}
    others = {each: another(value) for each, value in known.items()}
    words = ["simulate", "--recipe", name]
    for each, value in others.items():
        said = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        words += [f"--{each.replace('_', '-')}", said]
    (plan,) = options.plans(cli.parser().parse_args(words))
    assert plan.recipe == recipe(**others)


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_simulate_names_the_file_for_the_figures() -> None:
    words = ["make", "-n", "-C", str(ROOT), "simulate", "SIMULATE_JSON=found here.json", "ARGS=--short"]
    run = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603 - our own Makefile, and nothing is run
    (line,) = [each for each in run.stdout.splitlines() if "suidao simulate" in each]
    arguments = cli.parser().parse_args(shlex.split(line)[1:])
    assert (arguments.json, arguments.short) == (Path("found here.json"), True)


def test_a_policy_of_somebody_else_stands_beside_ours() -> None:
    out = StringIO()
    name = "tests.simulate.policies:Two"
    assert simulate("--recipe", "a_23", "--runs", "1", "--jobs", "5", "--policy", name, out=out) == 0
    line = next(line for line in out.getvalue().splitlines() if line.startswith(name))
    assert "2.00 (2.00-2.00)" in line


@pytest.mark.parametrize(
    "words",
    [
        ("--policy", "tests.simulate.policies:Nobody"),
        ("--policy", "no.such.module:Policy"),
        ("--policy", "tests.simulate.policies:NOTHING"),
        ("--policy", "waves"),
        ("--plot", "figures.doc"),
        ("--recipe", "a_23", "--buildings", "4"),
        ("--recipe", "a_23", "--runs", "1", "--jobs", "1", "--policy", "tests.simulate.policies:Pushy"),
    ],
    ids=lambda words: " ".join(words[-2:]),
)
def test_what_cannot_be_simulated_is_said(words: tuple[str, ...]) -> None:
    with pytest.raises(ComplaintError):
        simulate(*words)


@pytest.mark.parametrize(
    "words",
    [("--accept", "1.5"), ("--volunteers", "0"), ("--speed", "0"), ("--recipe", "z"), ("--jobs", "many")],
    ids=" ".join,
)
def test_a_wrong_value_is_refused_at_once(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        simulate(*words)
    assert words[0] in capsys.readouterr().err


@pytest.mark.parametrize(("name", "begins"), [("found.svg", b"<?xml"), ("found.png", b"\x89PNG")])
def test_a_picture_is_drawn_and_the_same_one_again(tmp_path: Path, name: str, begins: bytes) -> None:
    pictures = []
    for folder in ("a", "b"):
        file = tmp_path / folder / name
        assert simulate("--recipe", "a_23", "--runs", "1", "--jobs", "4", "--plot", str(file)) == 0
        pictures.append(file.read_bytes())
    assert pictures[0].startswith(begins)
    assert pictures[0] == pictures[1]


def test_the_running_program_needs_neither_numpy_nor_matplotlib() -> None:
    code = (
        "import sys; import bot.app, bot.cli, bot.simulate.command, dispatch.policies.registry;"
        "print([name for name in ('numpy', 'matplotlib') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert run.stdout.strip() == "[]"


def test_recipe_a_is_the_briefs_one() -> None:
    a: Any = A_23.recipe
    assert (a.volunteers, a.radius, a.detour, a.speed) == (150, 400.0, 1.3, 1.8)
    assert (a.turnout, a.turnout_sigma, a.accept, a.refuse, a.answer, a.answer_sigma) == (
        105,
        0.6,
        0.23,
        0.2,
        60,
        1,
    )
    assert (A_05.recipe.accept, A_05.recipe.refuse) == (0.05, 0.1)  # type: ignore[union-attr]  # Recipe A refuses
    assert set(PLANS) == {"a_23", "a_05", "b", "c", "robust", "frontier"}
