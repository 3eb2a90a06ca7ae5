import { createLogger } from '../../backend/logger.ts';

const SECRET = 'open-sesame';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let output = '';
  const destination = {
    write: (line: string) => {
      output += line;
    },
  };
  write(createLogger('info', destination));
  return output;
}

const withFields = (fields: object) => Object.assign(new Error('it failed'), fields);

describe('the log', () => {
  it.each(['password', 'passwordHash', 'token', 'accessToken', 'refreshToken', 'authorization'])(
    'never shows a %s, at the top or within',
    (name) => {
      const held = { [name]: SECRET };
      const output = logged((logger) => {
        logger.info(held);
        logger.info({ user: held });
        logger.info({ request: { headers: held } });
        logger.error({ err: withFields({ request: { headers: held } }) });
        logger.child(held).info('hello');
      });
      expect(output).not.toContain(SECRET);
      expect(output.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(4);
    },
  );

  it('never shows a secret of the configuration', () => {
    const config = {
      jwtSecret: SECRET,
      admin: { email: 'a@b.cn', password: SECRET },
      deepseek: { apiKey: SECRET, baseUrl: 'https://api.deepseek.com' },
      embedding: { apiKey: SECRET },
    };
    const output = logged((logger) => {
      logger.info(config);
      logger.info({ config });
    });
    expect(output).not.toContain(SECRET);
    expect(output).toContain('https://api.deepseek.com');
  });

  it('never shows what a model was sent with, however the client spells it', () => {
    const output = logged((logger) =>
      logger.error({ err: withFields({ config: { headers: { Authorization: SECRET } } }) }),
    );
    expect(output).not.toContain(SECRET);
  });

  it('shows which Redis command failed, but not what it was given', () => {
    const output = logged((logger) =>
      logger.error({ err: withFields({ command: { name: 'auth', args: ['user', SECRET] } }) }),
    );
    expect(output).toContain('"name":"auth"');
    expect(output).not.toContain(SECRET);
  });

  it('shows everything else, one JSON object a line', () => {
    const output = logged((logger) => {
      logger.info({ requestId: 'r1', status: 200 }, 'request');
      logger.debug('not at this level');
      logger.warn({ err: new Error('away', { cause: new Error('refused') }) }, 'cache is away');
    });
    const lines = output
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ requestId: 'r1', status: 200, msg: 'request' });
    expect(lines[1]).toMatchObject({ err: { message: 'away: refused' }, msg: 'cache is away' });
  });
});
