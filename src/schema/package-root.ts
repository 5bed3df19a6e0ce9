import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The installed package's folder: rules, profiles and schemas are read from there, compiled or not. */
export function packageRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('cfy-audit is not inside a package');
  }
}
