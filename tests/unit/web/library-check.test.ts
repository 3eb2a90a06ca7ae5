import { checkFindings, readCheckResult } from '../../../web/src/admin/jobs/check-result.ts';
import type { Job } from '../../../web/src/admin/jobs/job-types.ts';
import { duration, progressSaid } from '../../../web/src/admin/jobs/job-words.ts';

const sound = {
  checked: { works: 23, passages: 5_480 },
  records: { wrongCounts: 0, strandedDocuments: 0 },
  vectors: { here: { orphans: 0, missing: 0 } },
  index: { works: 0 },
  forgottenFiles: 0,
};

describe('what a check of the library found', () => {
  it('is told by name, and only where something had to be put right', () => {
    const result = {
      ...sound,
      records: { wrongCounts: 2, strandedDocuments: 0, somethingNew: 1 },
      vectors: { here: { orphans: 3, missing: 0 }, there: { orphans: 4, missing: 0 } },
    };
    expect(checkFindings(result)).toEqual({
      findings: [
        ['篇段计数不对', 2],
        ['somethingNew', 1],
        ['多余的向量', 7],
      ],
      pending: 0,
      unseen: false,
    });
    expect(checkFindings(sound)).toEqual({ findings: [], pending: 0, unseen: false });
    expect(checkFindings({ ...sound, vectors: { away: null } }).unseen).toBe(true);
  });

  it('is no fault where a job was about to put it right', () => {
    const vectors = { here: { orphans: 0, missing: 0, pending: 2 } };
    expect(checkFindings({ ...sound, vectors })).toMatchObject({ findings: [], pending: 2 });
  });

  it('is not guessed from what is something else', () => {
    for (const other of [null, undefined, 'sound', {}, { checked: {} }]) {
      expect(readCheckResult(other)).toBeNull();
    }
    expect(readCheckResult(sound)).toBe(sound);
  });
});

describe('how far a job is', () => {
  const job = (more: Partial<Job>) => ({ stage: 'embedded', done: 1_200, total: 7_140, ...more });

  it('is told in passages, while a file is read in bytes, and not where there is but one step', () => {
    expect(progressSaid(job({}) as Job)).toBe('1,200 / 7,140 段');
    const reading = { stage: 'parsed', done: 500_000, total: 3_500_000 };
    expect(progressSaid(job(reading) as Job)).toBe('488 KB / 3.3 MB');
    expect(progressSaid(job({ total: 1 }) as Job)).toBeNull();
  });

  it('is told in steps that do not flicker', () => {
    expect([7, 42, 89, 90, 300, 7_200].map(duration)).toEqual([
      '7 秒',
      '40 秒',
      '90 秒',
      '2 分钟',
      '5 分钟',
      '2 小时',
    ]);
  });
});
