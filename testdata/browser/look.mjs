// Looks at pages with Chromium: screenshots, the print as PDF, axe-core's
// findings. Reads one JSON object from standard input,
//   {"executable": path, "base": origin, "out": folder, "pages": [{"name", "path", "lang", "width", "dark"?, "forced"?, "print"?, "quiet"?, "cookie"?, "steps"?}]}
// and writes one JSON object a page: {"name", "violations": [...], "scrollWidth", "title", "lang"}.
// A step is a form of the page, {"action", "fill": {name: value}, "files": {name: path}}, filled
// in and sent with its first button; "quiet" takes the picture only. "blocked" are violations of
// the content security policy, which is in force while the page is loaded and looked at.
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
    viewport: { width: p.width, height: 900 }, deviceScaleFactor: p.width > 600 ? 1.5 : 2,
    colorScheme: p.dark ? 'dark' : 'light', forcedColors: p.forced ? 'active' : 'none', javaScriptEnabled: true,
    extraHTTPHeaders: { 'Accept-Language': p.lang },
  });
  const page = await context.newPage();
  const foreign = [];
  page.on('request', (r) => { if (!r.url().startsWith(task.base) && !r.url().startsWith('data:')) foreign.push(r.url()); });
  if (p.cookie) {
    const [name, value] = p.cookie.split('=');
    await context.addCookies([{ name, value, url: task.base }]);
  }
  const finished = [];
  page.on('requestfinished', (r) => { if (r.resourceType() !== 'image') finished.push(r); });
  const blocked = [];
  page.on('console', (m) => { if (m.text().includes('Content Security Policy')) blocked.push(m.text()); });
  await page.goto(task.base + p.path, { waitUntil: 'load' });
  for (const step of p.steps ?? []) {
    const form = page.locator(`form[action="${step.action}"]`).first();
    for (const d of await form.locator('details:not([open])').all()) await d.locator('summary').first().click();
    for (const [name, value] of Object.entries(step.fill ?? {})) {
      const field = form.locator(`[name="${name}"]`).first();
      const kind = await field.evaluate((e) => (e.tagName === 'SELECT' ? 'select' : e.type));
      if (kind === 'select') await field.selectOption(value);
      else if (kind === 'checkbox' || kind === 'radio') await form.locator(`[name="${name}"][value="${value}"]`).check();
      else await field.fill(value);
    }
    for (const [name, path] of Object.entries(step.files ?? {})) await form.locator(`[name="${name}"]`).setInputFiles(path);
    await Promise.all([page.waitForNavigation(), form.locator('button:not([type=button])').first().click()]);
  }
  await page.evaluate(() => document.fonts.ready);
  let transferred = 0;
  for (const r of finished) {
    const s = await r.sizes();
    transferred += s.responseBodySize + s.responseHeadersSize;
  }
  await page.screenshot({ path: `${task.out}/${p.name}.png`, fullPage: true });
  if (p.print) await page.pdf({ path: `${task.out}/${p.name}.pdf`, preferCSSPageSize: true, printBackground: false });
  if (p.print || p.quiet) { console.log(JSON.stringify({ name: p.name, violations: [], foreign })); await context.close(); continue; }
  // Through the debugger, as the policy lets no script in.
  const debug = await context.newCDPSession(page);
  await debug.send('Runtime.evaluate', { expression: axe });
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  }));
  const answer = {
    name: p.name,
    title: await page.title(),
    lang: await page.evaluate(() => document.documentElement.lang),
    scrollWidth: await page.evaluate(() => document.documentElement.scrollWidth),
    nameBottom: await page.evaluate(() => document.querySelector('.to strong, #answer .verdict, .closed #name')?.getBoundingClientRect().bottom ?? 0),
    foreign, blocked, transferred,
    violations: result.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' :: ' + n.failureSummary) })),
  };
  console.log(JSON.stringify(answer));
  await context.close();
}
await browser.close();
