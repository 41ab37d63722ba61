// {"credential": {…with a base proof of ecdsa-sd-2023…}, "pointers": […]} →
// {"credential": {…what is shown, with a derived proof…}}

import * as vc from '@digitalbazaar/vc';
import {documentLoader} from './lib/documents.mjs';
import {answer} from './lib/lines.mjs';
import {deriving} from './lib/suites.mjs';

await answer(async ({credential, pointers}) => ({
  credential: await vc.derive({verifiableCredential: credential, suite: deriving(pointers), documentLoader}),
}));
