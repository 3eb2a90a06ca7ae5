/** `npm run backup -- <file>`: everything that cannot be made again, in one archive. `--help` says more. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildServer, installDependencies, root } from './prepare.mjs';

installDependencies();
buildServer();
await import(pathToFileURL(path.join(root, 'dist/server/backend/backup.js')).href);
