"""Trains the static embedding: `/usr/bin/python3 train.py pairs.tsv model.npz` (Debian: python3-scipy).

A text is the normalised sum of the vectors of its characters and pairs of neighbouring characters;
questions (modern, or quotations) and passages (classical) have a table each. A question and the
passage it belongs to are drawn together, all other passages of the batch away (InfoNCE, van den Oord
et al. 2018, arXiv:1807.03748). The first pass draws batches at random. In later ones they are made of
clusters of what the model so far finds alike, and of what BM25 takes for the passage asked for
(`mining.py`), so that the others are hard to tell apart.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from mining import rivals
from pairs import bags, build_side, keys_of, number, read_pairs
from sampler import Sampler
from table import Table

SCALE = 20
CLUSTER = 32
PER_CENTRE = 400


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pairs")
    parser.add_argument("model")
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--grams", type=int, default=57_000, help="rows of each table")
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--balance", type=float, default=0.3, help="the larger, the more a small work counts")
    parser.add_argument("--mined", type=float, default=0.5, help="share of sentences to find rivals for")
    parser.add_argument("--rivals", type=float, default=0.25, help="share of a batch that BM25 chose")
    parser.add_argument("--named", type=float, default=0.15, help="share of questions with a name in them")
    parser.add_argument("--asking", type=float, default=0.3, help="share of questions that say that they ask")
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--drop", type=float, default=0.1, help="share of a question's grams left out")
    parser.add_argument("--validation", type=int, default=2_000, help="pairs kept for a look at progress")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def all_vectors(table, side, sentences, block=20_000):
    parts = np.split(sentences, range(block, len(sentences), block))
    texts = (bags(side.grams, side.starts[part], side.starts[part + 1]) for part in parts)
    return np.concatenate([table.embed(each)[0] for each in texts])


def clustered(vectors, sentences, generator):
    """The sentences so ordered that neighbours are alike: by the nearest of random ones among them."""
    centres = vectors[generator.choice(len(vectors), max(1, len(vectors) // PER_CENTRE), replace=False)]
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


def learn(tables, drawn, rate, step):
    """One step on a batch; returns its loss, the mean of both directions."""
    asked, told, shared = drawn
    questions, of_questions = tables[0].embed(asked)
    passages, of_passages = tables[1].embed(told)
    # To the power of e, none beyond 1: no score is beyond the scale.
    powers = np.exp(SCALE * (questions @ passages.T - 1))
    # A passage that overlaps with the one asked for is neither right nor wrong.
    np.fill_diagonal(shared, False)
    powers[shared] = 0
    shares = [powers / powers.sum(axis=axis, keepdims=True) for axis in (0, 1)]
    loss = -np.mean([np.log(share.diagonal() + 1e-9).mean() for share in shares])
    gradient = (SCALE / 2 / len(powers)) * (shares[0] + shares[1])
    np.fill_diagonal(gradient, gradient.diagonal() - SCALE / len(powers))
    tables[0].learn(questions, of_questions, gradient @ passages, rate, step)
    tables[1].learn(passages, of_passages, gradient.T @ questions, rate, step)
    return loss


def balanced(sentences, works, balance, generator):
    """As many sentences, those of small works oftener than those of large ones."""
    weights = np.bincount(works[sentences])[works[sentences]] ** -balance
    times = weights * len(sentences) / weights.sum()
    return np.repeat(sentences, (times + generator.random(len(sentences))).astype(np.int64))


def with_rivals(batch, rival_of, size, generator):
    """Without what is in it twice, and filled up to `size` with the rivals of some."""
    wanted = generator.choice(batch, size - len(batch), replace=False) if len(batch) < size else batch[:0]
    return np.unique(np.concatenate([batch, rival_of[wanted]]))


class Progress:
    """What is kept after each pass, so that a training that was stopped goes on from there."""

    def __init__(self, model):
        self.file = Path(f"{model}.checkpoint.npz")
        self.passes, self.step = 0, 0

    def resume(self, tables, generator):
        if not self.file.exists():
            return
        kept = np.load(self.file)
        for number_of_table, table in enumerate(tables):
            for name in ("rows", "means", "squares"):
                setattr(table, name, kept[f"{name}{number_of_table}"])
        generator.bit_generator.state = json.loads(kept["generator"].item())
        self.passes, self.step = int(kept["passes"]), int(kept["step"])

    def keep(self, tables, generator):
        self.passes += 1
        arrays = {
            f"{name}{number_of_table}": getattr(table, name)
            for number_of_table, table in enumerate(tables)
            for name in ("rows", "means", "squares")
        }
        state = np.array(json.dumps(generator.bit_generator.state))
        np.savez(self.file, **arrays, generator=state, passes=self.passes, step=self.step)


def main():
    given = arguments()
    generator = np.random.default_rng(given.seed)
    pairs = read_pairs(given.pairs)
    keys, _ = keys_of(pairs.classical)
    # Quotations are asked too: every sixteenth classical gram counts for the table of questions.
    questions = build_side(pairs.modern, given.grams, also=keys[:: 2 * 16])
    passages = build_side(pairs.classical, given.grams)
    quotes = number(keys, questions.vocabulary)
    sides = (questions, passages)
    tables = [Table(side, given.dimension, given.seed) for side in sides]

    chapters = len(pairs.works)
    kept_back = np.isin(pairs.chapters, generator.choice(chapters, chapters // 100))
    every = np.flatnonzero(~kept_back)
    looked_at = min(given.validation, kept_back.sum())
    asked = np.sort(generator.choice(np.flatnonzero(kept_back), looked_at, replace=False))
    among = np.sort(np.concatenate([asked, generator.choice(every, min(len(every), 60_000), replace=False)]))
    begun = time.time()
    mined = every[generator.random(len(every)) < (given.mined if given.rivals > 0 else 0)]
    rival_of = rivals(questions, passages, pairs.chapters, mined)
    rival_of = np.where(kept_back[rival_of], np.arange(len(rival_of)), rival_of)
    have = (rival_of != np.arange(len(rival_of))).sum()
    print(f"{have} of {len(mined)} have a rival, {time.time() - begun:.0f} s", flush=True)
    shares = {name: vars(given)[name] for name in ("drop", "named", "asking")}
    sampler = Sampler(pairs, questions, passages, quotes, generator, **shares)
    plain = given.batch - int(given.batch * given.rivals)
    steps = len(every) // given.batch + (given.passes - 1) * (len(every) // plain)
    print(f"{len(every)} pairs, {steps} steps", flush=True)

    progress = Progress(given.model)
    progress.resume(tables, generator)
    begun, first_step = time.time(), progress.step
    while progress.passes < given.passes:
        drawn = balanced(every, pairs.works[pairs.chapters], given.balance, generator)
        if progress.passes == 0:
            drawn = batches(generator.permutation(drawn), given.batch, generator, 1)
        else:
            drawn = clustered(all_vectors(tables[1], passages, drawn), drawn, generator)
            drawn = batches(drawn, plain, generator, CLUSTER)
        for sentences in drawn:
            if len(sentences) < given.batch // 2:
                continue
            sentences = with_rivals(sentences, rival_of, given.batch, generator)
            progress.step += 1
            rate = given.rate * max(0, 1 - (progress.step - 1) / steps)
            loss = learn(tables, sampler.draw(sentences), rate, progress.step)
            if progress.step % 400 == 0:
                first, tenth = recall(tables, sides, asked, among)
                print(
                    f"step {progress.step}: loss {loss:.3f}, recall@1 {first:.3f}, recall@10 {tenth:.3f}, "
                    f"{(time.time() - begun) / (progress.step - first_step):.2f} s a step",
                    flush=True,
                )
        progress.keep(tables, generator)
    names = ("question", "passage")
    np.savez(
        given.model,
        **{f"{name}_keys": side.vocabulary for name, side in zip(names, sides)},
        **{f"{name}_rows": table.rows for name, table in zip(names, tables)},
    )
    progress.file.unlink()


if __name__ == "__main__":
    main()
