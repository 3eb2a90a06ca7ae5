const register = new URL('./tests/support/register-typescript.mjs', import.meta.url).href;

// The threads that the program starts load its sources as they are, from here and in jest's processes.
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${register}`.trim();

const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};

const project = (name, extra = {}) => ({
  ...common,
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  ...extra,
});

const tryTwice = { setupFilesAfterEnv: ['<rootDir>/tests/support/second-try.ts'] };

export default {
  projects: [
    project('unit'),
    project('contract', tryTwice),
    project('integration', tryTwice),
    project('e2e', tryTwice),
  ],
};
