import { spawnSync } from 'node:child_process';
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
  const promtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(promtoolPath, args, {
      ...{ cwd: prometheusFolder, encoding: 'utf8' },
    });
    return { status, said: stdout + stderr };
  };

  test('takes its configuration and the rules', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toMatchObject({ status: 0 });
  });

  test('raises each alert when it is to, and only then', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toEqual({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    });
  });
});
