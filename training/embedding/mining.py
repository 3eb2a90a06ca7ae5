"""Passages that BM25 takes for the one asked for although they are not: what is hard to tell apart."""

import numpy as np
from scipy.sparse import csr_matrix

from pairs import PAD, bags

K1, B = 1.2, 0.75
# What stands in more passages than that finds nothing, and takes nearly all of the time.
MOST_FREQUENT = 500
BLOCK = 2_000
LOOKED_AT = 8
# Histories copy from each other; a passage that says the same is no wrong answer.
SAME = 0.4
NEAR = 4


def matrix(grams, starts, columns):
    """How often each gram occurs in each text; a row a text."""
    data = np.ones(len(grams), dtype=np.float32)
    # Adding up sorts the grams where they lie.
    counted = csr_matrix((data, grams, starts), shape=(len(starts) - 1, columns), copy=True)
    counted.sum_duplicates()
    return counted


def bm25(counted):
    """The same weighted; rare grams only."""
    lengths = np.diff(counted.indptr)
    frequency = np.bincount(counted.indices, minlength=counted.shape[1])
    idf = np.log(1 + (counted.shape[0] - frequency + 0.5) / (frequency + 0.5))
    idf[(frequency > MOST_FREQUENT) | (frequency == 0)] = 0
    idf[PAD] = 0
    norm = np.repeat(K1 * (1 - B + B * lengths / lengths.mean()), lengths)
    data = counted.data * (K1 + 1) / (counted.data + norm) * idf[counted.indices]
    weighted = csr_matrix((data.astype(np.float32), counted.indices, counted.indptr), counted.shape)
    weighted.eliminate_zeros()
    return weighted


def best_of(scores):
    """The columns of the highest scores of each row, best first; -1 where there are not so many."""
    best = np.full((scores.shape[0], LOOKED_AT), -1, dtype=np.int64)
    for row, (begin, end) in enumerate(zip(scores.indptr[:-1], scores.indptr[1:])):
        values = scores.data[begin:end]
        some = np.arange(len(values))
        if len(values) > LOOKED_AT:
            some = np.argpartition(-values, LOOKED_AT)[:LOOKED_AT]
        some = some[np.argsort(-values[some])]
        best[row, : len(some)] = scores.indices[begin + some]
    return best


def rivals(questions, passages, chapters, sentences):
    """
    By sentence, for the given ones another that BM25 ranks highest for the translation; itself for all
    others and where there is none.
    """
    counted = matrix(passages.grams, passages.starts, len(passages.vocabulary))
    index = bm25(counted).T.tocsr()
    counted.data[:] = 1
    counted.data[counted.indices == PAD] = 0
    sizes = np.asarray(counted.sum(axis=1)).ravel() + 1e-6
    as_passage = np.searchsorted(passages.vocabulary, questions.vocabulary)
    as_passage[as_passage == len(passages.vocabulary)] = PAD
    as_passage[passages.vocabulary[as_passage] != questions.vocabulary] = PAD
    asked_grams = as_passage[questions.grams]
    found = np.arange(len(chapters))
    for here in np.split(sentences, range(BLOCK, len(sentences), BLOCK)):
        grams, offsets = bags(asked_grams, questions.starts[here], questions.starts[here + 1])
        asked = matrix(grams, np.append(offsets, len(grams)), len(passages.vocabulary))
        best = best_of(asked @ index)
        open_ = np.ones(len(here), dtype=bool)
        for column in best.T:
            other = np.where(column < 0, here, column)
            alike = np.asarray(counted[here].multiply(counted[other]).sum(axis=1)).ravel()
            fits = open_ & (alike < SAME * np.minimum(sizes[here], sizes[other]))
            fits &= (np.abs(other - here) >= NEAR) | (chapters[other] != chapters[here])
            found[here[fits]] = other[fits]
            open_ &= ~fits
    return found
