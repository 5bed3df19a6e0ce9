import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../model/errors';
import type { Evidence, EvidenceBundle } from '../model/evidence';
import type { JsonSchema } from '../model/rule';
import { compileSchema, type Misfit, type Validator } from './ajv';
import { digest } from './canonical';
import { checkDocument, readDocument } from './document';
import { packageRoot } from './package-root';

type Definitions = Readonly<Record<string, JsonSchema>>;

let loaded: JsonSchema | undefined;
const validators = new Map<string, Validator>();

/** The published schema of the evidence bundle, generated from src/model (`npm run schemas`). */
export function evidenceSchema(): JsonSchema & { readonly definitions: Definitions } {
  loaded ??= JSON.parse(
    readFileSync(join(packageRoot(), 'src/schema/evidence.schema.json'), 'utf8'),
  ) as JsonSchema;
  return loaded as JsonSchema & { readonly definitions: Definitions };
}

/** Whether one evidence fits the schema of its own type and state; every misfit otherwise. */
export function checkEvidence(evidence: Evidence): readonly Misfit[] {
  const kind = {
    observed: 'Observed',
    absent: 'Absent',
    unavailable: 'Unavailable',
    failed: 'Failed',
  } as const;
  const name = `${kind[evidence.state]}<"${evidence.type}">`;
  let validate = validators.get(name);
  if (!validate) {
    const { definitions } = evidenceSchema();
    validate = compileSchema({ definitions, $ref: `#/definitions/${encodeURIComponent(name)}` });
    validators.set(name, validate);
  }
  return validate(evidence);
}

/** Reads an evidence bundle from a file. Throws InputError: unreadable, wrong shape, digest does not fit the content. */
export function readBundle(file: string): EvidenceBundle {
  const document = readDocument(file);
  checkDocument(document, compileSchema(evidenceSchema()));
  const bundle = document.value as EvidenceBundle;
  const { digest: claimed, ...body } = bundle;
  if (digest(body) !== claimed) {
    throw new InputError('the digest does not fit the content: the bundle was changed after it was written', {
      file,
      pointer: '/digest',
    });
  }
  return bundle;
}
