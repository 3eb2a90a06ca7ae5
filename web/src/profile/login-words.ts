import { strings } from '../strings.ts';

const words = strings.loginLog;

/** What the server may call a login by; one that this page does not know yet still gets a name. */
export function methodName(method: string): string {
  return (words.method as Record<string, string>)[method] ?? words.otherMethod;
}

export function resultName(result: string): string {
  return (words.result as Record<string, string>)[result] ?? words.otherResult;
}
