import { AIMessage, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { z } from 'zod';
import type { Turn } from '../../ai/memory/conversation-window.ts';
import { type Said, toTurns } from './recollection.ts';

/** Beside the words of a message that is kept: to tell whether nothing is missing and all still holds. */
const placeSchema = z.object({
  /** Of the session, when it was read. */
  revision: z.number(),
  position: z.number(),
  /** It stands for these positions, also for those of messages that say nothing or are gone. */
  from: z.number(),
  upTo: z.number(),
  passageIds: z.array(z.string()),
});
type Place = z.infer<typeof placeSchema>;

export interface KeptSaid {
  from: number;
  upTo: number;
  turns: { position: number; turn: Turn }[];
}

export function writeKept({ from, upTo, messages }: Said, revision: number): BaseMessage[] {
  const told = messages.filter(({ content }) => content !== '');
  return told.flatMap((message, index) => {
    const place: Place = {
      revision,
      position: message.position,
      from: index === 0 ? from : message.position,
      upTo: told[index + 1]?.position ?? upTo,
      passageIds: message.citations.map(({ passageId }) => passageId),
    };
    const fields = { additional_kwargs: { place } };
    return toTurns(message).map(({ role, content }) =>
      role === 'user'
        ? new HumanMessage({ content, ...fields })
        : new AIMessage({ content, ...fields }),
    );
  });
}

/**
 * What is kept, if it is of one piece. Two processes may have added the same: that is taken once. Where
 * something is missing in between nothing of it can be trusted.
 */
export function readKept(kept: readonly BaseMessage[], revision: number): KeptSaid | undefined {
  let said: KeptSaid | undefined;
  for (const message of kept) {
    const parsed = placeSchema.safeParse(message.additional_kwargs.place);
    if (!parsed.success) return undefined;
    const place = parsed.data;
    if (place.revision !== revision) continue;
    said ??= { from: place.from, upTo: place.from, turns: [] };
    if (place.upTo <= said.upTo) continue;
    if (place.from !== said.upTo) return undefined;
    said.upTo = place.upTo;
    said.turns.push({ position: place.position, turn: turnOf(message, place) });
  }
  return said;
}

function turnOf(message: BaseMessage, { passageIds }: Place): Turn {
  if (message.type === 'human') return { role: 'user', content: message.text };
  const citations = passageIds.map((passageId) => ({ passageId }));
  return { role: 'assistant', content: message.text, citations };
}
