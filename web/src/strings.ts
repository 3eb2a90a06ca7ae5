import { accountStrings } from './strings/account-strings.ts';
import { adminBillingStrings } from './strings/admin-billing-strings.ts';
import { adminStrings } from './strings/admin-strings.ts';
import { billingStrings } from './strings/billing-strings.ts';
import { conversationStrings } from './strings/conversation-strings.ts';
import { libraryStrings } from './strings/library-strings.ts';
import { profileStrings } from './strings/profile-strings.ts';
import { rechargeStrings } from './strings/recharge-strings.ts';
import { shellStrings } from './strings/shell-strings.ts';

/** Every sentence a person reads on the page, zh-CN, one file an area in strings/. */
export const strings = {
  ...shellStrings,
  ...conversationStrings,
  ...libraryStrings,
  ...accountStrings,
  ...profileStrings,
  ...billingStrings,
  ...rechargeStrings,
  ...adminStrings,
  ...adminBillingStrings,
} as const;
