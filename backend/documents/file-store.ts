import { open } from 'node:fs/promises';
import type { Knex } from 'knex';

export interface FileDescription {
  name: string;
  format: string;
  byteSize: number;
  hash: string;
}

/** The bytes of uploads, in pieces small enough to be read and written one by one. */
export interface FileStore {
  /**
   * Keeps a file piece by piece, each in a statement of its own, so that nobody waits for the whole;
   * what is not finished belongs to nobody and is swept up later.
   */
  keep(id: string, path: string, description: FileDescription): Promise<void>;
  isKept(id: string): Promise<boolean>;
  chunk(id: string, n: number): Promise<Buffer | undefined>;
  delete(id: string): Promise<void>;
}

const CHUNK_BYTES = 512 * 1024;

export function createFileStore(knex: Knex): FileStore {
  return {
    async keep(id, path, { name, format, byteSize, hash }) {
      await knex('document_files').insert({ id, name, format, byte_size: byteSize, hash });
      const file = await open(path);
      try {
        for (let n = 0; n * CHUNK_BYTES < byteSize; n += 1) {
          const bytes = Buffer.alloc(Math.min(CHUNK_BYTES, byteSize - n * CHUNK_BYTES));
          await file.read(bytes, 0, bytes.length, n * CHUNK_BYTES);
          await knex('document_file_chunks').insert({ file_id: id, n, bytes });
        }
      } finally {
        await file.close();
      }
    },
    async isKept(id) {
      return (await knex('document_files').where({ id }).first('id')) !== undefined;
    },
    async chunk(id, n) {
      const row = await knex('document_file_chunks').where({ file_id: id, n }).first('bytes');
      return row?.bytes;
    },
    async delete(id) {
      await knex('document_files').where({ id }).delete();
    },
  };
}
