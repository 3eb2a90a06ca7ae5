import fs from 'node:fs';
import path from 'node:path';
import { foldCodePoint, foldText } from '../../ai/rag/folding.ts';
import { glossPassage } from '../../ai/providers/offline/gloss-passage.ts';
test('scan', () => {
  const root = 'node_modules/chinese-poetry/dist';
  const hits = new Map<string, string[]>();
  let n = 0; let rare = 0; const rareSet = new Map<string, string>();
  const started = Date.now();
  const walk = (v: unknown): void => {
    if (typeof v === 'string') { if (v.length < 4) return; n++;
      const notes = glossPassage(v, foldCodePoint);
      for (const g of notes) { if (g.meaning === null) { rare++; if (!rareSet.has(g.term)) rareSet.set(g.term, g.reading + ' ' + v.slice(Math.max(0, v.indexOf(g.term) - 4), v.indexOf(g.term) + 4)); continue; }
        const k = `${foldText(g.term)}|${g.meaning}`; const at = v.indexOf(g.term);
        const list = hits.get(k) ?? []; list.push(v.slice(Math.max(0, at - 7), at + g.term.length + 7).replace(/\n/g, '/')); hits.set(k, list); } }
    else if (Array.isArray(v)) v.forEach(walk); else if (v && typeof v === 'object') Object.values(v).forEach(walk);
  };
  const dirs = process.env.DIRS!.split(',');
  for (const d of dirs) for (const f of fs.readdirSync(path.join(root, d), { recursive: true }) as string[]) if (f.endsWith('.json')) walk(JSON.parse(fs.readFileSync(path.join(root, d, f), 'utf8')));
  const out = [`strings ${n} rare ${rare} ms ${Date.now() - started}`];
  for (const [k, l] of [...hits].sort()) out.push(`${k} (${l.length})\n    ${l.filter((_, i) => i % Math.ceil(l.length / 9) === 0).join(' ‖ ')}`);
  out.push([...rareSet].slice(0, 400).map(([t, r]) => `${t} ${r}`).join('; '));
  fs.writeFileSync('/tmp/scan.txt', out.join('\n'));
});
