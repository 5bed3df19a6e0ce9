import { existsSync, readdirSync } from 'node:fs';
import { InputError } from '../model/errors';
import type { Rule } from '../model/rule';
import { readDocument } from '../schema/document';

/**
 * One rule, without reading the rest of the catalogue. null: there is none of this id. Its shape is not checked here:
 * `loadCatalogue` does, and a single look-up should not have to load a schema compiler.
 */
export function findRule(folder: string, id: string): Rule | null {
  if (!/^CFY-[A-Z]{3}-\d\d$/.test(id)) return null;
  const file = `${folder}/${placeOf(id)}`;
  if (!fileExists(file)) return null;
  return readDocument(file).value as Rule;
}

/** Ids of all rules in the folder, by their file names. */
export function listRuleIds(folder: string): readonly string[] {
  return ruleFiles(folder)
    .map((file) => /([^/]+)\.yaml$/.exec(file)?.[1] ?? '')
    .sort();
}

const areas = ['aut', 'cfg', 'crt', 'hdr', 'hst', 'key', 'ldp', 'log', 'rbc', 'sec', 'ten', 'tls'];

/** Every file in the folders of the areas; the other folders of rules/ hold profiles, frameworks and the like. */
export function ruleFiles(folder: string): readonly string[] {
  return listFolder(folder)
    .filter((name) => areas.includes(name))
    .flatMap((area) => listFolder(`${folder}/${area}`).map((name) => `${folder}/${area}/${name}`));
}

/** Path of a rule within the rules folder. */
export function placeOf(id: string): string {
  return `${id.slice(4, 7).toLowerCase()}/${id}.yaml`;
}

/** Names in a folder, sorted. Throws InputError when it cannot be read. */
export function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    throw new InputError('is not a folder that can be read', { file: folder });
  }
}

/** Whether there is a file or folder of this name. */
export function fileExists(file: string): boolean {
  return existsSync(file);
}
