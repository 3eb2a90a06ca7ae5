/**
 * Things that did not exist when the classics were written. A question made of them has no answer in
 * the library, however many of its characters occur there. Written folded.
 */
const MODERN_TOPICS = [
  '电脑|手机|软件|硬件|程序|编程|代码|算法|数据库|服务器|浏览器|网站|网页|互联网|上网|网络|微信|微博|抖音|公众号|小程序|人工智能|机器人|芯片|操作系统|系统|蓝屏|密码|账号|下载|安装|python|java|javascript|typescript|windows|linux|iphone|android|excel|word|ppt|chatgpt|gpt|ai|app|api|html|css|sql|docker',
  '电影|电视剧|综艺|动漫|游戏|明星|演唱会|足球|篮球|世界杯|奥运|冠军|总决赛|比分|nba|彩票',
  '股票|基金|比特币|房贷|贷款|利率|汇率|银行卡|信用卡|支付宝|保险|工资|社保|税率|快递|外卖|打折|价格|多少钱|机票|火车票|高铁|地铁|飞机|航班|酒店|签证|驾照|汽车|自行车|轮胎|自动驾驶|特斯拉|公交|停车',
  '天气|气温|天气预报|总统|总理|选举|联合国|欧盟|美国|英国|法国|德国|俄罗斯|印度|新闻',
  '疫苗|新冠|维生素|蛋白质|减肥|卡路里|血压|血糖|癌症|手术|体检|红烧肉|菜谱|蛋糕|咖啡|奶茶',
  '物理|化学|生物学|量子|力学|相对论|方程|方程式|函数|微积分|几何|三角形|概率|统计学|光合作用|细胞|基因|dna|原子|分子|电子|火星|宇航|卫星|英语|英文|日语|过去式|单词|语法|雅思|托福',
]
  .flatMap((line) => line.split('|'))
  .sort((a, b) => b.length - a.length);

const PATTERN = new RegExp(MODERN_TOPICS.join('|'), 'g');
const LATIN = /[a-z]+/g;
/** Learners do put things of today beside the classics («手机上瘾时，古人怎么劝人自律»). */
const DOMINATES = 0.25;

/** Whether a question, as its folded parts, is mostly about things that the classics cannot know. */
export function isAboutModernThings(parts: readonly string[]): boolean {
  const whole = parts.join('').length;
  const most = Math.max(lengthOf(PATTERN, parts), lengthOf(LATIN, parts));
  return whole > 0 && most >= whole * DOMINATES;
}

/** Part by part: 「仁的本原，子曰什么」 does not ask about atoms. */
function lengthOf(pattern: RegExp, parts: readonly string[]): number {
  return parts.flatMap((part) => part.match(pattern) ?? []).join('').length;
}
