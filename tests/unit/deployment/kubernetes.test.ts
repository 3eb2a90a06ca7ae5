import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readConfig, settingNames } from '../../../backend/config.ts';
import { ROOT } from '../../support/compose-file.ts';
import { describeWith, kubectlPath } from '../../support/services.ts';

const OVERLAY = path.join(ROOT, 'deploy/kubernetes/overlays/example');
const CHECKED = path.join(ROOT, 'dist/kubernetes-check');

const container = z.object({
  name: z.string(),
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  resources: z.object({ limits: z.object({ memory: z.string() }) }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
  }),
});
const podSpec = z.object({
  securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.literal(1000) }),
  terminationGracePeriodSeconds: z.number().optional(),
  containers: z.array(container).length(1),
});
const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.record(z.string(), z.unknown()).optional(),
});
type Manifest = z.infer<typeof manifest>;

function render(folder: string): Manifest[] {
  const { stdout, stderr } = spawnSync(kubectlPath, ['kustomize', folder], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return parseAllDocuments(stdout).map((document) => manifest.parse(document.toJS()));
}

/**
 * The types that are generated from Kubernetes' own OpenAPI description, applied by the compiler: a
 * field that does not exist, is lacking, or holds something else is an error.
 */
function faultsOf(manifests: readonly Manifest[]): string {
  const typed = manifests.map((each, index) => {
    const [group = '', version] = each.apiVersion.includes('/')
      ? each.apiVersion.split('/')
      : ['core', each.apiVersion];
    const module = `kubernetes-types/${group.replace('.k8s.io', '')}/${version}`;
    return [
      `import type { ${each.kind} as Kind${index} } from '${module}';`,
      `export const manifest${index}: Kind${index} = ${JSON.stringify(each, null, 2)};`,
    ].join('\n');
  });
  mkdirSync(CHECKED, { recursive: true });
  writeFileSync(path.join(CHECKED, 'manifests.ts'), typed.join('\n'));
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, types: [] };
  const modules = { module: 'esnext', moduleResolution: 'bundler', target: 'esnext' };
  const settings = { compilerOptions: { ...compilerOptions, ...modules }, include: ['*.ts'] };
  writeFileSync(path.join(CHECKED, 'tsconfig.json'), JSON.stringify(settings));
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [compiler, '-p', CHECKED], { encoding: 'utf8' }).stdout;
}

const policySpec = z.looseObject({
  podSelector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }),
  ingress: z.array(z.looseObject({ ports: z.array(z.object({ port: z.number() })) })).optional(),
});
type Policy = z.infer<typeof policySpec>;

const podOf = ({ spec }: Manifest) =>
  z.object({ template: z.object({ spec: podSpec }) }).safeParse(spec).data?.template.spec;

describeWith('kubectl', 'the Kubernetes manifests', () => {
  let manifests: Manifest[];
  const named = (kind: string, name: string) =>
    manifests.find((each) => each.kind === kind && each.metadata.name.startsWith(name));
  const policies = () =>
    manifests
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .map(({ spec }) => policySpec.parse(spec));
  beforeAll(() => {
    manifests = render(OVERLAY);
  });
  afterAll(() => rm(CHECKED, { recursive: true, force: true }));

  test('are what Kubernetes knows', () => {
    expect(faultsOf(manifests)).toBe('');
  });

  test('of what it does not know the compiler tells', () => {
    const api = JSON.stringify(named('Deployment', 'api'));
    const wrong = [api.replace('livenessProbe', 'livenesProbe'), api.replace('3000', '"3000"')];
    const said = faultsOf(wrong.map((each) => manifest.parse(JSON.parse(each))));
    expect(said).toContain('livenesProbe');
    expect(said).toContain("Type 'string' is not assignable to type 'number'");
  });

  test('run one image, unprivileged, on a tree that cannot be written', () => {
    const started = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
    expect(started.map(({ metadata }) => metadata.name).sort()).toEqual(
      ['api', 'migrate', 'scheduler', 'worker'].sort(),
    );
    for (const each of started) {
      expect(podOf(each)?.containers[0]?.image).toBe('registry.example.cn/guoxue-tutor:0.1.0');
    }
  });

  test('give the program settings that it knows, and as long to end as they say', () => {
    const settings = named('ConfigMap', 'guoxue-settings')?.data ?? {};
    expect(Object.keys(settings).filter((name) => !settingNames.includes(name))).toEqual([]);
    const secret = {
      ...{ DATABASE_URL: 'postgres://u:p@db/guoxue', REDIS_URL: 'rediss://cache' },
      ...{ JWT_SECRET: 'a secret of at least 32 characters', ADMIN_PASSWORD: '学而时习之 2500' },
    };
    for (const role of ['api', 'worker', 'scheduler']) {
      const pod = podOf(named('Deployment', role) as Manifest);
      const own = pod?.containers[0]?.env.map(({ name, value }) => [name, value]) ?? [];
      const config = readConfig({ ...settings, ...secret, ...Object.fromEntries(own) });
      expect(config).toMatchObject({ roles: [role], migrateAtStart: false, trustProxyHops: 1 });
      const { delayMs, timeoutMs } = config.drain;
      expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan((delayMs + timeoutMs) / 1000 + 15);
    }
  });

  test('name no pods of others by our own label', () => {
    for (const { ingress, egress } of policies()) {
      expect(JSON.stringify([ingress, egress])).not.toContain('app.kubernetes.io');
    }
  });

  const OURS = { 'app.kubernetes.io/name': 'guoxue-tutor' };
  test.each([
    ['the API', { ...OURS, 'app.kubernetes.io/component': 'api' }, [3000, 9464]],
    ['a worker', { ...OURS, 'app.kubernetes.io/component': 'worker' }, [9464]],
    ['Chroma', { 'app.kubernetes.io/name': 'chromadb' }, [8000, 9464]],
    ['the proof of the host', { 'acme.cert-manager.io/http01-solver': 'true' }, [8089, 9464]],
  ])('let %s be reached where it listens, and nowhere else', (_what, labels, ports) => {
    const wanted = ({ podSelector: { matchLabels = {} } }: Policy) =>
      Object.entries(matchLabels).every(
        ([key, value]) => new Map(Object.entries(labels)).get(key) === value,
      );
    const holding = policies().filter(wanted);
    expect(holding).toContainEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const rules = holding.flatMap(({ ingress = [] }) => ingress);
    expect(rules.flatMap((rule) => rule.ports.map(({ port }) => port)).sort()).toEqual(ports);
  });
});
