// Looks at pages with Chromium: screenshots, the print as PDF, axe-core's
// findings. Reads one JSON object from standard input,
//   {"executable": path, "base": origin, "out": folder, "pages": [{"name", "path", "lang", "width", "dark"?, "print"?, "file"?}]}
// and writes one JSON object a page: {"name", "violations": [...], "scrollWidth", "title", "lang"}.
// Nothing outside "base" is ever loaded: a request elsewhere is a finding.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const task = JSON.parse(readFileSync(0, 'utf8'));

const browser = await chromium.launch({
  executablePath: task.executable,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
for (const p of task.pages) {
  const context = await browser.newContext({
    viewport: { width: p.width, height: 900 }, deviceScaleFactor: p.width > 600 ? 1.5 : 2, bypassCSP: true,
    colorScheme: p.dark ? 'dark' : 'light', javaScriptEnabled: true,
    extraHTTPHeaders: { 'Accept-Language': p.lang },
  });
  const page = await context.newPage();
  const foreign = [];
  page.on('request', (r) => { if (!r.url().startsWith(task.base) && !r.url().startsWith('data:')) foreign.push(r.url()); });
  await page.goto(task.base + p.path, { waitUntil: 'load' });
  if (p.file) {
    await page.setInputFiles('input[type=file]', p.file);
    await Promise.all([page.waitForNavigation(), page.click('button[type=submit]')]);
  }
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${task.out}/${p.name}.png`, fullPage: true });
  if (p.print) await page.pdf({ path: `${task.out}/${p.name}.pdf`, preferCSSPageSize: true, printBackground: false });
  if (p.print) { console.log(JSON.stringify({ name: p.name, violations: [], foreign })); await context.close(); continue; }
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  }));
  const answer = {
    name: p.name,
    title: await page.title(),
    lang: await page.evaluate(() => document.documentElement.lang),
    scrollWidth: await page.evaluate(() => document.documentElement.scrollWidth),
    foreign,
    violations: result.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' :: ' + n.failureSummary) })),
  };
  console.log(JSON.stringify(answer));
  await context.close();
}
await browser.close();
