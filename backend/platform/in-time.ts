/**
 * What comes of `work`, or of `late` where `ms` pass before it has ended; whatever comes of it then is
 * dropped, a rejection too. Leaves no timer behind.
 */
export function inTime<Result, Late>(
  ms: number,
  work: Promise<Result>,
  late: () => Late,
): Promise<Result | Late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
