import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { layOutRoot, startConfined } from './confined.mjs';

/**
 * Performs the steps of each stage in a root folder of its own under `folder`; the last one, with its
 * `root`, `cwd`, `environment` and `user`. `mountFor` gives the place of a `RUN --mount`, if any.
 */
export async function performStages(stages, { folder, context, mountFor, say }) {
  const done = [];
  for (const [index, stage] of stages.entries()) {
    const state = open(stage, path.join(folder, `stage-${index}`), done);
    for (const step of stage.steps) {
      const started = Date.now();
      await perform(step, state, { done, context, mountFor });
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      if (step.keyword === 'RUN') say(`${seconds} s  ${step.command.replaceAll(/\s+/g, ' ')}`);
    }
    done.push(state);
  }
  return done.at(-1);
}

/** Empty, or as an earlier stage has left it. */
function open(stage, root, done) {
  const base = done.find(({ name }) => name === stage.image);
  if (base) link(base.root, root);
  else layOutRoot(root);
  const { cwd = '/', environment = {}, user } = base ?? {};
  return { ...stage, root, cwd, environment: { ...environment }, user };
}

async function perform(step, state, { done, context, mountFor }) {
  const { root } = state;
  switch (step.keyword) {
    case 'ENV':
      Object.assign(state.environment, step.environment);
      return;
    case 'WORKDIR':
      state.cwd = path.posix.resolve(state.cwd, step.value);
      mkdirSync(path.join(root, state.cwd), { recursive: true });
      return;
    case 'USER':
      state.user = step.value;
      return;
    case 'COPY': {
      const target = path.join(root, path.posix.resolve(state.cwd, step.target));
      const intoFolder = step.sources.length > 1 || step.target.endsWith('/');
      if (intoFolder) mkdirSync(target, { recursive: true });
      if (step.from === undefined) context.copy(step.sources, target, intoFolder);
      else copyFrom(done.find(({ name }) => name === step.from).root, step.sources, target);
      return;
    }
    case 'RUN':
      await run(step, state, mountFor);
  }
}

function copyFrom(root, sources, target) {
  for (const source of sources) link(path.join(root, source), target);
}

/** Links instead of copies: files are made and removed here, none is written into. */
function link(from, to) {
  const { status, stderr } = spawnSync('cp', ['-al', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${from} cannot be copied: ${stderr}`);
}

async function run({ command, mounts }, { root, cwd, environment, user }, mountFor) {
  const given = mounts.map((mount) => [mountFor(mount), mount.target]).filter(([what]) => what);
  const confined = { cwd, environment, user, mounts: given };
  const child = startConfined(root, ['sh', '-c', command], confined);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  await once(child, 'close');
  if (child.exitCode !== 0)
    throw new Error(`RUN ${command} ended with ${child.exitCode}:\n${said}`);
}
