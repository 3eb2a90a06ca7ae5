import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

type Environment = Record<string, string>;

/** As much of a Compose file as the tests look at. */
const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string().optional(),
      command: z.union([z.string(), z.array(z.string())]).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      secrets: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
      deploy: z.object({ replicas: z.coerce.number().optional() }).optional(),
    }),
  ),
  secrets: z.record(z.string(), z.object({ file: z.string() })).default({}),
});

/** A Compose file with its variables filled in: `${X}`, `${X:-default}`, `${X:?said when lacking}`. */
export function readComposeFile(name: string, variables: Environment = {}) {
  const text = readFileSync(`${ROOT}/${name}`, 'utf8').replace(/^\s*#.*$/gm, '');
  const filled = text.replaceAll(
    /(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, variable: string, kind: string | undefined, rest: string) => {
      const value = variables[variable];
      if (value) return value;
      if (kind === '-') return rest;
      throw new Error(`${name} needs ${variable}: ${rest}`);
    },
  );
  return composeFile.parse(parse(filled.replaceAll('$$', '$'), { merge: true }));
}
