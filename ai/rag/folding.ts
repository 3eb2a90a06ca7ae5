import { Converter } from 'opencc-js/t2cn';

/**
 * Variant forms that the traditional-to-simplified table leaves alone, each followed by the form it
 * is folded to. Only pairs that are the same word in every classical text belong here.
 */
const VARIANTS =
  '説说裏里甯宁歎叹婬淫靁雷飜翻猨猿疎疏踈疏栢柏竝并倂并併并迺乃菴庵徧遍嵒岩欵款僊仙寳宝凉凉鬪斗鬬斗踪踪甞尝' +
  '粧妆覩睹愬诉徃往嫰嫩羮羹糉粽葢盖葘灾烖灾咲笑囬回廻回迴回濶阔隂阴陰阴陽阳昬昏莭节荅答畧略畱留菓果鴈雁鴂鴂' +
  '鼔鼓皷鼓緜绵縣县邨村邱丘珎珍珤宝秌秋穐秋糓谷皃貌砲炮礮炮譌讹譁哗諠喧讙欢驩欢懽欢弔吊恠怪悮误憇憩慙惭' +
  '慿凭凴凭挿插搃总揔总摠总敍叙敘叙斵斫旾春朞期枏楠柟楠栁柳桺柳棃梨椶棕檝楫櫂棹歬前殁没歿没汎泛氾泛泝溯涖莅' +
  '淚泪潄漱潛潜濳潜灋法煇辉熈熙牎窗窓窗窻窗牕窗牋笺犂犁狥徇獘弊眡视睠眷矦侯砦寨稺稚穉稚竢俟筴策箠棰粃秕絃弦' +
  '綫线纎纤羴膻翄翅聨联肎肯脣唇臯皋皐皋舘馆艸草苐第蔴麻虵蛇蚤早衂衄袵衽襃褒覇霸詠咏讁谪谿溪豓艳賔宾贊赞' +
  '趂趁跡迹蹟迹踰逾軰辈辠罪迯逃逈迥遯遁酧酬醻酬鉏锄銕铁鑪炉鎻锁閴阒闇暗隄堤隣邻鞌鞍韤袜頫俯飡餐飱飧餧喂駡骂' +
  '驅驱髣仿鬴釜鱷鳄鴟鸱鵞鹅鵶鸦鷰燕麤粗黏粘齅嗅翫玩媿愧姪侄姊姊嬾懒寑寝崕崖峩峨彛彝箇个個个祇只衹只秖只' +
  '於于喦岩埜野壄野栖栖棲栖晳皙曡叠疉叠晩晚暎映昜阳甎砖塼砖盌碗椀碗盃杯桮杯覊羁羈羁' +
  '馀余锺钟缐线讬托谘咨迳径钜巨麪面麺面暱昵衞卫鄕乡靑青曁暨呑吞汙污汚污妬妒隷隶壻婿痺痹勲勋遡溯沉沈';

const toSimplified = Converter({ from: 't', to: 'cn' });
const variants = readVariants(VARIANTS);
const known = new Map<string, string>();

/**
 * The key of one code point in the space where retrieval and quotation checking compare texts:
 * simplified, variant forms united, letters in lower case. Empty for punctuation, white space,
 * symbols and unpaired surrogates, so that differently punctuated editions are equal.
 */
export function foldCodePoint(character: string): string {
  const cached = known.get(character);
  if (cached !== undefined) return cached;
  const folded = computeFold(character);
  known.set(character, folded);
  return folded;
}

/** Keys of the code units of the basic plane, as far as they have been met, and what is no single unit. */
const unitKeys = new Uint16Array(0x10000);
const DROPPED = 1;
const OTHER = 2;
let scratch = Buffer.alloc(8_192);

/** As `foldCodePoint` character by character, but hundreds of megabytes of text go through here. */
export function foldText(text: string): string {
  // A key has two units at most.
  if (text.length * 4 > scratch.length) scratch = Buffer.alloc(text.length * 8);
  let end = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const key = unitKeys[unit] || learnUnit(unit);
    if (key > OTHER) {
      scratch[end] = key & 0xff;
      scratch[end + 1] = key >>> 8;
      end += 2;
    } else if (key === OTHER) {
      const character = String.fromCodePoint(text.codePointAt(index) ?? unit);
      end += scratch.write(foldCodePoint(character), end, 'utf16le');
      index += character.length - 1;
    }
  }
  const folded = scratch.toString('utf16le', 0, end);
  if (scratch.length > LARGEST_SCRATCH) scratch = Buffer.alloc(8_192);
  return folded;
}

const LARGEST_SCRATCH = 1024 ** 2;

function learnUnit(unit: number): number {
  const surrogate = unit >= 0xd800 && unit <= 0xdfff;
  const key = surrogate ? null : foldCodePoint(String.fromCharCode(unit));
  const learnt = key === '' ? DROPPED : key?.length === 1 ? key.charCodeAt(0) : OTHER;
  unitKeys[unit] = learnt;
  return learnt;
}

export interface FoldedText {
  folded: string;
  /** For each UTF-16 unit of `folded`, where in the original the character it came from begins. */
  starts: number[];
  /** … and where that character ends. */
  ends: number[];
}

/** Folds and keeps the way back, so that a hit in the folded space can be shown in the original. */
export function foldWithOffsets(text: string): FoldedText {
  const starts: number[] = [];
  const ends: number[] = [];
  let folded = '';
  let position = 0;
  for (const character of text) {
    const key = foldCodePoint(character);
    for (let unit = 0; unit < key.length; unit += 1) {
      starts.push(position);
      ends.push(position + character.length);
    }
    folded += key;
    position += character.length;
  }
  return { folded, starts, ends };
}

/** Han, Latin and digits only: what is left of a text when only its words are compared. */
const WORD_CHARACTER = /^[\p{Script=Han}\p{L}\p{N}□]$/u;

function computeFold(character: string): string {
  const compatible = character.normalize('NFKC');
  const single = [...compatible].length === 1 ? compatible : character;
  if (!WORD_CHARACTER.test(single)) return '';
  const variant = variants.get(single);
  if (variant !== undefined) return variant;
  const simplified = toSimplified(single);
  if ([...simplified].length !== 1) return single.toLowerCase();
  return variants.get(simplified) ?? simplified.toLowerCase();
}

function readVariants(table: string): Map<string, string> {
  const characters = [...table];
  const pairs = new Map<string, string>();
  for (let index = 0; index + 1 < characters.length; index += 2) {
    pairs.set(characters[index] ?? '', characters[index + 1] ?? '');
  }
  return pairs;
}
