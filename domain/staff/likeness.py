"""How alike two names or two addresses are, as a clerk would judge it: accents, order, titles and typing forgiven."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from domain.folding import folded


class Verdict(StrEnum):
    MATCH = 'match'
    CLOSE = 'close'
    DIFFERS = 'differs'
    MISSING = 'missing'  # not typed, or not in the register


@dataclass(frozen=True)
class Likeness:
    """`share` of what would speak for the same person, from 0 to 1; `exact` forgives writing, but no letter."""

    verdict: Verdict
    share: float = 0.0
    exact: bool = False
    typed_amiss: bool = False  # close by nothing but a mistyped letter


NOTHING = Likeness(Verdict.MISSING)

_TITLE = re.compile('dr|ddr|mag|prof|doc|spec|univ|dipl|ing|inz|mr|ga|gospa|gospod|g|med|ekon|oec|iur|arh|org')
_COMPANY = re.compile(r'\b(d ?o ?o|s ?p|d ?n ?o|z ?o ?o|z ?b ?o|d ?d|k ?d|so ?p)\b')
_FILLER = re.compile('ul|ulica|c|cesta|st|stev|stevilka|h|hs|hisna|bs|posta|p|pri|slovenija|si|slo|naselje')
_HOUSE = re.compile(r'\b(\d{1,3}) ?([a-z])?\b')
_POST_CODE = re.compile(r'\b\d{4}\b')
CLEAR, FAIR, DIM = 0.9, 0.7, 0.4  # of a name: a letter mistyped, initials or half of it, one word of several


def names_alike(typed: str, known: str) -> Likeness:
    """»Novak Ana, dr.« is »Ana Novak«; »A. Novak« and »Ana Nowak« are close to it; »Ana Kos« differs."""
    (ours, our_form), (theirs, their_form) = _name(typed), _name(known)
    if not ours or not theirs:
        return NOTHING
    pairs = _paired(ours, theirs)
    if len(pairs) == max(len(ours), len(theirs)):
        return _whole_name(pairs, same_form=our_form == their_form)
    longer_form = our_form if len(ours) > len(theirs) else their_form
    if min(pairs) > 0 and (len(pairs) > 1 or longer_form):
        return Likeness(Verdict.CLOSE, FAIR)
    return Likeness(Verdict.DIFFERS, DIM * min(1, sum(share >= CLEAR for share in pairs)))


def addresses_alike(typed: str, known: str) -> Likeness:
    """»Zago 52/b, Preserje« is »Na Žago 52b, 1352 Preserje«; the house next door is only near."""
    ours, theirs = _place(typed), _place(known)
    if not (ours.words or ours.house) or not (theirs.words or theirs.house):
        return NOTHING
    street = _street_share(ours, theirs)
    if street < FAIR:
        return Likeness(Verdict.DIFFERS)
    same_town = ours.knows_no_town(theirs) or ours.shares_town_with(theirs)
    if ours.house and ours.house == theirs.house:
        if not same_town:
            return Likeness(Verdict.CLOSE, 0.5)
        exact = street == 1.0
        return Likeness(Verdict.MATCH if exact else Verdict.CLOSE, street, exact)
    if same_town and _is_house_mistyped(ours.house, theirs.house):
        return Likeness(Verdict.CLOSE, 0.6)
    return Likeness(Verdict.DIFFERS, 0.2 if same_town else 0.0)


def name_words(name: str) -> list[str]:
    """What to look for: without titles and the form of a company."""
    return _name(name)[0]


def street_words(address: str) -> list[str]:
    return _place(address).words


def house_number(address: str) -> str:
    """»52b«, or nothing."""
    return _place(address).house


@lru_cache(maxsize=20_000)
def words_alike(one: str, other: str) -> float:
    """1 the same, 0.9 one letter mistyped (two in long words), 0.5 an initial, 0 something else."""
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == 1:
        return 0.5 if longer.startswith(shorter) else 0.0
    allowed = 0 if len(shorter) < 4 else 1 if len(shorter) < 8 else 2
    if len(longer) - len(shorter) > allowed:
        return 0.0
    return CLEAR if allowed and _mistakes(one, other) <= allowed else 0.0


def mistyped_once(one: str, other: str) -> bool:
    """One character more, less, other, or two exchanged."""
    return one != other and abs(len(one) - len(other)) < 2 and _mistakes(one, other) == 1


@dataclass(frozen=True)
class _Place:
    words: list[str] = field(default_factory=list)
    street: list[str] = field(default_factory=list)  # the words before the first comma
    house: str = ''
    post_code: str = ''

    @property
    def town(self) -> list[str]:
        return self.words[len(self.street) :]

    def knows_no_town(self, known: '_Place') -> bool:
        return not self.post_code and not _unexplained(self.words, known.street)

    def shares_town_with(self, known: '_Place') -> bool:
        if self.post_code and self.post_code == known.post_code:
            return True
        return bool(known.town) and not _unexplained(known.town[:1], self.words)


def _name(name: str) -> tuple[list[str], str]:
    """Its words, and the form of the company without spaces."""
    plain = re.sub(r'\bdj', 'd', folded(name))
    form = _COMPANY.search(plain) if len(plain) > 4 else None
    rest = _COMPANY.sub(' ', plain) if form else plain
    words = [word for word in rest.split() if not _TITLE.fullmatch(word)]
    if not words or (len(words) == 1 and not form):  # »G. Novak« may be Gregor
        return rest.split() or plain.split(), ''
    return words, form[0].replace(' ', '') if form else ''


def _whole_name(pairs: list[float], *, same_form: bool) -> Likeness:
    lowest = min(pairs)
    if lowest == 1.0:
        return Likeness(Verdict.MATCH if same_form else Verdict.CLOSE, 1.0 if same_form else CLEAR, same_form)
    if lowest == CLEAR:
        return Likeness(Verdict.CLOSE, CLEAR if same_form else FAIR, typed_amiss=same_form)
    if lowest > 0:
        return Likeness(Verdict.CLOSE, FAIR)
    return Likeness(Verdict.DIFFERS, DIM if max(pairs) >= CLEAR else 0.0)


def _paired(ours: list[str], theirs: list[str]) -> list[float]:
    """Each word with the likest that is left, the surest first; so many pairs as the shorter name has words."""
    every = [(words_alike(a, b), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)]
    left, right, shares = set(range(len(ours))), set(range(len(theirs))), []
    for share, i, j in sorted(every, reverse=True):
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            shares.append(share)
    return shares


@lru_cache(maxsize=5_000)
def _place(address: str) -> _Place:
    """The number of the house is the first short one; a street may stand without its »ulica«, a town without »pri«."""
    head, _, tail = address.partition(',')
    plain = folded(address)
    post_code = _POST_CODE.search(plain)
    house = _HOUSE.search(_POST_CODE.sub(' ', plain))
    street = _words(head)
    return _Place(
        street + _words(tail), street, ''.join(filter(None, house.groups())) if house else '',
        post_code[0] if post_code else '',
    )  # fmt: skip


def _words(text: str) -> list[str]:
    plain = _HOUSE.sub(' ', _POST_CODE.sub(' ', folded(text)))
    found = [word for word in plain.split() if not word.isdigit()]
    return [word for word in found if not _FILLER.fullmatch(word)] or found


def _street_share(ours: _Place, theirs: _Place) -> float:
    """1 for the same words, less for mistyped or missing ones; words that explain nothing (another street) tell."""
    if not theirs.street or not ours.words:
        return 0.0
    likest = [max(words_alike(word, own) for own in ours.words) for word in theirs.street]
    if min(likest) < CLEAR and sum(len(w) for w, n in zip(theirs.street, likest, strict=True) if n < CLEAR) > 3:
        return 0.0
    strange = _unexplained(ours.street, theirs.words)
    if strange and not _unexplained(theirs.street, ours.town):
        strange = []  # »Preserje, Na Žago 52b«
    if strange:
        return 0.0 if _is_other_street(ours, theirs) else 0.75
    return min(1.0, *likest) if min(likest) >= CLEAR else CLEAR


def _is_other_street(ours: _Place, theirs: _Place) -> bool:
    """»Kamnik pod Krimom« is not »Pod Krimom«."""
    return len(_unexplained(ours.street, theirs.words)) > 0 and ours.street[: len(theirs.street)] != theirs.street


def _unexplained(words: list[str], by: list[str]) -> list[str]:
    return [word for word in words if len(word) > 1 and not any(words_alike(word, other) >= CLEAR for other in by)]


def _is_house_mistyped(ours: str, theirs: str) -> bool:
    """»25« for »52«, »52« for »52b«."""
    digits, other = re.sub(r'\D', '', ours), re.sub(r'\D', '', theirs)
    if not digits or not other:
        return False
    return digits == other or (len(digits) > 1 and sorted(digits) == sorted(other))


def _mistakes(one: str, other: str) -> int:
    """Letters to insert, leave out, change, or exchange with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
