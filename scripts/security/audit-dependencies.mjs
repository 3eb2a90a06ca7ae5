/**
 * `npm run audit:dependencies`: known faults in what is installed for the running program. Some registries keep no
 * advisories; then nothing was checked, which is said in so many words, and with REQUIRE_AUDIT=1 fails.
 */
import { spawnSync } from 'node:child_process';
import { root } from '../prepare.mjs';

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
});

function parsed() {
  try {
    return JSON.parse(stdout);
  } catch {
    return { message: stderr.trim().split('\n').at(-1) };
  }
}

const report = parsed();
const counts = report.metadata?.vulnerabilities;
if (!counts) {
  console.error(
    `!! NOT CHECKED: the registry gives no advisories (${report.message ?? 'no reply'}).`,
  );
  console.error(
    '!! Run `npm run audit:dependencies` once against https://registry.npmjs.org before a release.',
  );
  process.exitCode = process.env.REQUIRE_AUDIT === '1' ? 1 : 0;
} else {
  for (const [name, { severity, via }] of Object.entries(report.vulnerabilities)) {
    const reasons = via.map((each) => each.title ?? each).join('; ');
    console.log(`${severity}: ${name}: ${reasons}`);
  }
  console.log(
    `${counts.critical} critical, ${counts.high} high, ${counts.moderate} moderate, ${counts.low} low`,
  );
  process.exitCode = counts.critical + counts.high > 0 ? 1 : 0;
}
