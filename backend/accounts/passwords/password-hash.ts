import { hash, verify } from '@node-rs/argon2';

/**
 * argon2id is the package's default; cost as OWASP's password storage sheet has it (19 MiB, 2, 1).
 * However many are asked for at once, the package works on libuv's pool, four at a time
 * (UV_THREADPOOL_SIZE), and takes the memory only then: some 80 MiB in all.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of 32 random bytes that nobody kept, at the same cost as any other. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$59QF9DLxH0tayoBYF57i/w$c54ZsI1/APM146qiSi//v9ojhnMpqb4r81rQ+toc3f4';

export type PasswordMatches = (stored: string | null, password: string) => Promise<boolean>;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST);
}

/**
 * Takes the same time whether there is a hash or not, so that an unknown address cannot be told
 * from a wrong password.
 */
export async function passwordMatches(
  stored: string | null,
  password: string,
  check: (hash: string, password: string) => Promise<boolean> = verify,
): Promise<boolean> {
  const matches = await check(stored ?? DECOY, password.normalize('NFKC'));
  return matches && stored !== null;
}
