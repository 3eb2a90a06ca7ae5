"""Packs a trained model into the file that the service reads: `/usr/bin/python3 pack.py model.npz FILE`.

Little-endian: «GXE1», then as uint32 the dimension, the bits of a component (8 or 4) and the rows of the
tables of questions and passages; for each table its grams (two uint16 each: the characters, the first 0
for a single one), a float32 scale a row, and the rows. A component is an integer times the scale of its
row. Of two components of 4 bits the first is the lower half of the byte; both are shifted by 8.
"""

import argparse
import struct

import numpy as np


def grams_of(keys):
    return np.stack([keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF)], axis=1)


def quantised(rows, bits):
    most = 2 ** (bits - 1) - 1
    scales = np.abs(rows).max(axis=1, keepdims=True) / most + 1e-12
    return np.rint(rows / scales).astype(np.int8), scales.astype("<f4")


def packed(integers, bits):
    if bits == 8:
        return integers.tobytes()
    shifted = (integers + 8).astype(np.uint8)
    return (shifted[:, 0::2] | shifted[:, 1::2] << 4).tobytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("file")
    parser.add_argument("--bits", type=int, choices=[4, 8], default=4)
    given = parser.parse_args()
    model = np.load(given.model)
    tables = []
    for side in ("question", "passage"):
        grams, rows = grams_of(model[f"{side}_keys"]), model[f"{side}_rows"]
        # No row for the padding, nor for characters beyond the basic plane, of which there are a handful.
        kept = (grams < 0x10000).all(axis=1) & (grams[:, 1] > 0)
        tables.append((grams[kept].astype("<u2"), *quantised(rows[kept], given.bits)))
    with open(given.file, "wb") as file:
        rows_of_tables = [len(grams) for grams, _, _ in tables]
        file.write(b"GXE1" + struct.pack("<4I", tables[0][1].shape[1], given.bits, *rows_of_tables))
        for grams, integers, scales in tables:
            file.write(grams.tobytes() + scales.tobytes() + packed(integers, given.bits))
        print(f"{file.tell()} bytes")


if __name__ == "__main__":
    main()
