import type { PlacedText } from '../../log-secrets/lines';

/** One value within an object: where it stands, and by which name people call it. */
export interface Field {
  /** `inputs.db_password.default`, `nodes[2].properties.user_data`. */
  readonly path: string;
  /** The name that says what the value is: `db_password`, for its `default` as well. */
  readonly name: string;
  readonly value: string;
}

/** Bounds: what a manager stores may be of any shape. */
const maxDepth = 64;
const maxFields = 200_000;

/**
 * Every text and number of a JSON value. Intrinsic functions (`{ get_secret: NAME }`, `get_input` …) are references to
 * a value and none themselves. `complete` is false when the value was too deep or too large to be read whole.
 */
export function fieldsOf(value: unknown): { readonly fields: readonly Field[]; readonly complete: boolean } {
  const fields: Field[] = [];
  let complete = true;
  const visit = (part: unknown, path: string, name: string, depth: number): void => {
    if (fields.length >= maxFields || depth > maxDepth) complete = false;
    else if (typeof part === 'string') fields.push({ path, name, value: part });
    else if (typeof part === 'number' || typeof part === 'bigint')
      fields.push({ path, name, value: String(part) });
    else if (Array.isArray(part)) {
      part.forEach((item, index) => {
        visit(item, `${path}[${String(index)}]`, name, depth + 1);
      });
    } else if (part !== null && typeof part === 'object') {
      for (const [key, item] of Object.entries(part)) {
        if (isReference(key)) continue;
        const below = path === '' ? key : `${path}.${key}`;
        visit(item, below, ofItsParent.has(key) ? name : key, depth + 1);
      }
    }
  };
  visit(value, '', '', 0);
  return { fields, complete };
}

/** The text of a field as a log would show it: a value under a telling name together with that name. */
export function textOf(object: string, { path, name, value }: Field): PlacedText {
  const place = path === '' ? object : `${object} ${path}`;
  const isTelling = /pass|pwd|secret|token|key|cred|auth|login|priv|signature|cookie/i.test(name);
  return isTelling && !value.includes('\n')
    ? { place, text: `${JSON.stringify(name)}: ${JSON.stringify(value)}` }
    : { place, text: value };
}

/** Names that only say that the value is one. */
const ofItsParent = new Set(['default', 'value', 'initial_value', 'current_value', 'data', 'concat']);

/** Functions of the blueprint language (Cloudify 7.1) that name a value and do not hold it. */
function isReference(key: string): boolean {
  return /^get_(?:secret|input|property|attribute|attributes_list|attributes_dict|capability|environment_capability|group_capability|label|sys|secrets?_\w{1,32})$/.test(
    key,
  );
}
