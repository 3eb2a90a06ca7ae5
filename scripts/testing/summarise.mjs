import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const NOT_TESTED = /NOT TESTED.*$/s;

/** Says in the end what was tested and, loudly, what was not; whether all is well. */
export function summarise(runs, summaryFile) {
  const reports = runs.map(readReport);
  const tests = reports.flatMap((report) =>
    report.testResults.flatMap(({ assertionResults }) => assertionResults),
  );
  const count = (status) => tests.filter((test) => test.status === status).length;
  // A file that cannot even be loaded has no tests to fail, and is one failure.
  const broken = reports.reduce((sum, report) => sum + report.numRuntimeErrorTestSuites, 0);
  const failed = count('failed') + broken + reports.filter(({ missing }) => missing).length;
  const skipped = tests.filter(({ status }) => status === 'pending');

  const reasons = new Set(
    skipped.map(({ fullName }) => NOT_TESTED.exec(fullName)?.[0]).filter(Boolean),
  );
  for (const reason of reasons) console.error(`!! ${reason}`);
  for (const { fullName } of tests.filter(({ invocations }) => invocations > 1)) {
    console.error(`!! tried twice: ${fullName}`);
  }
  for (const { projects } of runs.filter(({ leftOpen }) => leftOpen)) {
    console.error(`!! ${projects.join(', ')}: something stayed open after the last test; find it`);
    console.error('   with: npm test -- <project> <file> --runInBand --detectOpenHandles');
  }
  for (const { projects } of runs.filter(({ workerKilled }) => workerKilled)) {
    console.error(
      `!! ${projects.join(', ')}: a worker was killed; if that comes again on a calm machine,`,
    );
    console.error(
      '   something stays open: npm test -- <project> <file> --runInBand --detectOpenHandles',
    );
  }
  const notTested = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  const line = `${count('passed')} passed, ${failed} failed${notTested}`;
  writeFileSync(summaryFile, `${line}\n`);
  console.log(line);
  return failed === 0 && runs.every(({ exitCode, leftOpen }) => exitCode === 0 && !leftOpen);
}

function readReport({ resultFile }) {
  if (existsSync(resultFile)) return JSON.parse(readFileSync(resultFile, 'utf8'));
  return { missing: true, testResults: [], numRuntimeErrorTestSuites: 0 };
}
