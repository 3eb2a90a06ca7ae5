/** As in `package.json`, which the built program does not carry with it. */
export const VERSION = '0.1.0';
