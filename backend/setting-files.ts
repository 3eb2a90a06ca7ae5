import { readFileSync } from 'node:fs';

type Settings = Record<string, string | undefined>;

/**
 * Sites hand secrets over as files: `JWT_SECRET_FILE` names the one that holds `JWT_SECRET`. Line
 * breaks at its end are not part of it, and a blank file leaves the setting out, as a blank value does.
 */
export function readSettingFiles(
  given: Settings,
  names: readonly string[],
): { settings: Settings; faults: string[] } {
  const settings = { ...given };
  const faults: string[] = [];
  for (const name of names) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined) faults.push(`${name}_FILE: cannot stand beside ${name}`);
    try {
      const text = readFileSync(file, 'utf8').trimEnd();
      settings[name] = text === '' ? undefined : text;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      faults.push(`${name}_FILE: cannot be read (${reason})`);
    }
  }
  return { settings, faults };
}
