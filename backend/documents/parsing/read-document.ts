import { createIrregularityLog } from '../../../corpus/irregularities.ts';
import { readUpload } from '../../../corpus/uploads/read-upload.ts';
import { RefusedFile } from '../../../corpus/uploads/refused-file.ts';
import { createDocumentAssembly } from './assemble-document.ts';
import type { DocumentReport, ParsedBatch, ParseInput } from './parsed-document.ts';

/** So many passages are handed over at once. */
const BATCH = 500;
/** Also where nothing is found for long, so that it is known to go on. */
const TELL_EVERY_MS = 250;

export interface DocumentReader {
  onBatch(batch: ParsedBatch): Promise<void>;
  onProgress(done: number, total: number): Promise<void>;
}

/** Reads, structures and cuts a file, batch by batch, in whatever thread it is called. */
export async function readDocument(
  input: ParseInput,
  reader: DocumentReader,
): Promise<DocumentReport> {
  const log = createIrregularityLog();
  const assembly = createDocumentAssembly(input, log.note);
  const encodings = new Set<string>();
  let files = 0;
  let bytes = { done: 0, total: 0 };
  let told = 0;
  const handOver = async (least: number) => {
    const full = assembly.waiting() >= least;
    if (full) await reader.onBatch(assembly.take());
    if (!full && performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    await reader.onProgress(bytes.done, bytes.total);
  };
  const format = await readUpload(
    {
      path: input.path,
      fileName: input.fileName,
      onBytes: (done, total) => {
        bytes = { done, total };
      },
    },
    {
      ...{
        log,
        workTitle: input.title,
        ownTitle: null,
        prefix: [],
        alone: true,
        untitled: input.title,
      },
      sink: {
        chapter: assembly.chapter,
        paragraph: assembly.paragraph,
        drain: () => handOver(BATCH),
      },
      noteEncoding: (encoding) => encodings.add(encoding),
      noteFile: () => {
        files += 1;
      },
    },
  );
  assembly.end();
  const { totals, survey } = assembly;
  if (assembly.allSkipped()) throw new RefusedFile('all_skipped');
  if (totals.passages === 0 && log.list().length === 0) throw new RefusedFile('no_text');
  if (totals.characters === 0) throw new RefusedFile(totals.passages === 0 ? 'no_text' : 'no_han');
  await handOver(0);
  return {
    ...{ format, files, ...totals },
    encoding: encodings.size === 0 ? null : [...encodings].join('、'),
    script: survey.script(),
    lacunae: survey.lacunae,
    unknownCharacters: survey.unknownCharacters,
    skipped: log.list(),
    contentHash: assembly.content.digest(),
  };
}
