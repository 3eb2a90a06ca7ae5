/** Why something is not backed up or restored, in a sentence for whoever runs the command. */
export class BackupError extends Error {
  override name = 'BackupError';
}

export function damaged(what: string, cause?: unknown): BackupError {
  return new BackupError(`备份已损坏或不完整：${what}。什么都没有改动。`, { cause });
}
