"""Draws questions and the passages that they belong to."""

from pathlib import Path

import numpy as np

from pairs import PAD, Phrases, bags

MOST_SENTENCES = 4
# Where questions name works at all.
NAMED_PASSAGES = 0.5


class Sampler:
    """
    A passage is one to four sentences of a chapter, half of the time with the names of its work, author
    and chapter. A question is the whole translation, a sentence or a cut of it, or a quotation, some
    grams left out; now and then it names the work, the author or the chapter, or says that it asks.
    """

    def __init__(self, pairs, questions, passages, quotes, generator, *, drop, named, asking):
        self.questions, self.passages = questions, passages
        self.generator, self.drop, self.chapters = generator, drop, pairs.chapters
        self.shares = (named, NAMED_PASSAGES if named > 0 else 0, asking)
        phrases = Path(__file__).with_name("asking.txt").read_text(encoding="utf-8").split()
        single = [name for names in pairs.names for name in names]
        counts = np.array([len(names) for names in pairs.names])
        self.names = (np.cumsum(counts) - counts, counts)
        self.asking = (len(single), len(phrases))
        self.said = Phrases(single + phrases, questions.vocabulary)
        self.titles = Phrases([" ".join(names) for names in pairs.names], passages.vocabulary)
        # What a question may be made of: translations, classical text, names and what only asks.
        self.askable = np.concatenate([questions.grams, quotes, self.said.grams])
        self.tellable = np.concatenate([passages.grams, self.titles.grams])
        same = pairs.chapters[:-1] == pairs.chapters[1:]
        self.follows = np.concatenate([same, [False]])  # whether the next sentence is of this chapter

    def draw(self, sentences):
        """Bags of questions and passages, and which passages hold words of which others."""
        last = self.last_of(sentences)
        one = sentences + (self.generator.random(len(sentences)) * (last + 1 - sentences)).astype(np.int64)
        asked = self.ask(sentences, last, one)
        titles = self.titles.draw(
            self.generator, self.chapters[sentences], np.ones(len(sentences)), self.shares[1]
        )
        told = bags(
            self.tellable,
            np.stack([self.passages.starts[sentences], titles[0] + len(self.passages.grams)], axis=1),
            np.stack([self.passages.starts[last + 1], titles[1] + len(self.passages.grams)], axis=1),
        )
        shared = (sentences[:, None] <= last) & (sentences <= last[:, None])
        return asked, told, shared

    def last_of(self, sentences):
        size = len(sentences)
        wanted = self.generator.choice([1, 2, 3, MOST_SENTENCES], size, p=[0.45, 0.2, 0.2, 0.15])
        last = sentences.copy()
        for more in range(1, MOST_SENTENCES):
            last += (wanted > more) & (last - sentences == more - 1) & self.follows[last]
        return last

    def ask(self, first, last, one):
        size = len(first)
        kind = self.generator.random(size)
        whole, is_cut, is_quote = kind < 0.35, (kind > 0.65) & (kind < 0.94), kind >= 0.94
        translated = self.cut(
            self.questions.starts, np.where(whole, first, one), np.where(whole, last, one) + 1, is_cut
        )
        quoted = self.cut(self.passages.starts, one, one + 1, np.ones(size, dtype=bool))
        first_name, count = (each[self.chapters[first]] for each in self.names)
        named = self.said.draw(self.generator, first_name, count, self.shares[0])
        phrase, phrases = (np.full(size, each) for each in self.asking)
        asking = self.said.draw(self.generator, phrase, phrases, self.shares[2])
        quotes, said = len(self.questions.grams), len(self.askable) - len(self.said.grams)
        begins, ends = (
            np.stack(
                [
                    np.where(is_quote, quoted[side] + quotes, translated[side]),
                    named[side] + said,
                    asking[side] + said,
                ],
                axis=1,
            )
            for side in (0, 1)
        )
        asked, offsets = bags(self.askable, begins, ends)
        asked[self.generator.random(len(asked)) < self.drop] = PAD
        return asked, offsets

    def cut(self, starts, first, end, is_cut):
        """Where it is to be cut, a run of two fifths or more of the characters."""
        begins, ends = starts[first] // 2, starts[end] // 2 - 1
        lengths = ends - begins
        kept = np.maximum(np.minimum(lengths, 4), (lengths * self.generator.uniform(0.4, 1, len(first))))
        kept = np.where(is_cut, kept.astype(np.int64), lengths)
        moved = begins + (self.generator.random(len(first)) * (lengths - kept + 1)).astype(np.int64)
        # A pair with the character after the run is none of its.
        return 2 * moved, 2 * (moved + kept) - 1

