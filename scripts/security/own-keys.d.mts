import type { SecretLintRuleCreator } from '@secretlint/types';

export const ownKeys: SecretLintRuleCreator;
