import { z } from 'zod';

const verdict = z.enum(['pass', 'reject'], { error: 'must be pass or reject' }).default('pass');

/** Settings of the check of what is asked and answered. */
export const moderationEnvironment = {
  MODERATION: z.enum(['off', 'wechat'], { error: 'must be off or wechat' }).default('off'),
  MODERATION_REVIEW: verdict,
  MODERATION_UNCHECKED: verdict,
  MODERATION_UNAVAILABLE: verdict,
};

type ModerationSettings = z.output<z.ZodObject<typeof moderationEnvironment>>;

export function missingModerationSettings(
  given: Record<string, string | undefined>,
  require: (name: string, reason: string) => void,
): void {
  if (given.MODERATION !== 'wechat') return;
  require('WECHAT_MINI_APPID', 'when MODERATION=wechat');
  require('WECHAT_MINI_SECRET', 'when MODERATION=wechat');
}

/** What becomes of texts that are not clearly good or bad; undefined where none is checked. */
export function moderationOf(env: ModerationSettings) {
  if (env.MODERATION === 'off') return undefined;
  return {
    review: env.MODERATION_REVIEW,
    unchecked: env.MODERATION_UNCHECKED,
    unavailable: env.MODERATION_UNAVAILABLE,
  };
}
