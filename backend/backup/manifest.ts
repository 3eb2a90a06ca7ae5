import { z } from 'zod';

/** Raised when an older program could no longer read what a newer one writes. */
export const FORMAT = 1;
export const MANIFEST = 'manifest.json';
/** What signs logins where no setting says so; see `readJwtSecret`. */
export const JWT_SECRET_PART = 'secrets/jwt-secret';

const part = z.object({
  name: z.string(),
  bytes: z.number().int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const table = part.extend({
  table: z.string(),
  columns: z.array(z.string()).min(1),
  rows: z.number().int(),
});

/** What is in an archive; its last part, since only then everything else is known. */
export const manifestSchema = z.object({
  format: z.literal(FORMAT),
  createdAt: z.iso.datetime(),
  /** On what it ran, for people. */
  from: z.object({ database: z.enum(['postgresql', 'embedded']), server: z.string() }),
  /** Names of the migrations that had been run. */
  schema: z.array(z.string()).min(1),
  tables: z.array(table),
  files: z.array(part),
  /** By what is kept sealed can be opened and logins be believed; tells secrets apart, reveals none. */
  secrets: z.object({ jwt: z.string().nullable(), encryption: z.string().nullable() }),
});

export type Part = z.infer<typeof part>;
export type TablePart = z.infer<typeof table>;
export type Manifest = z.infer<typeof manifestSchema>;
