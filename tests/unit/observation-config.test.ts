import { ConfigError, readConfig } from '../../backend/config.ts';

describe('the settings of what is seen from outside', () => {
  it('leave everything off that needs somebody to listen', () => {
    expect(readConfig({})).toMatchObject({
      ...{ metricsPort: undefined, tracing: undefined, errorReports: undefined },
      logFormat: 'json',
    });
  });

  it('name a collector as the standard does', () => {
    const { tracing } = readConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc==,x-tenant=a, broken ,half=%zz',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(tracing).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: { authorization: 'Basic abc==', 'x-tenant': 'a', broken: '', half: '%zz' },
      serviceName: 'guoxue-tutor',
      share: 0.25,
    });
  });

  it('name Sentry and the environment, which is otherwise that of the program', () => {
    const SENTRY_DSN = 'https://public@sentry.example/42';
    expect(readConfig({ SENTRY_DSN, NODE_ENV: 'test' }).errorReports).toEqual({
      ...{ dsn: SENTRY_DSN, environment: 'test' },
    });
  });

  it.each([
    ['METRICS_PORT', 'ninety'],
    ['METRICS_PORT', '70000'],
    ['LOG_FORMAT', 'xml'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['SENTRY_DSN', 'not a URL'],
  ])('refuse %s=%s by its name', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });
});
