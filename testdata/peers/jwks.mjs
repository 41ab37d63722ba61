// {"token": text, "jwks": {"keys": […]}, "issuer": text, "now": "…"} →
//     {"verified": true, "kid": text, "payload": {…}} or {"verified": false, "error": text}
//
// The package jose as a reader of tokens uses it: the key is the one of the
// issuer's JWK Set that the token names, and the registered claims hold.

import {createLocalJWKSet, jwtVerify} from 'jose';
import {answer, explain} from './lib/lines.mjs';

await answer(async ({token, jwks, issuer, now}) => {
  try {
    const {payload, protectedHeader, key} = await jwtVerify(
      token, createLocalJWKSet(jwks), {issuer, currentDate: new Date(now), typ: 'JWT'});
    return {verified: key !== undefined, kid: protectedHeader.kid, payload};
  } catch (error) {
    return {verified: false, error: explain(error)};
  }
});
