// Amounts in words, the same as kit/words.py: 人民币壹仟肆佰零玖元伍角. Exact, on whole minor units.
(() => {
  "use strict";
  const EXPONENTS = {
    CNY: 2, USD: 2, EUR: 2, HKD: 2, GBP: 2, JPY: 0, KRW: 0, AUD: 2,
    CAD: 2, CHF: 2, SGD: 2, NZD: 2, MOP: 2, THB: 2, CZK: 2,
  };
  const NAMES = {
    CNY: "人民币", USD: "美元", EUR: "欧元", HKD: "港币", GBP: "英镑", JPY: "日元",
    KRW: "韩元", AUD: "澳元", CAD: "加元", CHF: "瑞士法郎", SGD: "新加坡元",
    NZD: "新西兰元", MOP: "澳门元", THB: "泰铢", CZK: "捷克克朗",
  };
  const DIGITS = "零壹贰叁肆伍陆柒捌玖";
  const PLACES = ["", "拾", "佰", "仟"];
  const GROUPS = ["", "万", "亿", "万亿", "亿亿"];
  const MAX = 2n ** 63n - 1n;

  const group = (number) => {
    let text = "", gap = false;
    for (const place of [3, 2, 1, 0]) {
      const digit = Math.floor(number / 10 ** place) % 10;
      if (digit) {
        text += (gap && text ? "零" : "") + DIGITS[digit] + PLACES[place];
        gap = false;
      } else gap = true;
    }
    return text;
  };

  const whole = (number) => {
    const groups = [];
    for (let rest = number; rest; rest /= 10000n) groups.push(Number(rest % 10000n));
    let text = "", gap = false;
    for (let index = groups.length - 1; index >= 0; index--) {
      const part = groups[index];
      if (part === 0) { gap = true; continue; }
      if (text && (gap || part < 1000)) text += "零";
      text += group(part) + GROUPS[index];
      gap = false;
    }
    return text;
  };

  const split = (minor, currency) => {
    const unit = 10n ** BigInt(EXPONENTS[currency]);
    const size = minor < 0n ? -minor : minor;
    return [size / unit, Number(size % unit)];
  };

  const chinese = (minor, currency) => {
    const [big, part] = split(minor, currency);
    const jiao = EXPONENTS[currency] === 2 ? Math.floor(part / 10) : 0;
    const fen = EXPONENTS[currency] === 2 ? part % 10 : 0;
    let text = NAMES[currency] + (minor < 0n ? "负" : "");
    if (big) text += whole(big) + "元";
    if (!part) return text + (big ? "整" : "零元整");
    if (jiao) text += DIGITS[jiao] + "角";
    else if (big) text += "零";
    return text + (fen ? DIGITS[fen] + "分" : "");
  };

  const ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen " +
    "fifteen sixteen seventeen eighteen nineteen").split(" ");
  const TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
  const SCALES = ["", " thousand", " million", " billion", " trillion", " quadrillion", " quintillion"];

  const hundreds = (number) => {
    const hundred = Math.floor(number / 100), rest = number % 100;
    const found = hundred ? [`${ONES[hundred]} hundred`] : [];
    if (rest >= 20) found.push(TENS[Math.floor(rest / 10)] + (rest % 10 ? `-${ONES[rest % 10]}` : ""));
    else if (rest) found.push(ONES[rest]);
    return found.join(" and ");
  };

  const english = (minor, currency) => {
    const [big, part] = split(minor, currency);
    const groups = [];
    for (let rest = big, scale = 0; rest; rest /= 1000n, scale++)
      if (rest % 1000n) groups.unshift(hundreds(Number(rest % 1000n)) + SCALES[scale]);
    const exponent = EXPONENTS[currency];
    const ending = part ? ` and ${String(part).padStart(exponent, "0")}/${10 ** exponent}` : " only";
    return `${currency}${minor < 0n ? " minus" : ""} ${groups.join(" ") || "zero"}${ending}`;
  };

  // Reads what a person types: separators, full-width figures, ¥, and 万 or w for ten thousand.
  const parse = (text, currency) => {
    const plain = text.normalize("NFKC").replace(/[,\s¥￥$]/g, "").replace(/。/g, ".");
    const found = /^(-?)(\d{0,18})(?:\.(\d*))?([万wW]?)$/.exec(plain);
    if (!found || !(found[2] || found[3])) return null;
    const exponent = EXPONENTS[currency] + (found[4] ? 4 : 0);
    const part = (found[3] || "").replace(/0+$/, "");
    if (part.length > exponent) return null;
    const minor = BigInt((found[2] || "0") + part.padEnd(exponent, "0"));
    const value = found[1] ? -minor : minor;
    return minor > MAX ? null : value;
  };

  const figure = (minor, currency) => {
    const [big, part] = split(minor, currency);
    const exponent = EXPONENTS[currency];
    const text = big.toString().replace(/\B(?=(\d{3})+$)/g, ",");
    return (minor < 0n ? "-" : "") + text + (exponent ? "." + String(part).padStart(exponent, "0") : "");
  };

  globalThis.Counterpoint = { ...globalThis.Counterpoint, chinese, english, parse, figure };
})();
