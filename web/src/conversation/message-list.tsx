import { useState } from 'react';
import { describeError } from '../layout/describe-error.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AnswerView } from './answer-view.tsx';
import type { ConversationState } from './conversation-state.ts';

const words = strings.conversation;

export function MessageList(props: { sessionId: string; state: ConversationState }) {
  const { sessionId, state } = props;
  const { conversations } = useServices();
  if (state.phase === 'loading') {
    return (
      <p className="empty-note" role="status">
        {strings.loading}
      </p>
    );
  }
  return (
    <section className="turns" aria-label={words.label}>
      {state.earlierCursor !== null && <EarlierButton sessionId={sessionId} />}
      {state.messages.map((message) =>
        message.role === 'user' ? (
          <QuestionView key={message.id} content={message.content} />
        ) : (
          <AnswerView
            key={message.id}
            message={message}
            live={state.live?.messageId === message.id ? state.live : null}
            failure={state.failures[message.id] ?? null}
            onRetry={() => void conversations.retry(sessionId, message.id)}
          />
        ),
      )}
    </section>
  );
}

function QuestionView({ content }: { content: string }) {
  return (
    <article className="question" aria-label={words.question}>
      <span className="turn-mark" aria-hidden="true">
        {words.questionMark}
      </span>
      <p>{content}</p>
    </article>
  );
}

function EarlierButton({ sessionId }: { sessionId: string }) {
  const { conversations } = useServices();
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  async function load(): Promise<void> {
    setBusy(true);
    await conversations
      .loadEarlier(sessionId)
      .catch((error: unknown) => announce(describeError(error).text));
    setBusy(false);
  }
  return (
    <button
      type="button"
      className="text-button earlier"
      disabled={busy}
      onClick={() => void load()}
    >
      {words.earlier}
    </button>
  );
}
