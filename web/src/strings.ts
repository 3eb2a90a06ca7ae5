import { accountStrings } from './strings/account-strings.ts';
import { adminStrings } from './strings/admin-strings.ts';
import { conversationStrings } from './strings/conversation-strings.ts';
import { libraryStrings } from './strings/library-strings.ts';
import { profileStrings } from './strings/profile-strings.ts';
import { shellStrings } from './strings/shell-strings.ts';

/** Every sentence a person reads on the page, zh-CN, one file an area in strings/. */
export const strings = {
  ...shellStrings,
  ...conversationStrings,
  ...libraryStrings,
  ...accountStrings,
  ...profileStrings,
  ...adminStrings,
} as const;
