import { Link } from 'wouter';
import { beijingTime } from '../../billing/beijing-time.ts';
import { useAction } from '../../form/use-action.ts';
import { RowButton } from '../../profile/profile-section.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { ReadingReport } from '../admin-types.ts';

const words = strings.readingReports;

interface ReadingReportItemProps {
  item: ReadingReport;
  onChanged(item: ReadingReport): void;
}

/** What a reader found wrong in what is said of a passage, with the passage at hand. */
export function ReadingReportItem({ item, onChanged }: ReadingReportItemProps) {
  const { client } = useServices();
  const { busy, run } = useAction();
  const { id, passageId, work, text, user, comment, createdAt, handledAt } = item;
  const handled = handledAt !== null;
  const toggle = () =>
    run(async () => {
      const options = { method: 'PUT', body: { handled: !handled } } as const;
      onChanged(await client.call<ReadingReport>(`/api/admin/reading-reports/${id}`, options));
    });
  const facts = [words.by(user.nickname), beijingTime(createdAt)];
  const button = handled ? words.reopen : words.handle;
  return (
    <li className="entry feedback-entry">
      <div className="entry-text">
        <p>
          {handled && <span className="tag tag-good">{words.handled}</span>}
          <span className="feedback-comment">{comment}</span>
        </p>
        <p className="entry-line">
          <Link href={`/library?read=${passageId}`} className="text-link">
            {`《${work}》${text === null ? words.gone : text.slice(0, 24)}`}
          </Link>
        </p>
        <p className="fine-print">
          {[...facts, ...(handledAt ? [words.handledAt(beijingTime(handledAt))] : [])].join(' · ')}
        </p>
      </div>
      <RowButton
        text={button}
        label={`${button}：${comment}`}
        busy={busy}
        onClick={() => void toggle()}
      />
    </li>
  );
}
