import { readFileSync } from 'node:fs';
import path from 'node:path';
import { validate } from 'dockerfile-utils';
import { readStages } from '../../../scripts/image/read-stages.mjs';
import { ROOT } from '../../support/compose-file.ts';

const text = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8');
const faultsOf = (dockerfile: string) => validate(dockerfile).map(({ message }) => message);

test('the Dockerfile has no fault that a linter knows', () => {
  expect(faultsOf(text)).toEqual([]);
  expect(faultsOf(text.replace('WORKDIR /app', 'WORKDIR app\nMAINTAINER me'))).not.toEqual([]);
});

test('its stages are of one release of Node, and the last is started as nobody in particular', () => {
  const stages = readStages(text);
  const bases = stages.map(({ image }) => image).filter((image) => image.includes(':'));
  expect(new Set(bases).size).toBe(1);
  expect(bases[0]).toMatch(/\/node:20\.\d+\.\d+-bookworm-slim$/);
  const last = stages.at(-1);
  expect(last?.steps.find(({ keyword }) => keyword === 'USER')?.value).toBe('1000:1000');
  expect(last?.told.CMD?.[0]).toBe('node');
});

test('a step that the rehearsal cannot perform is refused', () => {
  expect(() => readStages('FROM node:20\nSHELL ["bash"]')).toThrow('SHELL cannot be rehearsed');
});
