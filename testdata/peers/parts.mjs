// {"credential": {…with proof…}} →
// {"parts": [{"canonicalDocument", "documentHash", "canonicalProof", "proofHash"}, … one a proof]}

import {parts} from './lib/eddsa.mjs';
import {answer} from './lib/lines.mjs';

await answer(async ({credential}) => ({
  parts: await Promise.all([credential.proof].flat().map(p => parts(credential, p))),
}));
