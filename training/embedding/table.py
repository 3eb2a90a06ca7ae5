"""A table of gram vectors: texts are the normalised sums of their rows; rows are drawn by Adam."""

import numpy as np
from scipy.sparse import csr_matrix

from pairs import PAD

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
BLOCK = 256


class Table:
    def __init__(self, side, dimension, seed):
        """By the key of the gram, so that a gram starts alike in both tables, scaled by how rare it is."""
        self.rows = np.empty((len(side.vocabulary), dimension), dtype=np.float32)
        for at, key in enumerate(side.vocabulary):
            random = np.random.default_rng([seed, int(key)])
            self.rows[at] = random.standard_normal(dimension, dtype=np.float32)
        self.rows *= side.idf[:, None] / np.sqrt(dimension)
        self.rows[PAD] = 0
        self.means = np.zeros_like(self.rows)
        self.squares = np.zeros_like(self.rows)

    def embed(self, bags):
        """Unit vectors of texts given as (grams, offsets), and what `learn` needs to know of them."""
        grams, offsets = bags
        ends = np.append(offsets, len(grams))
        counts = csr_matrix(
            (np.ones(len(grams), dtype=np.float32), grams, ends), shape=(len(offsets), len(self.rows))
        )
        sums = counts @ self.rows
        lengths = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-6
        return sums / lengths, (counts, lengths)

    def learn(self, vectors, memory, gradient, rate, step):
        """One step of Adam (Kingma & Ba 2015, arXiv:1412.6980) on the rows that were used."""
        counts, lengths = memory
        along = (gradient * vectors).sum(axis=1, keepdims=True)
        of_texts = (gradient - vectors * along) / lengths
        texts_with = counts.T.tocsr()
        used = np.flatnonzero(np.diff(texts_with.indptr))
        texts_with = texts_with[used]
        rate /= 1 - BETA1**step
        # A block fits into the cache of a core, the table does not.
        for begin in range(0, len(used), BLOCK):
            self.adam(used[begin : begin + BLOCK], texts_with[begin : begin + BLOCK] @ of_texts, rate, step)
        self.rows[PAD] = 0

    def adam(self, used, gradient, rate, step):
        means, squares = self.means[used], self.squares[used]
        means *= BETA1
        means += (1 - BETA1) * gradient
        self.means[used] = means
        squares *= BETA2
        gradient *= gradient
        gradient *= 1 - BETA2
        squares += gradient
        self.squares[used] = squares
        squares *= 1 / (1 - BETA2**step)
        np.sqrt(squares, out=squares)
        squares += EPSILON
        means /= squares
        means *= rate
        self.rows[used] -= means
