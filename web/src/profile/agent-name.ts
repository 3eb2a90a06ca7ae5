import { strings } from '../strings.ts';

/** First match wins: most browsers also claim to be the ones they grew out of. */
const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger/, strings.agent.wechat],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/QQBrowser\//, 'QQ 浏览器'],
  [/UCBrowser\//, 'UC 浏览器'],
  [/HuaweiBrowser\//, '华为浏览器'],
  [/MiuiBrowser\//, '小米浏览器'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/HarmonyOS|OpenHarmony/, '鸿蒙'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
];

const find = (agent: string, names: [RegExp, string][]) =>
  names.find(([pattern]) => pattern.test(agent))?.[1] ?? null;

/** A short name for what a `User-Agent` header describes at length. */
export function agentName(agent: string | null): string {
  const text = agent ?? '';
  const browser = find(text, BROWSERS);
  const system = find(text, SYSTEMS);
  if (browser && system) return strings.agent.on(browser, system);
  // A program names itself first: `curl/8.5.0`.
  const program = /^([\w.-]{1,24})\//.exec(text)?.[1];
  const plain = program && program !== 'Mozilla' ? program : null;
  return browser ?? system ?? plain ?? strings.devices.unknown;
}

export function isHandheld(agent: string | null): boolean {
  return /iPhone|iPod|iPad|Android|Mobile|HarmonyOS|MicroMessenger/.test(agent ?? '');
}
