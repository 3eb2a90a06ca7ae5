"""Trains the static embedding: `/usr/bin/python3 train.py pairs.tsv model.npz` (Debian: python3-scipy).

A text is the normalised sum of the vectors of its characters and pairs of neighbouring characters;
questions (modern, or quotations) and passages (classical) have a table each. A question and the
passage it belongs to are drawn together, all other passages of the batch away (InfoNCE, van den Oord
et al. 2018, arXiv:1807.03748). The first pass draws batches at random. In later ones they are made of
clusters of what the model so far finds alike, so that the others are hard to tell apart.
"""

import argparse
import time

import numpy as np

from pairs import PAD, bags, build_side, keys_of, number, read_pairs
from table import Table

SCALE = 20
MOST_SENTENCES = 4
CLUSTER = 32


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pairs")
    parser.add_argument("model")
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--grams", type=int, default=57_000, help="rows of each table")
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--passes", type=float, default=3)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--drop", type=float, default=0.1, help="share of a question's grams left out")
    parser.add_argument("--validation", type=int, default=2_000, help="pairs kept for a look at progress")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Sampler:
    """Draws a question and its passage for given sentences."""

    def __init__(self, chapters, questions, passages, quotes, generator, drop):
        self.questions, self.passages = questions, passages
        self.generator, self.drop = generator, drop
        self.askable = np.concatenate([questions.grams, quotes])
        same = chapters[:-1] == chapters[1:]
        self.follows = np.concatenate([same, [False]])  # whether the next sentence is of this chapter

    def draw(self, sentences):
        random = self.generator.random
        size = len(sentences)
        counts = np.ones(size, dtype=np.int64)
        wanted = self.generator.choice([1, 2, 3, MOST_SENTENCES], size, p=[0.45, 0.2, 0.2, 0.15])
        last = sentences.copy()
        for more in range(1, MOST_SENTENCES):
            grows = (wanted > more) & (counts == more) & self.follows[last]
            last[grows] += 1
            counts[grows] += 1
        passages = bags(
            self.passages.grams, self.passages.starts[sentences], self.passages.starts[last + 1]
        )
        kind = random(size)
        whole = kind < 0.35
        one = sentences + (random(size) * counts).astype(np.int64)
        first, end = np.where(whole, sentences, one), np.where(whole, last, one) + 1
        questions = self.cut(self.questions.starts, first, end, (kind > 0.65) & (kind < 0.94))
        quotes = self.cut(self.passages.starts, one, one + 1, np.ones(size, dtype=bool))
        is_quote = kind >= 0.94
        grams = self.askable
        shift = len(self.questions.grams)
        begins = np.where(is_quote, quotes[0] + shift, questions[0])
        ends = np.where(is_quote, quotes[1] + shift, questions[1])
        asked, offsets = bags(grams, begins, ends)
        asked[random(len(asked)) < self.drop] = PAD
        return (asked, offsets), passages

    def cut(self, starts, first, end, is_cut):
        """Where it is to be cut, a run of two fifths or more of the characters."""
        begins, ends = starts[first] // 2, starts[end] // 2 - 1
        lengths = ends - begins
        kept = np.maximum(np.minimum(lengths, 4), (lengths * self.generator.uniform(0.4, 1, len(first))))
        kept = np.where(is_cut, kept.astype(np.int64), lengths)
        moved = begins + (self.generator.random(len(first)) * (lengths - kept + 1)).astype(np.int64)
        # A pair with the character after the run is none of its.
        return 2 * moved, 2 * (moved + kept) - 1


def all_vectors(table, side, sentences, block=20_000):
    parts = np.split(sentences, range(block, len(sentences), block))
    texts = (bags(side.grams, side.starts[part], side.starts[part + 1]) for part in parts)
    return np.concatenate([table.embed(each)[0] for each in texts])


