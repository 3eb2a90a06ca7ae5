import { PageNav } from '../layout/page-nav.tsx';
import { strings } from '../strings.ts';

const PAGES = [
  ['/account', strings.profile.title],
  ['/account/balance', strings.balance.title],
  ['/account/recharge', strings.recharge.title],
] as const;

export function AccountNav() {
  return <PageNav label={strings.balance.nav} pages={PAGES} />;
}
