// {"credential": {…with proof…}} →
// {"parts": [{"canonicalDocument", "documentHash", "canonicalProof", "proofHash"}, … one a proof]}

import {answer} from './lib/lines.mjs';
import {parts} from './lib/suites.mjs';

await answer(async ({credential}) => ({
  parts: await Promise.all([credential.proof].flat().map(p => parts(credential, p))),
}));
