/** `TEST_THOROUGHNESS=10 npm test` tries so many times as many cases where cases are made up. */
export const thoroughness = Number(process.env.TEST_THOROUGHNESS ?? 1);
