import { createLogger, type ErrorReport } from '../../backend/logger.ts';
import { within } from '../../backend/platform/scope.ts';
import { redactedText } from '../../backend/redaction.ts';

const SECRET = 'open-sesame';

function logged(
  write: (logger: ReturnType<typeof createLogger>) => void,
  format: 'json' | 'ecs' = 'json',
): string {
  let output = '';
  const destination = {
    write: (line: string) => {
      output += line;
    },
  };
  write(createLogger('info', destination, { format }));
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

  const SECRETS = {
    Cookie: SECRET,
    'set-cookie': [SECRET],
    sessionKey: SECRET,
    session_key: SECRET,
    openid: SECRET,
    unionid: SECRET,
    api_key: SECRET,
    privateKey: SECRET,
    clientSecret: SECRET,
    paySig: SECRET,
    html: `<p>${SECRET}</p>`,
    text: SECRET,
    tokens: 12,
  };

  it('never shows a secret however deep it lies, nor the body of a mail, in whatever form', () => {
    for (const format of ['json', 'ecs'] as const) {
      const output = logged((logger) => {
        logger.info({ a: { b: { c: { d: [{ e: SECRETS }] } } } });
        logger.warn({ err: new Error('far down', { cause: withFields({ config: SECRETS }) }) });
        logger.warn({ err: withFields({ response: { config: { headers: SECRETS } } }) });
      }, format);
      expect(output).not.toContain(SECRET);
      expect(output).toContain('"tokens":12');
    }
  });

  it.each([
    `GET https://api.weixin.qq.com/sns/jscode2session?appid=wx1&secret=${SECRET}&js_code=${SECRET}`,
    `connect postgres://guoxue:${SECRET}@db.example:5432/guoxue`,
    `redis://:${SECRET}@cache.example`,
    `refused: Authorization: Bearer ${SECRET}-and-more`,
    `answered {"openid":"${SECRET}","session_key": "${SECRET}"}`,
    'the key sk-open-sesame-0123456789 was refused',
  ])('never shows what stands within a sentence: %s', (sentence) => {
    const output = logged((logger) => {
      logger.info(sentence);
      logger.info({ url: sentence }, 'asked');
      logger.error({ err: new Error(sentence) }, sentence);
    });
    expect(output).not.toContain(SECRET);
  });

  it('never shows what a database quotes of the row that it refused', () => {
    const refused = withFields({
      code: '23505',
      detail: `Key (email)=(${SECRET}) already exists.`,
    });
    const output = logged((logger) => {
      logger.error({ err: refused });
      logger.error({ detail: { difference: 3 } }, 'the books do not agree');
    });
    expect(output).not.toContain(SECRET);
    expect(output).toContain('23505');
    expect(output).toContain('"detail":{"difference":3}');
  });

  it('has the form of the Elastic Common Schema where that is asked for', () => {
    const output = logged((logger) => logger.error({ err: new Error('away') }, 'it failed'), 'ecs');
    expect(JSON.parse(output)).toMatchObject({
      'log.level': 'error',
      'ecs.version': expect.any(String),
      'service.name': 'guoxue-tutor',
      message: 'it failed',
      error: {
        type: 'Error',
        message: 'away',
        stack_trace: expect.stringContaining('Error: away'),
      },
    });
  });

  it('is not held up by what strangers choose to have logged', () => {
    // Each of these is where an address, a password or a token could begin, and none is one.
    for (const long of [
      'a.'.repeat(200_000),
      `a://${':'.repeat(200_000)}`,
      '-eyJ'.repeat(100_000),
    ]) {
      expect(redactedText(`=${long}`)).toBe(`=${long}`);
    }
    expect(redactedText('amqp+tls://me:secret@host/x=1')).toBe('amqp+tls://[redacted]@host/x=1');
  });

  it('survives what goes round in circles or has no end', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle.self = circle;
    const output = logged((logger) => logger.info({ circle, many: Array(10_000).fill('x') }, 'hm'));
    expect(output.length).toBeLessThan(5_000);
  });

  it('tells of errors whoever is to be told, without secrets', () => {
    const reports: ErrorReport[] = [];
    const report = (each: ErrorReport) => void reports.push(each);
    const logger = createLogger('info', { write: () => undefined }, { report });
    const err = new Error('it failed');
    within({ requestId: 'r1' }, () => logger.error({ err, token: SECRET }, 'request failed'));
    logger.warn({ err }, 'only a warning');
    logger.fatal('the end');
    expect(reports).toEqual([
      {
        ...{ message: 'request failed', error: err, fatal: false },
        fields: { requestId: 'r1', token: '[redacted]' },
      },
      { message: 'the end', error: undefined, fatal: true, fields: {} },
    ]);
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
