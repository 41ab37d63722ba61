// {"credential": {…unsigned…}, "created": "…", key, "suite"?, "mandatoryPointers"?} →
// {"credential": {…with proof…}} and, for eddsa-rdfc-2022, which is the default,
// {"canonicalDocument", "documentHash", "canonicalProof", "proofHash"}
//
// key is "seed": 64 hex digits (Ed25519), or "secret" and "public", both in
// Multikey form (ECDSA). A credential without issuer gets the key's did:key.

import * as vc from '@digitalbazaar/vc';
import {documentLoader} from './lib/documents.mjs';
import {answer} from './lib/lines.mjs';
import {parts, signing} from './lib/suites.mjs';

await answer(async ({credential, suite: name, ...rest}) => {
  const {key, suite} = await signing({suite: name, ...rest});
  const signed = await vc.issue({credential: {issuer: key.controller, ...credential}, suite, documentLoader});
  if (name !== undefined && name !== 'eddsa-rdfc-2022') return {credential: signed};
  return {credential: signed, ...await parts(signed, signed.proof)};
});
