import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const DEPLOY = fileURLToPath(new URL('../../deploy', import.meta.url));

const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  panels: z.array(
    z.object({
      title: z.string(),
      datasource: z.object({ uid: z.string() }),
      targets: z.array(z.object({ expr: z.string() })),
    }),
  ),
});

const alertsSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(['page', 'warn']) }),
          annotations: z.object({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

const datasourcesSchema = z.object({ datasources: z.array(z.object({ uid: z.string() })) });

const read = (...place: string[]) => readFileSync(path.join(DEPLOY, ...place), 'utf8');

export const prometheusFolder = path.join(DEPLOY, 'prometheus');

export const dashboards = readdirSync(path.join(DEPLOY, 'grafana/dashboards')).map((file) =>
  dashboardSchema.parse(JSON.parse(read('grafana/dashboards', file))),
);

export const alerts = alertsSchema
  .parse(parse(read('prometheus/alerts.yml')))
  .groups.flatMap(({ rules }) => rules);

export const { datasources } = datasourcesSchema.parse(
  parse(read('grafana/provisioning/datasources/prometheus.yml')),
);

export const runbook = readFileSync(path.join(DEPLOY, '../docs/runbook.md'), 'utf8');

/** What an operator looks at, and where. */
export const expressions = [
  ...alerts.map(({ alert, expr }) => ({ where: `alert ${alert}`, expr })),
  ...dashboards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      panel.targets.map(({ expr }) => ({ where: `${title}: ${panel.title}`, expr })),
    ),
  ),
];

const GROUPING = /\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** The metrics that an expression of PromQL names. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(GROUPING, ' ');
  const words = bare.matchAll(/[a-zA-Z_:][\w:]*(?!\w)(\s*\()?/g);
  return [...words].flatMap(([word, call]) => (call || KEYWORDS.has(word) ? [] : [word]));
}

export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The metrics that a process exposes, also those of which there is nothing to show at present. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
}

/** What a process exposes, in Prometheus's text. */
export function seriesIn(text: string): Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, label = '', said = '']) => [label, said])),
        value: Number(value),
      };
    });
}
