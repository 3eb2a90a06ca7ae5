import { type Convert, type Script, sparingQian } from './classical-script.ts';

/** Fetches the dictionary the script needs, and only that one. */
export async function loadConverter(script: Script): Promise<Convert> {
  if (script === 'simplified') {
    const { Converter } = await import('opencc-js/t2cn');
    return sparingQian(Converter({ from: 't', to: 'cn' }));
  }
  if (script === 'traditional') {
    const { Converter } = await import('opencc-js/cn2t');
    return Converter({ from: 'cn', to: 't' });
  }
  return (text) => text;
}
