// Makes the fonts of the pages (internal/web/assets/*.woff2) out of the whole
// ones of the certificate (internal/publish/fonts/*.ttf):
//
//   npm ci && node subset.mjs
//
// Each face becomes two files. The first holds what Finnish, Swedish, English,
// Northern, Inari and Skolt Sámi and the languages of Latin-1 are written with
// and is all that most pages load; the second holds the other Latin letters and
// is loaded by a page on which one of them stands. The ranges are those of
// @font-face in merkki.css.
import { readFileSync, writeFileSync } from 'node:fs';
import subset from 'subset-font';

const here = new URL('../../../internal/', import.meta.url);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('');

const sami = 'ČčĐđŊŋŠšŦŧŽžƷʒǮǯǤǥǦǧǨǩʹʼˈ';
const first = range(0x20, 0x7e) + range(0xa0, 0xff) + sami + '‐‑–—‘’‚“”„•…‹›€−™→\u2009\u202f\ufffd';
const rest = [...range(0x100, 0x24f) + range(0x1e00, 0x1eff) + 'ʻˆˇ˘˙˚˛˜˝†‡‰⁄№'].filter((c) => !first.includes(c)).join('');

for (const face of ['sans-regular', 'sans-semibold', 'serif-semibold']) {
  const whole = readFileSync(new URL(`publish/fonts/${face}.ttf`, here));
  for (const [suffix, letters] of [['', first], ['-ext', rest]]) {
    const file = `web/assets/${face}${suffix}.woff2`;
    const b = await subset(whole, letters, { targetFormat: 'woff2', noLayoutClosure: true });
    writeFileSync(new URL(file, here), b);
    console.log(file, b.length);
  }
}
