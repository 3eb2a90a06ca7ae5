import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { eventually } from './eventually.ts';
import { nginxPath } from './services.ts';

export interface Balancer {
  url: string;
  close(): Promise<void>;
}

/**
 * nginx in front of some processes: it asks nobody whether he is ready, keeps connections, finds out that
 * a process has gone by being refused, and asks again what was asked under a key, as deploy/nginx does.
 */
export async function startPlainNginx(ports: readonly number[]): Promise<Balancer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-nginx-'));
  const port = await freePort();
  await writeFile(path.join(folder, 'nginx.conf'), configuration(folder, port, ports));
  const where = ['-e', 'stderr', '-p', folder, '-c', path.join(folder, 'nginx.conf')];
  const child = spawn(nginxPath, [...where, '-g', 'daemon off;'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const serves = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually('nginx passes requests on', serves).catch(async (error) => {
    await close();
    throw error;
  });
  return { url, close };
}

function configuration(folder: string, port: number, ports: readonly number[]): string {
  const servers = ports.map((each) => `server 127.0.0.1:${each} max_fails=0;`);
  return `
    pid ${folder}/nginx.pid;
    worker_processes 1;
    events { worker_connections 2048; }
    http {
      access_log off;
      client_body_temp_path ${folder};
      proxy_temp_path ${folder};
      fastcgi_temp_path ${folder};
      uwsgi_temp_path ${folder};
      scgi_temp_path ${folder};
      map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
      upstream api { ${servers.join(' ')} keepalive 64; }
      server {
        listen 127.0.0.1:${port};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_read_timeout 75s;
        proxy_connect_timeout 1s;
        proxy_next_upstream error timeout;
        error_page 418 = @repeatable;
        location / {
          if ($http_idempotency_key) { return 418; }
          proxy_pass http://api;
        }
        location @repeatable {
          proxy_pass http://api;
          proxy_next_upstream error timeout non_idempotent;
        }
      }
    }`;
}
