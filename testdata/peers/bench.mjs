// {"issue": [{…unsigned…}, …], "created": "…", key, "suite", "mandatoryPointers"?} → {"nanoseconds", "credentials"}
// {"verify": ["{…signed…}", …], "now": "…"} → {"nanoseconds"}
//
// Digital Bazaar's packages, with the processor time they take. key is as in issue.mjs; making suites and
// keys ready is not counted, reading JSON is where the credential comes as text.

import * as vc from '@digitalbazaar/vc';
import {documentLoader} from './lib/documents.mjs';
import {answer, explain} from './lib/lines.mjs';
import {signing, verifying} from './lib/suites.mjs';

await answer(async ({issue, verify, now, ...rest}) => issue ? timeIssue(issue, rest) : timeVerify(verify, now));

async function timeIssue(documents, rest) {
  const {suite} = await signing(rest);
  const credentials = [];
  const start = process.cpuUsage();
  for (const credential of documents) credentials.push(await vc.issue({credential, suite, documentLoader}));
  return {nanoseconds: nanoseconds(start), credentials};
}

async function timeVerify(texts, now) {
  const suite = verifying();
  const checkStatus = async () => ({verified: true});
  const start = process.cpuUsage();
  for (const text of texts) {
    const {verified, error} = await vc.verifyCredential({credential: JSON.parse(text), now, suite, documentLoader, checkStatus});
    if (!verified) throw new Error(explain(error));
  }
  return {nanoseconds: nanoseconds(start)};
}

function nanoseconds(start) {
  const {user, system} = process.cpuUsage(start);
  return 1000 * (user + system);
}
