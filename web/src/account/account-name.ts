import type { User } from '../api/types.ts';
import { strings } from '../strings.ts';

export function nameOf(user: User): string {
  if (user.role === 'guest') return strings.account.guest;
  return user.nickname || user.email?.split('@')[0] || strings.account.menu;
}

export function formatAmount(amount: number): string {
  return amount.toLocaleString('zh-CN');
}
