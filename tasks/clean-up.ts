const DAY_MS = 24 * 60 * 60 * 1000;
/** Network logs are to be kept for six months (Cybersecurity Law of the PRC, article 21). */
const LOGIN_LOG_DAYS = 183;

/** What only piles up or is over, and how each room forgets it. */
export interface Forgetful {
  users: { endPlans(moment: Date): Promise<void> };
  jobArchive: { forget(before: { done: Date; failed: Date; recurring: Date }): Promise<void> };
  refreshTokens: { deleteExpiredBefore(moment: Date): Promise<void> };
  logins: { deleteWithoutTokens(): Promise<void> };
  loginLog: { deleteBefore(moment: Date): Promise<void> };
  guestAllowances: { deleteBefore(moment: Date): Promise<void> };
  emailTokens: { deleteExpiredBefore(moment: Date): Promise<void> };
  throttles: { deleteBefore(moment: Date): Promise<void> };
  wechatStates: { deleteExpiredBefore(moment: Date): Promise<void> };
  idempotency: { deleteBefore(moment: Date): Promise<void> };
}

export async function cleanUp(stores: Forgetful, now = Date.now()): Promise<void> {
  await stores.users.endPlans(new Date(now));
  await stores.jobArchive.forget({
    done: new Date(now - 7 * DAY_MS),
    failed: new Date(now - 30 * DAY_MS),
    recurring: new Date(now - DAY_MS),
  });
  await stores.refreshTokens.deleteExpiredBefore(new Date(now));
  await stores.logins.deleteWithoutTokens();
  await stores.loginLog.deleteBefore(new Date(now - LOGIN_LOG_DAYS * DAY_MS));
  await stores.guestAllowances.deleteBefore(new Date(now - 7 * DAY_MS));
  await stores.wechatStates.deleteExpiredBefore(new Date(now));
  await stores.emailTokens.deleteExpiredBefore(new Date(now));
  await stores.throttles.deleteBefore(new Date(now - DAY_MS));
  await stores.idempotency.deleteBefore(new Date(now - DAY_MS));
}
