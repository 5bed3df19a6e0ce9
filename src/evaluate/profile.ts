import { InputError } from '../model/errors';
import type { ParameterValue, Profile } from '../model/rule';
import { checkDocument, readDocument, type SourceDocument } from '../schema/document';
import { fileExists, findRule, listRuleIds } from './find-rule';
import { packageSchema } from './package-schema';

/** A profile file: what it leaves out comes from the profile it extends. */
type ProfileFile = Pick<
  Profile,
  'id' | 'title' | 'extends' | 'select' | 'deselect' | 'severities' | 'parameters'
> & {
  readonly weights?: Partial<Profile['weights']>;
  readonly grades?: Partial<Profile['grades']>;
  readonly gate?: Partial<Profile['gate']>;
};

/**
 * Reads a profile: the id of a shipped one in `folder` (rules/profiles), or a file that extends one. `extends` names a
 * shipped profile or a file beside this one. Throws InputError: unknown rule or parameter, cycle, incomplete profile.
 */
export function loadProfile(idOrFile: string, folder: string): Profile {
  const shipped = `${folder}/${idOrFile}.yaml`;
  if (/^[a-z0-9-]+$/.test(idOrFile) && fileExists(shipped)) return load(shipped, folder, []);
  if (!fileExists(idOrFile) && !/[./\\]/.test(idOrFile)) {
    throw new InputError(`there is no profile ${idOrFile}: neither a shipped one nor a file`);
  }
  return load(idOrFile, folder, []);
}

function load(file: string, folder: string, children: readonly string[]): Profile {
  const document = readDocument(file);
  checkDocument(document, packageSchema('rules/profiles/profile.schema.json'));
  const own = document.value as ProfileFile;
  checkNames(own, document, `${folder}/..`);
  const shipped = `${folder}/${own.id}.yaml`;
  if (file !== shipped && fileExists(shipped)) {
    refuse(document, '/id', `"${own.id}" is a shipped profile: choose another id`);
  }
  if (own.extends === undefined) return own as Profile;
  const parentFile = findParent(own.extends, file, folder);
  if (parentFile === null) refuse(document, '/extends', `there is no profile ${own.extends}`);
  if ([...children, file].includes(parentFile)) refuse(document, '/extends', 'the profile extends itself');
  return merge(load(parentFile, folder, [...children, file]), own);
}

function findParent(id: string, file: string, folder: string): string | null {
  const beside = `${file.slice(0, file.lastIndexOf('/') + 1)}${id}.yaml`;
  return [`${folder}/${id}.yaml`, beside].find((candidate) => fileExists(candidate)) ?? null;
}

/** The child's own word goes first; what is deselected anywhere stays out. */
function merge(parent: Profile, own: ProfileFile): Profile {
  const select = own.select ?? parent.select;
  const deselect = [...new Set([...(parent.deselect ?? []), ...(own.deselect ?? [])])];
  return {
    id: own.id,
    title: own.title,
    ...(own.extends === undefined ? {} : { extends: own.extends }),
    ...(select ? { select } : {}),
    ...(deselect.length > 0 ? { deselect } : {}),
    severities: { ...parent.severities, ...own.severities },
    parameters: mergeParameters(parent.parameters ?? {}, own.parameters ?? {}),
    weights: { ...parent.weights, ...own.weights },
    grades: { ...parent.grades, ...own.grades },
    gate: { ...parent.gate, ...own.gate },
  };
}

type Parameters = Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;

function mergeParameters(parent: Parameters, own: Parameters): Parameters {
  const rules = [...new Set([...Object.keys(parent), ...Object.keys(own)])].sort();
  return Object.fromEntries(rules.map((rule) => [rule, { ...parent[rule], ...own[rule] }]));
}

function checkNames(own: ProfileFile, document: SourceDocument, rules: string): void {
  const ids = listRuleIds(rules);
  const known = (pattern: string): boolean => ids.some((id) => matchesRule(pattern, id));
  for (const key of ['select', 'deselect'] as const) {
    own[key]?.forEach((pattern, i) => {
      if (!known(pattern)) refuse(document, `/${key}/${i}`, `there is no rule ${pattern}`);
    });
  }
  for (const key of ['severities', 'parameters'] as const) {
    for (const id of Object.keys(own[key] ?? {})) {
      if (!ids.includes(id)) refuse(document, `/${key}/${id}`, `there is no rule ${id}`);
    }
  }
  for (const [id, values] of Object.entries(own.parameters ?? {})) {
    const declared = findRule(rules, id)?.parameters ?? {};
    for (const [name, value] of Object.entries(values)) {
      const at = `/parameters/${id}/${name}`;
      const standard = declared[name];
      if (standard === undefined) refuse(document, at, `${id} has no parameter "${name}"`);
      if (kindOf(standard) !== kindOf(value)) refuse(document, at, `must be a ${kindOf(standard)}`);
    }
  }
}

/** Whether a rule id is meant by an id or a pattern such as `CFY-TLS-*`. */
export function matchesRule(pattern: string, id: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : pattern === id;
}

function kindOf(value: ParameterValue): string {
  return Array.isArray(value) ? `list of ${typeof value[0]}s` : typeof value;
}

function refuse(document: SourceDocument, pointer: string, message: string): never {
  const line = document.lineOf(pointer);
  throw new InputError(message, { file: document.file, ...(line === undefined ? {} : { line }), pointer });
}
