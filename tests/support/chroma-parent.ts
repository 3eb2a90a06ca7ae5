import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../backend/logger.ts';
import { startChromaServer } from '../../backend/platform/chroma/chroma-server.ts';

/** A program with a Chroma of its own that, told to stop, needs it for a little while yet. */
const server = await startChromaServer({
  dataDir: process.argv[2] ?? '',
  logger: createLogger('silent'),
});
process.once('SIGINT', async () => {
  await sleep(300);
  const { host, port } = server.address() ?? {};
  const { ok } = await fetch(`http://${host}:${port}/api/v2/heartbeat`);
  await server.close();
  console.log(JSON.stringify({ servedWhileDraining: ok }));
});
console.log(JSON.stringify({ pid: server.pid(), ...server.address() }));
