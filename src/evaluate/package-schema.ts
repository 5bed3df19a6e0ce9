import type { JsonSchema } from '../model/rule';
import { readDocument } from '../schema/document';
import { packageRoot } from '../schema/package-root';

const loaded = new Map<string, JsonSchema>();

/** A JSON Schema file of this package, by its path from the package's folder. */
export function packageSchema(path: string): JsonSchema {
  let schema = loaded.get(path);
  if (!schema) {
    schema = readDocument(`${packageRoot()}/${path}`).value as JsonSchema;
    loaded.set(path, schema);
  }
  return schema;
}
