import { NotKept } from '../backend/chat/session-keeper.ts';
import { HopelessJob } from '../backend/jobs.ts';

/** What a model refuses now is asked for again at the end of the next answer. */
export async function keepSession(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof NotKept) throw new HopelessJob(error.message, { cause: error });
    throw error;
  }
}
