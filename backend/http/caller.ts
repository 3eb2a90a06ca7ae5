import { isIPv6 } from 'node:net';
import type { Request } from 'express';
import { isOwnPage } from './own-page.ts';

/** From where somebody calls: for rate limits, the login log and the list of devices. */
export interface Caller {
  address: string;
  /** The client's own words about itself; never trusted, only shown. */
  agent: string;
  /** Our own page, which keeps its refresh token in a cookie; see `own-page.ts`. */
  fromPage: boolean;
}

const LONGEST_AGENT = 300;

/** `trust proxy` decides whose word about the address is taken (TRUST_PROXY). */
export function callerOf(request: Request): Caller {
  const address = (request.ip ?? '').replace(/^::ffff:/, '');
  const agent = (request.get('user-agent') ?? '').toWellFormed().replaceAll('\0', '');
  return { address, agent: agent.slice(0, LONGEST_AGENT), fromPage: isOwnPage(request) };
}

/**
 * Whom a limit by address counts as one: with IPv6 a household has a whole /64 to itself, so that
 * counting single addresses would count nothing.
 */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = address.includes('::') ? Array(8 - before.length - after.length).fill('0') : [];
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
