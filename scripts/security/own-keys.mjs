/**
 * A rule for the keys that this program is given: DeepSeek's, WeChat's and its own; and for halves of
 * others that the recommended rules let pass, an id without its secret, a key without its end.
 */
const KEYS = [
  [/\bsk-[0-9a-f]{32}\b/g, 'a key of DeepSeek'],
  [
    /\b\w*(?:SECRET|APP_KEY|API_V3_KEY|AES_KEY|PUSH_TOKEN)\s*[=:]\s*['"]?[0-9a-f]{32}\b/gi,
    'a secret of WeChat',
  ],
  [
    /\b(?:JWT_SECRET|ENCRYPTION_KEY)\s*[=:]\s*['"]?[A-Za-z0-9+/=_-]{43,}/g,
    'a secret of the service',
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, 'an access key of AWS'],
  // The header alone is named in tests and texts; with a line of a key behind it, it is one.
  [/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:\s|\\n)+[A-Za-z0-9+/=]{16}/g, 'a private key'],
];

export const ownKeys = {
  messages: { FOUND: { en: ({ what }) => `found ${what}` } },
  meta: {
    id: 'own-keys',
    type: 'scanner',
    recommended: true,
    supportedContentTypes: ['text'],
    docs: { url: 'scripts/security/own-keys.mjs' },
  },
  create(context) {
    const say = context.createTranslator(ownKeys.messages);
    return {
      file({ content }) {
        for (const [pattern, what] of KEYS) {
          for (const { index, 0: found } of content.matchAll(pattern)) {
            context.report({
              message: say('FOUND', { what }),
              range: [index, index + found.length],
            });
          }
        }
      },
    };
  },
};
