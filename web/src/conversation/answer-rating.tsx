import { useState } from 'react';
import type { Feedback, Message } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { Icon } from '../layout/icon.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { RatingDialog } from './rating-dialog.tsx';

const words = strings.actions;
type Rating = Feedback['rating'];

/** Up or down, at once; a second press takes it back. Who says no is asked why, but need not say. */
export function AnswerRating({ message }: { message: Message }) {
  const { conversations } = useServices();
  const { busy, run, announce } = useAction();
  const [dialog, setDialog] = useState<Rating | null>(null);
  const given = message.feedback?.rating ?? null;
  const rate = (rating: Rating) =>
    run(async () => {
      await conversations.rate(message, given === rating ? null : { rating, comment: null });
      announce(given === rating ? words.unrated : words.rated);
      if (given !== rating && rating === 'down') setDialog(rating);
    });
  return (
    <>
      {(['up', 'down'] as const).map((rating) => (
        <button
          key={rating}
          type="button"
          className={`icon-button rate-${rating}`}
          aria-label={words[rating]}
          title={words[rating]}
          aria-pressed={given === rating}
          aria-disabled={busy}
          onClick={() => void rate(rating)}
        >
          <Icon name="thumb" />
        </button>
      ))}
      {given !== null && (
        <button type="button" className="text-button rate-words" onClick={() => setDialog(given)}>
          {message.feedback?.comment ? strings.rating.change : strings.rating.add}
        </button>
      )}
      {dialog && <RatingDialog message={message} rating={dialog} onClose={() => setDialog(null)} />}
    </>
  );
}
