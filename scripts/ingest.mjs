/** `npm run ingest -- <path>`: puts texts into the library from the command line. `--help` says more. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildServer, installDependencies, root } from './prepare.mjs';

installDependencies();
buildServer();
const built = pathToFileURL(path.join(root, 'dist/server/backend/ingest/run-ingest.js')).href;
const { runIngest } = await import(built);
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
const { env: environment, stdin: input, stdout: output } = process;
const args = process.argv.slice(2);
const signal = interrupted.signal;
// Nothing that is still open is waited for.
process.exit(await runIngest(args, { environment, input, output, signal }));
