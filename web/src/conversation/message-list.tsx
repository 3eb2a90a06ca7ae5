import { useState } from 'react';
import { describeError } from '../layout/describe-error.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AnswerView } from './answer-view.tsx';
import { shownAnswer } from './conversation-changes.ts';
import type { ConversationState } from './conversation-state.ts';
import { QuestionView } from './question-view.tsx';

const words = strings.conversation;

interface MessageListProps {
  sessionId: string;
  state: ConversationState;
  /** Always the same function, or every message is drawn again. */
  onAsk(content: string): void;
}

export function MessageList({ sessionId, state, onAsk }: MessageListProps) {
  const { live, messages, failures } = state;
  if (state.phase === 'loading') {
    return (
      <p className="empty-note" role="status">
        {strings.loading}
      </p>
    );
  }
  const newestId = messages.at(-1)?.id;
  return (
    <section className="turns" aria-label={words.label}>
      {state.earlierCursor !== null && <EarlierButton sessionId={sessionId} />}
      {messages.map((message) =>
        message.role === 'user' ? (
          <QuestionView key={message.id} message={message} />
        ) : (
          <AnswerView
            key={message.id}
            current={message}
            shown={shownAnswer(state, message)}
            live={live?.messageId === message.id ? live : null}
            failure={failures[message.id] ?? null}
            newest={message.id === newestId}
            busy={live !== null}
            onAsk={onAsk}
          />
        ),
      )}
    </section>
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
