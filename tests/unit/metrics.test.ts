import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createMetrics, type Reading } from '../../backend/http/probes.ts';

describe('the metrics', () => {
  let server: Server;
  afterEach(() => server.close());

  async function read(...readings: Reading[]): Promise<string> {
    server = express().use(createMetrics(readings)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  }

  it('hold what is read at that moment, and go on without what cannot be', async () => {
    let value = 2;
    const alarms = { name: 'alarms', help: 'of a test', read: async () => value++ };
    const broken = {
      ...{ name: 'broken', help: 'of a test' },
      read: () => Promise.reject(new Error('the database is away')),
    };
    const text = await read(alarms, broken);
    expect(text).toMatch(/^alarms 2$/m);
    expect(text).toMatch(/^broken Nan$/im);
    expect(text).toContain('process_cpu_seconds_total');
  });
});
