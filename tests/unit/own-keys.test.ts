import { lintSource } from '@secretlint/core';
import { ownKeys } from '../../scripts/security/own-keys.mjs';

const found = async (content: string) => {
  const { messages } = await lintSource({
    source: { filePath: '/settings.env', content, ext: '.env', contentType: 'text' },
    options: { config: { rules: [{ id: 'own-keys', rule: ownKeys }] } },
  });
  return messages.map(({ message }) => message);
};

// Put together here, or the scan would find them in this file.
const hex = '0123456789abcdef'.repeat(2);
const long = 'Abc123_-'.repeat(6);

describe('the scan for secrets', () => {
  it.each([
    [`sk-${hex}`, 'found a key of DeepSeek'],
    [`WECHAT_MINI_SECRET=${hex}`, 'found a secret of WeChat'],
    [`WECHAT_PAY_API_V3_KEY: '${hex}'`, 'found a secret of WeChat'],
    [`JWT_SECRET=${long}`, 'found a secret of the service'],
    [`ENCRYPTION_KEY: "${long}="`, 'found a secret of the service'],
    [`aws_access_key_id = AKIA${'ABCD2345'.repeat(2)}`, 'found an access key of AWS'],
    [`-----BEGIN ${'PRIVATE KEY'}-----\n${hex}`, 'found a private key'],
    [`"-----BEGIN RSA ${'PRIVATE KEY'}-----\\n${hex}`, 'found a private key'],
  ])('finds %s', async (line, message) => {
    expect(await found(`PORT=3000\n${line}\n`)).toEqual([message]);
  });

  it.each([
    ['DEEPSEEK_API_KEY=sk-…'],
    ['JWT_SECRET=a secret of the benchmark, long enough'],
    ['WECHAT_MINI_SECRET=$WECHAT_MINI_SECRET'],
    [`begins with -----BEGIN ${'PRIVATE KEY'}----- and ends with -----END`],
  ])('leaves %s alone', async (line) => {
    expect(await found(line)).toEqual([]);
  });
});
