import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** From the machine, in place of the base image: read-only, and nothing of ours in it. */
const SYSTEM = ['/usr'];
const LINKS = ['bin', 'lib', 'lib64', 'sbin'];
const NETWORK = ['/etc/ssl', '/etc/hosts', '/etc/resolv.conf', '/etc/nsswitch.conf'];
const DEVICES = ['null', 'zero', 'random', 'urandom'];
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const OPEN_TO_ALL = 0o1777;

/** Whether this machine lets us have a root folder, a process table and mounts of our own. */
export function canConfine() {
  return spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;
}

/** An empty root folder with the users of the base image. */
export function layOutRoot(root) {
  for (const folder of ['etc', 'dev', 'proc', 'root', 'tmp', ...SYSTEM]) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  for (const link of LINKS) symlinkSync(`usr/${link}`, path.join(root, link));
  const people = 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n';
  writeFileSync(path.join(root, 'etc/passwd'), people);
  writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  spawnSync('chmod', [OPEN_TO_ALL.toString(8), path.join(root, 'tmp')]);
}

/**
 * A command as process 1 of a namespace of its own, in `root`. `given`: `cwd`, `environment`, `mounts`
 * (`[what, where]`), `user` (`id:id`; root when left out), `readOnly` (all but the mounts and /tmp).
 */
export function startConfined(root, command, given) {
  const { cwd, environment, mounts = [], user, readOnly = false } = given;
  const script = ['set -e', ...mounting(root, mounts, readOnly), 'exec "$@"'].join('\n');
  const identity = user ? unprivileged(user) : [];
  const inside = ['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', cwd, ...identity, ...command];
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  return spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', 'chroot', root, ...inside], {
    env: { PATH, HOME: user ? '/home/node' : '/root', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A further command beside a process that runs confined, as `docker exec` does it. */
export function runBeside(pid, command, environment, [uid, gid]) {
  const where = ['--target', String(pid), '--mount', '--pid', '--root', '--wd'];
  return spawnSync('nsenter', [...where, '--setuid', uid, '--setgid', gid, ...command], {
    env: { PATH, ...environment },
    encoding: 'utf8',
  });
}

function unprivileged(user) {
  const [uid, gid] = user.split(':');
  const none = ['--clear-groups', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  return ['setpriv', '--reuid', uid, '--regid', gid, ...none];
}

function mounting(root, mounts, readOnly) {
  const at = (place) => quoted(path.join(root, place));
  const bind = (what, where, options = '') => [
    ...(existsSync(path.join(root, where)) ? [] : [pointFor(what, at(where))]),
    `mount --bind ${quoted(what)} ${at(where)}`,
    ...(options ? [`mount -o remount,bind,${options} ${at(where)}`] : []),
  ];
  return [
    ...(readOnly ? [`mount --bind ${quoted(root)} ${quoted(root)}`] : []),
    ...[...SYSTEM, ...NETWORK]
      .filter((each) => existsSync(each))
      .flatMap((each) => bind(each, each, 'ro')),
    ...DEVICES.flatMap((device) => bind(`/dev/${device}`, `dev/${device}`)),
    `mount -t proc proc ${at('proc')}`,
    ...mounts.flatMap(([what, where]) => bind(what, where)),
    ...(readOnly
      ? [`mount -o remount,bind,ro ${quoted(root)}`, `mount -t tmpfs tmpfs ${at('tmp')}`]
      : []),
  ];
}

function pointFor(what, where) {
  return `if [ -d ${quoted(what)} ]; then mkdir -p ${where}; else mkdir -p "$(dirname ${where})" && touch ${where}; fi`;
}

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
