// {"token": text, "jwk": {…}} → {"verified": true, "header": {…}, "payload": {…}}
//                             or {"verified": false, "error": text}
// {"header": {"alg": …, …}, "payload": {…}} → {"token": text, "jwk": {…}}
//
// The package jose: it verifies a compact JWS with a public key, whose algorithm
// it takes from the token, or signs one with a key pair that it makes.

import {compactVerify, CompactSign, exportJWK, generateKeyPair, importJWK} from 'jose';
import {answer, explain} from './lib/lines.mjs';

await answer(async ({token, jwk, header, payload}) => {
  if (token === undefined) return sign(header, payload);
  try {
    const {alg} = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
    const verified = await compactVerify(token, await importJWK(jwk, alg), {algorithms: [alg]});
    return {
      verified: true,
      header: verified.protectedHeader,
      payload: JSON.parse(new TextDecoder().decode(verified.payload)),
    };
  } catch (error) {
    return {verified: false, error: explain(error)};
  }
});

async function sign(header, payload) {
  const {publicKey, privateKey} = await generateKeyPair(header.alg, {extractable: true});
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const token = await new CompactSign(bytes).setProtectedHeader(header).sign(privateKey);
  return {token, jwk: await exportJWK(publicKey)};
}
