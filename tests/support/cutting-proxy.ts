import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A stretch of network on which every connection breaks after so many bytes from the server. */
export interface CuttingProxy {
  readonly port: number;
  /** For connections from now on. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

export async function openCuttingProxy(target: {
  host: string;
  port: number;
}): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let allowance = Number.POSITIVE_INFINITY;
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((incoming) => {
    track(incoming);
    const outgoing = track(connect(target));
    let left = allowance;
    incoming.pipe(outgoing);
    outgoing.on('data', (bytes: Buffer) => {
      const passed = bytes.subarray(0, Math.max(0, left));
      left -= bytes.length;
      // What was let through arrives; then the line is dead for both.
      incoming.write(passed, () => left <= 0 && incoming.end());
      if (left <= 0) outgoing.destroy();
    });
    incoming.once('close', () => outgoing.destroy());
    outgoing.once('close', () => incoming.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter(bytes) {
      allowance = bytes;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
