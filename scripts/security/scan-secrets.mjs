/**
 * `npm run scan:secrets [-- --history]`: looks for keys and passwords in every tracked file, and with
 * `--history` in every version of every file that any commit ever held. Ends with 1 when it finds one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import { root } from '../prepare.mjs';
import { ownKeys } from './own-keys.mjs';

const LARGEST = 2 * 1024 * 1024;
/** Made up for tests; nothing outside them trusts these. */
const KNOWN = {
  'tests/support/wechat-pay-certificates.ts': [
    '@secretlint/secretlint-rule-privatekey',
    'own-keys',
  ],
  'tests/unit/config.test.ts': ['@secretlint/secretlint-rule-database-connection-string'],
  'tests/unit/wechat-identity.test.ts': ['@secretlint/secretlint-rule-basicauth'],
};
/** Prose about passages, megabytes of it, whose every field is checked against a schema. */
const READINGS = /^corpus\/readings\//;
const config = {
  rules: [
    {
      id: '@secretlint/secretlint-rule-preset-recommend',
      rule: preset,
      rules: [
        {
          // The addresses of the servers that tests and the development set-up start for themselves.
          id: '@secretlint/secretlint-rule-database-connection-string',
          options: { allows: ['/@(127\\.0\\.0\\.1|localhost|postgres|redis)[:/]/', '/\\$\\{/'] },
        },
      ],
    },
    { id: 'own-keys', rule: ownKeys },
  ],
};

function git(args, input) {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: root,
    input,
    maxBuffer: 2 ** 31 - 1,
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const listed = (args) => git(args).toString().split('\0').filter(Boolean);

/** Files as they are now: tracked, and those that would be. */
function* present() {
  for (const name of listed(['ls-files', '-z', '--cached', '--others', '--exclude-standard'])) {
    const file = path.join(root, name);
    if (existsSync(file)) yield { name, bytes: readFileSync(file) };
  }
}

/** Every version that git keeps, by one process for all of them. */
function* past() {
  const objects = git(['rev-list', '--all', '--objects', '--filter=object:type=blob'])
    .toString()
    .split('\n')
    .filter((line) => line.includes(' '));
  const names = new Map(objects.map((line) => [line.slice(0, 40), line.slice(41)]));
  const packed = git(['cat-file', '--batch'], [...names.keys()].join('\n'));
  for (let at = 0; at < packed.length; ) {
    const end = packed.indexOf(10, at);
    const [id = '', , size = '0'] = packed.subarray(at, end).toString().split(' ');
    const bytes = packed.subarray(end + 1, end + 1 + Number(size));
    yield { name: `${names.get(id)} (${id.slice(0, 10)})`, bytes };
    at = end + 2 + Number(size);
  }
}

async function findingsIn({ name, bytes }) {
  const filePath = name.replace(/ \([0-9a-f]{10}\)$/, '');
  if (bytes.length > LARGEST || bytes.includes(0) || READINGS.test(filePath)) return [];
  const { messages } = await lintSource({
    source: {
      filePath: path.join(root, filePath),
      content: bytes.toString('utf8'),
      contentType: 'text',
    },
    options: { config, maskSecrets: true },
  });
  return messages
    .filter(({ ruleId }) => !KNOWN[filePath]?.includes(ruleId))
    .map(({ loc, message }) => `${name}:${loc.start.line} ${message.replaceAll('*', '')}`);
}

const history = process.argv.includes('--history');
let files = 0;
const findings = [];
for (const source of history ? past() : present()) {
  files += 1;
  findings.push(...(await findingsIn(source)));
}
for (const finding of findings) console.error(finding);
console.log(
  `${files} ${history ? 'versions of files' : 'files'} looked through, ${findings.length} secrets found`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
