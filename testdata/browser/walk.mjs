// Walks through pages with Chromium as a person does. Reads one JSON object from
// standard input,
//   {"executable": path, "width": px, "lang", "script": bool, "dark": bool, "allowed": [origins], "steps": [...]}
// and writes one: {"clicks": n, "foreign": [addresses], "url": the last page}. A step is one of
//   {"open": address}                 go there by its address
//   {"fill": selector, "with": text}
//   {"click": selector}               a click, which loads a page
//   {"enter": selector}               the same by keyboard alone: Tab to it, then Enter
//   {"file": selector, "ends": text}  a click that is answered with a file: its address ends so
//   {"see": text} {"miss": text}      the page says it, or does not
// A step that cannot be taken ends the walk with an error that names it.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const task = JSON.parse(readFileSync(0, 'utf8'));
const browser = await chromium.launch({
  executablePath: task.executable,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({
  viewport: { width: task.width, height: 900 }, javaScriptEnabled: task.script, colorScheme: task.dark ? 'dark' : 'light',
  extraHTTPHeaders: { 'Accept-Language': task.lang },
});
const page = await context.newPage();
const foreign = [];
page.on('request', (r) => { if (!task.allowed.some((a) => r.url().startsWith(a)) && !r.url().startsWith('data:')) foreign.push(r.url()); });
let clicks = 0;

// focused says what has the keyboard.
const focused = (selector) => page.locator(selector).first().evaluate((e) => e === document.activeElement);

async function reach(selector) {
  for (let i = 0; i < 80; i++) {
    if (await focused(selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not reach ' + selector);
}

async function take(step) {
  if (step.open) return page.goto(step.open, { waitUntil: 'load' });
  if (step.fill) return page.locator(step.fill).first().fill(step.with);
  if (step.see || step.miss) {
    const said = (await page.locator('body').innerText()).replace(/\s+/g, ' ');
    if (said.includes(step.see ?? step.miss) !== Boolean(step.see)) throw new Error('the page says: ' + said.slice(0, 600));
    return undefined;
  }
  clicks++;
  if (step.file) {
    const ends = (address) => new URL(address).pathname.endsWith(step.ends);
    const [fault] = await Promise.all([
      Promise.any([ // shown in the window, or saved
        page.waitForResponse((r) => ends(r.url()), { timeout: 20000 }).then((r) => (r.status() === 200 ? null : 'answered with ' + r.status())),
        page.waitForEvent('download', { predicate: (d) => ends(d.url()), timeout: 20000 }).then((d) => d.failure()),
      ]),
      page.locator(step.file).first().click({ noWaitAfter: true }),
    ]);
    if (fault) throw new Error(fault);
    return undefined;
  }
  if (step.enter) {
    await reach(step.enter);
    return Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.keyboard.press('Enter')]);
  }
  return Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.locator(step.click).first().click()]);
}

for (const [n, step] of task.steps.entries()) {
  try {
    await take(step);
  } catch (e) {
    console.error(`step ${n + 1} ${JSON.stringify(step)} at ${page.url()}: ${e.message}`);
    process.exit(1);
  }
}
console.log(JSON.stringify({ clicks, foreign, url: page.url() }));
await browser.close();
