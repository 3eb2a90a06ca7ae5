import type { Request } from 'express';
import { addressGroup, callerOf } from '../../backend/http/caller.ts';

const requestFrom = (ip: string | undefined, agent?: string) =>
  ({
    ip,
    get: (name: string) => (name === 'user-agent' ? agent : undefined),
  }) as unknown as Request;

describe('who calls', () => {
  it('is known by address, an IPv4 one in its own spelling', () => {
    expect(callerOf(requestFrom('::ffff:192.0.2.7')).address).toBe('192.0.2.7');
    expect(callerOf(requestFrom('2001:db8::1')).address).toBe('2001:db8::1');
    expect(callerOf(requestFrom(undefined)).address).toBe('');
  });

  it('says what it is in its own words, within reason', () => {
    expect(callerOf(requestFrom('192.0.2.7', 'MicroMessenger/8.0')).agent).toBe(
      'MicroMessenger/8.0',
    );
    expect(callerOf(requestFrom('192.0.2.7')).agent).toBe('');
    const odd = `a\0b\ud800${'x'.repeat(1_000)}`;
    const { agent } = callerOf(requestFrom('192.0.2.7', odd));
    expect(agent.startsWith('ab\ufffdx')).toBe(true);
    expect(agent).toHaveLength(300);
  });
});

describe('an address, as limits count it', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['2001:0db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['2001:db8::2:3:4:5', '2001:db8:0:0'],
    ['', ''],
  ])('%s is counted as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
