/** `npm run bench:answer`: what a user waits for, as a Markdown table. Takes about two minutes. */
import { register } from 'node:module';
import { buildPage, buildServer, installDependencies } from './prepare.mjs';

installDependencies();
buildServer();
buildPage();
register('../tests/support/typescript-hooks.mjs', import.meta.url);
await import('../tests/bench/answer.ts');
