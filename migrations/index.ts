import type { Knex } from 'knex';
import * as accounts from './0001-accounts.ts';
import * as billing from './0002-billing.ts';
import * as library from './0003-library.ts';
import * as conversation from './0004-conversation.ts';
import * as jobs from './0005-jobs.ts';
import * as identities from './0006-identities.ts';
import * as ledger from './0007-ledger.ts';
import * as conversationMemory from './0008-conversation-memory.ts';
import * as reconciliationAlarms from './0009-reconciliation-alarms.ts';
import * as documents from './0010-documents.ts';
import * as jobsAdministration from './0011-jobs.ts';
import * as vectorSpaces from './0012-vector-spaces.ts';
import * as introductions from './0013-introductions.ts';
import * as readingReports from './0014-reading-reports.ts';
import * as uploadedReadings from './0015-uploaded-readings.ts';
import * as uploadedNames from './0016-uploaded-names.ts';
import * as jobOrigins from './0017-job-origins.ts';

export interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
  /** Constraints that it makes anew to let in more than before, and nothing less. */
  widens?: readonly string[];
}

/**
 * Oldest first. A migration that has been released is never edited; a new one is added. It runs beside
 * programs that do not know it, so it only adds; one that takes away ends in `-after-NNNN`, the migration
 * since which no program needs that any more. See decision 20.
 */
export const migrations: Record<string, Migration> = {
  '0001-accounts': accounts,
  '0002-billing': billing,
  '0003-library': library,
  '0004-conversation': conversation,
  '0005-jobs': jobs,
  '0006-identities': identities,
  '0007-ledger': ledger,
  '0008-conversation-memory': conversationMemory,
  '0009-reconciliation-alarms': reconciliationAlarms,
  '0010-documents': documents,
  '0011-jobs': jobsAdministration,
  '0012-vector-spaces': vectorSpaces,
  '0013-introductions': introductions,
  '0014-reading-reports': readingReports,
  '0015-uploaded-readings': uploadedReadings,
  '0016-uploaded-names': uploadedNames,
  '0017-job-origins': jobOrigins,
};
