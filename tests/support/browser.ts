import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from './services.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

const STEP_TIMEOUT_MS = 40_000;

export interface Visit {
  page: Page;
  /** What the browser complains of: errors of scripts, of requests, of the content policy. */
  complaints: string[];
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: FLAGS });
}

/** A visitor nobody knows yet, on a device of this size. */
export async function openVisit(
  browser: Browser,
  url: string,
  viewport: { width: number; height: number },
): Promise<Visit> {
  const isPhone = viewport.width < 600;
  const context = await browser.newContext({
    ...{ baseURL: url, viewport, locale: 'zh-CN', reducedMotion: 'reduce' },
    ...(isPhone ? { hasTouch: true, isMobile: true } : {}),
  });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => void complaints.push(`${error}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // The page itself hangs up on a stream once it has heard the end, or when it is left.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${reason}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, complaints };
}
