/**
 * `npm test`: everything, or the named projects (`npm test -- unit contract`); arguments that begin with
 * a dash or name a file go on to jest. What needs a service that is not to be had is skipped and said
 * so at the end; REQUIRE_SERVICES=1 makes that a failure.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildPage, buildServer, installDependencies, root } from './prepare.mjs';

const PROJECTS = ['unit', 'contract', 'integration', 'e2e'];
/** These start whole services with child processes; side by side they would measure each other. */
const ONE_AT_A_TIME = new Set(['integration', 'e2e']);

const given = process.argv.slice(2);
const named = PROJECTS.filter((project) => given.includes(project));
const wanted = named.length > 0 ? named : PROJECTS;
const forJest = given.filter((argument) => !PROJECTS.includes(argument));

installDependencies();
if (wanted.includes('e2e')) {
  buildServer();
  buildPage();
}

function runJest(projects, workers) {
  if (projects.length === 0) return 0;
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const selection = [
    `--maxWorkers=${workers}`,
    '--passWithNoTests',
    '--selectProjects',
    ...projects,
  ];
  const files = forJest.length > 0 ? ['--', ...forJest] : [];
  const { status } = spawnSync(process.execPath, [...flags, jest, ...selection, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  return status ?? 1;
}

const statuses = [
  runJest(
    wanted.filter((project) => !ONE_AT_A_TIME.has(project)),
    2,
  ),
  runJest(
    wanted.filter((project) => ONE_AT_A_TIME.has(project)),
    1,
  ),
];
process.exit(Math.max(...statuses));
