import { z } from 'zod';
import { citationSchema } from '../citations/citation-schemas.ts';
import type { AnswerEvent, EventStore } from '../realtime/event-store.ts';

/** An answer as its listeners have heard it. */
export interface LoggedAnswer {
  /** `undefined` when the log has no longer all of it. */
  content: string | undefined;
  citations: z.infer<typeof citationSchema>[] | undefined;
  lastId: number;
}

const PAGE = 500;
const delta = z.object({ text: z.string() });
const citations = z.object({ citations: z.array(citationSchema) });

export async function readLoggedAnswer(
  store: Pick<EventStore, 'read'>,
  answerId: string,
): Promise<LoggedAnswer> {
  const answer: LoggedAnswer = { content: '', citations: undefined, lastId: 0 };
  for (;;) {
    const page = await store.read(answerId, answer.lastId, PAGE);
    for (const event of page) hear(answer, event);
    if (page.length < PAGE) return answer;
  }
}

function hear(answer: LoggedAnswer, { id, name, data }: AnswerEvent): void {
  if (id !== answer.lastId + 1) answer.content = undefined;
  answer.lastId = id;
  if (name === 'delta' && answer.content !== undefined) answer.content += delta.parse(data).text;
  if (name === 'citations') answer.citations = citations.parse(data).citations;
}
