// Walks through pages with Chromium as people do. Reads JSON objects from standard
// input, one a line, and answers each with one. The first says how they come:
//   {"executable": path, "base": origin, "at": "127.0.0.1:port", "out": folder, "width": px,
//    "lang", "script": bool, "dark": bool, "keyboard": bool}
// "base" is reached at "at", whatever its certificate; no other host has an address. Then
// come steps, each one of
//   {"as": name}                       goes on in the window of another person, who shares no cookie with the first
//   {"open": address}                  goes there by its address
//   {"fill": selector, "with": text}
//   {"pick": selector}                 ticks a box, or chooses a radio button or the option of a select
//   {"attach": selector, "with": path} gives a file to a field; several have a line feed between them
//   {"unfold": selector}               opens details at its summary
//   {"click": selector}                a click, which loads a page
//   {"save": selector, "with": name}   a click that is answered with a file, which is kept under the name
//   {"leave": selector}                a click that leads to another site, in a new tab; its address is the answer
//   {"await": selector}                waits for it, across pages that reload themselves
//   {"see": text} {"miss": text}       the page says it, or does not
//   {"first": selector}                it ends within the first screen of a telephone, 844 px high
//   {"elsewhere": path}                opens a page of somebody else: the file, as https://blog.example/
//   {"framed": selector, "with": text} the page in that frame says it
//   {"read": selector}                 its text is the answer
//   {"picture": name}                  keeps a picture of the page
// and the answer is {"value", "clicks", "acted"} or {"error"}: how often that person has
// clicked, and what acted that should not: requests elsewhere, dialogs, what the content
// security policy stopped. With "keyboard" nothing is clicked: Tab leads to what is to be
// used, it has to be seen there that it has the keyboard, and keys use it.
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const phone = 844;
const blog = 'https://blog.example/';
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const how = JSON.parse((await lines.next()).value);
const host = new URL(how.base).host;
const browser = await chromium.launch({
  executablePath: how.executable,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--ignore-certificate-errors', '--disable-features=LocalNetworkAccessChecks', `--host-resolver-rules=MAP ${host}:443 ${how.at}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`],
});
const acted = [];
const windows = new Map();
let me;

// enter opens a person's window. Whatever leads elsewhere is answered with nothing.
async function enter(name) {
  if (!windows.has(name)) {
    const context = await browser.newContext({
      viewport: { width: how.width, height: how.width > 600 ? 900 : phone }, javaScriptEnabled: how.script, colorScheme: how.dark ? 'dark' : 'light',
      ignoreHTTPSErrors: true, acceptDownloads: true, extraHTTPHeaders: { 'Accept-Language': how.lang },
    });
    const w = { context, clicks: 0, leaving: false };
    await context.route((url) => url.protocol.startsWith('http') && url.origin !== how.base, (route) => {
      if (w.blog && route.request().url() === blog) return route.fulfill({ contentType: 'text/html', body: readFileSync(w.blog, 'utf8') });
      if (!w.leaving) acted.push('asked ' + route.request().url());
      return route.fulfill({ contentType: 'text/plain', body: 'elsewhere' });
    });
    context.on('dialog', (d) => { acted.push('dialog: ' + d.message()); return d.dismiss(); });
    context.on('console', (m) => { if (m.text().includes('Content Security Policy')) acted.push(m.text()); });
    w.page = await context.newPage();
    w.page.on('filechooser', (c) => w.choose?.(c)); // from the start: Chromium opens its own window otherwise
    windows.set(name, w);
  }
  me = windows.get(name);
}

const one = (selector) => me.page.locator(selector).first();
const focused = (selector) => one(selector).evaluate((e) => e === document.activeElement);
const said = async () => (await me.page.locator('body').innerText()).replace(/\s+/g, ' ');

// tab goes to an element by Tab alone. Of a group of radio buttons Tab reaches the one
// that is chosen, and arrows lead from there.
async function tab(selector) {
  await one(selector).waitFor({ timeout: 10000 });
  const group = await one(selector).evaluate((e) => (e.type === 'radio' ? e.name : ''));
  const there = () => (group ? one(`input[name="${group}"]:focus`).count() : focused(selector));
  for (let i = 0; !(await there()); i++) {
    if (i > 150) throw new Error('the keyboard does not reach ' + selector);
    await me.page.keyboard.press('Tab');
  }
  const shown = await me.page.evaluate(() => { // "auto" is the ring of the browser, in mails
    const s = getComputedStyle(document.activeElement);
    return s.outlineStyle === 'auto' || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  });
  if (!shown) throw new Error('nobody sees that the keyboard is at ' + selector);
}

async function press(selector) {
  me.clicks++;
  if (!how.keyboard) return one(selector).click({ noWaitAfter: true, timeout: 10000 });
  await tab(selector);
  return me.page.keyboard.press('Enter');
}

