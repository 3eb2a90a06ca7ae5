import { addressGroup } from '../../http/caller.ts';
import type { AttemptKey, Attempts } from './attempts.ts';
import type { ThrottleLimit } from './throttle.ts';
import { createUnderWay } from './under-way.ts';

const LOCK = { firstLockSeconds: 5, longestLockSeconds: 15 * 60 };
const FROM_ONE_ADDRESS: ThrottleLimit = { free: 5, ...LOCK };
const FROM_ALL_ADDRESSES: ThrottleLimit = { free: 30, ...LOCK };
const OVER_ALL_ACCOUNTS: ThrottleLimit = {
  free: 200,
  firstLockSeconds: 5,
  longestLockSeconds: 2 * 60,
};

/** Somebody who says a password: for which account (as typed or its own), and from where. */
export interface Guess {
  account: string;
  address: string;
  /** The account was entered from there lately. */
  knownAddress: boolean;
}

/**
 * Slows the guessing of passwords down. Three counters: one account from one address (a person who
 * guesses), one account from anywhere (many machines that guess at one account), one address over all
 * accounts (one machine that tries a few passwords on many accounts).
 *
 * The last two could be turned against others: whoever keeps failing keeps the account locked, or
 * everybody behind the same address (a school, a mobile network). So neither holds, nor counts, where
 * the account was entered from in the last month: there only the first does, which nobody moves but by
 * failing at this very account from this very address. Who comes to an address for the first time is
 * like a stranger; for their sake the third is wide and its locks are short: two hundred wrong ones at
 * once, then some two hundred an hour, however many accounts they are spread over.
 *
 * What remains: at a new address, an owner under attack waits up to a quarter of an hour (or resets
 * the password, which opens the locks of the account), and up to two minutes at a time where somebody
 * behind that address never stops failing; and who shares the owner's usual address can lock the
 * account there, and may guess a dozen times an hour at each account known there. Unknown accounts are
 * counted and locked as those are that were never entered from the address, so that a lock says
 * nothing but that.
 */
export interface LoginThrottle {
  /** Looks at the password with `check` if it may be looked at, else says how many seconds to wait. */
  attempt(guess: Guess, check: () => Promise<boolean>): Promise<GuessOutcome>;
  /** Opens the locks of an account whose owner has proved to be it in another way. */
  open(account: string, address: string): Promise<void>;
}

export type GuessOutcome = { right: boolean } | { lockedSeconds: number };

/**
 * An attempt counts as failed while it is looked at, so that of a hundred at once no more than the
 * free ones are. People who know their passwords and come at the same moment (a class at its school,
 * one person's devices) must not lock each other out by that: whoever finds a lock waits for what is
 * under way and looks again, this often.
 */
const SECOND_LOOKS = 4;

export function createLoginThrottle(attempts: Attempts): LoginThrottle {
  const underWay = createUnderWay();

  async function once(guess: Guess, check: () => Promise<boolean>): Promise<GuessOutcome> {
    const lockedSeconds = await attempts.count(keysOf(guess));
    if (lockedSeconds !== undefined) return { lockedSeconds };
    const right = await check();
    if (right) {
      // The account's counters start anew, the address only gets this one attempt back.
      if (!guess.knownAddress) await attempts.pardon([overAll(guess)]);
      await attempts.clear([here(guess), everywhere(guess.account)]);
    }
    return { right };
  }

  return {
    async attempt(guess, check) {
      const names = keysOf(guess).map(({ parts }) => parts.join('\n'));
      for (let look = 0; ; look += 1) {
        const before = underWay.sharing(names);
        const outcome = await underWay.track(names, () => once(guess, check));
        if ('right' in outcome || look === SECOND_LOOKS) return outcome;
        const others = [...before, ...underWay.sharing(names)];
        if (others.length === 0) return outcome;
        await Promise.allSettled(others);
      }
    },
    open: (account, address) => attempts.clear([here({ account, address }), everywhere(account)]),
  };
}

function keysOf(guess: Guess): AttemptKey[] {
  if (guess.knownAddress) return [here(guess)];
  return [here(guess), overAll(guess), everywhere(guess.account)];
}

function here({ account, address }: Pick<Guess, 'account' | 'address'>): AttemptKey {
  return { parts: ['login', account, addressGroup(address)], limit: FROM_ONE_ADDRESS };
}

function everywhere(account: string): AttemptKey {
  return { parts: ['login', account], limit: FROM_ALL_ADDRESSES };
}

function overAll({ address }: Pick<Guess, 'address'>): AttemptKey {
  return { parts: ['logins from', addressGroup(address)], limit: OVER_ALL_ACCOUNTS };
}
