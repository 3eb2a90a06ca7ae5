import type { Logger } from '../../logger.ts';
import { prepareDataFolder, putDataFolderBack, setDataFolderAside } from './chroma-data-folder.ts';
import { type ChromaProcess, ChromaStartError, startChromaProcess } from './chroma-process.ts';
import { freePort } from './free-port.ts';

export interface ChromaOpening {
  dataDir: string;
  logger: Logger;
  startDeadlineMs: number;
  checkDeadlineMs: number;
  signal: AbortSignal;
}

export interface OpenedChroma {
  process: ChromaProcess;
  /** The data could not be served: they lie aside, and this process started on an empty folder. */
  recreated: boolean;
}

const PORT_ATTEMPTS = 5;

/** Starts on the data that are there; damaged ones make way for an empty folder. */
export async function openChroma(
  opening: ChromaOpening,
  preferredPort?: number,
): Promise<OpenedChroma> {
  await prepareDataFolder(opening.dataDir);
  try {
    return { process: await startOnSomePort(opening, preferredPort), recreated: false };
  } catch (error) {
    if (!(error instanceof ChromaStartError) || error.failure !== 'data_damaged') throw error;
    return { process: await reopenEmpty(opening, error), recreated: true };
  }
}

/** When not even an empty folder can be served, the data were not at fault and go back. */
export async function reopenEmpty(opening: ChromaOpening, error: Error): Promise<ChromaProcess> {
  const { dataDir, logger } = opening;
  await prepareDataFolder(dataDir);
  const aside = await setDataFolderAside(dataDir);
  try {
    const process = await startOnSomePort(opening);
    logger.warn(
      { dataDir, movedTo: aside, reason: error.message },
      "Chroma's data are damaged and were moved aside; the vectors must be computed again",
    );
    return process;
  } catch (second) {
    await putDataFolderBack(dataDir, aside);
    throw second;
  }
}

async function startOnSomePort(
  opening: ChromaOpening,
  preferredPort?: number,
): Promise<ChromaProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = attempt === 1 && preferredPort ? preferredPort : await freePort();
    try {
      return await startChromaProcess({ ...opening, port });
    } catch (error) {
      const taken = error instanceof ChromaStartError && error.failure === 'port_taken';
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}
