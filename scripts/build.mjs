/** `npm run build`: compiles the server and the page into `dist`. */
import { buildPage, buildServer } from './prepare.mjs';

buildServer();
buildPage();
