import { memo } from 'react';
import type { Message } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { useServices } from '../state/services.tsx';
import { useBefore } from '../state/use-before.ts';
import { strings } from '../strings.ts';
import { isLocal } from './conversation-state.ts';
import { firstWords } from './source-name.ts';

const words = strings.conversation;
const RECALL_MS = 2 * 60_000;
const NAMED = 12;

/** Where a message stands on the page. */
export const turnId = (messageId: string): string => `turn-${messageId}`;

export const QuestionView = memo(function QuestionView({ message }: { message: Message }) {
  return (
    <article id={turnId(message.id)} className="question" aria-label={words.question}>
      <span className="turn-mark" aria-hidden="true">
        {words.questionMark}
      </span>
      <p>{message.content}</p>
      {!isLocal(message.id) && <Recall message={message} />}
    </article>
  );
});

/** There as long as the server would agree. */
function Recall({ message }: { message: Message }) {
  const { conversations } = useServices();
  const { busy, run, announce } = useAction();
  const offered = useBefore(Date.parse(message.createdAt) + RECALL_MS);
  if (!offered) return null;
  const recall = () =>
    run(async () => {
      await conversations.recall(message);
      announce(strings.actions.recalled);
    });
  return (
    <button
      type="button"
      className="text-button quiet recall-button"
      aria-label={strings.actions.recallOf(firstWords(message.content, NAMED))}
      aria-disabled={busy}
      onClick={() => void recall()}
    >
      {strings.actions.recall}
    </button>
  );
}
