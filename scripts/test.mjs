/**
 * `npm test`: everything, or the named projects (`npm test -- unit contract`); every other argument
 * goes on to jest. What needs a service that is not to be had is skipped and said so at the end;
 * REQUIRE_SERVICES=1 makes that a failure.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildPage, buildServer, installDependencies, root } from './prepare.mjs';
import { runJest } from './testing/run-jest.mjs';
import { summarise } from './testing/summarise.mjs';

const STAGES = [
  { projects: ['unit', 'contract'], workers: 2 },
  // These start whole services with child processes: after the others, so that no deadline is missed.
  { projects: ['integration', 'e2e'], workers: 2 },
];
const PROJECTS = STAGES.flatMap(({ projects }) => projects);

const given = process.argv.slice(2);
const named = PROJECTS.filter((project) => given.includes(project));
const wanted = named.length > 0 ? named : PROJECTS;
const forJest = given.filter((argument) => !PROJECTS.includes(argument));

installDependencies();
if (wanted.includes('e2e')) {
  buildServer();
  buildPage();
}

const results = path.join(root, 'dist/test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const runs = [];
for (const { projects, workers } of STAGES) {
  const selected = projects.filter((project) => wanted.includes(project));
  if (selected.length === 0) continue;
  const resultFile = path.join(results, `${selected.join('-')}.json`);
  runs.push(await runJest({ root, projects: selected, workers, resultFile, args: forJest }));
}
process.exitCode = summarise(runs, path.join(results, 'summary')) ? 0 : 1;
