import { jest } from '@jest/globals';

/**
 * Whole services with databases, child processes and browsers share a machine with whatever else runs on it, and
 * may be too late once. What fails is tried again, and that it was needed is said at the end of the run.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
