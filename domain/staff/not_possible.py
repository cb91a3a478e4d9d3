"""A deed that makes no sense any longer."""

from domain.language import Message


class NotPossible(Exception):
    """The sentence says why, and what to do instead."""

    def __init__(self, sentence: Message) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence
