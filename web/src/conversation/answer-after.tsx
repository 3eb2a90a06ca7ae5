import type { Message } from '../api/types.ts';
import { useConvert } from '../script/use-convert.ts';
import { strings } from '../strings.ts';

const words = strings.after;

interface AnswerAfterProps {
  message: Message;
  onAsk(content: string): void;
}

/** What suggests itself once the newest answer is there. */
export function AnswerAfter({ message, onAsk }: AnswerAfterProps) {
  const convert = useConvert();
  const { truncated } = message;
  // What is pressed is what is asked.
  const followUps = message.followUps.map(convert);
  if (!truncated && followUps.length === 0) return null;
  return (
    <div className="answer-after">
      {truncated && (
        <p className="answer-truncated">
          <span>{words.truncated}</span>
          <button type="button" className="button button-small" onClick={() => onAsk(words.goOn)}>
            {words.goOn}
          </button>
        </p>
      )}
      {followUps.length > 0 && (
        <section className="follow-ups" aria-label={words.followUps}>
          <ul>
            {followUps.map((question) => (
              <li key={question}>
                <button type="button" onClick={() => onAsk(question)}>
                  {question}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
