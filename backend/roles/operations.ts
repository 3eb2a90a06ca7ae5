import express from 'express';
import { failureHandler, notFound } from '../http/failure-handler.ts';
import { createLeavableServer } from '../http/leavable-server.ts';
import type { Readiness } from '../http/probes.ts';
import { createProbes } from '../http/probes.ts';
import { requestContext } from '../http/request-context.ts';
import { createReadiness } from './readiness.ts';
import type { Role, RoleParts } from './role.ts';

/**
 * `/metrics`, `/health` and `/ready` on a port of their own (METRICS_PORT), for processes that serve no
 * HTTP, and where Prometheus is to come by another way than learners.
 */
export async function startOperations(
  parts: RoleParts & { port: number },
): Promise<Role & { port: number }> {
  const { config, platform, logger, port } = parts;
  let stopping = false;
  const app = express();
  app.disable('x-powered-by');
  const { metrics, tracing } = platform.observation;
  const readiness = createReadiness(parts);
  const isReady = config.roles.includes('api') ? undefined : canWork;
  app.use(
    requestContext(logger, tracing),
    createProbes({ readiness, leaving: () => stopping, metrics, isReady }),
    notFound,
    failureHandler(logger),
  );
  const leavable = createLeavableServer(app);
  await leavable.listen(port, config.host);
  const address = leavable.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    retire() {
      stopping = true;
    },
    stop: () => leavable.close(),
  };
}

/** Who only works holds no library and can do without the rest for a while. */
function canWork({ database, schema }: Readiness): boolean {
  return database === 'up' && schema === 'fits';
}
