import { randomBytes } from 'node:crypto';
import type { RegistrationService } from '../accounts/registration-service.ts';

export interface FirstAdmin {
  email: string;
  /** Only when it was made up just now: shown once, stored nowhere. */
  password: string | undefined;
}

const DEFAULT_EMAIL = 'admin@guoxue.local';

/** Makes the first admin on the first start; later starts only say who it is. */
export async function ensureFirstAdmin(
  wanted: { email: string; password: string } | undefined,
  accounts: Pick<RegistrationService, 'ensureAdmin' | 'firstAdmin'>,
): Promise<FirstAdmin> {
  const password = wanted?.password ?? randomBytes(12).toString('base64url');
  const made = await accounts.ensureAdmin(wanted?.email ?? DEFAULT_EMAIL, password);
  const admin = made ?? (await accounts.firstAdmin());
  return { email: admin?.email ?? '', password: made && !wanted ? password : undefined };
}
