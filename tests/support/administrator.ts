import { z } from 'zod';
import * as contract from './contract-schemas.ts';
import { asLearner, type Learner, PASSWORD, visit } from './service-client.ts';

/** What a service is started with to have an administrator whose password is known. */
export const WITH_ADMIN = { ADMIN_EMAIL: 'admin@example.org', ADMIN_PASSWORD: PASSWORD };

export async function logIn(url: string, email: string | null): Promise<Learner> {
  const body = { email, password: PASSWORD };
  const reply = await visit(url).post('/api/auth/email-login', body);
  return asLearner(url, reply.data(contract.login));
}

export const asAdmin = (url: string) => logIn(url, WITH_ADMIN.ADMIN_EMAIL);

const time = z.iso.datetime();

/** What the HTTP contract promises an administrator. */
export const administeredUser = contract.user.extend({
  planUntil: time.nullable(),
  disabled: z.boolean(),
  closesAt: time.nullable(),
  lastLoginAt: time.nullable(),
});

export const auditRecord = z.object({
  id: z.guid(),
  at: time,
  actorId: z.guid().nullable(),
  actorName: z.string().nullable(),
  action: z.string(),
  targetType: z.string(),
  targetId: z.string(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
});
export type AuditRecord = z.infer<typeof auditRecord>;

export async function auditOf(admin: Learner, query: string): Promise<AuditRecord[]> {
  const reply = await admin.get(`/api/admin/audit-log?limit=100&${query}`);
  return reply.data(contract.pageOf(auditRecord)).items;
}
