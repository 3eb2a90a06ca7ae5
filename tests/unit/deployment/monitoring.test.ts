import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  alerts,
  dashboards,
  datasources,
  metricsIn,
  prometheusFolder,
  runbook,
} from '../../support/monitoring.ts';
import { describeWith, promtoolPath } from '../../support/services.ts';

const unique = (items: string[]) => [...new Set(items)];

test('every alert has its paragraph in the runbook, and the runbook no other', () => {
  const paragraphs = runbook.split(/^### /m).slice(1);
  const told = paragraphs.map((paragraph) => paragraph.split('\n', 1)[0] ?? '');
  expect(told.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  for (const paragraph of paragraphs) expect(paragraph.length).toBeGreaterThan(100);
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
  }
});

test('dashboards have names of their own and ask the data source that is provisioned', () => {
  const uids = dashboards.map(({ uid }) => uid);
  expect(unique(uids)).toEqual(uids);
  const asked = dashboards.flatMap(({ panels }) => panels.map(({ datasource }) => datasource.uid));
  expect(unique(asked)).toEqual(datasources.map(({ uid }) => uid));
});

test('the names of metrics are told from the words around them', () => {
  const expression = `histogram_quantile(0.95, sum by (le, route) (rate(a_seconds_bucket{x="b_total"}[5m])))
    / on (job) group_left () max(c_total) > 0.5 or vector(0)`;
  expect(metricsIn(expression)).toEqual(['a_seconds_bucket', 'c_total']);
});

describeWith('promtool', 'Prometheus', () => {
  const promtoolIn =
    (cwd: string) =>
    (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(promtoolPath, args, { cwd, encoding: 'utf8' });
      return { status, said: stdout + stderr };
    };
  const promtool = promtoolIn(prometheusFolder);

  test('takes its configuration and the rules', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toMatchObject({ status: 0 });
  });

  test('raises each alert when it is to, and only then', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toEqual({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    });
  });

  /** The alerts whose cases tell the rules from those that are changed like this. */
  function toldApart(change: (rules: string) => string): string[] {
    const folder = mkdtempSync(path.join(tmpdir(), 'guoxue-alerts-'));
    try {
      const at = (name: string) => path.join(prometheusFolder, name);
      writeFileSync(
        path.join(folder, 'alerts.yml'),
        change(readFileSync(at('alerts.yml'), 'utf8')),
      );
      copyFileSync(at('alerts.test.yml'), path.join(folder, 'alerts.test.yml'));
      const { said } = promtoolIn(folder)('test', 'rules', 'alerts.test.yml');
      return unique([...said.matchAll(/alertname: (\w+)/g)].map(([, name = '']) => name)).sort();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const named = (chosen: typeof alerts) => chosen.map(({ alert }) => alert).sort();

  test('the cases show of each alert that it is raised', () => {
    const never = (rules: string) =>
      rules.replaceAll(/expr: (>-\n( {10}.*\n)+|.*\n)/g, 'expr: vector(0) > 1\n');
    expect(toldApart(never)).toEqual(named(alerts));
  });

  test.each([
    ['at once', '0s'],
    ['an hour later', '1h'],
  ])('and of each that waits that it is not raised %s', (_when, duration) => {
    const waiting = named(alerts.filter((alert) => alert.for !== undefined));
    expect(toldApart((rules) => rules.replaceAll(/for: \w+/g, `for: ${duration}`))).toEqual(
      waiting,
    );
  });

  test('and of each that asks for a number as well that a share is not enough', () => {
    const share = (rules: string) => rules.replaceAll(/\n {10}and sum.*/g, '');
    expect(toldApart(share)).toEqual(['AnswersFail', 'RequestsFail']);
  });
});
