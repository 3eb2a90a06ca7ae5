import type { Message } from '../api/types.ts';
import { AnswerReceipt } from '../billing/answer-receipt.tsx';
import { strings } from '../strings.ts';
import { AnswerMarkdown } from './answer-markdown.tsx';
import { stageText } from './answer-stage.ts';
import { CitationList } from './citation-list.tsx';
import type { Failure, LiveAnswer } from './conversation-state.ts';
import { FailedAnswer } from './failed-answer.tsx';
import { QuoteReport } from './quote-report.tsx';

const words = strings.conversation;

interface AnswerViewProps {
  message: Message;
  live: LiveAnswer | null;
  failure: Failure | null;
  onRetry(): void;
}

export function AnswerView({ message, live, failure, onRetry }: AnswerViewProps) {
  const written = message.content !== '';
  return (
    <article className="answer" aria-label={words.answer} aria-busy={live !== null}>
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
        {written && <AnswerMarkdown message={message} />}
        {live && <Stage live={live} message={message} />}
        {message.status === 'stopped' && <p className="fine-print">{words.stopped}</p>}
        {message.status === 'failed' && <FailedAnswer failure={failure} onRetry={onRetry} />}
        {live === null && written && <AnswerFoot message={message} />}
      </div>
    </article>
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
  if (live.stage === 'writing' && !live.reconnecting) {
    return <span className="brush" aria-hidden="true" />;
  }
  return <p className="stage">{stageText(live, message.citations.length)}</p>;
}
