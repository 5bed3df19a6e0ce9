import { isAbsolute, join, resolve as resolvePath } from 'node:path';
import type { Endpoint } from '../model/endpoint';
import { InputError } from '../model/errors';
import type { JsonSchema } from '../model/rule';
import { checkDocument, readDocument } from '../schema/document';
import { packageRoot } from '../schema/package-root';
import type { TargetText } from './target-text';

/** Endpoints that the auditor adds to the catalogue; null when the target file names no file. Throws InputError. */
export function readEndpoints(
  entry: string | undefined,
  text: TargetText,
  folder: string,
): readonly Endpoint[] | null {
  if (entry === undefined) return null;
  const document = readDocument(isAbsolute(entry) ? entry : resolvePath(folder, entry));
  const schema = readDocument(join(packageRoot(), 'rules/endpoints/endpoints.schema.json'))
    .value as JsonSchema;
  checkDocument(document, schema);
  const { endpoints } = document.value as { readonly endpoints: readonly Endpoint[] };
  for (const [index, { id, path, params = {} }] of endpoints.entries()) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const unknown = named.find((name) => name === undefined || !(name in params));
    const line = document.lineOf(`/endpoints/${index}`);
    const place = {
      file: document.file,
      pointer: `/endpoints/${index}`,
      ...(line === undefined ? {} : { line }),
    };
    if (unknown !== undefined)
      throw new InputError(`the path has {${unknown}}, which "params" does not tell`, place);
    if (endpoints.findIndex((other) => other.id === id) < index) {
      throw new InputError(`${text.written('/endpoints')} has ${id} twice`, place);
    }
  }
  return endpoints;
}
