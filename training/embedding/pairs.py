"""Sentence pairs in memory: every sentence is a slice of one array of grams, so are several in a row."""

from dataclasses import dataclass

import numpy as np

PAD = 0
SINGLE_MIN_COUNT = 3


@dataclass
class Side:
    """One language. Character i of a text has its own gram at 2i and its pair with the next at 2i + 1."""

    grams: np.ndarray  # gram number by place, PAD where none
    starts: np.ndarray  # first place of each sentence, and the end of the last
    vocabulary: np.ndarray  # uint64 key by gram number; [PAD] is 0
    idf: np.ndarray  # by gram number


@dataclass
class Pairs:
    chapters: np.ndarray  # number of the chapter of each sentence
    classical: list
    modern: list
    works: np.ndarray  # number of the work of each chapter
    names: list  # of each chapter: the names of work, author, chapter, as far as there are any


def read_pairs(path):
    """Columns: work, chapter, classical, modern, names parted by bars; folded."""
    pairs = Pairs([], [], [], [], [])
    chapters, works = {}, {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            work, chapter, source, target, names = line.rstrip("\n").split("\t")
            if (work, chapter) not in chapters:
                pairs.works.append(works.setdefault(work, len(works)))
                pairs.names.append(names.split("|"))
            pairs.chapters.append(chapters.setdefault((work, chapter), len(chapters)))
            pairs.classical.append(source)
            pairs.modern.append(target)
    pairs.chapters, pairs.works = np.array(pairs.chapters), np.array(pairs.works)
    return pairs


@dataclass
class Phrases:
    """Short texts of which now and then one is added to a question or a passage."""

    grams: np.ndarray
    starts: np.ndarray

    def __init__(self, texts, vocabulary):
        keys, self.starts = keys_of(texts)
        self.grams = number(keys, vocabulary)

    def draw(self, generator, first, count, share):
        """As slices: one of `count` phrases from `first` on for a share of the texts, else nothing."""
        chosen = first + (generator.random(len(first)) * count).astype(np.int64)
        wanted = (generator.random(len(first)) < share) & (count > 0)
        chosen = np.where(count > 0, chosen, 0)
        begins = self.starts[chosen]
        return begins, np.where(wanted, self.starts[chosen + 1], begins)


def keys_of(texts):
    """Interleaved keys: a character is its code, a pair is first << 32 | second."""
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    ends = codes == ord("\n")
    pairs = np.zeros_like(codes)
    pairs[:-1] = codes[:-1] << np.uint64(32) | codes[1:]
    pairs[ends] = 0
    pairs[:-1][ends[1:]] = 0
    codes[ends] = 0
    keys = np.empty(2 * len(codes), dtype=np.uint64)
    keys[0::2], keys[1::2] = codes, pairs
    lengths = np.array([len(text) + 1 for text in texts])
    starts = np.concatenate([[0], np.cumsum(lengths)]) * 2
    return keys, starts


def build_side(texts, size, also=None):
    """The `size` commonest grams of `texts`, single characters first; `also`: further texts that count."""
    keys, starts = keys_of(texts)
    counted = keys if also is None else np.concatenate([keys, also])
    found, counts = np.unique(counted[counted != 0], return_counts=True)
    single = found < (1 << 32)
    rank = np.where(single & (counts >= SINGLE_MIN_COUNT), counts + counts.max(), counts)
    kept = np.sort(found[np.argsort(-rank, kind="stable")[:size]])
    vocabulary = np.concatenate([[0], kept]).astype(np.uint64)
    grams = number(keys, vocabulary)
    present = np.bincount(grams, minlength=len(vocabulary)).astype(np.float64)
    idf = np.log(len(texts) / (1 + np.minimum(present, len(texts) - 1)))
    idf[PAD] = 0
    return Side(grams, starts, vocabulary, idf.astype(np.float32))


def number(keys, vocabulary):
    """Gram numbers of keys; PAD for what the vocabulary does not hold."""
    at = np.searchsorted(vocabulary, keys)
    at[at == len(vocabulary)] = PAD
    return np.where(vocabulary[at] == keys, at, PAD).astype(np.int32)


def bags(grams, begins, ends):
    """
    The slices [begins, ends) one after the other, and where each begins, as EmbeddingBag wants them.
    Of two dimensions, the slices of a row make one text.
    """
    per_text = begins.size // len(begins)
    begins, ends = begins.reshape(-1), ends.reshape(-1)
    lengths = ends - begins
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    places = np.arange(lengths.sum()) + np.repeat(begins - offsets, lengths)
    return grams[places], offsets[::per_text]
