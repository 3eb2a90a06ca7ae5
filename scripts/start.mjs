import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPage, buildServer, installDependencies, root } from './prepare.mjs';

installDependencies();
buildServer();
buildPage();
// In this very process, so that signals reach the server and nothing stands in between.
await import(pathToFileURL(path.join(root, 'dist/server/backend/main.js')).href);
