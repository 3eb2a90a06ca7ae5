/** A connection to a listener, as far as its pace goes. */
export interface Line {
  /** Hands text over; `taken` is called when the network has it, or never will. */
  write(text: string, taken: () => void): void;
  /** Bytes handed over that the network has not taken yet. */
  waiting(): number;
  /** Breaks it off. */
  cut(): void;
}

export interface PacedLine {
  /** Resolves when the line may be given more: at once as long as its reader keeps up. */
  send(text: string): Promise<void>;
  idle(): boolean;
  /** Resolves when everything was taken, or never will be. */
  drained(): Promise<void>;
  /** The connection is gone: nobody waits for it any longer. */
  close(): void;
}

export interface Pace {
  /** So many bytes may wait before the sender does. */
  most: number;
  /** A reader who takes nothing for so long is cut off; otherwise he would hold his place for ever. */
  stallMs: number;
}

export function createPacedLine(line: Line, { most, stallMs }: Pace): PacedLine {
  /** Who may go on once no more than `most` bytes wait, and who once nothing does. */
  const senders: (() => void)[] = [];
  const leavers: (() => void)[] = [];
  let closed = false;
  let progressAt = Date.now();
  let watch: NodeJS.Timeout | undefined;

  function release(): void {
    const waiting = closed ? 0 : line.waiting();
    const ready = waiting <= most ? senders.splice(0) : [];
    if (waiting === 0) ready.push(...leavers.splice(0));
    for (const goOn of ready) goOn();
  }

  function check(): void {
    watch = undefined;
    if (closed || line.waiting() === 0) return;
    const quiet = Date.now() - progressAt;
    if (quiet >= stallMs) line.cut();
    else watchFor(stallMs - quiet);
  }

  function watchFor(milliseconds: number): void {
    watch ??= setTimeout(check, milliseconds).unref();
  }

  function taken(): void {
    progressAt = Date.now();
    release();
  }

  const until = (bytes: number, queue: (() => void)[]) =>
    closed || line.waiting() <= bytes
      ? Promise.resolve()
      : new Promise<void>((goOn) => void queue.push(goOn));

  return {
    send(text) {
      if (closed) return Promise.resolve();
      if (line.waiting() === 0) progressAt = Date.now();
      line.write(text, taken);
      watchFor(stallMs);
      return until(most, senders);
    },
    idle: () => line.waiting() === 0,
    drained: () => until(0, leavers),
    close() {
      closed = true;
      clearTimeout(watch);
      release();
    },
  };
}
