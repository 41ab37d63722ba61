// {"credential": {…}, "now": "…"?} → {"verified": bool, "error": text?}
//
// Digital Bazaar's verifier: context, dates, every proof, and that the key is
// the issuer's. Status is not its question here.

import * as vc from '@digitalbazaar/vc';
import {documentLoader} from './lib/documents.mjs';
import {answer, explain} from './lib/lines.mjs';
import {verifying} from './lib/suites.mjs';

await answer(async ({credential, now}) => {
  const {verified, error} = await vc.verifyCredential({
    credential, now, suite: verifying(), documentLoader,
    checkStatus: async () => ({verified: true}),
  });
  return verified ? {verified} : {verified, error: explain(error)};
});
