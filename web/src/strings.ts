import { accountStrings } from './strings/account-strings.ts';
import { adminBillingStrings } from './strings/admin-billing-strings.ts';
import { adminStrings } from './strings/admin-strings.ts';
import { answerStrings } from './strings/answer-strings.ts';
import { billingStrings } from './strings/billing-strings.ts';
import { booksStrings } from './strings/books-strings.ts';
import { conversationStrings } from './strings/conversation-strings.ts';
import { documentsStrings } from './strings/documents-strings.ts';
import { jobsStrings } from './strings/jobs-strings.ts';
import { libraryStrings } from './strings/library-strings.ts';
import { profileStrings } from './strings/profile-strings.ts';
import { rechargeStrings } from './strings/recharge-strings.ts';
import { shellStrings } from './strings/shell-strings.ts';
import { vectorSpacesStrings } from './strings/vector-spaces-strings.ts';

/** Every sentence a person reads on the page, zh-CN, one file an area in strings/. */
export const strings = {
  ...shellStrings,
  ...conversationStrings,
  ...answerStrings,
  ...libraryStrings,
  ...accountStrings,
  ...profileStrings,
  ...billingStrings,
  ...rechargeStrings,
  ...adminStrings,
  ...adminBillingStrings,
  ...booksStrings,
  ...documentsStrings,
  ...jobsStrings,
  ...vectorSpacesStrings,
} as const;
