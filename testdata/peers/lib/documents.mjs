// The only document loader of the peers: what it was given, and what a did:key
// says of itself. It never asks the network.

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const DID = 'https://www.w3.org/ns/did/v1';

const given = new Map();

// add takes {url: document}.
export function add(documents) {
  for (const [url, document] of Object.entries(documents)) given.set(url, document);
}

export async function documentLoader(url) {
  const document = find(url);
  if (document === undefined) throw new Error(`not among the given documents: ${url}`);
  return {contextUrl: null, documentUrl: url, document};
}

function find(url) {
  if (given.has(url)) return given.get(url);
  const [base, fragment] = url.split('#');
  const document = given.get(base) ?? keyDocument(base);
  return fragment === undefined ? document : method(document, url);
}

// method takes a verification method out of a controlled identifier document.
function method(document, url) {
  for (const m of [document?.verificationMethod ?? []].flat()) {
    if (m.id === url) return {'@context': MULTIKEY, ...m};
  }
}

// keyDocument computes the document of a did:key (did:key method, section 3.1).
function keyDocument(did) {
  const multikey = /^did:key:(z[1-9A-HJ-NP-Za-km-z]+)$/.exec(did)?.[1];
  if (!multikey) return undefined;
  const id = `${did}#${multikey}`;
  return {
    '@context': [DID, MULTIKEY],
    id: did,
    verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase: multikey}],
    assertionMethod: [id],
    authentication: [id],
  };
}
