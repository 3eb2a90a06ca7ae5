import { strings } from '../strings.ts';
import { useOfflineTutor } from './use-offline-tutor.ts';

/** Says beforehand what kind of answer is to be expected without a model. */
export function OfflineNote() {
  if (!useOfflineTutor()) return null;
  return <p className="fine-print offline-note">{strings.composer.offline}</p>;
}
