import { useId } from 'react';
import type { Feedback, Message } from '../api/types.ts';
import { textIn, useSubmit } from '../form/use-submit.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { FormDialog } from '../profile/form-dialog.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

const words = strings.rating;
const LIMIT = 1000;

interface RatingDialogProps {
  message: Message;
  rating: Feedback['rating'];
  onClose(): void;
}

/** The rating itself is already given; this is for those who want to say why. */
export function RatingDialog({ message, rating, onClose }: RatingDialogProps) {
  const { conversations } = useServices();
  const announce = useAnnounce();
  const id = useId();
  const submitting = useSubmit(async (data) => {
    await conversations.rate(message, { rating, comment: textIn(data, 'comment') || null });
    announce(strings.actions.rated);
    onClose();
  });
  return (
    <FormDialog
      title={words.title}
      lead={words.lead[rating]}
      submit={words.submit}
      fields={['comment']}
      submitting={submitting}
      onClose={onClose}
    >
      <div className="field">
        <label htmlFor={id}>{words.field}</label>
        <textarea
          id={id}
          name="comment"
          rows={4}
          maxLength={LIMIT}
          data-first
          defaultValue={message.feedback?.comment ?? ''}
        />
      </div>
    </FormDialog>
  );
}
