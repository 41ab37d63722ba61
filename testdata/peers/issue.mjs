// {"credential": {…unsigned…}, "seed": 64 hex digits, "created": "…"} →
// {"credential": {…with proof…}, "canonicalDocument", "documentHash", "canonicalProof", "proofHash"}
//
// The key is that of the seed. A credential without issuer gets its did:key.

import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {documentLoader} from './lib/documents.mjs';
import {parts, suite} from './lib/eddsa.mjs';
import {answer} from './lib/lines.mjs';

await answer(async ({credential, seed, created}) => {
  const key = await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')});
  const did = `did:key:${key.publicKeyMultibase}`;
  key.controller = did;
  key.id = `${did}#${key.publicKeyMultibase}`;
  const signed = await vc.issue({
    credential: {issuer: did, ...credential},
    suite: suite({signer: key.signer(), date: created}),
    documentLoader,
  });
  return {credential: signed, ...await parts(signed, signed.proof)};
});
