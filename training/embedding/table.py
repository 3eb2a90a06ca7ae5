"""A table of gram vectors: texts are the normalised sums of their rows; rows are drawn by Adam."""

import numpy as np
from scipy.sparse import csr_matrix

from pairs import PAD

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


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
        used, places = np.unique(grams, return_inverse=True)
        shape = (len(offsets), len(used))
        ends = np.append(offsets, len(grams))
        counts = csr_matrix((np.ones(len(grams), dtype=np.float32), places, ends), shape=shape)
        sums = counts @ self.rows[used]
        lengths = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-6
        return sums / lengths, (used, counts, lengths)

    def learn(self, vectors, memory, gradient, rate, step):
        """One step of Adam (Kingma & Ba 2015, arXiv:1412.6980) on the rows that were used."""
        used, counts, lengths = memory
        along = (gradient * vectors).sum(axis=1, keepdims=True)
        of_rows = counts.T @ ((gradient - vectors * along) / lengths)
        self.means[used] = means = BETA1 * self.means[used] + (1 - BETA1) * of_rows
        self.squares[used] = squares = BETA2 * self.squares[used] + (1 - BETA2) * of_rows**2
        moved = (means / (1 - BETA1**step)) / (np.sqrt(squares / (1 - BETA2**step)) + EPSILON)
        self.rows[used] -= rate * moved
        self.rows[PAD] = 0
