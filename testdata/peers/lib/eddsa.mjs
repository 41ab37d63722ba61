// eddsa-rdfc-2022 by Digital Bazaar, and the intermediate values of it.

import {createHash} from 'node:crypto';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {documentLoader} from './documents.mjs';

export function suite(options = {}) {
  return new DataIntegrityProof({cryptosuite, ...options});
}

export const sha256 = text => createHash('sha256').update(text, 'utf8').digest('hex');

// parts returns what one proof of a credential signs: canonical forms and hashes.
export async function parts(credential, proof) {
  const {proof: _, ...document} = credential;
  const canonicalDocument = await cryptosuite.canonize(document, {documentLoader});
  const canonicalProof = await suite().canonizeProof(proof, {document, documentLoader});
  return {
    canonicalDocument, documentHash: sha256(canonicalDocument),
    canonicalProof, proofHash: sha256(canonicalProof),
  };
}
