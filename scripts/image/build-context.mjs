import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import dockerignore from '@balena/dockerignore';

/** The files that a build may see: those of the working copy that `.dockerignore` lets through. */
export function openContext(root) {
  const ignored = dockerignore().add(readFileSync(path.join(root, '.dockerignore'), 'utf8'));
  // A folder is looked into even when it is ignored: something in it may be let through again.
  const seen = (file) => {
    const relative = path.relative(root, file);
    return relative === '' || statSync(file).isDirectory() || !ignored.ignores(relative);
  };
  return {
    /** As COPY does: what is in a folder goes into the target, a file into it or in its place. */
    copy(sources, target, intoFolder) {
      for (const source of sources) {
        const from = path.join(root, source);
        if (!existsSync(from)) throw new Error(`COPY ${source}: there is no such file`);
        const isFolder = statSync(from).isDirectory();
        if (!isFolder && ignored.ignores(source)) {
          throw new Error(`COPY ${source}: .dockerignore hides it`);
        }
        const to = intoFolder && !isFolder ? path.join(target, path.basename(source)) : target;
        cpSync(from, to, { recursive: true, filter: seen });
      }
    },
  };
}
