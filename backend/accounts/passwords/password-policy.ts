import { AppError } from '../../errors.ts';

/** Placeholder signature; completed with the list of common passwords. */
export function requireGoodPassword(password: string, _personal: readonly string[]): void {
  if ([...password.normalize('NFKC')].length < 8) {
    throw new AppError(400, 'invalid_input', '密码至少 8 位。', {
      details: [{ path: 'password', message: '密码至少 8 位' }],
    });
  }
}
