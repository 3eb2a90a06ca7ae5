import { AppError } from '../../errors.ts';

/** What can be bought. Never deleted: what is not sold any more is retired, and orders keep copies. */
export interface Package {
  id: string;
  title: string;
  tokens: number;
  amountFen: number;
  /** A plan that comes with it, for so many days; both or neither. */
  plan: 'vip' | null;
  planDays: number | null;
  /** Lower ones are shown first. */
  position: number;
  retiredAt: Date | null;
  createdAt: Date;
}

export type PackageOffer = Omit<Package, 'id' | 'retiredAt' | 'createdAt'>;

export type PackageChange = { [Key in keyof PackageOffer]?: PackageOffer[Key] | undefined } & {
  retired?: boolean | undefined;
};

export function requireWholePlan({ plan, planDays }: Pick<Package, 'plan' | 'planDays'>): void {
  if ((plan === null) === (planDays === null)) return;
  throw new AppError(400, 'invalid_input', '会员和会员天数要么都有，要么都没有。', {
    details: [{ path: 'planDays', message: '和 plan 要么都有，要么都没有' }],
  });
}
