// Digital Bazaar's cryptosuites, by name, and the keys they sign with.

import {createHash} from 'node:crypto';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as ecdsaSd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {documentLoader} from './documents.mjs';

// Each row makes the suite for signing and the one for verifying.
const rows = {
  'eddsa-rdfc-2022': {sign: () => eddsaRdfc, verify: () => eddsaRdfc},
  'eddsa-jcs-2022': {sign: () => eddsaJcs.createSignCryptosuite(), verify: () => eddsaJcs.createVerifyCryptosuite()},
  'ecdsa-rdfc-2019': {sign: () => ecdsaRdfc, verify: () => ecdsaRdfc},
  'ecdsa-jcs-2019': {sign: () => ecdsaJcs.createSignCryptosuite(), verify: () => ecdsaJcs.createVerifyCryptosuite()},
  'ecdsa-sd-2023': {
    sign: ({mandatoryPointers}) => ecdsaSd.createSignCryptosuite({mandatoryPointers}),
    verify: () => ecdsaSd.createVerifyCryptosuite(),
  },
};

// verifying returns every suite; the verifier takes those that match a proof.
export function verifying() {
  return [
    ...Object.values(rows).map(row => new DataIntegrityProof({cryptosuite: row.verify()})),
    new Ed25519Signature2020(),
  ];
}

// signing returns a suite with a key: {seed} of an Ed25519 key or {secret, public} of
// one in Multikey form. The key's controller is its did:key.
export async function signing({suite = 'eddsa-rdfc-2022', created, mandatoryPointers = [], ...secret}) {
  const key = await keyPair(secret);
  if (suite === 'Ed25519Signature2020') return {key, suite: new Ed25519Signature2020({signer: key.signer(), date: created})};
  const cryptosuite = rows[suite].sign({mandatoryPointers});
  return {key, suite: new DataIntegrityProof({cryptosuite, signer: key.signer(), date: created})};
}

// deriving returns the suite of a holder.
export function deriving(selectivePointers) {
  return new DataIntegrityProof({cryptosuite: ecdsaSd.createDiscloseCryptosuite({selectivePointers})});
}

async function keyPair({seed, secret, public: publicKeyMultibase}) {
  const key = seed ?
    await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')}) :
    await EcdsaMultikey.from({type: 'Multikey', publicKeyMultibase, secretKeyMultibase: secret});
  publicKeyMultibase ??= key.publicKeyMultibase;
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  return key;
}

export const sha256 = text => createHash('sha256').update(text, 'utf8').digest('hex');

// parts returns what one proof of eddsa-rdfc-2022 of a credential signs:
// canonical forms and hashes.
export async function parts(credential, proof) {
  const {proof: _, ...document} = credential;
  const suite = new DataIntegrityProof({cryptosuite: eddsaRdfc});
  const canonicalDocument = await eddsaRdfc.canonize(document, {documentLoader});
  const canonicalProof = await suite.canonizeProof(proof, {document, documentLoader});
  return {
    canonicalDocument, documentHash: sha256(canonicalDocument),
    canonicalProof, proofHash: sha256(canonicalProof),
  };
}
