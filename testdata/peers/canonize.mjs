// {"document": {…}, "hash"?: "sha384"} → {"canonical": N-Quads}
//
// Expansion in safe mode by jsonld.js, canonicalisation by rdf-canonize, with
// the options that Digital Bazaar's cryptosuites use.

import jsonld from 'jsonld';
import {documentLoader} from './lib/documents.mjs';
import {answer} from './lib/lines.mjs';

await answer(async ({document, hash = 'sha256'}) => ({
  canonical: await jsonld.canonize(document, {
    format: 'application/n-quads', documentLoader, base: null, safe: true, rdfDirection: 'i18n-datatype',
    canonizeOptions: {algorithm: 'RDFC-1.0', messageDigestAlgorithm: hash, maxWorkFactor: Infinity},
  }),
}));
