import { createAccount } from '../../../web/src/account/account.ts';
import { ApiError } from '../../../web/src/api/api-error.ts';
import { createApiClient } from '../../../web/src/api/client.ts';
import type { KeyValueStorage } from '../../../web/src/api/key-value-storage.ts';
import type { LoginLock } from '../../../web/src/api/login-lock.ts';
import { createTokenStore } from '../../../web/src/api/token-store.ts';
import type { User } from '../../../web/src/api/types.ts';

const person = (id: string, role: User['role'] = 'learner') => ({ id, role }) as User;

function memoryStorage(entries: Record<string, string> = {}): KeyValueStorage {
  const kept = new Map(Object.entries(entries));
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

interface Call {
  what: string;
  headers: Headers;
  body: unknown;
}

/** A server that answers each call as told, to be found by method and path. */
function serverWith(replies: Record<string, () => [status: number, data: unknown]>) {
  const calls: Call[] = [];
  const answer = async (path: unknown, init: RequestInit = {}) => {
    const what = `${init.method} ${path}`;
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : null;
    calls.push({ what, headers: new Headers(init.headers), body });
    const [status, data] = replies[what]?.() ?? [404, { error: 'not_found', message: '没有' }];
    return Response.json(status < 400 ? { data } : data, { status });
  };
  return { fetch: answer as typeof fetch, calls, asked: () => calls.map(({ what }) => what) };
}

const loginOf = (user: User, accessToken = `token of ${user.id}`) => ({
  user,
  accessToken,
  refreshToken: null,
  expiresIn: 1800,
});

const EXPIRED = { error: 'token_expired', message: '过期' };

/** What the tabs of a browser share. */
function oneAfterTheOther(): LoginLock {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

const lock = oneAfterTheOther();

function openTab(storage: KeyValueStorage, fetch: typeof globalThis.fetch) {
  const changes: string[] = [];
  const tokens = createTokenStore(storage);
  const client = createApiClient({
    ...{ tokens, fetch, lock },
    onSignedOut: () => account.forget(),
    onUser: (user) => account.meet(user),
    onOvertaken: () => account.reconsider(),
  });
  const account = createAccount({ client, tokens, onChanged: (kind) => changes.push(kind) });
  return { account, client, tokens, changes, phase: () => account.state.get().phase };
}

const QUIET = { 'GET /api/user/balance': () => [200, { available: 1 }] as [number, unknown] };

describe('who is signed in', () => {
  it('asks nothing of the server where nobody ever signed in', async () => {
    const server = serverWith({});
    const tab = openTab(memoryStorage(), server.fetch);
    await tab.account.restore();
    expect(tab.phase()).toBe('visitor');
    expect(server.calls).toEqual([]);
  });

  it('takes a login up by the cookie alone, marking the call as the page’s own', async () => {
    const server = serverWith({
      ...QUIET,
      'POST /api/auth/refresh': () => [200, loginOf(person('ann'))],
    });
    const tab = openTab(memoryStorage({ 'guoxue.signedIn': 'ann learner' }), server.fetch);
    await tab.account.restore();
    expect(tab.account.state.get().user?.id).toBe('ann');
    expect(server.calls[0]?.body).toEqual({});
    expect(server.calls[0]?.headers.get('X-Guoxue-Client')).toBe('web');
    expect(server.calls[1]?.headers.get('X-Guoxue-Client')).toBeNull();
    expect(server.calls[1]?.headers.get('Authorization')).toBe('Bearer token of ann');
  });

  it('hands the refresh token of a former version over once, and forgets it', async () => {
    const server = serverWith({
      ...QUIET,
      'POST /api/auth/refresh': () => [200, loginOf(person('ann'))],
    });
    const storage = memoryStorage({ 'guoxue.refreshToken': 'old secret' });
    await openTab(storage, server.fetch).account.restore();
    expect(server.calls[0]?.body).toEqual({ refreshToken: 'old secret' });
    expect(server.calls[0]?.headers.get('X-Guoxue-Client')).toBe('web');
    expect(storage.getItem('guoxue.refreshToken')).toBeNull();
    expect(storage.getItem('guoxue.signedIn')).toBe('ann learner');
  });

  it('keeps no token in storage', async () => {
    const server = serverWith({
      ...QUIET,
      'POST /api/auth/email-login': () => [200, loginOf(person('ann'), 'secret')],
    });
    const kept: string[] = [];
    const storage = memoryStorage();
    const keep = storage.setItem;
    storage.setItem = (key, value) => {
      kept.push(`${key}=${value}`);
      keep(key, value);
    };
    const tab = openTab(storage, server.fetch);
    await tab.account.signIn({ email: 'ann@example.org', password: '…' });
    expect(kept).toEqual(['guoxue.signedIn=ann learner']);
    expect(tab.tokens.access()).toBe('secret');
  });

  it('is a visitor when the login is no longer accepted, and stays one', async () => {
    const server = serverWith({ 'POST /api/auth/refresh': () => [401, EXPIRED] });
    const storage = memoryStorage({ 'guoxue.signedIn': 'ann learner' });
    const tab = openTab(storage, server.fetch);
    await tab.account.restore();
    expect(tab.phase()).toBe('visitor');
    expect(storage.getItem('guoxue.signedIn')).toBeNull();
  });

  it('does not take a server in trouble for the end of the login', async () => {
    const storage = memoryStorage({ 'guoxue.signedIn': 'ann learner' });
    const server = serverWith({ 'POST /api/auth/refresh': () => [503, { error: 'unavailable' }] });
    const tab = openTab(storage, server.fetch);
    await tab.account.restore();
    expect(tab.phase()).toBe('unreachable');
    expect(storage.getItem('guoxue.signedIn')).toBe('ann learner');
  });

  it('renews a token that has expired and repeats the call', async () => {
    const answers: [number, unknown][] = [
      [401, EXPIRED],
      [200, 'mine'],
    ];
    const server = serverWith({
      ...QUIET,
      'POST /api/auth/refresh': () => [200, loginOf(person('ann'))],
      'GET /api/sessions': () => answers.shift() ?? [500, {}],
    });
    const tab = openTab(memoryStorage({ 'guoxue.signedIn': 'ann learner' }), server.fetch);
    await tab.account.restore();
    expect(await tab.client.call('/api/sessions')).toBe('mine');
    expect(server.asked().filter((what) => what === 'POST /api/auth/refresh')).toHaveLength(2);
  });

  it('does not renew because a password was wrong', async () => {
    const wrong = { error: 'invalid_credentials', message: '密码不对' };
    const server = serverWith({
      ...QUIET,
      'POST /api/auth/refresh': () => [200, loginOf(person('ann'))],
      'PUT /api/user/password': () => [401, wrong],
    });
    const tab = openTab(memoryStorage({ 'guoxue.signedIn': 'ann learner' }), server.fetch);
    await tab.account.restore();
    const change = tab.client.call('/api/user/password', { method: 'PUT', body: {} });
    await expect(change).rejects.toMatchObject({ slug: 'invalid_credentials' });
    expect(server.asked().filter((what) => what === 'POST /api/auth/refresh')).toHaveLength(1);
  });
});

describe('several tabs', () => {
  /** Two tabs of one browser; the cookie is whoever signed in last. */
  function twoTabs() {
    let cookie: User | null = null;
    const enter = (user: User) => () => {
      cookie = user;
      return [200, loginOf(user)] as [number, unknown];
    };
    const server = serverWith({
      ...QUIET,
      'POST /api/auth/refresh': () => (cookie ? [200, loginOf(cookie)] : [401, EXPIRED]),
      'POST /api/auth/email-login': enter(person('ann')),
      'POST /api/auth/register': enter(person('guest')),
      'POST /api/auth/guest': enter(person('guest', 'guest')),
      'POST /api/auth/wechat-login': enter(person('bob')),
      'POST /api/auth/logout': () => {
        cookie = null;
        return [200, {}];
      },
      'POST /api/sessions': () => [200, 'made'],
    });
    const storage = memoryStorage();
    return { server, here: openTab(storage, server.fetch), there: openTab(storage, server.fetch) };
  }
  const ann = { email: 'ann@example.org', password: '…' };
  const wechat = { code: 'c', state: 's' };

  it('signing in and out is noticed by the other one', async () => {
    const { here, there } = twoTabs();
    await there.account.restore();
    await here.account.signIn(ann);
    there.account.reconsider();
    await there.account.restore();
    expect(there.account.state.get().user?.id).toBe('ann');
    await here.account.signOut();
    there.account.reconsider();
    expect(there.phase()).toBe('visitor');
    expect(there.tokens.access()).toBeNull();
    expect(there.changes.at(-1)).toBe('left');
  });

  it('nothing meant for one person is done for another', async () => {
    const { server, here, there } = twoTabs();
    await here.account.signIn(ann);
    await there.account.signInWithWechat(wechat);
    // No event has reached this tab yet.
    const meant = here.client.call('/api/sessions', { method: 'POST', body: {} });
    await expect(meant).rejects.toMatchObject({ slug: 'account_changed' });
    expect(server.asked()).not.toContain('POST /api/sessions');
    await here.account.restore();
    expect(here.account.state.get().user?.id).toBe('bob');
    expect(here.changes).toContain('left');
    expect(await here.client.call('/api/sessions', { method: 'POST', body: {} })).toBe('made');
  });

  it('nor after a renewal that turns out to be somebody else’s', async () => {
    const { server, here, there } = twoTabs();
    await here.account.signIn(ann);
    await there.account.signInWithWechat(wechat);
    // As where storage is forbidden: only the reply tells.
    here.tokens.overtaken = () => false;
    here.tokens.dropAccess();
    const meant = here.client.call('/api/sessions', { method: 'POST', body: {} });
    await expect(meant).rejects.toBeInstanceOf(ApiError);
    expect(server.asked()).not.toContain('POST /api/sessions');
    expect(here.account.state.get().user?.id).toBe('bob');
  });

  it('a guest who signs up in one tab is the same person in the other', async () => {
    const { here, there } = twoTabs();
    await here.account.ensure();
    await there.account.restore();
    await here.account.signUp(ann);
    there.changes.length = 0;
    there.account.reconsider();
    await there.account.restore();
    expect(there.account.state.get().user).toMatchObject({ id: 'guest', role: 'learner' });
    expect(there.changes).not.toContain('left');
  });

  it('make one guest between them', async () => {
    const { server, here, there } = twoTabs();
    await Promise.all([here.account.ensure(), there.account.ensure()]);
    expect(server.asked().filter((what) => what === 'POST /api/auth/guest')).toHaveLength(1);
    expect(there.account.state.get().user?.id).toBe('guest');
  });
});
