// {"schema": {…}} sets the schema; {"instance": {…}} → {"valid": bool, "errors": [{"pointer", "keyword", "message"}]}
//
// Draft 2019-09 with formats asserted, as the official schemas need. Nothing
// remote is loaded.

import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import {answer} from './lib/lines.mjs';

let validate;

await answer(async ({schema, instance}) => {
  if (schema) {
    const ajv = new Ajv2019({allErrors: true, strict: false});
    addFormats(ajv);
    // The published files name their dialect with an empty fragment, which the
    // validator does not know it by.
    validate = ajv.compile({...schema, $schema: schema.$schema?.replace(/#$/, '')});
    return {compiled: true};
  }
  const valid = validate(instance);
  const errors = (validate.errors ?? []).map(e => ({pointer: e.instancePath, keyword: e.keyword, message: e.message}));
  return {valid, errors};
});
