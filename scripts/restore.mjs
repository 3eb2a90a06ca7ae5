/** `npm run restore -- <file>`: puts an archive of `npm run backup` back. `--help` says more. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildServer, installDependencies, root } from './prepare.mjs';

installDependencies();
buildServer();
await import(pathToFileURL(path.join(root, 'dist/server/backend/restore.js')).href);
