import { useId } from 'react';
import type { Passage } from '../api/types.ts';
import { textIn, useSubmit } from '../form/use-submit.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { FormDialog } from '../profile/form-dialog.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { sendReport } from './send-report.ts';

const words = strings.reader.report;
const LIMIT = 500;

/** Tells the keepers of the library what is wrong in a translation, a gist or a note. */
export function ReportDialog({ passage, onClose }: { passage: Passage; onClose(): void }) {
  const services = useServices();
  const announce = useAnnounce();
  const id = useId();
  const submitting = useSubmit(async (data) => {
    await sendReport(services, passage.id, textIn(data, 'comment'));
    announce(words.sent);
    onClose();
  });
  return (
    <FormDialog
      title={words.title}
      lead={words.lead}
      submit={words.submit}
      fields={['comment']}
      submitting={submitting}
      onClose={onClose}
    >
      <div className="field">
        <label htmlFor={id}>{words.field}</label>
        <textarea id={id} name="comment" rows={4} maxLength={LIMIT} required data-first />
      </div>
    </FormDialog>
  );
}
