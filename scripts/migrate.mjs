/** `npm run migrate`: brings the schema of the configured database up to date. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildServer, installDependencies, root } from './prepare.mjs';

installDependencies();
buildServer();
await import(pathToFileURL(path.join(root, 'dist/server/backend/migrate.js')).href);
