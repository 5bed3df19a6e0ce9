import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../src/model/errors';
import { loadTarget, type LoadedTarget, type LoadOptions } from '../../src/plan';

/** Names that the tests' resolver knows; every other name does not exist. */
const names: Readonly<Record<string, readonly string[]>> = {
  'm1.example': ['10.0.0.1'],
  'dual.example': ['10.0.0.9', 'fd00::9', '10.0.0.9'],
  'blocked.example': ['0.0.0.0'],
  'empty.example': [],
};

export interface Folder {
  readonly path: string;
  write(name: string, content: string | Uint8Array, mode?: number): string;
  load(target: string, options?: Partial<LoadOptions>): Promise<LoadedTarget>;
  /** What is said about a target file that is refused, without the folder's path. */
  complaint(target: string, options?: Partial<LoadOptions>): Promise<string>;
  remove(): void;
}

/** A new folder to write target files in. No test reaches a name server. */
export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'cfy-audit-plan-'));
  const write = (name: string, content: string | Uint8Array, mode = 0o600): string => {
    writeFileSync(join(path, name), content, { mode });
    return join(path, name);
  };
  const load = (target: string, options: Partial<LoadOptions> = {}): Promise<LoadedTarget> =>
    loadTarget(write('target.yaml', target), {
      environment: {},
      resolve: (name) => {
        const found = names[name];
        return found
          ? Promise.resolve(found)
          : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }));
      },
      prompt: () => Promise.reject(new Error('nothing may be asked here')),
      ...options,
    });
  const complaint = async (target: string, options: Partial<LoadOptions> = {}): Promise<string> => {
    try {
      await load(target, options);
    } catch (error) {
      if (error instanceof InputError) return error.describe().replaceAll(`${path}/`, '');
      throw error;
    }
    return 'accepted';
  };
  return {
    path,
    write,
    load,
    complaint,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** The smallest target file; lines to add follow it, from line 4 on. */
export function minimal(...lines: readonly string[]): string {
  return ['name: prod', 'managers:', '  - { name: m1, address: 10.0.0.1 }', ...lines, ''].join('\n');
}

/** A target file whose only manager has these keys besides its name, from line 4 on. */
export function manager(...lines: readonly string[]): string {
  return ['name: prod', 'managers:', '  - name: m1', ...lines.map((line) => `    ${line}`), ''].join('\n');
}
