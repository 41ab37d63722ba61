// Opens addresses in Chromium and says what acted there. Reads one JSON object from
// standard input, {"executable": path, "base": origin, "pages": [{"name", "path"}]}, and
// writes one JSON object a page: {"name", "status", "dialogs", "ran", "foreign"}: how many
// dialogs were opened, whether window.ran was set, and which addresses outside "base" were
// asked for. None of them is reached: they are answered with nothing.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const task = JSON.parse(readFileSync(0, 'utf8'));
const browser = await chromium.launch({
  executablePath: task.executable,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

// drawn waits until a frame was drawn: what load and click set going has run then. A
// page that has led away has none, and a busy machine may need more than one try.
async function drawn(page, name, foreign) {
  let fault;
  for (let i = 0; i < 3 && !foreign.length; i++) {
    fault = await page.screenshot().then(() => null, (e) => e);
    if (!fault) return;
  }
  if (!foreign.length) throw new Error(`${name}: ${fault.message}`);
}

for (const p of task.pages) {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  const foreign = [];
  let dialogs = 0;
  await context.route((url) => !url.href.startsWith(task.base) && url.protocol.startsWith('http'), (route) => {
    foreign.push(route.request().url());
    return route.abort();
  });
  const page = await context.newPage();
  page.on('dialog', (d) => { dialogs++; return d.dismiss(); });
  const answer = await page.goto(task.base + p.path, { waitUntil: 'load' });
  await page.mouse.click(100, 100); // what waits for a click gets one
  await drawn(page, p.name, foreign);
  // No callback here: a page in a sandbox never calls one.
  const ran = await page.evaluate(() => Boolean(window.ran)).catch((e) => {
    if (!foreign.length) throw e; // it is being led away
    return false;
  });
  console.log(JSON.stringify({ name: p.name, status: answer.status(), dialogs, ran, foreign }));
  await context.close();
}
await browser.close();
