import { ApiError } from '../api/api-error.ts';

/** What the server says about one field. */
export function faultOf(error: unknown, name: string): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.details.find(({ path }) => path === name)?.message ?? null;
}

/** What it says about anything the form has no field for. */
export function otherFaults(error: unknown, fields: readonly string[]): string[] {
  if (!(error instanceof ApiError)) return [];
  return error.details.filter(({ path }) => !fields.includes(path)).map(({ message }) => message);
}

/** A fault the page finds by itself, told as the server would. */
export function fieldFault(path: string, message: string): ApiError {
  return new ApiError({
    status: 400,
    slug: 'invalid_input',
    message,
    details: [{ path, message }],
  });
}
