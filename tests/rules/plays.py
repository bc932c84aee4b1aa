"""People who claim, and plays that have come to a certain point."""

from dispatch.claims import Claim, ClaimStatus
from dispatch.events import NoticeKind
from dispatch.verbs import AnswerKey, Verb
from tests.rules.builders import Play

ANA, BEN, CLEO, DAN = 1, 2, 3, 4


def claim(play: Play, person: int = ANA) -> Claim:
    return [one for one in play.state.claims if one.person_id == person][-1]


def key(play: Play) -> AnswerKey:
    answer = play.decisions[-1].answer
    assert answer is not None
    return answer.key


def told(play: Play, kind: NoticeKind) -> set[int]:
    """Who is owed a card of this kind by what was decided last."""
    return {person for n in play.decisions[-1].notices if n.kind is kind for person in n.people}


def in_status(status: ClaimStatus) -> Play:
    play = Play()
    play.does(ANA, Verb.CLAIM)
    path = {
        ClaimStatus.CLAIMED: (),
        ClaimStatus.UNDERWAY: (Verb.START,),
        ClaimStatus.DONE: (Verb.FINISH,),
        ClaimStatus.RELEASED: (Verb.RELEASE,),
    }
    for verb in path[status]:
        play.does(ANA, verb)
    return play
