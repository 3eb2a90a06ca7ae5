import { jest } from '@jest/globals';

/**
 * A browser on a busy machine may be too late once. What fails is tried again, in a space of its own like the
 * first time, and that it was needed is said at the end of the run.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
