import { memo } from 'react';
import type { Message } from '../api/types.ts';
import { AnswerReceipt } from '../billing/answer-receipt.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AnswerActions } from './answer-actions.tsx';
import { AnswerAfter } from './answer-after.tsx';
import { AnswerMarkdown } from './answer-markdown.tsx';
import { stageText } from './answer-stage.ts';
import { CitationList } from './citation-list.tsx';
import { type Failure, isLocal, type LiveAnswer } from './conversation-state.ts';
import { FailedAnswer } from './failed-answer.tsx';
import { turnId } from './question-view.tsx';
import { QuoteReport } from './quote-report.tsx';

const words = strings.conversation;

interface AnswerViewProps {
  /** The newest answer to its question. */
  current: Message;
  /** The one that is looked at. */
  shown: Message;
  live: LiveAnswer | null;
  failure: Failure | null;
  /** Whether it is the last word so far. */
  newest: boolean;
  /** Some answer of the session is being written. */
  busy: boolean;
  onAsk(content: string): void;
}

/** Drawn again only when it has changed itself: a long history must not feel each new word. */
export const AnswerView = memo(function AnswerView(props: AnswerViewProps) {
  const { current, shown, live, failure, newest, busy, onAsk } = props;
  const written = shown.content !== '';
  const ended = live === null && !isLocal(current.id);
  const former = shown.id !== current.id;
  return (
    <article
      id={turnId(current.id)}
      className="answer"
      aria-label={words.answer}
      aria-busy={live !== null}
    >
      <span className="turn-mark" aria-hidden="true">
        {words.answerMark}
      </span>
      <div className="answer-body">
        {live && live.thinking !== '' && (
          <details className="thinking">
            <summary>{words.thinking}</summary>
            <p>{live.thinking}</p>
          </details>
        )}
        {written && <AnswerMarkdown message={shown} />}
        {live && <Stage live={live} message={shown} />}
        {shown.status === 'stopped' && <p className="fine-print">{words.stopped}</p>}
        {shown.status === 'failed' && <Failed {...{ current, shown, failure, busy }} />}
        {live === null && written && <AnswerFoot message={shown} />}
        {ended && (written || current.versions > 1) && (
          <AnswerActions current={current} shown={shown} busy={busy} />
        )}
        {former && <p className="fine-print">{strings.versions.former}</p>}
        {ended && newest && !busy && !former && <AnswerAfter message={current} onAsk={onAsk} />}
      </div>
    </article>
  );
});

function Failed(props: Pick<AnswerViewProps, 'current' | 'shown' | 'failure' | 'busy'>) {
  const { current, shown, failure, busy } = props;
  const { conversations } = useServices();
  const here = shown.id === current.id ? failure : null;
  const local = isLocal(current.id);
  const useless = local && failure?.slug === 'content_rejected';
  return (
    <FailedAnswer
      failure={here}
      answer={shown}
      kept={!local && here?.slug !== 'connection_lost'}
      onRetry={
        busy || useless ? null : () => void conversations.retry(current.sessionId, current.id)
      }
    />
  );
}

function AnswerFoot({ message }: { message: Message }) {
  return (
    <footer className="answer-foot">
      <CitationList message={message} />
      <QuoteReport quotes={message.quotes} />
      <div className="answer-marks">
        <p className="fine-print">{words.disclaimer}</p>
        {message.usage && <AnswerReceipt usage={message.usage} />}
      </div>
    </footer>
  );
}

function Stage({ live, message }: { live: LiveAnswer; message: Message }) {
  // Said once, at the foot, where it is always seen.
  if (live.reconnecting) return null;
  if (live.stage === 'writing') {
    return <span className="brush" aria-hidden="true" />;
  }
  return <p className="stage">{stageText(live, message.citations.length)}</p>;
}