def clustered(vectors, sentences, generator):
    """The sentences so ordered that neighbours are alike: by the nearest of random ones among them."""
    centres = vectors[generator.choice(len(vectors), max(1, len(vectors) // 400), replace=False)]
    blocks = np.split(vectors, range(20_000, len(vectors), 20_000))
    nearest = np.concatenate([(block @ centres.T).argmax(axis=1) for block in blocks])
    return sentences[np.lexsort([generator.random(len(sentences)), nearest])]


def batches(order, size, generator, cluster):
    """Runs of `cluster` neighbours in random order, `size` sentences at a time."""
    runs = np.array_split(order, max(1, len(order) // cluster))
    shuffled = np.concatenate([runs[at] for at in generator.permutation(len(runs))])
    return np.split(shuffled, range(size, len(shuffled), size))


def recall(tables, sides, asked, among):
    questions = all_vectors(tables[0], sides[0], asked)
    passages = all_vectors(tables[1], sides[1], among)
    scores = questions @ passages.T
    right = np.take_along_axis(scores, np.searchsorted(among, asked)[:, None], axis=1)
    ranks = (scores > right).sum(axis=1)
    return [(ranks < k).mean() for k in (1, 10)]


def softmax(scores, axis):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def learn(tables, drawn, rate, step):
    """One step on a batch; returns its loss, the mean of both directions."""
    questions, of_questions = tables[0].embed(drawn[0])
    passages, of_passages = tables[1].embed(drawn[1])
    scores = SCALE * questions @ passages.T
    shares = [softmax(scores, axis) for axis in (0, 1)]
    loss = -np.mean([np.log(share.diagonal() + 1e-9).mean() for share in shares])
    gradient = SCALE * (sum(shares) / 2 - np.eye(len(scores), dtype=np.float32)) / len(scores)
    tables[0].learn(questions, of_questions, gradient @ passages, rate, step)
    tables[1].learn(passages, of_passages, gradient.T @ questions, rate, step)
    return loss


def main():
    given = arguments()
    generator = np.random.default_rng(given.seed)
    chapters, classical, modern = read_pairs(given.pairs)
    keys, _ = keys_of(classical)
    # Quotations are asked too: every sixteenth classical gram counts for the table of questions.
    questions = build_side(modern, given.grams, also=keys[:: 2 * 16])
    passages = build_side(classical, given.grams)
    quotes = number(keys, questions.vocabulary)
    sides = (questions, passages)
    tables = [Table(side, given.dimension, given.seed) for side in sides]

    kept_back = np.isin(chapters, generator.choice(chapters.max() + 1, (chapters.max() + 1) // 100))
    every = np.flatnonzero(~kept_back)
    asked = np.sort(generator.choice(np.flatnonzero(kept_back), given.validation, replace=False))
    among = np.sort(np.concatenate([asked, generator.choice(every, min(len(every), 60_000), replace=False)]))
    sampler = Sampler(chapters, questions, passages, quotes, generator, given.drop)
    steps = int(given.passes * (len(every) // given.batch))
    print(f"{len(every)} pairs, {steps} steps", flush=True)

    step, begun = 0, time.time()
    for number_of_pass in range(int(np.ceil(given.passes))):
        if number_of_pass == 0:
            drawn = batches(generator.permutation(every), given.batch, generator, 1)
        else:
            vectors = all_vectors(tables[1], passages, every)
            drawn = batches(clustered(vectors, every, generator), given.batch, generator, CLUSTER)
            del vectors
        for sentences in drawn:
            if step >= steps or len(sentences) < 2:
                break
            step += 1
            rate = given.rate * (1 - (step - 1) / steps)
            loss = learn(tables, sampler.draw(sentences), rate, step)
            if step % 300 == 0 or step == steps:
                first, tenth = recall(tables, sides, asked, among)
                print(
                    f"step {step}: loss {loss:.3f}, recall@1 {first:.3f}, recall@10 {tenth:.3f}, "
                    f"{(time.time() - begun) / step:.2f} s a step",
                    flush=True,
                )
    names = ("question", "passage")
    np.savez(
        given.model,
        **{f"{name}_keys": side.vocabulary for name, side in zip(names, sides)},
        **{f"{name}_rows": table.rows for name, table in zip(names, tables)},
    )


if __name__ == "__main__":
    main()
