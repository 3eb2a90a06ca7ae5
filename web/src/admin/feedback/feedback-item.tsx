import { beijingTime } from '../../billing/beijing-time.ts';
import { useAction } from '../../form/use-action.ts';
import { RowButton } from '../../profile/profile-section.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { ReaderFeedback } from '../admin-types.ts';

const words = strings.adminFeedback;

interface FeedbackItemProps {
  item: ReaderFeedback;
  onChanged(item: ReaderFeedback): void;
}

/** What a reader said of an answer, with the answer at hand. */
export function FeedbackItem({ item, onChanged }: FeedbackItemProps) {
  const { client } = useServices();
  const { busy, run } = useAction();
  const { message, rating, comment, question, user, updatedAt, handledAt } = item;
  const handled = handledAt !== null;
  const toggle = () =>
    run(async () => {
      const options = { method: 'PUT', body: { handled: !handled } } as const;
      onChanged(await client.call<ReaderFeedback>(`/api/admin/feedback/${message.id}`, options));
    });
  const when = [words.by(user.nickname), words.at(beijingTime(updatedAt))];
  return (
    <li className="entry feedback-entry">
      <div className="entry-text">
        <p>
          <span className={rating === 'down' ? 'tag tag-bad' : 'tag'}>{words.ratings[rating]}</span>
          {handled && <span className="tag tag-good">{words.states.true}</span>}
          <span className={comment ? 'feedback-comment' : 'fine-print'}>
            {comment ?? words.noComment}
          </span>
        </p>
        {question && (
          <p className="entry-line">
            <span className="fine-print">{words.question}</span> {question}
          </p>
        )}
        <details>
          <summary className="fine-print">{words.showAnswer}</summary>
          <p className="feedback-answer">{message.content}</p>
        </details>
        <p className="fine-print">
          {[...when, ...(handledAt ? [words.handledAt(beijingTime(handledAt))] : [])].join(' · ')}
        </p>
      </div>
      <RowButton
        text={handled ? words.reopen : words.handle}
        label={`${handled ? words.reopen : words.handle}：${comment ?? question ?? ''}`}
        busy={busy}
        onClick={() => void toggle()}
      />
    </li>
  );
}