async function pick(selector) {
  const target = one(selector);
  const kind = await target.evaluate((e) => (e.tagName === 'OPTION' ? 'option' : e.type));
  if (kind === 'option') {
    const select = target.locator('xpath=ancestor::select');
    const value = await target.getAttribute('value');
    if (!how.keyboard) return select.selectOption(value);
    await tab(`select#${await select.getAttribute('id')}`);
    await me.page.keyboard.press('Home');
    for (let i = 0; (await select.inputValue()) !== value; i++) {
      if (i > 50) throw new Error('the arrows do not reach ' + selector);
      await me.page.keyboard.press('ArrowDown');
    }
    return undefined;
  }
  if (!how.keyboard) return target.check();
  await tab(selector);
  if (kind === 'checkbox') return (await target.isChecked()) || me.page.keyboard.press('Space');
  for (let i = 0; !(await target.isChecked()); i++) {
    if (i > 20) throw new Error('the arrows do not reach ' + selector);
    await me.page.keyboard.press('ArrowDown');
  }
  return undefined;
}

async function fill(selector, text) {
  if (!how.keyboard) return one(selector).fill(text);
  await tab(selector);
  await me.page.keyboard.press('Control+A');
  return me.page.keyboard.type(text);
}

async function attach(selector, paths) {
  if (!how.keyboard) return one(selector).setInputFiles(paths);
  await tab(selector);
  const chosen = new Promise((done, failed) => {
    me.choose = done;
    setTimeout(() => failed(new Error('Enter does not open ' + selector)), 20000).unref();
  });
  await me.page.keyboard.press('Enter');
  return (await chosen).setFiles(paths);
}

// save takes the file that a click is answered with. Chromium saves it, or shows it in
// the window: what it shows is asked for once more, as itself.
async function save(selector, name) {
  const path = `${how.out}/${name}`;
  const file = await Promise.any([
    me.page.waitForEvent('download', { timeout: 20000 }),
    me.page.waitForResponse((r) => r.request().isNavigationRequest() && r.status() === 200, { timeout: 20000 }),
    press(selector).then(() => new Promise(() => {})),
  ]);
  if (file.saveAs) {
    const fault = await file.failure();
    if (fault) throw new Error(fault);
    await file.saveAs(path);
  } else {
    writeFileSync(path, await again(file.url()));
  }
  return new URL(file.url()).pathname;
}

// again asks for an address as the window does, with its cookies.
async function again(address) {
  const [at, port] = how.at.split(':');
  const cookies = (await me.context.cookies(address)).map((c) => `${c.name}=${c.value}`).join('; ');
  const { pathname } = new URL(address);
  return new Promise((done, failed) => {
    get({ host: at, port, path: pathname, rejectUnauthorized: false, headers: { host, cookie: cookies } }, (r) => {
      const parts = [];
      r.on('data', (b) => parts.push(b)).on('end', () => (r.statusCode === 200 ? done(Buffer.concat(parts)) : failed(new Error('answered with ' + r.statusCode))));
    }).on('error', failed);
  });
}

async function leave(selector) {
  me.leaving = true;
  const [tabbed] = await Promise.all([me.context.waitForEvent('page', { timeout: 20000 }), press(selector)]);
  await tabbed.waitForLoadState();
  const address = tabbed.url();
  await tabbed.close();
  me.leaving = false;
  return address;
}

const steps = {
  as: (s) => enter(s.as),
  open: async (s) => { await me.page.goto(s.open, { waitUntil: 'load' }); },
  fill: async (s) => { await fill(s.fill, s.with); },
  pick: async (s) => { await pick(s.pick); },
  attach: async (s) => { await attach(s.attach, s.with.split('\n')); },
  unfold: async (s) => { await press(s.unfold); },
  click: async (s) => { await Promise.all([me.page.waitForNavigation({ waitUntil: 'load', timeout: 20000 }), press(s.click)]); },
  save: (s) => save(s.save, s.with),
  leave: (s) => leave(s.leave),
  await: async (s) => { await one(s.await).waitFor({ timeout: 60000 }); },
  see: async (s) => { const text = await said(); if (!text.includes(s.see)) throw new Error('the page says: ' + text.slice(0, 900)); },
  miss: async (s) => { const text = await said(); if (text.includes(s.miss)) throw new Error('the page says it: ' + text.slice(0, 900)); },
  first: async (s) => {
    const bottom = await one(s.first).evaluate((e) => e.getBoundingClientRect().bottom + window.scrollY);
    if (bottom > phone) throw new Error(`it ends at ${bottom} px`);
  },
  elsewhere: async (s) => { me.blog = s.elsewhere; await me.page.goto(blog, { waitUntil: 'load' }); },
  framed: async (s) => { await me.page.frameLocator(s.framed).locator('main').getByText(s.with).first().waitFor({ timeout: 20000 }).catch(async () => {
    const frames = await Promise.all(me.page.frames().map(async (f) => f.url() + ' ' + (await f.locator('body').innerText()).slice(0, 300)));
    throw new Error('the frames say: ' + frames.join(' | '));
  }); },
  read: async (s) => (await one(s.read).innerText()).trim(),
  picture: async (s) => { await me.page.screenshot({ path: `${how.out}/${s.picture}`, fullPage: true }); },
};

await enter('somebody');
for await (const line of lines) {
  const step = JSON.parse(line);
  let answer;
  try {
    const value = await steps[Object.keys(step).find((k) => k in steps)](step);
    answer = { value: value ?? me.page.url(), clicks: me.clicks, acted };
  } catch (e) {
    answer = { error: `at ${me.page.url()}: ${e.message}`, acted };
  }
  console.log(JSON.stringify(answer));
}
await browser.close();
