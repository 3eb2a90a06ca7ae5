import { readFileSync } from 'node:fs';

/** Since the system started, in ticks of all processors together. */
export interface ProcessorTime {
  busy: number;
  idle: number;
  /** When we wanted to run and the host ran somebody else. */
  stolen: number;
}

export function processorTime(): ProcessorTime {
  const [, line = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, stolen = 0] =
    line.split(' ').map(Number);
  return { busy: user + nice + system + irq + softIrq, idle: idle + waiting, stolen };
}

/** In whole percent of the processors: what everybody here used, what was left, what was taken away. */
export function processorsBetween(from: ProcessorTime, to: ProcessorTime): string {
  const [busy, idle, stolen] = [to.busy - from.busy, to.idle - from.idle, to.stolen - from.stolen];
  const percent = (ticks: number) => `${Math.round((100 * ticks) / (busy + idle + stolen))} %`;
  return `processors: ${percent(busy)} used, ${percent(idle)} idle, ${percent(stolen)} taken by the host`;
}
