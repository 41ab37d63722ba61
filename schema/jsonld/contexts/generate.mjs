// Writes the embedded context files from the registry packages that carry them:
//
//   npm pack, then unpack each package below into DIR/NAME, where NAME is the
//   part of its name after the slash;   node generate.mjs DIR
//
// Files that a package holds as JSON are copied byte for byte. Those that one
// holds as a JavaScript module are the object literal in it, byte for byte, where
// that is JSON, and otherwise the object that it makes, as JSON. The
// later form of context-3.0.3.json, which no package carries, is written here:
// the earlier one with the two terms that were added, in an order of our own.
// The contexts of CLR 2.0, which no package carries either, are kept as files,
// members ordered by name. A test compares every file with its SHA-256 in
// ../embedded.go, and another with what the standards bodies publish.
import {copyFileSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

const from = process.argv[2];
const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));

const copies = { // package: version, then [file in it, file here]
  'credentials-context': ['3.2.0', ['contexts/v2.jsonld', 'credentials-v2.jsonld'],
    ['contexts/v1.jsonld', 'credentials-v1.jsonld']],
  'data-integrity-context': ['2.0.1', ['contexts/data-integrity-v2.jsonld', 'data-integrity-v2.jsonld'],
    ['contexts/data-integrity-v1.jsonld', 'data-integrity-v1.jsonld']],
  'multikey-context': ['2.0.1', ['contexts/multikey-v1.jsonld', 'multikey-v1.jsonld']],
  'vc-bitstring-status-list-context': ['1.1.0', ['contexts/vc-bitstring-status-list-v1.jsonld', 'status-v1.jsonld']],
  'vc-status-list-context': ['3.1.1', ['contexts/vc-status-list-v1.jsonld', 'status-list-2021-v1.jsonld']],
  'ed25519-signature-2020-context': ['1.1.0', ['contexts/ed25519-signature-2020-v1.jsonld', 'ed25519-2020-v1.jsonld']],
  'did-context': ['3.1.1', ['contexts/did-v1.jsonld', 'did-v1.jsonld']],
};
for (const [name, [version, ...files]] of Object.entries(copies)) {
  wantVersion(name, version);
  for (const [path, to] of files) copyFileSync(join(from, name, path), join(here, to));
}

wantVersion('open-badges-context', '3.0.0');
const literals = {
  'context-3.0.js': 'ob-3.0.0.json',
  'context-3.0.1.js': 'ob-3.0.1.json',
  'context-3.0.2.js': 'ob-3.0.2.json',
  'context-3.0.3.js': 'ob-3.0.3-a.json',
  'context-extensions.js': 'ob-extensions.json',
};
for (const [path, to] of Object.entries(literals)) {
  const file = join(from, 'open-badges-context', 'js/contexts', path);
  const [, literal] = readFileSync(file, 'utf8').match(/module\.exports = (\{[\s\S]*\});?\s*$/);
  writeFileSync(join(here, to), isJSON(literal) ? literal : JSON.stringify(require(file), null, 2) + '\n');
}

function isJSON(text) {
  try { return Boolean(JSON.parse(text)); } catch { return false; }
}

const later = JSON.parse(readFileSync(join(here, 'ob-3.0.3-a.json'), 'utf8'));
const added = {
  endorsementJwt: {'@id': 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementJwt', '@container': '@set'},
  jti: {'@id': 'https://www.iana.org/assignments/jwt#jti', '@type': '@id'},
};
Object.assign(later['@context'], added);
writeFileSync(join(here, 'ob-3.0.3-b.json'), JSON.stringify(sorted(later), null, 1) + '\n');

function wantVersion(name, version) {
  const found = JSON.parse(readFileSync(join(from, name, 'package.json'), 'utf8')).version;
  if (found !== version) throw new Error(`${name} is ${found}, not ${version}`);
}

// sorted orders members by name, keywords first as "@" sorts before letters.
function sorted(v) {
  if (Array.isArray(v)) return v.map(sorted);
  if (v === null || typeof v !== 'object') return v;
  return Object.fromEntries(Object.keys(v).sort().map(k => [k, sorted(v[k])]));
}
