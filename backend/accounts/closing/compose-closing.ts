import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { PasswordService } from '../passwords/password-service.ts';
import { createAccountExport, type ExportSection, type ExportStores } from './account-export.ts';
import { type ClosingStores, createAccountClosing } from './closing-service.ts';
import { createErasure, type ErasureStores } from './erasure.ts';

export type LeavingStores = ClosingStores & ErasureStores & ExportStores;

/** What people need who leave, and what they take with them. */
export interface ClosingParts {
  stores: LeavingStores;
  transact: Transact<LeavingStores>;
  closingDays: number;
  confirmPassword: PasswordService['confirm'];
  /** What the other rooms keep of somebody, by the name it has in an export. */
  exportSections: Record<string, ExportSection>;
  sendMails(): void;
  /** Stops whatever is being written for somebody. */
  stopAnswers(userId: string): Promise<void>;
  logger: Logger;
}

export function composeClosing(parts: ClosingParts) {
  return {
    closing: createAccountClosing(parts),
    erasure: createErasure(parts),
    dataExport: createAccountExport(parts.stores, parts.exportSections),
  };
}
