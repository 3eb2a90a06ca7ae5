/** Holds the arrows of docs/architecture.md; `npm run check` runs it. */
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import { writeImportSkeletons } from './arrows/import-skeletons.mjs';
import { rules } from './arrows/rules.mjs';
import { root } from './prepare.mjs';

const ROOMS = ['ai', 'backend', 'corpus', 'migrations', 'tasks', 'tests', 'web'];

const skeletons = path.join(root, 'dist/arrows');
const files = writeImportSkeletons(root, ROOMS, skeletons);
const { output } = await cruise(ROOMS, {
  baseDir: skeletons,
  validate: true,
  ruleSet: { forbidden: rules },
  doNotFollow: { path: 'node_modules' },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
});
const { summary, modules } = output;
const imports = modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
for (const { rule, from, to, cycle, comment } of summary.violations) {
  const end = cycle ? cycle.map(({ name }) => name).join(' → ') : to;
  const reason = comment ?? rules.find(({ name }) => name === rule.name).comment;
  console.error(`${rule.name}: ${from} → ${end}\n  ${reason}`.replaceAll('.mjs', ''));
}
console.log(
  `${files.length} files, ${imports} imports, ${summary.violations.length} refused arrows`,
);
process.exitCode = summary.violations.length > 0 ? 1 : 0;
