import { createSocketPass, type SocketPassTimes } from '../../backend/chat/socket-pass.ts';
import { AppError } from '../../backend/errors.ts';
import { aWhile, eventually } from '../support/eventually.ts';

interface Known {
  userId: string;
  expiresAt: Date;
}

const inAnHour = () => new Date(Date.now() + 3_600_000);

/** A pass of a door that knows some tokens, and what was said through it. */
function open(times: SocketPassTimes = {}) {
  const tokens = new Map<string, Known>();
  const said: { type: string; error?: string }[] = [];
  const closed: number[] = [];
  let looks = 0;
  const pass = createSocketPass(
    {
      async identify(token) {
        looks += 1;
        const known = tokens.get(token);
        if (!known) throw new AppError(401, 'unauthenticated', '请先登录。');
        return { userId: known.userId, role: 'guest', loginId: 'login' };
      },
      expiryOf: (token) => tokens.get(token)?.expiresAt ?? new Date(0),
    },
    {
      send: async (text) => void said.push(JSON.parse(text)),
      close: (code) => void closed.push(code),
    },
    times,
  );
  return { pass, tokens, said, closed, looks: () => looks };
}

describe('the pass of a socket', () => {
  it('must be shown in time', async () => {
    const { closed, said } = open({ authMs: 30 });
    await eventually('it is closed', () => closed.length > 0);
    expect(closed).toEqual([4408]);
    expect(said.at(-1)).toMatchObject({ type: 'error', error: 'unauthenticated' });
  });

  it('shown in time is good for longer', async () => {
    const { pass, tokens, closed, said } = open({ authMs: 60 });
    tokens.set('token', { userId: 'pupil', expiresAt: inAnHour() });
    await pass.show('token');
    await aWhile(100);
    expect(closed).toEqual([]);
    expect(said).toEqual([{ type: 'ready', expiresAt: expect.any(String) }]);
    pass.close();
  });

  it('is over with its token, unless a newer one was shown', async () => {
    const soon = open();
    soon.tokens.set('token', { userId: 'pupil', expiresAt: new Date(Date.now() + 40) });
    soon.tokens.set('newer', { userId: 'pupil', expiresAt: inAnHour() });
    await soon.pass.show('token');
    await eventually('it is closed', () => soon.closed.length > 0);
    expect(soon.closed).toEqual([4401]);
    expect(soon.said.at(-1)).toMatchObject({ error: 'token_expired' });
    const renewed = open();
    renewed.tokens.set('token', { userId: 'pupil', expiresAt: new Date(Date.now() + 40) });
    renewed.tokens.set('newer', { userId: 'pupil', expiresAt: inAnHour() });
    await renewed.pass.show('token');
    await renewed.pass.show('newer');
    await aWhile(80);
    expect(renewed.closed).toEqual([]);
    renewed.pass.close();
  });

  it('of a login that ended is noticed though nothing is said', async () => {
    const { pass, tokens, closed, said } = open({ checkMs: 20 });
    tokens.set('token', { userId: 'pupil', expiresAt: inAnHour() });
    await pass.show('token');
    tokens.clear();
    await eventually('it is closed', () => closed.length > 0);
    expect(closed).toEqual([4401]);
    expect(said.at(-1)).toMatchObject({ error: 'unauthenticated' });
  });

  it('is not handed on to another account', async () => {
    const { pass, tokens, closed } = open();
    tokens.set('token', { userId: 'pupil', expiresAt: inAnHour() });
    tokens.set('other', { userId: 'somebody', expiresAt: inAnHour() });
    await pass.show('token');
    await expect(pass.show('other')).rejects.toMatchObject({ status: 403 });
    expect(closed).toEqual([4401]);
  });

  it('is looked at before whatever was said right behind it', async () => {
    const { pass, tokens } = open();
    tokens.set('token', { userId: 'pupil', expiresAt: inAnHour() });
    const shown = pass.show('token');
    expect((await pass.holder()).userId).toBe('pupil');
    await shown;
    pass.close();
  });
});
